"""Which coordinates are checked: chosen by name, index or mask; the others are held where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..nodes import Branch, Held, Leaf, Node, not_empty
from ..numbers import Flat, frozen, in_short, place_among, whole
from ..structure import Layout
from .names import Places, places_named, unknown


def chosen_coordinates(layout: Layout, only: Any, held: Any) -> Flat | None:
    """Return the flat indices of the coordinates to check, sorted; None stands for all.

    Parameters
    ----------
    layout
        The structure of x.
    only, held
        Which coordinates to check, and which not: names with wildcards, flat indices, a mask with the shape of x, or a
        structure of masks; None for no choice.

    Raises
    ------
    TypeError, ValueError, IndexError
        If a choice names nothing, or nothing is left.
    """
    if only is None and held is None:
        return None
    chosen = np.ones(layout.n, bool) if only is None else _mask(layout, only, "only")
    if held is not None:
        chosen &= ~_mask(layout, held, "held")
    if not chosen.any():
        raise ValueError("no coordinate is left to check: only= and held= leave none")
    return frozen(np.flatnonzero(chosen))


def _mask(layout: Layout, choice: Any, what: str) -> Flat:
    """Return for each coordinate whether a choice contains it."""
    mask = np.zeros(layout.n, bool)
    if _is_of_masks(choice):
        _spread(layout.root, choice, mask, what)
        return mask
    words = [choice] if isinstance(choice, str) or _is_single(choice) else list(choice)
    for one in words:
        if isinstance(one, str):
            for part in _named(layout, one, what):
                mask[slice(part.start, part.stop) if isinstance(part, range) else part] = True
        else:
            mask[_index(layout, one, what)] = True
    if len(words) == layout.n and mask.sum() < layout.n and all(_is_0_or_1(one) for one in words):
        raise ValueError(
            f"{what} is as long as x and holds 0 and 1 alone: a mask needs truth values, as by .astype(bool)"
        )
    if not mask.any():
        raise ValueError(f"{what}={in_short(choice)} chooses no coordinate")
    return mask


def _is_single(choice: Any) -> bool:
    try:
        return np.ndim(choice) == 0
    except ValueError:  # lists of different lengths
        return False


def _is_0_or_1(one: Any) -> bool:
    return not isinstance(one, str) and one in (0, 1)


def _is_of_masks(choice: Any) -> bool:
    """Whether a choice has truth values, or is a structure of them, rather than names or indices."""
    if isinstance(choice, Mapping):
        return True
    if isinstance(choice, (list, tuple)):
        return bool(choice) and all(_is_of_masks(part) for part in choice)
    return isinstance(choice, (bool, np.bool_)) or getattr(getattr(choice, "dtype", None), "kind", "") == "b"


def _spread(node: Node, choice: Any, mask: Flat, what: str) -> None:
    """Write a structure of masks into one mask; a single truth value stands for all that is below it."""
    if isinstance(node, Held) or choice is None:
        return
    if isinstance(node, Branch):
        single = isinstance(choice, (bool, np.bool_))
        missing = dict.fromkeys(node.keys, False) if isinstance(choice, Mapping) else {}
        parts = (
            [choice] * len(node.children) if single else node.parts({**missing, **choice} if missing else choice, what)
        )
        for child, part in zip(node.children, parts, strict=True):
            _spread(child, part, mask, what)
        return
    here = np.asarray(choice)
    if here.dtype.kind != "b":
        raise TypeError(f"{what} must hold truth values for {node.path or 'x'}, not {here.dtype}")
    try:
        spread = np.broadcast_to(here, node.shape).reshape(-1)
    except ValueError:
        raise ValueError(f"{what} has the shape {here.shape}, but {node.path or 'x'} has {node.shape}") from None
    mask[node.start : node.stop] = np.repeat(spread, 2) if node.is_complex else spread


def _index(layout: Layout, value: Any, what: str) -> int:
    number = whole(value, f"{what} takes names, flat indices or truth values")
    if not -layout.n <= number < layout.n:
        raise IndexError(f"{what}: index {number} is out of range: coordinates go from 0 to {layout.n - 1}")
    return number % layout.n


def _named(layout: Layout, pattern: str, what: str) -> Sequence[Places]:
    """Return the flat indices of what a name with wildcards stands for: arrays, elements, or slices of arrays."""
    try:
        found = places_named(layout, pattern, patterns=True)
    except (IndexError, ValueError) as problem:
        raise type(problem)(f"{what}: {problem}") from None
    if not found:
        raise ValueError(f"{what}: {unknown(layout, pattern)}")
    return found


class Chosen(Layout):
    """The layout of the chosen coordinates: a vector of them, from which all of x is built, the others held.

    Parameters
    ----------
    every
        The layout of all of x.
    x
        All of x, flat.
    indices
        The flat indices of the chosen coordinates, sorted.
    """

    def __init__(self, every: Layout, x: Flat, indices: Flat) -> None:
        super().__init__(every.root, every.title)
        self.every = every
        self.takes_labels = every.takes_labels
        self.chosen = self.indices = indices
        self.n, self.total = len(indices), every.n
        self.leaves = tuple(_rest(every, indices))
        self.arrays = not_empty(self.leaves)
        self.x = x

    def whole(self) -> tuple[Layout, Flat] | None:
        """Return the layout of all of x, and all of x."""
        return self.every, self.x

    def place(self, index: int) -> int:
        """Return the coordinate with this flat index in the user's x; an IndexError if it was held."""
        return place_among(self.chosen, index)

    def full(self, part: Flat) -> Flat:
        """Return all of x with these values of the chosen coordinates."""
        flat: Flat = self.x.copy()
        flat[self.chosen] = part
        return flat

    def build(self, flat: Flat) -> Any:
        """Return all of x in the user's structure, with these values of the chosen coordinates."""
        return self.every.build(self.full(flat))

    def build_batch(self, points: Flat) -> Any:
        """Return many points in the user's structure, with a leading axis."""
        many = np.repeat(self.x[None, :], len(points), axis=0)
        many[:, self.chosen] = points
        return self.every.build_batch(many)

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield each point of a matrix in the user's structure."""
        return map(self.build, points)

    def name(self, index: int) -> str:
        """Return the name of a coordinate, as it is in x."""
        return self.every.name(int(self.chosen[index]))

    def flatten(self, value: Any, what: str, *, dtype: Any = np.float64, absent: list[str] | None = None) -> Flat:
        """Return the chosen coordinates of a value in the structure of x."""
        without: list[str] | None = None if absent is None else []
        chosen: Flat = self.every.flatten(value, what, dtype=dtype, absent=without)[self.chosen]
        if absent is not None and without:
            paths = {self.title_of(leaf) for leaf in self.leaves}
            absent.extend(path for path in without if path in paths)
        return chosen

    def flat_or_same(self, value: Any, what: str, *, dtype: Any) -> Flat:
        """Return the chosen coordinates of a value in the structure of x."""
        return self.flatten(value, what, dtype=dtype)

    def imaginary(self) -> Flat:
        """Return for each coordinate whether it is an imaginary part."""
        chosen: Flat = self.every.imaginary()[self.chosen]
        return chosen

    def spread(self, fill: Callable[[Node, Flat], None], unset: float) -> Flat:
        """Return the chosen ones of numbers that `fill` writes for all of x."""
        return self.every.spread(fill, unset)[self.chosen]


def _rest(every: Layout, indices: Flat) -> list[Leaf]:
    """Return what is left of the arrays: in their own shape where all of one is chosen, else as vectors."""
    left, used = [], 0
    for leaf in every.leaves:
        low, high = np.searchsorted(indices, (leaf.start, leaf.stop))
        count = int(high - low)
        if count:
            is_whole = count == leaf.stop - leaf.start
            shape = leaf.shape if is_whole else (count,)
            left.append(leaf._replace(shape=shape, start=used, stop=used + count))
        used += count
    return left
