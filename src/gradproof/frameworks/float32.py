"""Checks in float32 of which float64 has the last word: where float32 hides the answer, or gives it late."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from ..core.lines.arrays import BESIDES, MOST_PAIRS
from ..engine import MODES, uses_lines
from ..problem.numbers import Flat
from ..report.cause import Cause
from ..report.report import Report
from .kinks import LIMITS, is_limited, with_notes
from .names import listed

# By which part of their size arrays are moved to see whether f changes with them, and the least size, of the usual one.
STEP, FLOOR = 0.125, 0.1
# Of arrays that are chosen, some may be held, and claim what they will.
CHOICES = ("only", "held")
# A check along lines in float32 that takes so many evaluations more than a right gradient does would take thousands.
LATE = 150
# A factor that is off by as many of its error bars is clearly wrong in float32, too.
CLEAR = 8
IN_DOUBT = (
    "In float32 lines disagreed with the gradient, but no coordinate was confirmed ({count:,} evaluations): the check "
    "was done in float64."
)
UNDECIDED = "In float32 the check could not decide ({count:,} evaluations): it was done in float64."
ALIVE = (
    "f changes with arrays all of whose claims are 0 ({names}), by slopes that float32 may hide: the check was done in "
    "float64."
)
UNKNOWN = "f changes with arrays all of whose claims are 0 ({names}): by what slope, float32 does not tell."
UNFINISHED = "In float32 the check had not come to an end after {count:,} evaluations: it was done in float64."

Function = Callable[..., Any]
# Whether a function has another value than at x where arrays of these names are moved, by steps that a seed draws.
IsMoved = Callable[[Function, Sequence[str], int], bool]


class EndedError(KeyboardInterrupt):
    """Ends a check as Ctrl-C would; `Float32Check` raises it, and knows why."""


class Float32Check:
    """What ends a check along lines in float32 where float64 is sooner at its end, and says where float64 decides.

    Before its lines it looks whether f changes with arrays of which all claims are 0: lines see little of their slopes.

    Parameters
    ----------
    function
        The function that is checked.
    sizes
        The numbers of coordinates of its arrays, by name.
    settings
        Those of the check: where there are limits among them, this ends nothing.
    is_moved
        Whether it has another value where arrays are moved.

    Attributes
    ----------
    is_over
        Whether it has ended a check.
    """

    def __init__(
        self, function: Function, sizes: Mapping[str, int], settings: Mapping[str, Any], is_moved: IsMoved
    ) -> None:
        self._function = function
        self._sizes = sizes
        self._settings = settings
        self._is_moved = is_moved
        has_end = goes_along_lines(sum(sizes.values()), settings) and not any(settings.get(one) for one in LIMITS)
        self._most = BESIDES + 2 * min(len(sizes), MOST_PAIRS) + LATE if has_end else None
        self._calls = 0
        # How often the function was evaluated before the check, and what it changes with although all claims are 0.
        self._looks = 0
        self._alive = ""
        self.is_over = False

    def limited(self, function: Function) -> Function:
        """Return a function, this one or another form of it, whose calls count."""

        def counted(*point: Any) -> Any:
            self.is_over = self._calls == self._most
            if self.is_over:
                raise EndedError
            self._calls += 1
            return function(*point)

        return function if self._most is None else counted

    def noted(self, gradient: Function) -> Function:
        """Return a claimed gradient whose first result ends the check where f changes with arrays that it leaves 0."""

        def looked(*point: Any) -> Any:
            claimed = gradient(*point)
            if not self._looks:
                self._look(claimed)
            return claimed

        return gradient if self._most is None or any(self._settings.get(one) is not None for one in CHOICES) else looked

    def _look(self, claimed: Any) -> None:
        """End the check where f changes with some arrays of which all claims are 0, unless all of them are."""
        named = claimed if isinstance(claimed, Mapping) else {}
        zeros = [name for name in self._sizes if name in named and _is_zero(np.asarray(named[name]))]
        if not 0 < len(zeros) < len(self._sizes):
            return

        def counted(*point: Any) -> Any:
            self._looks += 1
            try:
                return self._function(*point)
            except Exception:  # outside of its domain f may raise anything
                return math.nan

        if self._is_moved(counted, zeros, self._settings.get("seed", 0)):
            self._alive = listed(zeros)
            raise EndedError

    def reason_for_float64(self, report: Report | None) -> str:
        """Return why a check is to be done in float64; "" where there is no reason.

        There is no report where this has ended a check that was about to begin.

        Nothing is decided; or lines disagree and nothing is clearly wrong, as a coordinate is, or a factor by many of
        its error bars; or f changes with arrays of which all claims are 0.
        """
        if self._alive:
            return ALIVE.format(names=self._alive)
        if self.is_over or report is None:
            return UNFINISHED.format(count=self._calls)
        if report.arithmetic == "float64" or report.verdict == "right" or is_limited(report, self._settings):
            return ""
        if report.verdict == "inconclusive":
            return "" if report.nondeterministic else UNDECIDED.format(count=report.evaluations)
        wrong = [one for one in report.findings if one.cause is Cause.WRONG]
        is_clear = report.power is None or any(
            not one.is_line or abs(one.factor - 1) > CLEAR * one.factor_bar for one in wrong
        )
        return "" if is_clear else IN_DOUBT.format(count=report.evaluations)

    def told(self, report: Report) -> Report:
        """Return the report of a check that was not done in float64, although there may be a reason."""
        is_unknown = self._alive and report.verdict == "right" and report.arithmetic != "float64"
        notes = [UNKNOWN.format(names=self._alive)] if is_unknown else []
        return with_notes(replace(report, evaluations=report.evaluations + self._looks), notes)


def _is_zero(array: Flat) -> bool:
    return array.dtype.kind == "f" and not array.any()


def in_float64(
    float32_check: Float32Check, check: Callable[[Float32Check | None], Report], again: Callable[[], Any]
) -> Report:
    """Return the report of a check; of one in float64 where float32 hides the answer, or gives it late.

    Parameters
    ----------
    float32_check
        What ends the check, and says where float64 decides.
    check
        Checks as things are, with the function and the gradient that the other returns, if it is not None.
    again
        Checks in float64, and returns the report; anything else if that cannot be.
    """
    report = None
    with suppress(EndedError):
        report = check(float32_check)
    reason = float32_check.reason_for_float64(report)
    found = again() if reason else None
    if isinstance(found, Report):
        return with_notes(found, [reason])
    if report is None or float32_check.is_over:
        report = check(None)
    return float32_check.told(report)


def moves(arrays: Iterable[Flat], seed: int) -> Iterator[Flat]:
    """Yield steps for arrays along random signs, by a part of the size of each coordinate.

    f that does not depend on the arrays has the same value to the last bit where all are moved, in any arithmetic.
    """
    random = np.random.default_rng(seed)
    for array in arrays:
        usual = math.sqrt(float(np.mean(np.square(array, dtype=np.float64)))) or 1.0
        signs = random.integers(0, 2, array.shape, np.uint8)
        sizes = np.maximum(np.abs(array), array.dtype.type(FLOOR * usual))
        yield np.array([-STEP, STEP], array.dtype)[signs] * sizes


def is_another(values: Sequence[Any]) -> bool:
    """Whether a value between the first and the last one, both of x, is another; not if those two differ."""
    first, *between, last = values
    return np.array_equal(first, last) and not all(np.array_equal(first, one) for one in between)


def goes_along_lines(n: int, settings: Mapping[str, Any]) -> bool:
    """Whether a check of so many coordinates goes along lines, as far as it does not depend on a budget."""
    mode = settings.get("mode", "auto")
    return mode in MODES and uses_lines(n, mode, 0)
