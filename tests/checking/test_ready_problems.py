"""Problems that are ready to be minimised: objects and dicts that hold objective, gradient, start and bounds."""

import numpy as np
import pytest
from scipy.optimize import Bounds, rosen, rosen_der

import gradproof

X = np.array([0.5, 1.0, 2.0])


def faulty(x):
    return rosen_der(x) * [1, 1, 1.01]


class Methods:
    """Objective and gradient as methods, as in CUTEst."""

    x0 = X
    bl, bu = np.zeros(3), np.full(3, 1e20)

    def __init__(self, gradient=rosen_der):
        self._gradient = gradient
        self.points = []

    def obj(self, x):
        self.points.append(x.copy())
        return rosen(x)

    def grad(self, x):
        return self._gradient(x)


class TogetherOnDemand:
    """The objective returns the gradient, too, if it is asked to, and there is no other gradient."""

    x0 = X

    def __init__(self, gradient=rosen_der):
        self._gradient = gradient

    def obj(self, x, gradient=False):
        return (rosen(x), self._gradient(x)) if gradient else rosen(x)


class Words:
    """Words as names, and the gradient as an attribute, computed beforehand."""

    x0 = X
    lb, ub = 0.0, None

    def __init__(self, gradient=rosen_der):
        self.objective = rosen
        self.gradient = gradient(X)


def keywords(gradient=rosen_der):
    return {"fun": rosen, "jac": gradient, "x0": X, "method": "BFGS", "options": {}}


def keywords_of_a_pair(gradient=rosen_der):
    return {"fun": lambda x, a: (a * rosen(x), a * gradient(x)), "jac": True, "x0": X.tolist(), "args": (2.0,)}


@pytest.mark.parametrize("make", [Methods, TogetherOnDemand, Words, keywords, keywords_of_a_pair])
def test_right_passes_and_wrong_fails(make):
    assert gradproof.check(make()).verdict == "right"
    assert gradproof.assert_gradient(make())
    report = gradproof.check(make(faulty))
    assert report.wrong.tolist() == [2]
    assert report.findings[0].cause is gradproof.Cause.WRONG


@pytest.mark.parametrize("make", [Methods, TogetherOnDemand, keywords, keywords_of_a_pair])
def test_elsewhere(make):
    x = 2 * X + 1
    report = gradproof.check(make(), x=x)
    assert report.verdict == "right"
    assert report.value in (rosen(x), 2 * rosen(x))
    assert gradproof.check(make(faulty), x=x).wrong.tolist() == [2]


def test_settings_as_in_any_check():
    assert gradproof.check(Methods(faulty), mode="lines", seed=3).wrong.tolist() == [2]
    assert gradproof.check_along(keywords(faulty), None, None, steps=0).first_wrong == 0


@pytest.mark.parametrize(
    "bounds",
    [{"bounds": Bounds(X, np.inf)}, {"bounds": [(low, None) for low in X]}, {"lb": X, "ub": None}, {"bl": X}],
)
def test_their_bounds_are_kept(bounds):
    below = []

    def objective(x):
        below.extend(np.flatnonzero(x < X))
        return rosen(x)

    report = gradproof.check(keywords() | {"fun": objective} | bounds)
    assert report.outside > 0
    assert not below
    assert gradproof.check(keywords() | {"fun": objective} | bounds, bounds=(None, None)).outside == 0


def test_what_the_call_says_goes_first():
    pair = keywords_of_a_pair()
    assert gradproof.check(pair, args=(3.0,)).value == 3 * rosen(X)
    inside = Methods()
    gradproof.check(inside, bounds=(X - 1e-6, X + 1e-6))
    assert np.max(np.abs(np.array(inside.points) - X)) <= 1e-6


@pytest.mark.parametrize(
    ("problem", "settings", "sentence"),
    [
        ({}, {}, "the problem (an empty dict) has no objective: it was looked for as fun, obj or objective"),
        ({"f": rosen}, {}, "the problem (a dict with the keys 'f') has no objective"),
        (keywords() | {"jac": None}, {}, "has no gradient: it was looked for as jac, grad or gradient"),
        (keywords() | {"jac": False}, {}, "has no gradient: it was looked for as jac, grad or gradient"),
        (keywords() | {"jac": "3-point"}, {}, "jac='3-point' asks for finite differences: the problem has no gradient"),
        (keywords() | {"x0": None}, {}, "has no point: it was looked for as x0; or pass x="),
        (keywords() | {"fun": 1.5}, {}, "fun of the problem must be a function, not an object of type float"),
        (Words(), {"x": X}, "the problem's gradient was computed at its own x0: to check elsewhere, it must be a func"),
        (rosen, {}, "gradient is missing: call check(objective, gradient, x), or check(f, True, x)"),
        (rosen, {"x": X}, "gradient is missing: call check(objective, gradient, x), or check(f, True, x)"),
        (gradproof.in_place(X, rosen), {}, "gradient is missing: call check(objective, gradient, x)"),
        (X, {}, "or check(problem), of an object or a dict with an objective (fun, obj, objective), a gradient"),
    ],
)
def test_what_is_missing_is_named(problem, settings, sentence):
    with pytest.raises(TypeError) as caught:
        gradproof.check(problem, **settings)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_object_without_gradient_or_start():
    class Bare:
        fun = staticmethod(rosen)

    with pytest.raises(
        TypeError, match=r"the problem \(of type Bare\) has no gradient: it was looked for as jac, grad"
    ):
        gradproof.check(Bare())
    Bare.jac = staticmethod(rosen_der)
    with pytest.raises(TypeError, match=r"the problem \(of type Bare\) has no point: it was looked for as x0; or pass"):
        gradproof.check(Bare())
    assert gradproof.check(Bare(), x=X).verdict == "right"
    Bare.jac = staticmethod(faulty)
    assert gradproof.check(Bare(), x=X).wrong.tolist() == [2]
