"""The report as an object, as text and as JSON."""

import copy
import dataclasses
import json
import math
import pickle

import cancelling
import numpy as np
import pytest
from properties import refuted

import gradproof
from gradproof import Cause
from gradproof.core.records import engine as state
from gradproof.report.text.table import WIDTH, number, render, short

N = 60
X = np.linspace(-1, 1, N)


def f(x):
    return np.sum(np.sin(x) + np.abs(x - X[7]))


def g(x):
    return np.cos(x) + np.sign(x - X[7])


def with_errors(count):
    claimed = g(X)
    claimed[-count:] *= 1 + np.linspace(0.01, 1, count)
    return gradproof.check(f, claimed, X)


@pytest.fixture(scope="module")
def right():
    return gradproof.check(f, g, X)


@pytest.fixture(scope="module")
def wrong():
    return with_errors(47)


@pytest.fixture(scope="module")
def untested():
    return gradproof.check(f, g, X, budget=20)


def test_fields(right, wrong):
    assert right.verdict == "right"
    assert wrong.verdict == "wrong"
    assert wrong.wrong.dtype == np.int64
    assert wrong.wrong.tolist() == list(range(13, 60))
    assert wrong.kinks.tolist() == right.kinks.tolist() == [7]
    assert wrong.n == wrong.tested == N
    assert wrong.agreeing == 13
    assert wrong.value == f(X)
    assert wrong.arithmetic == "float64"
    assert 0 < wrong.noise_floor < 1e-12
    assert wrong.resolution == np.max(wrong.resolutions)
    assert len(wrong.resolutions) == N
    assert right.rtol == 1e-5
    assert right.mode == "full"
    assert right.seed == 0


def test_truth(right, wrong, untested):
    assert right
    assert not wrong
    assert not untested


def test_a_report_is_a_dataclass(right):
    assert dataclasses.is_dataclass(right)
    names = {one.name for one in dataclasses.fields(right)}
    assert set(vars(right)) <= names | {"_found"}
    assert dataclasses.replace(right, n=7).n == right.__replace__(n=7).n == 7 != right.n
    with pytest.raises(dataclasses.FrozenInstanceError):
        del right.n


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda report: pickle.loads(pickle.dumps(report))])
@pytest.mark.parametrize("gradient", [g, lambda x: -g(x)])
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_fields_that_nobody_has_read_are_copied(copied, gradient, mode):
    """They are made when they are read, and a copy has all of them, whatever is done to x afterwards."""
    x, claimed = X.copy(), gradient(X)
    report = gradproof.check(f, claimed, x, mode=mode)
    known = gradproof.check(f, gradient(X), X, mode=mode).to_json()
    x[:], claimed[:] = 0, 0
    other = copied(report)
    assert {one.name for one in dataclasses.fields(report)} == set(vars(other))
    assert other.to_json() == report.to_json() == known
    for one in (other, report):
        with pytest.raises(AttributeError, match="no attribute 'wrongs'"):
            one.wrongs  # noqa: B018 - reading it is what is tested


def test_a_report_cannot_be_changed(right, wrong):
    with pytest.raises(dataclasses.FrozenInstanceError):
        right.verdict = "wrong"
    with pytest.raises(dataclasses.FrozenInstanceError):
        wrong.findings[0].index = 3
    for array in (wrong.wrong, wrong.kinks, wrong.resolutions):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def are_worst_first(report):
    """What is wrong by its relative error, in steps of a thousandth, then by its error; then the kink."""
    *wrong, kink = report.findings
    assert kink.index == 7
    assert {one.cause for one in wrong} == {Cause.WRONG}
    sizes = [(int(1000 * one.relative_error + 0.5), one.error) for one in wrong]
    assert sizes == sorted(sizes, reverse=True)
    shown = [line.split()[0] for line in str(report).splitlines() if line.startswith("  x[")]
    assert shown == [one.name for one in (*wrong[:10], kink)]


def test_findings_are_worst_first(wrong):
    are_worst_first(wrong)
    for findings in (
        sorted(wrong.findings, key=lambda one: one.index),
        wrong.findings[::-1],
        [*wrong.findings[1::-1], *wrong.findings[2:]],
    ):
        refuted(are_worst_first, dataclasses.replace(wrong, findings=tuple(findings)))


