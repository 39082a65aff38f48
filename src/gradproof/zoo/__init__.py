"""Activations, losses and small networks of any of them, with right gradients: what a gradient check is tried on.

>>> from gradproof import check, zoo
>>> objective, gradient, x, names = zoo.network("relu", "softmax", zoo.digits())
>>> print(check(objective, gradient, x))
"""

from __future__ import annotations

from .activations import ACTIVATIONS, Activation, elu, leaky_relu, maxout, relu, sigmoid, tanh
from .digits import digits
from .losses import LOSSES, Loss, softmax, svm
from .networks import Network, network

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "Activation",
    "Loss",
    "Network",
    "digits",
    "elu",
    "leaky_relu",
    "maxout",
    "network",
    "relu",
    "sigmoid",
    "softmax",
    "svm",
    "tanh",
]
