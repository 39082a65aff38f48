"""Activation functions, their derivatives, and where these jump or have kinks.

The formulas are those of the lecture notes of Stanford's CS231n ("Commonly used activation functions") and, for ELU,
of Clevert, Unterthiner and Hochreiter (2016), written so that no input of any size overflows.
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
    """An activation function, with its derivative and its kinks.

    Attributes
    ----------
    value : callable
        Maps sums of shape (rows, units * pieces) to outputs of shape (rows, units).
    derivative : callable
        Maps the same sums to the derivative of the output with respect to each of them, in their shape.
    kinks : tuple of float
        Values of `switch` at which the derivative jumps.
    only_c1 : tuple of float
        Values of `switch` at which only the second derivative jumps: centered differences are of first order there.
    pieces : int
        The number of sums per output: 1, but more for maxout.
    switch : callable
        Maps the sums to the variable of `kinks` and `only_c1`: the sums themselves, or their difference for maxout.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import zoo
    >>> zoo.relu.value(np.array([-1.0, 2.0])), zoo.relu.derivative(np.array([-1.0, 2.0]))
    (array([0., 2.]), array([0., 1.]))
    >>> zoo.relu.kinks
    (0.0,)

    An activation of your own, x³:

    >>> cubic = zoo.Activation(lambda z: z**3, lambda z: 3 * z**2)
    >>> objective, gradient, x, names = zoo.network(cubic, "softmax", (np.eye(3), np.array([0, 1, 2])))
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
    slope: Array = small / (1 + small) ** 2  # s(1 - s), without its loss of digits where s is near 1
    return slope


def _tanh_derivative(z: Array) -> Array:
    slope: Array = 4 * _sigmoid_derivative(2 * z)  # 1 - tanh(z)**2, without its loss of digits where tanh is near 1
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
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))  # where() computes both branches: neither may overflow


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
