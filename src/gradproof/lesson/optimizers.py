"""The optimizers for basic networks: their updates, and the rows of each step.

The updates are those of the lecture notes of Stanford's CS231n ("Parameter updates"); Adam is that of Kingma and Ba
(2015), with its correction of the first steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np

from ..problem.numbers import Flat

# Maps a flat point and the gradient there to the next point.
Update: TypeAlias = Callable[[Flat, Flat], Flat]

MOMENTUM = 0.9
FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.999
TINY = 1e-8
ALL_ROWS = 0


class Optimizer(NamedTuple):
    """An optimizer: its title, its update for a learning rate, its default rate, and its rows per step."""

    title: str
    update: Callable[[float], Update]
    learning_rate: float
    batch_size: int


def descent(rate: float) -> Update:
    """Return the update of gradient descent: a step against the gradient."""
    return lambda x, gradient: x - rate * gradient


def momentum(rate: float) -> Update:
    """Return the update of gradient descent with momentum."""
    velocity: Flat | float = 0.0

    def update(x: Flat, gradient: Flat) -> Flat:
        nonlocal velocity
        velocity = MOMENTUM * velocity - rate * gradient
        return x + velocity

    return update


def adagrad(rate: float) -> Update:
    """Return the update of AdaGrad (Duchi, Hazan and Singer, 2011): it divides by the root of all squares so far."""
    squares: Flat | float = 0.0

    def update(x: Flat, gradient: Flat) -> Flat:
        nonlocal squares
        squares = squares + gradient**2
        return x - rate * gradient / (np.sqrt(squares) + TINY)

    return update


def adam(rate: float) -> Update:
    """Return the update of Adam (Kingma and Ba, 2015): running means of the gradient and of its squares."""
    first: Flat | float = 0.0
    second: Flat | float = 0.0
    step = 0

    def update(x: Flat, gradient: Flat) -> Flat:
        nonlocal first, second, step
        step += 1
        first = FIRST_MOMENT * first + (1 - FIRST_MOMENT) * gradient
        second = SECOND_MOMENT * second + (1 - SECOND_MOMENT) * gradient**2
        unbiased = np.sqrt(second / (1 - SECOND_MOMENT**step))
        return x - rate * first / (1 - FIRST_MOMENT**step) / (unbiased + TINY)

    return update


OPTIMIZERS: dict[str, Optimizer] = {
    "batch": Optimizer("batch gradient descent", descent, 0.1, ALL_ROWS),
    "sgd": Optimizer("SGD", descent, 0.01, 1),
    "minibatch": Optimizer("mini-batch gradient descent", descent, 0.1, 32),
    "momentum": Optimizer("momentum", momentum, 0.01, 32),
    "adagrad": Optimizer("AdaGrad", adagrad, 0.01, 32),
    "adam": Optimizer("Adam", adam, 0.01, 32),
}


def batches(rows: int, size: int, seed: int) -> Iterator[Flat]:
    """Yield the rows of each step, without end: every pass has each row once, in a new order."""
    random = np.random.default_rng(seed)
    while True:
        order = np.arange(rows) if size >= rows else random.permutation(rows)
        for start in range(0, rows, size):
            yield order[start : start + size]
