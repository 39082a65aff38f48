"""What a check along the training found: a report for each point, one verdict over all."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import Any

from ..report.report import Report
from ..report.text.figures import number
from ..report.text.table import WIDTH
from .optimizers import OPTIMIZERS

COLUMNS = ("step", "objective", "verdict", "wrong", "undecided")


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The reports of the points along a training; `str()` is what a person reads, `bool()` is whether all are right.

    Attributes
    ----------
    verdict
        "wrong" where the gradient is wrong at one point at least, "right" where it is right at all of them.
    steps, reports
        After how many steps each check was made, and what it found.
    optimizer
        Its name, or that of the function that was given.
    stopped_by
        What left points unchecked: "wrong" where that was asked for, "diverged" where x was no longer finite, "budget",
        "time_limit", "interrupted", or nothing.
    unchecked
        The points that were left.
    """

    verdict: str
    steps: tuple[int, ...]
    reports: tuple[Report, ...]
    optimizer: str
    stopped_by: str
    unchecked: tuple[int, ...]

    @property
    def first_wrong(self) -> int | None:
        """The first point at which the gradient is wrong: after how many steps; None where it is wrong nowhere."""
        return next((step for step, one in self._points if one.verdict == "wrong"), None)

    @property
    def _points(self) -> list[tuple[int, Report]]:
        return list(zip(self.steps, self.reports, strict=True))

    def __bool__(self) -> bool:
        """Whether the gradient is right at every point."""
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
        """Return the verdict in words, on one line."""
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
        """Return what was found at each point, a line each."""
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
        """Return what must be said of the points that pass: what their agreement does not prove."""
        passed = [(step, one) for step, one in self._points if one.verdict == "right"]
        notes = [f"  note: step {step}: {note}" for step, one in passed for note in one.warnings]
        return "\n".join(textwrap.fill(note, WIDTH, subsequent_indent="    ") for note in notes)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict and the reports as plain Python values, ready for JSON."""
        return {
            "verdict": self.verdict,
            "optimizer": self.optimizer,
            "steps": list(self.steps),
            "stopped_by": self.stopped_by,
            "unchecked": list(self.unchecked),
            "reports": [report.to_dict() for report in self.reports],
        }

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the verdict and the reports as JSON."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)


def _padded(cell: str, width: int, is_left: bool) -> str:
    return f"{cell:<{width}}" if is_left else f"{cell:>{width}}"


def verdict_over(reports: tuple[Report, ...], unchecked: tuple[int, ...]) -> str:
    """Return one verdict over all: wrong where one is, right where all are and none was left out."""
    verdicts = {report.verdict for report in reports}
    if "wrong" in verdicts:
        return "wrong"
    return "right" if verdicts == {"right"} and not unchecked else "inconclusive"
