"""What a check along lines found, as the records of the C API."""

from __future__ import annotations

from ..coordinates.outcome import is_decided
from ..lines import phases
from ..records.abi import never_inlined
from ..records.border import Report
from ..records.codes import UNTESTED, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, WRONG
from ..records.engine import coordinate_of
from ..records.floats import larger
from ..records.lines import SAMPLED, Lines

# An error of this many bars in one coordinate is seen by every line: magnitudes of directions are at least 1/2, so that
# the slope is at least two bars off, and what is two bars off cannot agree.
SEEN_BY_EVERY_LINE = 4.0
# An error of this many times rtol is called wrong: its tolerance, and what a proof needs that may lie on either
# side.
BEYOND_RTOL = 3.0


@never_inlined
def report_lines(lines: Lines, report: Report) -> None:
    """Fill in what a check along lines found."""
    done = lines.phase == phases.DONE
    report.verdict = lines.verdict if done else VERDICT_INCONCLUSIVE
    report.cause = lines.cause if done else UNTESTED
    report.dense = lines.dense
    report.lines = lines.random_lines
    report.aligned_lines = lines.aligned_lines
    report.parts = lines.part.done
    report.early = lines.early
    report.bar = lines.random_bar
    report.aligned_bar = lines.aligned_bar
    report.parts_bar = lines.part.bar
    report.norm = lines.norm
    report.sum = lines.sum
    report.change = lines.sum
    report.blocks = lines.named
    report.curved = lines.curved_slope
    report.hidden = lines.hidden_gap
    report.seen = lines.seen
    report.seen_factor = lines.seen_factor
    sharpest = lines.part.bar if 0.0 < lines.part.bar < lines.random_bar else lines.random_bar
    # An error that rtol allows is none, however clearly it is seen.
    report.resolution = larger(SEEN_BY_EVERY_LINE * sharpest, BEYOND_RTOL * lines.engine.rtol * lines.largest)
    if lines.left_out == SAMPLED:
        # What kinks hide in a coordinate that nobody has looked at alone.
        report.resolution = larger(lines.hidden_gap, report.resolution)
    count_lines(lines, report)


def count_lines(lines: Lines, report: Report) -> None:
    """Count coordinates: all of them were on the lines, the candidates were tested alone, too."""
    if lines.confirming != 0:
        for number in range(lines.candidates.count):
            candidate = coordinate_of(lines.engine, number)
            report.wrong += 1 if candidate.cause == WRONG else 0
            report.open += 0 if is_decided(candidate.cause) else 1
            report.kinks += 1 if candidate.kink != 0 else 0
            report.findings += 1 if candidate.finding >= 0 else 0
    report.findings += lines.finding_count
    if lines.random_lines > 0 or report.verdict != VERDICT_INCONCLUSIVE:
        report.tested = lines.engine.n
    report.agreeing = lines.engine.n if report.verdict == VERDICT_RIGHT else 0
    report.untested = lines.engine.n - report.tested
