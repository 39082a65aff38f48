"""From one round of a check by lines to the next: noise, random lines, lines along the claim, halving, confirmation."""

from __future__ import annotations

import math

from .abi import ConstReals, Engine, Probes, Reals
from .candidates import begin_confirming, candidates_asked, take_candidates, write_candidates
from .climbers import rung_probes, take_rung, write_line_probe, write_rung
from .descent import advance_level, prepare_level
from .halving import HALVING_FREE
from .linebegin import begin_lines, begin_pool, line_seed
from .linedecision import (
    begins_with_gaps,
)
from .lineoutcome import conclude, end_lines_early, settle_domain
from .linestate import (
    CANDIDATE_COUNT,
    CLIMBER_ALIGNED,
    CLIMBER_BEST,
    CLIMBER_WANTED,
    FACTOR_COUNT,
    FINISHED,
    HALVING_CLIMBER,
    HALVING_COUNT,
    HALVING_STAGE,
    IS_CONFIRMING,
    IS_DENSE,
    LENGTH,
    LINE_EVALUATIONS,
    LINE_NOISE,
    LINE_PHASE,
    LINE_VALUE,
    LINES_ALIGNED_AGAIN,
    LINES_AT_X,
    LINES_CONFIRM,
    LINES_DONE,
    LINES_FACTORS,
    LINES_GAP,
    LINES_HALVING,
    LINES_NOISE,
    LINES_PARTS,
    LINES_RANDOM_AGAIN,
    LINES_REPEAT,
    LINES_SAMPLING,
    MOST_LINES,
    POOL,
    halving_place,
    line_room,
)
from .lineweigh import AGAIN_SEEDS, GAP_LINES, advance_gap_lines, take_repeated_value, weigh_pool
from .noiseline import advance_noise, begin_noise, line_step, noise_probes, note_arithmetic, place_of_probe
from .pooled import choose_best, has_coarse_noise, walk_pool
from .sampling import advance_factors, advance_samples, begin_factors, finish_factors, samples_under_way
from .state import FLOAT32, NOISE, NOISE_VALUES, VALUE

NOISE_SEED = 0


def lines_asked(engine: Engine) -> int:
    """Return the number of probes of the next round; 0 where the check is done."""
    phase = engine[LINE_PHASE]
    if phase == LINES_AT_X or phase == LINES_REPEAT:
        return 1
    if phase == LINES_NOISE:
        return noise_probes(engine)
    if phase == LINES_CONFIRM:
        return candidates_asked(engine)
    if phase == LINES_DONE:
        return 0
    if phase == LINES_GAP or phase >= LINES_HALVING:
        return climbing_probes(engine)
    return rung_probes(engine, POOL)


def climbers_of_phase(engine: Engine) -> int:
    """Return how many of the halvings may have a climber under way."""
    if engine[LINE_PHASE] == LINES_GAP:
        return GAP_LINES
    return engine[FACTOR_COUNT] if engine[LINE_PHASE] == LINES_FACTORS else HALVING_COUNT


def climbs(engine: Engine, number: int) -> bool:
    """Return whether a climber wants a rung."""
    halving = halving_place(number)
    descends = engine[LINE_PHASE] == LINES_HALVING or engine[LINE_PHASE] == LINES_SAMPLING
    if descends and engine[halving + HALVING_STAGE] == HALVING_FREE:
        return False
    return engine[halving + HALVING_CLIMBER + CLIMBER_WANTED] != FINISHED


def climbing_probes(engine: Engine) -> int:
    """Return how many probes the climbers ask for."""
    total = 0
    for number in range(climbers_of_phase(engine)):
        if climbs(engine, number):
            total += rung_probes(engine, halving_place(number) + HALVING_CLIMBER)
    return total


def write_lines_round(engine: Engine, reals: Reals, probes: Probes) -> int:
    """Write the probes of the next round; return their number."""
    phase = engine[LINE_PHASE]
    count = lines_asked(engine)
    if count == 0:
        return 0
    if phase == LINES_AT_X or phase == LINES_REPEAT:
        write_line_probe(probes, 0, 0, 0, 0, 0, 0.0)
    elif phase == LINES_NOISE:
        for number in range(count):
            step = line_step(engine, place_of_probe(engine, number))
            write_line_probe(probes, number, 0, engine[LENGTH], line_seed(engine, NOISE_SEED), 0, step)
    elif phase == LINES_CONFIRM:
        write_candidates(engine, reals, probes)
    elif phase == LINES_GAP or phase >= LINES_HALVING:
        written = 0
        for number in range(climbers_of_phase(engine)):
            if climbs(engine, number):
                written = write_rung(engine, halving_place(number) + HALVING_CLIMBER, probes, written)
    else:
        write_rung(engine, POOL, probes, 0)
    return count


