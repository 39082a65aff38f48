"""Functions of tensors in float32, checked with their values in float64 at the same point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...arguments.mapping import mapped
from ...outputs.products import check_jvp, check_vjp
from ...outputs.several import together
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat
from ...problem.rounding import (
    EVALUATED,
    ROOTS,
    UNITS,
    Agreement,
    not_evaluated,
    rounded_anew,
    without_rounding,
)
from ...report.report import Report
from ..arguments import Arguments, WideArguments
from ..backward import run_backward
from ..operators import Operator, check_operator
from ..tensors import imported, numbers_of
from .lifting import Lifting

KIND = "float32"


def check_function_in_float64(
    function: Any, inputs: Any, kwargs: Mapping[str, Any] | None, forward: bool, settings: dict[str, Any]
) -> Report:
    """Check a function of tensors with its values in float64; the arguments are those of `gradproof.torch.check`."""
    torch = imported()
    own = Operator(torch, function, Arguments(torch, function, inputs, kwargs))
    if all(array.dtype in (np.float64, np.complex128) for array in own.arguments.x.values()):
        return check_operator(own, forward, settings)
    lifted = LiftedOperator(torch, function, WideArguments(torch, function, inputs, kwargs))
    with own.kept():
        if reason := _refusal(own, lifted):
            report = check_operator(own, forward, settings)
            return replace(report, warnings=(*report.warnings, not_evaluated(reason)))
        return _Precise(own, lifted).check(forward, settings)


class LiftedOperator(Operator):
    """A function of tensors that is evaluated in float64, with its derivatives."""

    def __init__(self, torch: Any, function: Any, arguments: Arguments) -> None:
        super().__init__(torch, function, arguments)
        self.lifting = Lifting(torch, [], drawn=torch.float32)

    def graph(self, x: Mapping[str, Flat]) -> tuple[Any, dict[str, Any]]:
        """Return what the function returns in float64, and the tensors on which it depends, by name."""
        with self.lifting.active():
            return super().graph(x)

    def jvp(self, x: Mapping[str, Flat], tangent: Mapping[str, Flat]) -> Any:
        """Return the product with a tangent in float64."""
        with self.lifting.active():
            return super().jvp(x, tangent)

    def _pull(self, outputs: Any, tensors: Any, incoming: Any, retain_graph: bool) -> Any:
        # Not torch.autograd.grad: inside of a function of PyTorch nothing is lifted.
        with self.lifting.active():
            return run_backward(self._torch, outputs, tensors, incoming, retain_graph=retain_graph)


class _Precise:
    """A function in float64, with derivatives as they are claimed in the user's own arithmetic."""

    def __init__(self, own: Operator, lifted: LiftedOperator) -> None:
        self._own = own
        self._lifted = lifted
        self._random = np.random.default_rng(0)
        # How the claims agree with those in float64, of all products the worst.
        self._agreement: Agreement | None = None

    def check(self, forward: bool, settings: dict[str, Any]) -> Report:
        """Check the backward pass, and the forward mode if that is asked for."""
        reports = []
        for check, product in ((check_vjp, self._vjp), (check_jvp, self._jvp))[: 1 + forward]:
            self._agreement = None
            report = self._own.noted(check(self._lifted, product, self._lifted.arguments.x, **settings))
            notes = [EVALUATED]
            if self._agreement is not None:
                notes.append(self._agreement.sentence())
            reports.append(replace(report, warnings=(*report.warnings, *notes)))
        return together(reports)

    def _vjp(self, x: Mapping[str, Flat], cotangent: Any) -> Any:
        claimed = self._own.vjp(self._own.arguments.x, cotangent)
        return self._clean(claimed, lambda point: self._lifted.vjp(point, cotangent), x)

    def _jvp(self, x: Mapping[str, Flat], tangent: Mapping[str, Flat]) -> Any:
        claimed = self._own.jvp(self._own.arguments.x, tangent)
        return self._clean(claimed, lambda point: self._lifted.jvp(point, tangent), x)

    def _clean(self, claimed: Any, exact: Callable[[Mapping[str, Flat]], Any], x: Mapping[str, Flat]) -> Any:
        """Return a claimed product with what rounding explains taken out."""

        def nearby() -> dict[str, Flat]:
            moved = {name: one * rounded_anew(self._random, KIND, one.shape) for name, one in x.items()}
            with self._lifted.lifting.rounding(self._random, KIND):
                return _listed(exact(moved))

        own, wide = _listed(claimed), _listed(exact(x))
        if not own or own.keys() != wide.keys():
            return claimed
        clean, agreement = without_rounding(own, wide, KIND, nearby)
        self._agreement = agreement.worse(self._agreement)
        return _filled(claimed, iter(clean.values()))


def _listed(value: Any) -> dict[str, Flat]:
    """Return the arrays of a structure, by their numbers."""
    return {str(number): array for number, array in enumerate(numbers_of(value))}


def _filled(value: Any, arrays: Iterator[Flat]) -> Any:
    """Return a structure with other arrays in place of its own."""
    return mapped(value, lambda part: next(arrays) if isinstance(part, (np.ndarray, np.generic)) else part)


def _refusal(own: Operator, lifted: LiftedOperator) -> str:
    """Return why a function cannot be evaluated in float64; "" if it can."""
    if any(np.iscomplexobj(array) for array in own.arguments.x.values()):
        return "complex numbers are checked as they are"
    plain = own(own.arguments.x)
    lifted.share(own)
    try:
        wide = lifted(lifted.arguments.x)
        lifted.vjp(lifted.arguments.x, wide)
    except Exception as problem:  # the user's function may raise anything
        raise_of_signal(problem)
        return f"{type(problem).__name__}: {str(problem).partition(chr(10))[0]}"
    if lifted.lifting.lower:
        # Where a part of f moves in coarser steps than the rest, small steps do not see it.
        return f"PyTorch has no float64 for {', '.join(lifted.lifting.lower)}"
    for one, other in zip(numbers_of(plain), numbers_of(wide), strict=True):
        if np.iscomplexobj(other):
            return "complex numbers are checked as they are"
        if other.dtype != np.float64:
            return "what it returns is not computed by functions of PyTorch"
        if _is_apart(one.astype(np.float64), other):
            return "there, its values are others than as it is"
    return ""


def _is_apart(one: Flat, other: Flat) -> bool:
    """Whether two outputs differ by more than rounding in single precision explains."""
    known = np.isfinite(one) & np.isfinite(other)
    largest = float(np.max(np.abs(other), where=known, initial=0.0))
    apart = float(np.max(np.abs(one - other), where=known, initial=0.0))
    return apart > ROOTS * math.sqrt(UNITS[KIND]) * largest
