"""Objectives that return their terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Terms(NamedTuple):
    """An objective that returns its terms; `terms` makes it."""

    function: Callable[[Any], Any]


def terms(function: Callable[[Any], Any]) -> Terms:
    """Mark an objective that returns its terms, such as the losses of samples, instead of their sum.

    Parameters
    ----------
    function : callable
        ``function(x)`` returns an array, or a structure of arrays, of real terms; the objective is their sum.

    Returns
    -------
    Terms
        To be passed to `check` or `assert_gradient` as the objective.  The gradient is that of the sum, in the
        structure of `x`; or an array with one row for each term, of the gradients of all terms.

    Raises
    ------
    TypeError
        If `function` is not callable.

    Notes
    -----
    The difference of two values of a sum is that of its terms, added up with compensation: where large terms cancel, or
    their sum is large, little is lost.  A term whose slopes explain the errors of the gradient is named; with one row
    for each term, so is every wrong entry.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check, terms
    >>> X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]])
    >>> y = np.array([1.0, 0.0, 2.0])
    >>> def losses(w):
    ...     return (X @ w - y) ** 2
    >>> def gradient(w):
    ...     return 2 * X[1:].T @ (X[1:] @ w - y[1:])  # the first sample is missing
    >>> report = check(terms(losses), gradient, np.array([0.5, 1.0]))
    >>> report.verdict
    'wrong'
    >>> print(report.warnings[0])
    terms[0] is missing in the gradient: its slopes explain all 2 errors.
    """
    if not callable(function):
        raise TypeError(f"terms() takes a function of x, not an object of type {type(function).__name__}")
    return Terms(function)
