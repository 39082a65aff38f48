"""Where the wrong coordinates of an array are: all of it, some rows or columns, where x is 0, or here and there."""

from __future__ import annotations

import math

import numpy as np

from ..problem.numbers import Flat
from .evidence import Evidence
from .regions import regions

SHOWN = 4
# Coordinates are those of a region by chance in one of this many ways to choose as many.
FEWEST_CHOICES = 1000


def place_of(whole: Evidence, mask: Flat) -> str:
    """Return in words where some coordinates of an array are.

    Parameters
    ----------
    whole
        All that is known of the array.
    mask
        The coordinates, at least one.
    """
    count = int(mask.sum())
    if math.prod(whole.shape) == 1:
        return whole.name
    claims_nothing = not whole.is_complete and whole.claims is not None and not whole.claims.any()
    if claims_nothing and not np.any(whole.known & ~mask):
        return f"all of {whole.name}"
    if count == 1:
        return _element(whole, int(whole.places[mask][0]) - whole.start)
    # What is 0 as far as it is known agrees with anything that is said of the others.
    live = whole.known & (np.maximum(np.abs(whole.claimed), np.abs(whole.slope)) > whole.bar)
    if whole.is_complete and not (live & ~mask).any():
        # What agrees at other places is 0 there, too.
        if np.array_equal(mask, whole.x == 0) and not mask.all():
            return f"{whole.name} where x = 0"
        return f"all of {whole.name}"
    if not whole.is_complete:
        return f"{lost(whole, mask) or _slice_of(whole, mask)} ({count:,} of {int(whole.known.sum()):,} tested)"
    slices = _slices(whole, mask, live)
    if slices:
        return slices
    known = next((name for name, each, tries in regions(whole, mask, live) if _are(mask, each, live, tries)), "")
    if np.array_equal(mask, whole.x == 0) and "diagonal" not in known:
        return f"{whole.name} where x = 0"
    if known:
        return f"{whole.name} {known}"
    return _listed(whole, mask, live)


def _listed(whole: Evidence, mask: Flat, live: Flat) -> str:
    """Return coordinates of no known region: a range, all but a few, each of a few, or how many."""
    count, others = int(mask.sum()), np.flatnonzero(live & ~mask)
    if len(whole.shape) == 1 and (part := _range(mask)) and count > 2:
        if whole.element is None:
            return f"{whole.name}[{part}]"
        return " … ".join(_element(whole, int(np.flatnonzero(mask)[end])) for end in (0, -1))
    if 4 * len(others) < count and len(others) <= 2:
        return f"all of {whole.name} but {' and '.join(_element(whole, int(one)) for one in others)}"
    if count > SHOWN and (box := _box(whole, mask)):
        return box
    if count <= SHOWN:
        *first, last = (_element(whole, int(one)) for one in np.flatnonzero(mask))
        return f"{', '.join(first)} and {last}"
    return _counted(whole, mask)


def is_scattered(whole: Evidence, mask: Flat) -> bool:
    """Whether coordinates can only be counted: they are in no rows and no known region, and not a few."""
    return place_of(whole, mask) == _counted(whole, mask)


def _counted(whole: Evidence, mask: Flat) -> str:
    return f"{whole.name}, in {int(mask.sum()):,} of {len(mask):,} coordinates"


def _box(whole: Evidence, mask: Flat) -> str:
    """Return the box of indices that holds just these coordinates; "" if there is none."""
    chosen, parts, count = whole.shaped(mask), [], 1
    for axis, length in enumerate(whole.shape):
        met = chosen.any(axis=tuple(other for other in range(len(whole.shape)) if other != axis))
        part = _range(np.asarray(met))
        count *= int(met.sum())
        parts.append(str(int(np.flatnonzero(met)[0])) if met.sum() == 1 < length else part)
    return f"{whole.name}[{', '.join(parts)}]" if all(parts) and count == mask.sum() else ""


def lost(whole: Evidence, mask: Flat) -> str:
    """Return the rows, columns or slices that claim nothing, if that was wrong wherever it was tested; else ""."""
    if whole.claims is None or len(whole.claims) != math.prod(whole.shape) or whole.claimed[mask].any():
        return ""
    if np.any(whole.known & (whole.claimed == 0.0) & ~mask):
        return ""
    if _is_concentrated(whole, mask, whole.claims == 0.0):
        return ""  # most of what claims nothing is not used at all
    return _slices(whole, whole.claims == 0.0, np.ones(len(whole.claims), bool)).removeprefix("all of ")


def _is_concentrated(whole: Evidence, mask: Flat, nothing: Flat) -> bool:
    """Whether the wrong coordinates lie in fewer rows, columns or slices than what claims nothing, by no chance."""
    wrong = np.unravel_index(whole.places[mask] - whole.start, whole.shape)
    every = np.unravel_index(np.flatnonzero(nothing), whole.shape)
    for some, others in zip(wrong, every, strict=True):
        met, there = len(np.unique(some)), len(np.unique(others))
        if _log_ways(there, met) + len(some) * math.log(met / there) <= -math.log(FEWEST_CHOICES):
            return True
    return False


