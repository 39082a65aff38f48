"""How much of a coincidence a fit would have to be."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat

# An explanation is given only if errors that have nothing to do with it would fit it this rarely.
RARE = 1e-6
# Errors of a single coordinate of any kind are explained this rarely by all that is tried together: one in 22,000.
SINGLE = 1.0 / 22_000.0
# How much of that each kind may take: the simplest factors, the commonest of all mistakes, as much as all others.
OF_SIMPLEST, OF_OTHERS = SINGLE / 2.0, SINGLE / 6.0
# No fit counts for more than this in one coordinate, however small its bar is.
LEAST = 1e-6


def constants(ratios: Flat, allowed: Flat) -> Iterator[tuple[int, float, Flat]]:
    """Yield each row of quotients that is one number, with this and within what that was tested.

    Parameters
    ----------
    ratios
        Quotients of what is measured and of what it may be a multiple of, one row for each that was tried.
    allowed
        By how much each quotient may be off.
    """
    at = np.arange(len(ratios))
    # Compared with the one that is known best, which is off by its own bar, too.
    best = np.argmin(np.nan_to_num(allowed / np.abs(ratios), nan=np.inf), axis=1)
    numbers, tolerance = ratios[at, best], allowed + allowed[at, best][:, None]
    # What is not a number is the same as nothing.
    for row in np.flatnonzero(np.all(np.abs(ratios - numbers[:, None]) <= tolerance, axis=1) & (numbers != 0)):
        yield int(row), float(numbers[row]), tolerance[row]


def sure_constants(ratios: Flat, allowed: Flat, tries: float) -> Iterator[tuple[int, float, Flat]]:
    """Yield those of `constants` that are one number by no coincidence, where so many fits were tried."""
    for row, number, tolerance in constants(ratios, allowed):
        if is_no_coincidence(tolerance, np.abs(ratios[row]), 1, tries):
            yield row, number, tolerance


def is_no_coincidence(tolerances: Flat, scales: Flat, free: int, tries: float = 1.0, rare: float = RARE) -> bool:
    """Return whether a fit is too good for errors of any kind.

    A number that could be anywhere on some scale lies within a tolerance of a given place with a probability of about
    their quotient.

    Parameters
    ----------
    tolerances
        Within which the fit was tested, one for each coordinate.
    scales
        On which the numbers could have been anything.
    free
        The number of coordinates that the parameters of the fit adapt to; those that fit best do not count.
    tries
        How many fits were tried.
    rare
        How rarely errors of another kind may fit.
    """
    with np.errstate(all="ignore"):
        chances = np.sort(np.clip(np.nan_to_num(2.0 * tolerances / scales, nan=1.0, posinf=1.0), LEAST, 1.0))
    return float(np.log10(chances[free:]).sum() if len(chances) > free else 0.0) <= math.log10(rare / tries)


def is_near(off: float, scale: float, tries: float, rare: float) -> bool:
    """Return whether a single number is nearer to one of a few places than numbers of another kind would be.

    How far it is off tells more than within what it is known, which is a bound: a number that could be anywhere on some
    scale is that near, or nearer, with just this probability.

    Parameters
    ----------
    off
        How far it is from the nearest place.
    scale
        On which it could have been anything.
    tries
        How many places there are.
    rare
        How rarely numbers of another kind may be that near.
    """
    return 2.0 * tries * off <= rare * scale
