"""The block of W1 is transposed. As W1 is square, its shape does not reveal this."""

from __future__ import annotations

import numpy as np

from ..network import CLASSES, INPUTS, ROWS, STRENGTH, Parameters, forward

MEANING = """\
The report names the off-diagonal entries of W1: on the diagonal, a matrix and its transpose agree.
b1, W2 and b2 are right, so everything up to the product that yields W1 is right, too.
"""


def gradient(parameters: Parameters) -> Parameters:
    """Return a gradient with a bug in it."""
    hidden, logarithms = forward(parameters)
    errors = np.exp(logarithms)
    errors[ROWS, CLASSES] -= 1
    errors /= len(ROWS)
    behind = (errors @ parameters["W2"].T) * (hidden > 0)
    return {
        "W1": (INPUTS.T @ behind).T + STRENGTH * parameters["W1"],
        "b1": behind.sum(axis=0),
        "W2": hidden.T @ errors + STRENGTH * parameters["W2"],
        "b2": errors.sum(axis=0),
    }
