"""What the first pair of a coordinate shows: no two claims that it distinguishes are both called right."""

from __future__ import annotations

import math

from ..evidence.decision import gap
from ..evidence.ladder import centered, noise_bar, place_of_step
from ..evidence.scales import argument_noise
from ..records.engine import Engine, Slot
from ..records.floats import larger, larger_finite
from .two_pairs import CONTRADICTS

# The smallest error that a pair would have shown: its slopes may be off the truth by tolerance and noise, and the claim
# off its slopes by as much.
SEEN_BY_PAIR = 2.0
# A proof accepts what lies within the tolerance of an interval whose half width is the resolution that it needs.
SEEN_BY_PROOF = 2.0
# Two pairs agree with what is one bar away, and refute what is farther from there than that by CONTRADICTS bars.
SEEN_BY_TWO = CONTRADICTS + 1.0
# Where noise rules, the interval of a ladder is about two bars of noise wide on both sides, and shows two and a half.
NOISE_OF_LADDER = 5.0


def seen_by_pair(engine: Engine, allowed: float, needed: float, noise: float) -> float:
    """Return the smallest error that a pair would show, of which tolerance, needed resolution and noise are known."""
    seen = SEEN_BY_PAIR * (allowed + noise)
    if engine.sweep.suited_step > 0.0:
        # Another claim would be left to two pairs; of what could be a kink there, noise makes as much again.
        seen = SEEN_BY_TWO * (allowed + 2.0 * noise)
    if engine.noise_measured != 0 and noise > allowed:
        # Another claim would be left to a ladder, whose bars are those of more than one step.
        seen = larger(seen, allowed + NOISE_OF_LADDER * noise)
    return larger(seen, allowed + SEEN_BY_PROOF * needed)


def noise_of_pair(engine: Engine, slot: Slot, place: int) -> float:
    """Return the noise bar of a pair; where noise is only assumed, at least what moves f over finer steps.

    Over these, the gap between the sides is that of noise or of a kink, which moves f less as the step shrinks.
    """
    step = slot.ladder[place].step
    noise = noise_bar(engine.noise + argument_noise(slot.claimed, slot.x), step)
    if engine.noise_measured == 0:
        for k in range(place):
            noise = larger_finite(gap(slot.ladder[k]) * slot.ladder[k].step / step, noise)
    return noise


def is_told_apart(engine: Engine, slot: Slot, step: float) -> bool:
    """Return whether the pair at a step agrees with another claim, and sees that this one is off it.

    A ladder that accepts this one, too, knows less: bounds may leave no room for the coarser steps that it takes.
    """
    place = place_of_step(slot, step)
    if place < 0 or slot.tolerance == 0.0:
        return False
    noise = noise_of_pair(engine, slot, place)
    slope = centered(slot, place)
    bar = slot.tolerance + noise
    # A pair that does not move f proves nothing, nor does one whose sides differ.
    if slope == 0.0 or math.fabs(gap(slot.ladder[place])) > 2.0 * bar:
        return False
    if not slot.slope.low - bar <= slope <= slot.slope.high + bar:
        return False
    return math.fabs(slope - slot.claimed) > seen_by_pair(engine, slot.tolerance, slot.need, noise) - bar
