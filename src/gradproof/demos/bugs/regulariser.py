"""The regulariser of W2 is part of the objective, but its derivative is missing from the gradient."""

from __future__ import annotations

import numpy as np

from ..network import CLASSES, INPUTS, ROWS, STRENGTH, Parameters, forward

MEANING = """\
The loss still decreases when the network is trained with this gradient, so nothing looks wrong: the
weights of the second layer just stay larger than they should. The report names all of W2, and
nothing else.
"""


def gradient(parameters: Parameters) -> Parameters:
    """Return a gradient with a bug in it."""
    hidden, logarithms = forward(parameters)
    errors = np.exp(logarithms)
    errors[ROWS, CLASSES] -= 1
    errors /= len(ROWS)
    behind = (errors @ parameters["W2"].T) * (hidden > 0)
    return {
        "W1": INPUTS.T @ behind + STRENGTH * parameters["W1"],
        "b1": behind.sum(axis=0),
        "W2": hidden.T @ errors,
        "b2": errors.sum(axis=0),
    }
