"""The bug by name: each kind of bug in a real network is explained, and errors of no kind are not."""

from __future__ import annotations

import numpy as np
import pytest

import gradproof
from gradproof import check

RNG = np.random.default_rng(0)
P = {
    "W1": RNG.normal(size=(4, 4)),
    "b1": RNG.normal(size=4),
    "W2": RNG.normal(size=(3, 4)),
    "b2": RNG.normal(size=3),
}
X, Y = RNG.normal(size=(20, 4)), RNG.normal(size=(20, 3))


def forward(p):
    hidden = np.tanh(X @ p["W1"].T + p["b1"])
    return hidden, hidden @ p["W2"].T + p["b2"]


def objective(p):
    return float(np.sum((forward(p)[1] - Y) ** 2) / 20)


def gradient(p):
    hidden, output = forward(p)
    d = 2 * (output - Y) / 20
    dh = (d @ p["W2"]) * (1 - hidden**2)
    return {"W1": dh.T @ X, "b1": dh.sum(0), "W2": d.T @ hidden, "b2": d.sum(0)}


def changed(**changes):
    """The gradient with some of its arrays changed by functions of the array and of the parameters."""

    def claimed(p):
        right = gradient(p)
        return {name: changes[name](value, p) if name in changes else value for name, value in right.items()}

    return claimed


def everywhere(change):
    return changed(**dict.fromkeys(P, change))


def set_to(index, factor):
    def change(value, _):
        other = value.copy()
        other[index] *= factor
        return other

    return change


def swapped(value, _):
    other = value.copy()
    other[[0, 1]] = other[[1, 0]]
    return other


def clipped(p):
    """The gradient clipped to the norm 1.5."""
    right = gradient(p)
    norm = np.sqrt(sum(np.sum(value**2) for value in right.values()))
    return {name: 1.5 / norm * value for name, value in right.items()}


BUGS = [
    (changed(W2=lambda w, _: 0.5 * w), "factor", "all of W2: claimed = 0.5 × slope: is a factor 2 missing"),
    (changed(W2=lambda w, _: 2 * w), "factor", "all of W2: claimed = 2 × slope"),
    (everywhere(lambda w, _: -w), "factor", "everything: claimed = -1 × slope, the sign is wrong"),
    (everywhere(lambda w, _: 4.184 * w), "factor", "everything: claimed = 4.184 × slope, kcal in kJ"),
    (
        everywhere(lambda w, _: w / 27.211386246),
        "factor",
        "everything: claimed = 0.03674932 × slope, 1/(Hartree",
    ),
    (everywhere(lambda w, _: w * np.pi / 180), "factor", "everything: claimed = 0.01745329 × slope, π/180: are"),
    (everywhere(lambda w, _: 1024 * w), "factor", "everything: claimed = 1024 × slope: a loss scale of 2^10?"),
    (everywhere(lambda w, _: 1.2345678 * w), "factor", "everything: claimed = 1.234568 × slope (explains"),
    (clipped, "factor", "everything: claimed = "),
    (changed(W1=set_to((2,), 3.5)), "factor", "all of W1[2, :]: claimed = 3.5 × slope"),
    (changed(W1=set_to((slice(None), 1), -1.0)), "factor", "all of W1[:, 1]: claimed = -1 × slope"),
    (changed(W1=set_to((1, 2), 2.0)), "factor", "W1[1, 2]: claimed = 2 × slope"),
    (changed(W1=lambda w, _: w.T), "rearranged", "W1: claimed = slope, transposed"),
    (changed(b1=lambda b, _: b[::-1]), "rearranged", "b1: claimed = slope, reversed"),
    (changed(W2=lambda w, _: w.ravel(order="F").reshape(3, 4)), "rearranged", "W2: claimed = slope, in Fortran order"),
    (changed(b1=lambda b, _: np.roll(b, 1)), "rearranged", "b1: claimed = slope, shifted by 1"),
    (changed(W1=swapped), "rearranged", "W1: claimed = slope, with entries 0 and 1 swapped along axis 0"),
    (changed(W1=lambda w, p: w + 0.01 * p["W1"]), "addition", "all of W1: claimed = slope + 0.01 × x"),
    (changed(W1=lambda w, p: w - 0.1 * p["W1"]), "addition", "all of W1: claimed = slope - 0.1 × x: is the part"),
    (changed(W2=lambda w, p: w + 0.1 * np.sign(p["W2"])), "addition", "all of W2: claimed = slope + 0.1 × sign(x)"),
    (changed(b2=lambda b, _: b + 1), "addition", "all of b2: claimed = slope + 1, the same everywhere"),
    (changed(b1=lambda b, _: 0 * b), "zero", "all of b1: claimed = 0, but f depends on it: is a path detached"),
    (changed(b1=set_to((2,), np.nan)), "not finite", "b1[2]: claimed is NaN"),
    (changed(W1=lambda w, _: w * np.array([[2.0], [3.0], [4.0], [5.0]])), "rows", "W1: claimed = slope × a factor for"),
    (
        changed(W2=lambda w, p: w + gradient(p)["b2"][:, None]),
        "rows",
        "W2: claimed - slope is the same all along axis 1",
    ),
    (changed(W1=lambda w, p: w * p["W1"]), "scaled by x", "all of W1: claimed = slope × x: is x a factor too often?"),
    (changed(W1=lambda w, p: w * np.exp(p["W1"])), "scaled by x", "all of W1: claimed = slope × exp(x)"),
]


