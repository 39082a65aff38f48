"""What follows from lines that have climbed: more lines, shorter ones, a kink at x, or a disagreement to be located."""

from __future__ import annotations

import math

from ..lines import phases
from ..lines.arrays import begin_arrays
from ..lines.decision import (
    CLEAR_BARS,
    bars_beyond,
    curved_slope,
    decides,
    hardly_moves,
    mean_residual,
    note_curvature,
    note_failure,
    note_seen,
    raise_bar,
    seen_residual,
    sums_may_drift,
    worst_line,
)
from ..lines.gaps import AGREES, COARSE, GAP_LINES, GAP_RUNGS, begins_with_gaps, keeps_its_gap, what_fails
from ..lines.parts import begin_parts, next_part, note_part
from ..lines.plan import CHEAPEST_RUNGS, SMALL_BUDGET, aligned_exponent, begin_lines, begin_part, begin_pool
from ..lines.pooled_bars import pooled_noise
from ..lines.rungs import RUNG, begin_line_ladder, ladder_probes, set_line
from ..lines.single_bars import single_noise
from ..lines.walk import note_best, walk, walk_ladders
from ..noise.noise_line import settle_noise
from ..points.directions import ABOVE_FLOOR, ONLY_ZEROS
from ..points.seeds import ALIGNED_LINES, LINES_AGAIN, PARTS, PARTS_AGAIN, RANDOM_LINES, UNLOCATED_LINES
from ..records.codes import NONDETERMINISTIC, VERDICT_INCONCLUSIVE
from ..records.floats import larger
from ..records.lines import FINISHED, HIGHEST_EXPONENT, MOST_LINES, SAMPLED, LineLadder, Lines, evaluations_left
from ..search.array_errors import begin_array_factors
from ..search.descent import begin_descent, free_halvings
from ..search.forgetting import forget_arrays, forget_lines
from ..search.halving import ladder_bar_of
from ..search.long_findings import begin_long_findings
from .line_verdict import conclude, end_outside_domain, end_with, is_explained

# Lines along the claim: they see the same common factor, so that two are enough.
ALIGNED_COUNT = 2
# A single error shows at least this part of itself along a line.
LEAST_MAGNITUDE = 0.5
# Of two values at x, half of what separates them is taken as noise.
SPREAD_PART = 0.5


def advance_pool(lines: Lines) -> None:
    """Move the lines on that climb together; once they are done, decide what they say."""
    if lines.phase == phases.FAR:
        weigh_far_lines(lines)
        return
    walk(lines, lines.pool)
    if lines.pool.wanted != FINISHED and lines.phase != phases.PARTS and begins_with_gaps(lines):
        lines.pool.wanted = FINISHED
        note_best(lines, lines.pool)
    if lines.pool.wanted == FINISHED:
        weigh_pool(lines)


def weigh_pool(lines: Lines) -> None:
    """Decide what lines that climbed together say."""
    phase = lines.phase
    if not math.isfinite(lines.pool.bar):
        end_outside_domain(lines)
        return
    if phase == phases.RANDOM or phase == phases.RANDOM_AGAIN:
        note_curvature(lines)
    if phase == phases.RANDOM and hardly_moves(lines):
        lines.unseen = math.inf if bars_beyond(lines) < CLEAR_BARS else 0.0
        forget_lines(lines)
        lines.phase = phases.SCALE_UP
        return
    if phase != phases.PARTS and keeps_its_gap(lines):
        begin_gap_lines(lines)
        return
    beyond = bars_beyond(lines)
    again = phase == phases.RANDOM_AGAIN or phase == phases.ALIGNED_AGAIN or lines.part.again != 0
    if beyond <= 1.0:
        pass_pool(lines, lines.pool.bar)
    elif phase != phases.PARTS and sums_may_drift(lines):
        # Neither an error nor agreement to the last: the factor is known as well as what was seen.
        pass_pool(lines, lines.pool.bar + seen_residual(lines))
    elif beyond < CLEAR_BARS and not again:
        look_again(lines)
    else:
        note_failure(lines, lines.pool, worst_line(lines.pool), lines.pool.bar, 0)
        locate(lines)


