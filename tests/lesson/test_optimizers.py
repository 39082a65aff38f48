"""Optimizers: each against its update written out in numbers, and the rows that a step is made of."""

import math

import numpy as np
import pytest

from gradproof.lesson.optimizers import OPTIMIZERS, adagrad, adam, batches, descent, momentum

RATE = 0.1
SLOPES = (2.0, -1.0, 0.5)


def walked(make):
    update, x = make(RATE), np.array([1.0])
    points = []
    for slope in SLOPES:
        x = update(x, np.array([slope]))
        points.append(float(x[0]))
    return points


def momentum_by_hand():
    v1 = -RATE * 2
    v2 = 0.9 * v1 + RATE * 1
    v3 = 0.9 * v2 - RATE * 0.5
    return [1 + v1, 1 + v1 + v2, 1 + v1 + v2 + v3]


def adagrad_by_hand():
    first = 1 - RATE * 2 / (2 + 1e-8)
    second = first + RATE / (math.sqrt(5) + 1e-8)
    return [first, second, second - RATE * 0.5 / (math.sqrt(5.25) + 1e-8)]


def adam_by_hand():
    x, points = 1.0, []
    for step in (1, 2, 3):
        first = sum(0.1 * 0.9 ** (step - at) * SLOPES[at - 1] for at in range(1, step + 1)) / (1 - 0.9**step)
        second = sum(0.001 * 0.999 ** (step - at) * SLOPES[at - 1] ** 2 for at in range(1, step + 1))
        x -= RATE * first / (math.sqrt(second / (1 - 0.999**step)) + 1e-8)
        points.append(x)
    return points


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (descent, [0.8, 0.9, 0.85]),
        (momentum, momentum_by_hand()),
        (adagrad, adagrad_by_hand()),
        (adam, adam_by_hand()),
    ],
)
def test_updates(make, expected):
    assert walked(make) == pytest.approx(expected, rel=1e-12)
    assert walked(make) == walked(make)  # nothing is kept from one training to the next


def test_updates_differ():
    assert len({tuple(walked(make)) for make in (descent, momentum, adagrad, adam)}) == 4


def test_names_and_batch_sizes():
    sizes = {name: one.batch_size for name, one in OPTIMIZERS.items()}
    assert sizes == {"batch": 0, "sgd": 1, "minibatch": 32, "momentum": 32, "adagrad": 32, "adam": 32}
    assert OPTIMIZERS["sgd"].update is OPTIMIZERS["batch"].update is descent


@pytest.mark.parametrize("size", [1, 3, 10, 99])
def test_every_row_comes_once_in_every_pass(size):
    parts = batches(10, size, 5)
    for _ in range(3):
        seen = []
        while len(seen) < 10:
            part = next(parts)
            assert len(part) <= size
            seen += part.tolist()
        assert sorted(seen) == list(range(10))


def test_the_seed_decides_the_order():
    first, again, other = ([next(parts).tolist() for _ in range(4)] for parts in map(maker, (1, 1, 2)))
    assert first == again != other


def maker(seed):
    return batches(10, 3, seed)
