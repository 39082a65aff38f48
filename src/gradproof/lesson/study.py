"""The result of `study`, which prints as a table and can be plotted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..report.formats.plain import plain
from ..report.text.encoding import for_output
from .curves import StudyRecord
from .plotting import draw, save
from .table import render


@dataclass(frozen=True, eq=False)
class Study(StudyRecord):
    """The errors of forward and centered differences along one line: ``print(study)`` is a table, `plot` draws them.

    Attributes
    ----------
    name : str
        The line: the name of a coordinate, or a description of the direction.
    start, stop : int
        The range of flat indices in which the line lies, ``stop`` excluded.
    n : int
        The number of coordinates of x.
    value : float
        f(x).
    steps : ndarray of float64
        The steps h at which x moves, from fine to coarse.
    left, right : ndarray of float64
        Backward and forward differences, one for each step, over the steps actually taken; NaN if f has no value.
    claimed : float
        The slope according to the claimed gradient; NaN without one.
    slope, error_bar : float
        The slope against which errors are measured, and a bound on its own error.
    against : {"claimed", "best slope"}
        What `slope` is: the claimed slope, or the best one found by extrapolation.
    forward, centered : Curve
        Slopes, errors and fits of the two formulas.
    noise_floor : float
        Standard deviation of the rounding errors of f, in units of f.
    arithmetic : {"float64", "float32", "coarser than float32"}
        The arithmetic in which f computes.
    kink : Kink or None
        The nearest kink within the largest step, if one was found.
    fingerprint : str
        The pattern of errors against the claimed slope; "" without a claimed gradient.
    evaluations, gradient_evaluations : int
        How often the objective and the gradient were called.
    seed : int
        The seed of the random direction.
    warnings : tuple of str
        Remarks about the objective or the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import study
    >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), gradient=np.cos, index=2)
    >>> found
    <gradproof.Study x[2]: orders 1.00 and 2.00, steps=..., evaluations=...>
    >>> [curve.formula for curve in found.curves]
    ['forward', 'centered']
    >>> print(found.explanation)
    |slope - claimed| shrinks with the step: truncation error of a smooth f, and nothing more.
    """

    def plot(self, axes: Any = None) -> Any:
        """Plot errors against steps on logarithmic axes, with the fitted orders, the noise floor and the kink.

        Parameters
        ----------
        axes : matplotlib.axes.Axes, optional
            The axes to draw into; by default those of a new pyplot figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes; ``.figure.savefig("study.svg")`` writes the figure to a file.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from matplotlib.figure import Figure
        >>> from gradproof import study
        >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), index=2)
        >>> found.plot(Figure().add_subplot()).get_xlabel()
        'step h'
        """
        return draw(self, axes)

    def save_plot(self, path: Any) -> None:
        """Save the plot to a file.

        Parameters
        ----------
        path : path_like
            The file; its extension selects the format, such as .svg, .png or .pdf.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If matplotlib does not support the extension.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import matplotlib
        >>> import numpy as np
        >>> from gradproof import study
        >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), index=2)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "study.svg"
        ...     found.save_plot(path)
        ...     path.exists()
        True
        """
        save(self, path)

    def __str__(self) -> str:
        return for_output(render(self))

    def __repr__(self) -> str:
        return (
            f"<gradproof.Study {self.name}: orders {self.forward.order:.2f} and {self.centered.order:.2f}, "
            f"steps={len(self.steps)}, evaluations={self.evaluations}>"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the study as a dict of plain Python values, ready for JSON.

        NaN becomes None, infinities become "inf" and "-inf", and arrays become lists.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import study
        >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), index=2)
        >>> found.to_dict()["name"]
        'x[2]'
        """
        words: dict[str, Any] = plain(self)
        return words | {curve.formula: curve.to_dict() for curve in self.curves}

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the study as JSON.

        Parameters
        ----------
        indent : int or None, optional
            As for `json.dumps`; None puts everything on one line.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import study
        >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), index=2)
        >>> print(found.to_json(indent=None))
        {"name": "x[2]", "start": 2, "stop": 3, "n": 3, ...}
        """
        import json

        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)
