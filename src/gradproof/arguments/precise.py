"""Functions of x in float32 or less, checked with the objective in float64 at the same point."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from typing import Any

import numpy as np

from ..evaluators.objectives import InPlace, NativeFunction, Terms
from ..problem.numbers import Flat
from ..problem.point import read
from ..problem.rounding import (
    EVALUATED,
    ROOTS,
    TERMS,
    UNITS,
    Agreement,
    not_evaluated,
    rounded_anew,
    without_rounding,
)
from .mapping import mapped
from .reading import Asked

# By the name of a type: the precision of its numbers, and the type that takes its place.
LOW = {"float16": ("float16", "float64"), "float32": ("float32", "float64"), "complex64": ("float32", "complex128")}
COARSE = (
    "f was called with x in float64, at the same point, but its values are {kind}: convert the arrays and numbers that "
    "it uses, too, and smaller errors are seen."
)


class InFloat64:
    """A check whose objective gets x in float64, while the gradient is the one at x as it is.

    Parameters
    ----------
    asked, rows
        The check, and the rows that it is on: with these there is none in float64.

    Attributes
    ----------
    asked
        The same with x in float64; as it was where there is nothing to widen.
    rtol, atol
        What the rounding of a claim allows that cannot be compared with the same gradient in float64; else 0.
    """

    def __init__(self, asked: Asked, rows: int | None) -> None:
        if rows is not None:
            raise TypeError("precision cannot be used with rows: convert the data and x to float64")
        if isinstance(asked.objective, (InPlace, NativeFunction, Terms)):
            raise TypeError("precision needs a function f(x) that can be called with an x in float64")
        self._own = asked
        kinds: set[str] = set()
        x = _wider(asked.x, kinds)
        self._kind = max(kinds, key=lambda name: UNITS[name], default="")
        self.rtol = self.atol = 0.0
        self._agreement: Agreement | None = None
        self._random = np.random.default_rng(0)
        self.asked = asked
        self._refusal = _refusal(asked.objective, x) if kinds else ""
        if not kinds or self._refusal:
            return
        self._layout, self._x = read(x)
        is_function = callable(asked.gradient)
        self._has_exact = is_function and _is_exact(asked.gradient, x)
        if not self._has_exact:
            claimed = self._flat(asked.gradient(_copied(asked.x)) if is_function else asked.gradient)
            unit = UNITS[self._kind]
            self.rtol = ROOTS * math.sqrt(unit)
            self.atol = TERMS * unit * float(np.sqrt(np.mean(np.square(claimed))))
        claim = self._claimed if is_function else _wider(asked.gradient, set())
        self.asked = asked._replace(gradient=claim, x=x)

    def _claimed(self, x: Any) -> Any:
        """Return the gradient at the user's own x, with what rounding explains taken out."""
        claimed = self._flat(self._own.gradient(_copied(self._own.x)))
        if self._has_exact:
            parts, self._agreement = without_rounding(
                self._parts(claimed), self._exact(self._x), self._kind, self._nearby
            )
            claimed = np.concatenate(list(parts.values()))
        return self._layout.build(claimed)

    def _exact(self, flat: Flat) -> dict[str, Flat]:
        return self._parts(self._flat(self._own.gradient(self._layout.build(flat.copy()))))

    def _nearby(self) -> dict[str, Flat]:
        return self._exact(self._x * rounded_anew(self._random, self._kind, self._x.shape))

    def _flat(self, value: Any) -> Flat:
        return self._layout.flatten(_wider(value, set()), "the gradient", absent=[])

    def _parts(self, flat: Flat) -> dict[str, Flat]:
        return {leaf.path: flat[leaf.start : leaf.stop] for leaf in self._layout.leaves}

    def noted(self, report: Any) -> Any:
        """Return a report with what there is to say of the evaluation in float64."""
        return replace(report, warnings=(*report.warnings, *self._notes(report.arithmetic)))

    def _notes(self, arithmetic: str) -> tuple[str, ...]:
        if self._refusal:
            return (not_evaluated(self._refusal),)
        if not self._kind:
            return ()
        evaluated = EVALUATED if arithmetic == "float64" else COARSE.format(kind=arithmetic)
        if self._agreement is not None:
            return evaluated, self._agreement.sentence()
        return evaluated, (
            f"The gradient is known in {self._kind} alone: what rounding in it can explain, {self.rtol:.1g} of a "
            f"component and {self.atol:.1g}, was allowed."
        )


def _refusal(objective: Any, x: Any) -> str:
    """Return why an objective cannot be called with x in float64; "" if it can."""
    try:
        objective(_copied(x))
    except Exception as problem:  # if the precision was not the reason, the check raises it
        return f"{type(problem).__name__}: {problem}"
    return ""


def _is_exact(gradient: Any, x: Any) -> bool:
    """Whether a gradient is computed in float64 where x is."""
    try:
        return not _holds_low(gradient(_copied(x)))
    except Exception:  # if the precision was not the reason, the check raises it
        return False


def _wider(value: Any, kinds: set[str]) -> Any:
    """Return a structure with its arrays in float64; add the types of what was converted."""

    def wide(part: Any) -> Any:
        kind = str(getattr(part, "dtype", ""))
        if kind not in LOW:
            return part
        precision, wider = LOW[kind]
        kinds.add(precision)
        return part.astype(wider)

    return mapped(value, wide)


def _holds_low(value: Any) -> bool:
    kinds: set[str] = set()
    _wider(value, kinds)
    return bool(kinds)


def _copied(value: Any) -> Any:
    """Return a copy, which the user's function may modify."""
    return copy.deepcopy(value)
