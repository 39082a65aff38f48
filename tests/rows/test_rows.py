"""check(..., rows=N): what all rows leave undecided is settled on fewer of them, and nothing wrong is."""

import dataclasses

import cancelling
import numpy as np
import pytest
from cancelling import MATRIX, POINT, ROWS, N, gradient, objective, wrong_on
from properties import refuted

import gradproof
from gradproof import Cause, zoo
from gradproof.rows.combining import with_settled

EVERY = np.arange(ROWS)


def check(f=objective, g=gradient, x=POINT, **settings):
    return gradproof.check(f, g, x, **{"rows": ROWS} | settings)


def on_all(f=objective, g=gradient):
    return gradproof.check(lambda x: f(x, EVERY), lambda x: g(x, EVERY), POINT)


def test_what_all_rows_leave_undecided_is_settled_on_fewer():
    assert on_all().verdict == "inconclusive"
    assert on_all().undecided == N
    report = check()
    assert report.verdict == "right"
    assert (report.undecided, report.agreeing, report.rows) == (0, N, ROWS)
    assert len(report.findings) == N
    for one in report.findings:
        assert one.cause is Cause.AGREES
        assert 1 <= one.rows < ROWS
        assert one.claimed == gradient(POINT, EVERY)[one.index]
        assert abs(one.slope - one.claimed) <= one.error_bar
    assert report.resolution == max(one.resolution for one in report.findings)
    assert report.resolution < 0.05  # the terms have slopes of about 1


def test_what_fewer_rows_settle_is_vouched_for_as_they_resolve_it():
    assert (on_all().vouched, on_all().unseen) == (0.0, 0)
    for rtol in (1e-5, 0.5):
        report = check(rtol=rtol)
        claims = np.abs([one.claimed for one in report.findings])
        resolutions = np.array([one.resolution for one in report.findings])
        agrees, twice = np.array([one.cause.is_acceptable for one in report.findings]), resolutions > claims
        assert report.unseen == np.count_nonzero(agrees & twice) > 0
        assert report.vouched == pytest.approx(np.mean(agrees & ~twice & (resolutions <= 10 * rtol * claims)))
    # Its twin: what is found wrong on fewer rows is not vouched for.
    assert check(g=wrong_on(range(ROWS))).vouched < 1


def test_each_finding_says_so():
    report = check()
    rows = report.findings[0].rows
    assert f"agrees: settled on {rows} of 512 rows" in str(report)
    assert f"settled on {rows} of 512 rows at a time" in report.explain(0)
    assert report.to_dict()["findings"][0]["rows"] == rows
    assert report.to_dict()["rows"] == ROWS
    assert "settled" not in str(on_all())
    assert on_all().rows is None


@pytest.mark.parametrize("scale", [1.0, ROWS])
def test_sums_with_a_regulariser_are_settled_too(scale):
    def f(x, rows):
        return (objective(x, rows) * len(rows) + 0.01 * np.sum(x**2)) / scale

    def g(x, rows):
        return (gradient(x, rows) * len(rows) + 0.02 * x) / scale

    assert on_all(f, g).verdict == "inconclusive"
    assert check(f, g).verdict == "right"


def test_what_is_wrong_on_every_row_is_found_on_fewer():
    assert on_all(g=wrong_on(EVERY, 2.0)).verdict == "inconclusive"  # twice nearly nothing
    report = check(g=wrong_on(EVERY, 2.0))
    assert report.verdict == "wrong"
    assert len(report.wrong) == N
    one = report.findings[0]
    assert one.cause is Cause.WRONG
    assert one.rows < ROWS
    assert one.claimed == pytest.approx(2 * one.slope, rel=0.2)
    assert f"wrong, on {one.rows} rows" in str(report)
    # The note is about the one that was found first, which need not be the worst.
    starts = tuple(f"x[{each.index}] is wrong on the {each.rows} rows " for each in report.findings)
    assert any(note.startswith(starts) for note in report.warnings)


def take_their_places(with_settled):
    """What fewer rows found wrong comes first, the largest error before others; then what is open; then the settled."""
    report = on_all()
    left = [one.index for one in report.findings]
    assert len(left) == N
    mild, severe, *still_open, settled = left
    told = {
        settled: dataclasses.replace(report.findings[-1], cause=Cause.AGREES, rows=8),
        mild: dataclasses.replace(report.findings[0], cause=Cause.WRONG, claimed=1.1, slope=1.0, rows=8),
        severe: dataclasses.replace(report.findings[1], cause=Cause.WRONG, claimed=3.0, slope=1.0, rows=4),
    }
    assert [one.index for one in with_settled(report, told).findings] == [severe, mild, *still_open, settled]


