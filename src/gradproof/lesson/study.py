"""A study: what was found, printed as a table and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..report.plain import plain
from .curves import StudyRecord
from .plotting import draw, save
from .table import render


@dataclass(frozen=True, eq=False)
class Study(StudyRecord):
    """Slopes of an objective along one line over many steps; `str()` is a table, `plot()` draws the curves.

    Steps go from fine to coarse, all at which x moves.  `left`, `right` and the slopes of the curves are quotients of
    the steps really taken, NaN where f has no value.  Errors are against `slope`: the claimed one, or the best one that
    was found (`against`), which may itself be off by `error_bar`.  `kink` is the nearest kink within the largest step;
    None where none was found.
    """

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
        return draw(self, axes)

    def save_plot(self, path: Any) -> None:
        """Draw into a file; its ending says which kind: .svg, .png, .pdf.

        Raises
        ------
        ImportError, ValueError, OSError
            Where matplotlib is not installed, does not know the ending, or cannot write the file.
        """
        save(self, path)

    def __str__(self) -> str:
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
