"""Functions that return the value and the gradient together, as `jac=True` in `scipy.optimize.minimize`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from ..evaluators.evaluator import EndedError
from ..evaluators.objectives import Batched, InPlace, NativeFunction, Terms
from ..evaluators.values import number_or_same
from ..problem.point import called
from ..problem.watching import fingerprint

# How the function is called, by the number of arguments.
HOW = (
    "in place, the objective is called without arguments",
    "the objective is called with x alone",
    "with rows=, the objective is called with x and an index array",
)


class NoPairError(EndedError, TypeError):
    """The function did not return (value, gradient)."""


class Kept(NamedTuple):
    """The value of a call that was made for its gradient: in which process, at which point."""

    process: int
    point: int
    value: Any


class Pair:
    """A function that returns (value, gradient), as the objective; `gradient` is the gradient.

    The value of a call that is made for the gradient answers the next call of the objective, if that is at the same
    point.  It answers one call only: whether f gives the same value twice is for the check to find out.

    Parameters
    ----------
    function
        The user's function.
    parameters
        In place, the arrays that it reads: they are the point.
    """

    def __init__(self, function: Callable[..., Any], parameters: Any = None) -> None:
        self.function = function
        self._parameters = parameters
        self._kept: list[Kept] = []

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: each process makes its own calls."""
        return self.__dict__ | {"_kept": [], "_parameters": None}

    def __call__(self, *arguments: Any) -> Any:
        """Return the value of the function."""
        if self._kept:
            with suppress(IndexError):  # of several threads, one gets it
                process, point, value = self._kept.pop()
                if (process, point) == (os.getpid(), self._point(arguments)):
                    return value
        return self._called(arguments)[0]

    def gradient(self, *arguments: Any) -> Any:
        """Return the gradient of the function."""
        point = self._point(arguments)
        value, gradient = self._called(arguments)
        if self._point(arguments) == point:  # a function that changes its argument must show it at x
            self._kept = [Kept(os.getpid(), point, value)]
        return gradient

    def _called(self, arguments: tuple[Any, ...]) -> tuple[Any, Any]:
        result = called(HOW[len(arguments)], self.function, *arguments)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            raise NoPairError(f"with gradient=True, the objective must return (value, gradient), not {_named(result)}")
        value, gradient = result
        if getattr(value, "shape", ()) and value.size > 1 and isinstance(gradient, (int, float, np.generic)):
            raise NoPairError(
                "with gradient=True, the objective must return (value, gradient), not (gradient, value): swap the two"
            )
        return number_or_same(value), gradient

    def _point(self, arguments: tuple[Any, ...]) -> int:
        total = 0
        for part in _parts(arguments or self._parameters):
            total = fingerprint(np.asarray(part), total)
        return total


def pair_of(objective: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the objective and the gradient of a function that returns both.

    Parameters
    ----------
    objective
        A function, or `in_place(parameters, function)`.
    """
    if isinstance(objective, (Batched, NativeFunction, Terms)):
        name = {Batched: "batched", NativeFunction: "native", Terms: "terms"}[type(objective)]
        raise TypeError(
            f"gradient=True is for a Python function that returns (value, gradient), not for gradproof.{name}(): pass "
            "the gradient as a function of its own"
        )
    if isinstance(objective, InPlace):
        pair = Pair(objective.function, objective.parameters)
        return InPlace(objective.parameters, pair), pair.gradient
    if not callable(objective):
        raise TypeError(
            f"with gradient=True, objective must be a function that returns (value, gradient), not an object of type "
            f"{type(objective).__name__}"
        )
    pair = Pair(objective)
    return pair, pair.gradient


def _parts(value: Any) -> Iterator[Any]:
    """Yield the arrays and numbers in a structure."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def _named(result: Any) -> str:
    if result is None:
        return "None: is a `return` missing?"
    if isinstance(result, (tuple, list)):
        return f"a {type(result).__name__} of length {len(result)}"
    shape = getattr(result, "shape", None)
    return f"an array of shape {tuple(shape)}" if shape else f"an object of type {type(result).__name__}"
