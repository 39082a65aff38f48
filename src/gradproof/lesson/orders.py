"""Analyses a curve of errors against steps: orders, the best step, and the extrapolated slope.

Errors of difference quotients follow two laws: C h^p where truncation dominates (Taylor), and noise / h where rounding
does.  Both are fitted by least squares on logarithms, without assuming either order.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..problem.numbers import Flat

# Noise below a thirtieth of an error changes its binary logarithm by less than 0.05.
CLEAR = 30.0
# Fewer points may lie on a straight line by chance.
FEWEST = 4
# The largest distance (in powers of two) from a straight line; over eight octaves, orders err by at most 0.04 then.
STRAIGHT = 0.05
# An error below this part of its bar is luck: noise is larger in 32 of 33 cases.
LUCK = 0.01
# In float64 more columns of extrapolated slopes gain nothing.
COLUMNS = 6
LARGEST_RATIO = 1e100


class Fit(NamedTuple):
    """A power law, ``error = error_high * (step / high) ** order``, fitted by least squares on logarithms.

    Attributes
    ----------
    order : float
        The exponent; NaN if nothing could be fitted.
    low, high : float
        The smallest and the largest step to which it was fitted.
    error_low, error_high : float
        The fitted errors at these steps.
    steps : int
        The number of steps to which it was fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import study
    >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), gradient=np.cos, index=2)
    >>> fit = found.forward.truncation
    >>> round(fit.order), fit.low < fit.high
    (1, True)
    """

    order: float
    low: float
    high: float
    error_low: float
    error_high: float
    steps: int

    def error(self, step: Any) -> Any:
        """Return the error that the law predicts for a step or an array of steps.

        Parameters
        ----------
        step : float or ndarray
            Positive steps.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import study
        >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), gradient=np.cos, index=2)
        >>> law = found.centered.truncation
        >>> bool(95 < law.error(1e-2) / law.error(1e-3) < 105)  # of order 2
        True
        """
        return self.error_high * np.power(step / self.high, self.order)


NO_FIT = Fit(math.nan, math.nan, math.nan, math.nan, math.nan, 0)


def fit(steps: Flat, errors: Flat) -> Fit:
    """Fit a power law by least squares on logarithms.

    Parameters
    ----------
    steps, errors
        Positive, float64, both of shape (k,); with fewer than four points the result is `NO_FIT`.
    """
    if len(steps) < FEWEST:
        return NO_FIT
    low, high = float(steps.min()), float(steps.max())
    # Relative to the largest step and error, because powers of steps around 1e300 would overflow.
    largest = float(errors.max())
    order, height = _line(np.log2(steps / high), np.log2(errors / largest))
    error_high = 2.0**height * largest
    return Fit(order, low, high, error_high * (low / high) ** order, error_high, len(steps))


def fit_truncation(steps: Flat, errors: Flat, bars: Flat) -> Fit:
    """Fit the order in the window where truncation dominates.

    The window starts at the finest step whose error is clear of its bar, and grows as long as the logarithms stay on a
    straight line of any slope: at a kink the order is 0, not that of the formula.

    Parameters
    ----------
    steps
        Positive steps from fine to coarse, (k,).
    errors
        Absolute errors, NaN if there is none, (k,).
    bars
        What noise and the uncertainty of the slope itself may add to each, (k,).
    """
    clear = np.flatnonzero(np.isfinite(errors) & (errors > CLEAR * bars))
    for first in range(len(clear) - FEWEST + 1):
        window = _straight(steps, errors, clear[first:])
        if len(window) >= FEWEST:
            return fit(steps[window], errors[window])
    return NO_FIT


def fit_noise(steps: Flat, errors: Flat, bars: Flat, truncation: Fit, slope: float) -> Fit:
    """Fit the order in the window where noise dominates: where the bars exceed the fitted truncation error.

    Left out are steps so small that f does not change, where the error is the slope itself, and errors that are small
    by luck.
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
    """Return the best step and its error: the largest one of three neighbours, because a single one may be luck.

    For the same reason no step counts as better than its noise (a quarter of its bar).
    """
    known = np.where(np.isfinite(errors), errors, np.inf)
    padded = np.concatenate((known[:1], known, known[-1:]))
    around = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    best = int(np.argmin(np.maximum(around, bars / 4.0)))
    return (float(steps[best]), float(around[best])) if math.isfinite(around[best]) else (math.nan, math.nan)


def best_slope(steps: Flat, slopes: Flat, bars: Flat) -> tuple[float, float]:
    """Return the slope on which centered differences agree best, and an error bar.

    Richardson extrapolation in the square of the step by Neville's scheme; of all its entries, take the one that is
    nearest to the two from which it was computed, plus noise (Ridders, "Accurate computation of F'(x) and
    F'(x) F''(x)", Advances in Engineering Software 4 (1982), 75-76).

    Parameters
    ----------
    steps, slopes, bars
        From fine to coarse, (k,): positive steps, centered slopes (NaN if there is none), and noise bars.
    """
    found = (math.nan, math.inf)
    order = [k for k in range(len(steps) - 1, -1, -1) if math.isfinite(slopes[k])]
    before: list[float] = []
    for place, k in enumerate(order):
        row = [float(slopes[k])]
        for column in range(1, min(place, COLUMNS) + 1):
            # Beyond this ratio the coarser slope has no weight, and the square would overflow.
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
    """Return the longest run of places, starting with the first, whose logarithms lie on a straight line."""
    count = 1
    while count < len(places) and places[count] == places[count - 1] + 1:
        x, y = np.log2(steps[places[: count + 1]]), np.log2(errors[places[: count + 1]])
        order, constant = _line(x, y) if count > 1 else (0.0, y[0])
        if count > 1 and np.max(np.abs(y - constant - order * x)) > STRAIGHT:
            break
        count += 1
    return places[:count]


def _line(x: Flat, y: Flat) -> tuple[float, float]:
    """Return slope and intercept of the least-squares line."""
    middle, height = float(np.mean(x)), float(np.mean(y))
    slope = float(np.sum((x - middle) * (y - height)) / np.sum((x - middle) ** 2))
    return slope, height - slope * middle
