"""Outputs in float32 that hold still beside x: what rounding may hide of them, and what they do far from x.

A small difference of large numbers moves in steps of which its size does not tell.  Where it holds still it agrees with
a claim of 0; by how little it moves along other coordinates, or far from x, tells what it may hide.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from ...core.evidence.faint_slopes import NEARBY
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat, frozen
from ...report.cause import Cause
from ...report.finding import Finding
from ...report.report import Report
from ...run.settings import Settings
from ..covectors import TANGENTS, Covector, signed
from .entries import Entries
from .evaluated import KEPT, Evaluated
from .singly import spacings
from .suspects import Suspect

# Units in the last place of an output in float32 by which it must move to be seen to move: those of a check of its own.
SEEN = 8.0
# One that never moved by less than this many is computed of larger numbers.
COARSE = 1024.0
# A claim is looked at where it is off by more than this part of what an output, or it, moves by far from x.
OFF = 0.5
# The most outputs that are looked at, the most coordinates of each, and the most in which the others are added up.
OUTPUTS, COORDINATES, HIDDEN = 4, 4, 64


def with_single_precision(
    report: Report, entries: Entries, covector: Covector, settings: Settings
) -> tuple[Report, list[Finding]]:
    """Return the report of a projection that says what outputs in float32 hide, and what its sum does not show."""
    if not entries.function.in_float32.any():
        return report, []
    still = Still(entries, covector, settings)
    resolved = still.resolved(report)
    if report.verdict != "right":
        return resolved, []
    return resolved, still.contradicted() or still.hidden()


class Still:
    """What a check of a projection has seen of outputs in float32.

    Parameters
    ----------
    entries
        The function, its claims, the point, and the outputs that were evaluated.
    covector, settings
        The covector, and the settings of the check.
    """

    def __init__(self, entries: Entries, covector: Covector, settings: Settings) -> None:
        self._entries, self._covector, self._seed = entries, covector, settings.seed
        self._function = function = entries.function
        self._problem, self._evaluated = entries.problem, entries.evaluated
        self.support = covector.support[function.in_float32[covector.support]]
        self._weights = np.abs(covector.weights[self.support])
        self._spacings = spacings(function, self.support)
        self._least, self._still = self._seen()
        # Those whose steps are not those of their size; what lies far from x may be outside of bounds.
        self._is_coarse = ~(self._least <= COARSE * self._spacings) & (settings.bounds is None)
        if self._is_coarse.any():
            self._is_coarse &= (self._far != 0.0).all(axis=0)

    def _seen(self) -> tuple[Flat, Flat]:
        """Return by how little each output has moved, and which ones hold still along each coordinate."""
        n, outputs = self._problem.n, self._function.layout.n
        if n * outputs > KEPT:
            return np.zeros(len(self.support)), np.zeros((n, len(self.support)), bool)
        least, still = self._evaluated.still(self._function.at_x, n)
        return least[self.support], still[:, self.support]

    @cached_property
    def _move(self) -> Flat:
        """A random direction, far enough to leave what rounding makes stand still."""
        sizes = np.fmax(np.abs(self._problem.x.astype(np.float64)), 1.0)
        return NEARBY * sizes * signed(self._seed, TANGENTS, self._problem.n)

    @cached_property
    def _far(self) -> Flat:
        """How far the outputs move over a far step to both sides; 0 where one of them says nothing."""
        changes = np.stack([self._change(side * self._move) for side in (1.0, -1.0)])
        changes[:, ~np.isfinite(changes).all(axis=0)] = 0.0
        return changes

    def _change(self, move: Flat) -> Flat:
        """Return by how much the outputs change; NaN where the function raises."""
        function, problem = self._function, self._problem
        if function.is_spent:
            return np.full(len(self.support), np.nan)
        try:
            with np.errstate(all="ignore"):
                outputs = function(problem.layout.build((problem.x + move).astype(problem.x.dtype)))
                change: Flat = (outputs - function.at_x)[self.support]
        except Exception as error:  # outside of its domain the user's function may raise anything
            raise_of_signal(error)
            return np.full(len(self.support), np.nan)
        return change

    def resolved(self, report: Report) -> Report:
        """Return a report of a projection that promises no more than the outputs show, however smooth their sum is.

        One that does not move beside x may be off by what moves it by a few units in its last place at the longest
        step, or by the least that was seen to move it.
        """
        if not (len(self.support) and report.resolutions.size):
            return report
        least = np.where(self._still & np.isfinite(self._least), self._least, 0.0)
        hidden = np.linalg.norm(self._weights * np.fmax(SEEN * self._spacings, least), axis=1)
        layout = report._evidence.layout
        chosen = slice(None) if layout.indices is None else layout.indices
        resolutions = report.resolutions.copy()
        known = np.isfinite(resolutions[chosen])
        hidden /= _longest_steps(self._evaluated, self._problem.x)
        resolutions[chosen] = np.where(known, np.fmax(resolutions[chosen], hidden), resolutions[chosen])
        largest = float(np.max(resolutions, initial=0.0, where=np.isfinite(resolutions)))
        evidence = report._evidence._replace(usual=None)
        return replace(
            report, resolution=max(report.resolution, largest), resolutions=frozen(resolutions), _evidence=evidence
        )

    def contradicted(self) -> list[Finding]:
        """Return what is wrong, or open, of outputs that far from x do not move as is claimed, in some coordinates."""
        places, entries = np.flatnonzero(self._is_coarse), self._entries
        if not (len(places) and entries.claims.are_cheap(len(places))):
            return []
        rows = entries.claims.columns(range(self._problem.n), self.support[places])
        ahead, back = self._far[:, places]
        claimed, moved = rows @ self._move, (ahead - back) / 2
        is_off = ~(np.abs(claimed - moved) <= OFF * np.fmax(np.abs(claimed), np.abs(moved)))
        found: list[Finding] = []
        for place, row in list(zip(places[is_off].tolist(), rows[is_off], strict=True))[:OUTPUTS]:
            still_first = np.argsort(~self._still[:, place], kind="stable")
            for index in still_first[:COORDINATES].tolist():
                suspect = Suspect(int(self.support[place]), float(row[index]))
                column = entries.column(index)
                entry = entries.checked_entry(column, suspect)
                is_told = entry is not None and (entry.cause is Cause.WRONG or column.begins_with_jump(suspect.output))
                found += [entry] if entry is not None and is_told else []
        return [one for one in found if one.cause is Cause.WRONG] or found

    def hidden(self) -> list[Finding]:
        """Return what is wrong with the other outputs: their errors are lost beside the steps of coarse ones."""
        coarse, entries = self.support[self._is_coarse], self._entries
        weights = self._covector.weights.copy()
        weights[coarse] = 0.0
        others = Covector(self._covector.name, weights, np.flatnonzero(weights))
        if not (len(coarse) and len(others.support)):
            return []
        claimed = entries.claims.projected(weights)[:HIDDEN].tolist()
        found = [entries.of_sum(entries.column(place), others, claim) for place, claim in enumerate(claimed)]
        return [one for some in found for one in some if one.cause is Cause.WRONG]


def _longest_steps(evaluated: Evaluated, x: Flat) -> Flat:
    """Return the longest step along each coordinate, up to a far one; where none is known, one that is usual here."""
    far = NEARBY * np.fmax(np.abs(x.astype(np.float64)), 1.0)
    parts = evaluated.farthest(len(x)) / far
    usual = float(np.min(parts, initial=1.0, where=parts > 0.0))
    steps: Flat = far * np.fmin(np.where(parts > 0.0, parts, usual), 1.0)
    return steps
