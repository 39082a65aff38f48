"""Rungs: which points a ladder asks for, and what the values there say of a line that is known in closed form."""

import numpy as np
import pytest
from lineladders import begin, feed, memory, probes_of
from properties import refuted

from gradproof.core.evidence.scales import UNIT_FLOAT32, UNIT_FLOAT64
from gradproof.core.lines import rungs
from gradproof.core.records.lines import FINISHED, HIGHEST_EXPONENT, LOWEST_EXPONENT

FIRST = -12


def taken(*lines, exponents=(FIRST, FIRST + 2)):
    """A pool that has taken rungs of these lines."""
    check = memory()
    begin(check.pool, len(lines), FIRST)
    for exponent in exponents:
        check.pool.wanted = exponent
        feed(check, check.pool, lines, lambda: 0.0)
    return check.pool


def test_a_ladder_asks_on_both_sides_of_every_line():
    pool = memory().pool
    rungs.set_line(pool, 3, 70, 5, 1)
    rungs.begin_line_ladder(pool, FIRST, 9, 1e-8)
    assert probes_of(pool) == [(3, 70, 5, 1, 2.0**FIRST), (3, 70, 5, 1, -(2.0**FIRST))]
    pool.line_count, pool.seeds[1] = 2, 6
    assert [probe[2] for probe in probes_of(pool)] == [5, 5, 6, 6]
    pool.wanted = FINISHED
    assert rungs.rung_probes(pool) == 0


def says(line, residual, gap):
    """What a rung says of a line whose slopes and gap are exact; powers of two round nothing."""
    pool = taken(line)
    assert pool.taken == 2
    for exponent in (FIRST, FIRST + 2):
        step = 2.0**exponent
        assert rungs.residual_at(pool, exponent, 0) == residual(step)
        assert rungs.gap_at(pool, exponent, 0) == gap(step)


def test_residual_slope_and_gap():
    says(lambda t: 0.5 * t, lambda t: 0.5, lambda t: 0.0)
    says(lambda t: 0.5 * abs(t), lambda t: 0.0, lambda t: 1.0)
    says(lambda t: -t + 0.25 * abs(t) + t * t, lambda t: -1.0, lambda t: 0.5 + 2 * t)
    says(lambda t: t**3, lambda t: t * t, lambda t: 0.0)


def test_residual_slope_and_gap_twin():
    refuted(says, lambda t: 0.5 * abs(t), lambda t: 0.0, lambda t: 0.5)
    refuted(says, lambda t: t**3, lambda t: 0.0, lambda t: 0.0)


def test_what_the_claim_predicts_is_subtracted():
    check = memory()
    begin(check.pool, 2, FIRST)
    step = 2.0**FIRST
    values = np.array([1 + 3 * step, 1 - 3 * step, 1 + 5 * step, 1 - 5 * step])
    changes = np.array([2 * step, -2 * step, 5 * step, -5 * step])
    assert rungs.take_rung(check, check.pool, values, changes, 0) == 4
    assert [rungs.residual_at(check.pool, FIRST, line) for line in (0, 1)] == [1.0, 0.0]
    assert [check.pool.claims[line] for line in (0, 1)] == [2.0, 5.0]


def from_rung_to_rung(line, change, kink):
    pool = taken(lambda t: 0.0, line)
    assert rungs.change_at(pool, FIRST, 1) == change
    assert rungs.kink_at(pool, FIRST, 1) == kink


def test_changes_and_kinks():
    """Curvature grows like the step, and is no kink; a kink at x leaves three quarters of its gap."""
    step = 2.0**FIRST
    from_rung_to_rung(lambda t: t * t, 0.0, 0.0)
    from_rung_to_rung(abs, 0.0, 1.5)
    from_rung_to_rung(lambda t: t**3, 15 * step**2, 0.0)


def test_changes_and_kinks_twin():
    refuted(from_rung_to_rung, abs, 0.0, 2.0)


def test_rungs_that_are_there():
    pool = taken(lambda t: t, exponents=(-20, -18))
    assert [exponent for exponent in range(-60, 9) if rungs.has_rung(pool, exponent)] == [-20, -18]
    assert rungs.missing_rung(pool, -20) == FINISHED
    assert rungs.missing_rung(pool, -18) == -16
    assert rungs.missing_rung(pool, -22) == -22
    rungs.begin_line_ladder(pool, FIRST, 9, 0.0)
    assert not any(rungs.has_rung(pool, exponent) for exponent in range(-60, 9))


@pytest.mark.parametrize(("float32", "lowest"), [(False, LOWEST_EXPONENT), (True, -22)])
def test_steps(float32, lowest):
    """In float32 the rounding of x itself leaves less of them."""
    check = memory(float32=float32)
    steps = [exponent for exponent in range(-60, 9) if rungs.is_step(check, exponent)]
    assert steps == list(range(lowest, HIGHEST_EXPONENT + 1))
    assert rungs.lowest_exponent(check) == lowest


def test_noise_of_a_slope():
    check = memory(noise=3e-16)
    assert rungs.slope_noise_at(check, -30) == 3e-16 * 2.0**30


def is_that_of_terms_as_large_as_x(function):
    """Where f hardly moves, and something else is claimed; in the arithmetic of f."""
    for value, moved, norm, unit, expected in (
        (0.0, 0.0, 1e-15, UNIT_FLOAT64, 2.0**-47),
        (0.0, 0.0, 1e-15, UNIT_FLOAT32, 2.0**-18),
        (1e-9, 0.0, 1e-15, UNIT_FLOAT64, 2.0**-47),
        (1e-9, 2.0**-46, 1e-15, UNIT_FLOAT64, 0.0),
        (1e-9, 2.0**-10, 1e-15, UNIT_FLOAT64, 2.0**-47),
        (1e-9, 2.0**-10, 1e-15, UNIT_FLOAT32, 0.0),
        (0.0, 0.0, 0.0, UNIT_FLOAT64, 0.0),
    ):
        check = memory(value=value)
        check.engine.typical, check.engine.unit, check.norm = 40.0, unit, norm
        check.engine.noise_line.spacing = moved
        assert function(check) == expected
    assert function(memory(noise=3e-16)) == 3e-16


def test_noise_where_f_hardly_moves():
    is_that_of_terms_as_large_as_x(rungs.noise_along)
    refuted(is_that_of_terms_as_large_as_x, lambda check: check.engine.noise)
    refuted(is_that_of_terms_as_large_as_x, lambda check: max(check.engine.noise, 2.0**-47))


def test_coarse_noise_betrays_float32():
    for noise, coarse in ((1e-11, False), (1e-8, True)):
        check = memory(noise, value=-1.0)
        assert rungs.is_coarse(check) == coarse
        check.engine.float32 = 1
        assert rungs.is_coarse(check)
        assert rungs.has_coarse_noise(check) == coarse
