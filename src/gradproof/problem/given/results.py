"""Results of a gradient function that do not fit x: what is wrong with them, and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..nodes import Leaf
from ..structure import Layout

GRADIENT = "gradient"


class ScalarGradientError(ValueError):
    """A gradient function returned one number where x has several coordinates."""


def explained(error: Exception, value: Any, layout: Layout, word: str = GRADIENT) -> Exception:
    """Return the error for a result that could not be flattened, with what to do where the result shows it.

    Parameters
    ----------
    error
        The error of the layout.
    value
        What the gradient function returned.
    layout
        The structure of x.
    word
        What the user calls the function.
    """
    if word == GRADIENT and _has_rows(value, layout):
        return ValueError(
            f"{error}; with a row for each of several outputs it is a Jacobian, which "
            "gradproof.check_jacobian(function, jacobian, x) checks"
        )
    if word != GRADIENT and _has_more_axes(value, layout):
        return ValueError(
            f"{error}; if it is a whole matrix, return its product with the vector that is passed, or call "
            "gradproof.check_jacobian(function, matrix, x)"
        )
    if _is_number(value):
        return ScalarGradientError(f"{error}: return one slope for each coordinate, in the structure of x")
    if not isinstance(value, (tuple, list)):
        return error
    kind, parts = type(value).__name__, list(value)
    if word == GRADIENT and len(parts) == 2 and _is_number(parts[0]) and _fits(parts[1], layout):
        return ValueError(
            "the gradient returned a pair (value, gradient): if one function returns both, call check(f, True, x); "
            "otherwise pass `lambda x: g(x)[1]`"
        )
    if parts and _fits(parts[0], layout):
        it = "the gradient, pass `lambda x: g(x)[0]`" if word == GRADIENT else "meant, return it alone"
        return ValueError(
            f"the {word} returned a {kind} of length {len(parts)}, whose first part is like x: if that is {it}"
        )
    if isinstance(layout.root, Leaf) and any(getattr(part, "shape", ()) for part in parts):
        shape = f"an array of shape {layout.root.shape}" if layout.root.shape else "one number"
        return ValueError(
            f"the {word}'s result is a {kind} of {len(parts)} parts, but x is {shape}: return one array like x "
            "(np.concatenate joins parts)"
        )
    return error


def _is_number(value: Any) -> bool:
    """Whether a value is one real number, in whatever form."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return False
    return isinstance(value, (int, float)) or (
        getattr(value, "shape", None) == () and np.asarray(value).dtype.kind in "fiu"
    )


def _has_rows(value: Any, layout: Layout) -> bool:
    """Whether a value is an array of several parts that are like an x that is one array."""
    shape: tuple[int, ...] = getattr(value, "shape", ())
    return isinstance(layout.root, Leaf) and len(shape) > 1 and shape[0] > 1 and tuple(shape[1:]) == layout.root.shape


def _has_more_axes(value: Any, layout: Layout) -> bool:
    """Whether a value is an array with the axes of x, which is one array, and more before or behind them."""
    shape = tuple(getattr(value, "shape", ()))
    if not isinstance(layout.root, Leaf) or not layout.root.shape or len(shape) <= len(layout.root.shape):
        return False
    axes = len(layout.root.shape)
    return layout.root.shape in (shape[:axes], shape[-axes:])


def _fits(value: Any, layout: Layout) -> bool:
    try:
        layout.flatten(value, GRADIENT)
    except Exception:  # arrays of other libraries raise all kinds of exceptions
        return False
    return True