@pytest.mark.parametrize(("bug", "kind", "words"), BUGS, ids=lambda one: one if isinstance(one, str) else "")
def test_bugs_are_named(bug, kind, words):
    report = check(objective, bug, P)
    assert report.verdict == "wrong"
    assert [one.kind for one in report.explanations] == [kind]
    first = report.explanations[0]
    assert str(first).startswith(words), str(first)
    assert first.share > 0.999
    assert "100.0 % of the error" in str(first)
    # Among the first lines of what is printed, and with each finding.
    assert " ".join(words.split()) in " ".join(" ".join(str(report).splitlines()[:5]).split())
    assert {one.explanation for one in report.findings} == {first.text}
    assert report.to_dict()["explanations"][0]["kind"] == kind


def test_a_gradient_that_was_clipped():
    assert check(objective, clipped, P).explanations[0].text.endswith("its norm is 1.5: is it clipped to that?")
    halved = check(objective, everywhere(lambda w, _: 0.5 * w), P).explanations[0]
    assert "clipped" not in halved.text


@pytest.mark.parametrize(("weight", "words"), [(0.0, "missing"), (2.0, "counted too often")])
def test_a_row_that_explains_all_errors(weight, words):
    def f(w, rows):
        return float(np.mean((X[rows] @ w - Y[rows, 0]) ** 2))

    def g(w, rows):
        weights = np.ones(len(rows))
        if len(rows) == 20:
            weights[rows == 7] = weight
        return 2 * X[rows].T @ (weights * (X[rows] @ w - Y[rows, 0])) / len(rows)

    report = check(f, g, np.array([0.5, -1.0, 0.25, 2.0]), rows=20)
    assert report.verdict == "wrong"
    assert report.warnings[0].startswith("All 4 errors that were compared are ")
    assert f"the gradient of row 7 alone: is this row {words} in the gradient on all rows?" in report.warnings[0]
    half = check(f, lambda w, rows: g(w, rows) * [1, 1, 1, 0.5], np.array([0.5, -1.0, 0.25, 2.0]), rows=20)
    assert not any("row 7" in note for note in half.warnings)


def test_right_gradients_have_no_explanations():
    assert check(objective, gradient, P).explanations == ()


def test_two_bugs_are_two_explanations():
    report = check(objective, changed(W1=lambda w, _: w.T, b2=lambda b, _: 0 * b), P)
    assert [one.kind for one in report.explanations] == ["rearranged", "zero"]
    assert sum(one.share for one in report.explanations) == pytest.approx(1.0)
    assert all(0 < one.share < 1 for one in report.explanations)


