"""A factor of the slopes that one part has not: a penalty, or a constant, that is right where the rest is not."""

from __future__ import annotations

import numpy as np

from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import MARGIN, Evidence
from ...fits import all_matter, fit
from ..additions import ROUNDING, term

# Claims of a factor and a penalty are compared with themselves, which are larger than errors.
FEWEST_OF_BOTH = 4


def factor_and_penalty(part: Evidence) -> Explanation | None:
    """Explain the errors by a factor of the slopes that one part has not: a penalty, or a constant; None if none fits.

    Such a part is right where all the rest is a sum for a mean, say, or has the wrong sign.
    """
    if len(part.x) < FEWEST_OF_BOTH or not np.isfinite(part.claimed).all() or part.bar.max() <= 0.0:
        return None
    if not (np.isfinite(part.slope).all() and np.isfinite(part.x).all()):
        return None
    return next(filter(None, (_of_both(part, name) for name in ("x", "1"))), None)


def _of_both(part: Evidence, name: str) -> Explanation | None:
    """Return the factors of the slopes and of one function of x that together make the claims."""
    base = part.x if name == "x" else np.ones_like(part.x)
    columns = np.stack([part.slope, base], axis=1)
    rough = abs(float(np.linalg.lstsq(columns, part.claimed, rcond=None)[0][0]))
    allowed = MARGIN * max(rough, 1.0) * part.bar + ROUNDING * np.abs(part.claimed)
    fitted = fit(columns, part.claimed, allowed)
    scale = np.minimum(np.abs(part.claimed), np.abs(part.error))
    if fitted is None or not is_no_coincidence(fitted[1], scale, 2, 4.0):
        return None
    factor, times = map(float, fitted[0])
    # What both factors do must be seen.
    if min(abs(factor - 1.0), abs(factor)) <= 1e-3 or not all_matter(columns, fitted):
        return None
    right = times / (1.0 - factor)
    part_of = f"{right:.6g} × x, as of an L2 penalty" if name == "x" else f"that is {right:.6g} everywhere"
    text = f"claimed = {factor:.6g} × slope {term(times, name)}, as if all had that factor but a part {part_of}"
    return Explanation("factor", "", text, factor)
