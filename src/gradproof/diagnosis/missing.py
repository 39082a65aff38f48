"""Claims that are exactly 0, or not finite: a path that was lost, and where."""

from __future__ import annotations

import numpy as np

from ..report.explanation import Explanation
from .evidence import Evidence


def zero(part: Evidence) -> Explanation | None:
    """Explain the errors if every wrong claim is exactly 0."""
    if part.claimed.any() or not len(part.claimed):
        return None
    text = "claimed = 0, but f depends on it: is a path detached, or was it never written?"
    if not part.x.any():
        text = "claimed = 0 exactly where x = 0, but the slope is not: is 0 taken for inactive?"
    return Explanation("zero", "", text, 0.0)


def not_finite(part: Evidence) -> Explanation | None:
    """Explain the errors if no wrong claim is finite."""
    if np.isfinite(part.claimed).any() or not len(part.claimed):
        return None
    what = "NaN" if np.isnan(part.claimed).all() else "infinite" if np.isinf(part.claimed).all() else "not finite"
    where = " exactly where x = 0: a division by x, or log(x)?" if not part.x.any() else ""
    return Explanation("not finite", "", f"claimed is {what}{where}")
