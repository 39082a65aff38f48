"""What follows from lines that have climbed, and what a check says that ends early: on memory made for it."""

import math

import numpy as np
import pytest
from climbing import POOL, feed, memory

from gradproof.core.lines import decision as linedecision
from gradproof.core.lines import pooled_bars as pooled
from gradproof.core.lines import rungs as climbers
from gradproof.core.machine import line_verdict as lineoutcome
from gradproof.core.machine import line_weighing as lineweigh
from gradproof.core.records import lines as linestate
from gradproof.core.records.border import FINDING_CAUSE, FINDING_START, FINDING_STOP
from gradproof.core.records.codes import (
    BAD_ARGUMENT,
    DONE,
    UNTESTED,
    VERDICT_INCONCLUSIVE,
    VERDICT_RIGHT,
    VERDICT_WRONG,
    WRONG,
)
from gradproof.core.records.engine import NONDETERMINISTIC
from gradproof.core.records.lines import (
    ALIGNED_BAR,
    ALIGNED_LINES_DONE,
    CLIMBER_BAR,
    CLIMBER_LINES,
    DISAGREED,
    FAILED_BAR,
    FAILED_RESIDUAL,
    IS_REPEATED,
    LENGTH,
    LINE_BUDGET,
    LINE_CAUSE,
    LINE_EVALUATIONS,
    LINE_FINDINGS,
    LINE_PHASE,
    LINE_SPREAD,
    LINE_VERDICT,
    LINES_ALIGNED,
    LINES_ALIGNED_AGAIN,
    LINES_DONE,
    LINES_RANDOM,
    LINES_RANDOM_AGAIN,
    LINES_REPEAT,
    NODE_COUNT,
    PART_AGAIN,
    RANDOM_BAR,
    RANDOM_LINES_DONE,
    SLOPE_NORM,
    SLOPE_SUM,
)
from gradproof.core.search.long_findings import long_finding

N = 5000
NOISE = 1e-13


def begun(phase=LINES_RANDOM, budget=0, evaluations=40):
    words, reals = memory(NOISE)
    words[[LENGTH, LINE_PHASE, LINE_BUDGET, LINE_EVALUATIONS]] = N, phase, budget, evaluations
    reals[[SLOPE_NORM, SLOPE_SUM]] = 1.0, 50.0
    return words, reals


def pool(words, reals, slopes):
    """Lines that climbed together, with the residual slopes of smooth lines."""
    climbers.begin_climber(words, reals, POOL, 0, N, 0, -14, 12, 0.0)
    words[POOL + CLIMBER_LINES] = len(slopes)
    random = np.random.default_rng(1)
    lines = [lambda t, slope=slope: slope * t + t**3 for slope in slopes]
    while words[POOL + linestate.CLIMBER_WANTED] != linestate.FINISHED:
        feed(words, reals, POOL, lines, lambda: NOISE * random.normal())
        pooled.walk_pool(words, reals, POOL)
    return float(reals[POOL + CLIMBER_BAR])


def in_bars(number):
    """Residual slopes of so many bars on one line."""
    words, reals = begun()
    bar = pool(words, reals, [0.0] * 4)
    words, reals = begun()
    pool(words, reals, [0.0, 0.0, number * bar, 0.0])
    return words, reals


@pytest.mark.parametrize(
    ("bars", "phase"), [(0.3, LINES_ALIGNED), (2.0, LINES_RANDOM_AGAIN), (6.0, LINES_REPEAT), (1e6, LINES_REPEAT)]
)
def test_bars_decide(bars, phase):
    """Less than one agrees, up to three ask for a second look, more is a disagreement."""
    words, reals = in_bars(bars)
    lineweigh.weigh_pool(words, reals)
    assert words[LINE_PHASE] == phase
    assert words[DISAGREED] == (phase == LINES_REPEAT)
    assert words[RANDOM_LINES_DONE] == (4 if phase == LINES_ALIGNED else 0)


def test_a_second_look_that_disagrees_is_a_disagreement():
    words, reals = in_bars(2.0)
    words[LINE_PHASE] = LINES_RANDOM_AGAIN
    lineweigh.weigh_pool(words, reals)
    assert words[DISAGREED] == 1


def test_what_was_not_located_and_not_seen_again_counts_as_bar():
    words, reals = begun(LINES_RANDOM_AGAIN)
    pool(words, reals, [0.0] * 4)
    words[DISAGREED] = 1
    reals[[FAILED_RESIDUAL, FAILED_BAR]] = -0.01, 0.001
    lineweigh.weigh_pool(words, reals)
    assert words[DISAGREED] == 0
    assert words[LINE_PHASE] == LINES_ALIGNED
    assert reals[RANDOM_BAR] == pytest.approx(0.011)
    assert linedecision.decides(reals)
    reals[RANDOM_BAR] = 0.0
    reals[FAILED_RESIDUAL] = 0.5
    linedecision.note_seen(words, reals)
    assert not linedecision.decides(reals)


