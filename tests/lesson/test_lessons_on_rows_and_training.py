"""The demos on fewer points and on training: each statement that they make, from the network itself."""

import numpy as np
import pytest

import gradproof
from gradproof import demos
from gradproof.demos import fewer_points, training

SIZES = (2, 20, 200, 1797)


@pytest.fixture(scope="module")
def trained():
    return fewer_points.trained()


def test_fewer_rows_have_fewer_kinks(trained):
    network, x = trained
    order = np.random.default_rng(1).permutation(1797)
    crossed = [fewer_points.crossings(network, x, np.sort(order[:size]))[0] for size in SIZES]
    assert crossed == sorted(crossed)
    assert crossed[0] < 0.1
    assert crossed[-1] > 10
    # As many as there are rows: the kinks are those of the rows.
    assert crossed[2] / 200 == pytest.approx(crossed[3] / 1797, rel=0.4)


def test_crossings_are_counted_from_the_sums_of_the_network(trained):
    network, x = trained
    rows = np.arange(0, 1797, 9)
    sums = network.inputs[rows] @ x["W1"] + x["b1"]
    step = fewer_points.STEP
    of_relu = np.count_nonzero((sums[:, 2] - step > 0) != (sums[:, 2] + step > 0))
    patterns = []
    for side in (-step, step):
        moved = {**x, "b1": x["b1"].copy()}
        moved["b1"][2] += side
        patterns.append(network.pattern(moved, rows)[:, 2])
    assert np.count_nonzero(patterns[0] != patterns[1]) == of_relu > 0


def test_all_rows_leave_more_undecided_than_few(trained):
    network, x = trained
    rows = np.arange(1797)
    whole = gradproof.check(lambda x: network.objective(x, rows), lambda x: network.gradient(x, rows), x)
    few = fewer_points.on_some_rows(network, x, 2)
    assert few.undecided == 0
    assert few.verdict == "right"
    assert whole.undecided > 5
    report = gradproof.check(network.objective, network.gradient, x, rows=1797)
    assert report.undecided < whole.undecided
    assert not set(report.wrong) - set(whole.wrong)


def test_a_bug_is_not_settled_on_fewer_rows(trained):
    network, x = trained

    def faulty(x, rows):
        slopes = network.gradient(x, rows)
        return {**slopes, "W2": 1.5 * slopes["W2"]}

    report = gradproof.check(network.objective, faulty, x, rows=1797)
    assert report.verdict == "wrong"
    assert all(report.name(index).startswith("W2") for index in report.wrong)
    settled = [one for one in report.findings if one.rows is not None and one.cause.is_acceptable]
    in_w2 = [one for one in settled if one.name.startswith("W2")]
    assert all(abs(one.claimed) / 3 < one.resolution for one in in_w2)


@pytest.mark.parametrize("name", ["fewer-points", "training"])
def test_demos_say_what_they_show(name, capsys):
    assert demos.run(name)
    text = capsys.readouterr().out
    assert max(len(line) for line in text.splitlines() if "/" not in line) <= 100
    assert name in demos.summaries()


def test_the_initial_point_differs_in_the_last_layer_alone():
    x, usual = training.start(), training.network.start()
    assert not x["W2"].any()
    assert np.array_equal(x["W1"], usual["W1"])
    assert np.array_equal(x["b1"], usual["b1"])
