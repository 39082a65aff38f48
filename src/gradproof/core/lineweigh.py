"""What follows from lines that have climbed: more lines, shorter ones, a kink at x, or a disagreement to be located."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .climbers import begin_climber
from .descent import (
    begin_descent,
)
from .floats import larger
from .halving import ladder_bar_of
from .linebegin import CHEAPEST_RUNGS, SMALL_BUDGET, begin_lines, begin_part, begin_pool
from .linedecision import (
    CLEAR,
    bars_beyond,
    keeps_its_gap,
    note_bar,
    note_curvature,
    note_failed,
    note_failure,
    note_seen,
    seen_residual,
    sums_may_drift,
    worst_line,
)
from .lineladder import walk_ladder
from .lineoutcome import conclude, settle_domain
from .linestate import (
    ALIGNED_BAR,
    ALIGNED_LINES_DONE,
    BLOCK_BAR,
    BLOCK_COUNT,
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
    FAILED_GAP,
    FINISHED,
    HALVING_CLIMBER,
    HIDDEN_GAP,
    IS_REPEATED,
    LINE_BUDGET,
    LINE_NOISE,
    LINE_PHASE,
    LINE_SPREAD,
    LINE_VALUE,
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_GAP,
    LINES_PARTS,
    LINES_RANDOM,
    LINES_RANDOM_AGAIN,
    LINES_REPEAT,
    MOST_LINES,
    PART_AGAIN,
    PARTS_BAR,
    PARTS_DONE,
    POOL,
    RANDOM_BAR,
    RANDOM_EXPONENT,
    RANDOM_LINES_DONE,
    SLOPE_SUM,
    TOLERANCE_NOW,
    block_place,
    halving_place,
    line_room,
)
from .parts import begin_parts, next_part, note_part
from .state import NOISE, NONDETERMINISTIC, SPREAD

ALIGNED_SEEDS = 11

AGAIN_SEEDS = 21

PART_SEEDS = 1 << 22

GAP_RUNGS = 14

GAP_LINES = 2

ALIGNED_LINES = 2

# Of two values at x, half of what separates them is taken as noise.
SPREAD_PART = 0.5


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
    elif phase != LINES_PARTS and sums_may_drift(engine, reals):
        # Neither an error nor agreement to the last: the factor is known as well as what was seen.
        pass_pool(engine, reals, reals[POOL + CLIMBER_BAR] + seen_residual(engine, reals))
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
    if engine[DISAGREED] > 0:
        # What disagreed before could not be located, and new lines do not see it: the bar is as large as it was.
        note_seen(engine, reals)
        engine[DISAGREED] = 0
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
        if engine[DISAGREED] > 0:
            begin_descent(engine, reals)
        else:
            begin_lines(engine, reals)
        return
    engine[NONDETERMINISTIC] = 1
    engine[DISAGREED] = 0
    difference = math.fabs(value - reals[LINE_VALUE])
    reals[LINE_SPREAD] = difference if math.isfinite(difference) else 0.0
    reals[SPREAD] = reals[LINE_SPREAD]
    reals[LINE_NOISE] = larger(SPREAD_PART * reals[LINE_SPREAD], reals[LINE_NOISE])
    reals[NOISE] = reals[LINE_NOISE]
    forget_lines(engine, reals)
    begin_lines(engine, reals)


def forget_lines(engine: Engine, reals: Reals) -> None:
    """Forget what lines have passed with: they were weighed with too little noise."""
    engine[RANDOM_LINES_DONE] = 0
    engine[ALIGNED_LINES_DONE] = 0
    engine[PARTS_DONE] = 0
    engine[PART_AGAIN] = 0
    reals[RANDOM_BAR] = 0.0
    reals[ALIGNED_BAR] = 0.0
    reals[PARTS_BAR] = 0.0
    reals[HIDDEN_GAP] = 0.0
    for number in range(engine[BLOCK_COUNT]):
        reals[block_place(number) + BLOCK_BAR] = 0.0
