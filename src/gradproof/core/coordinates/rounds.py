"""The rounds of a check: which probes the next round holds, and what their values change.

f(x) -> pairs, a few at first, then a chunk of coordinates at a time -> f(x) again, once, as soon as something disagreed
-> short proofs of that -> the noise line, once, if something is still open, and the curvature of f where rounding of x
may explain it (where either is larger than assumed, back to the pairs) -> ladders of what was left -> lines over
coordinates that may share a kink -> done

Where f is random, its spread follows f(x); the pairs of all coordinates begin again, or the check ends where they could
show nothing.
"""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.scales import is_next_to_nothing
from ..noise.curvature import note_curvature, write_curvature_probes
from ..noise.line_values import noise_probes, note_values, write_noise_probes
from ..noise.noise_line import advance_noise
from ..noise.spread import far_coordinate, far_pairs, may_show_claims, shows_error
from ..points.probes import write_probe
from ..points.seeds import noise_seed
from ..records.abi import ConstReals, kernel
from ..records.border import Probes
from ..records.codes import AGREES, DOMAIN, MODE_FULL, NONDETERMINISTIC, STEP_LIMITED
from ..records.engine import OWN_MARK, SLOT_COUNT, SPREAD_COUNT, Engine, coordinate_of
from ..records.floats import larger, spacing
from . import phases
from .outcome import CURVED, DECIDING_RESOLUTION, leave_all_open
from .pairs import SCOUTING, agree_by_pairs, set_steps, write_pairs
from .shared_line import change_by_rounding
from .slots import advance, free_all_slots
from .sweep import begin_sweep, continue_with_noise, end_noise, room, settle_slots

# A random f disagrees with any claim: these pairs come first, so that it is known before a whole chunk is asked for.
SCOUTS = 3
# Half the range of its ten values at x is taken for the noise of a random objective; for normal values a third of the
# range would be the standard deviation.
SPREAD_TO_NOISE = 0.5
# Until it is measured, noise is assumed to be four units in the last place of f(x).
ASSUMED_UNITS = 4.0


def asked(engine: Engine) -> int:
    """Return the number of probes of the next round; 0 where the check is done."""
    phase = engine.sweep.phase
    available = room(engine)
    if phase == phases.AT_X or phase == phases.AGAIN:
        return 1 if available >= 1 else 0
    if phase == phases.SPREAD:
        return SPREAD_COUNT if available >= SPREAD_COUNT else available
    if phase == phases.FAR:
        return 2 * far_pairs(engine)
    if phase == phases.CURVATURE:
        return 2
    if phase == phases.PAIRS:
        return 2 * (pairs_stop(engine) - engine.sweep.paired)
    if phase == phases.NOISE:
        return noise_probes(engine.noise_line)
    return slot_probes(engine, available) if phase != phases.DONE else 0


def pairs_stop(engine: Engine) -> int:
    """Return how many coordinates of the chunk have their pairs after the next round."""
    size = engine.sweep.chunk_stop - engine.sweep.chunk_start
    return SCOUTS if engine.sweep.scouting != 0 and size > SCOUTS else size


def slot_probes(engine: Engine, available: int) -> int:
    """Return how many probes the open slots ask for; the first one without room waits, as do those behind it."""
    total = 0
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage != stages.FREE:
            if total + slot.wanted_count > available:
                return total
            total += slot.wanted_count
    return total


def is_of_pairs(engine: Engine) -> bool:
    """Return whether the next round is one of pairs along coordinates of x, which can do without probes."""
    return engine.sweep.phase == phases.PAIRS and engine.mode == MODE_FULL


