"""A loss in float32, and when it should be checked in float64 instead: float32 may hide the answer, or find it late."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import numpy as np

from ..core.lines.arrays import BESIDES, MOST_PAIRS
from ..engine import MODES, uses_lines
from ..evaluators.arrays.inplace import InPlaceEvaluator, problem_in_place
from ..evaluators.objectives import in_place
from ..frameworks.rechecks import LIMITS, is_limited, reason_for_float64
from ..problem.numbers import Flat
from ..report.report import Report
from .backward import view
from .tensors import listed

COARSER = (
    'The parameters are in float64, but something on the way to f computes in float32: precision="float64" shows '
    "smaller errors."
)
# Arrays are moved by this part of their size to see whether f changes with them; sizes are at least this part of the
# typical one.
STEP, FLOOR = 0.125, 0.1
# A check along lines in float32 that needs this many evaluations more than a right gradient would need thousands.
LATE = 150
ALIVE = (
    "In float32 no line disagreed with the gradient ({count:,} evaluations), but f changes with arrays all of whose "
    "claims are 0 ({names}): the check was done in float64."
)
UNKNOWN = "f changes with arrays all of whose claims are 0 ({names}): by what slope, float32 does not tell."
UNFINISHED = "In float32 the check had not come to an end after {count:,} evaluations: it was done in float64."


class TakesLongError(KeyboardInterrupt):
    """Raised by `Float32Loss` to end a check as Ctrl-C would."""


class Float32Loss:
    """A loss in float32 that ends a check along lines once a check in float64 would be faster.

    Parameters
    ----------
    value
        The loss, a function without arguments.
    tensors
        What is checked.
    settings
        Those of the check, which is never ended early where they limit it.

    Attributes
    ----------
    is_over
        Whether it has ended a check.
    looks
        How often it was evaluated after the check.
    alive
        The names of the arrays that change it although all their claims are 0.
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

    def reason_for_float64(self, report: Report | None) -> str:
        """Return why a check should be done in float64; "" where there is no reason.

        There is no report where the check was ended as it began.  Beyond the reasons of `rechecks`, f may change with
        arrays all of whose claims are 0: lines hardly see their slopes.
        """
        if self.is_over or report is None:
            return UNFINISHED.format(count=self._calls)
        if report.verdict != "right" or report.arithmetic == "float64" or is_limited(report, self._settings):
            return reason_for_float64(report, self._settings)
        return self._about_zeros(report)

    def _about_zeros(self, report: Report) -> str:
        """Return why arrays whose claims are all 0 may matter to f: lines through all of x see little of them."""
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
    """Whether f changes where tensors are moved along random signs, all of them at once.

    Where f does not depend on them, its value stays the same to the last bit, in any arithmetic.
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
