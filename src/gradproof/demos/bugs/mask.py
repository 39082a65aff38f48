"""The derivative of ReLU is missing from the backward pass: inactive units pass the error on."""

from __future__ import annotations

import numpy as np

from ..network import CLASSES, INPUTS, ROWS, STRENGTH, Parameters, forward

MEANING = """\
W2 and b2, which lie behind the ReLU, are right. W1 and b1, which the error reaches through the ReLU,
are wrong. If a gradient is right down to one layer and wrong below it, the bug is between the two.
"""


def gradient(parameters: Parameters) -> Parameters:
    """Return a gradient with a bug in it."""
    hidden, logarithms = forward(parameters)
    errors = np.exp(logarithms)
    errors[ROWS, CLASSES] -= 1
    errors /= len(ROWS)
    behind = errors @ parameters["W2"].T
    return {
        "W1": INPUTS.T @ behind + STRENGTH * parameters["W1"],
        "b1": behind.sum(axis=0),
        "W2": hidden.T @ errors + STRENGTH * parameters["W2"],
        "b2": errors.sum(axis=0),
    }
