"""Arguments of a check that are in the wrong order."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..evaluators.arrays.inplace import InPlace
from ..problem.given.results import ScalarGradientError
from ..problem.point import read_problem

ORDER = "call check(objective, gradient, x)"


def refuse_swapped(gradient: Any, x: Any) -> None:
    """Raise a TypeError if x is a function: it must be in another place."""
    if not callable(x):
        return
    if callable(gradient) or gradient is True:
        raise TypeError(f"x must be the point, but the third argument is a function: {ORDER}")
    raise TypeError(
        f"the arguments seem to be swapped: the second argument looks like x, and the third is a function: {ORDER}"
    )


def better_told(error: ScalarGradientError, objective: Any, x: Any, rows: int | None) -> Exception:
    """Return the error for a gradient that is one number: if the objective is like x, the two are swapped.

    Parameters
    ----------
    error
        What was wrong with the gradient.
    objective, x, rows
        As for `check`.
    """
    if isinstance(objective, InPlace) or not callable(objective):
        return error
    try:
        given = (copy.deepcopy(x),) if rows is None else (copy.deepcopy(x), np.arange(rows))
        read_problem(x).layout.flatten(objective(*given), "the objective")
    except Exception:  # it is the user's function, and may raise anything
        return error
    return ValueError(
        f"the arguments seem to be swapped: the objective returns an array like x, and the gradient one number: {ORDER}"
    )