def test_findings_on_fewer_rows_take_their_places():
    take_their_places(with_settled)

    def where_they_were(report, told):
        return dataclasses.replace(report, findings=tuple(told.get(one.index, one) for one in report.findings))

    refuted(take_their_places, where_they_were)


def test_one_bad_row_is_never_settled():
    faulty = wrong_on([17], 30.0)
    report = check(g=faulty)
    assert report.verdict != "right"
    true = MATRIX[17] * 29 * np.cos(MATRIX[17] @ POINT) / ROWS
    for one in report.findings:
        assert one.cause is Cause.WRONG or one.rows is None or abs(true[one.index]) < one.resolution


def test_what_is_wrong_on_all_rows_stays_wrong():
    faulty = wrong_on(EVERY[:256], 3.0)
    whole, report = on_all(g=faulty), check(g=faulty)
    assert whole.verdict == report.verdict == "wrong"
    assert set(whole.wrong) <= set(report.wrong)
    kept = {one.index: one for one in report.findings}
    assert all(kept[index].rows is None for index in whole.wrong)


def test_errors_that_cancel_over_all_rows_are_found():
    def shifted(x, rows):
        return gradient(x, rows) + np.mean(np.where(rows < 256, 30.0, -30.0))

    assert on_all(g=shifted).verdict == "inconclusive"
    assert check(g=shifted, seed=1).verdict == "wrong"


def test_what_does_not_add_up_settles_nothing():
    def fixed(x, rows):
        return gradient(x, rows) * len(rows) / ROWS  # the objective is a mean over the rows that it gets

    report = check(g=fixed)
    assert report.verdict == "inconclusive"
    assert report.undecided == N
    assert any("Fewer rows settle nothing here" in note for note in report.warnings)


def test_a_row_that_hides_everything_leaves_it_undecided():
    def f(x, rows):
        return objective(x, rows) + 1e4 * cancelling.noise(x[::-1].copy()) * np.sum(rows == 5) / len(rows)

    report = check(f)
    assert report.verdict == "inconclusive"
    assert all(one.rows is None for one in report.findings)


def test_the_seed_decides_and_nothing_else():
    assert check(seed=3).to_json() == check(seed=3).to_json()
    assert check(seed=3).findings[0].slope != check(seed=4).findings[0].slope


def test_where_all_rows_decide_nothing_else_is_asked():
    seen = []

    def f(x, rows):
        seen.append(len(rows))
        return float(np.sum((MATRIX[rows] @ x) ** 2))

    def g(x, rows):
        return 2 * MATRIX[rows].T @ (MATRIX[rows] @ x)

    report = check(f, g)
    assert report.verdict == "right"
    assert set(seen) == {ROWS}
    assert report.evaluations == len(seen)
    assert check(f, lambda x, rows: g(x, rows) * 1.01).verdict == "wrong"


def test_functions_get_numbers_of_rows_that_cannot_be_written_to():
    def f(x, rows):
        assert rows.dtype == np.int64
        assert not rows.flags.writeable
        assert len(set(rows.tolist())) == len(rows)
        assert np.all((rows >= 0) & (rows < ROWS))
        return objective(x, rows)

    covered = []

    def g(x, rows):
        covered.append(rows.copy())
        return gradient(x, rows)

    x = POINT.copy()
    assert check(f, g, x).verdict == "right"
    assert x.tobytes() == POINT.tobytes()
    small = [rows for rows in covered if len(rows) < ROWS]
    assert set(np.concatenate(small)) == set(EVERY)


def test_structures_batches_and_networks():
    def f(x, rows):
        return objective(np.append(x["a"], x["b"]), rows)

    def g(x, rows):
        slopes = gradient(np.append(x["a"], x["b"]), rows)
        return {"a": slopes[:2], "b": slopes[2:]}

    report = check(f, g, {"a": POINT[:2], "b": POINT[2:]})
    assert report.verdict == "right"
    assert {one.name for one in report.findings} >= {"a[0]", "b[3]"}
    many = gradproof.batched(lambda points, rows: np.array([objective(point, rows) for point in points]))
    assert check(many).to_json() == check().to_json()
    network = zoo.network("relu", "svm", zoo.digits(), hidden=2)
    assert gradproof.check(*network[:3], rows=1797).verdict == "right"


