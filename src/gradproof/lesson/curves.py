"""What a study found, as records: a curve of errors for each formula, the kink beside them, the noise below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..differences import Kink
from ..problem.numbers import Flat
from ..report.ladder import FINGERPRINTS
from ..report.plain import plain
from .orders import Fit


@dataclass(frozen=True, eq=False)
class Curve:
    """The errors of one formula over the steps, and what was fitted to them.

    `slopes` and `errors` belong to the steps of the study; `truncation` and `noise` are power laws, with the
    steps on which they were fitted (order NaN, 0 steps: there was no such window).  `best_step` has the
    smallest error, the largest of three neighbouring steps, and `best_error` is that.
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
        """The order where truncation rules: 1 for forward, 2 for centered differences of a smooth f."""
        return self.truncation.order

    @property
    def window(self) -> tuple[float, float]:
        """The smallest and the largest step on which the order was fitted."""
        return self.truncation.low, self.truncation.high

    @property
    def noise_order(self) -> float:
        """The order where rounding rules: about -1."""
        return self.noise.order

    def to_dict(self) -> dict[str, Any]:
        """Return the curve as plain Python values."""
        words: dict[str, Any] = plain(self)
        return words | {"truncation": plain(self.truncation._asdict()), "noise": plain(self.noise._asdict())}


@dataclass(frozen=True, eq=False)
class StudyRecord:
    """The fields of a study, which says what they mean."""

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
        """Forward and centered."""
        return self.forward, self.centered

    @property
    def explanation(self) -> str:
        """What the pattern of the errors against a claimed gradient means; "" where nothing was claimed."""
        return FINGERPRINTS.get(self.fingerprint, "")
