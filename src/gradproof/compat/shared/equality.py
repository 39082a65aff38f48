"""Integer-valued arguments that a function compares by ==, such as the targets of a loss: tested near x in four calls.

A check would climb a ladder for each of them, only to find an isolated value of the function at x, which is excused in
the end (`is_right_near_x`).  What is not right near x is left to the check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...engine import uses_lines
from ...outputs.claimed.claims import Claims
from ...outputs.covectors import signed
from ...outputs.function import Function
from ...outputs.localisation.columns import Column
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat
from ...problem.point import Choice, Problem, read_problem
from ...problem.structure import Layout
from ...torch.tensors import numbers_of
from .near_x import RTOL, SMALLEST

# Steps relative to a coordinate, or to 1: rounding of what is computed in float64 and truncation stay far below RTOL.
NEAR, FAR = 2.0**-14, 2.0**-12
# A jump is the same at both steps within this factor; the change at a kink is a fourth.
SAME = 2.0
# The two sides of an isolated value agree within this part of the jump.
ALIKE = 2.0**-4

Claiming = Callable[[Problem, Layout], Claims]


def right_near_x(
    function: Callable[[Any], Any], x: Mapping[str, Flat], outputs: Any, claiming: Claiming
) -> dict[str, Flat]:
    """Return masks of the coordinates where the function has an isolated value at x but claims are right near it.

    Parameters
    ----------
    function
        Returns the outputs at a point as arrays.
    x
        The point, which is not modified.
    outputs
        What the function returns there.
    claiming
        Makes the claims, of the point and the structure of the outputs.

    Returns
    -------
    dict
        A mask for each array of x; empty if there is no such coordinate, as for most functions.
    """
    names = whole(x)
    if not names or uses_lines(sum(array.size for array in x.values()), "auto", 0):
        return {}
    if not _jumps(function, x, names, _flat(outputs)):
        return {}
    only = {name: np.full(array.shape, name in names) for name, array in x.items()}
    problem = read_problem(x, Choice(only=only), hold=True)
    made = Function(function, problem, None)
    if not made.usable.all():
        return {}
    weights = signed(0, 0, made.layout.n)
    claims = claiming(problem, made.layout).projected(weights).tolist()
    right = np.array([_is_right(Column(made, problem, place), weights, claim) for place, claim in enumerate(claims)])
    if right.all() and problem.n == sum(array.size for array in x.values()):
        right[0] = False  # something must be left to check
    parts = iter(np.split(right, np.cumsum([x[name].size for name in names])))
    return {name: next(parts).reshape(one.shape) if name in names else only[name] for name, one in x.items()}


def whole(x: Mapping[str, Flat]) -> list[str]:
    """Return the names of the arrays that hold whole numbers alone."""
    return [name for name, array in x.items() if _is_whole(array)]


def _is_whole(array: Flat) -> bool:
    return array.dtype == np.float64 and bool((np.isfinite(array) & (np.floor(array) == array)).all())


def _flat(outputs: Any) -> Flat:
    parts = [np.ravel(array) for array in numbers_of(outputs)]
    return np.concatenate([part.view(part.real.dtype) for part in parts], dtype=np.float64)


def _jumps(function: Callable[[Any], Any], x: Mapping[str, Flat], names: list[str], at_x: Flat) -> bool:
    """Whether an output jumps where integer-valued arguments are moved together, equally far to either side."""
    changes: list[Flat] = []
    for step in (NEAR, FAR):
        for signed_step in (-step, step):
            moved = {name: one + signed_step * _scale(one) if name in names else one for name, one in x.items()}
            try:
                changes.append(_flat(function(moved)) - at_x)
            except Exception as error:  # outside of its domain the user's function may raise anything
                raise_of_signal(error)
                return False
        if not _are_alike(changes[-2], changes[-1]).any():
            return False
    return bool((_are_alike(*changes[:2]) & _are_one_jump(changes[0] + changes[1], changes[2] + changes[3])).any())


def _scale(array: Flat) -> Flat:
    return np.fmax(np.abs(array), 1.0)


def _is_right(column: Column, weights: Flat, claimed: float) -> bool:
    """Whether the weighted outputs have an isolated value at x, and a claim is right near it."""
    steps = [step * max(abs(column.at), 1.0) for step in (NEAR, FAR)]
    near, far = (column.slopes(step, 0.0) for step in steps)
    with np.errstate(all="ignore"):
        nearer, slope = (float(weights @ one.centre) for one in (near, far))
        jumps = [step * float(weights @ (one.right - one.left)) for step, one in zip(steps, (near, far), strict=True)]
        # The outputs are rounded independently of each other; truncation is a sixteenth at the nearer step.
        bar = float(np.linalg.norm(weights * far.bar)) + abs(slope - nearer)
        is_alone = _are_one_jump(*jumps) and steps[1] * abs(slope) <= ALIKE * abs(jumps[1])
    allowed = max(RTOL * abs(slope), SMALLEST)
    return bool(is_alone and bar <= allowed and abs(claimed - slope) <= allowed)


def _are_alike(left: Flat, right: Flat) -> Any:
    with np.errstate(all="ignore"):
        return (left != 0) & (np.abs(right - left) <= ALIKE * np.abs(left))


def _are_one_jump(near: Any, far: Any) -> Any:
    with np.errstate(all="ignore"):
        return (near != 0) & (np.abs(far) <= SAME * np.abs(near)) & (np.abs(near) <= SAME * np.abs(far))
