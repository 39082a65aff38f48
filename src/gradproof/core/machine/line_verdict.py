"""The verdict of a check along lines."""

from __future__ import annotations

import math

from ..lines import phases
from ..lines.decision import CLEAR_BARS, bar_decides, decides, leads_nowhere_along
from ..points.directions import ABOVE_FLOOR, ONLY_ZEROS
from ..records import codes
from ..records.codes import UNTESTED, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, VERDICT_WRONG, WRONG, is_acceptable
from ..records.engine import coordinate_of
from ..records.floats import larger
from ..records.lines import MOST_HALVINGS, SAMPLED, Lines, Node
from ..search.allowance import needs_atol
from ..search.halving import HALVING_FREE
from ..search.long_findings import any_wrong, begin_long_findings, keep_wrong, refute_blocks, write_long_finding
from ..search.nodes import largest_stuck

# A line that disagrees and cannot be located is looked at so often.
LOOKS = 2


def end_with(lines: Lines, verdict: int, cause: int) -> None:
    """End the check with a verdict, and why it is open."""
    lines.verdict = verdict
    lines.cause = cause
    lines.phase = phases.DONE


def end_outside_domain(lines: Lines) -> None:
    """End the check where f has no finite values along a line: nothing can be said."""
    end_with(lines, VERDICT_INCONCLUSIVE, codes.DOMAIN)


def open_cause(lines: Lines) -> int:
    """Return why lines cannot decide: random values, noise, or kinks and curvature."""
    if lines.engine.nondeterministic != 0:
        return codes.NONDETERMINISTIC
    return codes.NOISE_LIMITED if lines.pool.noise >= lines.pool.rest else codes.STEP_LIMITED


def conclude(lines: Lines) -> bool:
    """End the check where it can be ended; return False where a line that was not located needs another look."""
    if ends_wrong(lines):
        return True
    if lines.disagreed == 0:
        end_agreed(lines)
        return True
    begin_long_findings(lines)
    if lines.scales == ONLY_ZEROS and lines.confirming == 0:
        # Kinks that coordinates share are those of neither half.
        lines.phase = phases.LEFT_OUT
        return True
    if lines.scales == ONLY_ZEROS:
        # A kink or an error, and no coordinate shows which: the gap excuses any slope between its sides.
        end_with(lines, VERDICT_INCONCLUSIVE, open_cause(lines))
        return True
    if lines.disagreed < LOOKS:
        return False
    # Not even the second look could be located: what is clear is wrong all the same.
    wrong = is_clear(lines)
    write_open_node(lines, largest_stuck(lines), WRONG if wrong else open_cause(lines))
    end_with(lines, VERDICT_WRONG if wrong else VERDICT_INCONCLUSIVE, open_cause(lines))
    return True


def end_agreed(lines: Lines) -> None:
    """End the check where all lines agree, or go on to the coordinates that they left out."""
    right = bar_decides(lines) and lines.random_lines > 0
    if right and lines.scales != ABOVE_FLOOR and lines.left_out == 0:
        lines.left_out = 1
        lines.phase = phases.LEFT_OUT
        return
    if lines.left_out == SAMPLED:
        # What the others hide may be an error as well as kinks.
        right = right and decides(lines, lines.hidden_gap, lines.curved_slope)
    if lines.left_out != 0 and lines.confirming != 0:
        right = right and are_acceptable(lines, math.inf)
    # Claims that are not finite come before all lines: where they are not refuted, f has no values beside x.
    cause = codes.DOMAIN if lines.unfit_claims > 0 else open_cause(lines)
    end_with(lines, VERDICT_RIGHT if right else VERDICT_INCONCLUSIVE, cause)


def ends_wrong(lines: Lines) -> bool:
    """End the check where a candidate was confirmed wrong, or a long line is wrong; return whether it was ended."""
    wrong = any_wrong(lines)
    for number in range(lines.candidates.count if lines.confirming != 0 else 0):
        if coordinate_of(lines.engine, number).cause == WRONG:
            refute_blocks(lines, lines.candidates.indices[number])
            wrong = True
    if wrong:
        keep_wrong(lines)
        end_with(lines, VERDICT_WRONG, WRONG)
    return wrong


