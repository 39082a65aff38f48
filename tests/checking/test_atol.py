"""The absolute error that is allowed: half of it passes, ten of it do not, in every mode and by every entry point."""

from __future__ import annotations

import json

import numpy as np
import pytest
from models import POINT, squares, squares_gradient

import gradproof

ATOL = 1e-3


def problem(n):
    """Slopes of about 1, so that rtol excuses less than a hundredth of ATOL."""
    random = np.random.default_rng(4)
    x, weights = random.normal(size=n), random.normal(size=n)
    return lambda y: float(np.sin(y) @ weights), np.cos(x) * weights, x


def off(claimed, index, error):
    planted = claimed.copy()
    planted[index] += error
    return planted


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("n", "mode"), [(40, "full"), (40, "lines"), (3000, "lines"), (20_000, "auto")])
def test_twins(n, mode, sign):
    objective, right, x = problem(n)
    for index in (0, n // 3, n - 1):
        half = gradproof.check(objective, off(right, index, 0.5 * sign * ATOL), x, mode=mode, atol=ATOL)
        assert half.verdict == "right"
        tenfold = gradproof.check(objective, off(right, index, 10 * sign * ATOL), x, mode=mode, atol=ATOL)
        assert tenfold.wrong.tolist() == [index]
        assert [one.cause for one in tenfold.findings] == [gradproof.Cause.WRONG]
        # Without it both are wrong.
        assert gradproof.check(objective, off(right, index, 0.5 * sign * ATOL), x, mode=mode).wrong.tolist() == [index]


def test_the_border():
    """Noise and steps add little to what is allowed: a tenth more is wrong, a tenth less is right."""
    objective, right, x = problem(40)
    for atol in (1e-6, 1e-3, 1.0):
        for index in range(0, 40, 3):
            assert gradproof.check(objective, off(right, index, 0.9 * atol), x, atol=atol).verdict == "right"
            excused = 1.1 * atol + 2e-5 * abs(right[index])
            assert gradproof.check(objective, off(right, index, excused), x, atol=atol).wrong.tolist() == [index]


DENSE = {
    "of one sign": lambda claimed, random: 0.9 * np.sign(claimed),
    "of two signs": lambda claimed, random: random.choice([-0.9, 0.9], claimed.size),
    "of all sizes": lambda claimed, random: random.uniform(-0.99, 0.99, claimed.size),
    "in some coordinates": lambda claimed, random: np.where(random.permutation(claimed.size) % 20 == 0, 0.9, 0.0),
}


@pytest.mark.parametrize("errors", DENSE)
@pytest.mark.parametrize(("n", "mode"), [(40, "full"), (40, "lines"), (3000, "lines")])
def test_errors_everywhere(n, mode, errors):
    """Within what is allowed they are right; one that is much larger stands out, and so do all, ten times as large."""
    objective, right, x = problem(n)
    for seed in range(3):
        dense = ATOL * DENSE[errors](right, np.random.default_rng(seed))
        report = gradproof.check(objective, right + dense, x, mode=mode, atol=ATOL, seed=seed)
        assert report.verdict == "right", seed
        assert report.wrong.size == 0
        giant = off(right + dense, n // 2, 1e4 * ATOL)
        assert gradproof.check(objective, giant, x, mode=mode, atol=ATOL, seed=seed).wrong.tolist() == [n // 2]
        report = gradproof.check(objective, right + 10 * dense, x, mode=mode, atol=ATOL, seed=seed)
        assert report.verdict == "wrong", seed
        assert set(report.wrong.tolist()) <= set(np.flatnonzero(dense).tolist())


def test_what_is_allowed_is_not_vouched_for():
    """Along lines that saw errors everywhere, the bar is as large as what they saw."""
    objective, right, x = problem(3000)
    dense = 0.9 * ATOL * np.sign(right)
    clean = gradproof.check(objective, right, x, mode="lines", atol=ATOL)
    seen = gradproof.check(objective, right + dense, x, mode="lines", atol=ATOL)
    assert clean.vouched == 1.0
    assert seen.vouched == 0.0
    assert seen.power.relative > 100 * clean.power.relative
    assert "not vouched for" in str(seen)
    # Coordinate by coordinate, what is smaller than the allowed error may be twice as large unseen.
    x = np.array([0.5, 1.0])
    report = gradproof.check(lambda x: np.sin(x[0]) + 1e-4 * x[1], np.array([np.cos(0.5), 1e-4]), x, atol=ATOL)
    assert (report.verdict, report.unseen, report.vouched) == ("right", 1, 0.5)
    assert "1 of 2 coordinates could be off by a factor 2 unseen: x[1] (worst first)" in " ".join(str(report).split())
    assert gradproof.check(lambda x: np.sin(x[0]) + 1e-4 * x[1], np.array([np.cos(0.5), 2e-4]), x, atol=ATOL)


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_none_is_0_and_changes_nothing(mode):
    objective, right, x = problem(60)
    for claimed in (right, off(right, 7, 1e-2)):
        plain, none, zero = (
            gradproof.check(objective, claimed, x, mode=mode, **chosen) for chosen in ({}, {"atol": None}, {"atol": 0})
        )
        assert plain.to_json() == none.to_json() == zero.to_json()
        assert plain.atol == 0.0


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_the_report_says_it(mode):
    report = gradproof.check(squares, squares_gradient, POINT, mode=mode, atol=ATOL)
    assert report.atol == report.to_dict()["atol"] == json.loads(report.to_json())["atol"] == ATOL
    assert "an error of 0.001 (units of f per unit of x) is allowed in every coordinate" in " ".join(
        str(report).split()
    )
    assert "atol" not in str(gradproof.check(squares, squares_gradient, POINT, mode=mode))


def test_no_slope_is_decided_finer_than_what_is_allowed():
    """Noise hides a slope of 1e-6, and an allowed error of 1e-2 does not ask for it."""
    random = np.random.default_rng(0)
    noise = {}

    def objective(x):
        return 1e-6 * x[0] + 1e-9 * noise.setdefault(x.tobytes(), random.normal())

    x = np.array([1.0])
    assert gradproof.check(objective, np.array([1e-6]), x, atol=1e-2).verdict == "right"
    assert gradproof.check(objective, np.array([0.1]), x, atol=1e-2).wrong.tolist() == [0]


def test_an_assertion_takes_it():
    objective, right, x = problem(40)
    assert gradproof.assert_gradient(objective, off(right, 3, 0.5 * ATOL), x, atol=ATOL)
    with pytest.raises(gradproof.GradientError):
        gradproof.assert_gradient(objective, off(right, 3, 10 * ATOL), x, atol=ATOL)


def test_a_saved_check_keeps_it(tmp_path):
    objective, right, x = problem(3000)
    claimed, calls = off(right, 3, 0.5 * ATOL), 0

    def interrupted(y):
        nonlocal calls
        calls += 1
        if calls == 50:
            raise KeyboardInterrupt
        return objective(y)

    whole = gradproof.check(objective, claimed, x, mode="lines", atol=ATOL)
    gradproof.check(interrupted, claimed, x, mode="lines", atol=ATOL, save=tmp_path / "state.bin")
    resumed = gradproof.check(objective, claimed, x, mode="lines", atol=ATOL, resume=tmp_path / "state.bin")
    assert resumed.to_json() == whole.to_json()


def test_a_pair_of_float32_values_is_judged_by_the_noise_that_is_stated():
    """Over its short step f does not move; what is allowed must be seen, and over longer ones a slope shows."""
    x = np.array([0.3], np.float32)

    def check(slope, atol):
        return gradproof.check(lambda z: np.float32(1.3714 + slope * float(z[0])), [0.0], x, atol=atol)

    assert check(0.0, 1e-7).verdict == "inconclusive"
    right = check(0.0, 1e-5)
    assert right.verdict == "right"
    assert right.resolutions[0] < 1e-4
    assert check(1e-3, 1e-5).wrong.tolist() == [0]
    assert check(1e-3, 1e-2).verdict == "right"
