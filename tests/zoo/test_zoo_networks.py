"""All networks of the zoo: right gradients pass, and each classic bug is found where it is, and nothing else."""

import numpy as np
import pytest
import zoo_bugs
from zoo_bugs import BUGS, DATA, HIDDEN, fits

import gradproof
from gradproof import Cause, zoo

KINDS = [(activation, loss) for activation in zoo.ACTIVATIONS for loss in zoo.LOSSES]
X = {"W1": np.full((3, 2), 0.1), "b1": np.zeros(2), "W2": np.array([[1.0, -1.0], [0.5, 2.0]]), "b2": np.array([0.1, 0])}


def flat(parameters):
    return np.concatenate([part.ravel() for part in parameters.values()])


def indices_of(x, names):
    starts, start = {}, 0
    for name, part in x.items():
        starts[name] = range(start, start + part.size)
        start += part.size
    return {index for name in names for index in starts[name]}


def slow_slopes(objective, x):
    slopes = []
    for name, part in x.items():
        for place in np.ndindex(part.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = {**x, name: part.copy()}
                moved[name][place] += step
                values.append(objective(moved))
            slopes.append((values[0] - values[1]) / 2e-6)
    return np.array(slopes)


@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_right_gradients_pass(activation, loss):
    objective, gradient, x, names = zoo.network(activation, loss, DATA, 0.01, hidden=HIDDEN)
    assert names == tuple(x) == ("W1", "b1", "W2", "b2", "W3", "b3")
    report = gradproof.check(objective, gradient, x)
    assert report.verdict == "right"
    assert report.name(0) == "W1[0, 0]"
    np.testing.assert_allclose(flat(gradient(x)), slow_slopes(objective, x), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug != "none"])
@pytest.mark.parametrize(("activation", "loss"), KINDS)
def test_classic_bugs_are_found_and_named(activation, loss, bug):
    if not fits(bug, activation, loss):
        pytest.skip("there is no place for it")
    network = zoo.Network(activation, loss, DATA, 0.01, hidden=HIDDEN)
    x = network.start()
    right, faulty = flat(network.gradient(x)), flat(zoo_bugs.with_bug(network, bug)(x))
    off = np.abs(faulty - right) / np.maximum(np.abs(right), 1e-5)
    report = gradproof.check(network.objective, zoo_bugs.with_bug(network, bug), x)
    assert report.verdict == "wrong"
    found = set(report.wrong.tolist())
    assert set(np.flatnonzero(off > 1e-3).tolist()) <= found
    assert found <= set(np.flatnonzero(off > 1e-9).tolist()) & indices_of(x, BUGS[bug])
    causes = {one.index: one for one in report.findings if one.cause is Cause.WRONG}
    assert set(causes) == found
    assert {one.name.partition("[")[0] for one in causes.values()} <= set(BUGS[bug])


def test_bugs_that_touch_whole_blocks_are_named_in_all_of_them():
    network = zoo.Network("tanh", "softmax", DATA, 0.01, hidden=HIDDEN)
    x = network.start()
    for bug in ("sign", "missing regulariser"):
        wrong = gradproof.check(network.objective, zoo_bugs.with_bug(network, bug), x).wrong
        assert set(wrong.tolist()) == indices_of(x, BUGS[bug])
    transposed = gradproof.check(network.objective, zoo_bugs.with_bug(network, "missing transpose"), x).wrong
    first = min(indices_of(x, ["W3"]))
    assert set(transposed.tolist()) == {first + 10 * i + j for i in range(10) for j in range(10) if i != j}


def test_without_a_bug_the_second_backward_pass_is_the_first():
    for activation, loss in KINDS:
        network = zoo.Network(activation, loss, DATA, 0.01, hidden=HIDDEN)
        x = network.start()
        np.testing.assert_allclose(flat(zoo_bugs.with_bug(network, "none")(x)), flat(network.gradient(x)), rtol=1e-12)


def test_a_network_by_hand():
    objective, *_ = zoo.network("relu", "svm", ([[1.0, 2.0, 3.0]], [1]), 0.5, hidden=2)
    # sums 0.6 and 0.6, scores 0.6 (1 + 0.5) + 0.1 and 0.6 (2 - 1), margin 1.0 - 0.6 + 1, squares 0.06 + 6.25
    assert objective(X) == pytest.approx(1.4 + 0.25 * 6.31, rel=1e-14)


