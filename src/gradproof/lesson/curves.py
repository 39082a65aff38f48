"""The result of a study as records: for each formula, a curve of errors and the fits to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..differences import Kink
from ..problem.numbers import Flat
from ..report.formats.plain import plain
from ..report.ladder import FINGERPRINTS
from .orders import Fit


@dataclass(frozen=True, eq=False)
class Curve:
    """The errors of one difference formula against the step, with fitted power laws.

    Attributes
    ----------
    formula : {"forward", "centered"}
        Which formula.
    slopes, errors : ndarray of float64
        The slopes and the absolute errors, one for each step of the study; NaN if f has no value.
    truncation, noise : Fit
        Power laws fitted where truncation and where rounding dominates; of order NaN if there is no such window.
    best_step, best_error : float
        The step with the smallest error, and that error.  The error of a step is here the largest one of the step and
        its two neighbours, because a single small error may be luck.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import study
    >>> curve = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), gradient=np.cos, index=2).centered
    >>> curve.formula, round(curve.order)
    ('centered', 2)
    >>> round(curve.noise_order)
    -1
    >>> low, high = curve.window
    >>> 0 < low < high
    True
    """

    formula: str
    slopes: Flat
    errors: Flat
    truncation: Fit
    noise: Fit
    best_step: float
    best_error: float

    @property
    def order(self) -> float:
        """The order where truncation dominates: 1 for forward, 2 for centered differences of a smooth f (Taylor)."""
        return self.truncation.order

    @property
    def window(self) -> tuple[float, float]:
        """The smallest and the largest step to which `order` was fitted."""
        return self.truncation.low, self.truncation.high

    @property
    def noise_order(self) -> float:
        """The order where rounding dominates: about -1."""
        return self.noise.order

    def to_dict(self) -> dict[str, Any]:
        """Return the curve as a dict of plain Python values, ready for JSON.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import study
        >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), index=2)
        >>> found.forward.to_dict()["formula"]
        'forward'
        """
        words: dict[str, Any] = plain(self)
        return words | {"truncation": plain(self.truncation._asdict()), "noise": plain(self.noise._asdict())}


@dataclass(frozen=True, eq=False)
class StudyRecord:
    """The fields of a study, which `Study` documents."""

    name: str
    start: int
    stop: int
    n: int
    value: float
    steps: Flat
    left: Flat
    right: Flat
    claimed: float
    slope: float
    error_bar: float
    against: str
    forward: Curve
    centered: Curve
    noise_floor: float
    arithmetic: str
    kink: Kink | None
    fingerprint: str
    evaluations: int
    gradient_evaluations: int
    seed: int
    warnings: tuple[str, ...]

    @property
    def curves(self) -> tuple[Curve, Curve]:
        """The curves of forward and of centered differences."""
        return self.forward, self.centered

    @property
    def explanation(self) -> str:
        """What the pattern of errors against the claimed gradient means; "" without a claimed gradient."""
        return FINGERPRINTS.get(self.fingerprint, "")
