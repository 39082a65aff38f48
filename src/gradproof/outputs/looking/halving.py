"""Finds what disagrees by halving, where only products with covectors or tangents are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ...problem.numbers import Flat
from ..claimed.claims import Claims
from ..covectors import Covector
from .columns import Slopes

# The most products, and the most outputs that are looked for.
PRODUCTS, MOST = 256, 32


def disagreeing(claims: Claims, covector: Covector, places: Sequence[int], slopes: Sequence[Slopes]) -> Flat:
    """Return the outputs in which the claims for some coordinates disagree, sorted; at most 32.

    Parameters
    ----------
    claims
        What is claimed.
    covector
        The covector whose projection disagrees.
    places, slopes
        The coordinates, and the slopes of all outputs along each.
    """

    def differs(half: Flat) -> bool:
        weights = np.zeros_like(covector.weights)
        weights[half] = covector.weights[half]
        claimed = claims.projected(weights)[list(places)]
        return any(_disagrees(weights[half], half, *pair) for pair in zip(slopes, claimed.tolist(), strict=True))

    return np.array(halved(covector.support, differs, MOST), np.int64)


def halved(every: Flat, differs: Callable[[Flat], bool], most: int) -> list[int]:
    """Return at most so many single places where something differs, sorted, found by halving.

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
    waiting, products = [every], 0
    while waiting and products < PRODUCTS and len(found) < most:
        part = waiting.pop()
        if len(part) == 1:
            found.append(int(part[0]))
            continue
        for half in np.array_split(part, 2):
            products += 1
            if differs(half):
                waiting.append(half)
    return sorted(found)


def _disagrees(weights: Flat, outputs: Flat, slopes: Slopes, claimed: float) -> bool:
    """Whether the claim for some outputs together lies outside of what their slopes allow."""
    with np.errstate(all="ignore"):
        slope = float(np.add.reduce(weights * slopes.centre[outputs]))
        bar = float(np.add.reduce(np.abs(weights) * (slopes.gap[outputs] / 2 + slopes.bar[outputs])))
    return not abs(claimed - slope) <= bar