def look_again(lines: Lines) -> None:
    """Near the bar: the same along new lines, at the same steps; what was seen counts in any case."""
    if lines.phase == phases.PARTS:
        lines.part.again = 1
        lines.part.seen = seen_residual(lines)
        begin_part(lines, lines.pool.start, lines.pool.stop, PARTS_AGAIN)
    else:
        raise_bar(lines, lines.pool.aligned, seen_residual(lines))
        begin_pool_again(lines, LINES_AGAIN)


def begin_pool_again(lines: Lines, seeds: int) -> None:
    """Begin with new lines of the same kind over the whole vector, at the step that was best."""
    if lines.pool.aligned != 0:
        begin_pool(lines, phases.ALIGNED_AGAIN, seeds + MOST_LINES, MOST_LINES, lines.pool.best)
    else:
        begin_pool(lines, phases.RANDOM_AGAIN, seeds, MOST_LINES, lines.pool.best)


def pass_pool(lines: Lines, bar: float) -> None:
    """Note that lines agree, and go on to those that come next."""
    if lines.disagreed > 0:
        # What disagreed before could not be located, and new lines do not see it: the bar is as large as it was.
        note_seen(lines)
        lines.disagreed = 0
    if lines.phase == phases.PARTS:
        note_part(lines)
        continue_parts(lines)
        return
    raise_bar(lines, lines.pool.aligned, bar + lines.tolerance)
    if lines.pool.aligned != 0:
        lines.aligned_lines += lines.pool.line_count
        if not begin_arrays(lines):
            begin_parts(lines)
            continue_parts(lines)
        return
    lines.random_lines += lines.pool.line_count
    lines.random_exponent = lines.pool.best
    small = 0 < lines.engine.budget < SMALL_BUDGET or evaluations_left(lines) < 2 * ALIGNED_COUNT * CHEAPEST_RUNGS
    if small or lines.sum == 0.0:
        conclude(lines)
        return
    begin_pool(lines, phases.ALIGNED, ALIGNED_LINES, ALIGNED_COUNT, aligned_exponent(lines))


def continue_parts(lines: Lines) -> None:
    """Spend what is left of a budget on shorter lines."""
    start, stop = next_part(lines)
    if start >= stop:
        conclude(lines)
        return
    lines.phase = phases.PARTS
    lines.part.again = 0
    lines.part.seen = 0.0
    begin_part(lines, start, stop, PARTS)


def begin_gap_lines(lines: Lines) -> None:
    """Kinks at x: two of the lines go on, each alone, towards the mean of their left and right slopes."""
    lines.phase = phases.GAP
    free_halvings(lines)
    pool = lines.pool
    for number in range(GAP_LINES):
        ladder = lines.halvings[number].ladder
        set_line(ladder, pool.start, pool.stop, pool.seeds[number], pool.aligned)
        begin_line_ladder(ladder, pool.best, GAP_RUNGS, pool.target)


def advance_gap_lines(lines: Lines) -> None:
    """Move the lines on; once both are done, decide."""
    walk_ladders(lines)
    if ladder_probes(lines) == 0:
        weigh_gap_lines(lines)


def weigh_gap_lines(lines: Lines) -> None:
    """A claim that is the mean of both slopes along the lines agrees; else the lines are followed down."""
    bar = 0.0
    for number in range(GAP_LINES):
        ladder = lines.halvings[number].ladder
        mean_bar = ladder_bar_of(ladder)
        gap = what_fails(lines, number, ladder.residual, mean_bar)
        if gap != AGREES:
            if not math.isfinite(ladder.residual):
                end_outside_domain(lines)
                return
            ladder.rest = larger(mean_bar - ladder.noise, 0.0)
            note_failure(lines, ladder, 0, mean_bar, gap)
            follow_gap(lines, ladder)
            return
        lines.hidden_gap = larger(ladder.gap, lines.hidden_gap)
        bar = larger(mean_bar, bar)
    if lines.scales == ONLY_ZEROS:
        conclude(lines)
        return
    lines.phase = phases.ALIGNED if lines.pool.aligned != 0 else phases.RANDOM
    pass_pool(lines, bar)


