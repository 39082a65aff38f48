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


def _disagrees(weights: Flat, outputs: Flat, slopes: Slopes, claimed: float) -> bool:
    """Whether the claim for some outputs together lies outside of what their slopes allow."""
    with np.errstate(all="ignore"):
        slope = float(np.add.reduce(weights * slopes.centre[outputs]))
        bar = float(np.add.reduce(np.abs(weights) * (slopes.gap[outputs] / 2 + slopes.bar[outputs])))
    return not abs(claimed - slope) <= bar
