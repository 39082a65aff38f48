"""The verdict of a check along lines, where it comes to its end and where it ends early: on memory made for it."""

import pytest
from lineladders import LENGTH, begun, in_bars

from gradproof.core.lines import decision, phases
from gradproof.core.machine import line_verdict, line_weighing
from gradproof.core.records import codes
from gradproof.core.records.codes import UNTESTED, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, VERDICT_WRONG, WRONG
from gradproof.core.records.engine import coordinate_of
from gradproof.core.search import nodes


@pytest.mark.parametrize(
    ("phase", "again", "agreed", "verdict"),
    [
        (phases.ALIGNED, 0, 4, VERDICT_RIGHT),
        (phases.ALIGNED_AGAIN, 0, 4, VERDICT_INCONCLUSIVE),
        (phases.PARTS, 0, 4, VERDICT_RIGHT),
        (phases.PARTS, 1, 4, VERDICT_INCONCLUSIVE),
        (phases.RANDOM_AGAIN, 0, 0, VERDICT_INCONCLUSIVE),
        (phases.RANDOM, 0, 0, VERDICT_INCONCLUSIVE),
    ],
)
def test_a_budget_that_ends_while_lines_are_looked_at_again_leaves_it_open(phase, again, agreed, verdict):
    lines = begun(phase)
    lines.random_lines, lines.part.again, lines.random_bar = agreed, again, 1e-9
    line_verdict.end_lines_early(lines)
    assert (lines.verdict, lines.cause, lines.phase) == (verdict, UNTESTED, phases.DONE)


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


def disagreeing(bars, *, looks=1, gap=0, nondeterministic=0):
    """A check with one line so many bars off, which was looked at so often, and with one candidate that is right."""
    lines = in_bars(bars)
    decision.note_failure(lines, lines.pool, decision.worst_line(lines.pool), lines.pool.bar, gap)
    lines.disagreed, lines.engine.nondeterministic = looks, nondeterministic
    lines.confirming = lines.candidates.count = lines.engine.sweep.count = 1
    lines.candidates.indices[0] = 17
    coordinate_of(lines.engine, 0).cause = codes.AGREES
    return lines


def concluded(lines):
    """The verdict and its cause, once the check has come to an end."""
    line_weighing.finish_search(lines)
    assert lines.phase == phases.DONE
    return lines.verdict, lines.cause


def test_a_candidate_that_is_wrong_makes_the_check_wrong():
    lines = disagreeing(6.0)
    coordinate_of(lines.engine, 0).cause = WRONG
    assert concluded(lines) == (VERDICT_WRONG, WRONG)
    # Its twin: the same candidate before it was looked at.
    lines = disagreeing(6.0)
    coordinate_of(lines.engine, 0).cause, lines.confirming = WRONG, 0
    lines.stuck_count = lines.stuck_beyond = 1
    assert not line_verdict.conclude(lines)


def test_the_blocks_that_hold_a_wrong_candidate_are_wrong_and_kept():
    lines = disagreeing(6.0)
    coordinate_of(lines.engine, 0).cause = WRONG
    for start, stop in ((0, 10), (10, 20), (20, 30)):
        finding = lines.long_findings[lines.finding_count]
        finding.start, finding.stop, finding.cause = start, stop, codes.AGREES
        lines.finding_count += 1
    concluded(lines)
    kept = [(one.start, one.stop, one.cause) for one in lines.long_findings[: lines.finding_count]]
    assert kept == [(10, 20, WRONG)]


def test_a_block_that_is_wrong_makes_the_check_wrong():
    lines = disagreeing(6.0)
    lines.finding_count, lines.long_findings[0].cause = 1, WRONG
    assert concluded(lines) == (VERDICT_WRONG, WRONG)


def test_a_line_whose_coordinates_are_all_right_counts_as_bar():
    """What was seen is no error; but a bar of that size decides less."""
    lines = without_parts(disagreeing(6.0))
    seen = 7.0 * float(lines.failed.bar)
    assert concluded(lines)[0] == VERDICT_RIGHT
    assert lines.random_bar == pytest.approx(seen, rel=0.05)
    assert lines.random_lines == 4
    assert lines.seen == pytest.approx(seen * 6 / 7, rel=0.05)
    coarse = without_parts(disagreeing(6.0))
    coarse.norm = coarse.curved_slope = 0.0
    coarse.engine.value = 0.0
    assert concluded(coarse)[0] == VERDICT_INCONCLUSIVE


