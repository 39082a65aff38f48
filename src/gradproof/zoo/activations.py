"""Activations: their values, their derivatives, and where these jump or bend.

The formulas are those of the lecture notes of Stanford's CS231n ("Commonly used activation functions") and, for ELU,
of Clevert, Unterthiner and Hochreiter (2016); each is written so that no input of any size overflows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

LEAK = 0.01
PIECES = 2


def _same(z: Array) -> Array:
    return z


class Activation(NamedTuple):
    """What a layer does with its sums.

    Attributes
    ----------
    value
        Maps sums of shape (rows, units x pieces) to outputs of shape (rows, units).
    derivative
        Maps the same sums to the derivative of the output by each of them, in their shape.
    kinks
        Where the derivative jumps, as values of `switch`; empty where it never does.
    only_c1
        Where the derivative is continuous and the second one jumps: centered differences are of first order there.
    pieces
        How many sums make one output: 1, and more for maxout.
    switch
        Maps the sums to what passes through `kinks` and `only_c1`: the sums themselves, or for maxout their difference.
    """

    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    kinks: tuple[float, ...] = ()
    only_c1: tuple[float, ...] = ()
    pieces: int = 1
    switch: Callable[[Array], Array] = _same


def _sigmoid(z: Array) -> Array:
    small = np.exp(-np.abs(z))  # never above 1
    value: Array = np.where(z >= 0, 1, small) / (1 + small)
    return value


def _sigmoid_derivative(z: Array) -> Array:
    small = np.exp(-np.abs(z))
    slope: Array = small / (1 + small) ** 2  # s(1 - s), which would lose its digits where s is near 1
    return slope


def _tanh_derivative(z: Array) -> Array:
    slope: Array = 4 * _sigmoid_derivative(2 * z)  # 1 - tanh(z)**2, which would lose its digits where tanh is near 1
    return slope


def _relu(z: Array) -> Array:
    return np.maximum(z, 0)


def _relu_derivative(z: Array) -> Array:
    return (z > 0).astype(z.dtype)


def _leaky_relu(z: Array) -> Array:
    return np.where(z > 0, z, LEAK * z)


def _leaky_relu_derivative(z: Array) -> Array:
    return np.where(z > 0, 1, LEAK).astype(z.dtype)


def _elu(z: Array) -> Array:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))  # where() takes both branches: none may overflow


def _elu_derivative(z: Array) -> Array:
    return np.exp(np.minimum(z, 0))


def _apart(z: Array) -> Array:
    pieces: Array = z.reshape(*z.shape[:-1], -1, PIECES)
    return pieces


def _maxout(z: Array) -> Array:
    largest: Array = _apart(z).max(axis=-1)
    return largest


def _maxout_derivative(z: Array) -> Array:
    pieces = _apart(z)
    is_largest = pieces.argmax(axis=-1)[..., np.newaxis] == np.arange(PIECES)
    slopes: Array = is_largest.reshape(z.shape).astype(z.dtype)
    return slopes


def _maxout_switch(z: Array) -> Array:
    pieces = _apart(z)
    difference: Array = pieces[..., 0] - pieces[..., 1]
    return difference


sigmoid = Activation(_sigmoid, _sigmoid_derivative)
tanh = Activation(np.tanh, _tanh_derivative)
relu = Activation(_relu, _relu_derivative, kinks=(0.0,))
leaky_relu = Activation(_leaky_relu, _leaky_relu_derivative, kinks=(0.0,))
maxout = Activation(_maxout, _maxout_derivative, kinks=(0.0,), pieces=PIECES, switch=_maxout_switch)
elu = Activation(_elu, _elu_derivative, only_c1=(0.0,))

ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "maxout": maxout,
    "elu": elu,
}
