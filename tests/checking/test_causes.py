"""Each cause by a check of a real objective, with the coordinate that has it, and its twin, which has another."""

import math

import numpy as np
import pytest
from properties import refuted

import gradproof
from gradproof import Cause


def causes_of(report):
    """The cause of every coordinate: of what agrees, and has no kink, there is no finding, nor of what is untested."""
    found = {one.index: str(one.cause) for one in report.findings}
    undecided = np.isnan(report.resolutions)
    return [found.get(index, "untested" if undecided[index] else "agrees") for index in range(report.n)]


def gives(causes, objective, claimed, x, **options):
    report = gradproof.check(objective, np.array(claimed, dtype=float), np.array(x, dtype=float), **options)
    assert causes_of(report) == causes
    wrong, acceptable = "wrong" in causes, {"agrees", "kink_at_point", "kink_crossed"}
    assert report.verdict == ("wrong" if wrong else "right" if set(causes) <= acceptable else "inconclusive")
    assert report.wrong.tolist() == [index for index, cause in enumerate(causes) if cause == "wrong"]


def smooth(x):
    return math.exp(x[0]) + x[0] * x[1] ** 2


def hinge(x):
    return 3 * x[0] + max(x[1] - 0.25, 0.0)


def root(x):
    return x[0] ** 2 + float(np.cbrt(x[1] - 0.75))


def rough(x):
    """Weierstrass's function of the second coordinate: continuous, with a slope nowhere."""
    return x[0] ** 2 + sum(0.5**k * math.cos(7**k * x[1]) for k in range(20))


def beside(x):
    """The same with so few terms that it is smooth."""
    return x[0] ** 2 + sum(0.5**k * math.cos(7**k * x[1]) for k in range(3))


def jumping(x):
    return 2 * x[0] + math.copysign(x[0] != 0.5, x[0] - 0.5)


def on_stairs(steps):
    return lambda x: round((4 * x[0] + 3 * x[1]) * steps) / steps


def edged(x):
    if x[1] != 0.5:
        raise ValueError("outside of the domain")
    return x[0] ** 2


def half_edged(x):
    return edged(x) if x[1] < 0.5 else x[0] ** 2 + x[1] - 0.5


def random(size):
    values = np.random.default_rng(3)
    return lambda x: 1e6 * x[0] + x[1] + size * values.normal()


X = [0.5, 0.75]
SLOPES = [math.exp(0.5) + 0.75**2, 0.75]
BESIDE = [1.0, -sum(3.5**k * math.sin(7**k * 0.75) for k in range(3))]
CASES = {
    "agrees": (["agrees", "agrees"], smooth, SLOPES, X, {}),
    "wrong": (["agrees", "wrong"], smooth, [SLOPES[0], 0.751], X, {}),
    "wrong, a NaN": (["wrong", "agrees"], smooth, [math.nan, SLOPES[1]], X, {}),
    "kink_at_point": (["agrees", "kink_at_point"], hinge, [3, 0.3], [0.5, 0.25], {}),
    "kink_at_point, its twin": (["agrees", "wrong"], hinge, [3, 1.3], [0.5, 0.25], {}),
    "kink_crossed": (["agrees", "kink_crossed"], hinge, [3, 1], [0.5, 0.25 + 1e-11], {}),
    "kink_crossed, the other side": (["agrees", "kink_crossed"], hinge, [3, 0], [0.5, 0.25 - 1e-11], {}),
    "kink_crossed, its twin": (["agrees", "wrong"], hinge, [3, 0], [0.5, 0.25 + 1e-11], {}),
    "noise_limited": (["noise_limited"] * 2, on_stairs(2), [4, 3], [0.53, 0.75], {}),
    "noise_limited, its twin": (["agrees"] * 2, on_stairs(512), [4, 3], [0.53, 0.75], {}),
    "noise_limited, its wrong twin": (["agrees", "wrong"], on_stairs(512), [4, 1], [0.53, 0.75], {}),
    "step_limited, infinite slope": (["agrees", "step_limited"], root, [1, 0], X, {}),
    "step_limited, any claim": (["agrees", "step_limited"], root, [1, 3], X, {}),
    "step_limited, its twin": (["agrees", "agrees"], root, [1, 0.05 ** (-2 / 3) / 3], [0.5, 0.8], {}),
    "step_limited, its wrong twin": (["agrees", "wrong"], root, [1, 0], [0.5, 0.8], {}),
    "step_limited, rough": (["agrees", "step_limited"], rough, [1, 0], X, {}),
    "step_limited, smooth": (["agrees", "agrees"], beside, BESIDE, X, {}),
    "step_limited, smooth and wrong": (["agrees", "wrong"], beside, [1, 0], X, {}),
    "step_limited, a jump": (["step_limited"], jumping, [2], [0.5], {}),
    "step_limited, beside the jump": (["agrees"], jumping, [2], [0.6], {}),
    "domain": (["agrees", "domain"], edged, [1, 3], [0.5, 0.5], {}),
    "domain, its twin": (["agrees", "agrees"], half_edged, [1, 1], [0.5, 0.5], {}),
    "domain, its wrong twin": (["agrees", "wrong"], half_edged, [1, 3], [0.5, 0.5], {}),
    "nondeterministic": (["agrees", "nondeterministic"], random(1.0), [1e6, 1], X, {}),
    "nondeterministic, its twin": (["wrong", "nondeterministic"], random(1.0), [-1e6, 1], X, {}),
    "untested": (["agrees", "untested"], smooth, SLOPES, X, {"budget": 4}),
    "untested, its twin": (["agrees", "agrees"], smooth, SLOPES, X, {"budget": 5}),
}


@pytest.mark.parametrize("name", CASES)
def test_causes(name):
    causes, objective, claimed, x, options = CASES[name]
    gives(causes, objective, claimed, x, **options)


def test_every_cause_is_met():
    assert {cause for causes, *_ in CASES.values() for cause in causes} == {str(cause) for cause in Cause}


def test_causes_twin():
    """Another order of the causes, or another cause, is refuted."""
    causes, objective, claimed, x, _ = CASES["wrong"]
    refuted(gives, causes[::-1], objective, claimed, x)
    refuted(gives, ["agrees", "noise_limited"], objective, claimed, x)
