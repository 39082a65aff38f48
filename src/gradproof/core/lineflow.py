"""From one round of a check by lines to the next: noise, random lines, lines along the claim, halving, confirmation."""

from __future__ import annotations

import math

from numpy import int64

from .abi import ConstReals, Engine, Probes, Reals
from .candidates import begin_confirming, candidates_asked, take_candidates, write_candidates
from .climbers import begin_climber, lowest_exponent, rung_probes, take_rung, write_line_probe, write_rung
from .descent import (
    advance_factors,
    advance_level,
    advance_samples,
    begin_descent,
    begin_factors,
    finish_factors,
    prepare_level,
    samples_under_way,
)
from .directions import mixed
from .floats import larger, smaller
from .halving import HALVING_FREE, ladder_bar_of
from .linedecision import (
    CLEAR,
    bars_beyond,
    begins_with_gaps,
    keeps_its_gap,
    note_bar,
    note_curvature,
    note_failed,
    note_failure,
    tolerance_of,
    worst_line,
)
from .lineladder import walk_ladder
from .lineoutcome import conclude, end_lines_early, settle_domain
from .linestate import (
    ALIGNED_LINES_DONE,
    CANDIDATE_COUNT,
    CLIMBER_ALIGNED,
    CLIMBER_BAR,
    CLIMBER_BEST,
    CLIMBER_GAP,
    CLIMBER_LINES,
    CLIMBER_NOISE,
    CLIMBER_RESIDUAL,
    CLIMBER_SEEDS,
    CLIMBER_START,
    CLIMBER_STOP,
    CLIMBER_TARGET,
    CLIMBER_WANTED,
    DISAGREED,
    FACTOR_COUNT,
    FAILED_GAP,
    FINISHED,
    HALVING_CLIMBER,
    HALVING_COUNT,
    HALVING_STAGE,
    HIDDEN_GAP,
    IS_CONFIRMING,
    IS_DENSE,
    IS_REPEATED,
    LENGTH,
    LINE_BUDGET,
    LINE_EVALUATIONS,
    LINE_NOISE,
    LINE_PHASE,
    LINE_SEED,
    LINE_SPREAD,
    LINE_VALUE,
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_AT_X,
    LINES_CONFIRM,
    LINES_DONE,
    LINES_FACTORS,
    LINES_GAP,
    LINES_HALVING,
    LINES_NOISE,
    LINES_PARTS,
    LINES_RANDOM,
    LINES_RANDOM_AGAIN,
    LINES_REPEAT,
    LINES_SAMPLING,
    MOST_LINES,
    PART_AGAIN,
    PARTS_DONE,
    POOL,
    RANDOM_BAR,
    RANDOM_EXPONENT,
    RANDOM_LINES_DONE,
    SLOPE_NORM,
    SLOPE_SUM,
    TOLERANCE_NOW,
    TYPICAL_SLOPE,
    UNFIT_CLAIMS,
    halving_place,
    line_room,
)
from .noiseline import advance_noise, begin_noise, line_step, noise_probes, note_arithmetic, place_of_probe
from .parts import begin_parts, next_part, note_part
from .pooled import choose_best, has_coarse_noise, walk_pool
from .state import FLOAT32, NOISE, NOISE_VALUES, NONDETERMINISTIC, SPREAD, VALUE

NOISE_SEED = 0
RANDOM_SEEDS = 1
ALIGNED_SEEDS = 11
AGAIN_SEEDS = 21
PART_SEEDS = 1 << 22

# The first step: the smallest one whose noise is harmless.
FIRST_NOISE = 3.0
HARMLESS = 1e-7
LARGEST_FIRST_EXPONENT = -8
ABOVE_LOWEST = 6
# Bars that are good enough: this part of the norm, a thousandth of a typical coordinate, and never less than the last.
TARGET = 3e-8
TARGET_FLOAT32 = 1e-7
TYPICAL_PART = 2.5e-4
SMALLEST_TARGET = 1e-10
MOST_RUNGS = 12
GAP_RUNGS = 14
GAP_LINES = 2
ALIGNED_LINES = 2
# A budget below this has no room for more than the cheapest honest verdict.
SMALL_BUDGET = 60
CHEAPEST_RUNGS = 2
# Of two values at x, half of what separates them is taken as noise.
SPREAD_PART = 0.5


def line_seed(engine: Engine, number: int) -> int:
    """Return the seed of a line, never 0."""
    seed = int(int64(mixed(engine[LINE_SEED], number)))
    return seed if seed != 0 else 1


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
        begin_lines(engine, reals)


def begin_lines(engine: Engine, reals: Reals) -> None:
    """Begin with the random lines; claims that are no numbers go to the check of single coordinates at once."""
    if engine[UNFIT_CLAIMS] > 0:
        engine[LINE_PHASE] = LINES_CONFIRM
        return
    engine[RANDOM_EXPONENT] = first_exponent(engine, reals)
    begin_pool(engine, reals, LINES_RANDOM, RANDOM_SEEDS, MOST_LINES, engine[RANDOM_EXPONENT])


