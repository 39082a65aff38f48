"""Small networks with correct gradients, from any activation and loss, to try a gradient check on.

Examples
--------
>>> from gradproof import check, zoo
>>> inputs, classes = zoo.digits()
>>> objective, gradient, x, names = zoo.network("tanh", "softmax", (inputs[:20], classes[:20]))
>>> check(objective, gradient, x).verdict
'right'
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
