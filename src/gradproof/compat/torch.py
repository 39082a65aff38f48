"""PyTorch's gradcheck and gradgradcheck, with gradproof's differences; PyTorch is imported when they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..torch.backward import pulled
from ..torch.tensors import imported
from .shared.backward import SEED
from .shared.gradcheck import Modes, are_dense, by_pytorch, error, pytorchs, run
from .shared.tolerances import Tolerances

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
        Without them gradproof decides, which finds relative errors of 1e-5; absolute errors of up to 1e-9 in double
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
    What could not be decided does not pass, unless tolerances are given and met by differences; or if only the value at
    the arguments is another one than beside them, as where a function compares them by ``==``, and differences agree;
    or where steps as those of ``round(x, decimals=3)`` have the gradient 0.

    The function is called twice at the arguments and twice for each number in them (twice more where it moves in steps
    alone, as round, or where an input holds whole numbers alone, and four times for each of these that is compared by
    ``==``; a few times more for a number along which small outputs are noisy, and some twenty times at a kink); all
    backward passes at the arguments go through one graph.  What is right passes by these
    calls alone; a report is made of what is not.

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
    modes = Modes(
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
        if are_dense(torch, given):
            run(torch, func, given, Tolerances(atol, rtol), modes)
        else:
            by_pytorch(func, given, {"eps": eps, "atol": atol, "rtol": rtol, "masked": masked}, modes)
    except pytorchs().GradcheckError:
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
        found = pulled(torch, _with_gradient(torch, func(*args)), checked, arguments[len(given) :], create_graph=True)
        # If there is none at all, nothing depends on the inputs, and their gradients are zeros.
        return tuple(one for one in found if one is not None) or tuple(map(torch.zeros_like, checked))

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


def __getattr__(name: str) -> Any:
    if name == "GradcheckError":
        return error()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
