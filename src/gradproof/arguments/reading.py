"""Reads the arguments of a check: which functions, at which point, within which bounds.

Forms that few have are imported on use: most checks are of two functions and an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..evaluators.objectives import Batched, InPlace, NativeFunction, Terms

if TYPE_CHECKING:
    from .ready import Ready

ORDER = "call check(objective, gradient, x)"
MISSING = f"gradient is missing: {ORDER}, or check(f, True, x) if f returns (value, gradient)"


class Asked(NamedTuple):
    """A check as it is run: functions of x alone (with `rows`, of x and rows), the point, and the bounds."""

    objective: Any
    gradient: Any
    x: Any
    bounds: Any = None


def read_arguments(objective: Any, gradient: Any, x: Any, args: Any, bounds: Any) -> Asked:
    """Return the check that the arguments of `gradproof.check` ask for; raise an error if they do not fit."""
    if gradient is None:
        ready = _ready(objective, x)
        objective, gradient, x = ready.objective, ready.gradient, ready.x
        bounds = ready.bounds if bounds is None else bounds
        if ready.args is not None and isinstance(args, tuple) and not args:
            args = ready.args
    if callable(x):
        _refuse_function(gradient)
    if not isinstance(args, tuple) or args:
        from .extra import as_tuple, with_arguments

        objective = with_arguments(objective, as_tuple(args), "objective")
        gradient = with_arguments(gradient, as_tuple(args), "gradient")
    if isinstance(gradient, (bool, np.bool_)) and gradient:
        from .pair import pair_of

        objective, gradient = pair_of(objective)
    return Asked(objective, gradient, x, bounds)


def _refuse_function(gradient: Any) -> None:
    """Raise a TypeError for an x that is a function: it belongs to another place."""
    if callable(gradient) or gradient is True:
        raise TypeError(f"x must be the point, but the third argument is a function: {ORDER}")
    raise TypeError(
        f"the arguments seem to be swapped: the second argument looks like x, and the third is a function: {ORDER}"
    )


def _ready(objective: Any, x: Any) -> Ready:
    """Return what a problem holds that is the only argument; raise a TypeError if it is none."""
    from .ready import is_ready, read_ready

    if is_ready(objective):
        return read_ready(objective, x)
    if callable(objective) or isinstance(objective, (InPlace, Batched, NativeFunction, Terms)):
        raise TypeError(MISSING)
    raise TypeError(
        f"{MISSING}; or check(problem), of an object or a dict with an objective (fun, obj, objective), a gradient "
        f"(jac, grad, gradient) and x0: an object of type {type(objective).__name__} has no objective"
    )
