"""A two-layer ReLU network with softmax loss and an L2 regulariser, with a backward pass written by hand.

The data are real: 13 measurements of each of 178 wines, and which of three cultivators made it (see `wine.txt`).
The hidden layer has 13 units, so that `W1` is square, and its transposed gradient has the same shape.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Parameters = dict[str, Array]

TABLE: Array = np.loadtxt(Path(__file__).with_name("wine.csv"), delimiter=",", skiprows=1)
MEASUREMENTS = TABLE[:, :-1]
INPUTS: Array = (MEASUREMENTS - MEASUREMENTS.mean(axis=0)) / MEASUREMENTS.std(axis=0)
CLASSES = TABLE[:, -1].astype(np.int64)
ROWS = np.arange(len(CLASSES))
HIDDEN = INPUTS.shape[1]
STRENGTH = 0.01  # of the regulariser


def start() -> Parameters:
    """Return random parameters, as at the start of training."""
    random = np.random.default_rng(1)
    return {
        "W1": random.normal(size=(INPUTS.shape[1], HIDDEN)) * np.sqrt(2 / INPUTS.shape[1]),
        "b1": random.normal(size=HIDDEN) * 0.1,
        "W2": random.normal(size=(HIDDEN, 3)) * np.sqrt(2 / HIDDEN),
        "b2": random.normal(size=3) * 0.1,
    }


def forward(parameters: Parameters) -> tuple[Array, Array]:
    """Return the hidden layer and the logarithms of the class probabilities, one row per wine."""
    hidden = np.maximum(INPUTS @ parameters["W1"] + parameters["b1"], 0)
    scores = hidden @ parameters["W2"] + parameters["b2"]
    scores = scores - scores.max(axis=1, keepdims=True)  # changes no probability, and exp cannot overflow
    return hidden, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def objective(parameters: Parameters) -> float:
    """Return the mean softmax loss plus the regulariser of the weights."""
    _, logarithms = forward(parameters)
    regulariser = STRENGTH / 2 * (np.sum(parameters["W1"] ** 2) + np.sum(parameters["W2"] ** 2))
    return float(-np.mean(logarithms[ROWS, CLASSES]) + regulariser)


def gradient(parameters: Parameters) -> Parameters:
    """Return the gradient of the objective, by the chain rule from the loss back to the first layer."""
    hidden, logarithms = forward(parameters)
    errors = np.exp(logarithms)
    errors[ROWS, CLASSES] -= 1
    errors /= len(ROWS)
    behind = (errors @ parameters["W2"].T) * (hidden > 0)
    return {
        "W1": INPUTS.T @ behind + STRENGTH * parameters["W1"],
        "b1": behind.sum(axis=0),
        "W2": hidden.T @ errors + STRENGTH * parameters["W2"],
        "b2": errors.sum(axis=0),
    }
