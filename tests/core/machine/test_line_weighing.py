"""What follows from lines that have climbed: on memory made for it."""

import math

import pytest
from lineladders import begun, feed, in_bars, measure, memory

from gradproof.core.lines import gaps, phases
from gradproof.core.lines.decision import bar_decides, seen_residual
from gradproof.core.machine import line_verdict, line_weighing
from gradproof.core.points.directions import ONLY_ZEROS
from gradproof.core.records.codes import NONDETERMINISTIC, UNTESTED, VERDICT_INCONCLUSIVE
from gradproof.core.records.lines import SAMPLED


@pytest.mark.parametrize(
    ("bars", "phase"), [(0.3, phases.ALIGNED), (2.0, phases.RANDOM_AGAIN), (6.0, phases.REPEAT), (1e6, phases.REPEAT)]
)
def test_bars_decide(bars, phase):
    """Less than one agrees, up to three ask for a second look, more is a disagreement."""
    lines = in_bars(bars)
    line_weighing.weigh_pool(lines)
    assert lines.phase == phase
    assert lines.disagreed == (phase == phases.REPEAT)
    assert lines.random_lines == (4 if phase == phases.ALIGNED else 0)


def test_what_a_first_look_saw_counts_in_any_case():
    lines = in_bars(2.0)
    seen = seen_residual(lines)
    line_weighing.weigh_pool(lines)
    assert lines.phase == phases.RANDOM_AGAIN
    measure(lines, [0.0] * 4)
    line_weighing.weigh_pool(lines)
    assert lines.phase == phases.ALIGNED
    assert lines.random_bar == seen > 1.5 * lines.pool.bar


def test_a_second_look_that_disagrees_is_a_disagreement():
    lines = in_bars(2.0)
    lines.phase = phases.RANDOM_AGAIN
    line_weighing.weigh_pool(lines)
    assert lines.disagreed == 1


def test_what_was_not_located_and_not_seen_again_counts_as_bar():
    lines = begun(phases.RANDOM_AGAIN)
    measure(lines, [0.0] * 4)
    lines.disagreed, lines.failed.residual, lines.failed.bar = 1, -0.01, 0.001
    line_weighing.weigh_pool(lines)
    assert lines.disagreed == 0
    assert lines.phase == phases.ALIGNED
    assert lines.random_bar == pytest.approx(0.011)
    assert bar_decides(lines)


def test_another_value_at_x_takes_back_what_agreed():
    """Lines that passed with too little noise count no more; with a budget that ends, nothing is right."""
    lines = begun(phases.REPEAT, budget=50, evaluations=45)
    lines.random_lines, lines.aligned_lines, lines.disagreed, lines.part.again = 4, 2, 1, 1
    lines.random_bar = lines.aligned_bar = 1e-9
    lines.engine.noise_measured = 1
    line_weighing.take_repeated_value(lines, 1.25)
    assert lines.engine.nondeterministic == 1
    assert lines.engine.spread == 0.25
    assert lines.phase == phases.FAR
    assert not any((lines.random_lines, lines.aligned_lines, lines.disagreed, lines.part.again))
    assert not any((lines.random_bar, lines.aligned_bar))
    line_verdict.end_lines_early(lines)
    assert lines.verdict == VERDICT_INCONCLUSIVE


def test_the_same_value_at_x_goes_on():
    lines = begun(phases.REPEAT)
    lines.random_lines, lines.disagreed = 4, 1
    line_weighing.take_repeated_value(lines, 1.0)
    assert lines.engine.nondeterministic == 0
    assert (lines.repeated, lines.random_lines, lines.node_count) == (1, 4, 1)
    assert lines.phase == phases.HALVING


def test_the_noise_line_goes_on_where_it_was_interrupted():
    lines = begun(phases.REPEAT)
    line_weighing.take_repeated_value(lines, 1.0)
    assert (lines.phase, lines.repeated) == (phases.NOISE, 1)
    lines.engine.noise_measured = 1
    line_weighing.take_repeated_value(lines, 1.0)
    assert lines.phase == phases.RANDOM


@pytest.mark.parametrize(("difference", "phase"), [(0.04, phases.RANDOM), (0.06, phases.FAR)])
def test_the_largest_steps_must_show_the_claim(difference, phase):
    """Half the difference is noise: 3 of it at a quarter of a scale, against 0.3 of the norm, which is 1."""
    lines = begun(phases.REPEAT)
    lines.engine.noise_measured = 1
    line_weighing.take_repeated_value(lines, 1.0 + difference)
    assert lines.phase == phase
    lines.unfit_claims = 1
    line_weighing.begin_random(lines)
    assert lines.phase == phases.CONFIRM


def far(noise, line):
    """A check of a random f, with what four lines say at the largest step."""
    lines = begun(phases.REPEAT)
    lines.engine.noise = noise
    line_weighing.begin_random(lines)
    feed(lines, lines.pool, [line] * 4, lambda: 0.0)
    line_weighing.advance_pool(lines)
    return lines


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        (lambda t: 15.0 * t, phases.DONE),
        (lambda t: 17.0 * t, phases.RANDOM),
        (lambda t: -17.0 * t, phases.RANDOM),
        (lambda t: 2.5e3 * t**2, phases.DONE),
        (lambda t: 2.7e3 * t**2, phases.RANDOM),
        (lambda t: math.nan, phases.RANDOM),
    ],
    ids=["hidden", "error", "negative", "flat", "curved", "domain"],
)
def test_what_exceeds_the_spread_is_followed(line, phase):
    """An error of 4 standard deviations at a quarter, or a slope by curvature against which 3 of them are small."""
    lines = far(1.0, line)
    assert lines.phase == phase
    if phase == phases.DONE:
        assert (lines.verdict, lines.cause) == (VERDICT_INCONCLUSIVE, NONDETERMINISTIC)
        assert lines.early == 0


def test_where_f_is_random_a_budget_is_not_what_is_missing():
    for nondeterministic, cause in ((1, NONDETERMINISTIC), (0, UNTESTED)):
        lines = begun(phases.RANDOM)
        lines.engine.nondeterministic = nondeterministic
        line_verdict.end_lines_early(lines)
        assert (lines.verdict, lines.cause) == (VERDICT_INCONCLUSIVE, cause)


@pytest.mark.parametrize(
    ("left_out", "gap", "phase"),
    [
        (0, gaps.DISAGREES, phases.LEFT_OUT),
        (0, gaps.COARSE, phases.LEFT_OUT),
        (SAMPLED, gaps.COARSE, phases.LEFT_OUT),
        (SAMPLED, gaps.DISAGREES, phases.REPEAT),
    ],
)
def test_what_lines_through_zeros_leave_open(left_out, gap, phase):
    """It is looked at alone; a disagreement is followed down where there are too many zeros for that."""
    check = memory()
    ladder = check.halvings[0].ladder
    check.scales, check.left_out, check.failed.gap = ONLY_ZEROS, left_out, gap
    for seen, bar, hidden in ((0.25, 1.0, 2.5), (3.0, 1.0, 7.0)):
        ladder.residual, ladder.gap, ladder.mean_bar = -0.25 if seen < 1.0 else 0.5, seen, bar
        line_weighing.follow_gap(check, ladder)
        assert check.phase == phase
        assert check.hidden_gap == hidden
