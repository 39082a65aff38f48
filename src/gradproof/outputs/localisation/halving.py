"""Finds what disagrees by halving, where only products with covectors or tangents are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from ...problem.numbers import Flat
from ..claimed.claims import Claims
from ..covectors import Covector
from .columns import Slopes

# The most products, and the most outputs that are looked for.
PRODUCTS, MOST = 256, 32


# Slopes at one step, whose sides may differ, and the sharpest ones.
Both: TypeAlias = tuple[Slopes, Slopes]


class _Part(NamedTuple):
    """How far the claim for some outputs together is off, what rounding explains of it, and how far their sides are."""

    off: float
    bar: float
    gap: float


def disagreeing(claims: Claims, covector: Covector, places: Sequence[int], slopes: Sequence[Both]) -> Flat:
    """Return the outputs in which the claims for some coordinates disagree, sorted; at most 32.

    Parameters
    ----------
    claims
        What is claimed.
    covector
        The covector whose projection disagrees.
    places, slopes
        The coordinates, and the slopes of all outputs along each: at one step, and the sharpest that are known.
    """

    def parts(half: Flat) -> list[_Part]:
        weights = np.zeros_like(covector.weights)
        weights[half] = covector.weights[half]
        claimed = claims.projected(weights)[list(places)].tolist()
        return [_part(weights[half], half, *pair) for pair in zip(slopes, claimed, strict=True)]

    # What is to be found is the reason for so much.
    every = [one.off for one in parts(covector.support)]

    def differs(half: Flat) -> bool:
        found = zip(parts(half), every, strict=True)
        return any(not one.off <= one.bar + np.fmin(one.gap, whole) / 2 for one, whole in found)

    return np.array(halved(covector.support, differs, MOST), np.int64)


def halved(every: Flat, differs: Callable[[Flat], bool], most: int) -> list[int]:
    """Return at most so many single places where something differs, sorted, found by halving.

    Where one half of what differs does not, the other one is taken to do so, until it is a single place.

    Parameters
    ----------
    every
        All places.
    differs
        Whether there is a difference in some of them; it costs a product.
    most
        The most places that are looked for.
    """
    found: list[int] = []
    # Parts, and whether they are known to differ.
    waiting, products = [(every, True)], 0
    while waiting and products < PRODUCTS and len(found) < most:
        part, is_known = waiting.pop()
        if not is_known:
            products += 1
            if not differs(part):
                continue
        if len(part) == 1:
            found.append(int(part[0]))
            continue
        first, last = np.array_split(part, 2)
        products += 1
        if differs(last):
            waiting += [(first, False), (last, True)]
        else:
            waiting.append((first, len(first) > 1))
    return sorted(found)


def _part(weights: Flat, outputs: Flat, both: Both, claimed: float) -> _Part:
    """Compare the claim for some outputs together with their slopes."""
    with np.errstate(all="ignore"):
        slopes, sharpest = (one.of(outputs) for one in both)
        slope = float(np.add.reduce(weights * sharpest.centre))
        bar, gap = (float(np.add.reduce(np.abs(weights) * each)) for each in (sharpest.bar, slopes.gap))
    return _Part(abs(claimed - slope), bar, gap)
