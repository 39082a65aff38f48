"""An f that ignores its argument is said to, before anything else; the verdict stands."""

import numpy as np
import pytest

import gradproof

X = np.linspace(1, 2, 6)
ELSEWHERE = X.copy()


def ignoring(x):
    return float(np.sum(ELSEWHERE**2))


def first_lines(report):
    return " ".join(str(report).partition("\n\n")[0].split())


@pytest.mark.parametrize("objective", [ignoring, lambda x: 0.0, gradproof.batched(lambda points: np.ones(len(points)))])
@pytest.mark.parametrize("settings", [{}, {"bounds": (1, 2)}], ids=str)
def test_every_coordinate(objective, settings):
    report = gradproof.check(objective, lambda x: 2 * x, X, **settings)
    assert report.verdict == "wrong"
    assert report.findings[0].cause is gradproof.Cause.WRONG
    assert report.warnings[0].startswith("f does not change with x: at all ")
    assert report.warnings[0].endswith(
        "Are its parameters kept elsewhere? Then check gradproof.in_place(parameters, f)."
    )
    assert first_lines(report) == f"wrong: the gradient is wrong in {said(report)} {report.warnings[0]}"
    assert str(report).count("f does not change") == 1


def said(report):
    parts = [f"{len(report.wrong)} of 6 coordinates"]
    parts += [f"{report.untested} {'was' if report.untested == 1 else 'were'} not tested"] * bool(report.untested)
    parts[1:1] = [f"{report.undecided} could not be decided"] * bool(report.undecided)
    return "; ".join(parts)


def test_the_exception_shows_it():
    with pytest.raises(gradproof.GradientError, match="f does not change with x"):
        gradproof.assert_gradient(ignoring, lambda x: 2 * x, X)


def test_along_lines_only_what_was_moved_is_said():
    report = gradproof.check(ignoring, lambda x: 2 * x, X, mode="lines")
    assert report.verdict == "wrong"
    assert report.warnings[0].startswith("f does not change with x, at least not with the coordinates that were moved")
    assert report.warnings[0] in first_lines(report)


def test_along_lines_f_changes_although_no_coordinate_that_was_moved_matters():
    """As rows of an embedding that the data do not use."""
    random = np.random.default_rng(0)
    rows, v = random.normal(size=(5000, 8)), random.normal(size=8)

    def gradient(p, factor):
        slopes = np.zeros_like(p["rows"])
        slopes[7:9] = factor * v
        return {"rows": slopes, "other": np.cos(p["other"])}

    def claimed(p):
        return {**gradient(p, 1), "rows": gradient(p, 1)["rows"] + 1e-3 * (np.arange(5000) > 100)[:, None]}

    def objective(p):
        return np.sum(p["rows"][7:9] @ v) + np.sum(np.sin(p["other"]))

    x = {"rows": rows, "other": v}
    assert gradproof.check(objective, lambda p: gradient(p, 1), x, mode="lines").verdict == "right"
    report = gradproof.check(objective, claimed, x, mode="lines")
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings} == {"rows"}
    assert "does not change with" not in " ".join(report.warnings)


def test_in_place_it_may_read_copies():
    w = X.copy()
    report = gradproof.check(gradproof.in_place(w, lambda: ignoring(w)), lambda: 2 * w)
    assert report.verdict == "wrong"
    assert report.warnings[0].startswith("f does not change with these arrays")
    assert report.warnings[0].endswith("Does it read copies of them? Then pass the arrays that it reads.")
    assert gradproof.check(gradproof.in_place(w, lambda: np.sum(w**2)), lambda: 2 * w).verdict == "right"


def test_a_resumed_check_says_the_same(tmp_path):
    file = tmp_path / "check"
    whole = gradproof.check(ignoring, lambda x: 2 * x, X)
    gradproof.check(ignoring, lambda x: 2 * x, X, budget=30, save=file)
    assert gradproof.check(ignoring, lambda x: 2 * x, X, resume=file).to_dict() == whole.to_dict()


def partly(x):
    if x[0] < X[0]:
        raise ValueError("outside")
    return 3.0


@pytest.mark.parametrize(
    ("objective", "gradient"),
    [
        (lambda x: x[0] ** 2, lambda x: 2 * x),  # of one coordinate
        (lambda x: np.sum(x**2), lambda x: 3 * x),  # of all of them
        (lambda x: np.floor(np.sum(x)), lambda x: 0 * x + 1.0),  # stairs
        (lambda x: np.sum(np.maximum(x - 2.5, 0)), lambda x: 2 * x),  # flat around x, but not everywhere
        (lambda x: 3.0, lambda x: 0 * x),  # nothing is claimed
        (partly, lambda x: 2 * x),  # raises at some points
    ],
)
def test_an_f_that_changes_is_not_said_to_ignore_x(objective, gradient):
    report = gradproof.check(objective, gradient, X)
    assert "does not change with" not in " ".join(report.warnings)


def test_the_remark_is_for_wrong_gradients_only():
    report = gradproof.check(ignoring, np.zeros(6), X)
    assert report.verdict == "right"
    assert report.warnings[0].startswith("Everything that agrees is 0")