def test_another_value_at_x_takes_back_what_agreed():
    """Lines that passed with too little noise count no more; with a budget that ends, nothing is right."""
    words, reals = begun(LINES_REPEAT, budget=50, evaluations=45)
    words[[RANDOM_LINES_DONE, ALIGNED_LINES_DONE, DISAGREED, PART_AGAIN]] = 4, 2, 1, 1
    reals[[RANDOM_BAR, ALIGNED_BAR]] = 1e-9, 1e-9
    lineweigh.take_repeated_value(words, reals, 1.25)
    assert words[NONDETERMINISTIC] == 1
    assert reals[LINE_SPREAD] == 0.25
    assert words[LINE_PHASE] == LINES_RANDOM
    assert not words[[RANDOM_LINES_DONE, ALIGNED_LINES_DONE, DISAGREED, PART_AGAIN]].any()
    assert not reals[[RANDOM_BAR, ALIGNED_BAR]].any()
    lineoutcome.end_lines_early(words, reals)
    assert words[LINE_VERDICT] == VERDICT_INCONCLUSIVE


def test_the_same_value_at_x_goes_on():
    words, reals = begun(LINES_REPEAT)
    words[[RANDOM_LINES_DONE, DISAGREED]] = 4, 1
    lineweigh.take_repeated_value(words, reals, 1.0)
    assert words[NONDETERMINISTIC] == 0
    assert words[[IS_REPEATED, RANDOM_LINES_DONE, NODE_COUNT]].tolist() == [1, 4, 1]
    assert words[LINE_PHASE] == linestate.LINES_HALVING


@pytest.mark.parametrize(
    ("phase", "part_again", "lines", "verdict"),
    [
        (LINES_ALIGNED, 0, 4, VERDICT_RIGHT),
        (LINES_ALIGNED_AGAIN, 0, 4, VERDICT_INCONCLUSIVE),
        (linestate.LINES_PARTS, 0, 4, VERDICT_RIGHT),
        (linestate.LINES_PARTS, 1, 4, VERDICT_INCONCLUSIVE),
        (LINES_RANDOM_AGAIN, 0, 0, VERDICT_INCONCLUSIVE),
        (LINES_RANDOM, 0, 0, VERDICT_INCONCLUSIVE),
    ],
)
def test_a_budget_that_ends_while_lines_are_looked_at_again_leaves_it_open(phase, part_again, lines, verdict):
    words, reals = begun(phase)
    words[[RANDOM_LINES_DONE, PART_AGAIN]] = lines, part_again
    reals[RANDOM_BAR] = 1e-9
    lineoutcome.end_lines_early(words, reals)
    assert words[[LINE_VERDICT, LINE_CAUSE, LINE_PHASE]].tolist() == [verdict, UNTESTED, LINES_DONE]


@pytest.mark.parametrize(("bars", "verdict"), [(6.0, VERDICT_WRONG), (2.0, VERDICT_INCONCLUSIVE)])
def test_a_budget_that_ends_before_anything_is_located_leaves_the_whole_line(bars, verdict):
    words, reals = in_bars(bars)
    linedecision.note_failed(words, reals, linedecision.worst_line(words, reals))
    words[DISAGREED] = 1
    lineoutcome.end_lines_early(words, reals)
    assert words[LINE_VERDICT] == verdict
    assert words[LINE_FINDINGS] == 1
    place = long_finding(0)
    assert words[[place + FINDING_START, place + FINDING_STOP]].tolist() == [0, N]
    assert words[place + FINDING_CAUSE] == (WRONG if verdict == VERDICT_WRONG else UNTESTED)


@pytest.mark.parametrize(
    ("borders", "code"),
    [
        ([0, 1, 3], DONE),
        ([0, 0, 3], DONE),
        ([0, 3, 3], DONE),
        ([1, 2, 3], BAD_ARGUMENT),
        ([0, 2, 4], BAD_ARGUMENT),
        ([0, 2, 2], BAD_ARGUMENT),
        ([0, 5, 3], BAD_ARGUMENT),
        ([0, -1, 3], BAD_ARGUMENT),
    ],
)
def test_borders(witness, borders, code):
    words = np.zeros(witness("gradproof_lines_size", 2), np.int64)
    x, sizes = np.ones(3), np.ones(1)
    assert witness("gradproof_lines_start", words, x, x, sizes, 3, np.array(borders, np.int64), 2, None) == code


@pytest.mark.parametrize(
    ("bar", "norm", "curved", "value", "answer"),
    [
        (0.29, 1.0, 0.0, 1.0, True),
        (0.31, 1.0, 0.0, 1.0, False),
        (0.31, 1.0, 2.0, 1.0, True),
        (1e-4, 0.0, 0.0, -1.0, True),
        (1e-3, 0.0, 0.0, 1.0, False),
        (0.0, 0.0, 0.0, 0.0, True),
        (math.nan, 1.0, 0.0, 1.0, False),
    ],
)
def test_what_a_bar_decides(bar, norm, curved, value, answer):
    """A third of the slopes, of the slope that curvature makes beside an optimum, or a thousandth of a flat f."""
    _, reals = memory()
    reals[[RANDOM_BAR, SLOPE_NORM, linestate.CURVED_SLOPE, linestate.LINE_VALUE]] = bar, norm, curved, value
    assert linedecision.decides(reals) == answer