def follow_gap(lines: Lines, ladder: LineLadder) -> None:
    """Go on where the mean of both slopes is not the claim: first without zeros of x, then through zeros alone."""
    if lines.scales == ABOVE_FLOOR:
        lines.phase = phases.LEAVE_ZEROS
        return
    if lines.scales == ONLY_ZEROS:
        # As much as kinks make along the line they may also cancel.
        hidden = (math.fabs(ladder.residual) + larger(ladder.gap, ladder.mean_bar)) / LEAST_MAGNITUDE
        lines.hidden_gap = larger(hidden, lines.hidden_gap)
        if lines.left_out != SAMPLED or lines.failed.gap == COARSE:
            lines.phase = phases.LEFT_OUT
            return
    locate(lines)


def locate(lines: Lines) -> None:
    """Begin to locate a disagreement; first see whether f(x) is the same at its second call."""
    lines.disagreed += 1
    if lines.repeated == 0:
        lines.phase = phases.REPEAT
    else:
        follow_down(lines)


def follow_down(lines: Lines) -> None:
    """Follow blocks along their claims, and halve lines.

    What random lines did not see, but one along the claim does, is no error of a few coordinates: blocks come first.
    So does a factor that all of x may share.
    """
    if lines.failed.phase == phases.ARRAYS:
        begin_array_factors(lines)
        return
    begin_descent(lines)
    if lines.failed.gap == 0 and (lines.failed.aligned != 0 or lines.named == 0):
        begin_arrays(lines)


def finish_search(lines: Lines) -> None:
    """Conclude from what was found; or go on where all that was found is right, or where nothing was located."""
    if lines.disagreed > 0 and is_explained(lines):
        accept_seen(lines)
    elif not conclude(lines):
        # Not located: once more along new lines, before anything is called wrong.
        lines.confirming = 0
        lines.candidates.count = 0
        lines.dense = 0
        begin_pool_again(lines, UNLOCATED_LINES)


def accept_seen(lines: Lines) -> None:
    """Go on behind lines that disagreed, where rtol allows it or every coordinate that was found is right."""
    begin_long_findings(lines)
    if lines.scales == ONLY_ZEROS:
        lines.disagreed = 0
        conclude(lines)
        return
    lines.phase = lines.failed.phase
    if lines.phase == phases.GAP:
        lines.phase = phases.ALIGNED if lines.failed.aligned != 0 else phases.RANDOM
    lines.pool.bar = math.fabs(lines.failed.residual) + lines.failed.bar
    pass_pool(lines, lines.pool.bar)


def take_repeated_value(lines: Lines, value: float) -> None:
    """Go on where f(x) is the same at its second call; else begin again with the difference as noise."""
    engine = lines.engine
    lines.repeated = 1
    if value != engine.value:
        difference = math.fabs(value - engine.value)
        engine.nondeterministic = 1
        engine.spread = difference if math.isfinite(difference) else 0.0
        if engine.noise_measured == 0:
            settle_noise(engine, engine.noise_line.best)
        engine.noise = larger(SPREAD_PART * engine.spread, engine.noise)
        forget_lines(lines)
        forget_arrays(lines)
        begin_random(lines)
    elif lines.disagreed > 0:
        follow_down(lines)
    elif engine.noise_measured == 0:
        lines.phase = phases.NOISE
    else:
        begin_lines(lines)


def begin_random(lines: Lines) -> None:
    """Begin with the lines of a random f, unless no step can show its claim: then see first whether it shows an error.

    The largest step that may be the best one has a next larger one.
    """
    exponent = HIGHEST_EXPONENT - RUNG
    if lines.unfit_claims > 0 or decides(lines, single_noise(lines, exponent), 0.0):
        begin_lines(lines)
    else:
        begin_pool(lines, phases.FAR, RANDOM_LINES, MOST_LINES, exponent)


def weigh_far_lines(lines: Lines) -> None:
    """Begin with the lines as usual where an error or curvature exceeds the spread of a random f; else end."""
    pool = lines.pool
    # Where f has no value so far from x, nearer to it there may be some.
    shows_error = not mean_residual(pool) <= pooled_noise(lines, pool.best)
    if shows_error or decides(lines, single_noise(lines, pool.best), curved_slope(lines)):
        begin_lines(lines)
    else:
        end_with(lines, VERDICT_INCONCLUSIVE, NONDETERMINISTIC)
