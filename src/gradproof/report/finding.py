"""What a check found about one coordinate, or along one line, as a record."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .cause import Cause
from .ladder import Rung, Values


@dataclass(frozen=True)
class Finding:
    """What a check found about one coordinate, or along one line: slopes, error bar and cause.

    Slopes and errors are in units of f per unit of x; along a line of several coordinates they are in units of f, with
    every coordinate moved by its scale.

    Attributes
    ----------
    index : int
        Flat index of the coordinate; the first one of a line.
    start, stop : int
        The range of flat indices, ``stop`` excluded; `is_line` where it is more than one coordinate.
    name : str
        The name of the coordinate or block, such as ``"W1[3, 7]"``.
    cause : Cause
        What the finding is, and why.
    claimed : float
        The slope according to the gradient.
    slope : float
        The numerical slope; NaN if there is none.
    left, right : float
        The slopes to the left and to the right of x; NaN if there are none.
    error_bar : float
        Bound on the error of `slope`.
    step : float
        The step on which `slope` mainly rests, in units of x.
    resolution : float
        The smallest error that would have been detected.
    has_kink : bool
        Whether there is a kink at or near x.
    distance : float
        Signed distance from x to the kink; 0 for a kink at x, NaN without one.
    partner : int
        Flat index of the coordinate that shares the kink, if the two claimed values contradict each other; else -1.
    rows : int or None
        The number of data points on which the finding was settled; None for all of them.
    output : int
        The flat index of the output, where a function with many outputs was checked and a single one is meant; else -1.
    explanation : str
        What explains its error together with others, such as "claimed = 0.5 × slope"; "" if nothing simple does.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> report = check(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) * [1, 1, 1.1], x)
    >>> finding, = report.findings
    >>> print(finding.name, finding.cause)
    x[2] wrong
    >>> round(finding.claimed, 6), round(finding.slope, 6)
    (-0.457762, -0.416147)
    >>> round(finding.error, 4), round(finding.relative_error, 4)
    (0.0416, 0.0909)
    >>> len(finding.ladder) > 1
    True

    A common factor is known along lines; of a single coordinate it is NaN:

    >>> finding.is_line, finding.factor, finding.factor_bar
    (False, nan, nan)
    """

    index: int
    start: int
    stop: int
    name: str
    cause: Cause
    claimed: float
    slope: float
    left: float
    right: float
    error_bar: float
    step: float
    resolution: float
    has_kink: bool
    distance: float
    partner: int
    _values: Values = field(repr=False, compare=False)
    _noise: float = field(repr=False, compare=False)
    # How few data points at a time settled the finding, if all of them together could not.
    rows: int | None = None
    # The flat index of the output, where a function with many outputs was checked and a single one is meant; else -1.
    output: int = -1
    # What explains its error together with others, in words; "" if nothing simple does.
    explanation: str = ""

    @property
    def is_line(self) -> bool:
        """Whether it is about several coordinates, along a line through them, not about one."""
        return self.stop > self.start + 1

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The slopes at every step that was tried, finest first, as a tuple of `Rung`."""
        return self._values.ladder(self.index, self._noise)

    @property
    def error(self) -> float:
        """The distance ``|claimed - slope|``."""
        return abs(self.claimed - self.slope)

    @property
    def factor(self) -> float:
        """Claimed over numerical slope along a line of several coordinates; NaN for a single coordinate."""
        known = self.is_line and math.isfinite(self.claimed) and self.slope != 0
        return self.claimed / self.slope if known else math.nan

    @property
    def factor_bar(self) -> float:
        """The error bar of `factor`; NaN if that is NaN."""
        return abs(self.factor / self.slope) * self.error_bar if math.isfinite(self.factor) else math.nan

    @property
    def relative_error(self) -> float:
        """``|claimed - slope| / max(|claimed|, |slope|)``; infinity if one of them is not finite, 0 if both are 0."""
        if not (math.isfinite(self.error) and math.isfinite(self.claimed)):
            return math.inf
        size = max(abs(self.claimed), abs(self.slope))
        return self.error / size if size else 0.0
