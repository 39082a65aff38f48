"""What follows from lines that have climbed: more lines, shorter ones, a kink at x, or a disagreement to be located."""

from __future__ import annotations

import math

from ..lines.decision import (
    CLEAR_BARS,
    bars_beyond,
    note_curvature,
    note_failure,
    note_seen,
    raise_bar,
    seen_residual,
    sums_may_drift,
    worst_line,
)
from ..lines.gaps import keeps_its_gap
from ..lines.parts import begin_parts, next_part, note_part
from ..lines.plan import CHEAPEST_RUNGS, SMALL_BUDGET, begin_lines, begin_part, begin_pool
from ..lines.rungs import begin_line_ladder, set_line
from ..lines.walk import walk
from ..points.seeds import ALIGNED_LINES, LINES_AGAIN, PARTS, PARTS_AGAIN
from ..records.floats import larger
from ..records.lines import (
    FINISHED,
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_GAP,
    LINES_PARTS,
    LINES_RANDOM,
    LINES_RANDOM_AGAIN,
    LINES_REPEAT,
    MOST_LINES,
    Lines,
    block_of,
    evaluations_left,
)
from ..search.descent import begin_descent
from ..search.halving import ladder_bar_of
from .line_verdict import conclude, settle_domain

GAP_RUNGS = 14

GAP_LINES = 2

ALIGNED_COUNT = 2

# Of two values at x, half of what separates them is taken as noise.
SPREAD_PART = 0.5


def weigh_pool(lines: Lines) -> None:
    """Decide what lines that climbed together say."""
    phase = lines.phase
    if not math.isfinite(lines.pool.bar):
        settle_domain(lines)
        return
    if phase == LINES_RANDOM or phase == LINES_RANDOM_AGAIN:
        note_curvature(lines)
    if phase != LINES_PARTS and keeps_its_gap(lines):
        begin_gap_lines(lines)
        return
    beyond = bars_beyond(lines)
    again = phase == LINES_RANDOM_AGAIN or phase == LINES_ALIGNED_AGAIN or lines.part.again != 0
    if beyond <= 1.0:
        pass_pool(lines, lines.pool.bar)
    elif phase != LINES_PARTS and sums_may_drift(lines):
        # Neither an error nor agreement to the last: the factor is known as well as what was seen.
        pass_pool(lines, lines.pool.bar + seen_residual(lines))
    elif beyond < CLEAR_BARS and not again:
        look_again(lines)
    else:
        note_failure(lines, lines.pool, worst_line(lines.pool), lines.pool.bar, 0)
        locate(lines)


def look_again(lines: Lines) -> None:
    """Near the bar: the same along new lines, at the same steps."""
    if lines.phase == LINES_PARTS:
        lines.part.again = 1
        begin_part(lines, lines.pool.start, lines.pool.stop, PARTS_AGAIN)
        return
    aligned = lines.phase == LINES_ALIGNED
    phase = LINES_ALIGNED_AGAIN if aligned else LINES_RANDOM_AGAIN
    seeds = LINES_AGAIN + (MOST_LINES if aligned else 0)
    begin_pool(lines, phase, seeds, MOST_LINES, lines.pool.best)


def pass_pool(lines: Lines, bar: float) -> None:
    """Note that lines agree, and go on to those that come next."""
    phase = lines.phase
    if lines.disagreed > 0:
        # What disagreed before could not be located, and new lines do not see it: the bar is as large as it was.
        note_seen(lines)
        lines.disagreed = 0
    if phase == LINES_PARTS:
        note_part(lines)
        continue_parts(lines)
        return
    raise_bar(lines, lines.pool.aligned, bar + lines.tolerance)
    if lines.pool.aligned != 0:
        lines.aligned_lines += lines.pool.line_count
        begin_parts(lines)
        continue_parts(lines)
        return
    lines.random_lines += lines.pool.line_count
    lines.random_exponent = lines.pool.best
    small = 0 < lines.engine.budget < SMALL_BUDGET or evaluations_left(lines) < 2 * ALIGNED_COUNT * CHEAPEST_RUNGS
    if small or lines.sum == 0.0:
        conclude(lines)
        return
    begin_pool(lines, LINES_ALIGNED, ALIGNED_LINES, ALIGNED_COUNT, lines.random_exponent)


