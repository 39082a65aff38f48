"""What a study found: a curve of errors for each formula, the kink beside them, the noise below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..problem.structure import Flat
from ..report.ladder import FINGERPRINTS
from ..report.plain import plain
from .orders import Fit

if TYPE_CHECKING:
    from ..differences import Kink


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
class Study:
    """Slopes of an objective along one line over many steps; `str()` is a table, `plot()` draws the curves.

    Steps go from fine to coarse, all at which x moves.  `left`, `right` and the slopes of the curves are quotients of
    the steps really taken, NaN where f has no value.  Errors are against `slope`: the claimed one, or the best one that
    was found (`against`), which may itself be off by `error_bar`.  `kink` is the nearest kink within the largest step;
    None where none was found.
    """

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

    def plot(self, axes: Any = None) -> Any:
        """Draw errors over steps, both axes logarithmic, with the fitted orders, the noise floor and the kink.

        Parameters
        ----------
        axes
            Of matplotlib; by default those of a new figure of pyplot.

        Returns
        -------
        matplotlib.axes.Axes
            `.figure.savefig("study.svg")` writes it to a file.

        Raises
        ------
        ImportError
            Where matplotlib is not installed.
        """
        from .plotting import draw

        return draw(self, axes)

    def save_plot(self, path: Any) -> None:
        """Draw into a file; its ending says which kind: .svg, .png, .pdf.

        Raises
        ------
        ImportError, ValueError, OSError
            Where matplotlib is not installed, does not know the ending, or cannot write the file.
        """
        from .plotting import save

        save(self, path)

    def __str__(self) -> str:
        from .table import render

        return render(self)

    def __repr__(self) -> str:
        return (
            f"<gradproof.Study {self.name}: orders {self.forward.order:.2f} and {self.centered.order:.2f}, "
            f"steps={len(self.steps)}, evaluations={self.evaluations}>"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the study as plain Python values, ready for JSON: NaN as None, infinities as "inf" and "-inf"."""
        words: dict[str, Any] = plain(self)
        return words | {curve.formula: curve.to_dict() for curve in self.curves}

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the study as JSON."""
        import json

        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)
