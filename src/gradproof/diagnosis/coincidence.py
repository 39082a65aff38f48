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


def rounded_to(number: float, digits: int) -> float:
    """Return the nearest number of so many decimal digits."""
    return round(number, digits - 1 - math.floor(math.log10(abs(number)))) if number else 0.0


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


def multiples(
    values: Flat, allowed: Flat, bases: Flat, tries: float, free: int = 1, sizes: Flat | None = None
) -> Iterator[tuple[int, float, Flat]]:
    """Yield which rows of bases values are multiples of by no coincidence, with these and within what they were tested.

    Parameters
    ----------
    values
        What may be a multiple, one number for each coordinate.
    allowed
        By how much each value may be off, for all bases or for each of them.
    bases
        What they may be a multiple of, one row for each that is tried; nothing is a multiple of 0.
    tries
        How many fits were tried.
    free
        The number of coordinates that determine the multiple.
    sizes
        On which scale the values could have been anything; None for their own.
    """
    with np.errstate(all="ignore"):
        usable = np.flatnonzero(np.all(np.isfinite(bases) & (bases != 0.0), axis=1))
        scales = np.abs(bases[usable])
        off = np.broadcast_to(allowed, bases.shape)[usable] / scales
        for at, number, tolerance in constants(values / bases[usable], off):
            if is_no_coincidence(tolerance, (np.abs(values) if sizes is None else sizes) / scales[at], free, tries):
                yield int(usable[at]), _simplest(number, float(np.min(tolerance)) / 2.0), tolerance


def _simplest(number: float, error: float) -> float:
    """Return a number with as few digits, one or two, as its error allows; else itself."""
    fewer = (rounded_to(number, digits) for digits in (1, 2))
    return next((one for one in fewer if abs(number - one) <= error), number)


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
