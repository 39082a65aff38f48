"""The result of `check_along`: a report for each point, and one verdict."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import Any

from ..report.records import Verdict
from ..report.report import Report
from ..report.text.figures import number
from ..report.text.table import WIDTH
from .optimizers import OPTIMIZERS

COLUMNS = ("step", "objective", "verdict", "wrong", "undecided")


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The reports for points along a training run; true only if the gradient is right at every point.

    Attributes
    ----------
    verdict : {"right", "wrong", "inconclusive"}
        "wrong" if the gradient is wrong at one point or more, "right" if it is right at all points.
    steps : tuple of int
        After how many steps each check was made.
    reports : tuple of Report
        The result of each check.
    optimizer : str
        The name of the optimizer.
    stopped_by : {"", "wrong", "diverged", "time_limit", "interrupted"}
        What left points unchecked: a wrong gradient with ``stop_at_wrong=True``, an x that is no longer finite, the
        time limit, or Ctrl-C.
    unchecked : tuple of int
        The points, as numbers of steps, that were not checked.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check_along
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> found = check_along(lambda x: np.sum(np.sin(x)), np.cos, x, optimizer="batch", steps=10)
    >>> found
    <gradproof.Trajectory right: batch, steps=(0, 10)>
    >>> bool(found), found.first_wrong
    (True, None)
    >>> print(found)
    right: the gradient agrees with the objective at all 2 points along the training
    <BLANKLINE>
      optimizer: batch gradient descent
    <BLANKLINE>
      step  objective  verdict  wrong  undecided
         0    2.23019  right        0          0
        10   0.314825  right        0          0
    """

    verdict: Verdict
    steps: tuple[int, ...]
    reports: tuple[Report, ...]
    optimizer: str
    stopped_by: str
    unchecked: tuple[int, ...]

    @property
    def first_wrong(self) -> int | None:
        """The number of steps after which the gradient is first wrong; None if it is wrong nowhere."""
        return next((step for step, one in self._points if one.verdict == "wrong"), None)

    @property
    def _points(self) -> list[tuple[int, Report]]:
        return list(zip(self.steps, self.reports, strict=True))

    def __bool__(self) -> bool:
        """Return whether the gradient is right at every point."""
        return self.verdict == "right"

    def __str__(self) -> str:
        parts = [self.headline(), self.table(), self.notes()]
        told = next((one for one in self._points if one[1].verdict == self.verdict), None)
        if told is not None and self.verdict != "right":
            parts.append(f"Step {told[0]}:\n\n{told[1]}")
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<gradproof.Trajectory {self.verdict}: {self.optimizer}, steps={self.steps}>"

    def headline(self) -> str:
        """Return the verdict in words, on one line.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check_along
        >>> print(check_along(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(2), steps=1).headline())
        right: the gradient agrees with the objective at all 2 points along the training
        """
        count, along = len(self.steps), "along the training"
        if self.verdict == "right":
            points = "the one point" if count == 1 else f"all {count} points"
            return f"right: the gradient agrees with the objective at {points} {along}"
        if self.verdict == "inconclusive":
            return f"inconclusive: nothing is wrong {along}, but not everything was decided"
        faults = sum(one.verdict == "wrong" for one in self.reports)
        hidden = [f"{step}" for step, one in self._points if one.verdict == "right" and step < (self.first_wrong or 0)]
        hiding = f"; step {' and '.join(hidden)} hides it" if hidden else ""
        return f"wrong: the gradient is wrong at {faults} of {count} points {along}{hiding}"

    def table(self) -> str:
        """Return the optimizer, and one line for each point, as text.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check_along
        >>> print(check_along(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(2), steps=1).table())
          optimizer: SGD
        <BLANKLINE>
          step  objective  verdict  wrong  undecided
             0    2.00000  right        0          0
             1    1.92080  right        0          0
        """
        rows = [COLUMNS]
        for step, one in self._points:
            counts = (f"{len(one.wrong):,}", f"{one.undecided + one.untested:,}")
            rows.append((f"{step:,}", number(one.value, 6), one.verdict, *counts))
        rows += [(f"{step:,}", "-", f"not checked: {self.stopped_by}", "-", "-") for step in self.unchecked]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        left = COLUMNS.index("verdict")
        lines = ["  ".join(_padded(cell, widths[at], at == left) for at, cell in enumerate(row)) for row in rows]
        known = OPTIMIZERS.get(self.optimizer)
        return "\n  ".join([f"  optimizer: {known.title if known else self.optimizer}\n", *lines])

    def notes(self) -> str:
        """Return the warnings for the points that pass, as text: what their agreement does not prove.

        Examples
        --------
        At 0 all slopes of this objective are 0, and so is a gradient that is always 0:

        >>> import numpy as np
        >>> from gradproof import check_along
        >>> print(check_along(lambda x: np.sum(x**2), np.zeros_like, np.zeros(2), steps=0).notes())
          note: step 0: Everything that agrees is 0, both claimed and measured: ...
        """
        passed = [(step, one) for step, one in self._points if one.verdict == "right"]
        notes = [f"  note: step {step}: {note}" for step, one in passed for note in one.warnings]
        return "\n".join(textwrap.fill(note, WIDTH, subsequent_indent="    ") for note in notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict and the reports as a dict of plain Python values, ready for JSON.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check_along
        >>> check_along(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(2), steps=1).to_dict()["steps"]
        [0, 1]
        """
        return {
            "verdict": self.verdict,
            "optimizer": self.optimizer,
            "steps": list(self.steps),
            "stopped_by": self.stopped_by,
            "unchecked": list(self.unchecked),
            "reports": [report.to_dict() for report in self.reports],
        }

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the verdict and the reports as JSON.

        Parameters
        ----------
        indent : int or None, optional
            As for `json.dumps`; None puts everything on one line.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check_along
        >>> print(check_along(lambda x: np.sum(x**2), lambda x: 2 * x, np.ones(2), steps=1).to_json(indent=None))
        {"verdict": "right", "optimizer": "sgd", "steps": [0, 1], ...}
        """
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)


def _padded(cell: str, width: int, is_left: bool) -> str:
    return f"{cell:<{width}}" if is_left else f"{cell:>{width}}"


def verdict_over(reports: tuple[Report, ...], unchecked: tuple[int, ...]) -> Verdict:
    """Return one verdict for all points: wrong if one is, right if all are and none was left out."""
    verdicts = {report.verdict for report in reports}
    if "wrong" in verdicts:
        return "wrong"
    return "right" if verdicts == {"right"} and not unchecked else "inconclusive"
