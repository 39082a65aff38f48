"""Objectives that ask more of a check: one in float32, whose noise is large, and a minimum, where all slopes are 0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from objectives import Task
from peers import SCIPY, missing
from rows.checks import compared
from table import Row
from timing import Effort

# Of the network: 1,000 parameters.
INPUTS, HIDDEN, EXAMPLES = 18, 50, 64
# Of the cluster: 192 coordinates.
SIDE = 4
# Time and evaluations, in units of 2n calls.
GOALS = (3.0, 2.5), (3.0, 3.0)


def rows(effort: Effort) -> Iterator[Row]:
    network_goals, cluster_goals = GOALS
    yield from compared(network(effort.size(HIDDEN)), "", effort, network_goals, in_readme=True)
    if SCIPY not in missing():
        yield from compared(cluster(SIDE if effort.divisor == 1 else 2), "", effort, cluster_goals, in_readme=True)


def network(hidden: int) -> Task:
    """Return the loss of a network of two layers, with everything in float32."""
    random = np.random.default_rng(6)
    data = random.normal(size=(EXAMPLES, INPUTS)).astype(np.float32)
    wanted = random.normal(size=EXAMPLES).astype(np.float32)
    first = INPUTS * hidden
    x = (random.normal(size=first + 2 * hidden) / 4).astype(np.float32)

    def layers(x: Any) -> tuple[Any, Any, Any]:
        return x[:first].reshape(INPUTS, hidden), x[first : first + hidden], x[first + hidden :]

    def value(x: Any) -> Any:
        weights, bias, last = layers(x)
        return np.mean((np.tanh(data @ weights + bias) @ last - wanted) ** 2)

    def gradient(x: Any) -> Any:
        weights, bias, last = layers(x)
        active = np.tanh(data @ weights + bias)
        outer = 2 * (active @ last - wanted) / np.float32(EXAMPLES)
        inner = outer[:, None] * last * (1 - active * active)
        return np.concatenate([(data.T @ inner).ravel(), inner.sum(axis=0), active.T @ outer])

    return Task("a float32 network", value, gradient, x)


def cluster(side: int) -> Task:
    """Return the energy of atoms that attract each other (Lennard-Jones), relaxed from a cubic lattice."""
    from scipy.optimize import minimize

    places = np.stack(np.meshgrid(*[np.arange(side)] * 3), axis=-1).reshape(-1, 3) * 1.1
    first, second = np.triu_indices(len(places), k=1)

    def inverse_sixth(x: Any) -> tuple[Any, Any, Any]:
        atoms = x.reshape(-1, 3)
        apart = atoms[first] - atoms[second]
        squares = (apart * apart).sum(axis=1)
        return apart, squares, squares**-3

    def value(x: Any) -> Any:
        sixth = inverse_sixth(x)[2]
        return 4.0 * np.sum(sixth * sixth - sixth)

    def gradient(x: Any) -> Any:
        apart, squares, sixth = inverse_sixth(x)
        forces = (24.0 * (sixth - 2.0 * sixth * sixth) / squares)[:, None] * apart
        slopes = np.zeros((len(places), 3))
        np.add.at(slopes, first, forces)
        np.add.at(slopes, second, -forces)
        return slopes.ravel()

    start = places.ravel() + 0.02 * np.random.default_rng(7).normal(size=places.size)
    found = minimize(value, start, jac=gradient, method="L-BFGS-B", options={"gtol": 1e-9, "maxiter": 5000, "ftol": 0})
    return Task("a relaxed cluster", value, gradient, found.x)