def test_a_finding(wrong):
    one = next(one for one in wrong.findings if one.index == 13)
    assert one.cause is Cause.WRONG
    assert one.claimed == pytest.approx(1.01 * g(X)[13])
    assert one.error == pytest.approx(0.01 * g(X)[13], rel=1e-2)
    assert one.relative_error == pytest.approx(0.01 / 1.01, rel=1e-2)
    assert one.left == pytest.approx(one.right)
    assert one.step > 0


def open_ones_are_worst_first(report):
    """What is open by its resolution, as findings and in the table."""
    assert {one.cause for one in report.findings} == {Cause.NOISE_LIMITED}
    resolutions = [one.resolution for one in report.findings]
    assert resolutions == sorted(resolutions, reverse=True)
    shown = [line.split()[0] for line in str(report).splitlines() if line.startswith("  x[")]
    assert shown == [one.name for one in report.findings]


def test_open_findings_are_worst_first():
    rows = np.arange(cancelling.ROWS)
    claimed = cancelling.gradient(cancelling.POINT, rows)
    report = gradproof.check(lambda x: cancelling.objective(x, rows), claimed, cancelling.POINT)
    open_ones_are_worst_first(report)
    in_x = tuple(sorted(report.findings, key=lambda one: one.index))
    refuted(open_ones_are_worst_first, dataclasses.replace(report, findings=in_x))


def test_causes():
    assert [cause.value for cause in Cause] == [
        "untested",
        "agrees",
        "wrong",
        "kink_at_point",
        "kink_crossed",
        "noise_limited",
        "step_limited",
        "domain",
        "nondeterministic",
    ]
    assert str(Cause.WRONG) == Cause.WRONG == "wrong"
    assert all(cause.explanation.endswith(".") for cause in Cause)
    assert len({cause.explanation for cause in Cause}) == len(Cause)


def test_text_of_a_right_report(right):
    lines = str(right).splitlines()
    assert (
        lines[0] == "right: the gradient agrees with the objective in all 60 coordinates, 1 of them at or near a kink"
    )
    assert "60 of 60 coordinates" in lines[2]
    text = str(right)
    assert "would be detected" in text
    assert "computed in float64" in text
    assert "noise floor" in text
    assert f"{right.evaluations} of the objective, 2 of the gradient" in text
    assert "x[7]" in text
    assert Cause.KINK_AT_POINT.explanation.split(":")[0] in text
    assert "wrong" not in text


def test_text_of_a_wrong_report(wrong):
    text = str(wrong)
    lines = text.splitlines()
    assert lines[0] == "wrong: the gradient is wrong in 47 of 60 coordinates"
    assert "  … and 37 more" in lines
    header = next(line for line in lines if line.startswith("  wrong  "))
    assert header.split() == ["wrong", "claimed", "numerical", "slope", "left", "right", "cause"]
    rows = lines[lines.index(header) + 1 : lines.index("  … and 37 more")]
    assert len(rows) == 10
    assert rows[0].split()[0] == "x[59]"
    assert "±" in rows[0]
    assert {len(row) for row in rows} == {len(header)}
    assert text.count("x[7]") == 1


def test_worst_first():
    claimed = g(X)
    claimed[20] = np.nan
    claimed[30] *= -1
    claimed[40] *= 1.5
    claimed[50] *= 1.001
    lines = str(gradproof.check(f, claimed, X)).splitlines()
    rows = [line.split()[0] for line in lines if line.startswith("  x[") and ":" not in line]
    assert rows[:4] == ["x[20]", "x[30]", "x[40]", "x[50]"]


def test_text_of_an_inconclusive_report(untested):
    text = str(untested)
    assert text.startswith("inconclusive: nothing is wrong, but ")
    assert "not tested" in text.splitlines()[0]
    assert "then the budget ended the check" in text
    assert Cause.UNTESTED.explanation in text


def test_text_of_what_could_not_be_decided():
    report = gradproof.check(lambda x: math.nan, lambda x: x, np.ones(2))
    text = str(report)
    assert text.startswith("inconclusive: nothing is wrong, but 2 of 2 coordinates could not be decided")
    assert "domain" in text
    assert "move x into the domain of f" in text


