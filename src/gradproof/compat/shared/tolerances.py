"""Tolerances that a caller gives: each entry of a Jacobian is compared with a difference, as gradcheck compares it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...outputs.claimed.claims import Claims
from ...outputs.function import Function
from ...outputs.localisation.columns import Column
from ...problem.claim import NOT_LINEAR
from ...problem.numbers import Flat
from ...problem.point import Choice, Problem, read_problem
from ...problem.structure import Layout
from ...report.report import Report
from .near_x import is_right_near_x

# Claims are rounded as well, by as much as a derivative changes within a rounding of x: one that is 0 is then of any
# such size.  The drop-ins have always had absolute tolerances, of 1e-5 and more.
FLOOR = {"float64": 1e-9, "float32": 1e-5}


class Tolerances(NamedTuple):
    """What is allowed beyond the rules of gradproof: |claimed - measured| <= atol + rtol |measured|.

    None stands for a tolerance that the caller did not give; where both are None, nothing is allowed.
    """

    atol: float | None
    rtol: float | None

    @property
    def are_given(self) -> bool:
        """Whether the caller gave one."""
        return self.atol is not None or self.rtol is not None

    def floor(self, x: Mapping[str, Flat]) -> float:
        """Return the absolute error that passes in any case, for arguments of this precision."""
        single = any(array.real.dtype.itemsize == 4 for array in x.values())
        return FLOOR["float32" if single else "float64"]

    def of(self, size: Flat) -> Flat:
        """Return what is allowed for derivatives of these sizes."""
        allowed: Flat = (self.atol or 0.0) + (self.rtol or 0.0) * size
        return allowed

    def excuse(
        self,
        report: Report,
        function: Callable[[Any], Any],
        claiming: Callable[[Problem, Layout], Claims],
        x: Any,
        *,
        held: Any = None,
        is_conjugate: bool = False,
    ) -> bool:
        """Whether all that a report holds against a derivative lies within what is allowed.

        Every entry of the Jacobian in the coordinates that the report names is compared with a centered difference, or,
        if the report rests on lines, every entry.  Values that are random or not finite excuse nothing, and nothing
        excuses a product that is not linear.  Without tolerances, a value that the function has at x alone is excused
        if the claims are right beside it.
        """
        if is_right_near_x(report):
            return True
        if not self.are_given or report.nondeterministic or report.stopped_by or NOT_LINEAR in report.warnings:
            return False
        problem = read_problem(x, Choice(held=held), hold=True)
        problem.is_conjugate = is_conjugate
        made = Function(function, problem, None)
        if not made.usable.all():
            return False
        claims = claiming(problem, made.layout)
        return self._are_met(_coordinates(report, problem.layout), made, claims, problem)

    def _are_met(self, steps: Mapping[int, float], function: Function, claims: Claims, problem: Problem) -> bool:
        coordinates = list(steps)
        claimed = claims.columns(coordinates, np.arange(function.layout.n))
        slopes = [Column(function, problem, index).slopes(step, 0.0) for index, step in steps.items()]
        measured = np.stack([one.centre for one in slopes], axis=1)
        imaginary = problem.layout.imaginary()[coordinates]
        return bool(np.all(_modulus(claimed - measured, imaginary) <= self.of(_modulus(measured, imaginary))))


def _coordinates(report: Report, layout: Layout) -> dict[int, float]:
    """Return the coordinates that a report holds something against, complex ones with both their parts.

    With each comes the step on which its slope rests; NaN stands for the usual one.
    """
    if report.power is not None or report.untested or len(report.findings) < report.undecided:
        return dict.fromkeys(range(layout.n), math.nan)
    open_ones = [one for one in report.findings if not one.cause.is_acceptable]
    found = {layout.place(index): math.nan for index in report.wrong.tolist()}
    found |= {layout.place(one.index): one.step for one in reversed(open_ones)}
    pairs = layout.imaginary()
    whole = {part: step for at, step in found.items() for part in (_real(at, pairs), _partner(at, pairs))}
    return dict(sorted((whole | found).items()))


def _real(index: int, imaginary: Flat) -> int:
    return index - int(imaginary[index])


def _partner(index: int, imaginary: Flat) -> int:
    return index + int(index + 1 < len(imaginary) and imaginary[index + 1])


def _modulus(entries: Flat, imaginary: Flat) -> Flat:
    """Return the absolute values of entries, of complex coordinates those of both parts together."""
    size = np.abs(entries)
    parts = np.flatnonzero(imaginary)
    size[:, parts - 1] = np.hypot(size[:, parts - 1], size[:, parts])
    size[:, parts] = size[:, parts - 1]
    return size
