"""A common factor: claimed = c × slope, with the name that the factor has where it has one."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from .coincidence import is_no_coincidence
from .evidence import MARGIN, Evidence

# What a factor may be, by its size; 1/c and -c are tried, too.
UNITS = {
    "kcal in kJ": 4.184,
    "Hartree in eV": 27.211386246,
    "Hartree/Bohr in eV/Å": 51.422067476,
    "Bohr in Å": 0.529177211,
    "eV in kcal/mol": 23.060547831,
    "eV in kJ/mol": 96.485332123,
    "Hartree in kcal/mol": 627.509474063,
    "π/180, degrees for radians": math.pi / 180.0,
    "ln 10": math.log(10.0),
    "2π": 2.0 * math.pi,
    "π": math.pi,
    "√2": math.sqrt(2.0),
    "√π": math.sqrt(math.pi),
}
SIMPLE = {
    -1.0: "the sign is wrong: a force is the negative of a gradient",
    2.0: "is the derivative of a square halved, or a term counted twice?",
    0.5: "is a factor 2 missing, the derivative of a square, or a term counted once instead of twice?",
    -2.0: "sign and factor 2",
    -0.5: "sign and factor 1/2",
}
# A factor has a name if it is within this of it, or within its own bar.
NEAR = 1e-5
# Smaller lengths are factors of too many kinds.
FEWEST_COUNT = 8
# A single coordinate is only explained by the simplest factors, and less surely than many are.
ALONE = 1e-3


def common_factor(part: Evidence, sizes: dict[int, str]) -> Explanation | None:
    """Explain the errors by one factor, or return None.

    Parameters
    ----------
    part
        The wrong coordinates.
    sizes
        Lengths that a sum or a mean may have been over, with what they are: rows, axes of arrays.
    """
    usable = (part.slope != 0) & np.isfinite(part.claimed)
    if not usable.all() or not (part.claimed != 0).any():
        return None
    ratio, bar = part.claimed / part.slope, np.abs(part.claimed / part.slope**2) * part.bar * MARGIN
    factor, error = _mean(ratio, bar)
    tolerance = bar + NEAR * 0.01 * abs(factor)
    if not np.all(np.abs(ratio - factor) <= tolerance):
        return None
    name = name_of(factor, max(error, NEAR * abs(factor)), sizes)
    if not _is_meant(ratio, bar, factor, error):
        return None
    text = f"claimed = {shown(factor, error)} × slope{f', {name}' if name else ''}"
    return Explanation("factor", "", text, factor)


def same_factor(part: Evidence, known: Explanation) -> Explanation | None:
    """Explain the errors by a factor that explains those of another array; None if it does not fit, or says little."""
    if not part.slope.all() or not np.isfinite(part.claimed).all():
        return None
    ratio, bar = part.claimed / part.slope, np.abs(part.claimed / part.slope**2) * part.bar * MARGIN
    tolerance = bar + NEAR * abs(known.number)
    fits = bool(np.all(np.abs(ratio - known.number) <= tolerance))
    return known if fits and is_no_coincidence(tolerance, np.abs(ratio), 0, 1.0, ALONE) else None


def _is_simple(factor: float, error: float) -> bool:
    """Whether a factor is one of the simplest."""
    return any(abs(factor - one) <= max(error, NEAR) for one in SIMPLE)


def _is_meant(ratio: Flat, bar: Flat, factor: float, error: float) -> bool:
    """Whether quotients are one factor by no coincidence; one of the simplest is not adapted to any of them."""
    simple = _is_simple(factor, error)
    if len(ratio) == 1:
        return simple and is_no_coincidence(np.array([error]), np.array([abs(factor)]), 0, len(SIMPLE), ALONE)
    tolerance = bar + NEAR * 0.01 * np.abs(factor)
    scale = np.abs(ratio)
    return is_no_coincidence(tolerance, scale, 1) or (simple and is_no_coincidence(tolerance, scale, 0, len(SIMPLE)))


def _mean(ratio: Flat, bar: Flat) -> tuple[float, float]:
    """Return the factor, weighted by the bars, and its own bar."""
    least = np.maximum(bar, 1e-15 * np.abs(ratio))
    best = int(np.argmin(least / np.maximum(np.abs(ratio), 1e-300)))
    weights = (least[best] / least) ** 2
    return float(np.sum(weights * ratio) / np.sum(weights)), float(bar[best])


def shown(factor: float, error: float) -> str:
    """Return a factor with the digits that are known of it."""
    nearest = round(factor, 3 - math.floor(math.log10(abs(factor)))) if factor else 0.0
    if abs(factor - nearest) <= max(error, NEAR * abs(factor)):
        return f"{nearest:.6g}"
    return f"{factor:.7g}"


def name_of(factor: float, error: float, sizes: dict[int, str]) -> str:
    """Return the name of a factor, "" if it has none."""
    return next(_names(factor, error, sizes), "")


def _names(factor: float, error: float, sizes: dict[int, str]) -> Iterator[str]:
    for value, name in SIMPLE.items():
        if abs(factor - value) <= error:
            yield name
    size, sign = abs(factor), "" if factor > 0 else "with the wrong sign, "
    for count, what in sizes.items():
        if count >= FEWEST_COUNT:
            for value, name in ((count, "{}, a sum for a mean"), (1 / count, "1/{}, a mean for a sum")):
                if abs(size - value) <= error:
                    yield f"{sign}{name.format(count)} over {what}?"
            for value, name in ((math.sqrt(count), f"√{count}"), (1 / math.sqrt(count), f"1/√{count}")):
                if abs(size - value) <= error:
                    yield f"{sign}{name}: {what}?"
    for name, value in UNITS.items():
        if abs(size - value) <= error:
            yield f"{sign}{name}"
        if abs(size - 1 / value) <= error:
            yield f"{sign}1/({name})"
    exponent = math.log2(size) if size else 0.0
    if abs(exponent - round(exponent)) <= error / size and abs(round(exponent)) >= 4:
        yield f"{sign}2^{round(exponent)}, a loss scale?"
