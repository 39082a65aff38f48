"""Problems for checks along lines: objectives of some thousand coordinates with their right gradients."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import gradproof

ROWS, SIZES = 40, (20, 60, 30, 1)
DECAY = 1e-3


class Model(NamedTuple):
    """An objective, its gradient at x, and x."""

    objective: Callable[[Any], float]
    gradient: Any
    x: Any


def _network(activation: str) -> Model:
    random = np.random.default_rng(1)
    inputs, targets = random.normal(size=(ROWS, SIZES[0])), random.normal(size=(ROWS, 1))
    x = {
        f"W{layer}": random.normal(size=(before, after)) / math.sqrt(before)
        for layer, (before, after) in enumerate(itertools.pairwise(SIZES))
    }
    squash = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0.0)

    def layers(weights: Any) -> list[Any]:
        values = [inputs]
        for layer in range(len(x)):
            z = values[-1] @ weights[f"W{layer}"]
            values.append(squash(z) if layer < len(x) - 1 else z)
        return values

    def objective(weights: Any) -> float:
        decay = sum(float(np.sum(block * block)) for block in weights.values())
        return 0.5 * float(np.mean((layers(weights)[-1] - targets) ** 2)) + 0.5 * DECAY * decay

    values = layers(x)
    back, gradient = (values[-1] - targets) / ROWS, {}
    for layer in reversed(range(len(x))):
        gradient[f"W{layer}"] = values[layer].T @ back + DECAY * x[f"W{layer}"]
        back = back @ x[f"W{layer}"].T
        if layer:
            back = back * (1 - values[layer] ** 2 if activation == "tanh" else values[layer] > 0)
    return Model(objective, {name: gradient[name] for name in x}, x)


def tanh_network() -> Model:
    return _network("tanh")


def relu_network() -> Model:
    return _network("relu")


def _regression(l1: float) -> Model:
    """Logistic regression; nine of ten weights are 0, where the mean of both slopes of the penalty is claimed."""
    random = np.random.default_rng(2)
    rows, labels = random.normal(size=(30, 3000)) / 50, random.integers(0, 2, 30) * 2.0 - 1
    x = np.where(random.uniform(size=3000) < 0.1, random.normal(size=3000), 0.0)

    def objective(w: Any) -> float:
        return float(np.mean(np.logaddexp(0.0, -labels * (rows @ w))) + l1 * np.abs(w).sum())

    slopes = rows.T @ (-labels / (1 + np.exp(labels * (rows @ x)))) / 30
    return Model(objective, slopes + l1 * np.sign(x), x)


def logistic() -> Model:
    return _regression(0.0)


def logistic_with_l1() -> Model:
    return _regression(1e-3)


def embedding() -> Model:
    """Of a table of 200 words only two occur: 99 of 100 slopes are 0."""
    random = np.random.default_rng(3)
    x, used = random.normal(size=(200, 20)), [17, 151]

    def objective(table: Any) -> float:
        return float(np.sum(np.tanh(table[used]) ** 2))

    gradient = np.zeros_like(x)
    squashed = np.tanh(x[used])
    gradient[used] = 2 * squashed * (1 - squashed**2)
    return Model(objective, gradient, x)


def many_scales() -> Model:
    """Coordinates of all sizes from 1e-6 to 1e3, each on a scale of its own."""
    random = np.random.default_rng(4)
    sizes = 10.0 ** random.uniform(-6, 3, 3000)
    x, weights = random.normal(size=3000) * sizes, random.normal(size=3000)
    return Model(lambda y: float(np.sin(y / sizes) @ weights), np.cos(x / sizes) * weights / sizes, x)


def minimiser() -> Model:
    """A quadratic at its minimum: all slopes are 0 but for rounding."""
    random = np.random.default_rng(5)
    x, weights = random.normal(size=3000), random.uniform(1, 2, 3000)
    return Model(lambda y: float(weights @ (y - x) ** 2) + 1.0, np.zeros(3000), x)


def flat() -> Model:
    return Model(lambda y: 3.0, np.zeros(3000), np.linspace(-1, 1, 3000))


def single_x() -> Model:
    random = np.random.default_rng(6)
    x, weights = random.normal(size=3000).astype(np.float32), random.normal(size=3000)
    return Model(
        lambda y: float(np.sin(y.astype(np.float64)) @ weights),
        (np.cos(x.astype(np.float64)) * weights).astype(np.float32),
        x,
    )


def single_inside() -> Model:
    random = np.random.default_rng(7)
    x, weights = random.normal(size=3000), random.normal(size=3000).astype(np.float32)
    return Model(lambda y: float(np.sin(y.astype(np.float32)) @ weights), np.cos(x) * weights, x)


MODELS: dict[str, Callable[[], Model]] = {
    model.__name__: model
    for model in (
        tanh_network,
        relu_network,
        logistic,
        logistic_with_l1,
        embedding,
        many_scales,
        minimiser,
        flat,
        single_x,
        single_inside,
    )
}


def flat_of(structure: Any) -> Any:
    """The coordinates of x, or of a gradient, in their order."""
    if isinstance(structure, dict):
        return np.concatenate([block.ravel() for block in structure.values()])
    return np.asarray(structure).ravel()


@functools.cache
def model_of(name: str) -> Model:
    """One of the models, made once."""
    return MODELS[name]()


@functools.cache
def tanh() -> Model:
    """The network that most tests plant their bugs in."""
    return model_of("tanh_network")


def shaped(flat: Any, model: Model) -> Any:
    """The coordinates in the structure of x."""
    if not isinstance(model.x, dict):
        return flat.reshape(np.shape(model.x))
    out: dict[str, Any] = {}
    start = 0
    for name, block in model.x.items():
        out[name] = flat[start : start + block.size].reshape(block.shape)
        start += block.size
    return out


def lines(model: Model, claimed: Any = None, **chosen: Any) -> gradproof.Report:
    """A check along lines, of the right gradient or of another one."""
    return gradproof.check(
        model.objective, model.gradient if claimed is None else claimed, model.x, mode="lines", **chosen
    )
