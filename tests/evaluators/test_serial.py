"""Plain Python objectives."""

import gc
import weakref

import numpy as np
import pytest
from evaluation import X, cubes, expected, probes_of, twins, values_of

import gradproof
from gradproof.evaluators import choice
from gradproof.evaluators.values import as_value
from gradproof.problem.point import read_problem


def test_serial():
    assert values_of(cubes).tolist() == expected()
    twins(cubes)


@pytest.mark.parametrize("shape", [(2, 2), (4, 1), (1, 2, 2)])
def test_serial_with_a_shape(shape):
    def objective(x):
        assert x.shape == shape
        return cubes(x.reshape(-1))

    assert values_of(objective, X.reshape(shape)).tolist() == expected()


def test_serial_continues_after_an_exception():
    def objective(x):
        if x[1] > -1:
            raise StopIteration
        if x[2] < 2:
            raise ArithmeticError
        return cubes(x)

    values = values_of(objective)
    assert np.flatnonzero(np.isnan(values)).tolist() == [2, 3]
    assert values[[0, 1, 4]].tolist() == [expected()[k] for k in (0, 1, 4)]


def test_a_round_of_more_than_one_chunk():
    n = 3000
    x = np.linspace(1, 2, n)
    probes = probes_of(*((index, 0.5) for index in range(n)))
    for objective in (np.sum, gradproof.batched(lambda points: points.sum(axis=1))):
        evaluator = choice.evaluator_for(objective, read_problem(x))
        assert np.allclose(evaluator.evaluate(probes), x.sum() + 0.5, rtol=1e-14)


def test_nothing_is_left_to_the_garbage_collector():
    """A check is gone when its report is: the evaluator holds points as large as x."""

    class Cubes:
        def __call__(self, x):
            return cubes(x)

    gc.disable()
    try:
        objective = Cubes()
        gone = weakref.ref(objective)
        gradproof.check(objective, lambda x: 3 * x**2, np.ones(3))
        del objective
        assert gone() is None
    finally:
        gc.enable()


def test_points_have_memory_of_their_own():
    kept = []

    def objective(x):
        kept.append(x)
        x += 100
        return cubes(x - 100)

    values_of(objective)
    assert all(np.all(x > 90) for x in kept)
    assert not any(np.shares_memory(a, b) for a in kept for b in kept if a is not b)


@pytest.mark.parametrize("one", [np.ma.masked, np.ma.array(3.0, mask=True), np.ma.array([3.0], mask=[True])])
def test_a_masked_value_is_none(one):
    assert as_value(np.ma.array(3.0)) == 3.0
    with pytest.raises((TypeError, ValueError), match="not a masked value: return NaN where f has none"):
        as_value(one)
