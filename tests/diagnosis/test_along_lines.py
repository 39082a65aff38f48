"""Bugs by name along lines, where only a few coordinates are looked at: in the first lines of what is printed."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check
from gradproof.problem.structure import Layout

RNG = np.random.default_rng(3)
ROWS, PENALTY = 32, 0.05
INPUTS, LABELS = RNG.normal(size=(ROWS, 40)), np.eye(10)[RNG.integers(0, 10, ROWS)]
P = {
    "W1": RNG.normal(size=(40, 60)) / np.sqrt(40),
    "b1": RNG.normal(size=60) * 0.1,
    "W2": RNG.normal(size=(60, 60)) / np.sqrt(60),
    "b2": RNG.normal(size=60) * 0.1,
    "W3": RNG.normal(size=(60, 10)) / np.sqrt(60),
    "b3": RNG.normal(size=10) * 0.1,
}


def forward(p):
    first = np.tanh(INPUTS @ p["W1"] + p["b1"])
    second = np.tanh(first @ p["W2"] + p["b2"])
    return first, second, second @ p["W3"] + p["b3"]


def objective(p):
    scores = forward(p)[2]
    penalty = PENALTY / 2 * sum(np.sum(p[name] ** 2) for name in ("W1", "W2", "W3"))
    return float(np.mean(np.log(np.sum(np.exp(scores), axis=1)) - np.sum(scores * LABELS, axis=1)) + penalty)


def gradient(p, scale=1 / ROWS, penalty=PENALTY):
    first, second, scores = forward(p)
    powers = np.exp(scores)
    third = (powers / powers.sum(axis=1, keepdims=True) - LABELS) * scale
    behind = third @ p["W3"].T * (1 - second**2)
    before = behind @ p["W2"].T * (1 - first**2)
    return {
        "W1": INPUTS.T @ before + penalty * p["W1"],
        "b1": before.sum(axis=0),
        "W2": first.T @ behind + penalty * p["W2"],
        "b2": behind.sum(axis=0),
        "W3": second.T @ third + penalty * p["W3"],
        "b3": third.sum(axis=0),
    }


def changed(**changes):
    return lambda p: {name: changes.get(name, lambda value: value)(value) for name, value in gradient(p).items()}


def everywhere(factor):
    return lambda p: {name: factor * value for name, value in gradient(p).items()}


BUGS = {
    "factor": (changed(W2=lambda w: 0.5 * w), "all of W2: claimed = 0.5 × slope: is a factor 2 missing"),
    "sign": (everywhere(-1), "everything: claimed = -1 × slope, the sign is wrong"),
    "transposition": (changed(W2=lambda w: w.T), "W2: claimed = slope, transposed"),
    "flipped": (changed(W2=lambda w: w[::-1]), "W2: claimed = slope, reversed along axis 0"),
    "order": (
        changed(W1=lambda w: w.ravel(order="F").reshape(w.shape)),
        "W1: claimed = slope, in Fortran order instead",
    ),
    "penalty": (
        lambda p: gradient(p) | {"W2": gradient(p)["W2"] - PENALTY * p["W2"]},
        "tested): claimed = slope - 0.05 × x: is the part of an L2 penalty missing?",
    ),
    "sum for a mean": (
        everywhere(ROWS),
        "everything: claimed = 32 × slope: a sum over 32 for a mean, a factor 1/32 missing, or a loss",
    ),
    "sum for a mean, but for the penalty": (
        lambda p: gradient(p, scale=1),
        "W3 (6 of 6 tested): claimed = 32 × slope - 1.55 × x, as if all had that factor but a part 0.05 × x, as of",
    ),
    "arrays swapped": (
        lambda p: gradient(p) | {"b1": gradient(p)["b2"], "b2": gradient(p)["b1"]},
        "claimed = the slope of another array, while its own stands in b2: are the two swapped?",
    ),
    "columns permuted": (
        changed(W2=lambda w: w[:, (np.arange(60) * 7 + 5) % 60]),
        "tested): each claim is the slope of another coordinate: that of [",
    ),
    "detached": (
        changed(W1=lambda w: 0 * w, b1=lambda b: 0 * b),
        "all of W1; all of b1: claimed = 0, but f depends on",
    ),
}


def test_the_right_twin_is_right():
    report = check(objective, gradient, P)
    assert report
    assert report.mode == "lines"


@pytest.mark.parametrize("name", BUGS)
def test_bugs_are_named_in_the_first_lines(name):
    bug, words = BUGS[name]
    report = check(objective, bug, P)
    assert report.verdict == "wrong"
    assert words in str(report.explanations[0])
    assert words in " ".join(" ".join(str(report).splitlines()[:5]).split())


def with_row(index, change):
    """Claims for a table of 400 rows, in one of which they are changed."""

    def claimed(p):
        out = {name: np.cos(value) for name, value in p.items()}
        out["table"][index] = change(out["table"][index])
        return out

    x = {"table": RNG.normal(size=(400, 100)), "W": RNG.normal(size=(100, 30))}
    return check(lambda p: float(sum(np.sum(np.sin(value)) for value in p.values())), claimed, x)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stride", [3, 0])
def test_rows_of_claims_that_are_0_are_named_where_one_of_them_is_wrong(stride, seed):
    def lost(w):
        rows = np.arange(60) % 3 == 0 if stride else np.zeros(60, bool)
        return np.where(rows[:, None] | (w == w[21, 17]), 0.0, w)

    report = check(objective, changed(W2=lost), P, mode="lines", seed=seed)
    text = str(report.explanations[0])
    assert "claimed = 0, but f depends on it" in text
    assert ("W2[i, :] for 20 of 60 i: 0, 3, 6, 9, …" in text) == bool(stride)
    assert ("All claims of" in text) == bool(stride and len(report.wrong) == 1)


def test_a_row_of_a_large_array_is_named():
    assert with_row(113, lambda row: row)
    report = with_row(113, lambda row: 2 * row)
    assert str(report.explanations[0]).startswith("table[113, :] (")
    assert "claimed = 2 × slope" in report.explanations[0].text
    (line,) = [one for one in report.findings if one.stop > one.start + 1]
    assert 11_000 <= line.start < line.stop <= 11_700
    assert {index // 100 for index in report.wrong.tolist()} == {113}
    report = with_row(7, lambda row: np.random.default_rng(2).normal(size=100))
    assert report.explanations == ()
    assert report.unexplained[0].startswith("table[7, :] (")


SINGLE = {
    "a": (0.6 * RNG.normal(size=2600)).astype(np.float32),
    "b": (0.6 * RNG.normal(size=30)).astype(np.float32),
    "c": (0.6 * RNG.normal(size=1200)).astype(np.float32),
}


def in_single(p):
    return float(sum(np.sum(np.log(np.cosh(one))) for one in p.values()) / np.float32(60.0))


def wrong_in_single(**wrong):
    """Check claims that are wrong in some arrays; single coordinates cannot be seen in float32."""
    slopes = {name: np.tanh(one.astype(np.float64)) / 60.0 for name, one in SINGLE.items()}
    claims = {name: wrong.get(name, lambda g, _: g)(g, SINGLE[name]) for name, g in slopes.items()}
    return check(in_single, claims, SINGLE, mode="lines")


@pytest.mark.parametrize("missing", [0.0005, 0.002, 0.03])
def test_a_factor_that_claims_have_whatever_the_errors_are_explains_nothing(missing):
    """Arrays that are alike have about the same factor along their claims, as here with an L2 penalty too much."""
    report = wrong_in_single(**dict.fromkeys("abc", lambda g, x: g + missing * x.astype(np.float64)))
    assert report.verdict == "wrong"
    assert report.explanations == ()


@pytest.mark.parametrize("factor", [1.1, 1.3, 2.0, 0.125, 30.0])
def test_a_factor_that_all_arrays_have_is_named(factor):
    report = wrong_in_single(**dict.fromkeys("abc", lambda g, x: factor * g))
    shown = "1/8" if factor == 0.125 else f"{factor:g}"
    assert [str(one).partition(" × slope")[0] for one in report.explanations] == [f"everything: claimed = {shown}"]
    assert "share this factor" in " ".join(str(report).split())


@pytest.mark.parametrize(("seed", "factor", "simple"), [(3, 2.2, 2.0), (33, 1.9, 2.0), (9, -1.1, -1.0)])
def test_a_factor_of_coordinates_is_not_told_where_the_line_through_them_has_another(seed, factor, simple):
    """Bars of some coordinates are wide, and a simple factor fits within them."""
    rng = np.random.default_rng(seed)
    x, along = (rng.normal(size=1500).astype(np.float32) for _ in range(2))
    along = along / np.float32(1500**0.5)
    slopes = x.astype(np.float64) / 1500 + np.cos(along @ x) * along.astype(np.float64)

    def f(x):
        return float(np.sum(x * x) / np.float32(3000) + np.sin(along @ x))

    def told(factors):
        return [round(one.number, 3) for one in check(f, slopes * factors, x, mode="lines").explanations]

    assert told(factor + 0.08 * rng.normal(size=1500)) == []
    assert told(simple) == [simple]


@pytest.mark.parametrize(
    ("factor", "said"), [(-1.0, "b: claimed = -1 × slope along its own claim, the sign is wrong"), (-1.13, "")]
)
def test_a_simple_factor_of_an_array_is_named_although_it_is_known_badly(factor, said):
    report = wrong_in_single(b=lambda g, x: factor * g)
    assert [one.name for one in report.findings] == ["b"]
    assert report.findings[0].factor_bar > 1e-3
    assert [said in str(one) for one in report.explanations] == [True] * bool(said)


def test_errors_of_no_kind_are_not_explained():
    noise = np.random.default_rng(5).normal(size=P["W2"].shape)
    report = check(objective, changed(W2=lambda w: w + 0.01 * noise), P)
    assert report.verdict == "wrong"
    assert report.explanations == ()
    assert "no simple explanation fits the errors in W2 (" in " ".join(str(report).split())


def test_of_many_arrays_each_is_looked_at_without_all_the_others(monkeypatch):
    """Else ten thousand arrays, such as those of experts, take half a minute of explanations."""
    asked = []
    whole = Layout.whole
    monkeypatch.setattr(Layout, "whole", lambda layout: asked.append(1) or whole(layout))
    x = {f"w{number}": np.full(2, 1.0 + number % 7) for number in range(300)}
    cubes = {name: 3 * value**2 for name, value in x.items()}
    cubes["w77"][0] += 1.3
    report = check(lambda p: sum(float(np.sum(value**3)) for value in p.values()), cubes, x, mode="lines")
    assert [one.name for one in report.findings] == ["w77[0]"]
    assert len(asked) < 30


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda value: np.clip(value, -1e-3, 1e-3), "claimed = slope, cut off at ±0.001"),
        (lambda value: np.minimum(value, 1e-3), "claimed = slope, cut off above 0.001"),
        (lambda value: 1e-3 * np.sign(value), "claimed = 0.001 × sign(slope)"),
    ],
)
def test_all_claims_tell_a_limit_from_signs(wrong, said, seed):
    report = check(objective, changed(W1=wrong), P, mode="lines", seed=seed)
    told = [str(one) for one in report.explanations]
    assert [one.startswith(f"W1: {said}") for one in told] == [True]
    # Signs of a few coordinates may be those of x by chance.
    asked = (
        "",
        ": only its sign is left",
        ", which is that of x, too: is only its sign left, or the part of an L1 penalty?",
    )
    assert told[0].removeprefix(f"W1: {said}").removesuffix(" (explains 100.0 % of the error)") in asked


@pytest.mark.parametrize("factor", [3.0, 1e200, -1e300, 5e-324])
def test_a_huge_claim_beside_an_array_with_the_same_slopes(factor):
    """Its square has no value; and that array's claims are the slopes, but its own."""
    x = {"a": np.linspace(1, 2, 60), "b": np.linspace(1, 2, 60)}
    claimed = {"a": factor * 3 * x["a"] ** 2, "b": 3 * x["b"] ** 2}
    report = check(lambda p: float(np.sum(p["a"] ** 3) + np.sum(p["b"] ** 3)), claimed, x, mode="lines")
    assert {one.name.partition("[")[0] for one in report.findings} == {"a"}
    assert "swapped" not in str(report)
    if factor == 3.0:
        assert str(report.explanations[0]).startswith("all of a: claimed = 3 × slope")
