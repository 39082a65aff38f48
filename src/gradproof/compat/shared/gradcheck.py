"""What gradcheck tests, in the order of PyTorch's own: numbers, tangents, incoming gradients."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from ...outputs.claimed.claims import ByCovectors, ByTangents
from ...problem.exceptions import raise_of_signal
from ...report.raising import GradientError
from ...report.report import Report
from ...torch.arguments import Arguments, OwnArguments
from ...torch.tensors import numbers_of, tensors_of
from .backward import Backward, FaultError, can_batch
from .equality import right_near_x
from .fast_path import FastPath
from .forward import Forward
from .retained_graph import RetainedGraph
from .tolerances import Tolerances


class Modes(NamedTuple):
    """What is to be tested."""

    backward: bool
    forward: bool
    nondet_tol: float
    undefined: bool
    types: bool
    batched: bool
    batched_forward: bool

    def refuse_contradictions(self) -> None:
        """Raise the errors that PyTorch raises."""
        if not (self.forward or self.backward):
            raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
        if self.batched and not self.backward:
            raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
        if self.batched_forward and not self.forward:
            raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")


def are_dense(torch: Any, given: Sequence[Any]) -> bool:
    """Whether all tensors are dense ones, whose values NumPy can see."""
    return all(one.layout is torch.strided for _, one in tensors_of(torch, tuple(given)))


def by_pytorch(func: Any, given: tuple[Any, ...], numbers: dict[str, Any], modes: Modes) -> None:
    """Leave the check to PyTorch's own function."""
    pytorchs().gradcheck(
        func,
        given,
        **{name: value for name, value in numbers.items() if value is not None},
        nondet_tol=modes.nondet_tol,
        check_undefined_grad=modes.undefined,
        check_grad_dtypes=modes.types,
        check_batched_grad=modes.batched,
        check_batched_forward_grad=modes.batched_forward,
        check_forward_ad=modes.forward,
        check_backward_ad=modes.backward,
    )


def run(torch: Any, func: Any, given: tuple[Any, ...], tolerances: Tolerances, modes: Modes) -> None:
    """Raise a GradcheckError unless all that is to be tested is right."""
    if not callable(func):
        kind = type(func).__name__
        raise TypeError(f"func must be a function, not an object of type {kind}: call gradcheck(func, inputs)")
    if not any(one.requires_grad for _, one in tensors_of(torch, given)):
        are_arrays = any(isinstance(one, np.ndarray) for one in given)
        instead = "; pass torch.tensor(x, requires_grad=True) for an array x" if are_arrays else ""
        raise ValueError(f"gradcheck expects at least one input tensor to require gradient{instead}")

    def function(*args: Any) -> Any:  # the parameters of a module are none of gradcheck's inputs
        return func(*args)

    operator, outputs = _operator(torch, function, given)
    arguments = operator.arguments
    size = sum(array.size for array in numbers_of(outputs))
    is_number = size and any(np.isfinite(array).any() for array in arguments.x.values())
    report = None
    try:
        if is_number:
            report = _numbers(operator, outputs, tolerances, modes)
        _rest(torch, operator, given, modes)
    except FaultError as fault:
        if report is None and is_number:
            report = (operator.check_forward if modes.forward else operator.check)(atol=tolerances.floor(arguments.x))
        raise error()(report, str(fault)) from fault.__cause__
    finally:
        arguments.give_back()


def _operator(torch: Any, function: Any, given: tuple[Any, ...]) -> tuple[RetainedGraph, Any]:
    """Return the function with copies of its arguments, or with the user's own tensors where it needs these.

    Its outputs are returned as well.

    It needs them if it uses them from outside, whatever it is called with, or looks at memory around them.
    """
    operator = RetainedGraph(torch, function, Arguments(torch, function, given, None, only_marked=True))
    try:
        outputs = operator.begin()
        if not operator.captured:
            return operator, outputs
    except Exception as problem:  # if the copies are not the reason, this is met again
        raise_of_signal(problem)
    operator = RetainedGraph(torch, function, OwnArguments(torch, function, given, None, only_marked=True))
    return operator, operator.begin()