def write_round(engine: Engine, probes: Probes) -> int:
    """Write the probes of the next round; return their number.  Nothing changes, so that a round can be asked again."""
    count = asked(engine)
    phase = engine.sweep.phase
    if phase == phases.PAIRS or phase == phases.FAR:
        write_pairs(engine, probes, count // 2)
    elif phase == phases.CURVATURE:
        write_curvature_probes(engine, probes)
    elif phase == phases.NOISE:
        write_noise_probes(engine.noise_line, probes, noise_seed(engine.seed), 0.0)
    elif phase >= phases.PROOFS:
        write_slot_probes(engine, probes, count)
    else:
        for k in range(count):
            write_probe(probes[k], 0, 0, 0, 0.0)
    return count


def write_slot_probes(engine: Engine, probes: Probes, count: int) -> None:
    """Write the probes that the open slots want, as far as there is room."""
    written = 0
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage != stages.FREE and written < count:
            for j in range(slot.wanted_count):
                write_probe(probes[written], slot.start, slot.stop, slot.seed, slot.wanted[j])
                probes[written].ratio = slot.ratio
                written += 1


def take_round(engine: Engine, values: ConstReals, count: int) -> None:
    """Take the values of a round."""
    phase = engine.sweep.phase
    engine.largest_value = largest_of(values, count, engine.largest_value)
    if phase == phases.AT_X:
        take_value_at_x(engine, values[0])
    elif phase == phases.AGAIN:
        take_second_value(engine, values[0])
    elif phase == phases.SPREAD:
        take_spread(engine, values, count)
    elif phase == phases.FAR:
        take_far_pairs(engine, values, count // 2)
    elif phase == phases.CURVATURE:
        take_curvature(engine, values)
    elif phase == phases.PAIRS:
        take_pairs(engine, values, count // 2)
    elif phase == phases.NOISE:
        # A part of the noise line is worth nothing: all of it is asked for again.
        if count == noise_probes(engine.noise_line) and advance_noise(engine, note_values(engine, values)):
            end_noise(engine)
    elif phase != phases.DONE:
        take_slots(engine, values, count)
        settle_slots(engine)


@kernel
def largest_of(values: ConstReals, count: int, largest: float) -> float:
    """Return the size of the largest of some values, which may not be finite, or the largest so far."""
    for k in range(count):
        size = math.fabs(values[k])
        if largest < size < math.inf:
            largest = size
    return largest


def take_value_at_x(engine: Engine, value: float) -> None:
    """Take f(x), and begin with the pairs if it is finite, and x can be moved; else nothing can be tested."""
    engine.value = value
    if not math.isfinite(value) or is_next_to_nothing(engine.typical):
        leave_all_open(engine, STEP_LIMITED if math.isfinite(value) else DOMAIN)
        engine.sweep.phase = phases.DONE
        return
    engine.noise = ASSUMED_UNITS * spacing(value)
    begin_sweep(engine)


def take_second_value(engine: Engine, value: float) -> None:
    """Go on where f(x) is the same at its second call; else ask for it again, to see how far it spreads."""
    sweep = engine.sweep
    sweep.seen_twice = 1
    if value == engine.value:
        begin_proofs(engine)
        return
    engine.nondeterministic = 1
    engine.spread = math.fabs(value - engine.value) if math.isfinite(value) else 0.0
    sweep.phase = phases.SPREAD


def take_spread(engine: Engine, values: ConstReals, count: int) -> None:
    """Take half the range of f(x) over its calls for noise."""
    low = engine.value
    high = engine.value
    for k in range(count):
        if math.isfinite(values[k]):
            low = values[k] if values[k] < low else low
            high = values[k] if values[k] > high else high
    engine.spread = larger(high - low, engine.spread)
    engine.value = low + (high - low) / 2.0
    engine.noise = larger(SPREAD_TO_NOISE * engine.spread, engine.noise)
    if may_show_claims(engine, DECIDING_RESOLUTION):
        begin_sweep(engine)
    elif room(engine) < 2 * far_pairs(engine):
        end_random(engine)
    else:
        engine.sweep.phase = phases.FAR


def take_far_pairs(engine: Engine, values: ConstReals, count: int) -> None:
    """Begin again with the pairs if an error shows in spite of the spread; else nothing can be said."""
    shows = False
    for k in range(count):
        coordinate = coordinate_of(engine, far_coordinate(engine, k))
        shows = shows_error(engine, coordinate, values[2 * k], values[2 * k + 1]) or shows
    if shows:
        begin_sweep(engine)
    else:
        end_random(engine)


def take_curvature(engine: Engine, values: ConstReals) -> None:
    """Note the curvature; where it matters, and only a few pairs have been asked for, begin with them again."""
    if note_curvature(engine, values[0], values[1]) and engine.sweep.scouting != 0:
        begin_sweep(engine)
    else:
        continue_with_noise(engine)


def end_random(engine: Engine) -> None:
    """End the check: the spread of f(x) hides every claim, and every error that was looked for."""
    engine.noise_measured = 1
    leave_all_open(engine, NONDETERMINISTIC)
    engine.sweep.phase = phases.DONE


def take_pairs(engine: Engine, values: ConstReals, count: int) -> None:
    """Judge so many coordinates of the chunk by their pairs; keep the values for their proofs."""
    sweep = engine.sweep
    if engine.mark != OWN_MARK:
        # The caller has had the memory since these pairs were asked for.
        set_steps(engine, count)
    disagree = not agree_by_pairs(engine, values, count)
    sweep.paired += count
    if sweep.scouting == 0:
        sweep.chunk_stop = sweep.chunk_start + sweep.paired
    # A random f disagrees with any claim, so that f(x) is asked for a second time only after a disagreement.
    if disagree and sweep.seen_twice == 0:
        sweep.phase = phases.AGAIN
    else:
        begin_proofs(engine)
    sweep.waiting = sweep.chunk_start
    free_all_slots(engine)


def begin_proofs(engine: Engine) -> None:
    """Go on to the proofs once all pairs of the chunk are there; before that, to those of the first few if none agrees.

    What their ladders show of the steps that suit f is of use to all the others; where noise drowns one of them, even
    if others agree, as claims of 0 do where f does not move.
    """
    sweep = engine.sweep
    sweep.phase = phases.PAIRS
    if sweep.paired < pairs_stop(engine):
        return
    number = 0
    while sweep.scouting == SCOUTING and number < sweep.paired:
        if coordinate_of(engine, sweep.chunk_start + number).cause in (AGREES, CURVED):
            sweep.scouting = 0
        number += 1
    if sweep.scouting != 0:
        sweep.chunk_stop = sweep.chunk_start + sweep.paired
    if sweep.chunk_start + sweep.paired == sweep.chunk_stop:
        sweep.phase = phases.PROOFS


def take_slots(engine: Engine, values: ConstReals, count: int) -> None:
    """Give every slot whose probes were answered its values, and move it on."""
    slanted = engine.sweep.phase == phases.SHARED_KINKS and engine.float32 != 0
    taken = 0
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage != stages.FREE:
            wanted = slot.wanted_count
            if taken + wanted > count:
                return
            for j in range(wanted):
                change = change_by_rounding(engine, slot, slot.wanted[j]) if slanted else 0.0
                slot.answers[j] = values[taken + j] - change
            taken += wanted
            advance(engine, slot)
