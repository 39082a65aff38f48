"""The forms in which bounds are given: (lower, upper), SciPy's Bounds, or a pair (min, max) for each coordinate.

A sequence of pairs must never be read as (lower, upper) by accident, nor the other way round.  The two look alike only
where x has two coordinates and there are two elements of length two.  Then

- arrays, dicts, named tuples, numbers and None are bounds of x: (lower, upper);
- a list of tuples is a list of pairs, and so is anything with a None inside of an element: no bound has one;
- anything else, such as two tuples in a tuple, can be read in two ways, and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..numbers import Flat, as_numbers, is_single
from ..structure import Layout

FORMS = "a pair (lower, upper), a scipy.optimize.Bounds, or one pair (min, max) for each coordinate"
TWO_WAYS = (
    "bounds can be read in two ways, as (lower, upper) and as a pair (min, max) for each of the two coordinates: write "
    "(np.array(lower), np.array(upper)), or a list of tuples [(min, max), (min, max)]"
)


def lower_and_upper(bounds: Any, layout: Layout) -> tuple[Any, Any]:
    """Return bounds in any form as (lower, upper), each None, a number, an array or in the structure of x.

    Parameters
    ----------
    bounds
        What the user gave; not None.
    layout
        The structure of x.
    """
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        return _single(bounds.lb), _single(bounds.ub)
    if isinstance(bounds, np.ndarray) and bounds.ndim == 2 and bounds.shape[1] == 2:
        bounds = bounds.tolist()
    if not isinstance(bounds, (tuple, list)):
        raise _not_bounds(bounds)
    if len(bounds) == 2 and not (layout.n == 2 and _are_pairs(bounds)):
        return bounds[0], bounds[1]
    if not bounds or not all(map(_is_pair, bounds)):
        raise _not_bounds(bounds)
    if len(bounds) != layout.n:
        pairs = "1 pair" if len(bounds) == 1 else f"{len(bounds):,} pairs"
        raise ValueError(f"bounds has {pairs} (min, max), but x has {layout.n:,} coordinates")
    return _ends(bounds, 0, -np.inf, layout), _ends(bounds, 1, np.inf, layout)


def _not_bounds(bounds: Any) -> ValueError:
    shown = " ".join(repr(bounds).split())
    return ValueError(f"bounds must be {FORMS}, not {shown:.60}")


def _are_pairs(bounds: Any) -> bool:
    """Whether two elements are pairs (min, max) for two coordinates; raise an error where they may be either."""
    if not all(map(_is_pair, bounds)):
        return False
    if any(end is None for pair in bounds for end in pair):
        return True
    if isinstance(bounds, list) and all(isinstance(pair, tuple) for pair in bounds):
        return True
    raise ValueError(TWO_WAYS)


def _is_pair(element: Any) -> bool:
    """Whether an element may be a pair (min, max); an array, a dict or a named tuple is a bound of x."""
    if isinstance(element, (Mapping, np.ndarray)) or hasattr(element, "_fields"):
        return False
    return isinstance(element, (tuple, list)) and len(element) == 2 and all(map(is_single, element))


def _ends(pairs: Any, side: int, unset: float, layout: Layout) -> Any:
    """Return one end of all pairs in the structure of x."""
    ends: Flat = as_numbers([unset if pair[side] is None else pair[side] for pair in pairs], "bounds")
    return layout.build(ends.astype(np.float64))


def _single(bound: Any) -> Any:
    """Return SciPy's array of one element as a number, which is the bound of every coordinate."""
    return bound.item() if isinstance(bound, np.ndarray) and bound.size == 1 else bound