def _slice_of(whole: Evidence, mask: Flat) -> str:
    """Return the row, column or slice in which all of a few coordinates lie by no chance; else the array."""
    at = np.unravel_index(whole.places[whole.known | mask] - whole.start, whole.shape)
    wrong = mask[whole.known | mask]
    for axis, (every, length) in enumerate(zip(at, whole.shape, strict=True)):
        index, count = np.unique(every[wrong]), int(wrong.sum())
        ways = _log_ways(length, len(index))
        there = int(np.isin(every, index).sum())
        # Either they would be elsewhere, too, or, as others were tested elsewhere, these would not all be right.
        chances = (count * math.log(len(index) / length), _log_ways(there, count) - _log_ways(len(every), count))
        if len(whole.shape) > 1 and ways + min(chances) <= -math.log(FEWEST_CHOICES):
            return at_indices(whole, axis, index)
    return whole.name


def at_indices(whole: Evidence, axis: int, index: Flat) -> str:
    """Return the row, column or slice of an array at an index of an axis, or those at several."""
    return _sliced(whole, axis, str(int(index[0]))) if len(index) == 1 else _several(whole, axis, index)


def _log_ways(count: int, chosen: int) -> float:
    """Return the logarithm of in how many ways so many of a number can be chosen."""
    return math.lgamma(count + 1) - math.lgamma(chosen + 1) - math.lgamma(count - chosen + 1)


def _choices(live: Flat, region: Flat) -> float:
    """Return in how many ways as many coordinates as those of a region can be chosen."""
    some, every = int((live & region).sum()), int(live.sum())
    # Exact for few, since large ones do not matter.
    return float(min(math.comb(every, some), 10**300)) if every <= FEWEST_CHOICES else math.inf


def _are(mask: Flat, region: Flat, live: Flat, tries: float) -> bool:
    """Whether coordinates are those of a region by no chance, but for some where both claim and slope are 0."""
    if np.any(mask & ~region | live & region & ~mask) or not np.any(live & region):
        return False
    return _choices(live, region) >= FEWEST_CHOICES * tries


def _range(mask: Flat) -> str:
    """Return the range of indices that are chosen, as a slice; "" if they are none."""
    found = np.flatnonzero(mask)
    low, high = int(found[0]), int(found[-1]) + 1
    if high - low != len(found):
        return ""
    return f"{low if low else ''}:{high if high < len(mask) else ''}"


def _element(whole: Evidence, place: int) -> str:
    if whole.element is not None:
        return whole.element(whole.start + place)
    return _indexed(whole, [str(int(one)) for one in np.unravel_index(place, whole.shape)])


def _sliced(whole: Evidence, axis: int, index: str) -> str:
    parts = [":"] * len(whole.shape)
    parts[axis] = index
    return _indexed(whole, parts)


def _indexed(whole: Evidence, parts: list[str]) -> str:
    """Return the name of an array with an index for each axis; real and imaginary parts have a name of their own."""
    part = ""
    if whole.is_complex:
        *parts, last = parts
        part = {"0": ".real", "1": ".imag"}.get(last, "")
        if part and all(one == ":" for one in parts):
            return f"{whole.name}{part}"
    return f"{whole.name}[{', '.join(parts)}]{part}" if parts else f"{whole.name}{part}"


def _slices(whole: Evidence, mask: Flat, live: Flat) -> str:
    """Return the rows, columns or slices that hold just these coordinates; "" if none do."""
    if len(whole.shape) < 2:
        return ""
    chosen, alive = whole.shaped(mask), whole.shaped(live)
    for axis, length in enumerate(whole.shape):
        others = tuple(other for other in range(len(whole.shape)) if other != axis)
        met = chosen.any(axis=others)
        shape = [1] * len(whole.shape)
        shape[axis] = length
        if met.all() or (alive & ~chosen & met.reshape(shape)).any():
            continue
        found = np.flatnonzero(met)
        part = _range(np.asarray(met))
        if len(found) == 1:
            return f"all of {_sliced(whole, axis, str(int(found[0])))}"
        if part:
            return f"all of {_sliced(whole, axis, part)}"
        return f"all of {_several(whole, axis, found)}"
    return ""


def _several(whole: Evidence, axis: int, index: Flat) -> str:
    """Return the slices of an array at some indices of an axis."""
    listed = ", ".join(map(str, index[:SHOWN].tolist())) + (", …" if len(index) > SHOWN else "")
    return f"{_sliced(whole, axis, 'i')} for {len(index)} of {whole.shape[axis]} i: {listed}"
