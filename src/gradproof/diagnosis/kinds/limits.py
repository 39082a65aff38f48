"""Claims that were cut off at a limit, have lost their signs or their sizes, or are one and the same number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence, along_axis

# This many claims do not share a size, or a sign, by chance.
FEWEST, FEWEST_SIGNS = 3, 20
SHOWN = 4
# The most neighbours that share a claim.
MOST_POOLED = 8
SAME = 1e-12
# A sum is recognised only where it is known to this part of itself.
RARE_SUM = 1e-3
# Multiples of 1/64 are round numbers.
ROUND = 64.0


# Names a row, a column or a slice of an array by an axis and its indices.
Naming: TypeAlias = Callable[[Evidence, int, Flat], str]


def cut_off(whole: Evidence, named: Naming) -> Explanation | None:
    """Explain the errors of an array by claims that were cut off at a limit, or at one for each row or column."""
    claims, at = _claims(whole), whole.places - whole.start
    claimed, slope = whole.claimed[whole.wrong], whole.slope[whole.wrong]
    beyond = np.sign(claimed) * slope > np.abs(claimed)
    if len(claimed) < FEWEST or claims is None or not np.isfinite(claims).all() or not beyond.all():
        return None
    limits = np.zeros(len(claims))
    limits[at[whole.wrong]] = np.abs(claimed)
    size = float(limits.max())
    if _is_cut(np.abs(claims), limits, size):
        return Explanation("limited", "", f"claimed = slope, cut off at ±{size:.6g}", size)
    for sign in (1.0, -1.0):
        if np.all(np.sign(claimed) == sign) and _is_cut(np.maximum(sign * claims, 0.0), limits, size):
            side = "above" if sign > 0 else "below"
            return Explanation("limited", "", f"claimed = slope, cut off {side} {sign * size:.6g}", size)
    return next(_cut_by_axis(whole, np.abs(claims), limits, named), None) if len(whole.shape) > 1 else None


def _claims(whole: Evidence) -> Flat | None:
    """Return all claims of an array, if they are at hand."""
    if whole.claims is not None and len(whole.claims) == math.prod(whole.shape):
        return whole.claims
    return whole.claimed if whole.is_complete else None


def _is_cut(sizes: Flat, limits: Flat, size: float) -> bool:
    """Whether no claim is beyond a limit, wrong ones are at it, as several are, and there are others."""
    if np.any(np.abs(limits[limits > 0] - size) > SAME * size) or np.any(sizes > size * (1.0 + SAME)):
        return False
    below = (sizes > 0) & (sizes < size * (1.0 - SAME))
    return bool(below.any()) and int(np.count_nonzero(sizes >= size * (1.0 - SAME))) > 1


def _cut_by_axis(whole: Evidence, sizes: Flat, limits: Flat, named: Naming) -> Iterator[Explanation]:
    """Yield a limit for those indices of an axis that have wrong claims, the same for all or one for each."""
    for axis in range(len(whole.shape)):
        rows = [np.moveaxis(each.reshape(whole.shape), axis, 0) for each in (sizes, limits)]
        values, own = (each.reshape(whole.shape[axis], -1) for each in rows)
        met = np.flatnonzero(own.any(axis=1))
        size = own[met].max(axis=1)
        if np.count_nonzero(own) < len(met) + FEWEST - 1:
            continue  # a limit for each would explain any claims
        if all(_is_cut(values[index], own[index], float(one)) for index, one in zip(met, size, strict=True)):
            where = named(whole, axis, met) if len(met) < len(values) else ""
            said = f"±{size[0]:.6g}"
            if np.ptp(size) > SAME * size.max():
                listed = ", ".join(f"±{one:.4g}" for one in size[:SHOWN]) + (", …" if len(size) > SHOWN else "")
                said = f"a limit for each index of axis {axis}: {listed}"
            yield Explanation("limited", where, f"claimed = slope, cut off at {said}", float(size[0]))


def limited(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by claims that have one size; None if they differ."""
    wrong = whole.wrong
    claimed, slope = whole.claimed[wrong], whole.slope[wrong]
    if len(claimed) < FEWEST or not np.isfinite(claimed).all() or not claimed.all():
        return None
    size, signs = float(np.abs(claimed[0])), np.sign(claimed)
    if np.any(np.abs(np.abs(claimed) - size) > SAME * size):
        return None
    if np.ptp(np.abs(slope)) <= MARGIN * np.max(whole.bar[wrong]):
        return None  # slopes of one size as well: a factor says more
    every = _claims(whole)
    right = whole.claimed[~wrong] if every is None else every
    # Of a few that were looked at along lines the rest may have the other sign.
    is_signed = bool(np.ptp(signs)) or bool(np.any(right == -claimed[0]))
    if np.array_equal(signs, np.sign(slope)) and (is_signed or len(signs) >= FEWEST_SIGNS):
        # Right claims below this size, and wrong ones only where slopes are above it, are those of a limit in places.
        if np.all(np.abs(slope) > size) and np.any((right != 0) & (np.abs(right) < size * (1.0 - SAME))):
            text = f"every wrong claim is ±{size:.6g} with the sign of its slope, which is larger: is it cut off?"
            return Explanation("limited", "", text, size)
        return Explanation("limited", "", f"claimed = {_only_signs(whole, size)}", size)
    if is_signed:
        return _of_opposite_signs(whole, size)
    return Explanation("limited", "", f"every wrong claim is {claimed[0]:.6g}{_of_slopes(whole)}", float(claimed[0]))