def test_rows_are_those_of_the_data():
    inputs, classes = DATA
    whole = zoo.Network("elu", "softmax", DATA, 0.1)
    x, rows = whole.start(), np.array([3, 7, 11])
    part = zoo.Network("elu", "softmax", (inputs[rows], classes[rows]), 0.1)
    assert whole.objective(x, rows) == part.objective(x)
    assert np.array_equal(flat(whole.gradient(x, rows)), flat(part.gradient(x)))


def test_the_pattern_is_the_truth_about_kinks():
    network = zoo.Network("relu", "svm", DATA, 0.0, hidden=4)
    x = network.start()
    sums = DATA[0] @ x["W1"] + x["b1"]
    row, unit = np.unravel_index(np.argmin(np.abs(sums)), sums.shape)
    distance = -sums[row, unit]
    for part, crossed in ((0.9, False), (1.1, True)):
        moved = {**x, "b1": x["b1"] + np.where(np.arange(4) == unit, part * distance, 0)}
        changed = network.pattern(moved) != network.pattern(x)
        assert changed[row, unit] == crossed
    assert zoo.Network("tanh", "softmax", DATA).pattern(zoo.Network("tanh", "softmax", DATA).start()).size == 0


def test_an_activation_of_ones_own():
    squares = zoo.Activation(np.square, lambda z: 2 * z)
    objective, gradient, x, _ = zoo.network(squares, "softmax", DATA)
    assert gradproof.check(objective, gradient, x)
    forgotten = zoo.Activation(np.square, lambda z: z)
    objective, gradient, x, _ = zoo.network(forgotten, "softmax", DATA)
    assert gradproof.check(objective, gradient, x).verdict == "wrong"


def test_names_are_read_as_people_write_them():
    assert zoo.Network("ReLU", "SVM", DATA).activation is zoo.relu
    assert zoo.Network("leaky ReLU", "Softmax", DATA).activation is zoo.leaky_relu


def test_float32_stays_float32():
    network = zoo.Network("relu", "softmax", (DATA[0].astype(np.float32), DATA[1]))
    x = network.start()
    assert {part.dtype for part in x.values()} == {part.dtype for part in network.gradient(x).values()}
    assert next(iter(x.values())).dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "sentence"),
    [
        (("relo", "svm", DATA), {}, ValueError, 'activation must be one of "sigmoid", "tanh", "relu"'),
        (("relu", "hinge", DATA), {}, ValueError, 'loss must be one of "svm", "softmax", or a gradproof.zoo.Loss'),
        ((3, "svm", DATA), {}, ValueError, "not 3"),
        (
            ("relu", "svm", DATA[0]),
            {},
            ValueError,
            "data must be a pair (inputs, classes), not an object of type ndarray",
        ),
        (("relu", "svm", (DATA[0][0], DATA[1])), {}, ValueError, "of shape (N, D), not float64 of shape (16,)"),
        (("relu", "svm", (DATA[0] * np.nan, DATA[1])), {}, ValueError, "inputs must be finite numbers"),
        (("relu", "svm", (DATA[0], DATA[1][:-1])), {}, ValueError, "classes must be 40 integers from 0, one per row"),
        (("relu", "svm", (DATA[0], DATA[1] - 1)), {}, ValueError, "integers from 0, one per row"),
        (("relu", "svm", (DATA[0], DATA[1] * 1.0)), {}, ValueError, "not float64 of shape (40,)"),
        (("relu", "svm", DATA, -1), {}, ValueError, "regularisation must be 0 or more and finite, not -1"),
        (("relu", "svm", DATA, "a"), {}, TypeError, "regularisation must be a number, not 'a'"),
        (("relu", "svm", DATA), {"hidden": 0}, ValueError, "hidden layers must have at least one unit each, not 0"),
        (("relu", "svm", DATA), {"hidden": 1.5}, TypeError, "hidden must be a number of units"),
    ],
)
def test_arguments_that_do_not_fit(arguments, settings, error, sentence):
    with pytest.raises(error) as caught:
        zoo.network(*arguments, **settings)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