def test_one_sentence_for_each_cause(wrong):
    text = " ".join(str(wrong).split())
    for cause in Cause:
        met = any(one.cause is cause for one in wrong.findings)
        assert text.count(cause.explanation) == int(met and cause is not Cause.AGREES)


def test_notes_are_printed():
    def writing(x):
        x += 1
        return f(x - 1)

    text = str(gradproof.check(writing, g, X))
    assert "note: The objective changed its argument. It was given copies, so your x is unchanged." in text


LONG = {
    "short": {"w": np.linspace(0.1, 1, 4)},
    "long": {"a_module_with_a_long_name": {"another_layer_with_a_name": [{"weight": np.linspace(0.1, 1, 4)}]}},
    "huge": {"weights": np.array([1e-190, 1e150, -1e-12, 3.0])},
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e99])
def test_text_fits(name, scale):
    def leaf(x):
        while not isinstance(x, np.ndarray):
            x = next(iter(x.values())) if isinstance(x, dict) else x[0]
        return x

    def structure(like, values):
        if isinstance(like, dict):
            return {key: structure(part, values) for key, part in like.items()}
        return [structure(part, values) for part in like] if isinstance(like, list) else values

    x = LONG[name]
    weights = np.array([3.0, -1e-7, 2e5, 1.0]) / leaf(x)
    report = gradproof.check(
        lambda w: scale * float(np.sum(weights * np.abs(leaf(w)))), structure(x, -1.1 * scale * weights), x
    )
    for width in (WIDTH, 90, 80, 60):
        lines = render(report, width=width).splitlines()
        assert max(map(len, lines)) <= width
        assert all(line == line.rstrip() for line in lines)
        assert all(any(line.split()[-1:] == ["wrong"] and end in line for line in lines) for end in ("[0]", "[3]"))


def test_what_a_narrow_report_leaves_out():
    name = "a_module_with_a_name.a_layer"
    report = gradproof.check(
        lambda w: -1e-150 * float(np.sum(np.abs(w[name]))), {name: [2e-150, 3e-150]}, {name: np.array([1.0, -1.0])}
    )
    wide, narrow, at_60, narrowest, narrower = (render(report, width=width) for width in (WIDTH, 80, 60, 40, 20))
    header = ["wrong", "claimed", "numerical", "slope", "left", "right", "cause"]
    assert wide.split("\n\n")[2].split()[:7] == header
    assert narrow.split("\n\n")[2].split()[:5] == [word for word in header if word not in ("left", "right")]
    assert narrowest == narrower
    assert max(map(len, narrowest.splitlines())) <= 60
    assert narrowest.split("\n\n")[2] == at_60.split("\n\n")[2]


def test_names_of_more_than_one_line():
    report = gradproof.check(lambda w: np.sum(w["a\nb\033"] ** 2), lambda w: w, {"a\nb\033": np.ones(2)})
    assert report.findings[0].name == r"['a\nb\u001b'][0]"
    assert r"['a\nb\u001b'][0]" in str(report)
    assert "\033" not in str(report)


def test_nothing_is_said_of_an_objective_that_was_not_called():
    report = gradproof.check(f, g, X, time_limit=1e-9)
    assert report.evaluations == 0
    assert "nan" not in str(report)
    assert "then the time limit ended the check" in str(report)


def test_colour_is_asked_for(wrong):
    assert "\033" not in str(wrong)
    painted = render(wrong, colour=True)
    assert painted.startswith("\033[1;31mwrong: ")
    assert painted.count("\033") == 2
    assert painted.replace("\033[1;31m", "").replace("\033[0m", "") == str(wrong)


def test_json(wrong, right, untested):
    for report in (wrong, right, untested):
        words = json.loads(report.to_json())
        assert {name: words[name] for name in report.to_dict()} == report.to_dict()
        assert words["verdict"] == report.verdict
        assert words["wrong"] == report.wrong.tolist()
        assert len(words["findings"]) == len(report.findings)
    assert json.loads(wrong.to_json())["findings"][-1]["cause"] == "kink_at_point"
    named = [one["index"] for one in json.loads(wrong.to_json())["findings"]]
    assert named == [one.index for one in wrong.findings] != sorted(named)
    assert json.loads(untested.to_json(indent=None))["resolutions"][-1] is None


def test_json_of_what_is_not_finite():
    words = json.loads(gradproof.check(f, np.where(np.arange(N) == 3, np.inf, g(X)), X).to_json())
    assert [one["claimed"] for one in words["findings"] if one["cause"] == "wrong"] == ["inf"]