def test_nothing_is_evaluated_outside_of_the_bounds():
    lower, upper = POINT - 0.05, POINT + 0.02

    def f(x, rows):
        assert np.all((x >= lower) & (x <= upper))
        return objective(x, rows)

    def fatal(x, rows):
        try:
            return f(x, rows)
        except AssertionError:
            raise KeyboardInterrupt from None

    check(fatal, bounds=(lower, upper))


@pytest.mark.parametrize("budget", [1, 100, 394, 400, 410, 411, 450, 700])
def test_a_budget_holds_for_all_rows_and_fewer(budget):
    calls = []

    def f(x, rows):
        calls.append(len(rows))
        return objective(x, rows)

    report = check(f, budget=budget)
    assert len(calls) == report.evaluations <= budget
    assert report.verdict == "inconclusive"


def test_a_budget_that_is_enough_changes_nothing():
    free, bounded = check().to_dict(), check(budget=5000).to_dict()
    assert free == bounded


def test_time_and_ctrl_c_end_fewer_rows_with_the_report_of_all():
    def f(x, rows):
        if len(rows) < 200:
            raise KeyboardInterrupt
        return objective(x, rows)

    report = check(f)
    assert report.verdict == "inconclusive"
    assert report.stopped_by == "interrupted"
    assert check(time_limit=60).to_json() == check().to_json()


def test_what_the_objective_raises_reaches_the_user():
    class OwnError(Exception):
        pass

    def f(x, rows):
        if len(rows) < ROWS and x.tobytes() == POINT.tobytes():
            raise OwnError
        return objective(x, rows)

    with pytest.raises(OwnError):
        check(f)


def test_progress_counts_what_was_done():
    calls = []
    report = check(progress=lambda done, total: calls.append((done, total)))
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert 0 < calls[-1][0] <= report.evaluations
    assert all(done <= total for done, total in calls)


@pytest.mark.parametrize(
    ("settings", "error", "sentence"),
    [
        ({"rows": 0}, ValueError, "rows must be at least 1, not 0"),
        ({"rows": -3}, ValueError, "rows must be at least 1, not -3"),
        ({"rows": 2**62}, ValueError, "rows must be a number of data points whose indices fit into memory, not 4611"),
        ({"rows": 2.0}, TypeError, "rows must be the number of data points, an integer, not 2.0"),
        ({"rows": True}, TypeError, "an integer, not True"),
        ({"rows": EVERY}, TypeError, "rows must be the number of data points, an integer, not array"),
        (
            {"g": gradient(POINT, EVERY)},
            TypeError,
            "gradient must be a function g(x, rows), not an object of type ndarray",
        ),
        ({"f": 3}, TypeError, "objective must be a function f(x, rows), not an object of type int"),
        ({"f": lambda x: 0.0}, TypeError, "with rows=, the objective is called with x and an index array: "),
        ({"g": lambda x: x}, TypeError, "with rows=, the gradient is called with x and an index array: "),
        ({"f": gradproof.native(0x1000)}, TypeError, "not gradproof.native()"),
    ],
)
def test_arguments_that_do_not_fit(settings, error, sentence):
    with pytest.raises(error) as caught:
        check(**settings)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_along_lines_all_rows_decide():
    def f(x, rows):
        assert len(rows) == ROWS
        return float(np.mean((MATRIX[rows] @ x) ** 2))

    def g(x, rows):
        return 2 * MATRIX[rows].T @ (MATRIX[rows] @ x) / len(rows)

    assert check(f, g, mode="lines").verdict == "right"
    assert check(f, lambda x, rows: 1.1 * g(x, rows), mode="lines").verdict == "wrong"


def test_a_check_that_was_broken_off_is_resumed_to_the_same_report(tmp_path):
    file = tmp_path / "rows.check"
    check(budget=100, save=file)
    resumed = check(resume=file)
    assert resumed.to_json() == check().to_json()
    assert resumed.verdict == "right"


def test_one_row_is_all_rows():
    report = gradproof.check(lambda x, rows: float(np.sum(x**2)), lambda x, rows: 2 * x, POINT, rows=np.int64(1))
    assert report.verdict == "right"