def is_explained(lines: Lines) -> bool:
    """Return whether every part of the line that disagreed shows what rtol allows, or ended in acceptable claims.

    An absolute error allows what it takes it for only where coordinates were looked at.
    """
    if lines.candidates.count + lines.stuck_count + lines.spread_nodes == 0 or any_wrong(lines):
        return False
    if lines.stuck_beyond > 0 and lines.failed.gap == 0:
        return False
    if lines.candidates.count == 0:
        return lines.failed.gap == 0 and not (lines.spread_nodes > 0 and needs_atol(lines))
    shown = math.fabs(lines.failed.residual) if is_clear(lines) else math.inf
    return lines.confirming != 0 and are_acceptable(lines, shown)


def are_acceptable(lines: Lines, shown: float) -> bool:
    """Return whether the claims of all candidates are acceptable, and none would be with as much as a line shows.

    Where noise may hide a kink, a coordinate alone accepts errors that lines have seen.
    """
    for number in range(lines.candidates.count):
        coordinate = coordinate_of(lines.engine, number)
        scale = larger(math.fabs(coordinate.x), lines.floor * lines.engine.typical)
        if not is_acceptable(coordinate.cause) or coordinate.resolution * scale > shown:
            return False
    return True


def is_within_rtol(lines: Lines) -> bool:
    """Return whether rtol allows what the line shows that disagrees."""
    return is_plain(lines) and math.fabs(lines.failed.residual) <= lines.failed.allowed


def is_plain(lines: Lines) -> bool:
    """Return whether neither a kink at x, random values nor noise near x may be behind a line that disagrees."""
    failed = lines.failed
    hidden = leads_nowhere_along(lines, failed.residual, failed.slope, failed.bar)
    return failed.gap == 0 and lines.engine.nondeterministic == 0 and not hidden


def is_clear(lines: Lines) -> bool:
    """Return whether a line disagrees so clearly that the claim is wrong, located or not."""
    beyond = math.fabs(lines.failed.residual) / (lines.failed.bar + lines.tolerance)
    return beyond >= CLEAR_BARS and is_plain(lines) and not is_within_rtol(lines)


def write_open_node(lines: Lines, node: Node, cause: int) -> None:
    """Write a finding about a part of a line that was not followed down to coordinates."""
    write_long_finding(lines, node, cause, math.nan, lines.tolerance)


def end_lines_early(lines: Lines) -> None:
    """End the check where the budget ends, or the caller stops it: what disagrees clearly is wrong, located or not."""
    if lines.phase == phases.DONE:
        return
    lines.early = 1
    # Lines near their bar, which would have been looked at again.
    doubtful = lines.phase == phases.ALIGNED_AGAIN or lines.part.again != 0 or lines.scales != ABOVE_FLOOR
    if ends_wrong(lines):
        return
    if lines.disagreed > 0:
        end_unlocated(lines)
    else:
        right = lines.random_lines > 0 and lines.engine.stopped == 0 and bar_decides(lines) and not doubtful
        end_with(lines, VERDICT_RIGHT if right else VERDICT_INCONCLUSIVE, early_cause(lines))


def early_cause(lines: Lines) -> int:
    """Return why a check that ended early is open: where f is random, that is to be mended first."""
    return codes.NONDETERMINISTIC if lines.engine.nondeterministic != 0 else UNTESTED


def end_unlocated(lines: Lines) -> None:
    """End with the parts that are still open as findings: wrong where the line is clear, or its second look failed.

    What rtol allows if it is spread, and not if it is that of one coordinate, stays open.
    """
    wrong = is_clear(lines) or (is_plain(lines) and lines.disagreed > 1 and not is_within_rtol(lines))
    cause = WRONG if wrong else UNTESTED
    begin_long_findings(lines)
    for number in range(MOST_HALVINGS):
        if lines.halvings[number].stage != HALVING_FREE:
            write_open_node(lines, lines.halvings[number].node, cause)
    for number in range(lines.next_node, lines.node_count):
        write_open_node(lines, lines.nodes[number], cause)
    for number in range(lines.next_count):
        write_open_node(lines, lines.next_nodes[number], cause)
    if lines.finding_count == 0:
        write_open_node(lines, lines.nodes[0], cause)
    end_with(lines, VERDICT_WRONG if wrong else VERDICT_INCONCLUSIVE, early_cause(lines))