def test_reports_and_errors_travel(wrong):
    again = pickle.loads(pickle.dumps(wrong))
    assert again.to_json() == wrong.to_json()
    error = pickle.loads(pickle.dumps(gradproof.InconclusiveError(wrong)))
    assert isinstance(error, gradproof.InconclusiveError)
    assert error.report.to_json() == wrong.to_json()
    assert copy.deepcopy(wrong).to_json() == wrong.to_json()


def test_reports_of_many_levels_are_copied():
    def at(level, value):
        return value if level == 0 else {"a": at(level - 1, value)}

    def leaf(p):
        return p if isinstance(p, np.ndarray) else leaf(p["a"])

    report = gradproof.check(lambda p: float(np.sum(leaf(p) ** 2)), lambda p: at(200, leaf(p)), at(200, X[:2]))
    assert copy.deepcopy(report).to_json() == report.to_json()


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.0, 4, "1.000"),
        (-1234567.0, 4, "-1.235e6"),
        (1e-300, 3, "1.00e-300"),
        (0.0, 5, "0"),
        (math.inf, 5, "inf"),
        (math.nan, 5, "nan"),
        (123.0, 3, "123"),
    ],
)
def test_numbers(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.23e-9, "1.2e-9"), (0.0, "0"), (math.inf, "inf"), (0.5, "0.5"), (12.3, "12"), (1e5, "1.0e5")]
)
def test_sizes(value, text):
    assert short(value) == text


def says_where_its_rows_come_from(n, largest):
    """The largest error stands at the end; where findings of all are kept, it is the first row."""
    x = np.linspace(1, 2, n)
    claimed = np.full(n, 3.01)
    claimed[-1] = 40.0
    text = str(gradproof.check(gradproof.batched(lambda points: 3 * points.sum(axis=1)), claimed, x, mode="full"))
    assert text.startswith(f"wrong: the gradient is wrong in {n:,} of {n:,} coordinates")
    assert (f"  x[{n - 1}] " in text) == largest
    assert "\n  … and " in text
    assert text.count("found were kept") == (not largest)
    if not largest:
        assert f"  … and {n - 10:,} more; only the first {state.LARGEST_FINDINGS:,} found were kept" in text


def test_more_wrong_coordinates_than_findings():
    says_where_its_rows_come_from(state.LARGEST_FINDINGS, True)
    says_where_its_rows_come_from(state.LARGEST_FINDINGS + 1, False)
    refuted(says_where_its_rows_come_from, state.LARGEST_FINDINGS, False)


def claims_are_named(claimed, sentence, **settings):
    report = gradproof.check(f, claimed, X, **settings)
    assert sentence in str(report).partition("\n\n")[0].splitlines()[1:]
    return report


def test_claims_that_are_not_finite_are_named():
    """Before anything is tested, which is why nothing is said to be wrong."""
    claimed = g(X)
    claimed[[3, 5, 8, 13, 21]] = np.nan
    claims_are_named(claimed, "  5 claims are NaN: x[3], x[5], x[8] and 2 more", budget=5)
    claims_are_named(
        np.where(np.isnan(claimed), -np.inf, claimed),
        "  5 claims are infinite: x[3], x[5], x[8] and 2 more",
        budget=5,
    )
    claimed[[5, 8, 13, 21]] = g(X)[[5, 8, 13, 21]]
    report = claims_are_named(claimed, "  1 claim is NaN: x[3]", budget=5)
    assert report.verdict == "inconclusive"
    claimed[4] = np.inf
    claims_are_named(claimed, "  2 claims are not finite: x[3], x[4]", budget=5)
    refuted(claims_are_named, g(X), "  1 claim is NaN: x[3]")


def test_claims_that_are_not_finite_are_named_once():
    claimed = g(X)
    claimed[[3, 5]] = np.nan
    text = str(gradproof.check(f, claimed, X))
    assert "tested): claimed is NaN" in text
    assert "claims are NaN" not in text


def test_zero_has_no_sign():
    assert (number(-0.0, 6), short(-0.0)) == (number(0.0, 6), short(0.0)) == ("0", "0")
    assert number(-math.inf, 6) == short(-math.inf) == "-inf"
