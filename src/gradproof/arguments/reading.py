"""Reads the arguments of a check: which functions, at which point, within which bounds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..evaluators.arrays.inplace import InPlace
from ..evaluators.batched import Batched
from ..evaluators.compiled.functions import NativeFunction
from .extra import as_tuple, with_arguments
from .pair import pair_of
from .ready import is_ready, read_ready
from .swapped import refuse_swapped

MISSING = "gradient is missing: call check(objective, gradient, x), or check(f, True, x) if f returns (value, gradient)"


class Asked(NamedTuple):
    """A check as it is run: functions of x alone (with `rows`, of x and rows), the point, and the bounds."""

    objective: Any
    gradient: Any
    x: Any
    bounds: Any = None


def read_arguments(objective: Any, gradient: Any, x: Any, args: Any = (), bounds: Any = None) -> Asked:
    """Return the check that the arguments of `gradproof.check` ask for; raise an error if they do not fit."""
    if gradient is None:
        if not is_ready(objective):
            _refuse(objective)
        ready = read_ready(objective, x)
        objective, gradient, x = ready.objective, ready.gradient, ready.x
        if ready.args is not None and isinstance(args, tuple) and not args:
            args = ready.args
        bounds = ready.bounds if bounds is None else bounds
    refuse_swapped(gradient, x)
    arguments = as_tuple(args)
    objective = with_arguments(objective, arguments, "objective")
    if isinstance(gradient, (bool, np.bool_)) and gradient:
        return Asked(*pair_of(objective), x, bounds)
    return Asked(objective, with_arguments(gradient, arguments, "gradient"), x, bounds)


def _refuse(objective: Any) -> None:
    if callable(objective) or isinstance(objective, (InPlace, Batched, NativeFunction)):
        raise TypeError(MISSING)
    raise TypeError(
        f"{MISSING}; or check(problem), of an object or a dict with an objective (fun, obj, objective), a gradient "
        f"(jac, grad, gradient) and x0: an object of type {type(objective).__name__} has no objective"
    )
