"""Problems that are ready to be minimised, as objects or dicts: objective, gradient, start and bounds in one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

# The names under which each is looked for, the first one first: those of scipy.optimize.minimize, of CUTEst, and words.
OBJECTIVE = ("fun", "obj", "objective")
GRADIENT = ("jac", "grad", "gradient")
START = ("x0",)
ARGUMENTS = ("args",)
BOUNDS = ("bounds",)
ENDS = (("lb", "ub"), ("bl", "bu"))


class Ready(NamedTuple):
    """What `check` needs of a problem; `args` and `bounds` are None where it has none."""

    objective: Any
    gradient: Any
    x: Any
    args: Any
    bounds: Any


def is_ready(problem: Any) -> bool:
    """Whether an object may be a problem: a dict, or something that has an objective under one of the names."""
    return isinstance(problem, Mapping) or any(_get(problem, name) is not None for name in OBJECTIVE)


def read_ready(problem: Any, x: Any) -> Ready:
    """Return what a problem holds; raise a TypeError that says what was looked for if something is missing.

    Parameters
    ----------
    problem
        A dict or an object.
    x
        Where to check; None stands for the problem's own start.
    """
    name, objective = _first(problem, OBJECTIVE)
    if objective is None:
        raise _missing(problem, "objective", OBJECTIVE)
    if not callable(objective):
        raise TypeError(f"{name} of the problem must be a function, not an object of type {type(objective).__name__}")
    _, gradient = _first(problem, GRADIENT)
    if gradient is None and _takes_gradient(objective):
        objective, gradient = functools.partial(objective, gradient=True), True
    if isinstance(gradient, str):
        raise TypeError(
            f"jac={gradient!r} asks for finite differences: the problem has no gradient that could be wrong"
        )
    if gradient is None or gradient is False:
        raise _missing(problem, "gradient", GRADIENT)
    if x is None:
        _, x = _first(problem, START)
        if x is None:
            raise _missing(problem, "point", START, "; or pass x=")
    elif not callable(gradient) and gradient is not True:
        raise TypeError("the problem's gradient was computed at its own x0: to check elsewhere, it must be a function")
    return Ready(objective, gradient, x, _first(problem, ARGUMENTS)[1], _bounds(problem))


def _missing(problem: Any, what: str, names: tuple[str, ...], otherwise: str = "") -> TypeError:
    looked = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    return TypeError(f"the problem ({_kind(problem)}) has no {what}: it was looked for as {looked}{otherwise}")


def _first(problem: Any, names: tuple[str, ...]) -> tuple[str, Any]:
    """Return the first of some names that is there and not None, with its value."""
    found = ((name, _get(problem, name)) for name in names)
    return next(((name, value) for name, value in found if value is not None), ("", None))


def _get(problem: Any, name: str) -> Any:
    return problem.get(name) if isinstance(problem, Mapping) else getattr(problem, name, None)


def _bounds(problem: Any) -> Any:
    _, bounds = _first(problem, BOUNDS)
    if bounds is not None:
        return bounds
    for low, high in ENDS:
        lower, upper = _get(problem, low), _get(problem, high)
        if lower is not None or upper is not None:
            return lower, upper
    return None


def _takes_gradient(objective: Any) -> bool:
    """Whether a function has an argument `gradient`, with which it returns (value, gradient), as those of PyCUTEst."""
    try:
        return "gradient" in inspect.signature(objective).parameters
    except (TypeError, ValueError):  # not every function tells its signature
        return False


def _kind(problem: Any) -> str:
    if isinstance(problem, Mapping):
        return "a dict with the keys " + ", ".join(repr(key) for key in problem) if problem else "an empty dict"
    return f"of type {type(problem).__name__}"
