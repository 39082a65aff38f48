"""The gradient of a function of a pytree that returns one real number: checked as things are, and in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ..checking import check as check_gradient
from ..frameworks.float32 import Float32Check, goes_along_lines, is_another, moves
from ..frameworks.kinks import with_linearised_kinks
from ..report.report import Report
from .interpreting import Interpreter
from .linearised import LinearisedFunction, linearised
from .maps import Map, OfArrays
from .precise import check_in_float64


class Claimed(NamedTuple):
    """Where a claimed gradient comes from: a function of the pytree, or arrays by name; neither is that of JAX."""

    function: Callable[[Any], Any] | None = None
    arrays: Any = None

    @property
    def is_own(self) -> bool:
        """Whether it is the gradient that JAX computes, which takes its slopes at kinks."""
        return self.function is None and self.arrays is None


class OfOneNumber:
    """The gradient of a function of a pytree that returns one real number.

    Parameters
    ----------
    jax
        JAX.
    objective
        The function.
    claimed
        Where its claimed gradient comes from.
    point
        The pytree.
    settings
        Those of the user.
    """

    def __init__(self, jax: Any, objective: OfArrays, claimed: Claimed, point: Any, settings: dict[str, Any]) -> None:
        self._jax = jax
        self._objective = objective
        self._tree = objective.tree
        self._claimed = claimed
        self._point = point
        self._settings = settings

    @property
    def is_of_arrays(self) -> bool:
        """Whether the gradient is an array or several, whose rounding cannot be seen in float64."""
        return self._claimed.arrays is not None

    @cached_property
    def _x(self) -> Any:
        return self._tree.named(self._point)

    @cached_property
    def _sizes(self) -> dict[str, int]:
        return dict(zip(self._tree.names or ("",), (one.size for one in self._tree.listed(self._x)), strict=True))

    def _gradient(self) -> Any:
        """Return the claimed gradient as `gradproof.check` takes it."""
        tree, (function, arrays) = self._tree, self._claimed
        if arrays is not None:
            return arrays
        if function is not None:
            return lambda x: tree.named(function(tree.build(x)))
        start = Map(self._jax, self._objective.f, tree, self._point, self._settings.get("seed", 0))
        return lambda x: start.vjp(x, 1.0)

    def check(self, first: Float32Check | None) -> Report:
        """Check the gradient, with what `first` makes of it and of the function, if that is not None.

        Along lines many kinks meet at once, and lines see little beside them: there the slopes that JAX takes are taken
        from the first.
        """
        settings, gradient = {"convention": "jax", **self._settings}, self._gradient()
        ended: Callable[[Any], Any] = _as_it_is
        if first is not None and not self._tree.is_double:
            ended, gradient = first.limited, first.noted(gradient)
        is_at_once = goes_along_lines(sum(self._sizes.values()), settings)
        return with_linearised_kinks(
            self._objective,
            settings,
            lambda function: check_gradient(ended(function), gradient, self._x, **settings),
            self._linearised,
            at_once=self._linearised(at_once=True) if is_at_once else None,
            is_own=self._claimed.is_own,
        )

    def again(self) -> Report | str:
        """Check it in float64; return instead why that cannot be done."""
        if self.is_of_arrays:
            raise TypeError("with f in float64, the gradient must be a function, whose rounding can be seen")
        return check_in_float64(self._jax, self._tree, self._objective.f, self._claimed.function, dict(self._settings))

    def float32_check(self) -> Float32Check:
        """Return what ends the check where float64 is sooner at its end."""
        return Float32Check(self._objective, self._sizes, self._settings, self._is_moved)

    def _linearised(self, *, at_once: bool = False) -> LinearisedFunction | None:
        jax, objective, tree = self._jax, self._objective, self._tree
        return linearised(
            objective,
            self._x,
            lambda: jax.make_jaxpr(lambda arrays: objective.f(tree.fill(arrays)))(tree.leaves),
            lambda traced: LinearisedFunction(jax, traced, Interpreter(jax), tree.arrays, self._x),
            at_once=at_once,
        )

    def _is_moved(self, function: Callable[[Any], Any], names: Sequence[str], seed: int) -> bool:
        """Whether the function has another value than at x where these arrays are moved, all of them at once."""
        steps = dict(zip(names, moves([self._x[name] for name in names], seed), strict=True))
        points = ({**self._x, **{name: self._x[name] + sign * steps[name] for name in names}} for sign in (0, 1, -1, 0))
        return is_another([np.asarray(function(point)) for point in points])


def _as_it_is(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return function
