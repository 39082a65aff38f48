"""The rounds of a check: which probes the next round holds, and what its answers change.

f(x) -> pairs, a chunk of coordinates at a time -> f(x) again, once, if something disagreed -> short proofs of that ->
the noise line, once, if something is still open (where noise is larger than assumed, back to the pairs) -> ladders of
what was left -> joint lines of kinks that coordinates may share -> done
"""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Probes, Reals
from .floats import larger, spacing
from .joint import settle_joint
from .jointline import change_by_rounding
from .judge import DECIDED_RIGHT, DECIDED_WRONG, pair_decision
from .ladder import assumed_slope_noise
from .memory import as_reals
from .noiseline import advance_noise, noise_probes, note_values, write_noise_probes
from .outcome import settle_by_pair, settle_without_value
from .phases import begin_sweep, end_noise, room, settle_slots
from .scales import needed_resolution, pair_step, tolerance
from .slots import advance, free_slots, is_open, one_sided_slope
from .state import (
    CHUNK_START,
    CHUNK_STOP,
    COORDINATE_CAUSE,
    DISAGREES_FLAT,
    EVALUATIONS,
    FILL,
    FLOAT32,
    NOISE,
    NONDETERMINISTIC,
    PAIRS,
    PHASE,
    PHASE_AGAIN,
    PHASE_AT_X,
    PHASE_DONE,
    PHASE_JOINT,
    PHASE_LADDERS,
    PHASE_NOISE,
    PHASE_PAIRS,
    PHASE_PROOFS,
    PHASE_SPREAD,
    SEEN_TWICE,
    SLOT_ANSWERS,
    SLOT_COUNT,
    SLOT_RATIO,
    SLOT_SEED,
    SLOT_START,
    SLOT_STOP,
    SLOT_WANTED,
    SLOT_WANTED_COUNT,
    SPREAD,
    SPREAD_COUNT,
    UNDECIDED,
    VALUE,
    coordinate,
    slot_place,
)
from .structs import (
    PROBE_ALIGNED,
    PROBE_FLOOR,
    PROBE_RATIO,
    PROBE_SEED,
    PROBE_START,
    PROBE_STEP,
    PROBE_STOP,
    PROBE_WORDS,
)

# A random objective is given two standard deviations for the range of its ten values at x (normal: three).
SPREAD_PART = 0.5
# The noise that is assumed until something is measured: four units in the last place of f(x).
ASSUMED_UNITS = 4.0


def asked(engine: Engine) -> int:
    """Return the number of probes of the next round; 0 where the check is done."""
    phase = engine[PHASE]
    available = room(engine)
    if phase == PHASE_AT_X or phase == PHASE_AGAIN:
        return 1 if available >= 1 else 0
    if phase == PHASE_SPREAD:
        return SPREAD_COUNT if available >= SPREAD_COUNT else available
    if phase == PHASE_PAIRS:
        return 2 * (engine[CHUNK_STOP] - engine[CHUNK_START])
    if phase == PHASE_NOISE:
        return noise_probes(engine)
    if phase == PHASE_PROOFS or phase == PHASE_LADDERS or phase == PHASE_JOINT:
        return slot_probes(engine, available)
    return 0


def slot_probes(engine: Engine, available: int) -> int:
    """Return how many probes the open slots ask for; a slot that has no room waits, and so do those behind it."""
    total = 0
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if is_open(engine, slot):
            if total + engine[slot + SLOT_WANTED_COUNT] > available:
                return total
            total += engine[slot + SLOT_WANTED_COUNT]
    return total


def write_probe(probes: Probes, number: int, start: int, stop: int, seed: int, ratio: float, step: float) -> None:
    """Write a probe: of x itself, along a coordinate or a pair, or on a random line."""
    place = number * PROBE_WORDS
    numbers = as_reals(probes)
    probes[place + PROBE_START] = start
    probes[place + PROBE_STOP] = stop
    probes[place + PROBE_SEED] = seed
    numbers[place + PROBE_FLOOR] = 0.0
    numbers[place + PROBE_RATIO] = ratio
    probes[place + PROBE_ALIGNED] = 0
    numbers[place + PROBE_STEP] = step


