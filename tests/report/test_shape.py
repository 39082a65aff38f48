"""Where a claim stays undecided the report says what f looks like there: each shape where it is, and no other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from properties import refuted

import gradproof
from gradproof import Cause
from gradproof.report.advice import TOGETHER
from gradproof.report.shape import NONE, Side, _is_stair, _jumps, _narrow, _power, _restless, _trend, shape_of

X = np.array([0.77123, 0.5])


def noisy(f, size):
    """f with normal noise that is a function of the point."""
    random, known = np.random.default_rng(0), {}
    return lambda x: f(x) + size * known.setdefault(x.tobytes(), random.normal())


def stairs(width):
    return lambda x: 0.3 * round(x[0] / width) * width + x[1] ** 2


def jumping(x):
    return math.sin(x[0]) + 0.4 * math.copysign(x[0] != X[0], x[0] - X[0]) + x[1] ** 2


def spike(x):
    return math.sin(x[0]) + 0.4 * (x[0] == X[0]) + x[1] ** 2


def root(x):
    return float(np.cbrt(x[0] - X[0])) + x[1] ** 2


def fast(x):
    return math.sin(1e16 * x[0]) + x[1] ** 2


UNDECIDED = {
    "stairs of 0.1": (stairs(0.1), 0.3, "stairs"),
    "stairs of 1e-3": (stairs(1e-3), 0.3, "stairs"),
    "a jump": (jumping, math.cos(X[0]), "jump"),
    "a single value": (spike, math.cos(X[0]), "alone"),
    "a root": (root, 1.0, "vertical"),
    "a wave below every step": (fast, 1.0, "restless"),
}


def check(objective, claim, second=1.0):
    return gradproof.check(objective, np.array([claim, second]), X)


def of(report, index=0):
    return next(one for one in report.findings if one.index == index)


@pytest.mark.parametrize("name", UNDECIDED)
def test_a_shape_that_is_there_is_named(name):
    objective, claim, kind = UNDECIDED[name]
    report = check(objective, claim)
    assert report.verdict == "inconclusive"
    finding = of(report)
    shape = shape_of(finding)
    assert shape.kind == kind
    text = " ".join(str(report).split())
    assert f"{finding.cause}: {finding.name}: {shape.sentence}." in text
    explained = " ".join(report.explain(0).split())
    assert shape.sentence[1:] in explained
    assert "bug" not in explained
    assert "nothing more" not in explained


@pytest.mark.parametrize("name", UNDECIDED)
def test_a_wrong_claim_beside_it_keeps_its_sentence(name):
    """The twin: the other coordinate is smooth and its claim wrong, which no shape of the first one excuses."""
    objective, claim, kind = UNDECIDED[name]
    if kind == "restless":
        return  # nothing is seen through its noise
    report = check(objective, claim, 1.5)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == [1]
    assert of(report, 1).cause is Cause.WRONG
    assert shape_of(of(report, 1)) == NONE
    assert "look for the bug" in report.explain(1)
    assert "look for the bug" in " ".join(str(report).split())


def test_noise_is_no_shape():
    report = check(noisy(lambda x: float(np.sum(x**2)), 1e-2), 2 * X[0])
    open_ones = [one for one in report.findings if not one.cause.is_acceptable]
    assert all(shape_of(one).kind not in ("stairs", "jump", "vertical") for one in open_ones)
    assert "piecewise" not in str(report)


def test_rounding_is_no_stairs():
    """f moves in steps of one unit of float32: its noise is named, and the constant that makes it."""

    def single(x):
        return float(np.float32(1e8 + np.sum(np.sin(x + 1))))

    report = check(single, math.cos(X[0] + 1), math.cos(X[1] + 1))
    assert report.verdict == "inconclusive"
    assert all(shape_of(one) == NONE for one in report.findings)
    text = " ".join(str(report).split())
    assert "subtract the constant" in text
    assert "random seed" not in text


def test_figures_of_stairs():
    sentence = shape_of(of(check(stairs(1e-3), 0.3))).sentence
    assert "its trend 0.3:" in sentence
    assert "larger ones by 3.0e-4 or more" in sentence
    assert "claim 0 if the steps are meant" in sentence


def test_a_claim_of_0_on_stairs_is_not_told_to_be_0():
    report = check(stairs(1e-4), 0.0)
    assert report.verdict == "inconclusive"
    sentence = shape_of(of(report)).sentence
    assert (
        "Its slope is 0, as is claimed, its trend 0.3: right if the steps are meant, as those of round are" in sentence
    )
    assert "claim 0" not in sentence


# ---- Claims that say something only together -------------------------------------------------------------------------


def second_largest(x):
    return float(np.sort(x)[-2])


def test_equal_values():
    report = gradproof.check(second_largest, np.array([0.0, 1.0, 0.0]), np.full(3, 2.0))
    assert report.verdict == "inconclusive"
    [finding] = report.findings
    assert (finding.index, finding.cause, shape_of(finding).kind) == (1, Cause.STEP_LIMITED, "equal")
    explained = " ".join(report.explain(1).split())
    assert "together the claims agree with f" in explained
    assert "x[1] and x[2] have the same value" in explained
    assert "contradict" not in explained
    assert "bug" not in explained


def test_claims_that_are_wrong_only_together():
    report = gradproof.check(second_largest, np.zeros(3), np.full(3, 2.0))
    assert report.wrong.tolist() == [0, 1, 2]
    assert {one.cause for one in report.findings} == {Cause.WRONG}
    text = " ".join(str(report).split())
    assert TOGETHER in text
    for shown in (text, " ".join(report.explain(0).split())):
        assert "look for the bug" not in shown
        assert "mark of a bug" not in shown
        assert "share a kink" in shown


def largest(x):
    return max(x[0], x[1]) + x[2] ** 2


@pytest.mark.parametrize("last", [4.0, 5.0])
def test_beside_a_bug_both_are_told(last):
    report = gradproof.check(largest, np.array([1.0, 1.0, last]), np.array([1.0, 1.0, 2.0]))
    assert report.wrong.tolist() == ([0, 1] if last == 4.0 else [0, 1, 2])
    text = " ".join(str(report).split())
    assert f"wrong: x[0], x[1]: {TOGETHER}." in text
    assert ("look for the bug" in text) == (last == 5.0)
    assert "look for the bug" not in report.explain(0)


def test_a_plain_bug_is_not_called_wrong_together():
    report = gradproof.check(largest, np.array([0.5, 0.5, 5.0]), np.array([1.0, 1.0, 2.0]))
    assert report.wrong.tolist() == [2]
    assert TOGETHER not in " ".join(str(report).split())


def test_more_than_are_shown():
    """Only those in the table are looked at; of the others nothing is said that was not seen."""
    x = np.zeros(30)
    report = gradproof.check(lambda x: float(np.count_nonzero(x) + x @ x), x, x)
    open_ones = [one for one in report.findings if not one.cause.is_acceptable]
    assert len(open_ones) == 30
    text = " ".join(str(report).split())
    assert "and 7 more: f has a value of its own at x" in text
    assert "report.explain(index) says it of the other 20" in text
    assert "noise of f hides" not in text


# ---- The rules, on functions that are known --------------------------------------------------------------------------

STEPS = tuple(4.0**k for k in range(-20, 2))


def side(f, steps=STEPS):
    return Side(1, tuple(steps), tuple(map(f, steps)))


def dead_zone(width):
    return side(lambda h: max(0.0, h - width))


def staircase(width, phase):
    return side(lambda h: width * math.floor(h / width + phase))


def is_told(rule, given):
    assert rule(given)


@pytest.mark.parametrize("width", [1e-7, 2e-5, 3e-4, 1e-3, 0.9e-2])
def test_stairs_are_told_from_a_kink_behind_a_flat_piece(width):
    def rule(given):
        return _is_stair(given, 0.0)

    for phase in (0.1, 0.5, 0.9):
        is_told(rule, staircase(width, phase))
    refuted(is_told, rule, dead_zone(width))
    refuted(is_told, rule, side(lambda h: h**6 if h > width else 0.0))


def test_jumps_are_told_from_what_grows():
    is_told(lambda given: _jumps(given, 0.1), side(lambda h: 0.4 + h))
    refuted(is_told, lambda given: _jumps(given, 0.1), side(lambda h: h))
    refuted(is_told, lambda given: _jumps(given, 0.1), side(math.sqrt))
    refuted(is_told, lambda given: _jumps(given, 1.0), side(lambda h: 0.4 + h))


@pytest.mark.parametrize("power", [0.25, 0.5, 2 / 3])
def test_powers_of_roots(power):
    assert _power(side(lambda h: h ** (1 - power)), 0.0) == pytest.approx(power)


@pytest.mark.parametrize("f", [lambda h: h, lambda h: 0.4 + h, lambda h: h * h, lambda h: h * math.sin(9 * h)])
def test_no_power_of_anything_else(f):
    assert _power(side(f), 0.0) == 0


def test_trends():
    assert _trend([staircase(1e-4, 0.5)]) == pytest.approx(1, rel=1e-2)
    assert _trend([side(lambda h: 0.3 if h > 1e-3 else 0.0)]) == 0
    assert _trend([]) == 0


def wave(scale):
    return [side(lambda h, sign=sign: sign * math.sin(h / scale)) for sign in (-1, 1)]


def test_slopes_between_noise_and_curvature():
    def is_narrow(given, noise):
        assert _narrow(given, noise) is not None

    is_narrow(wave(1e-2), 1e-4)
    assert _narrow(wave(1e-2), 1e-4).sentence.startswith("f's noise (1.0e-4) hides the slope: steps below 6.1e-5 ")
    # Less noise leaves room; a straight line bends nowhere; of what drowns nothing is known.
    refuted(is_narrow, wave(1e-2), 1e-10)
    refuted(is_narrow, [side(lambda h: h)], 1e-4)
    refuted(is_narrow, wave(1e-2), 1.0)


def test_what_moves_as_much_at_every_step():
    def is_restless(given, noise):
        assert _restless(given, noise) is not None

    is_restless([side(lambda h: math.sin(1e16 * h + 1))], 0.5)
    refuted(is_restless, [side(lambda h: math.sin(1e16 * h + 1))], 1e-3)
    refuted(is_restless, wave(1e-2), 0.5)
