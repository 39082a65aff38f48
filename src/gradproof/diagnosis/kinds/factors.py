"""A common factor: claimed = c × slope, with the name that the factor has where it has one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import RARE, is_no_coincidence
from ..evidence import MARGIN, Evidence
from .names import LARGEST_COUNT, SIMPLE, name_of, rounded_to

# A factor has a name if it is within this of it, or within its own bar.
NEAR = 1e-5
# A single coordinate is only explained by the simplest factors, and less surely than many are.
ALONE = 1e-3
# It must fit better than its bar, which is a bound: a slope is nearly always known better than this part of it.
SURER = 0.2
# A random quotient is as close to a number that has a name, or to one of two digits, as one part in so many.
NAMES = 100.0
# Powers of two are shown as such from here on: 65,536, not 65,530.
LARGE = 1024.0
# How names write a factor: 1/24, 11/12, √6.
EXACT = re.compile(r"((?:1/)?√?\d+(?:/\d+)?)[,:] (.+)")
# How rarely two quotients may be the same by chance, or a single error be a whole number.
FEW = 1e-4


def common_factor(part: Evidence, sizes: Mapping[int, str], value: float) -> Explanation | None:
    """Explain the errors by one factor, or return None.

    Parameters
    ----------
    part
        The wrong coordinates.
    sizes
        Lengths that a sum or a mean may have been over, with what they are: rows, axes of arrays.
    value
        f(x).
    """
    usable = (part.slope != 0) & np.isfinite(part.claimed)
    if not usable.all() or not (part.claimed != 0).any():
        return None
    ratio, bar = part.claimed / part.slope, np.abs(part.claimed / part.slope**2) * part.bar * MARGIN
    factor, error = _mean(ratio, bar)
    tolerance = bar + NEAR * 0.01 * abs(factor)
    if not np.all(np.abs(ratio - factor) <= tolerance):
        return None
    if len(ratio) == 1:
        return _of_one(factor, error, sizes, value)
    name = name_of(factor, max(error, NEAR * abs(factor)), sizes, value)
    if not _is_meant(ratio, bar, factor, error):
        return None
    text = said(shown(factor, error), name)
    return Explanation("factor", "", text, factor)


def _of_one(factor: float, error: float, sizes: Mapping[int, str], value: float) -> Explanation | None:
    """Explain the error of a single coordinate by a factor that has a name, or two digits; None if it has neither."""
    if not 1.0 / LARGEST_COUNT < abs(factor) < LARGEST_COUNT:
        return None
    surer = SURER * error + 1e-9 * abs(factor)
    # Whole numbers, their inverses and N/(N - 1) are close to each other.
    closest = max(abs(factor), 1.0 / abs(factor), 1.0 / max(abs(factor - 1.0), surer))
    tries = len(SIMPLE) if _is_simple(factor, surer) else NAMES + closest
    if not is_no_coincidence(np.array([max(error, surer)]), _scale(np.array([factor])), 0, tries, ALONE):
        return None
    name = name_of(factor, surer, sizes, value)
    if not name and abs(factor - rounded_to(factor, 2)) > surer:
        return None
    text = said(shown(factor, error), name)
    return Explanation("factor", "", text, factor)


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


def _is_simple(factor: float, error: float) -> bool:
    """Whether a factor is one of the simplest."""
    return any(abs(factor - one) <= error for one in SIMPLE)


def _is_meant(ratio: Flat, bar: Flat, factor: float, error: float) -> bool:
    """Whether quotients are one factor by no coincidence; one of the simplest is not adapted to any of them."""
    tolerance = bar + NEAR * 0.01 * np.abs(factor)
    scale, simple = _scale(ratio), _is_simple(factor, max(error, NEAR))
    rare = FEW if len(ratio) == 2 else RARE
    if is_no_coincidence(tolerance, scale, 1, rare=rare):
        return True
    return simple and is_no_coincidence(tolerance, scale, 0, len(SIMPLE))


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
    nearest = rounded_to(factor, 4)
    if abs(factor) >= LARGE:
        power = math.copysign(2.0 ** round(math.log2(abs(factor))), factor)
        nearest = power if abs(factor - power) <= error else nearest
    if abs(factor - nearest) <= max(error, NEAR * abs(factor)):
        return f"{nearest:.6g}"
    return f"{factor:.7g}"
