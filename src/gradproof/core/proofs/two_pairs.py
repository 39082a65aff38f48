"""What two pairs show, one at four times the step of the other: a slope less its truncation, and a kink at x.

Where noise or curvature leaves first pairs open, the full ladder of one coordinate shows at which step two pairs know
the slope about as well as all of it does.  There the others begin, and only what disagrees climbs a ladder of its own.
"""

from __future__ import annotations

import math

from ..evidence.decision import QUIET, gap
from ..evidence.intervals import estimate
from ..evidence.ladder import centered, largest_change, place_of_step, slope_noise, telling_count
from ..evidence.scales import pair_size
from ..records.engine import Engine, Slot
from ..records.floats import larger, smaller

# From one step to the next, noise falls by 4, and truncation grows by 4 (one-sided slopes) or 16 (centered ones).
STEP_RATIO = 4.0
# The truncation of a pair times this lies between its centered slope and that of the next coarser one.
TRUNCATION = STEP_RATIO * STEP_RATIO - 1.0
# Where the gap between the sides grows with the cube of the step, as far more to the next coarser one.
CUBED = STEP_RATIO * STEP_RATIO * STEP_RATIO - 1.0
# Curvature and a kink make at most a fourth of this growth together.
CLEARLY_CUBED = STEP_RATIO * STEP_RATIO
# The next finer pairs confirm a slope that they find within three bars; a claim must be farther away.
CONFIRMS = 3.0
CONTRADICTS = 3.5
# A tenth of the slopes that are met decides.
DECIDES = 0.1


def is_quiet(engine: Engine, slot: Slot) -> bool:
    """Return whether noise is low enough for a disagreement with the first pair to show, or as low as it gets."""
    return slope_noise(engine, slot, 0) <= larger(larger(QUIET * slot.tolerance, slot.need), reached_bar(engine, slot))


def reached_bar(engine: Engine, slot: Slot) -> float:
    """Return the error bar of other coordinates at the step that suits f, or at the next finer one; 0 if unknown.

    Where all claims are 0, nothing says how well slopes should be known, but those around x: a part of them decides.
    """
    enough = engine.sweep.reached / pair_size(engine, slot.x)
    if engine.sweep.largest_claim > 0.0:
        return enough
    slopes = 0.0
    for place in range(slot.count):
        slopes += math.fabs(gap(slot.ladder[place])) / (2.0 * slot.count)
    return larger(DECIDES * slopes, enough)


def has_two(slot: Slot, step: float) -> bool:
    """Return whether the ladder has a pair at a step, and another one at four times the step."""
    return place_of_step(slot, step) >= 0 and place_of_step(slot, STEP_RATIO * step) >= 0


def bar_of_two(engine: Engine, slot: Slot, step: float) -> float:
    """Return the noise of the slope at a step, and half of a kink at x: what of the gap between the sides may be one.

    Curvature makes a gap that grows with the step; that of a kink stays.  Where there is no curvature, as at a minimum
    of the fourth order, the gap clearly grows with the cube of the step.
    """
    place = place_of_step(slot, step)
    near = gap(slot.ladder[place])
    far = gap(slot.ladder[place_of_step(slot, STEP_RATIO * step)])
    stays = smaller(math.fabs(near - (far - near) / (STEP_RATIO - 1.0)), math.fabs(near))
    if near * far > 0.0 and math.fabs(far) > CLEARLY_CUBED * math.fabs(near):
        stays = smaller(math.fabs(near - (far - near) / CUBED), stays)
    return slope_noise(engine, slot, place) + stays / 2.0


def extrapolated(slot: Slot, step: float) -> float:
    """Return the centered slope at a step, less the truncation that the one at four times the step shows."""
    near = centered(slot, place_of_step(slot, step))
    return near - (centered(slot, place_of_step(slot, STEP_RATIO * step)) - near) / TRUNCATION


def contradict(engine: Engine, slot: Slot, step: float) -> bool:
    """Return whether two pairs contradict a claim, and the next finer pair finds their slope as well."""
    if not has_two(slot, step) or place_of_step(slot, step / STEP_RATIO) < 0:
        return False
    slope = extrapolated(slot, step)
    bar = bar_of_two(engine, slot, step)
    found = math.fabs(slope - extrapolated(slot, step / STEP_RATIO)) <= CONFIRMS * bar
    return found and math.fabs(slope - slot.claimed) > CONTRADICTS * (slot.tolerance + bar)


def is_contradicted(engine: Engine, slot: Slot, step: float) -> bool:
    """Return whether the pairs by which other claims are accepted, from this step on, contradict this one.

    A ladder that accepts it then knows less than these.  Noise that only the ladder has seen is no excuse.
    """
    if engine.sweep.suited_step == 0.0:
        return False
    slot.noise = engine.noise
    return contradict(engine, slot, step) or contradict(engine, slot, step / STEP_RATIO)


def note_suited_step(engine: Engine, slot: Slot) -> None:
    """Note at which step two pairs of a ladder come closest to what all of it says: other coordinates begin there.

    Where bounds leave no room for longer steps, another one of the first coordinates may tell more.
    """
    size = pair_size(engine, slot.x)
    reached = math.inf
    suited = 0.0
    for place in range(telling_count(slot)):
        step = slot.ladder[place].step
        if has_two(slot, step) and largest_change(slot.ladder[place]) > 0.0:
            bar = bar_of_two(engine, slot, step) + math.fabs(extrapolated(slot, step) - estimate(slot))
            if bar < reached:
                reached = bar
                suited = step
    longer = place_of_step(slot, STEP_RATIO * STEP_RATIO * suited)
    last = engine.sweep.waiting == engine.sweep.chunk_stop
    if suited > 0.0 and (last or longer < 0 or math.isfinite(centered(slot, longer))):
        engine.sweep.suited_step = suited / size
        engine.sweep.reached = STEP_RATIO * reached * size
