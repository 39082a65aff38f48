"""Something added to the claims, or missing in them: c × x (a regulariser), c × sign(x), a constant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from .coincidence import is_no_coincidence
from .evidence import MARGIN, Evidence

# The relative accuracy of what is computed from a claim in float64.
ROUNDING = 1e-9
FEWEST = 3


def addition(part: Evidence) -> Explanation | None:
    """Explain the errors by a multiple of x, of its signs, or of 1; None if none fits."""
    if len(part.x) < FEWEST or not np.isfinite(part.claimed).all():
        return None
    return next(_fits(part), None)


def _fits(part: Evidence) -> Iterator[Explanation]:
    signs = np.sign(part.x)
    bases: list[tuple[str, Flat]] = [("x", part.x), ("sign(x)", signs), ("1", np.ones_like(part.x))]
    for name, base in bases:
        if not base.all() or (name != "1" and _is_constant(base)):
            continue
        with np.errstate(all="ignore"):
            ratio = part.error / base
            bar = (MARGIN * part.bar + ROUNDING * np.abs(part.claimed)) / np.abs(base)
        best = int(np.argmin(bar))
        constant = float(ratio[best])
        # The best one is off by its own bar, too.
        tolerance = bar + bar[best]
        if not constant or not np.all(np.abs(ratio - constant) <= tolerance):
            continue
        if not is_no_coincidence(tolerance, np.abs(ratio), 1, len(bases)):
            continue
        yield Explanation("addition", "", _said(name, constant), constant)


def _is_constant(base: Flat) -> bool:
    return bool(np.ptp(base) <= 1e-3 * np.max(np.abs(base)))


def _said(name: str, constant: float) -> str:
    size = f"{abs(constant):.6g}"
    if name == "1":
        return f"claimed = slope {'+' if constant > 0 else '-'} {size}, the same everywhere"
    term = f"{size} × {name}"
    of = "of an L2 penalty" if name == "x" else "of an L1 penalty"
    if constant > 0:
        return f"claimed = slope + {term}: is this part {of} not in the objective, or counted twice?"
    return f"claimed = slope - {term}: is the part {of} missing?"
