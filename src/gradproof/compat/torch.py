"""PyTorch's gradcheck and gradgradcheck, with gradproof's differences; PyTorch is imported when they are called."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from ..outputs.claimed.claims import ByCovectors, ByTangents
from ..report.report import GradientError, Report
from ..torch.arguments import Arguments, OwnArguments
from ..torch.operators import Operator
from ..torch.tensors import imported, numbers_of, tensors_of
from .backward import SEED, Backward, FaultError
from .forward import Forward
from .tolerances import Tolerances

__all__ = ["gradcheck", "gradgradcheck"]


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Check gradients as ``torch.autograd.gradcheck`` does, with its arguments and results.

    Parameters
    ----------
    func : callable
        ``func(*inputs)`` returns a tensor, or a tuple of tensors.
    inputs : tensor or tuple of tensors
        The arguments; those that require a gradient are checked, in single precision, too.  Sparse tensors are left to
        PyTorch's own function.
    eps : float, optional
        Not needed: steps are chosen from what is measured.
    atol, rtol : float, optional
        Without them gradproof decides, which finds relative errors of 1e-5; absolute errors of up to 1e-12 in double
        and 1e-5 in single precision pass, for a claim of 0 is rounded, too.  Where one is given, derivatives with
        ``|claimed - measured| <= atol + rtol * |measured|`` pass as well, and a tolerance that is not given is 0.
    raise_exception : bool, optional
        Whether to raise an exception if a gradient is wrong (the default), or to return False.
    nondet_tol : float, optional
        By how much two backward passes through the same graph may differ.
    check_undefined_grad : bool, optional
        Whether undefined incoming gradients must count as zeros.
    check_grad_dtypes : bool, optional
        Whether gradients must have the types of their inputs.
    check_batched_grad, check_batched_forward_grad : bool, optional
        Whether several gradients or tangents at once must give the same as one after another.
    check_forward_ad, check_backward_ad : bool, optional
        Which modes to check.
    fast_mode : bool, optional
        Not needed: long inputs are checked along random lines anyway.
    masked : bool, optional
        For sparse tensors only.

    Returns
    -------
    bool
        Whether all is right; False only without `raise_exception`.

    Raises
    ------
    GradcheckError
        If something is wrong, or could not be decided.  It is a `gradproof.GradientError`, whose `report` says where
        and why, a RuntimeError, and PyTorch's own ``GradcheckError``.
    ValueError
        If no input requires a gradient.

    Notes
    -----
    What could not be decided does not pass, unless tolerances are given and met by differences.

    Examples
    --------
    >>> import torch
    >>> from gradproof.compat.torch import gradcheck
    >>> x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
    >>> gradcheck(torch.sin, x)
    True
    >>> gradcheck(lambda x: x * x.detach(), x, raise_exception=False)
    False
    """
    modes = _Modes(
        backward=check_backward_ad,
        forward=check_forward_ad,
        nondet_tol=nondet_tol,
        undefined=check_undefined_grad,
        types=check_grad_dtypes,
        batched=check_batched_grad,
        batched_forward=check_batched_forward_grad,
    )
    modes.refuse_contradictions()
    torch = imported()
    given = tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)
    try:
        if _are_dense(torch, given):
            _run(torch, func, given, Tolerances(atol, rtol), modes)
        else:
            _by_pytorch(func, given, {"eps": eps, "atol": atol, "rtol": rtol, "masked": masked}, modes)
    except _pytorchs().GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Check gradients of gradients as ``torch.autograd.gradgradcheck`` does, with its arguments and results.

    Parameters
    ----------
    func, inputs, eps, atol, rtol, raise_exception, nondet_tol, check_undefined_grad, check_grad_dtypes
        As for `gradcheck`.
    check_batched_grad, fast_mode, masked
        As for `gradcheck`.
    grad_outputs : tensor or tuple of tensors, optional
        The gradients that come in; random ones by default, always the same.
    gen_non_contig_grad_outputs : bool, optional
        Whether the random ones are not contiguous.
    check_fwd_over_rev, check_rev_over_rev : bool, optional
        Whether to check the forward mode of gradients, and the backward pass of gradients.

    Returns
    -------
    bool
        As for `gradcheck`.

    Raises
    ------
    GradcheckError, ValueError
        As for `gradcheck`.

    Examples
    --------
    >>> import torch
    >>> from gradproof.compat.torch import gradgradcheck
    >>> gradgradcheck(torch.sin, torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True))
    True
    """
    torch = imported()
    given = tuple(inputs) if isinstance(inputs, (list, tuple)) else (inputs,)
    if grad_outputs is None:
        incoming = _incoming(torch, _with_gradient(torch, func(*given)), gen_non_contig_grad_outputs)
    else:
        incoming = tuple(grad_outputs) if isinstance(grad_outputs, (list, tuple)) else (grad_outputs,)
    marked = [isinstance(one, torch.Tensor) and one.requires_grad for one in given]

    def gradients(*arguments: Any) -> tuple[Any, ...]:
        args = [one.requires_grad_() if is_marked else one for one, is_marked in zip(arguments, marked, strict=False)]
        checked = [one for one, is_marked in zip(args, marked, strict=True) if is_marked]
        found = torch.autograd.grad(
            _with_gradient(torch, func(*args)), checked, arguments[len(given) :], create_graph=True, allow_unused=True
        )
        return tuple(one for one in found if one is not None)

    return gradcheck(
        gradients,
        given + incoming,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        fast_mode=fast_mode,
        masked=masked,
    )


class _Modes(NamedTuple):
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


def _are_dense(torch: Any, given: Sequence[Any]) -> bool:
    return all(str(one.layout) == "torch.strided" for _, one in tensors_of(torch, tuple(given)))


def _by_pytorch(func: Any, given: tuple[Any, ...], numbers: dict[str, Any], modes: _Modes) -> None:
    """Leave the check to PyTorch's own function."""
    _pytorchs().gradcheck(
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


def _with_gradient(torch: Any, outputs: Any) -> tuple[Any, ...]:
    every = tuple(outputs) if isinstance(outputs, (list, tuple)) else (outputs,)
    return tuple(one for one in every if isinstance(one, torch.Tensor) and one.requires_grad)


def _incoming(torch: Any, outputs: Sequence[Any], is_apart: bool) -> tuple[Any, ...]:
    """Return random gradients for outputs, the same at every call; every second element of a tensor if `is_apart`."""
    random = torch.Generator().manual_seed(SEED)
    found = []
    for one in outputs:
        values = torch.randn((*one.shape, 2), generator=random, dtype=one.dtype).to(one.device)
        found.append((values[..., 0] if is_apart else values[..., 0].clone()).detach().requires_grad_())
    return tuple(found)


def _run(torch: Any, func: Any, given: tuple[Any, ...], tolerances: Tolerances, modes: _Modes) -> None:
    """Raise a GradcheckError unless all that is to be tested is right."""
    if not any(one.requires_grad for _, one in tensors_of(torch, given)):
        raise ValueError("gradcheck expects at least one input tensor to require gradient")

    def function(*args: Any) -> Any:  # the parameters of a module are none of gradcheck's inputs
        return func(*args)

    operator = _operator(torch, function, given)
    arguments = operator.arguments
    size = sum(array.size for array in numbers_of(operator(arguments.x)))
    report = None
    try:
        if size and any(array.size for array in arguments.x.values()):
            report = _numbers(operator, tolerances, modes)
        _rest(torch, operator, given, modes)
    except FaultError as fault:
        raise _error()(report, str(fault)) from fault.__cause__
    finally:
        arguments.give_back()


def _operator(torch: Any, function: Any, given: tuple[Any, ...]) -> Operator:
    """Return the function with copies of its arguments, or with the user's own tensors where it needs these.

    It needs them if it uses them from outside, whatever it is called with, or looks at memory around them.
    """
    operator = Operator(torch, function, Arguments(torch, function, given, None, only_marked=True))
    try:
        operator(operator.arguments.x)
        needs_own = bool(operator.captured)
    except Exception:  # if the copies are not the reason, this is met again
        needs_own = True
    if not needs_own:
        return operator
    return Operator(torch, function, OwnArguments(torch, function, given, None, only_marked=True))


def _numbers(operator: Operator, tolerances: Tolerances, modes: _Modes) -> Report:
    """Compare derivatives with differences; return the last report."""
    x = operator.arguments.x
    settings: dict[str, Any] = {"atol": tolerances.floor(x)}
    if not all(np.isfinite(array).all() for array in x.values()):
        # What is infinite stays so, whatever is added.
        settings["held"] = {name: ~np.isfinite(array) for name, array in x.items()}
    report: Any = None
    for is_tested, check, claims, product in (
        (modes.backward, operator.check, ByCovectors, operator.vjp),
        (modes.forward, operator.check_forward, ByTangents, operator.jvp),
    ):
        if not is_tested:
            continue
        report = check(**settings)
        if not report and not tolerances.excuse(
            report, operator, partial(claims, product), x, held=settings.get("held")
        ):
            raise _error()(report)
    return report  # type: ignore[no-any-return]


def _rest(torch: Any, operator: Operator, given: tuple[Any, ...], modes: _Modes) -> None:
    """Test what is no number."""
    if modes.forward:
        if modes.undefined:
            Forward(torch, operator).refuse_undefined()
        if modes.batched_forward:
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


def _pytorchs() -> Any:
    """Return PyTorch's module of the same functions, which as an attribute is hidden by one of them."""
    return importlib.import_module("torch.autograd.gradcheck")


def _refuse_unbatched_tangents(func: Any, given: tuple[Any, ...]) -> None:
    """Let PyTorch compare several tangents at once: a vmap over its forward mode is not public."""
    _pytorchs().gradcheck(
        func,
        given,
        atol=math.inf,
        check_forward_ad=True,
        check_backward_ad=False,
        check_batched_forward_grad=True,
        check_undefined_grad=False,
        fast_mode=True,
    )


@cache
def _error() -> Any:
    """Return the type of the exceptions, which is PyTorch's, too."""
    theirs: Any = _pytorchs().GradcheckError

    class GradcheckError(GradientError, theirs):  # type: ignore[misc]
        """What gradcheck raises: a `gradproof.GradientError` and PyTorch's own GradcheckError."""

        def __init__(self, report: Any, reason: str = "") -> None:
            super().__init__(report)
            self.reason = reason
            self.args = ("\n".join([reason] * bool(reason) + [str(report)] * bool(report is not None)),)

        def __reduce__(self) -> tuple[Any, ...]:
            return (type(self), (self.report, self.reason))

    GradcheckError.__module__, GradcheckError.__qualname__ = __name__, "GradcheckError"
    return GradcheckError


def __getattr__(name: str) -> Any:
    if name == "GradcheckError":
        return _error()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
