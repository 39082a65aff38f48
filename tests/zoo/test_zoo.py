"""Activations and losses: values and derivatives by mpmath, sizes that overflow elsewhere, and where kinks are."""

import ast
import warnings
from pathlib import Path

import mpmath
import numpy as np
import pytest

from gradproof import zoo

FORMULAS = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
}
POINTS = (-700.0, -40.0, -3.0, -0.5, -1e-3, 1e-3, 0.7, 5.0, 40.0, 300.0)
SCORES = np.array([[0.3, -1.2, 2.5], [1.0, 0.9, -0.4], [-2.0, 0.1, 0.2]])
TRUE = np.array([0, 1, 2])


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_derivatives_of_activations(name):
    activation = zoo.ACTIVATIONS[name]
    with mpmath.workdps(400):
        values = [float(FORMULAS[name](mpmath.mpf(z))) for z in POINTS]
        slopes = [float(mpmath.diff(FORMULAS[name], mpmath.mpf(z), h=mpmath.mpf(10) ** -100)) for z in POINTS]
    np.testing.assert_allclose(activation.value(np.array(POINTS)), values, rtol=1e-13)
    np.testing.assert_allclose(activation.derivative(np.array(POINTS)), slopes, rtol=1e-13)


def test_a_value_that_is_off_is_seen():
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(zoo.sigmoid.value(np.array([0.7])), [0.6681], rtol=1e-13)


def test_maxout_takes_the_larger_of_two():
    z = np.array([[1.0, 2.0, -3.0, -5.0], [4.0, 0.0, 1e308, -1e308]])
    assert zoo.maxout.value(z).tolist() == [[2.0, -3.0], [4.0, 1e308]]
    assert zoo.maxout.derivative(z).tolist() == [[0, 1, 1, 0], [1, 0, 1, 0]]
    assert zoo.maxout.derivative(np.zeros((1, 2))).sum() == 1  # at the kink one of the two, never both


@pytest.mark.parametrize("name", zoo.ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_activations_are_stable_at_large_inputs(name, dtype):
    z = np.array([[-1e30, 1e30, -1e4, 1e4]], dtype)
    value, slope = zoo.ACTIVATIONS[name].value(z), zoo.ACTIVATIONS[name].derivative(z)
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()
    assert value.dtype == slope.dtype == dtype
    assert slope.shape == z.shape


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "sigmoid", "tanh"])
def test_kinks_are_where_the_derivative_jumps_and_only_c1_where_the_second_does(name):
    activation = zoo.ACTIVATIONS[name]
    for order, places in ((1, activation.kinks), (2, activation.only_c1)):
        for z in (-1.0, 0.0, 1.0):
            left, right = (one_sided(activation, z, side, order) for side in (-1, 1))
            assert (abs(left - right) > 0.1) == (z in places), (name, order, z)


def one_sided(activation, z, side, order):
    """The first or second derivative next to a point, from its side alone."""
    near, far = z + side * 1e-7, z + side * 2e-7
    slopes = activation.derivative(np.array([near, far]))
    return slopes[0] if order == 1 else (slopes[1] - slopes[0]) / (far - near)


def test_maxout_has_its_kink_where_its_pieces_are_equal():
    before, after = np.array([[1.0, 1.0 + 1e-9]]), np.array([[1.0, 1.0 - 1e-9]])
    assert zoo.maxout.switch(before)[0, 0] < zoo.maxout.kinks[0] < zoo.maxout.switch(after)[0, 0]
    assert (zoo.maxout.derivative(before) != zoo.maxout.derivative(after)).all()


def test_softmax_is_the_cross_entropy():
    with mpmath.workdps(50):
        chances = [[mpmath.exp(s) / sum(map(mpmath.exp, row)) for s in row] for row in SCORES.tolist()]
        losses = [float(-mpmath.log(row[true])) for row, true in zip(chances, TRUE, strict=True)]
    np.testing.assert_allclose(zoo.softmax.value(SCORES, TRUE), losses, rtol=1e-14)
    slopes = np.array(chances, float) - np.eye(3)
    np.testing.assert_allclose(zoo.softmax.derivative(SCORES, TRUE), slopes, rtol=1e-13)


def test_svm_is_the_hinge_of_the_margins():
    losses = [sum(max(0, row[j] - row[y] + 1) for j in range(3) if j != y) for row, y in zip(SCORES, TRUE, strict=True)]
    np.testing.assert_allclose(zoo.svm.value(SCORES, TRUE), losses, rtol=1e-14)
    slopes = np.zeros((3, 3))
    for row, true in enumerate(TRUE):
        for other in set(range(3)) - {true}:
            if SCORES[row, other] - SCORES[row, true] + 1 > 0:
                slopes[row, other] += 1
                slopes[row, true] -= 1
    assert zoo.svm.derivative(SCORES, TRUE).tolist() == slopes.tolist()


@pytest.mark.parametrize("name", zoo.LOSSES)
def test_losses_are_stable_at_large_scores_and_leave_them_alone(name):
    scores = np.array([[1e300, -1e300, 0.0], [800.0, 900.0, -900.0]])
    kept = scores.copy()
    value, slope = (part(scores, np.array([0, 2])) for part in zoo.LOSSES[name][:2])
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()
    assert value[1] == pytest.approx(1800, rel=0.95)
    assert np.array_equal(scores, kept)


def test_every_function_is_short():
    for path in Path(zoo.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = sum(each.end_lineno - each.lineno + 1 for each in body)
                assert lines <= 15, (path.name, node.name, lines)


def test_the_digits():
    inputs, classes = zoo.digits()
    assert inputs.shape == (1797, 64)
    assert (inputs.min(), inputs.max()) == (0, 1)
    # As the source counts them.
    assert np.bincount(classes).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    text = (Path(zoo.__file__).parent / "digits.txt").read_text(encoding="utf-8")
    assert "CC BY 4.0" in text
    with pytest.raises(ValueError, match="read-only"):
        inputs[0, 0] = 1
