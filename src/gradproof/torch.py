"""PyTorch: the gradient of a loss by `backward()`, checked at the parameters of a module, in place.

PyTorch is imported when a function of this module is called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from .checking import check as check_gradient
from .checking import right_or_raise
from .evaluators.arrays.inplace import in_place
from .evaluators.values import as_value
from .problem.numbers import Flat
from .report.report import Report

# So many names of parameters are listed.
LISTED = 5
FLOATS = ("torch.float32", "torch.float64")


def check(module_or_parameters: Any, loss: Callable[[], Any], **settings: Any) -> Report:
    """Say whether `loss().backward()` gives the right gradient, and by name which parameters it is wrong for.

    Parameters
    ----------
    module_or_parameters
        A `torch.nn.Module`; or its parameters: a mapping or pairs of names and tensors, a list of tensors, or one.
        float32 or float64, on the CPU; those with `requires_grad=False` are left out.
    loss
        `loss()` returns a tensor of one element, made from the present values of the parameters.
    **settings
        As of `gradproof.check`: mode, seed, budget, time_limit, rtol, bounds, progress, save, resume.

    Returns
    -------
    Report
        Coordinates have the names of the parameters, such as `layers.0.weight[3, 5]`.

    Raises
    ------
    ImportError
        Where PyTorch is not installed.
    TypeError, ValueError
        Where a parameter is not what it must be, or the loss is not one real number.

    Notes
    -----
    The parameters are moved where they are and put back bit for bit, as by `gradproof.in_place`.  `grad` of each is
    what it was before, None stays None, and so are the buffers of a module, such as running means.  A parameter that
    `backward()` leaves without a gradient counts as one whose gradient is 0: that is how a detached one is found.  The
    mode of the module, train or eval, stays as it is.
    """
    torch = _torch()
    parameters = _parameters(torch, module_or_parameters)
    loss_value, gradient = _Loss(torch, loss), _Gradient(torch, parameters, loss)
    views = {name: _view(name, tensor) for name, tensor in parameters.items()}
    with _kept_buffers(torch, module_or_parameters):
        report = check_gradient(in_place(views, loss_value), gradient, **settings)
    return _with_notes(report, gradient, module_or_parameters)


def assert_gradient(
    module_or_parameters: Any, loss: Callable[[], Any], *, inconclusive: str = "raise", **settings: Any
) -> Report:
    """Raise `GradientError` where the gradient is wrong, `InconclusiveError` where the check could not decide.

    Parameters
    ----------
    module_or_parameters, loss, **settings
        As for `check`.
    inconclusive
        "raise", or "pass" to let through what could not be decided.

    Returns
    -------
    Report
        Of a gradient that passed.

    Raises
    ------
    GradientError, InconclusiveError
        With the report.
    """
    return right_or_raise(lambda: check(module_or_parameters, loss, **settings), inconclusive)


class _Loss:
    """The loss as an objective without arguments."""

    def __init__(self, torch: Any, loss: Callable[[], Any]) -> None:
        self._torch = torch
        self._loss = loss
        # Unknown before the first value: a loss that takes a derivative itself needs a graph.
        self._needs_graph: bool | None = None

    def __call__(self) -> float:
        if self._needs_graph:
            return self._with_graph()
        try:
            with self._torch.no_grad():
                value = float(self._loss())
        except RuntimeError:
            if self._needs_graph is not None:
                raise
            # Where the want of a graph was not the reason, it raises again.
            value = self._with_graph()
            self._needs_graph = True
        else:
            self._needs_graph = False
        return value

    def _with_graph(self) -> float:
        with self._torch.enable_grad():
            return float(self._loss().detach())


class _Gradient:
    """The gradient by `backward()`, as a function without arguments; whatever ends it, `grad` is what it was."""

    def __init__(self, torch: Any, parameters: dict[str, Any], loss: Callable[[], Any]) -> None:
        self._torch = torch
        self._parameters = parameters
        self._loss = loss
        self.without: list[str] = []

    def __call__(self) -> dict[str, Flat]:
        kept = [tensor.grad for tensor in self._parameters.values()]
        # Twice: Ctrl-C may come before the first line of what gives the gradients back.
        try:
            try:
                return self._claimed()
            finally:
                self._give_back(kept)
        finally:
            self._give_back(kept)

    def _claimed(self) -> dict[str, Flat]:
        tensors = list(self._parameters.values())
        for tensor in tensors:
            tensor.grad = None
        with self._torch.enable_grad():
            value = self._loss()
            if not isinstance(value, self._torch.Tensor):
                raise TypeError(f"loss must return a tensor of one element, not an object of {type(value)}")
            as_value(value.detach())
            if value.requires_grad:
                value.backward(inputs=tensors)
        self.without = [name for name, tensor in self._parameters.items() if tensor.grad is None]
        return {name: _gradient_of(tensor) for name, tensor in self._parameters.items()}

    def _give_back(self, kept: list[Any]) -> None:
        for tensor, grad in zip(self._parameters.values(), kept, strict=True):
            tensor.grad = grad


def _torch() -> Any:
    try:
        import torch
    except ImportError as problem:
        raise ImportError("gradproof.torch needs PyTorch: pip install 'gradproof[torch]'") from problem
    return torch


def _parameters(torch: Any, given: Any) -> dict[str, Any]:
    """Return the tensors that have a gradient, by name."""
    named = dict(_named(torch, given))
    for name, tensor in named.items():
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"{name} is of type {type(tensor).__name__}, not a tensor: give a module, or its parameters"
            )
    parameters = {name: tensor for name, tensor in named.items() if tensor.requires_grad}
    if not parameters:
        raise ValueError("no parameter has requires_grad=True: there is no gradient to check")
    for name, tensor in parameters.items():
        if not tensor.is_leaf:
            raise ValueError(f"{name} is computed from other tensors: give those that it is computed from")
        if tensor.device.type != "cpu":
            raise ValueError(f"{name} is on {tensor.device}: move the module to the CPU with .cpu() for the check")
        if str(tensor.dtype) not in FLOATS:
            raise TypeError(f"{name} is {tensor.dtype}: convert the module with .float() or .double() for the check")
    return parameters


def _named(torch: Any, given: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(given, torch.nn.Module):
        yield from given.named_parameters()
    elif isinstance(given, Mapping):
        yield from given.items()
    elif isinstance(given, torch.Tensor):
        yield "x", given
    elif hasattr(given, "__iter__"):
        for number, one in enumerate(given):
            yield one if isinstance(one, tuple) and len(one) == 2 else (f"parameters.{number}", one)
    else:
        raise TypeError(f"give a torch.nn.Module or its parameters, not an object of type {type(given).__name__}")


def _view(name: str, tensor: Any) -> Flat:
    """Return NumPy's view of a parameter's memory."""
    try:
        view: Flat = tensor.detach().numpy()
    except (RuntimeError, TypeError) as problem:  # sparse, for example
        raise TypeError(f"{name} gives NumPy no view of its memory: {problem}") from None
    return view


def _gradient_of(tensor: Any) -> Flat:
    """Return the gradient of a parameter, zeros where it has none: as a view, where it is dense."""
    if tensor.grad is None:
        # One zero that stands for all.
        return np.broadcast_to(_view("", tensor).dtype.type(0), tuple(tensor.shape))
    dense: Flat = tensor.grad.detach().to_dense().numpy() if tensor.grad.is_sparse else tensor.grad.detach().numpy()
    return dense


@contextmanager
def _kept_buffers(torch: Any, given: Any) -> Iterator[None]:
    """Leave the buffers of a module as they are found: batch normalisation writes to them at every call."""
    buffers = list(given.buffers()) if isinstance(given, torch.nn.Module) else []
    copies = [buffer.detach().clone() for buffer in buffers]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, copy in zip(buffers, copies, strict=True):
                buffer.copy_(copy)


def _with_notes(report: Report, gradient: _Gradient, given: Any) -> Report:
    """Add to a report what is known of the module."""
    notes = []
    if gradient.without:
        names = ", ".join(gradient.without[:LISTED])
        more = len(gradient.without) - LISTED
        notes.append(
            f"backward() left no gradient in {names}{f' and {more} more' if more > 0 else ''}: unused, or detached; it "
            "counts as 0."
        )
    if report.nondeterministic and getattr(given, "training", False):
        notes.append(
            "The module is in train mode, where dropout is random: call its eval(), or fix the random seed in the loss."
        )
    return dataclasses.replace(report, warnings=(*report.warnings, *notes)) if notes else report