def _numbers(operator: RetainedGraph, outputs: Any, tolerances: Tolerances, modes: Modes) -> Report:
    """Compare derivatives with differences; return the last report."""
    x = operator.arguments.x
    settings: dict[str, Any] = {"atol": tolerances.floor(x)}
    fast: FastPath | None = None
    # What is infinite stays so, whatever is added.
    infinite = {name: ~np.isfinite(array) for name, array in x.items()}
    report: Any = None
    if modes.backward and modes.forward:
        operator.remember()
    for is_tested, is_right, check, claims, product in (
        (modes.backward, FastPath.backward_is_right, operator.check, ByCovectors, operator.vjp),
        (modes.forward, FastPath.forward_is_right, operator.check_forward, ByTangents, operator.jvp),
    ):
        if not is_tested:
            continue
        claiming = partial(claims, product)
        with operator.kept(), np.errstate(all="ignore"):
            near_x = right_near_x(operator.away, x, outputs, claiming)
            fast = None if near_x else fast or _fast_path(operator, outputs, **settings)
            if fast is not None and is_right(fast):
                continue
        settled = near_x or (fast.settled if fast else {})
        masks = {name: mask | settled[name] if settled else mask for name, mask in infinite.items()}
        held = masks if any(mask.any() for mask in masks.values()) else None
        report = check(**settings, held=held)
        if not report and not tolerances.excuse(report, operator, claiming, x, held=held):
            raise error()(report)
    return report  # type: ignore[no-any-return]


def _fast_path(operator: RetainedGraph, outputs: Any, atol: float) -> FastPath | None:
    """Return the fast path; None where something is unusual."""
    try:
        return FastPath(operator, outputs, atol)
    except Exception as problem:  # what the user's function raises at its arguments is met again
        raise_of_signal(problem)
        return None


def _rest(torch: Any, operator: RetainedGraph, given: tuple[Any, ...], modes: Modes) -> None:
    """Test what is no number."""
    if modes.forward:
        forward = Forward(torch, operator)
        if modes.undefined:
            forward.refuse_undefined()
        if modes.batched_forward and can_batch(torch):
            forward.refuse_unbatched()
        elif modes.batched_forward:
            _refuse_unbatched_tangents(operator.function, given)
    if not modes.backward:
        return
    backward = Backward(torch, operator)
    backward.refuse_what_varies(modes.nondet_tol)
    if modes.types:
        backward.refuse_types()
    if modes.batched:
        backward.refuse_unbatched()
    if modes.undefined:
        backward.refuse_undefined()


def pytorchs() -> Any:
    """Return PyTorch's module of the same functions, which as an attribute is hidden by one of them."""
    return importlib.import_module("torch.autograd.gradcheck")


def _refuse_unbatched_tangents(func: Any, given: tuple[Any, ...]) -> None:
    """Let PyTorch compare several tangents at once: a vmap over its forward mode is not public."""
    asked = {"check_forward_ad": True, "check_backward_ad": False, "check_undefined_grad": False, "fast_mode": True}
    try:
        pytorchs().gradcheck(func, given, atol=math.inf, check_batched_forward_grad=True, **asked)
    except pytorchs().GradcheckError as problem:
        raise FaultError(f"Batched tangents differ, or cannot be computed: {problem}") from problem


@cache
def error() -> Any:
    """Return the type of the exceptions, which is PyTorch's, too."""
    theirs: Any = pytorchs().GradcheckError

    class GradcheckError(GradientError, theirs):  # type: ignore[misc]
        """What gradcheck raises: a `gradproof.GradientError` and PyTorch's own GradcheckError."""

        def __init__(self, report: Any, reason: str = "") -> None:
            if report is None:  # there was no number to compare
                AssertionError.__init__(self)
                self.report = report  # type: ignore[assignment]
            else:
                super().__init__(report)
            self.reason = reason
            self.args = ("\n".join([reason] * bool(reason) + [str(report)] * bool(report is not None)),)

        def __reduce__(self) -> tuple[Any, ...]:
            return (type(self), (self.report, self.reason))

    GradcheckError.__module__, GradcheckError.__qualname__ = "gradproof.compat.torch", "GradcheckError"
    return GradcheckError