def take_lines_round(engine: Engine, reals: Reals, values: ConstReals, changes: ConstReals, count: int) -> None:
    """Take the values of a round, and the changes that the claim foretold."""
    phase = engine[LINE_PHASE]
    engine[LINE_EVALUATIONS] += count
    if phase == LINES_AT_X:
        take_first_value(engine, reals, values[0])
    elif phase == LINES_REPEAT:
        take_repeated_value(engine, reals, values[0])
    elif phase == LINES_NOISE:
        take_noise(engine, reals, values, changes, count)
    elif phase == LINES_CONFIRM:
        take_candidates(engine, reals, values, count)
    elif phase == LINES_GAP or phase >= LINES_HALVING:
        taken = 0
        for number in range(climbers_of_phase(engine)):
            if climbs(engine, number):
                climber = halving_place(number) + HALVING_CLIMBER
                taken = take_rung(engine, reals, climber, values, changes, taken)
        advance_climbers(engine, reals)
    else:
        take_rung(engine, reals, POOL, values, changes, 0)
        walk_pool(engine, reals, POOL)
        if engine[POOL + CLIMBER_WANTED] != FINISHED and phase != LINES_PARTS and begins_with_gaps(engine, reals):
            engine[POOL + CLIMBER_WANTED] = FINISHED
            choose_best(engine, reals, POOL)
        if engine[POOL + CLIMBER_WANTED] == FINISHED:
            weigh_pool(engine, reals)


def advance_climbers(engine: Engine, reals: Reals) -> None:
    """Move the climbers of the phase on."""
    phase = engine[LINE_PHASE]
    if phase == LINES_GAP:
        advance_gap_lines(engine, reals)
    elif phase == LINES_HALVING:
        advance_level(engine, reals)
    elif phase == LINES_SAMPLING:
        advance_samples(engine, reals)
    else:
        advance_factors(engine, reals)


def take_first_value(engine: Engine, reals: Reals, value: float) -> None:
    """Note f(x); where it is not finite nothing can be tested."""
    reals[LINE_VALUE] = value
    reals[VALUE] = value
    if not math.isfinite(value):
        settle_domain(engine)
        return
    engine[LINE_PHASE] = LINES_NOISE
    begin_noise(engine, reals)


def take_noise(engine: Engine, reals: Reals, values: ConstReals, changes: ConstReals, count: int) -> None:
    """Take values of the noise line; where x is float32, less the change that the claim foretells."""
    answered = False
    for number in range(count):
        change = changes[number] if engine[FLOAT32] != 0 and math.isfinite(changes[number]) else 0.0
        reals[NOISE_VALUES + place_of_probe(engine, number)] = values[number] - change
        note_arithmetic(engine, values[number])
        answered = answered or values[number] != reals[VALUE]
    if advance_noise(engine, reals, answered):
        reals[LINE_NOISE] = reals[NOISE]
        if has_coarse_noise(reals):
            # Float32 inside of f, or values that differ from call to call: f(x) once more tells which.
            engine[LINE_PHASE] = LINES_REPEAT
        else:
            begin_lines(engine, reals)


def settle_lines(engine: Engine, reals: Reals) -> bool:
    """Move on by one phase; return whether the next round has something to ask, or the check is done."""
    if engine[LINE_PHASE] == LINES_DONE:
        return True
    if not ready_lines(engine, reals) or engine[LINE_PHASE] == LINES_DONE:
        return False
    if lines_asked(engine) > line_room(engine):
        end_lines_early(engine, reals)
    return True


def ready_lines(engine: Engine, reals: Reals) -> bool:
    """Return whether the phase has something to ask; else move on to the next phase."""
    phase = engine[LINE_PHASE]
    if phase == LINES_HALVING:
        return prepare_level(engine, reals)
    if phase == LINES_SAMPLING and not samples_under_way(engine):
        begin_factors(engine, reals)
        return False
    if phase == LINES_FACTORS and climbing_probes(engine) == 0:
        finish_factors(engine, reals)
        return False
    if phase == LINES_CONFIRM:
        return prepare_confirmation(engine, reals)
    return True


def prepare_confirmation(engine: Engine, reals: Reals) -> bool:
    """Begin the check of the candidates, or conclude once it is done; what was not located is looked at again."""
    if engine[IS_CONFIRMING] == 0 and engine[CANDIDATE_COUNT] > 0:
        if not begin_confirming(engine, reals):
            engine[CANDIDATE_COUNT] = 0
        return False
    if engine[CANDIDATE_COUNT] > 0 and candidates_asked(engine) > 0:
        return True
    if conclude(engine, reals):
        return False
    # Not located: once more along new lines, before anything is called wrong.
    engine[IS_CONFIRMING] = 0
    engine[CANDIDATE_COUNT] = 0
    engine[IS_DENSE] = 0
    aligned = engine[POOL + CLIMBER_ALIGNED] != 0
    phase = LINES_ALIGNED_AGAIN if aligned else LINES_RANDOM_AGAIN
    seeds = AGAIN_SEEDS + 2 * MOST_LINES + (MOST_LINES if aligned else 0)
    begin_pool(engine, reals, phase, seeds, MOST_LINES, engine[POOL + CLIMBER_BEST])
    return False
