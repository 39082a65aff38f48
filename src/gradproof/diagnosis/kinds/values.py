"""What claims reveal by their values alone: they are exactly 0, not finite, or numbers of a coarser arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ..coincidence import is_no_coincidence
from ..evidence import MARGIN, Evidence, between

FEWEST = 4
# The odds against coordinates being those of the smallest slopes by chance, which need no counting among many.
FEWEST_CHOICES, MANY = 10_000, 1000
# The fewest errors that may be counts, and the largest count; multiples of 1/64 are round numbers.
FEWEST_COUNTS, LARGEST, ROUND = 2, 1e6, 64.0
# At least this part of claims are no round numbers themselves.
MOST_UNEVEN = 0.75
# Slopes that are this part of claims at most, and no more than their bars, are nothing but rounding.
NOTHING = 1e-9
# They must be known this well, as parts of claims.
NEARLY = 1e-2
# The relative accuracy of what is computed from a claim in float64, and of a single operation.
ROUNDING, EPSILON = 1e-9, float(np.finfo(np.float64).eps)
# Binary digits of each arithmetic; claims that all have this many less than that are of another.
ARITHMETICS = {"an arithmetic of 8 bits": 4, "bfloat16": 8, "float16": 11, "float32": 24}
LESS = 3
# Sums of many products are off by up to this many units of their arithmetic, by fewer of a coarse one.
UNITS, COARSEST = 64.0, 4
# Steps with more characters are shown as quotients.
LONGEST = 4
# The numbers of an arithmetic are multiples of a step by a chance with this logarithm to the base 2, at least.
RARELY = -10.0
# The finest steps of decimals, and of powers of two, and the most digits that claims are rounded to.
DECIMALS, HALVINGS, MOST_DIGITS = 8, 24, 7
ZERO = "claimed = 0, but f depends on it: is a path detached, or was it never written?"


def zero(part: Evidence, below: str = "", beside: str = "") -> Explanation | None:
    """Explain the errors if every wrong claim is exactly 0.

    Parameters
    ----------
    part
        The wrong coordinates.
    below
        Below which limit slopes have such claims, if those of the smallest do.
    beside
        Where else all claims are 0, of which nothing was tested.
    """
    if part.claimed.any() or not len(part.claimed):
        return None
    if beside:
        return Explanation("zero", "", f"{ZERO} All claims of {beside} are 0", 0.0)
    asked = f"claimed = 0 where |slope| < {below}: do small ones underflow, or are only the largest kept?"
    return Explanation("zero", "", asked if below else ZERO, 0.0)


def limit_of_smallest(whole: Evidence, mask: Flat) -> str:
    """Return a limit that divides slopes whose claims are wrong from larger ones that are claimed; "" if none does."""
    sizes, others = np.abs(whole.slope), whole.known & ~mask & (whole.claimed != 0.0)
    if not whole.is_complete or min(np.count_nonzero(others), np.count_nonzero(mask)) < FEWEST:
        return ""
    low, high = float(np.max(sizes[mask])), float(np.min(sizes[others]))
    count, every = int(np.count_nonzero(mask)), int(np.count_nonzero(mask | others))
    is_chance = every < MANY and math.comb(every, count) < FEWEST_CHOICES
    return between(low, high) if low < high and not is_chance else ""


def no_dependence(part: Evidence, value: float = math.nan) -> Explanation | None:
    """Explain the errors if f, of which this is the value, does not depend on these coordinates at all."""
    if not len(part.slope) or np.any(np.abs(part.slope) > NOTHING * np.abs(part.claimed)):
        return None
    if np.any(np.abs(part.slope) > MARGIN * part.bar) and part.slope.any():
        return None
    # Nor are slopes 0 that are only known not to be their claims.
    allowed = MARGIN * part.bar
    if np.any(allowed > NEARLY * np.abs(part.claimed)):
        return None
    # Bars that only had to tell noise from claims far away are wide: f may change by far more than itself within them.
    if part.slope.any() and np.max(allowed * np.abs(part.x)) > NEARLY * abs(value):
        return None
    # A single slope among others may just be too small to be seen next to a large claim.
    if len(part.slope) == 1 < math.prod(part.shape):
        return None
    is_bound = part.slope.any() or np.any(allowed > NOTHING * np.abs(part.claimed))
    if not is_bound:
        return Explanation("no dependence", "", "the slope is 0, the claim is not: f does not depend on it here")
    within = f"as far as it is measured (below {np.max(allowed):.1g})"
    why = "f does not depend on it here, or has a minimum, a maximum or a balance there"
    return Explanation("no dependence", "", f"the slope is 0 {within}, the claim is not: {why}")


def not_finite(part: Evidence) -> Explanation | None:
    """Explain the errors if no wrong claim is finite."""
    if np.isfinite(part.claimed).any() or not len(part.claimed):
        return None
    what = "NaN" if np.isnan(part.claimed).all() else "infinite" if np.isinf(part.claimed).all() else "not finite"
    return Explanation("not finite", "", f"claimed is {what}")


def asked_at_zeros(found: Explanation) -> Explanation:
    """Return what explains claims that are 0, or not finite, with what is asked where they are just those at x = 0."""
    if found.kind == "zero":
        return replace(found, text="claimed = 0, but f depends on it: is x = 0 taken for inactive, or a path detached?")
    return replace(found, text=f"{found.text}: a division by x = 0, or log(0)?")


def rounded(part: Evidence) -> Explanation | None:
    """Explain the errors if every claim is a number of a coarser arithmetic, and off by no more than its rounding."""
    claimed = part.claimed
    if len(claimed) < FEWEST or not (np.isfinite(claimed).all() and claimed.any()):
        return None
    if len(np.unique(claimed)) < FEWEST:
        return None
    size, step = _of_step(part)
    found = _of_arithmetic(part) if step is None or _are_floating(claimed, size) else None
    if found and step and np.ptp(np.frexp(claimed)[1]):
        asked = f"and a multiple of {_shown(size)} beside its slope: is it rounded to either?"
        return replace(found, text=f"{found.text.partition(',')[0]}, {asked}")
    return found or step or _of_digits(part)


def _shown(step: float) -> str:
    """Return a step as people write it: 0.01, 1/64."""
    return f"{step:g}" if len(f"{step:g}") <= LONGEST else f"1/{round(1.0 / step)}"


def _are_floating(claimed: Flat, step: float) -> bool:
    """Whether the multiples of a step are numbers of an arithmetic in which small ones need not be its multiples."""
    digits = next((each for each in ARITHMETICS.values() if np.array_equal(_to_digits(claimed, each), claimed)), 0)
    finer = np.minimum(np.frexp(claimed[claimed != 0.0])[1] - digits - math.log2(step), 0.0)
    return step < 1.0 and digits > COARSEST and float(np.sum(finer)) > RARELY


def _of_arithmetic(part: Evidence) -> Explanation | None:
    """Explain the errors if claims are numbers of a coarser arithmetic, and not of one that is much coarser still."""
    claimed = part.claimed
    for name, digits in ARITHMETICS.items():
        if not np.array_equal(_to_digits(claimed, digits), claimed):
            continue
        if digits > LESS and np.array_equal(_to_digits(claimed, digits - LESS), claimed):
            return None  # round numbers
        units = min(UNITS, 2.0 ** (digits - COARSEST))
        allowed = MARGIN * part.bar + units * 2.0**-digits * np.max(np.abs(part.slope))
        if not np.all(np.abs(part.error) <= allowed):
            return None
        text = f"every claim is a number of {name}, off by its rounding: compute it in float64, or say rtol="
        return Explanation("rounded", "", text)
    return None


def whole_numbers(part: Evidence) -> Explanation | None:
    """Explain the errors if each is a whole number, while slopes and claims are none: of something that is counted."""
    if len(part.claimed) < FEWEST_COUNTS or not np.isfinite(part.claimed).all():
        return None
    error, allowed = part.error, MARGIN * part.bar + ROUNDING * np.abs(part.claimed)
    if np.any(np.abs(error - np.round(error)) > allowed) or np.any(np.abs(error) > LARGEST):
        return None
    # Of round numbers all differences are round; a few among others say nothing.
    uneven = np.abs(part.claimed * ROUND - np.round(part.claimed * ROUND)) > ROUND * allowed
    if np.count_nonzero(uneven) < max(FEWEST_COUNTS, MOST_UNEVEN * len(error)):
        return None
    if not is_no_coincidence(allowed[uneven], np.ones(np.count_nonzero(uneven)), 0):
        return None
    text = "claimed - slope is a whole number in each: are counts missing, or is something counted otherwise?"
    return Explanation("addition", "", text)


def _of_step(part: Evidence) -> tuple[float, Explanation | None]:
    """Return the step whose multiples claims are beside the slopes, and what they are: integers, decimals, levels."""
    found = [(1.0 / parts, asked) for parts, asked in _steps() if _is_whole(part.claimed * parts)]
    if not found:
        return math.nan, None
    step, text = max(found)
    error, allowed = part.error, MARGIN * part.bar
    # To the nearest one, or all of them up, down, or towards 0.
    moved = (error, -error, -error * np.sign(part.slope))
    ways = [np.abs(error) - 0.5 * step, *(np.maximum(each - step, -each) for each in moved)]
    fits = any(np.all(off <= allowed) for off in ways)
    return step, Explanation("rounded", "", f"every wrong claim is {text}") if fits else None


def _steps() -> Iterator[tuple[float, str]]:
    """Yield into how many parts 1 may be divided by the claims, and what they are then."""
    yield 1.0, "an integer beside its slope: is it kept as integers?"
    for count in range(1, DECIMALS + 1):
        yield 10.0**count, f"its slope to {count} decimal{'s' if count > 1 else ''}: is it rounded?"
    for count in range(1, HALVINGS + 1):
        yield 2.0**count, f"the multiple of {_shown(0.5**count)} beside its slope: is it quantised?"


def _of_digits(part: Evidence) -> Explanation | None:
    """Explain the errors if claims are the slopes to so many decimal digits, as those that were printed are."""
    size = 10.0 ** np.floor(np.log10(np.where(part.claimed == 0.0, 1.0, np.abs(part.claimed))))
    for digits in range(1, MOST_DIGITS + 1):
        unit = size * 10.0 ** (1 - digits)
        if _is_whole(part.claimed / unit):
            if digits == 1 or np.any(np.abs(part.error) > MARGIN * part.bar + 0.5 * unit):
                return None
            return Explanation("rounded", "", f"every wrong claim is its slope to {digits} digits: is it rounded?")
    return None


def _is_whole(values: Flat) -> bool:
    """Whether numbers are whole, but for the rounding of a division."""
    return bool(np.all(np.abs(values - np.round(values)) <= 4.0 * EPSILON * np.abs(values)))


def _to_digits(values: Flat, digits: int) -> Flat:
    mantissa, exponent = np.frexp(values)
    rounded: Flat = np.ldexp(np.round(mantissa * 2.0**digits) / 2.0**digits, exponent)
    return rounded
