"""A report on one line, as its repr and as the first line of an error."""

import dataclasses
import sys
import types

import numpy as np
import pytest

import gradproof
from gradproof.report.explanation import without_guess
from gradproof.report.text.summary import MOST, failure

X = {"W": np.linspace(0.1, 1, 6).reshape(2, 3), "b": np.array([0.5, -1.0])}


def f(x):
    return float(np.sum(np.sin(x["W"])) + np.sum(x["b"] ** 3))


def g(x):
    return {"W": np.cos(x["W"]), "b": 3 * x["b"] ** 2}


def checked(factor, **settings):
    """Return the report of a gradient that is off by a factor in all of W."""
    return gradproof.check(f, lambda x: {**g(x), "W": factor * g(x)["W"]}, X, **settings)


def test_a_wrong_report_names_the_bug():
    report = checked(0.5)
    assert repr(report) == "<gradproof.Report wrong: W[0, 0] and 5 more of 8: all of W: claimed = 0.5 × slope>"
    assert failure(report).startswith(
        "W[0, 0] and 5 more wrong: all of W: claimed = 0.5 × slope: is a factor 2 missing"
    )


def test_a_right_report_names_none():
    report = checked(1.0)
    assert repr(report) == f"<gradproof.Report right: n=8, tested=8, kinks=0, evaluations={report.evaluations}>"


def test_a_single_coordinate_is_named_once():
    claimed = g(X)
    claimed["b"] = claimed["b"] * [1, -1]
    report = gradproof.check(f, claimed, X)
    assert repr(report).startswith("<gradproof.Report wrong: b[1] of 8: claimed = -1 × slope")
    assert failure(report).startswith("b[1] wrong: claimed = -1 × slope")


def test_without_an_explanation_the_values_are_shown():
    claimed = g(X)
    claimed["b"] = claimed["b"] + [0.0, 0.123]
    report = dataclasses.replace(gradproof.check(f, claimed, X), explanations=())
    assert failure(report) == "b[1] wrong: claimed 3.12300, slope 3.00000"


def test_two_explanations():
    claimed = g(X)
    report = gradproof.check(f, {"W": 0.5 * claimed["W"], "b": 3.14 * claimed["b"]}, X)
    assert len(report.explanations) == 2
    assert failure(report).endswith("all of b: claimed = 3.14 × slope (and 1 more)")


def test_an_objective_that_ignores_x():
    assert failure(gradproof.check(lambda x: 3.0, g, X)) == "b[1] and 7 more wrong: f does not change with x"
    explained = gradproof.check(lambda x: 3.0, lambda x: 2 * x, np.array([0.5, 1.0, 2.0, 3.0]))
    assert failure(explained).endswith(" and 3 more wrong: f does not change with x")


def test_along_lines():
    x = np.linspace(0.1, 1, 20_000)
    report = gradproof.check(lambda x: np.sum(np.sin(x)), lambda x: 1.5 * np.cos(x), x)
    assert " more of 20,000: all of x: claimed = 1.5 × slope" in repr(report)
    assert "claimed = 1.5 × slope" in repr(report)
    no_coordinate = dataclasses.replace(
        report,
        findings=tuple(one for one in report.findings if one.stop > one.start + 1),
        wrong=report.wrong[:0],
        explanations=(),
    )
    assert failure(no_coordinate).startswith("something in x wrong: claimed ")
    assert failure(dataclasses.replace(no_coordinate, findings=())) == "the gradient wrong"
    untested = gradproof.check(lambda x: np.sum(np.sin(x)), np.cos, x, budget=3)
    assert "the lines through 20,000 coordinates decide nothing: untested" in repr(untested)


def test_inconclusive_reports():
    assert repr(checked(1.0, budget=3)) == "<gradproof.Report inconclusive: 7 of 8 untested, stopped by budget>"
    assert repr(gradproof.check(lambda x: np.nan, g, X)) == "<gradproof.Report inconclusive: 8 of 8 undecided (domain)>"
    random = np.random.default_rng(0)
    noisy = gradproof.check(lambda x: f(x) + 1e-3 * random.standard_normal(), g, X)
    assert "calls of f at x gave different values" in repr(noisy)


def test_many_outputs():
    report = gradproof.check_vjp(np.sin, lambda x, cotangent: np.array([1.0, 2.0, 2.0]), np.array([0.5, 1.0, 2.0]))
    assert failure(report).startswith("output[2] / x[2] and 2 more wrong: claimed ")


@pytest.mark.parametrize("length", [10, 150, 4000])
def test_one_line_that_is_not_too_long(length):
    report = gradproof.check(lambda x: np.sum(x["w" * length] ** 2), lambda x: x, {"w" * length: np.ones(2)})
    for text in (repr(report), failure(report)):
        assert "\n" not in text
        assert len(text) <= MOST
    assert repr(report).endswith(">")


def test_an_error_begins_with_it():
    report = checked(0.5)
    error = gradproof.GradientError(report)
    assert str(error) == f"{failure(report)}\n\n{report}"
    assert (type(error).__module__, gradproof.InconclusiveError.__module__) == ("gradproof", "gradproof")


class Text:
    """Stands for that of rich, which may not be installed."""

    def __init__(self, plain):
        self.plain, self.styles = plain, []

    def stylize(self, style, start, stop):
        self.styles.append((style, self.plain[start:stop]))


@pytest.mark.parametrize(("factor", "style"), [(1, "bold green"), (2, "bold red")])
@pytest.mark.parametrize("width", [80, 200])
def test_consoles_of_rich(factor, style, width, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", types.ModuleType("rich"))
    monkeypatch.setitem(sys.modules, "rich.text", types.SimpleNamespace(Text=Text))
    report = gradproof.check(lambda x: x @ x, lambda x: 2 * factor * x, np.ones(3))
    (shown,) = report.__rich_console__(None, types.SimpleNamespace(max_width=width))
    assert shown.styles == [(style, report.verdict)]
    assert max(map(len, shown.plain.splitlines())) <= width
    assert width < 200 or shown.plain == str(report)


@pytest.mark.parametrize("n", [6, 6000])
def test_a_factor_is_one_number(n):
    x = {"W": np.linspace(0.5, 1, n), "b": np.linspace(0.5, 1, n)}
    report = gradproof.check(
        lambda p: float(np.sum(np.sin(p["W"])) + np.sum(p["b"] ** 2)),
        lambda p: {"W": 0.5 * np.cos(p["W"]), "b": 2 * p["b"]},
        x,
    )
    assert [one.number for one in report.explanations] == [report.arrays[0].factor]
    assert report.arrays[0].factor == pytest.approx(0.5, abs=1e-6)
    # Along lines every array has one; where every coordinate is tested, right ones have none.
    assert report.arrays[1].factor == pytest.approx(np.nan if n == 6 else 1.0, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("claimed = 0.5 × slope: is a factor 2 missing, as in the derivative of x²?", "claimed = 0.5 × slope"),
        ("claimed = slope, transposed", "claimed = slope, transposed"),
        ("claimed = slope + 0.1 × x: is this part of an L2 penalty missing?", "claimed = slope + 0.1 × x"),
        ("claimed = slope, but with 1 - x² in place of the derivative of tanh?", None),
    ],
)
def test_what_is_claimed_stands_without_a_guess(text, said):
    assert without_guess(text) == (said or text)
