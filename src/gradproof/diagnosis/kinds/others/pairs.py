"""Two arrays that are compared: whether they are alike, and how claims of one may be a multiple of something."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....problem.numbers import Flat
from ...coincidence import is_no_coincidence, multiples
from ...evidence import MARGIN, Evidence

ROUNDING = 1e-6
# Of more arrays than this not every pair is compared.
MOST = 64
# Two arrays are compared in at most this many ways.
WAYS = 8.0
# Two coordinates fit almost anything.
FEWEST_WRONG = 3
# What a number of the other array may do to a slope.
FORMS = ("× {}", "/ {}", "× {}²", "/ {}²", "× exp({})", "/ exp({})", "× exp(2 {})", "/ exp(2 {})")
ASKED = "is that factor missing, or there too often?"


def are_alike(one: Evidence, other: Evidence) -> bool:
    """Whether two arrays have the same shape and are known throughout."""
    return one.name != other.name and one.shape == other.shape and one.is_complete and other.is_complete


def is_nothing(one: Evidence, off: Flat, allowed: Flat, tries: float) -> bool:
    """Whether what errors differ by is nothing, by no coincidence."""
    if not np.all(np.abs(off) <= allowed):
        return False
    return is_no_coincidence(allowed[one.wrong], np.abs(one.error[one.wrong]), 0, WAYS * tries)


def multiples_of_slopes(one: Evidence, bases: Flat, tries: float) -> Iterator[tuple[int, float, Flat]]:
    """Yield of which rows of bases the quotients of wrong claims and slopes are a multiple by no coincidence."""
    claimed, slope, bar = (each[one.wrong] for each in (one.claimed, one.slope, one.bar))
    if len(claimed) < FEWEST_WRONG or not (np.isfinite(claimed).all() and claimed.all() and slope.all()):
        return
    ratio = claimed / slope
    yield from multiples(ratio, MARGIN * np.abs(ratio / slope) * bar + ROUNDING * np.abs(ratio), bases, tries)


def functions_of(x: Flat) -> Flat:
    """Return what slopes may be multiplied with, one row for each form."""
    rows = np.array([x, x**2, np.exp(x), np.exp(2.0 * x)])
    return np.stack([rows, 1.0 / rows], axis=1).reshape(len(FORMS), -1)
