"""Where float32 hides the answer, or gives it late: a loss is checked in float64 then."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import numpy as np

from ..core.lines.arrays import BESIDES, MOST_PAIRS
from ..doors.again import LIMITS, doubt, is_limited
from ..engine import MODES, uses_lines
from ..evaluators.arrays.inplace import InPlaceEvaluator, problem_in_place
from ..evaluators.objectives import in_place
from ..problem.numbers import Flat
from ..report.report import Report
from .backward import view
from .tensors import listed

COARSER = (
    'The parameters are in float64, but something on the way to f computes in float32: precision="float64" shows '
    "smaller errors."
)
# By which part of their size arrays are moved to see whether f changes with them, and the least size, of the usual one.
STEP, FLOOR = 0.125, 0.1
# A check along lines in float32 that takes so many evaluations more than a right gradient does would take thousands.
LATE = 150
ALIVE = (
    "In float32 no line disagreed with the gradient ({count:,} evaluations), but f changes with arrays all of whose "
    "claims are 0 ({names}): the check was done in float64."
)
UNKNOWN = "f changes with arrays all of whose claims are 0 ({names}): by what slope, float32 does not tell."
UNFINISHED = "In float32 the check had not come to an end after {count:,} evaluations: it was done in float64."


class TakesLongError(KeyboardInterrupt):
    """Ends a check as Ctrl-C would; `Soon` raises it, and knows."""


class Soon:
    """A loss in float32 that ends a check along lines where float64 is sooner at its end.

    Parameters
    ----------
    value
        The loss, a function without arguments.
    tensors
        What is checked.
    settings
        Those of the check: where there are limits among them, this ends nothing.

    Attributes
    ----------
    is_over
        Whether it has ended a check.
    looks, alive
        How often it was evaluated after the check, and the names of what it changes with although all claims are 0.
    """

    def __init__(self, value: Callable[[], float], tensors: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
        self._value = value
        self._tensors = tensors
        self._settings = settings
        has_end = goes_along_lines(tensors, settings) and not any(settings.get(one) for one in LIMITS)
        self._most = BESIDES + 2 * min(len(tensors), MOST_PAIRS) + LATE if has_end else None
        self._calls = 0
        self.is_over = False
        self.looks = 0
        self.alive = ""

    def __call__(self) -> float:
        """Return the value at the present parameters."""
        self.is_over = self._calls == self._most
        if self.is_over:
            raise TakesLongError
        self._calls += 1
        return self._value()

    def doubt(self, report: Report | None) -> str:
        """Return why a check is to be done in float64; "" where there is no reason.

        There is no report where this has ended a check that was about to begin.

        Nothing is decided; or lines disagree and nothing is clearly wrong, as a coordinate is, or a factor by many of
        its error bars; or f changes with arrays of which all claims are 0, whose slopes lines hardly see.
        """
        if self.is_over or report is None:
            return UNFINISHED.format(count=self._calls)
        if report.verdict != "right" or report.arithmetic == "float64" or is_limited(report, self._settings):
            return doubt(report, self._settings)
        return self._about_zeros(report)

    def _about_zeros(self, report: Report) -> str:
        """Return why arrays that are said to be dead may be alive: lines through all of x see little of them."""
        blocks = report.power.blocks if report.power is not None else ()
        zeros = {one.name: self._tensors[one.name] for one in blocks if one.norm == 0.0 and one.name in self._tensors}
        if not zeros or len(zeros) == len(blocks) or report.nondeterministic:
            return ""
        self.looks = 2
        if not is_moved_by(zeros, self._value, report):
            return ""
        self.alive = listed(list(zeros))
        return ALIVE.format(names=self.alive, count=report.evaluations)


def is_moved_by(tensors: Mapping[str, Any], value: Callable[[], float], report: Report) -> bool:
    """Whether f has another value than at x where tensors are moved along random signs, all of them at once.

    f that does not depend on them has the same to the last bit, in any arithmetic.
    """
    objective = in_place({name: view(name, one) for name, one in tensors.items()}, value)
    problem, _ = problem_in_place(objective, None, lambda _: False)
    kind = problem.x.dtype
    signs = np.random.default_rng(report.seed).integers(0, 2, problem.n, np.uint8)
    moves = np.array([-STEP, STEP], kind)[signs]
    for leaf in problem.layout.leaves:
        part = problem.x[leaf.start : leaf.stop]
        usual = math.sqrt(float(np.mean(np.square(part, dtype=np.float64)))) or 1.0
        moves[leaf.start : leaf.stop] *= np.maximum(np.abs(part), kind.type(FLOOR * usual))
    with closing(InPlaceEvaluator(objective, problem)) as evaluator:
        return bool(sum(_value(evaluator, problem.x + sign * moves) != report.value for sign in (1, -1)))


def _value(evaluator: InPlaceEvaluator, point: Flat) -> Any:
    """Return the objective at a point; NaN where it raises an exception."""
    try:
        return evaluator.value_at(point)
    except Exception:  # outside of its domain f may raise anything
        return math.nan


def goes_along_lines(tensors: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Whether a check of tensors goes along lines, as far as it does not depend on a budget."""
    mode = settings.get("mode", "auto")
    return mode in MODES and uses_lines(sum(one.numel() for one in tensors.values()), mode, 0)