def without_parts(lines):
    """The check with a claim of zeros: no lines along it follow."""
    lines.sum = 0.0
    return lines


@pytest.mark.parametrize(("allowed", "verdict"), [(1e-9, None), (1.0, VERDICT_RIGHT)])
def test_what_rtol_allows_and_nobody_is_to_blame_for_is_right(allowed, verdict):
    """Both halves show less than their bars: below what rtol allows that is an answer, above it not."""
    lines = without_parts(disagreeing(6.0))
    lines.candidates.count, lines.confirming = 0, 0
    lines.nodes[0].allowed = allowed * abs(lines.failed.residual)
    nodes.note_stuck(lines, lines.nodes[0])
    if verdict is None:
        assert not line_verdict.is_explained(lines)
        assert not line_verdict.conclude(lines)
    else:
        assert concluded(lines)[0] == verdict


@pytest.mark.parametrize(("atol", "explained"), [(0.0, True), (1e-3, False)])
def test_an_absolute_error_explains_no_line_of_which_all_was_left_alone(atol, explained):
    """Where it takes atol to allow the line, some coordinate must have been looked at."""
    lines = without_parts(disagreeing(6.0))
    lines.engine.n, lines.engine.atol = LENGTH, atol
    lines.candidates.count, lines.confirming, lines.spread_nodes = 0, 0, 8
    lines.scale_norm = lines.scale_sum = 1e3 * abs(lines.failed.residual)
    lines.failed.allowed = 0.5 * abs(lines.failed.residual) + decision.allowed_by_atol(lines, LENGTH, 0)
    assert line_verdict.is_explained(lines) == explained
    # Its twin: what rtol allows was rightly left alone.
    lines.failed.allowed += abs(lines.failed.residual)
    assert line_verdict.is_explained(lines)


@pytest.mark.parametrize(
    ("unseen", "bars", "verdict"),
    [
        (1.0, 1.5, VERDICT_INCONCLUSIVE),
        (1.0, 3.0, VERDICT_WRONG),
        (1e-20, 1.5, VERDICT_WRONG),
        (0.0, 0.0, VERDICT_WRONG),
    ],
)
def test_far_lines_refute_what_noise_hides_near_x_only_by_a_clear_slope(unseen, bars, verdict):
    """On the scale 1: an error that lines on the scale of x would not have seen, and a slope of so many bars."""
    lines = disagreeing(6.0, looks=2)
    lines.confirming = lines.candidates.count = 0
    lines.unseen, lines.failed.slope = unseen, bars * lines.failed.bar
    assert line_verdict.conclude(lines)
    assert lines.verdict == verdict


@pytest.mark.parametrize("looks", [1, 2])
@pytest.mark.parametrize(("allowed", "verdict"), [(2.0, VERDICT_INCONCLUSIVE), (0.5, VERDICT_WRONG)])
def test_a_budget_that_ends_while_something_is_located_that_rtol_allows(allowed, verdict, looks):
    """It may be spread, or that of one coordinate."""
    lines = disagreeing(6.0, looks=looks)
    lines.failed.allowed = allowed * abs(lines.failed.residual)
    line_verdict.end_lines_early(lines)
    assert (lines.verdict, lines.cause) == (verdict, UNTESTED)


def test_a_line_that_was_not_located_is_looked_at_twice():
    lines = disagreeing(6.0)
    lines.stuck_count = lines.stuck_beyond = 1
    assert not line_verdict.is_explained(lines)
    assert not line_verdict.conclude(lines)
    assert lines.phase != phases.DONE
    # At a kink at x parts stay that nobody can blame: the coordinates that were found explain what was seen.
    lines = without_parts(disagreeing(6.0, gap=1))
    lines.stuck_count = lines.stuck_beyond = 1
    assert concluded(lines)[0] == VERDICT_RIGHT


