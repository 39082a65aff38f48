"""Slopes by another variable: log(x), 1/x, a sigmoid; claimed = slope × a function of x."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import constants, is_no_coincidence
from ...evidence import MARGIN, Evidence
from ..factors import ALONE, SURER
from .derivatives import table

# Fewer coordinates are only explained by the commonest functions of x, those of its logarithm, square and inverse.
FEWEST, COMMONEST = 3, 8
FEWEST_WITH_FACTOR = 4
ROUNDING = 1e-6
# What a multiple of the slope may be times.
SIMPLE = (
    *("× x", "× √x", "× x²", "× x³", "/ x", "/ √x", "/ x²", "/ x³"),
    *("× exp(x)", "× exp(-x)", "× exp(x²)", "× exp(-x²)", "× exp(x²/2)", "× exp(-x²/2)", "× (1 - x²)"),
    *("× (1 + x²)", "× √(1 - x²)", "× √(1 + x²)", "/ (1 - x²)", "/ (1 + x²)", "/ √(1 - x²)", "/ √(1 + x²)"),
    *("× sin(x)", "× cos(x)", "/ sin(x)", "/ cos(x)", "× sigmoid(x)", "/ sigmoid(x)"),
)
# So many coordinates, those that are known best, tell which of the functions are worth a comparison with all.
SCREENED = 8


class Quotients(NamedTuple):
    """Claims over slopes, what these may be off by, and x."""

    x: Flat
    ratio: Flat
    bar: Flat

    def best(self, count: int) -> Quotients:
        """Return those of a few coordinates that are known best."""
        if len(self.x) <= count:
            return self
        chosen = np.argpartition(self.bar / np.abs(self.ratio), count)[:count]
        return Quotients(*(each[chosen] for each in self))


def by_variable(part: Evidence) -> Explanation | None:
    """Explain the errors by a slope that was taken by another variable than x, or forgotten; None if none fits."""
    if not (np.isfinite(part.claimed).all() and part.slope.all() and part.claimed.all() and part.x.all()):
        return None
    ratio = part.claimed / part.slope
    every = Quotients(part.x, ratio, MARGIN * np.abs(ratio / part.slope) * part.bar)
    with np.errstate(all="ignore"):
        text = next(_fits(every), "") or next(_with_factor(every), "")
    return Explanation("scaled by x", "", text) if text else None


def _fits(every: Quotients) -> Iterator[str]:
    """Yield what the quotients of claims and slopes are as functions of x."""
    few = len(every.x) < FEWEST
    # Of round numbers, and of those that are almost the same, any factor may be a function.
    if few and np.any(np.abs(4.0 * every.x - np.round(4.0 * every.x)) <= ROUNDING):
        return
    texts, _ = functions = table(every.best(SCREENED).x)
    tries = COMMONEST if few else len(texts)
    surer = SURER if few else 1.0
    rows = np.flatnonzero(_are(every.best(SCREENED), functions[1], surer)[:tries])
    if not rows.size:
        return
    values = table(every.x)[1][rows]
    for row in np.flatnonzero(_are(every, values, surer) & (few | ~_is_constant(values))):
        tolerance = every.bar + ROUNDING * np.abs(values[row])
        if is_no_coincidence(tolerance, np.abs(every.ratio), 0, tries, **({"rare": ALONE} if few else {})):
            yield f"claimed = {texts[rows[row]]}"


def _are(one: Quotients, values: Flat, surer: float) -> Flat:
    """Return which rows of values the quotients are."""
    close = np.abs(one.ratio - values) <= surer * (one.bar + ROUNDING * np.abs(values))
    are: Flat = np.all(close & np.isfinite(values) & (values != 0), axis=1)
    return are


def _with_factor(every: Quotients) -> Iterator[str]:
    """Yield a factor and a function of x that the quotients of claims and slopes are."""
    if len(every.x) < FEWEST_WITH_FACTOR:
        return
    values = _simple(every.x)
    ratios = every.ratio / values
    allowed = (every.bar + ROUNDING * np.abs(every.ratio)) / np.abs(values)
    for row, number, tolerance in constants(ratios, allowed):
        if _is_constant(values[[row]])[0] or not is_no_coincidence(tolerance, np.abs(ratios[row]), 1, len(SIMPLE)):
            continue
        yield f"claimed = {number:.6g} × slope {SIMPLE[row]}"


def _simple(x: Flat) -> Flat:
    """Return the functions of x whose multiples quotients may be."""
    powers = np.array([x, np.sqrt(x), x**2, x**3])
    exponentials = np.exp([x, -x, x**2, -(x**2), x**2 / 2, -(x**2) / 2])
    of_squares = np.array([1.0 + x**2, np.sqrt(1.0 - x**2), np.sqrt(1.0 + x**2)])
    waves, sigmoid = np.array([np.sin(x), np.cos(x)]), np.array([1.0 / (1.0 + np.exp(-x))])
    less = np.array([1.0 - x**2])
    rows = (powers, 1.0 / powers, exponentials, less, of_squares, 1.0 / less, 1.0 / of_squares, waves, 1.0 / waves)
    return np.concatenate([*rows, sigmoid, 1.0 / sigmoid])


def _is_constant(values: Flat) -> Flat:
    same: Flat = np.ptp(values, axis=1) <= 1e-3 * np.max(np.abs(values), axis=1)
    return same
