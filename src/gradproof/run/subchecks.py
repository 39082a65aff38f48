"""Checks of small parts of a problem, which locate errors more precisely: their settings, limits and points."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..evaluators.restricted import Point, restricted
from ..problem.bounds import Bounds
from ..problem.nodes import Leaf
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..report.report import Report
from .settings import Settings

# What a small check may take of a budget for each of its coordinates; it is not begun with less.
EVALUATIONS = 8
# All small checks of one report take no more evaluations than this.
MOST_EVALUATIONS = 128
# What a coordinate takes at least: with less left of these, no small check is begun.
FEWEST_EVALUATIONS = 2

Checked = Callable[[Any, Flat, Flat, Settings], Report]


class SubcheckEndedError(Exception):
    """Raised where the time limit or Ctrl-C ends a small check: what is known until then is the report."""

    def __init__(self, by: str, evaluations: int = 0) -> None:
        super().__init__(by)
        self.by = by
        self.evaluations = evaluations


class Search(NamedTuple):
    """A search in one check: f of whatever kind, the point, the claims, the settings, the bounds, and what checks.

    Attributes
    ----------
    objective, problem, claimed, settings
        Those of the check.
    checked
        Checks a small part.
    box
        The bounds as numbers; None without bounds.
    deadline
        When the time is up; None without a limit.
    last
        How often f may have been evaluated at the end of the search; None without a limit.
    """

    objective: Any
    problem: Problem
    claimed: Flat
    settings: Settings
    checked: Checked
    box: Bounds | None = None
    deadline: float | None = None
    last: int | None = None

    def has_left(self, used: int, count: int) -> bool:
        """Whether what is left of the budget, and of the search, suffices for a check of so many coordinates."""
        limits = ((self.settings.budget, EVALUATIONS), (self.last, FEWEST_EVALUATIONS))
        return all(limit is None or limit - used >= each * (count + 1) for limit, each in limits)

    def check(self, point: Point, claimed: Flat, x: Flat, used: int, box: Any = None) -> Report:
        """Return the check of f restricted to a few variables, with what is left of budget and time.

        Raises
        ------
        SubcheckEndedError
            If the time is up, or Ctrl-C ends the check.
        """
        left = self._seconds()
        rest = min((limit - used for limit in (self.settings.budget, self.last) if limit is not None), default=None)
        objective = restricted(self.objective, self.problem, point).objective
        settings = self.settings._replace(mode="full", budget=rest, time_limit=left, bounds=box)
        try:
            report = self.checked(objective, claimed, x, settings)
        except KeyboardInterrupt:
            raise SubcheckEndedError("interrupted") from None
        if report.stopped_by in ("time_limit", "interrupted"):
            raise SubcheckEndedError(report.stopped_by, report.evaluations)
        return report

    def _seconds(self) -> float | None:
        """Return how many seconds are left; raise a `SubcheckEndedError` if none are."""
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0.0:
            raise SubcheckEndedError("time_limit")
        return left


@dataclass(frozen=True)
class LinePoints:
    """Points along lines through an array, each of which is a variable.

    Attributes
    ----------
    x
        The point from which the lines start.
    leaf
        The array.
    moves
        What a step of 1 along each line adds to the array.
    box
        The bounds of the array in the type of x, or None.
    """

    x: Flat
    leaf: Leaf
    moves: Flat
    box: tuple[Flat, Flat] | None = None

    def __call__(self, steps: Flat) -> Flat:
        """Return the point after a step along each line."""
        point: Flat = self.x.copy()
        part = point[self.leaf.start : self.leaf.stop]
        part += (steps - self.start) @ self.moves
        if self.box is not None:
            np.clip(part, *self.box, out=part)  # what rounding alone has put outside
        return point

    @property
    def start(self) -> Flat:
        """The variables at x; in float32 not 0, of which no step would be known that suits f."""
        kind = self.x.dtype
        return np.full(len(self.moves), 1.0 if kind == np.float32 else 0.0, kind)

    @property
    def limits(self) -> tuple[Flat, Flat] | None:
        """The smallest and the largest value of each variable; None without bounds."""
        if self.box is None:
            return None
        here = self.x[self.leaf.start : self.leaf.stop].astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = [np.where(self.moves == 0.0, np.nan, (edge - here) / self.moves) for edge in self.box]
        low, high = np.fmin(*ends), np.fmax(*ends)
        return self.start + np.nanmax(low, axis=1, initial=-np.inf), self.start + np.nanmin(
            high, axis=1, initial=np.inf
        )


def box_of(search: Search, leaf: Leaf) -> tuple[Flat, Flat] | None:
    """Return the bounds of an array as numbers of the type of x that lie within them; None without bounds."""
    if search.box is None:
        return None
    part, kind = slice(leaf.start, leaf.stop), search.problem.x.dtype
    lower, upper = (edge[part] for edge in search.box)
    low, high = lower.astype(kind), upper.astype(kind)
    inward = np.nextafter(low, kind.type(np.inf)), np.nextafter(high, kind.type(-np.inf))
    return np.where(low < lower, inward[0], low), np.where(high > upper, inward[1], high)
