"""A single row of the data that explains all errors of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..diagnosis.parts import blamed_part
from ..problem.numbers import Flat
from ..report.cause import Cause
from ..report.report import Report

# The most rows whose gradients are computed one by one, and the number of coordinates that are compared.
MOST_ROWS, COORDINATES = 4096, 32
FEWEST = 2


def with_remark(report: Report, gradient: Callable[[Flat], Flat], rows: Flat) -> Report:
    """Return the report of a check on all rows, with a remark if a single row explains all errors.

    Parameters
    ----------
    report
        Of the check on all rows.
    gradient
        The claimed gradient on some rows, flat.
    rows
        All rows.
    """
    if report.verdict != "wrong" or report.held or report.stopped_by:
        return report
    remark = _remark(report, gradient, rows)
    return replace(report, warnings=(remark, *report.warnings)) if remark else report


def _remark(report: Report, gradient: Callable[[Flat], Flat], rows: Flat) -> str:
    """Return a remark if the errors are proportional to the gradient of a single row; "" if not."""
    wrong = [one for one in report.findings if one.cause is Cause.WRONG and not one.is_line]
    wrong = [one for one in wrong if np.isfinite(one.claimed) and np.isfinite(one.slope)][:COORDINATES]
    if len(wrong) < FEWEST or not 1 < len(rows) <= MOST_ROWS:
        return ""
    at = [one.index for one in wrong]
    slopes = np.stack([gradient(rows[[number]])[at] for number in range(len(rows))])
    errors = np.array([one.claimed - one.slope for one in wrong])
    blamed = blamed_part(slopes, errors)
    if blamed is None:
        return ""
    share = f"{blamed.factor:.3g} times the gradient of row {int(rows[blamed.number])} alone"
    what = "missing" if blamed.factor < 0 else "counted too often"
    return f"All {len(wrong)} errors that were compared are {share}: is this row {what} in the gradient on all rows?"