def test_what_is_zero_beside_other_errors():
    def bug(b, _):
        other = 2.0 * b
        other[:2] = 0.0
        return other

    report = check(objective, changed(b1=bug), P)
    assert [(one.kind, one.where) for one in report.explanations] == [
        ("factor", "b1[2] and b1[3]"),
        ("zero", "b1[0] and b1[1]"),
    ]


def test_what_f_does_not_depend_on():
    x = {"used": np.array([1.0, 2.0]), "unused": np.array([0.5, 3.0, 1.0])}
    claims = {"used": np.array([2.0, 4.0]), "unused": np.array([1.0, 6.0, 2.0])}
    report = check(lambda p: float(np.sum(p["used"] ** 2)), claims, x)
    assert str(report.explanations[0]).startswith("all of unused: the slope is 0, the claim is not: f does not depend")


def test_where_x_is_zero():
    x = np.array([0.0, 1.0, 0.0, 2.0])
    report = check(lambda x: float(np.sum(np.sin(x))), lambda x: np.where(x == 0, 0.0, np.cos(x)), x)
    assert str(report.explanations[0]).startswith(
        "x where x = 0: claimed = 0, but f depends on it: is x = 0 taken for inactive, or a path detached?"
    )
    with np.errstate(all="ignore"):
        report = check(lambda x: float(np.sum(np.sin(x))), lambda x: np.cos(x) * x / x, x)
    assert str(report.explanations[0]).startswith("x where x = 0: claimed is NaN: a division by x = 0, or log(0)?")


def test_rounded_claims():
    x = np.linspace(0.5, 2.0, 40)
    report = check(lambda x: float(np.sum(x**3)), lambda x: (3 * x**2).astype(np.float16).astype(np.float64), x)
    assert report.explanations[0].kind == "rounded"
    assert "float16" in report.explanations[0].text
    # Errors of that size in other claims are none of its roundings.
    noise = 1 + 1e-3 * np.random.default_rng(3).normal(size=40)
    assert not check(lambda x: float(np.sum(x**3)), lambda x: 3 * x**2 * noise, x).explanations


def test_forces_between_pairs():
    x = np.random.default_rng(1).normal(size=(5, 3))

    def energy(x):
        return sum(1 / np.sum((x[i] - x[j]) ** 2) for i in range(5) for j in range(i))

    def claimed(x, without=(3, 1)):
        out = np.zeros((5, 3))
        for i in range(5):
            for j in range(i):
                if (i, j) != without:
                    d = x[i] - x[j]
                    force = -2 * d / np.sum(d**2) ** 2
                    out[i] += force
                    out[j] -= force
        return out

    assert check(energy, lambda x: claimed(x, None), x)
    report = check(energy, claimed, x)
    assert str(report.explanations[0]).startswith(
        "x: the errors add up to 0 over axis 0, as those of a term between 1 and 3 do"
    )


def test_along_lines():
    n = 20_000
    x = RNG.normal(size=n)
    claims = 4 * x**3
    few = np.argsort(np.abs(x))[-12:]
    claims[few] *= -1
    report = check(lambda x: float(np.sum(x**4)), claims, x)
    assert report.mode == "lines"
    assert set(few.tolist()) == set(report.wrong.tolist())
    assert report.explanations[0].text.startswith("claimed = -1 × slope")


def test_no_simple_explanation_of_errors_that_have_none():
    """None in a thousand gradients with random errors, of all sizes and in any number of coordinates."""
    random, false = np.random.default_rng(17), []
    for _ in range(1000):
        shape = [(6,), (3, 4), (8, 2), (2, 3, 2)][random.integers(4)]
        x = random.normal(size=shape)
        claims = np.cos(x)
        mask = random.random(shape) < random.choice([0.1, 0.5, 1.0])
        kind = random.integers(3)
        if kind == 0:
            claims = np.where(mask, claims * (1 + random.normal(size=shape) * 10.0 ** random.integers(-3, 1)), claims)
        elif kind == 1:
            claims = np.where(mask, claims + random.normal(size=shape) * 10.0 ** random.integers(-3, 1), claims)
        else:
            claims = np.where(mask, random.normal(size=shape), claims)
        report = check(lambda x: float(np.sum(np.sin(x))), claims, x)
        false += [(shape, str(one)) for one in report.explanations]
    assert not false


