"""A gradient and an objective that have changed places."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..evaluators.objectives import InPlace
from ..problem.exceptions import raise_of_signal
from ..problem.given.results import ScalarGradientError
from ..problem.point import read_problem
from .reading import ORDER


def with_swap_explained(error: ValueError, objective: Any, x: Any, rows: int | None) -> ValueError:
    """Return an error that says that objective and gradient are swapped if that explains an error; else the same.

    Parameters
    ----------
    error
        What ended the check.
    objective, x, rows
        As for `check`.  The objective is called once more if the gradient returned one number.
    """
    if not isinstance(error, ScalarGradientError) or isinstance(objective, InPlace) or not callable(objective):
        return error
    try:
        given = (copy.deepcopy(x),) if rows is None else (copy.deepcopy(x), np.arange(rows))
        read_problem(x).layout.flatten(objective(*given), "the objective")
    except Exception as problem:  # it is the user's function, and may raise anything
        raise_of_signal(problem)
        return error
    return ValueError(
        f"the arguments seem to be swapped: the objective returns an array like x, and the gradient one number: {ORDER}"
    )
