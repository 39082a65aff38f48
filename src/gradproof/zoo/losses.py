"""Losses of classifiers, their derivatives, and where these jump.

The formulas are those of the lecture notes of Stanford's CS231n ("Linear classification": multiclass SVM and softmax).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

MARGIN = 1.0


def _nothing(scores: Array, classes: Array) -> Array:
    return np.empty((len(scores), 0))


class Loss(NamedTuple):
    """A loss function of a classifier, with its derivative and its kinks.

    Attributes
    ----------
    value : callable
        Maps scores of shape (rows, classes) and true classes of shape (rows,) to the loss of each row.
    derivative : callable
        Maps the same to the derivative of each row's loss with respect to its scores, of shape (rows, classes).
    kinks : tuple of float
        Values of `switch` at which the derivative jumps.
    switch : callable
        Maps scores and classes to the variable of `kinks`, with any number of columns per row.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import zoo
    >>> scores, classes = np.array([[3.0, 2.5, -1.0]]), np.array([0])
    >>> zoo.svm.value(scores, classes), zoo.svm.derivative(scores, classes)
    (array([0.5]), array([[-1.,  1.,  0.]]))
    >>> zoo.softmax.kinks
    ()
    """

    value: Callable[[Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    kinks: tuple[float, ...] = ()
    switch: Callable[[Array, Array], Array] = _nothing


def _margins(scores: Array, classes: Array) -> Array:
    """Return by how much each class violates the margin; minus infinity for the true class."""
    rows = np.arange(len(scores))
    margins: Array = scores - scores[rows, classes][:, np.newaxis] + MARGIN
    margins[rows, classes] = -np.inf
    return margins


def _svm(scores: Array, classes: Array) -> Array:
    total: Array = np.maximum(_margins(scores, classes), 0).sum(axis=1)
    return total


def _svm_derivative(scores: Array, classes: Array) -> Array:
    errors = (_margins(scores, classes) > 0).astype(scores.dtype)
    errors[np.arange(len(scores)), classes] = -errors.sum(axis=1)
    return errors


def _logarithms(scores: Array) -> Array:
    """Return the logarithms of the probabilities; the largest score is subtracted, so that exp cannot overflow."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    logarithms: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logarithms


def _softmax(scores: Array, classes: Array) -> Array:
    chosen: Array = -_logarithms(scores)[np.arange(len(scores)), classes]
    return chosen


def _softmax_derivative(scores: Array, classes: Array) -> Array:
    errors: Array = np.exp(_logarithms(scores))
    errors[np.arange(len(scores)), classes] -= 1
    return errors


svm = Loss(_svm, _svm_derivative, kinks=(0.0,), switch=_margins)
softmax = Loss(_softmax, _softmax_derivative)

LOSSES: dict[str, Loss] = {"svm": svm, "softmax": softmax}
