"""Findings about lines longer than one coordinate: what they say, and which of them are kept."""

import math

import pytest
from lineladders import begun, memory
from properties import refuted

from gradproof.core.records.codes import AGREES, UNTESTED, WRONG
from gradproof.core.records.lines import MOST_LONG_FINDINGS, Node
from gradproof.core.search import long_findings

NODE = Node(100, 300, -14, 0.25, 1e-3, 5e-4)


def written(*causes):
    """A check with a finding for each cause, over 200 coordinates each."""
    lines = memory()
    for number, cause in enumerate(causes):
        node = Node(200 * number, 200 * number + 200, -14, 0.25, 1e-3, 5e-4)
        long_findings.write_long_finding(lines, node, cause, 2.0, 1e-6)
    return lines


def causes_of(lines):
    return [lines.long_findings[number].cause for number in range(lines.finding_count)]


def test_what_a_finding_says():
    lines = memory()
    long_findings.write_long_finding(lines, NODE, WRONG, 2.0, 1e-6)
    finding = lines.long_findings[0]
    assert (finding.start, finding.stop, finding.cause, finding.kink) == (100, 300, WRONG, 0)
    assert (finding.claimed, finding.slope, finding.error_bar, finding.step) == (2.0, 2.25, 1e-3, 2.0**-14)
    assert finding.resolution == 1e-3 + 1e-6
    assert finding.partner == -1
    assert all(math.isnan(value) for value in (finding.left, finding.right, finding.distance))


def test_without_a_claimed_slope_the_residual_slope_stands_alone():
    lines = memory()
    long_findings.write_long_finding(lines, NODE, UNTESTED, math.nan, 0.0)
    assert math.isnan(lines.long_findings[0].claimed)
    assert lines.long_findings[0].slope == 0.25


def test_findings_have_room_for_so_many():
    lines = written(*[WRONG] * (MOST_LONG_FINDINGS + 2))
    assert lines.finding_count == MOST_LONG_FINDINGS
    assert lines.long_findings[MOST_LONG_FINDINGS - 1].start == 200 * (MOST_LONG_FINDINGS - 1)
    long_findings.begin_long_findings(lines)
    assert lines.finding_count == 0


def of_a_block(residual, bar, allowed, cause):
    lines = begun()
    halving = lines.halvings[0]
    ladder = halving.ladder
    ladder.start, ladder.stop, ladder.best, ladder.claims[0] = 7, 70, -9, 4.0
    ladder.residual, ladder.bar, ladder.rest = residual, bar / 2, bar / 2
    long_findings.write_factor(lines, halving, allowed)
    finding = lines.long_findings[0]
    assert (finding.start, finding.stop, finding.step, finding.slope) == (7, 70, 2.0**-9, 4.0 + residual)
    assert finding.cause == cause


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_a_block_is_wrong_beyond_bar_and_what_is_allowed(sign):
    of_a_block(sign * 0.31, 0.2, 0.1, WRONG)
    of_a_block(sign * 0.29, 0.2, 0.1, AGREES)
    refuted(of_a_block, sign * 0.29, 0.2, 0.1, WRONG)


@pytest.mark.parametrize(("index", "wrong"), [(199, [0]), (200, [1]), (399, [1]), (400, []), (0, [0])])
def test_a_wrong_coordinate_refutes_the_block_that_holds_it(index, wrong):
    lines = written(AGREES, AGREES)
    assert not long_findings.any_wrong(lines)
    long_findings.refute_blocks(lines, index)
    assert [number for number, cause in enumerate(causes_of(lines)) if cause == WRONG] == wrong
    assert long_findings.any_wrong(lines) == bool(wrong)


def test_what_is_wrong_is_kept_in_order():
    lines = written(AGREES, WRONG, UNTESTED, WRONG, AGREES)
    long_findings.keep_wrong(lines)
    assert causes_of(lines) == [WRONG, WRONG]
    assert [lines.long_findings[number].start for number in range(2)] == [200, 600]
