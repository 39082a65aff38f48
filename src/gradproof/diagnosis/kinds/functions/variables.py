"""Slopes by another variable: log(x), 1/x, a sigmoid; claimed = slope × a function of x."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import OF_OTHERS, is_near, is_no_coincidence, multiples
from ...evidence import MARGIN, Evidence
from ...fits import are_constant, fit
from ..additions import are_sharp
from ..factors import ALONE, SURER
from .derivatives import table

# Fewer coordinates are only explained by the commonest functions of x, those of its logarithm, square and inverse.
FEWEST, COMMONEST = 3, 8
FEWEST_WITH_FACTOR = 4
# Within what claims and slopes are compared, relatively; single coordinates, of which less is known, more closely.
ROUNDING, LEAST = 1e-6, 1e-9
# What a multiple of the slope may be times.
SIMPLE = (
    *("× x", "× √x", "× x²", "× x³", "/ x", "/ √x", "/ x²", "/ x³"),
    *("× exp(x)", "× exp(-x)", "× exp(x²)", "× exp(-x²)", "× exp(x²/2)", "× exp(-x²/2)", "× (1 - x²)"),
    *("× (1 + x²)", "× √(1 - x²)", "× √(1 + x²)", "/ (1 - x²)", "/ (1 + x²)", "/ √(1 - x²)", "/ √(1 + x²)"),
    *("× sin(x)", "× cos(x)", "/ sin(x)", "/ cos(x)", "× sigmoid(x)", "/ sigmoid(x)"),
)
# Functions are first compared in this many coordinates, those that are known best.
SCREENED = 8
# The simplest factors, which three coordinates determine, and the logarithms that they belong to.
LOGARITHMS = {math.log(10.0): "log10(x)", math.log(2.0): "log2(x)"}
FACTORS = [sign * one for one in (0.5, 1.0, 2.0, 3.0, *LOGARITHMS) for sign in (1.0, -1.0)]
# Fewer do not determine a power and a factor; powers of numbers that are nearly the same are all one factor.
FEWEST_OF_POWER, MOST_CONSTANT = 5, 1e-2
# The smallest multiple of x in an exponential that no other kind has, and how many of them there may be.
LEAST_MULTIPLE, FEW_MULTIPLES = 2.0, 20.0
# What an exponential may be times: its multiple of x is a factor of its derivative.
OF_EXPONENTIALS = (1.0, 0.5, 2.0, 1.0 / 3.0, 3.0)
# Slopes are one number if they differ by no more than this, relatively.
MOST_EQUAL = 1e-4
# Logarithms of quotients are known this many times worse than other fits, by the bars of both.
BY_BARS = 5.0


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
    # Slopes of powers are powers themselves: over claims that are round numbers, any of them is one.
    if len(part.x) < FEWEST and np.any(np.abs(4.0 * part.claimed - np.round(4.0 * part.claimed)) <= ROUNDING):
        return None
    size = np.abs(part.slope)
    # A part of an array whose slopes are one number is a piece of f that is linear: claims are no multiples of slopes.
    if 1 < len(size) < math.prod(part.shape) and np.ptp(size) <= MOST_EQUAL * np.max(size):
        return None
    ratio = part.claimed / part.slope
    every = Quotients(part.x, ratio, MARGIN * np.abs(ratio / part.slope) * part.bar)
    with np.errstate(all="ignore"):
        text = next(_fits(every), "") or next(_with_factor(every), "") or _power(every) or _exponential(every)
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
    rounding = LEAST if len(every.x) == 1 else ROUNDING
    values = table(every.x)[1][rows]
    for row in np.flatnonzero(_are(every, values, surer, rounding) & (few | ~are_constant(values))):
        tolerance = every.bar + rounding * np.abs(values[row])
        if len(every.x) == 1:
            off = abs(float(every.ratio[0] - values[row, 0])) + rounding * abs(float(values[row, 0]))
            fits = is_near(off, abs(float(every.ratio[0])), tries, OF_OTHERS)
        else:
            fits = is_no_coincidence(tolerance, np.abs(every.ratio), 0, tries, **({"rare": ALONE} if few else {}))
        if fits:
            yield f"claimed = {texts[rows[row]]}"


def _are(one: Quotients, values: Flat, surer: float, rounding: float = ROUNDING) -> Flat:
    """Return which rows of values the quotients are."""
    close = np.abs(one.ratio - values) <= surer * (one.bar + rounding * np.abs(values))
    are: Flat = np.all(close & np.isfinite(values) & (values != 0), axis=1)
    return are


def _with_factor(every: Quotients) -> Iterator[str]:
    """Yield a factor and a function of x that the quotients of claims and slopes are; of few the simplest factors."""
    few = len(every.x) < FEWEST_WITH_FACTOR
    if len(every.x) < FEWEST:
        return
    values, allowed = _simple(every.x), every.bar + ROUNDING * np.abs(every.ratio)
    free, tries = (0, len(FACTORS)) if few else (1, 1)
    for row, number, tolerance in multiples(every.ratio, allowed, values, float(tries * len(SIMPLE)), free):
        known = next((one for one in FACTORS if abs(number - one) <= float(np.min(tolerance))), 0.0)
        if (few and not known) or are_constant(values[row]):
            continue
        yield f"claimed = {number:.6g} × slope {SIMPLE[row]}{_asked(known, SIMPLE[row])}"


def _asked(factor: float, function: str) -> str:
    """Return what variable a slope is taken by that is so many times a function of x."""
    if function == "× x" and abs(factor) in LOGARITHMS:
        return f": the slope by {LOGARITHMS[abs(factor)]}{', with the wrong sign' if factor < 0 else ''}?"
    return ": the slope by 1/x²?" if (factor, function) == (-0.5, "× x³") else ""


def _power(every: Quotients) -> str:
    """Return the power of x, times a factor, that the quotients of claims and slopes are; "" if they are none."""
    x, ratio = every.x, every.ratio
    if len(np.unique(x)) < FEWEST_OF_POWER or not (x > 0).all() or np.any(np.sign(ratio) != np.sign(ratio[0])):
        return ""
    size = np.abs(ratio)
    fitted = fit(np.stack([np.log(x), np.ones_like(x)], axis=1), np.log(size), every.bar / size + ROUNDING)
    if fitted is None or not are_sharp(fitted[1], BY_BARS * np.ptp(fitted[0][0] * np.log(x)) * np.ones_like(x)):
        return ""
    if not is_no_coincidence(fitted[1], np.minimum(1.0, np.abs(np.log(size))), 2, 2.0):
        return ""
    power, factor = float(fitted[0][0]), math.copysign(math.exp(fitted[0][1]), ratio[0])
    # The derivative of a power has its exponent for a factor, unless that is somewhere else.
    off, exponent = float(np.min(fitted[1])), 1.0 - power
    is_meant = abs(fitted[0][1]) <= off or (exponent and abs(fitted[0][1] + math.log(abs(exponent))) <= 2.0 * off)
    is_twice = power > -1.0 and abs(fitted[0][1] - math.log(1.0 + power)) <= 2.0 * off
    if np.ptp(power * np.log(x)) <= MOST_CONSTANT or not (is_meant or is_twice):
        return ""
    times = "" if abs(factor - 1.0) <= off else f"{factor:.6g} × "
    by = f"x^{exponent:.4g}"
    if not is_meant:
        return f"claimed = {times}slope × x^{power:.4g}: is the derivative of x^{1.0 + power:.4g} applied twice?"
    return f"claimed = {times}slope × x^{power:.4g}: the slope by {by}, or is the derivative of {by} missing?"


def _exponential(every: Quotients) -> str:
    """Return the exponential of a whole multiple of x that the quotients of claims and slopes are; "" if of none.

    It may be times one of the factors that derivatives of exponentials have.
    """
    signs = np.sign(every.ratio)
    if len(every.x) < FEWEST_WITH_FACTOR or np.any(signs != signs[0]):
        return ""
    size = np.abs(every.ratio)
    allowed = (every.bar / size + ROUNDING) / np.abs(every.x)
    for factor in OF_EXPONENTIALS:
        multiples = np.log(size / factor) / every.x
        multiple = float(np.round(np.median(multiples)))
        if abs(multiple) < LEAST_MULTIPLE or not np.all(np.abs(multiples - multiple) <= allowed):
            continue
        if is_no_coincidence(allowed, np.abs(multiples), 0, FEW_MULTIPLES * 2.0 * len(OF_EXPONENTIALS)):
            number = float(signs[0]) * factor
            times = {1.0: "", -1.0: "-"}.get(number, f"{number:.6g} × ")
            asked = "is a power of exp(x) missing, or a factor too often?"
            return f"claimed = {times}slope × exp({multiple:g}x): {asked}"
    return ""


def _simple(x: Flat) -> Flat:
    """Return the functions of x whose multiples quotients may be."""
    powers = np.array([x, np.sqrt(x), x**2, x**3])
    exponentials = np.exp([x, -x, x**2, -(x**2), x**2 / 2, -(x**2) / 2])
    of_squares = np.array([1.0 + x**2, np.sqrt(1.0 - x**2), np.sqrt(1.0 + x**2)])
    waves, sigmoid = np.array([np.sin(x), np.cos(x)]), np.array([1.0 / (1.0 + np.exp(-x))])
    less = np.array([1.0 - x**2])
    rows = (powers, 1.0 / powers, exponentials, less, of_squares, 1.0 / less, 1.0 / of_squares, waves, 1.0 / waves)
    return np.concatenate([*rows, sigmoid, 1.0 / sigmoid])
