"""Errors that add up to 0 over one axis: a missing term between pairs, or something subtracted that should not be."""

from __future__ import annotations

import numpy as np

from .evidence import MARGIN, Evidence
from .explanation import Explanation, is_no_coincidence

FEWEST = 4


def adds_up_to_zero(whole: Evidence) -> Explanation | None:
    """Say so if the errors of an array add up to 0 over its first axis: those of forces between pairs do."""
    if len(whole.shape) != 2 or not whole.is_complete or whole.shape[0] < 2 or not np.isfinite(whole.claimed).all():
        return None
    error, bar = whole.shaped(whole.error), whole.shaped(whole.bar)
    wrong = whole.shaped(whole.wrong)
    total, allowed = np.abs(error.sum(axis=0)), MARGIN * np.where(wrong, bar, 0.0).sum(axis=0)
    size = np.abs(error).sum(axis=0)
    used = size > 10 * allowed
    if wrong.sum() < FEWEST or not used.any() or not np.all(total[used] <= allowed[used] + 1e-9 * size[used]):
        return None
    tolerance = allowed[used] + 1e-9 * size[used]
    if not is_no_coincidence(tolerance, size[used], 0):
        return None
    rows = np.flatnonzero(wrong.any(axis=1))
    who = f" between {rows[0]} and {rows[1]}" if len(rows) == 2 else ""
    text = f"the errors add up to 0 over axis 0: a term between pairs{who} is missing, or counted twice"
    return Explanation("sum", "", text)