@pytest.mark.parametrize(
    ("bars", "given", "verdict"),
    [
        (6.0, {}, VERDICT_WRONG),
        (2.0, {}, VERDICT_INCONCLUSIVE),
        (6.0, {"gap": 1}, VERDICT_INCONCLUSIVE),
        (6.0, {"nondeterministic": 1}, VERDICT_INCONCLUSIVE),
    ],
)
def test_two_looks_that_were_not_located(bars, given, verdict):
    """Clearly beyond its bar a line is wrong all the same, unless a kink at x or random values may be behind it."""
    lines = disagreeing(bars, looks=2, **given)
    lines.stuck_count, coordinate_of(lines.engine, 0).cause = 1, codes.NOISE_LIMITED
    node = lines.stuck_nodes[0]
    node.start, node.stop, node.residual, node.bar, node.exponent = 300, 400, 0.25, 0.125, -10
    assert concluded(lines) == (verdict, codes.NONDETERMINISTIC if "nondeterministic" in given else codes.STEP_LIMITED)
    (finding,) = lines.long_findings[: lines.finding_count]
    assert (finding.start, finding.stop, finding.slope, finding.step) == (300, 400, 0.25, 2.0**-10)
    assert (finding.cause == WRONG) == (verdict == VERDICT_WRONG)


@pytest.mark.parametrize(
    ("noise", "rest", "nondeterministic", "cause"),
    [
        (2.0, 1.0, 0, codes.NOISE_LIMITED),
        (1.0, 2.0, 0, codes.STEP_LIMITED),
        (2.0, 1.0, 1, codes.NONDETERMINISTIC),
        (1.0, 2.0, 1, codes.NONDETERMINISTIC),
    ],
)
def test_why_a_check_is_open(noise, rest, nondeterministic, cause):
    lines = begun()
    lines.pool.noise, lines.pool.rest, lines.engine.nondeterministic = noise, rest, nondeterministic
    lines.random_bar = 1e9
    assert concluded(lines) == (VERDICT_INCONCLUSIVE, cause)


def test_without_disagreement_lines_that_decide_are_right():
    lines = begun()
    lines.random_lines, lines.random_bar = 4, 1e-9
    assert concluded(lines)[0] == VERDICT_RIGHT
    # Their twins: no line at all, and a bar as large as the slopes.
    for agreed, bar in ((0, 1e-9), (4, 1.0)):
        lines = begun()
        lines.random_lines, lines.random_bar = agreed, bar
        assert concluded(lines)[0] == VERDICT_INCONCLUSIVE


def test_claims_that_are_not_finite_and_not_refuted_leave_it_open():
    lines = begun()
    lines.unfit_claims = 1
    assert concluded(lines) == (VERDICT_INCONCLUSIVE, codes.DOMAIN)


@pytest.mark.parametrize(("looks", "bars", "cause"), [(1, 2.0, UNTESTED), (2, 2.0, WRONG), (1, 6.0, WRONG)])
def test_a_budget_that_ends_in_the_middle_of_a_halving_leaves_its_parts(looks, bars, cause):
    """Halvings under way, nodes that wait for one, and those of the next level: each is a finding."""
    lines = disagreeing(bars, looks=looks)
    lines.halvings[3].stage = 1
    lines.node_count, lines.next_node, lines.next_count = 3, 2, 1
    for node, start in ((lines.halvings[3].node, 100), (lines.nodes[2], 200), (lines.next_nodes[0], 300)):
        node.start, node.stop = start, start + 50
    line_verdict.end_lines_early(lines)
    found = [(one.start, one.stop, one.cause) for one in lines.long_findings[: lines.finding_count]]
    assert found == [(start, start + 50, cause) for start in (100, 200, 300)]
    assert lines.verdict == (VERDICT_WRONG if cause == WRONG else VERDICT_INCONCLUSIVE)
    assert (lines.early, lines.phase) == (1, phases.DONE)


@pytest.mark.parametrize("excuse", ["gap", "nondeterministic"])
def test_a_budget_that_ends_calls_nothing_wrong_that_may_be_right(excuse):
    lines = disagreeing(6.0, looks=2, **{excuse: 1})
    line_verdict.end_lines_early(lines)
    assert lines.verdict == VERDICT_INCONCLUSIVE


def test_who_stops_a_check_gets_no_pass():
    """A budget ends where it was meant to end; a caller who stops has seen less than was planned."""
    lines = begun(phases.ALIGNED)
    lines.random_lines, lines.random_bar, lines.engine.stopped = 4, 1e-9, 1
    line_verdict.end_lines_early(lines)
    assert lines.verdict == VERDICT_INCONCLUSIVE


def test_a_check_that_is_done_stays_as_it_is():
    lines = begun(phases.DONE)
    lines.verdict = VERDICT_WRONG
    line_verdict.end_lines_early(lines)
    assert (lines.verdict, lines.early) == (VERDICT_WRONG, 0)
