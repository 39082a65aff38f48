"""Which lines come next: the step that they begin with, how well they are measured, what they may cost, their seeds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineladders import begun, memory
from oracles import splitmix
from properties import refuted

from gradproof.core.lines import phases, plan
from gradproof.core.points import seeds

LOWEST, LARGEST = -46 + 6, -8


def first_exponent(noise, norm, float32=False):
    lines = memory(noise=noise, float32=float32)
    lines.norm = norm
    return plan.first_exponent(lines)


def is_nearest(noise, norm, part):
    """The bar that noise makes, four deviations, is half of a part of the norm, up to the root of two."""
    exponent = first_exponent(noise, norm)
    wanted = math.log2(2 * 4 * noise / (part * norm))
    assert LOWEST <= exponent <= LARGEST
    assert abs(exponent - min(max(wanted, LOWEST), LARGEST)) <= 0.5 + 1e-9


@given(st.floats(-300, 300), st.floats(-14, 2))
def test_first_step(size, relative):
    norm = 10.0**size
    is_nearest(norm * 10.0**relative, norm, plan.TARGET)


def test_first_step_twin():
    refuted(is_nearest, 1e-12, 1.0, 10 * plan.TARGET)


def test_first_step_where_the_gradient_is_float32():
    """Its rounding is what lines can reach at best: smaller steps serve, as noise may be larger."""
    assert first_exponent(1e-12, 1.0, float32=True) == round(math.log2(2 * 4 * 1e-12 / 1e-7) + 22) - 22


def test_first_step_at_the_ends():
    assert first_exponent(0.0, 1.0) == LOWEST
    assert first_exponent(0.0, 1.0, float32=True) == -22 + 6
    for noise in (0.0, 1e-16):
        assert first_exponent(noise, 0.0) == LARGEST
    assert first_exponent(1.0, 1e-300) == LARGEST


def test_target():
    """A hundred millionth of the norm, a thousandth of what is typical of a coordinate, and 1e-10 at least."""
    lines = memory(noise=1e-16)
    lines.norm = 8.0
    for typical, target in ((1.0, 3e-8 * 8), (4e-5, 1e-8), (1e-9, 1e-10 * 8)):
        lines.typical_slope = typical
        assert plan.target_bar(lines) == pytest.approx(target, rel=1e-12)
    lines.engine.float32 = 1
    assert plan.target_bar(lines) == pytest.approx(1e-7 * 8, rel=1e-12)


@pytest.mark.parametrize(
    ("budget", "evaluations", "count", "rungs"),
    [
        (0, 10**6, 4, 12),
        (59, 10, 4, 2),
        (60, 10, 4, 6),
        (200, 100, 4, 12),
        (200, 104, 4, 12),
        (200, 105, 4, 11),
        (200, 190, 4, 2),
        (200, 190, 2, 2),
        (200, 180, 2, 5),
    ],
)
def test_rungs_that_a_budget_allows(budget, evaluations, count, rungs):
    assert plan.most_rungs(begun(budget=budget, evaluations=evaluations), count) == rungs


def signed(number):
    return number - 2**64 if number >= 2**63 else number


@pytest.mark.parametrize(
    ("total", "value", "exponent"),
    [
        # Along the claim f moves by little of itself: the step of the random lines serves.
        (10.0, 1.0, -10),
        # By more than a 64th of itself: down to that.
        (100.0, 1.0, -14),
        # Never below the move along random lines, which is 2**-10.
        (100.0, 0.0, -18),
        (1.0, 0.0, -10),
    ],
)
def test_first_step_along_the_claim(total, value, exponent):
    lines = begun()
    lines.norm, lines.sum, lines.engine.value, lines.random_exponent = 1.0, total, value, -10
    assert plan.aligned_exponent(lines) == exponent


def test_lines_over_all_of_x():
    lines = begun()
    lines.engine.seed, lines.relative_tolerance = 9, 1e-13
    plan.begin_pool(lines, phases.RANDOM_AGAIN, 21, 3, -17)
    pool = lines.pool
    assert (lines.phase, pool.start, pool.stop, pool.aligned, pool.wanted) == (phases.RANDOM_AGAIN, 0, 5000, 0, -17)
    assert list(pool.seeds[: pool.line_count]) == [signed(splitmix.output(9, number)) for number in (21, 22, 23)]
    assert lines.tolerance == 1e-13 * lines.norm
    plan.begin_pool(lines, phases.ALIGNED, 11, 2, -17)
    assert (lines.phase, pool.aligned, pool.line_count) == (phases.ALIGNED, 1, 2)
    assert lines.tolerance == 1e-13 * lines.sum


def test_lines_over_parts_have_seeds_of_their_own():
    lines = begun(phases.PARTS)
    met = set()
    for lines.part.done in range(4):
        plan.begin_part(lines, 100, 300, seeds.PARTS)
        assert (lines.pool.start, lines.pool.stop, lines.pool.aligned, lines.pool.line_count) == (100, 300, 0, 4)
        met |= set(lines.pool.seeds[:4])
    assert len(met) == 16
    plan.begin_part(lines, 100, 300, seeds.PARTS_AGAIN)
    assert not met & set(lines.pool.seeds[:4])


def test_a_check_begins_with_random_lines():
    lines = begun()
    plan.begin_lines(lines)
    assert (lines.phase, lines.pool.line_count, lines.pool.aligned) == (phases.RANDOM, 4, 0)
    assert lines.random_exponent == lines.pool.wanted == plan.first_exponent(lines)


def test_claims_that_are_no_numbers_come_first():
    lines = begun()
    lines.unfit_claims = 1
    plan.begin_lines(lines)
    assert lines.phase == phases.CONFIRM
