"""The result of a check as records: one for each finding, and one for the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from ..problem.exceptions import Raised
from ..problem.numbers import Flat
from ..problem.structure import Layout
from .cause import Cause
from .explanation import Explanation
from .ladder import Rung, Values
from .power import Power

if TYPE_CHECKING:
    from ..problem.coordinates.lookup import Index

Verdict: TypeAlias = Literal["right", "wrong", "inconclusive"]


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


class Evidence(NamedTuple):
    """What a report keeps in order to explain a coordinate."""

    layout: Layout
    claimed: Flat
    values: Values
    blocks: tuple[Flat, ...]
    # What makes the noise of f, one of NOISE_... in core/records/codes.py, and by how much f changes.
    noise_source: int = 0
    change: float = 0.0
    # Of the engine: the middle one of the resolutions, and that relative to how many claims; not after fewer rows.
    usual: tuple[float, float, int] | None = None


def resolutions_of(report: Record) -> Flat:
    """Return the resolutions of the coordinates that were checked, without those of x that were held."""
    indices = report._evidence.layout.indices
    return report.resolutions if indices is None or not report.resolutions.size else report.resolutions[indices]


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Record:
    """The fields of a report, which `Report` documents, and what can be looked up for one coordinate."""

    verdict: Verdict
    n: int
    tested: int
    agreeing: int
    undecided: int
    untested: int
    wrong: Flat
    kinks: Flat
    findings: tuple[Finding, ...]
    evaluations: int
    gradient_evaluations: int
    rounds: int
    value: float
    noise_floor: float
    noise_measured: bool
    arithmetic: str
    nondeterministic: bool
    spread: float
    resolution: float
    resolutions: Flat
    power: Power | None
    sampled: Flat
    cause: Cause | None
    rtol: float
    mode: Literal["full", "lines"]
    seed: int
    stopped_by: str
    warnings: tuple[str, ...]
    _evidence: Evidence = field(repr=False, compare=False)
    # The number of data points, if the check was given it.
    rows: int | None = None
    # What the objective raised away from x: one record for each type of exception.
    exceptions: tuple[Raised, ...] = ()
    # The number of points that were left out because they lie outside the bounds; `evaluations` does not count them.
    outside: int = 0
    # The absolute error that was allowed, and what the verdict vouches for.
    atol: float = 0.0
    vouched: float = 0.0
    unseen: int = 0
    # The number of coordinates of x that were held where they are; n does not count them.
    held: int = 0
    # The number of outputs that took part, of a function with many; 0 for an objective.  And what was checked.
    outputs: int = 0
    subject: str = "gradient"
    # What it was compared with.
    against: str = "objective"
    # What explains the errors, array by array.
    explanations: tuple[Explanation, ...] = ()
    # Where the errors are that no simple explanation fits, such as "all of W1".
    unexplained: tuple[str, ...] = ()
    # How claims were meant: -1 if the gradient returns minus the gradient, and the convention of complex ones.
    sign: int = 1
    convention: str = "pytorch"

    def __init__(self, **fields: Any) -> None:
        # That of a frozen dataclass sets one field after the other, which takes a tenth of a small check.
        object.__setattr__(self, "__dict__", fields)

    def name(self, index: Index) -> str:
        """Return the name of a coordinate, such as ``"W1[3, 7]"``.

        Parameters
        ----------
        index : int, str or tuple of int
            As for `Report.explain`.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> p = {"W": np.ones((2, 3)), "b": np.zeros(2)}
        >>> def f(p):
        ...     return np.sum((p["W"].sum(axis=1) + p["b"]) ** 2)
        >>> report = check(f, {"W": np.full((2, 3), 6.0), "b": np.full(2, 6.0)}, p)
        >>> report.name(5), report.name(-1)
        ('W[1, 2]', 'b[1]')
        """
        return self._evidence.layout.name(self._place(self._flat(index)))

    def _flat(self, index: Index) -> int:
        """Return the flat index in x of a coordinate, given in any way."""
        # Imported on use: most reports are never asked for one coordinate.
        from ..problem.coordinates.lookup import flat_index

        return flat_index(self._evidence.layout, index)

    def _place(self, index: int) -> int:
        """Return which of the coordinates that were checked has a flat index of x."""
        return self._evidence.layout.place(index)

    def claimed(self, index: Index) -> float:
        """Return the value that the gradient claims for a coordinate.

        Parameters
        ----------
        index : int, str or tuple of int
            As for `Report.explain`.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> check(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 3.0])).claimed(1)
        6.0
        """
        return float(self._evidence.claimed[self._place(self._flat(index))])

    def ladder(self, index: Index) -> tuple[Rung, ...]:
        """Return the slopes of a coordinate at every step that was tried, finest first.

        Parameters
        ----------
        index : int, str or tuple of int
            As for `Report.explain`.

        Returns
        -------
        tuple of Rung
            Step, left, right and centered slope, their gap, and the error bar of rounding noise.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> report = check(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 3.0]))
        >>> rung = report.ladder(1)[-1]
        >>> round(rung.slope, 6)
        6.0
        """
        return self._evidence.values.ladder(self._flat(index), self.noise_floor)