def first_exponent(engine: Engine, reals: Reals) -> int:
    """Return the exponent of the smallest step whose noise is harmless."""
    lowest = lowest_exponent(engine) + ABOVE_LOWEST
    wanted = HARMLESS * reals[SLOPE_NORM]
    if wanted <= 0.0:
        return LARGEST_FIRST_EXPONENT
    ratio = FIRST_NOISE * reals[LINE_NOISE] / wanted
    if not ratio < 1.0:
        return LARGEST_FIRST_EXPONENT
    if ratio <= math.ldexp(1.0, lowest):
        return lowest
    mantissa, exponent = math.frexp(ratio)
    # The nearest power of two on the scale of exponents.
    exponent = exponent if mantissa >= 0.7071067811865476 else exponent - 1
    return exponent if exponent < LARGEST_FIRST_EXPONENT else LARGEST_FIRST_EXPONENT


def target_bar(engine: Engine, reals: Reals) -> float:
    """Return the bar at which lines need not climb further."""
    norm = reals[SLOPE_NORM]
    # A gradient in float32 is itself not better known.
    if engine[FLOAT32] != 0:
        return TARGET_FLOAT32 * norm
    if has_coarse_noise(reals):
        return TARGET * norm
    return smaller(TARGET * norm, larger(TYPICAL_PART * reals[TYPICAL_SLOPE], SMALLEST_TARGET * norm))


def most_rungs(engine: Engine, lines: int) -> int:
    """Return how many rungs the budget allows a pool."""
    if engine[LINE_BUDGET] > 0 and engine[LINE_BUDGET] < SMALL_BUDGET:
        return CHEAPEST_RUNGS
    rungs = line_room(engine) // (2 * lines)
    return MOST_RUNGS if rungs > MOST_RUNGS else (rungs if rungs > CHEAPEST_RUNGS else CHEAPEST_RUNGS)


def begin_pool(engine: Engine, reals: Reals, phase: int, seeds: int, lines: int, exponent: int) -> None:
    """Begin lines over the whole vector that climb together."""
    aligned = phase == LINES_ALIGNED or phase == LINES_ALIGNED_AGAIN
    engine[LINE_PHASE] = phase
    begin_pool_over(engine, reals, 0, engine[LENGTH], 1 if aligned else 0, seeds, lines, exponent)


def begin_pool_over(
    engine: Engine, reals: Reals, start: int, stop: int, aligned: int, seeds: int, lines: int, exponent: int
) -> None:
    """Begin lines over a part of the vector that climb together."""
    most = most_rungs(engine, lines)
    begin_climber(engine, reals, POOL, start, stop, aligned, exponent, most, target_bar(engine, reals))
    engine[POOL + CLIMBER_LINES] = lines
    for line in range(lines):
        engine[POOL + CLIMBER_SEEDS + line] = line_seed(engine, seeds + line)
    reals[TOLERANCE_NOW] = tolerance_of(reals, aligned != 0)


def weigh_pool(engine: Engine, reals: Reals) -> None:
    """Decide what lines that climbed together say."""
    phase = engine[LINE_PHASE]
    if not math.isfinite(reals[POOL + CLIMBER_BAR]):
        settle_domain(engine)
        return
    if phase == LINES_RANDOM or phase == LINES_RANDOM_AGAIN:
        note_curvature(engine, reals)
    if phase != LINES_PARTS and keeps_its_gap(engine, reals):
        begin_gap_lines(engine, reals)
        return
    beyond = bars_beyond(engine, reals)
    again = phase == LINES_RANDOM_AGAIN or phase == LINES_ALIGNED_AGAIN or engine[PART_AGAIN] != 0
    if beyond <= 1.0:
        pass_pool(engine, reals, reals[POOL + CLIMBER_BAR])
    elif beyond < CLEAR and not again:
        look_again(engine, reals)
    else:
        note_failed(engine, reals, worst_line(engine, reals))
        locate(engine, reals)


def look_again(engine: Engine, reals: Reals) -> None:
    """Near the bar: the same along new lines, at the same steps."""
    if engine[LINE_PHASE] == LINES_PARTS:
        engine[PART_AGAIN] = 1
        begin_part(engine, reals, engine[POOL + CLIMBER_START], engine[POOL + CLIMBER_STOP], AGAIN_SEEDS << 20)
        return
    aligned = engine[LINE_PHASE] == LINES_ALIGNED
    phase = LINES_ALIGNED_AGAIN if aligned else LINES_RANDOM_AGAIN
    seeds = AGAIN_SEEDS + (MOST_LINES if aligned else 0)
    begin_pool(engine, reals, phase, seeds, MOST_LINES, engine[POOL + CLIMBER_BEST])