def test_explained_once_also_on_fewer_outputs_of_a_check():
    report = gradproof.check(objective, changed(W2=lambda w, _: 0.5 * w), P, only="W2")
    assert str(report.explanations[0]).startswith("all of W2: claimed = 0.5 × slope")


@pytest.mark.parametrize(
    ("transposed", "kinds"), [((), ["factor", "zero"]), ((0, 11), ["rearranged", "factor", "zero"])]
)
def test_what_is_told_of_many_arrays_with_errors_of_all_kinds(transposed, kinds):
    """Where some arrays from all over have no explanation, the others are compared with their slopes alone."""
    random = np.random.default_rng(21)
    x = {f"a{number}": random.normal(size=(4, 4)) for number in range(40)}
    claims = {name: np.cos(values) + random.normal(size=(4, 4)) for name, values in x.items()}
    claims |= {f"a{number}": np.cos(x[f"a{number}"]).T for number in transposed}
    claims |= {"a1": 3 * np.cos(x["a1"]), "a38": np.zeros((4, 4))}
    report = check(lambda p: float(sum(np.sum(np.sin(each)) for each in p.values())), claims, x)
    assert [one.kind for one in report.explanations] == kinds
    assert [one.names for one in report.explanations][-2:] == [("a1",), ("a38",)]
    assert len(report.unexplained) == 38 - len(transposed)


@pytest.mark.parametrize(("claim", "words"), [(0.0, "is a path detached"), (np.nan, "claimed is NaN (explains")])
def test_zeros_of_all_of_an_array_as_biases_are_when_they_begin_say_nothing(claim, words):
    p = {"W": np.linspace(0.5, 1.5, 6).reshape(2, 3), "b": np.zeros(3)}
    report = check(
        lambda p: float(np.sum(np.sin(p["W"] + p["b"]))),
        lambda p: {"W": np.cos(p["W"] + p["b"]), "b": np.full(3, claim)},
        p,
    )
    (told,) = report.explanations
    assert str(told).startswith("all of b: claimed")
    assert words in str(told)


def test_a_piece_that_is_linear_tells_no_function_of_its_slopes():
    x = np.array([-2.3, -0.4, 0.7, -1.6, 1.9, 0.2, -3.1, 1.2, -0.8])
    report = check(
        lambda x: float(np.sum(np.where(np.abs(x) < 1, x**2 / 2, np.abs(x) - 0.5))),
        lambda x: np.where(x < 1, x, 1.0),
        x,
    )
    assert report.wrong.tolist() == [0, 3, 6]
    assert report.explanations == ()


def test_the_mean_of_round_slopes_says_nothing_of_claims_that_are_one_number():
    x = np.array([3.1, 0.2, 1.1, 2.0, 4.4, 0.5, 6.2, 1.0])
    report = check(lambda x: float(np.sum(np.maximum.accumulate(x))), np.ones(8), x)
    (told,) = report.explanations
    assert told.text == "every wrong claim is 1"


def test_claims_of_an_arithmetic_are_taken_for_no_tolerance():
    x = np.linspace(0.3, 1.7, 30)
    report = check(
        lambda x: float(np.sum(np.sin(1.3 * x))), lambda x: np.float16(1.3 * np.cos(1.3 * x)).astype(float), x
    )
    assert [one.kind for one in report.explanations] == ["rounded"]
    assert not any("typical of the tolerance" in one for one in report.warnings)


def test_a_power_of_an_exponential():
    x = np.linspace(-0.7, 0.9, 5)
    report = check(lambda x: float(np.sum(np.sin(x))), lambda x: np.cos(x) * np.exp(-4 * x), x)
    (told,) = report.explanations
    assert told.text == "claimed = slope × exp(-4x): is a power of exp(x) missing, or a factor too often?"
    assert check(lambda x: float(np.sum(np.sin(x))), lambda x: np.cos(x) * np.exp(-3.7 * x), x).explanations == ()
