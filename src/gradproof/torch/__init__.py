"""Gradient checks for PyTorch: of the gradient of a loss, and of the backward pass of functions of tensors.

PyTorch is imported when a function of this module is called.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.settings import refuse_unknown_precision
from .lifted.functions import check_function_in_float64
from .modules import check_loss
from .operators import check_function

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..run.keywords import CheckSettings, Inconclusive, TorchSettings

__all__ = ["assert_gradient", "check"]


def check(
    function: Any,
    inputs: Any = None,
    *,
    loss: Callable[[], Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    forward: bool = False,
    **settings: Unpack[CheckSettings],
) -> Report:
    """Check gradients that PyTorch computes: ``check(module, loss)``, or ``check(function, inputs)``.

    Parameters
    ----------
    function : callable, torch.nn.Module, or tensors
        With `inputs`: a function of tensors, such as the ``apply`` of an ``autograd.Function``, an operator, or a
        module, whose parameters are then checked, too.  It returns a tensor, or a (nested) dict, list or tuple of them.

        With a loss: a module; or its parameters as a mapping of names to tensors, pairs of names and tensors, a list of
        tensors, or a single tensor.  They must be on the CPU or on one CUDA device; those with ``requires_grad=False``
        are left out.
    inputs : tensor, tuple, list or dict; or callable
        The arguments: a tensor; a tuple or list, for ``function(*inputs)``; or a dict, for ``function(**inputs)``.
        Tensors of float32, float64, complex64 or complex128 that require a gradient are checked; if none does, all of
        them.  Anything else is held: integers, truth values, None, text.  They may stand in lists and dicts, too.

        A callable is a loss: ``loss()`` returns a tensor with one element, computed from the present values of the
        parameters.
    loss : callable, optional
        The same by name.
    kwargs : dict, optional
        More arguments by name, for ``function(*inputs, **kwargs)``.
    forward : bool, optional
        Whether to check the derivative in forward mode (``torch.func.jvp``), too.
    **settings
        As for `gradproof.check`: mode, seed, budget, time_limit, rtol, atol, bounds, only, held, progress; with a loss
        also save and resume.  ``precision="float64"`` evaluates a loss, or a function of float32 tensors, in float64 at
        the same point, whatever it is written for; derivatives stay those that PyTorch computes as things are.

    Returns
    -------
    Report
        Coordinates are named after the arguments of the function and the parameters of the module, such as
        ``layers.0.weight[3, 5]``; findings about a function with many outputs name both ends, such as
        ``output[2] / weight[3, 5]``.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError, ValueError
        If a tensor cannot be checked, or the loss does not return one real number.

    Notes
    -----
    For a function, derivatives come from ``torch.autograd.grad`` with random incoming gradients: a backward pass that
    forgets to multiply by its incoming gradient is found.  The function gets new tensors of the same strides; those
    of the user and the buffers of a module keep their values, `grad` and `requires_grad`.  Outputs that are integers,
    or have no gradient, are left out; if none has one, the derivatives are taken as 0.  Where PyTorch computes no
    gradient for an input, it is taken as 0 as well.

    For a loss, parameters are moved in place and restored bit for bit, and so is every `grad`.  A parameter that
    `backward()` leaves without a gradient counts as having gradient 0, so that a parameter detached by mistake is
    found.  Where a fused backward pass adds the gradient to `main_grad` of a parameter by itself, as in Megatron, and
    leaves `grad` None or marks it with `grad_added_to_main_grad`, that is the claim; what had been accumulated is put
    back.

    Before every call the state of modules (running means, vectors of power iterations) and of the random generators of
    PyTorch, NumPy and Python is put back, and at the end: dropout and batch normalisation are checked in train mode as
    they are.

    With ``precision="float64"`` a float64 tensor stands for each argument and parameter, and functions of PyTorch get
    float64 tensors.  No parameter is touched.  What rounding in float32 explains of the claimed gradient is not called
    wrong; a note says to how much it agrees with the same backward pass in float64.  Where the two differ by more than
    the last digits, the backward pass in float64 is repeated with errors of that size in the result of every operation:
    what these move as far is rounding, as where probabilities are next to 1.  A loss that computes in float16 or
    bfloat16, by its parameters or under autocast, is always evaluated so, and so is one with parameters of several
    precisions.  What cannot be evaluated in float64 is named, and checked as it is.  Where a check in
    float32 cannot decide, or takes 150 evaluations more along lines than a right gradient does, or lines disagree but
    neither a coordinate nor a factor is clearly wrong, it is done in float64, and that decides, unless budget,
    time_limit, save or resume is given.  So is, from the first, one along lines in which f changes, be it in the last
    bit, with arrays all of whose claims are 0, as of a layer that is frozen by mistake.

    Where arguments of relu, abs, leaky_relu or clamp are exactly 0, as after a block that starts at 0, kinks meet at x,
    and what automatic differentiation computes need not be a slope of f.  Along lines the check then takes the slope
    that PyTorch takes at 0 in place of the kink, for these arguments alone, and a note says so.  Where every coordinate
    is checked, that is done if the gradient disagrees, unless budget, time_limit, save or resume is given.  A backward
    pass by hand may take other slopes: a gradient that agrees with the loss as it is stays right, and a note says so.

    On a CUDA device parameters are moved where they are: nothing but a few numbers leaves it.  Such a check goes along
    lines; of the settings there are seed, budget, time_limit, rtol and atol.

    Examples
    --------
    The parameters of a model, by a loss:

    >>> import torch
    >>> import gradproof.torch
    >>> _ = torch.manual_seed(0)
    >>> model = torch.nn.Linear(3, 1).double()
    >>> inputs, targets = torch.randn(8, 3).double(), torch.randn(8, 1).double()
    >>> report = gradproof.torch.check(model, lambda: torch.mean((model(inputs) - targets) ** 2))
    >>> report.verdict, report.n
    ('right', 4)

    A backward pass that forgets a factor of 2:

    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, values):
    ...         ctx.save_for_backward(values)
    ...         return values**2
    ...
    ...     @staticmethod
    ...     def backward(ctx, incoming):
    ...         return incoming * ctx.saved_tensors[0]
    >>> report = gradproof.torch.check(Square.apply, torch.tensor([0.5, 1.0], dtype=torch.float64))
    >>> report.verdict, [finding.name for finding in report.findings]
    ('wrong', ['output[1] / values[1]', 'output[0] / values[0]'])

    An operator with an argument by name, in both modes:

    >>> rows = torch.tensor([[0.5, 1.0], [2.0, 0.25]], dtype=torch.float64)
    >>> gradproof.torch.check(torch.cumsum, rows, kwargs={"dim": 1}, forward=True).verdict
    'right'
    """
    if loss is None and not callable(inputs):
        if inputs is None and kwargs is None:
            raise TypeError("inputs are missing: call check(function, inputs), or check(module, loss)")
        refuse_unknown_precision(precision := settings.pop("precision", None))
        checked = check_function if precision is None else check_function_in_float64
        with _gradients_are_possible():
            return checked(function, () if inputs is None else inputs, kwargs, forward, dict(settings))
    if kwargs is not None or forward or (loss is not None and inputs is not None):
        raise TypeError("with a loss, leave inputs, kwargs and forward out: it is called without arguments")
    if settings.get("executor") is not None:
        raise TypeError("a loss cannot be evaluated by an executor: the parameters that move are those of this process")
    with _gradients_are_possible():
        return check_loss(function, inputs if loss is None else loss, **settings)


def _gradients_are_possible() -> AbstractContextManager[Any]:
    """Return what leaves PyTorch's inference mode for a while: in it nothing has a gradient."""
    torch = sys.modules.get("torch")
    return torch.inference_mode(False) if torch is not None and torch.is_inference_mode_enabled() else nullcontext()


def assert_gradient(
    function: Any, inputs: Any = None, *, inconclusive: Inconclusive = "raise", **settings: Unpack[TorchSettings]
) -> Report:
    """Raise an exception unless gradients that PyTorch computes are right; for use in tests.

    Parameters
    ----------
    function, inputs, **settings
        As for `check`, also loss, kwargs and forward.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide: raise `InconclusiveError` (the default), or return the report.

    Returns
    -------
    Report
        The report of a gradient that passed.

    Raises
    ------
    GradientError
        If the gradient is wrong; its `report` says where and why.
    InconclusiveError
        If the check could not decide.
    ImportError, TypeError, ValueError
        As for `check`.

    Examples
    --------
    >>> import torch
    >>> import gradproof.torch
    >>> w = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64, requires_grad=True)
    >>> gradproof.torch.assert_gradient({"w": w}, lambda: torch.sum(torch.sin(w))).verdict
    'right'
    >>> gradproof.torch.assert_gradient(torch.sin, w).verdict
    'right'
    """
    return right_or_raise(lambda: check(function, inputs, **settings), inconclusive)