def continue_parts(lines: Lines) -> None:
    """Spend what is left of a budget on shorter lines."""
    start, stop = next_part(lines)
    if start >= stop:
        conclude(lines)
        return
    lines.phase = LINES_PARTS
    lines.part.again = 0
    begin_part(lines, start, stop, PARTS)


def begin_gap_lines(lines: Lines) -> None:
    """Kinks at x: two of the lines climb on, each alone, towards the mean of their left and right slopes."""
    lines.phase = LINES_GAP
    pool = lines.pool
    for number in range(GAP_LINES):
        ladder = lines.halvings[number].ladder
        set_line(ladder, pool.start, pool.stop, pool.seeds[number], pool.aligned)
        begin_line_ladder(ladder, pool.best, GAP_RUNGS, pool.target)


def advance_gap_lines(lines: Lines) -> None:
    """Move the lines on; once both are done, decide."""
    under_way = False
    for number in range(GAP_LINES):
        ladder = lines.halvings[number].ladder
        if ladder.wanted != FINISHED:
            walk(lines, ladder)
            under_way = under_way or ladder.wanted != FINISHED
    if not under_way:
        weigh_gap_lines(lines)


def weigh_gap_lines(lines: Lines) -> None:
    """A claim that is the mean of both slopes along the lines agrees; else the lines are followed down."""
    bar = 0.0
    for number in range(GAP_LINES):
        ladder = lines.halvings[number].ladder
        ladder_bar = ladder_bar_of(ladder)
        if not math.fabs(ladder.residual) <= ladder_bar + lines.tolerance:
            if not math.isfinite(ladder.residual):
                settle_domain(lines)
                return
            ladder.rest = larger(ladder_bar - ladder.noise, 0.0)
            note_failure(lines, ladder, 0, ladder_bar, 1)
            locate(lines)
            return
        lines.hidden_gap = larger(ladder.gap, lines.hidden_gap)
        bar = larger(ladder_bar, bar)
    lines.phase = LINES_ALIGNED if lines.pool.aligned != 0 else LINES_RANDOM
    pass_pool(lines, bar)


def locate(lines: Lines) -> None:
    """Begin to locate a disagreement; first see whether f(x) is the same at its second call."""
    lines.disagreed += 1
    if lines.repeated == 0:
        lines.phase = LINES_REPEAT
        return
    begin_descent(lines)


def take_repeated_value(lines: Lines, value: float) -> None:
    """Where f(x) is another at its second call, begin again with the difference as noise."""
    lines.repeated = 1
    if value == lines.engine.value:
        if lines.disagreed > 0:
            begin_descent(lines)
        else:
            begin_lines(lines)
        return
    lines.engine.nondeterministic = 1
    lines.disagreed = 0
    difference = math.fabs(value - lines.engine.value)
    lines.engine.spread = difference if math.isfinite(difference) else 0.0
    lines.engine.noise = larger(SPREAD_PART * lines.engine.spread, lines.engine.noise)
    forget_lines(lines)
    begin_lines(lines)


def forget_lines(lines: Lines) -> None:
    """Forget what lines have passed with: they were weighed with too little noise."""
    lines.random_lines = 0
    lines.aligned_lines = 0
    lines.part.done = 0
    lines.part.again = 0
    lines.random_bar = 0.0
    lines.aligned_bar = 0.0
    lines.part.bar = 0.0
    lines.hidden_gap = 0.0
    for number in range(lines.block_count):
        block_of(lines, number).bar = 0.0
