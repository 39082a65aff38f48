"""What a check along lines says that ends early: on memory made for it."""

import pytest
from lineladders import LENGTH, begun, in_bars

from gradproof.core.lines import decision
from gradproof.core.machine import line_verdict
from gradproof.core.records.codes import UNTESTED, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, VERDICT_WRONG, WRONG
from gradproof.core.records.lines import (
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_DONE,
    LINES_PARTS,
    LINES_RANDOM,
    LINES_RANDOM_AGAIN,
)


@pytest.mark.parametrize(
    ("phase", "again", "agreed", "verdict"),
    [
        (LINES_ALIGNED, 0, 4, VERDICT_RIGHT),
        (LINES_ALIGNED_AGAIN, 0, 4, VERDICT_INCONCLUSIVE),
        (LINES_PARTS, 0, 4, VERDICT_RIGHT),
        (LINES_PARTS, 1, 4, VERDICT_INCONCLUSIVE),
        (LINES_RANDOM_AGAIN, 0, 0, VERDICT_INCONCLUSIVE),
        (LINES_RANDOM, 0, 0, VERDICT_INCONCLUSIVE),
    ],
)
def test_a_budget_that_ends_while_lines_are_looked_at_again_leaves_it_open(phase, again, agreed, verdict):
    lines = begun(phase)
    lines.random_lines, lines.part.again, lines.random_bar = agreed, again, 1e-9
    line_verdict.end_lines_early(lines)
    assert (lines.verdict, lines.cause, lines.phase) == (verdict, UNTESTED, LINES_DONE)


@pytest.mark.parametrize(("bars", "verdict"), [(6.0, VERDICT_WRONG), (2.0, VERDICT_INCONCLUSIVE)])
def test_a_budget_that_ends_before_anything_is_located_leaves_the_whole_line(bars, verdict):
    lines = in_bars(bars)
    decision.note_failure(lines, lines.pool, decision.worst_line(lines.pool), lines.pool.bar, 0)
    lines.disagreed = 1
    line_verdict.end_lines_early(lines)
    assert lines.verdict == verdict
    assert lines.finding_count == 1
    finding = lines.long_findings[0]
    assert (finding.start, finding.stop) == (0, LENGTH)
    assert finding.cause == (WRONG if verdict == VERDICT_WRONG else UNTESTED)
