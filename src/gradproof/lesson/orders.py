"""What a curve of errors over steps shows: powers of the step, the best step, the slope behind it.

Errors of difference quotients follow two laws (Taylor, and rounding): C h^p where truncation rules, noise / h where
rounding does.  Both are fitted, by least squares on logarithms, and neither order is assumed.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..problem.numbers import Flat

# Noise below a thirtieth of an error moves its logarithm by less than 0.05.
CLEAR = 30.0
# Fewer points than these are a straight line by chance.
FEWEST = 4
# So far (in powers of two) a point may be off a straight line: over eight octaves, orders are then off by 0.04 or less.
STRAIGHT = 0.05
# An error of less than this part of its bar is luck: noise is larger than that in 32 of 33 cases.
LUCK = 0.01
# Of the extrapolated slopes more columns gain nothing in float64.
COLUMNS = 6
LARGEST_RATIO = 1e100


class Fit(NamedTuple):
    """A power law, error = error_high * (step / high) ** order, and the steps from `low` to `high` it was fitted on."""

    order: float
    low: float
    high: float
    error_low: float
    error_high: float
    steps: int

    def error(self, step: Any) -> Any:
        """Return the error that the law states for a step, or for an array of steps."""
        return self.error_high * np.power(step / self.high, self.order)


NO_FIT = Fit(math.nan, math.nan, math.nan, math.nan, math.nan, 0)


def fit(steps: Flat, errors: Flat) -> Fit:
    """Fit a power law by least squares on logarithms.

    Parameters
    ----------
    steps, errors
        Positive float64 arrays of one shape, (k,); fewer than four points give `NO_FIT`.
    """
    if len(steps) < FEWEST:
        return NO_FIT
    low, high = float(steps.min()), float(steps.max())
    # Relative to the largest step and error: powers of steps around 1e300 are beyond the range.
    largest = float(errors.max())
    order, height = _line(np.log2(steps / high), np.log2(errors / largest))
    error_high = 2.0**height * largest
    return Fit(order, low, high, error_high * (low / high) ** order, error_high, len(steps))


def fit_truncation(steps: Flat, errors: Flat, bars: Flat) -> Fit:
    """Fit the order in the window where truncation rules.

    The window begins at the finest step whose error is clear of its bar, and grows while the logarithms stay on a
    straight line, whatever its slope: at a kink the order is 0, not the one of the formula.

    Parameters
    ----------
    steps
        From fine to coarse, positive, (k,).
    errors
        Absolute errors; NaN where there is none, (k,).
    bars
        What noise, and the doubt about the slope itself, may add to each, (k,).
    """
    clear = np.flatnonzero(np.isfinite(errors) & (errors > CLEAR * bars))
    for first in range(len(clear) - FEWEST + 1):
        window = _straight(steps, errors, clear[first:])
        if len(window) >= FEWEST:
            return fit(steps[window], errors[window])
    return NO_FIT


def fit_noise(steps: Flat, errors: Flat, bars: Flat, truncation: Fit, slope: float) -> Fit:
    """Fit the order in the window where noise rules: where bars exceed what truncation leaves.

    Where noise is as large as the slope itself, values of f stay the same and the error is the slope: left out, as is
    an error that is much smaller than noise makes it.
    """
    seen = np.isfinite(errors) & (errors > LUCK * bars) & (bars > 0.0)
    if truncation.steps:
        seen &= truncation.error(steps) < 0.1 * bars
    else:
        seen &= errors < 2.0 * bars
    if slope != 0.0:
        seen &= bars < abs(slope)
    return fit(steps[seen], errors[seen])


def best_step(steps: Flat, errors: Flat, bars: Flat) -> tuple[float, float]:
    """Return the best step and the error there: the largest of three neighbours, because one alone may be lucky.

    For the same reason a step is as bad as its noise (a quarter of its bar), even where its error is smaller.
    """
    known = np.where(np.isfinite(errors), errors, np.inf)
    padded = np.concatenate((known[:1], known, known[-1:]))
    around = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    best = int(np.argmin(np.maximum(around, bars / 4.0)))
    return (float(steps[best]), float(around[best])) if math.isfinite(around[best]) else (math.nan, math.nan)


def best_slope(steps: Flat, slopes: Flat, bars: Flat) -> tuple[float, float]:
    """Return the slope in which centered differences agree best, and how far it may be off.

    Richardson's extrapolation in the square of the step (Neville's scheme): of all its entries the one that is nearest
    to the two that it was made of, noise added (Ridders, 1982).

    Parameters
    ----------
    steps, slopes, bars
        From fine to coarse, (k,): positive steps, centered slopes (NaN where there is none), what noise may add.
    """
    found = (math.nan, math.inf)
    order = [k for k in range(len(steps) - 1, -1, -1) if math.isfinite(slopes[k])]
    before: list[float] = []
    for place, k in enumerate(order):
        row = [float(slopes[k])]
        for column in range(1, min(place, COLUMNS) + 1):
            # Beyond that ratio the coarser slope no longer counts, and its square would overflow.
            ratio = min(float(steps[order[place - column]] / steps[k]), LARGEST_RATIO)
            row.append(row[-1] + (row[-1] - before[column - 1]) / (ratio**2 - 1.0))
        for column, value in enumerate(row if before else ()):
            beside = before[max(column - 1, 0)]
            error = max(abs(value - beside), abs(value - row[max(column - 1, 0)])) + float(bars[k])
            if error <= found[1]:
                found = (value, error)
        before = row
    return found


def _straight(steps: Flat, errors: Flat, places: Flat) -> Flat:
    """Return the places, from the first on without a hole, whose logarithms lie on one straight line."""
    count = 1
    while count < len(places) and places[count] == places[count - 1] + 1:
        x, y = np.log2(steps[places[: count + 1]]), np.log2(errors[places[: count + 1]])
        order, constant = _line(x, y) if count > 1 else (0.0, y[0])
        if count > 1 and np.max(np.abs(y - constant - order * x)) > STRAIGHT:
            break
        count += 1
    return places[:count]


def _line(x: Flat, y: Flat) -> tuple[float, float]:
    """Return slope and intercept of the straight line of least squares."""
    middle, height = float(np.mean(x)), float(np.mean(y))
    slope = float(np.sum((x - middle) * (y - height)) / np.sum((x - middle) ** 2))
    return slope, height - slope * middle