def write_round(engine: Engine, x: ConstReals, claimed: ConstReals, probes: Probes) -> int:
    """Write the probes of the next round; return their number.  Nothing changes: a lost round can be asked again."""
    reals = as_reals(engine)
    count = asked(engine)
    phase = engine[PHASE]
    if phase == PHASE_AT_X or phase == PHASE_AGAIN or phase == PHASE_SPREAD:
        for k in range(count):
            write_probe(probes, k, 0, 0, 0, 0.0, 0.0)
    elif phase == PHASE_PAIRS:
        for k in range(count // 2):
            index = engine[CHUNK_START] + k
            step = pair_step(engine, reals, claimed[index], x[index])
            write_probe(probes, 2 * k, index, index + 1, 0, 0.0, step)
            write_probe(probes, 2 * k + 1, index, index + 1, 0, 0.0, -step)
    elif phase == PHASE_NOISE:
        write_noise_probes(engine, probes)
    elif phase == PHASE_PROOFS or phase == PHASE_LADDERS or phase == PHASE_JOINT:
        write_slot_probes(engine, reals, probes, count)
    return count


def write_slot_probes(engine: Engine, reals: Reals, probes: Probes, count: int) -> None:
    """Write what the open slots want, as far as there is room."""
    written = 0
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if is_open(engine, slot):
            if written >= count:
                return
            start = engine[slot + SLOT_START]
            stop = engine[slot + SLOT_STOP]
            seed = engine[slot + SLOT_SEED]
            for j in range(engine[slot + SLOT_WANTED_COUNT]):
                step = reals[slot + SLOT_WANTED + j]
                write_probe(probes, written, start, stop, seed, reals[slot + SLOT_RATIO], step)
                written += 1


def take_round(engine: Engine, x: ConstReals, claimed: ConstReals, values: ConstReals, count: int) -> None:
    """Take the values of a round."""
    reals = as_reals(engine)
    phase = engine[PHASE]
    engine[EVALUATIONS] += count
    if phase == PHASE_AT_X:
        take_value_at_x(engine, reals, claimed, values[0])
    elif phase == PHASE_AGAIN:
        take_second_value(engine, reals, values[0])
    elif phase == PHASE_SPREAD:
        take_spread(engine, reals, values, count)
    elif phase == PHASE_PAIRS:
        engine[CHUNK_STOP] = engine[CHUNK_START] + count // 2
        take_pairs(engine, reals, x, claimed, values)
    elif phase == PHASE_PROOFS:
        take_slots(engine, reals, x, claimed, values, count)
        settle_slots(engine, reals)
    elif phase == PHASE_NOISE and count == noise_probes(engine):
        if advance_noise(engine, reals, note_values(engine, reals, x, claimed, values)):
            end_noise(engine, reals)
    elif phase == PHASE_LADDERS:
        take_slots(engine, reals, x, claimed, values, count)
        settle_slots(engine, reals)
    elif phase == PHASE_JOINT:
        take_slots(engine, reals, x, claimed, values, count)
        settle_joint(engine, reals)


def take_value_at_x(engine: Engine, reals: Reals, claimed: ConstReals, value: float) -> None:
    """Note f(x); where it is not finite nothing can be tested."""
    reals[VALUE] = value
    if not math.isfinite(value):
        settle_without_value(engine, reals, claimed)
        engine[PHASE] = PHASE_DONE
        return
    reals[NOISE] = ASSUMED_UNITS * spacing(value)
    begin_sweep(engine, reals)


def take_second_value(engine: Engine, reals: Reals, value: float) -> None:
    """Where f(x) is another at its second call, look how far it spreads; else go on to the proofs."""
    engine[SEEN_TWICE] = 1
    if value == reals[VALUE]:
        engine[PHASE] = PHASE_PROOFS
        return
    engine[NONDETERMINISTIC] = 1
    reals[SPREAD] = math.fabs(value - reals[VALUE]) if math.isfinite(value) else 0.0
    engine[PHASE] = PHASE_SPREAD


def take_spread(engine: Engine, reals: Reals, values: ConstReals, count: int) -> None:
    """Take the range of f(x) over its calls as noise."""
    low = reals[VALUE]
    high = reals[VALUE]
    for k in range(count):
        if math.isfinite(values[k]):
            low = values[k] if values[k] < low else low
            high = values[k] if values[k] > high else high
    reals[SPREAD] = larger(high - low, reals[SPREAD])
    reals[VALUE] = low + (high - low) / 2.0
    reals[NOISE] = larger(SPREAD_PART * reals[SPREAD], reals[NOISE])
    begin_sweep(engine, reals)


def take_pairs(engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, values: ConstReals) -> None:
    """Judge every coordinate of the chunk by its pair; keep the values for the proofs."""
    start = engine[CHUNK_START]
    disagree = False
    for k in range(engine[CHUNK_STOP] - start):
        index = start + k
        reals[PAIRS + 2 * k] = values[2 * k]
        reals[PAIRS + 2 * k + 1] = values[2 * k + 1]
        step = pair_step(engine, reals, claimed[index], x[index])
        right = one_sided_slope(engine, reals, reals[VALUE], x[index], step, values[2 * k])
        left = one_sided_slope(engine, reals, reals[VALUE], x[index], -step, values[2 * k + 1])
        allowed = tolerance(reals, claimed[index], x[index])
        needed = needed_resolution(reals, claimed[index], x[index])
        noise = assumed_slope_noise(reals, step)
        decision = pair_decision(right, left, claimed[index], allowed, needed, noise)
        if decision == DECIDED_RIGHT:
            settle_by_pair(engine, reals, index, allowed, noise)
        else:
            disagree = True
            mark = DISAGREES_FLAT if decision == DECIDED_WRONG else UNDECIDED
            engine[coordinate(index) + COORDINATE_CAUSE] = mark
    # A random f agrees with nothing: only a disagreement asks for f(x) a second time.
    engine[PHASE] = PHASE_AGAIN if disagree and engine[SEEN_TWICE] == 0 else PHASE_PROOFS
    engine[FILL] = start
    free_slots(engine)


def take_slots(
    engine: Engine, reals: Reals, x: ConstReals, claimed: ConstReals, values: ConstReals, count: int
) -> None:
    """Hand its values to every slot that was asked for, and move it on."""
    slanted = engine[PHASE] == PHASE_JOINT and engine[FLOAT32] != 0
    taken_values = 0
    for k in range(SLOT_COUNT):
        slot = slot_place(k)
        if is_open(engine, slot):
            wanted = engine[slot + SLOT_WANTED_COUNT]
            if taken_values + wanted > count:
                return
            for j in range(wanted):
                value = values[taken_values + j]
                if slanted:
                    step = reals[slot + SLOT_WANTED + j]
                    value -= change_by_rounding(engine, reals, slot, x, claimed, step)
                reals[slot + SLOT_ANSWERS + j] = value
            taken_values += wanted
            advance(engine, reals, slot, x)
