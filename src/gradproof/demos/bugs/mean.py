"""The objective is a mean over the wines, but the gradient is a sum: 1/N is missing."""

from __future__ import annotations

import numpy as np

from ..network import CLASSES, INPUTS, ROWS, STRENGTH, Parameters, forward

MEANING = """\
Every coordinate is wrong. In b1 and b2, which are not regularised, claimed / slope is the same
everywhere: 178, the number of wines. A common factor is the mark of a missing (or repeated) mean,
sum or constant.
"""


def gradient(parameters: Parameters) -> Parameters:
    """Return a gradient with a bug in it."""
    hidden, logarithms = forward(parameters)
    errors = np.exp(logarithms)
    errors[ROWS, CLASSES] -= 1
    behind = (errors @ parameters["W2"].T) * (hidden > 0)
    return {
        "W1": INPUTS.T @ behind + STRENGTH * parameters["W1"],
        "b1": behind.sum(axis=0),
        "W2": hidden.T @ errors + STRENGTH * parameters["W2"],
        "b2": errors.sum(axis=0),
    }