def pass_pool(engine: Engine, reals: Reals, bar: float) -> None:
    """Note that lines agree, and go on to those that come next."""
    phase = engine[LINE_PHASE]
    if phase == LINES_PARTS:
        note_part(engine, reals)
        continue_parts(engine, reals)
        return
    note_bar(engine, reals, bar)
    if engine[POOL + CLIMBER_ALIGNED] != 0:
        engine[ALIGNED_LINES_DONE] += engine[POOL + CLIMBER_LINES]
        begin_parts(engine)
        continue_parts(engine, reals)
        return
    engine[RANDOM_LINES_DONE] += engine[POOL + CLIMBER_LINES]
    engine[RANDOM_EXPONENT] = engine[POOL + CLIMBER_BEST]
    small = 0 < engine[LINE_BUDGET] < SMALL_BUDGET or line_room(engine) < 2 * ALIGNED_LINES * CHEAPEST_RUNGS
    if small or reals[SLOPE_SUM] == 0.0:
        conclude(engine, reals)
        return
    begin_pool(engine, reals, LINES_ALIGNED, ALIGNED_SEEDS, ALIGNED_LINES, engine[RANDOM_EXPONENT])


def continue_parts(engine: Engine, reals: Reals) -> None:
    """Spend what is left of a budget on shorter lines."""
    start, stop = next_part(engine)
    if start >= stop:
        conclude(engine, reals)
        return
    engine[LINE_PHASE] = LINES_PARTS
    engine[PART_AGAIN] = 0
    begin_part(engine, reals, start, stop, PART_SEEDS)


def begin_part(engine: Engine, reals: Reals, start: int, stop: int, seeds: int) -> None:
    """Begin lines over a part of the vector."""
    first = seeds + MOST_LINES * engine[PARTS_DONE]
    begin_pool_over(engine, reals, start, stop, 0, first, MOST_LINES, engine[RANDOM_EXPONENT])


def begin_gap_lines(engine: Engine, reals: Reals) -> None:
    """Kinks at x: two of the lines climb on, each alone, towards the mean of their left and right slopes."""
    engine[LINE_PHASE] = LINES_GAP
    aligned = engine[POOL + CLIMBER_ALIGNED]
    exponent = engine[POOL + CLIMBER_BEST]
    for number in range(GAP_LINES):
        climber = halving_place(number) + HALVING_CLIMBER
        start = engine[POOL + CLIMBER_START]
        stop = engine[POOL + CLIMBER_STOP]
        target = reals[POOL + CLIMBER_TARGET]
        begin_climber(engine, reals, climber, start, stop, aligned, exponent, GAP_RUNGS, target)
        engine[climber + CLIMBER_SEEDS] = engine[POOL + CLIMBER_SEEDS + number]


def advance_gap_lines(engine: Engine, reals: Reals) -> None:
    """Move the lines on; once both are done, decide."""
    under_way = False
    for number in range(GAP_LINES):
        climber = halving_place(number) + HALVING_CLIMBER
        if engine[climber + CLIMBER_WANTED] != FINISHED:
            walk_ladder(engine, reals, climber)
            under_way = under_way or engine[climber + CLIMBER_WANTED] != FINISHED
    if not under_way:
        weigh_gap_lines(engine, reals)


def weigh_gap_lines(engine: Engine, reals: Reals) -> None:
    """A claim that is the mean of both slopes along the lines agrees; else the lines are followed down."""
    bar = 0.0
    for number in range(GAP_LINES):
        climber = halving_place(number) + HALVING_CLIMBER
        residual = reals[climber + CLIMBER_RESIDUAL]
        small = ladder_bar_of(engine, reals, climber)
        if not math.fabs(residual) <= small + reals[TOLERANCE_NOW]:
            if not math.isfinite(residual):
                settle_domain(engine)
                return
            rest = larger(small - reals[climber + CLIMBER_NOISE], 0.0)
            exponent = engine[climber + CLIMBER_BEST]
            note_failure(engine, reals, engine[climber + CLIMBER_SEEDS], exponent, residual, small, rest)
            engine[FAILED_GAP] = 1
            locate(engine, reals)
            return
        reals[HIDDEN_GAP] = larger(reals[climber + CLIMBER_GAP], reals[HIDDEN_GAP])
        bar = larger(small, bar)
    engine[LINE_PHASE] = LINES_ALIGNED if engine[POOL + CLIMBER_ALIGNED] != 0 else LINES_RANDOM
    pass_pool(engine, reals, bar)


def locate(engine: Engine, reals: Reals) -> None:
    """Begin to locate a disagreement; first see whether f(x) is the same at its second call."""
    engine[DISAGREED] += 1
    if engine[IS_REPEATED] == 0:
        engine[LINE_PHASE] = LINES_REPEAT
        return
    begin_descent(engine, reals)


def take_repeated_value(engine: Engine, reals: Reals, value: float) -> None:
    """Where f(x) is another at its second call, begin again with the difference as noise."""
    engine[IS_REPEATED] = 1
    if value == reals[LINE_VALUE]:
        begin_descent(engine, reals)
        return
    engine[NONDETERMINISTIC] = 1
    engine[DISAGREED] = 0
    difference = math.fabs(value - reals[LINE_VALUE])
    reals[LINE_SPREAD] = difference if math.isfinite(difference) else 0.0
    reals[SPREAD] = reals[LINE_SPREAD]
    reals[LINE_NOISE] = larger(SPREAD_PART * reals[LINE_SPREAD], reals[LINE_NOISE])
    reals[NOISE] = reals[LINE_NOISE]
    reals[RANDOM_BAR] = 0.0
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
