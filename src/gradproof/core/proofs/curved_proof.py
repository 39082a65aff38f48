"""The proof of a claim by two pairs, where the first of them looks curved: their slope, less its truncation."""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.decision import CLEARLY, DECIDED_RIGHT, QUIET, argument_rounding, gap, grows_as_curvature
from ..evidence.ladder import centered, lacks_evidence, slope_noise
from ..records.engine import Engine, Slot, want_pair
from ..records.floats import larger
from .short_proof import look_far, next_step, settle, take_finest_pair
from .two_pairs import STEP_RATIO, bar_of_two, extrapolated, reached_bar

# At the next finer step a 64th of the truncation is left, and noise is four times as large: where there was so many
# times as much truncation as noise, there is as much of both.
BALANCES = STEP_RATIO * STEP_RATIO * STEP_RATIO * STEP_RATIO


def advance_proof_curved(engine: Engine, slot: Slot) -> None:
    """Accept a claim that agrees with the centered slope of two pairs, less its truncation, and with no kink at x.

    What is left of truncation is not seen, but no claim agrees with it by chance.  Where it is too large, at the step
    that suits others or where noise leaves room, a finer pair may do.  Where f is curved and both pairs clearly refute
    the claim, the next one is far from x.
    """
    step = slot.ladder[0].step
    noise = slope_noise(engine, slot, 0)
    bar = bar_of_two(engine, slot, step)
    change = math.fabs(centered(slot, 1) - centered(slot, 0))
    allowed = slot.tolerance + argument_rounding(slot) + noise
    needed = larger(allowed, slot.need)
    agrees = math.fabs(extrapolated(slot, step) - slot.claimed) <= allowed
    off = math.fabs(centered(slot, 0) - slot.claimed)
    turn = gap(slot.ladder[1])
    curved = grows_as_curvature(gap(slot.ladder[0]), turn)
    suited = engine.sweep.suited_step > 0.0
    finer = suited
    if not suited:
        # Noise may be no more than assumed: what looks like truncation must not count.
        agrees = agrees and curved
        finer = agrees and STEP_RATIO * noise <= larger(QUIET * slot.tolerance, slot.need)
        agrees = agrees and larger(off, change) <= needed
    enough = larger(needed + noise, reached_bar(engine, slot))
    if agrees and bar <= enough and not lacks_evidence(slot):
        take_finest_pair(engine, slot, allowed - noise + bar)
        settle(slot, DECIDED_RIGHT)
    elif slot.count == 2 and finer:
        ask_finer(engine, slot, bar)
    elif suited:
        slot.stage = stages.PARKED
    elif curved and off > CLEARLY * larger(bar, math.fabs(turn)):
        take_finest_pair(engine, slot, bar + change)
        look_far(engine, slot)
    else:
        slot.stage = stages.PROOF
        want_pair(slot, next_step(slot))


def ask_finer(engine: Engine, slot: Slot, bar: float) -> None:
    """Ask for a finer pair; where the step that suits others does not fit, for two at the finest that noise allows."""
    finer = slot.ladder[0].step / STEP_RATIO
    left = bar / BALANCES
    noise = slope_noise(engine, slot, 0)
    if engine.sweep.suited_step > 0.0 and left > noise:
        while left > noise:
            finer /= STEP_RATIO
            left /= BALANCES
        want_pair(slot, STEP_RATIO * finer)
    want_pair(slot, finer)
