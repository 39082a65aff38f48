"""Functions of many outputs that read the user's own arrays, as functions of x: each call puts the arrays back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...problem.point import called
from ..objectives import InPlace
from .memory import Arrays
from .signals import Signals


def placed(objective: InPlace, claim: Any) -> tuple[Any, Any, Any]:
    """Return a function, what is claimed of its derivatives, and the point, as a check of many outputs takes them.

    Parameters
    ----------
    objective
        A function without arguments, and the arrays that it reads.
    claim
        A product, which is called with the vector alone, or a matrix, or a function without arguments that returns it.
    """
    arrays = Arrays(objective.parameters)
    point = arrays.layout.build(arrays.copy())
    function = Placed(arrays, objective.function, "in place, the function is called without arguments")
    if not callable(claim):
        return function, claim, point
    return function, Placed(arrays, claim, "in place, the derivative is called without x"), point


class Placed:
    """A function of x that writes x to the user's arrays, calls a function without x, and restores the arrays.

    Parameters
    ----------
    arrays
        The user's arrays.
    function
        The user's function; it is called with what there is beside x.
    how
        How error messages say that it is called.
    """

    def __init__(self, arrays: Arrays, function: Callable[..., Any], how: str) -> None:
        self._arrays = arrays
        self._function = function
        self._how = how
        self._before = arrays.copy()
        self._signals = Signals()

    def __call__(self, x: Any, *vectors: Any) -> Any:
        """Return what the function returns where the arrays are x, in memory that does not change with them."""
        # Twice, because a first signal may raise on the way into the first `finally`; after that none does.
        try:
            try:
                self._signals.take()
                self._arrays.restore(self._arrays.layout.flatten(x, "x", dtype=self._before.dtype))
                return self._own(called(self._how, self._function, *vectors))
            finally:
                self._come_back()
        finally:
            self._come_back()

    def _come_back(self) -> None:
        self._signals.close()
        self._arrays.restore(self._before)
        self._signals.give_back()

    def _own(self, value: Any) -> Any:
        """Return a result without views of the user's arrays, which are about to change."""
        if type(value) in (list, tuple):
            return type(value)(map(self._own, value))
        if type(value) is dict:
            return {key: self._own(part) for key, part in value.items()}
        return value.copy() if isinstance(value, np.ndarray) and self._arrays.share_memory(value) else value
