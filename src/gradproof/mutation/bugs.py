"""Twenty bugs as they are made when gradients are written: each changes the claims of one named array."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..outputs.sums import norm
from ..problem.nodes import Leaf
from ..problem.numbers import Flat

# Of what is added, relative to the size of the claims of the array.
ADDED = 0.1
NOISE = 1e-3


class Place(NamedTuple):
    """One array of a right gradient.

    Attributes
    ----------
    claimed
        Its claims, flat, in float64.
    x
        The point, flat.
    shape
        The shape of the array by coordinates.
    size
        The size of its claims: their root mean square, or that of the whole gradient if they are all 0.
    other
        The claims of another array of the same shape; None if there is none.
    """

    claimed: Flat
    x: Flat
    shape: tuple[int, ...]
    size: float
    other: Flat | None

    @property
    def middle(self) -> int:
        """The entry whose claim is of middle size among those that are not 0."""
        order = np.argsort(np.abs(self.claimed), kind="stable")
        not_zero = order[self.claimed[order] != 0]
        return int(not_zero[len(not_zero) // 2]) if len(not_zero) else 0

    def shaped(self) -> Flat:
        """Return a copy of the claims in the shape of the array."""
        copy: Flat = self.claimed.reshape(self.shape).copy()
        return copy


Bug = Callable[[Place], "Flat | None"]


def _transposed(place: Place) -> Flat | None:
    if len(place.shape) < 2:
        return None
    turned: Flat = np.swapaxes(place.shaped(), -1, -2).reshape(-1)
    return turned


def _rows_swapped(place: Place) -> Flat | None:
    if not place.shape or place.shape[0] < 2:
        return None
    claims = place.shaped()
    claims[[0, 1]] = claims[[1, 0]]
    return claims


def _with_entry(value: Callable[[float], float], at_end: bool = False) -> Bug:
    def bug(place: Place) -> Flat:
        claims: Flat = place.claimed.copy()
        at = len(claims) - 1 if at_end else place.middle
        claims[at] = value(float(claims[at]))
        return claims

    return bug


def _one_row(place: Place) -> Flat | None:
    if len(place.shape) < 2:
        return None
    claims = place.shaped()
    claims[len(claims) // 2] *= 2
    return claims


def _noise(place: Place) -> Flat:
    drawn: Flat = place.claimed * (1 + NOISE * np.random.default_rng(0).standard_normal(len(place.claimed)))
    return drawn


def _x_added(place: Place) -> Flat | None:
    size = _typical(place.x)
    if not size:
        return None
    more: Flat = place.claimed + ADDED * place.size / size * place.x
    return more


def _mean_for_sum(place: Place) -> Flat | None:
    if not place.shape or place.shape[0] < 2:
        return None
    mean: Flat = place.claimed / place.shape[0]
    return mean


BUGS: dict[str, Bug] = {
    "sign": lambda place: -place.claimed,
    "factor 2": lambda place: 2 * place.claimed,
    "factor 1/2": lambda place: place.claimed / 2,
    "factor 1.01": lambda place: 1.01 * place.claimed,
    "zero": lambda place: np.zeros_like(place.claimed),
    "transposed": _transposed,
    "rows swapped": _rows_swapped,
    "shifted by one": lambda place: np.roll(place.claimed, 1),
    "c × x added": _x_added,
    "c × sign(x) added": lambda place: place.claimed + ADDED * place.size * np.sign(place.x),
    "one entry doubled": _with_entry(lambda value: 2 * value),
    "one row doubled": _one_row,
    "another array's": lambda place: place.other,
    "one entry NaN": _with_entry(lambda _: float("nan")),
    "noise of 1e-3": _noise,
    "rounded to float16": lambda place: place.claimed.astype(np.float16).astype(np.float64),
    "mean for sum": _mean_for_sum,
    "reversed": lambda place: place.claimed[::-1].copy(),
    "constant added": lambda place: place.claimed + ADDED * place.size,
    "last entry missing": _with_entry(lambda _: 0.0, at_end=True),
}


def planted(claimed: Flat, x: Flat, leaf: Leaf, leaves: Sequence[Leaf]) -> Iterator[tuple[str, Flat]]:
    """Yield the name of each bug that changes something in one array, and the whole gradient with it."""
    place = _place(claimed, x, leaf, leaves)
    for name, bug in BUGS.items():
        with np.errstate(all="ignore"):
            changed = bug(place)
        if changed is None or np.array_equal(changed.reshape(-1), place.claimed):
            continue
        whole = claimed.copy()
        whole[leaf.start : leaf.stop] = changed.reshape(-1)
        yield name, whole


def _place(claimed: Flat, x: Flat, leaf: Leaf, leaves: Sequence[Leaf]) -> Place:
    part = np.asarray(claimed[leaf.start : leaf.stop], np.float64)
    shape = (*leaf.shape, 2) if leaf.is_complex else leaf.shape
    sizes = map(_typical, (part, np.asarray(claimed, np.float64)))
    size = next((each for each in sizes if 0 < each < np.inf), 1.0)
    others = (one for one in leaves if one.start != leaf.start and one.shape == leaf.shape and _same_kind(one, leaf))
    other = next((np.asarray(claimed[one.start : one.stop], np.float64) for one in others), None)
    fits = int(np.prod(shape, dtype=np.int64)) == len(part)
    return Place(part, np.asarray(x[leaf.start : leaf.stop], np.float64), shape if fits else (len(part),), size, other)


def _typical(values: Flat) -> float:
    """Return the root mean square of values."""
    return norm(values) / math.sqrt(len(values))


def _same_kind(one: Leaf, other: Leaf) -> bool:
    return one.is_complex == other.is_complex and one.stop > one.start