def _only_signs(whole: Evidence, size: float) -> str:
    """Return what claims of one size are that have the signs of their slopes, and what is asked of that."""
    times = "" if size == 1.0 else f"{size:.6g} × "
    x, slope = whole.x[whole.wrong], whole.slope[whole.wrong]
    if np.array_equal(np.sign(x), np.sign(slope)):
        return f"{times}sign(slope), which is that of x, too: is only its sign left, or the part of an L1 penalty?"
    if whole.is_complete and np.all(np.abs(slope) > size):
        return f"{times}sign(slope): is only its sign left, or is it cut off at ±{size:.6g}, below all of these slopes?"
    return f"{times}sign(slope): only its sign is left"


def _of_opposite_signs(whole: Evidence, size: float) -> Explanation | None:
    """Explain claims of one size whose signs are those of a step downhill; None if some are not."""
    if not np.array_equal(np.sign(whole.claimed[whole.wrong]), -np.sign(whole.slope[whole.wrong])):
        return None
    times = "" if size == 1.0 else f"{size:.6g} × "
    return Explanation("limited", "", f"claimed = -{times}sign(slope): only its sign is left, and that is wrong", -size)


def _of_slopes(whole: Evidence) -> str:
    """Return what one number for all claims is, if it is the sum or the mean of the slopes."""
    if not whole.is_complete:
        return ""
    value, total, count = float(whole.claimed[whole.wrong][0]), float(np.sum(whole.slope)), len(whole.slope)
    if (value * ROUND).is_integer():
        return ""  # sums of round slopes are round
    off = MARGIN * float(np.sum(whole.bar)) + SAME * float(np.sum(np.abs(whole.slope)))
    for name, known, allowed in (("sum", total, off), ("mean", total / count, off / count)):
        if abs(value - known) <= allowed < RARE_SUM * abs(known):
            return f", the {name} of all slopes of {whole.name}: is it taken over too many axes?"
    return ""


def spread(whole: Evidence) -> Explanation | None:
    """Explain claims that are the same all along an axis by the sum or the mean of the slopes; None if they are not."""
    if len(whole.shape) < 2 or not whole.is_complete or not np.isfinite(whole.claimed).all() or not whole.claimed.any():
        return None
    claimed, slope, bar = (whole.shaped(each) for each in (whole.claimed, whole.slope, whole.bar))
    for axis, length in enumerate(whole.shape):
        values = claimed.take(0, axis)
        if length < 2 or np.any(np.abs(claimed - np.expand_dims(values, axis)) > SAME * np.max(np.abs(claimed))):
            continue
        total, allowed, size = slope.sum(axis), MARGIN * bar.sum(axis), np.abs(slope).sum(axis)
        for name, count in (("sum", 1), ("mean", length)):
            tolerance = allowed + SAME * size
            if np.any(np.abs(values * count - total) > tolerance):
                continue
            if is_no_coincidence(tolerance.ravel(), size.ravel(), 0, 2.0 * len(whole.shape)):
                asked = "is it not handed back to each, or taken over an axis too much?"
                return Explanation("limited", "", f"claimed = the {name} of the slopes along axis {axis}: {asked}")
    return None


def pooled(whole: Evidence) -> Explanation | None:
    """Explain claims that neighbours share by the sum or the mean of their slopes; None if they share none."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or not whole.claimed.all():
        return None
    for axis, length in enumerate(whole.shape):
        vectors = (whole.claimed, whole.slope, whole.bar)
        claimed, slope, bar = (np.moveaxis(whole.shaped(each), axis, 0) for each in vectors)
        for count in (count for count in range(2, MOST_POOLED + 1) if length % count == 0 and length > count):
            blocks = [each.reshape(length // count, count, -1) for each in (claimed, slope, bar)]
            if np.any(np.ptp(blocks[0], axis=1) > SAME * np.max(np.abs(blocks[0]))) or not np.ptp(blocks[0]):
                continue
            values, total, allowed = blocks[0][:, 0], blocks[1].sum(axis=1), MARGIN * blocks[2].sum(axis=1)
            tolerance = allowed + SAME * np.abs(blocks[1]).sum(axis=1)
            for name, times in (("sum", 1), ("mean", count)):
                if np.any(np.abs(values * times - total) > tolerance):
                    continue
                if is_no_coincidence(tolerance.ravel(), np.abs(blocks[1]).sum(axis=1).ravel(), 0, 2.0 * MOST_POOLED):
                    along = along_axis(whole.shape, axis)
                    asked = "are they of a coarser grid, and not handed back to each?"
                    text = f"every {count} neighbours{along} claim the {name} of their slopes: {asked}"
                    return Explanation("limited", "", text)
    return None


def absolute(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by signs that were lost: where slopes are negative; None if they were not."""
    wrong, live = whole.wrong, whole.known & (whole.claimed != 0)
    if not (np.isfinite(whole.claimed).all() and np.all(whole.claimed[live] > 0)) or wrong.sum() < FEWEST:
        return None
    off = np.abs(whole.claimed + whole.slope)[wrong]
    if (live & ~wrong).sum() < FEWEST or np.any(off > (MARGIN * whole.bar + 1e-6 * whole.claimed)[wrong]):
        return None
    return Explanation("limited", "", "claimed = |slope|, the sign is lost")
