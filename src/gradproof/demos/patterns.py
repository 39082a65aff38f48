"""The true kinks of the network, from the activation pattern of its ReLUs instead of values of the loss.

Along one coordinate of W1 or b1 the input of each ReLU is a straight line, z + t a; its kink lies at t = -z / a.
"""

from __future__ import annotations

import numpy as np

from .network import HIDDEN, INPUTS, Array, Parameters

# The factors of the coordinates of W1, and of b1, one row per wine.
FACTORS: Array = np.hstack([INPUTS, np.ones((len(INPUTS), 1))])
# The number of coordinates before the ReLUs: W1 and b1, which come first in x.  W2 and b2 have no kinks.
BEFORE = FACTORS.shape[1] * HIDDEN


def inputs_of_relu(parameters: Parameters) -> Array:
    """Return the input of each ReLU, (wines, units)."""
    inputs: Array = INPUTS @ parameters["W1"] + parameters["b1"]
    return inputs


def crossed(parameters: Parameters, before: float, after: float) -> Array:
    """Return for each coordinate of W1 and b1 whether a ReLU switches from x + before to x + after, (coordinates,)."""
    inputs = inputs_of_relu(parameters)[:, None, :]
    factors = FACTORS[:, :, None]
    switched = (inputs + before * factors > 0) != (inputs + after * factors > 0)
    some: Array = np.any(switched, axis=0).reshape(-1)
    return some


def distances(parameters: Parameters) -> Array:
    """Return the signed distance of every kink along each coordinate of W1 and b1, (coordinates, wines)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        every = -inputs_of_relu(parameters)[:, None, :] / FACTORS[:, :, None]
    signed: Array = np.where(np.isnan(every), np.inf, every).reshape(len(INPUTS), -1).T
    return signed


def nearest(parameters: Parameters) -> Array:
    """Return the distance of the nearest kink along each coordinate of W1 and b1, on either side, (coordinates,)."""
    return np.asarray(np.min(np.abs(distances(parameters)), axis=1))
