"""A common factor: claimed = c × slope, with the name that the factor has where it has one."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import OF_OTHERS, OF_SIMPLEST, is_near, is_no_coincidence, rounded_to
from ..evidence import MARGIN, Evidence
from .names import LARGEST_COUNT, SIMPLE, SMALL, Known, name_of

# A factor has a name if it is within this of it, or within its own bar.
NEAR = 1e-5
# Two coordinates are explained less surely than many are; so are many by the simplest factors, whose mistakes are about
# as frequent as those of all other kinds together.
ALONE, SIMPLY = 1e-3, 3e-4
# It must fit better than its bar, which is a bound: a slope is nearly always known better than this part of it.
SURER = 0.2
# A factor without a meaning is less likely than one of the simplest with bars too narrow by this factor.
LIKELIER = 8.0
# The odds against a random quotient being this close to a number with a name, or to one of two digits.
NAMES = 100.0
# Bars of this part of a slope are wide; quotients may share one number within narrower ones, by these factors, too.
WIDE, NARROWER = 1e-2, (1.0 / 16.0, 1.0 / 256.0)
# How much closer than its bar a single factor may be, and the relative accuracy of what is computed in float64.
CLOSER, ROUNDING = (1.0, 0.1, 0.01, 1e-3), 1e-10
# Powers of two are shown as such from here on: 65,536, not 65,530.
LARGE = 1024.0
# A factor that is known worse than this has no more than two digits.
BADLY = 1e-2
# How names write a factor: 1/24, 11/12, √6, 1,000,000.
EXACT = re.compile(r"((?:1/)?√?\d[\d,]*(?:/\d+)?)[,:] (.+)")
# How rarely two quotients may be the same by chance, or a single error be a whole number.
FEW = 1e-4


def common_factor(part: Evidence, known: Known) -> Explanation | None:
    """Explain the errors by one factor, or return None.

    Parameters
    ----------
    part
        The wrong coordinates.
    known
        What factors may be.
    """
    if not np.isfinite(part.claimed).all() or not part.claimed.any():
        return None
    # Bars that only had to tell slopes from claims far away are wide, and hide factors.
    wide = part.bar > WIDE * np.abs(part.slope)
    narrower = NARROWER if 2 * int(np.count_nonzero(wide)) > len(wide) else ()
    parts = (part._replace(bar=np.where(wide, times * part.bar, part.bar)) for times in narrower)
    found = (_common(each, known) for each in itertools.chain([part], parts))
    return next(filter(None, found), None)


def _common(part: Evidence, known: Known) -> Explanation | None:
    """Explain the errors by one factor within their bars, or return None."""
    if simple := _simplest(part):
        return simple
    if not part.slope.all():
        return None
    ratio, bar = part.claimed / part.slope, np.abs(part.claimed / part.slope**2) * part.bar * MARGIN
    factor, error = _mean(ratio, bar)
    tolerance = bar + NEAR * 0.01 * abs(factor)
    if not np.all(np.abs(ratio - factor) <= tolerance):
        return None
    if len(ratio) == 1 or _is_one(part):
        return _of_one(factor, error, known)
    name = name_of(factor, max(error, NEAR * abs(factor)), known)
    if not _is_meant(ratio, bar, factor):
        return None
    if not name and (simple := _simplest(part.with_scaled_bars(LIKELIER))):
        return simple
    text = said(shown(factor, error), name)
    return Explanation("factor", "", text, factor)


def _is_one(part: Evidence) -> bool:
    """Whether two coordinates tell no more than one: claims and slopes of both add up to 0."""
    claims, slopes = abs(float(np.sum(part.claimed))), abs(float(np.sum(part.slope)))
    off = NEAR * float(np.max(np.abs(part.claimed)))
    return len(part.claimed) == 2 and claims <= off and slopes <= MARGIN * float(np.sum(part.bar))


def _of_one(factor: float, error: float, known: Known) -> Explanation | None:
    """Explain the error of a single coordinate by a factor that has a name, or two digits; None if it has neither."""
    if not 1.0 / LARGEST_COUNT < abs(factor) < LARGEST_COUNT:
        return None
    least = ROUNDING * abs(factor)
    # Whole numbers, their inverses and N/(N - 1), all with either sign, are close to each other.
    scale = float(_scale(np.array([factor]))[0])
    closest = max(abs(factor), 1.0 / abs(factor), scale / max(abs(abs(factor) - 1.0), SURER * error + least) ** 2)
    # Small counts are commoner than all other numbers that mean something.
    tries = 2.0 * closest if _is_small_count(factor, error) else NAMES + closest
    for part in CLOSER:
        within = SURER * part * error + least
        name = name_of(factor, within, known)
        if not name and abs(factor - rounded_to(factor, 2)) > within:
            return None
        if is_near(within, scale, tries, OF_OTHERS):
            return Explanation("factor", "", said(shown(factor, error), name), factor)
    return None


def _is_small_count(factor: float, error: float) -> bool:
    """Whether a factor is about a small whole number, or the inverse of one."""
    count = max(abs(factor), 1.0 / abs(factor))
    return abs(count - round(count)) <= error * max(1.0, count / abs(factor)) and round(count) <= SMALL


def same_factor(part: Evidence, known: Explanation) -> Explanation | None:
    """Explain the errors by a factor that explains those of another array; None if it does not fit, or says little."""
    if not part.slope.all() or not np.isfinite(part.claimed).all():
        return None
    ratio, bar = part.claimed / part.slope, np.abs(part.claimed / part.slope**2) * part.bar * MARGIN
    tolerance = bar + NEAR * abs(known.number)
    fits = bool(np.all(np.abs(ratio - known.number) <= tolerance))
    return known if fits and is_no_coincidence(tolerance, _scale(ratio), 0, 1.0, ALONE) else None


def _scale(ratio: Flat) -> Flat:
    """Return on what scale quotients could have been anything: those of small errors are near 1."""
    scale: Flat = np.minimum(np.abs(ratio), np.abs(ratio - 1.0))
    return scale


def _simplest(part: Evidence) -> Explanation | None:
    """Explain the errors by the one of the simplest factors that claims have by no coincidence; None if they have none.

    Errors of another kind are about as often above 0 as below it, and the smaller the likelier; so are claims that have
    nothing to do with slopes.  A claim lies within some tolerance of any other place with a probability of less than
    that tolerance, divided by how far the claim is from 0, or by how large its error would be.
    """
    claimed, bar = np.abs(part.claimed), part.bar * MARGIN
    for factor, (name, share) in SIMPLE.items():
        off, allowed = np.abs(part.claimed - factor * part.slope), abs(factor) * bar + NEAR * 0.01 * claimed
        # How far the worst of them is off, as a part of what is allowed, tells more than that it is allowed.
        worst = float(np.max(np.where(allowed > 0, off / allowed, off > 0)))
        scale = claimed * min(1.0, abs(1.0 - 1.0 / factor))
        if len(claimed) == 1:
            fits = worst <= 1.0 and is_near(float(off[0]) / 2.0, float(scale[0]), 1.0 / share, OF_SIMPLEST)
        else:
            tolerance = allowed * max(worst, SURER) / 2.0
            fits = worst <= 1.0 and is_no_coincidence(tolerance, scale, 0, 1.0 / share, SIMPLY)
        if fits:
            return Explanation("factor", "", said(f"{factor:g}", name), factor)
    return None


def _is_meant(ratio: Flat, bar: Flat, factor: float) -> bool:
    """Whether quotients are one factor by no coincidence."""
    tolerance = bar + NEAR * 0.01 * np.abs(factor)
    if len(ratio) > 2:
        return is_no_coincidence(tolerance, _scale(ratio), 1)
    # Of two, how far they are off tells more than that it is allowed.
    worst = float(np.max(np.abs(ratio - factor) / tolerance))
    return is_no_coincidence(tolerance * max(worst, SURER), _scale(ratio), 1, rare=FEW)


def _mean(ratio: Flat, bar: Flat) -> tuple[float, float]:
    """Return the factor, weighted by the bars, and its own bar."""
    least = np.maximum(bar, 1e-15 * np.abs(ratio))
    best = int(np.argmin(least / np.maximum(np.abs(ratio), 1e-300)))
    weights = (least[best] / least) ** 2
    return float(np.sum(weights * ratio) / np.sum(weights)), float(bar[best])


def said(number: str, name: str, along: str = "") -> str:
    """Return what claims are, with the factor as its name writes it, such as 1/24, and with what is asked of it."""
    if exact := EXACT.match(name):
        number, name = exact.groups()
    asks = name.endswith("?") and ": " not in name
    return f"claimed = {number} × slope{along}{': ' if asks else ', ' if name else ''}{name}"


def shown(factor: float, error: float) -> str:
    """Return a factor with the digits that are known of it."""
    if error > BADLY * abs(factor):
        return f"about {factor:.2g}"
    known = (rounded_to(factor, digits) for digits in (1, 2))
    nearest = next((one for one in known if abs(factor - one) <= error / 2.0), rounded_to(factor, 4))
    if abs(factor) >= LARGE:
        power = math.copysign(2.0 ** round(math.log2(abs(factor))), factor)
        nearest = power if abs(factor - power) <= error else nearest
    if abs(factor - nearest) <= max(error, NEAR * abs(factor)):
        return f"{nearest:.6g}"
    return f"{factor:.7g}"
