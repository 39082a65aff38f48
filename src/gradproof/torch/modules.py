"""The gradient that `backward()` computes for the parameters of a module, which are moved in place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..checking import check as check_gradient
from ..evaluators.arrays.inplace import in_place
from ..evaluators.values import as_value
from ..problem.numbers import Flat
from ..report.report import Report
from .devices import check_on_device, claims_on_device, is_on_device
from .tensors import imported

# The most names of parameters that a note lists.
LISTED = 5
FLOATS = ("torch.float32", "torch.float64")


def check_loss(module_or_parameters: Any, loss: Callable[[], Any], **settings: Any) -> Report:
    """Check the gradient of a loss; the arguments are those of `gradproof.torch.check`."""
    torch = imported()
    parameters = _parameters(torch, module_or_parameters)
    loss_value, gradient = _Loss(torch, loss), _Gradient(torch, parameters, loss)
    if is_on_device(parameters):
        with _kept_buffers(torch, module_or_parameters):
            claimed, gradient.without = claims_on_device(torch, parameters, loss)
            report = check_on_device(torch, parameters, loss_value, claimed, settings)
        return _with_notes(report, gradient, module_or_parameters)
    views = {name: _view(name, tensor) for name, tensor in parameters.items()}
    with _kept_buffers(torch, module_or_parameters):
        report = check_gradient(in_place(views, loss_value), gradient, **settings)
    return _with_notes(report, gradient, module_or_parameters)


class _Loss:
    """The loss as an objective without arguments."""

    def __init__(self, torch: Any, loss: Callable[[], Any]) -> None:
        self._torch = torch
        self._loss = loss
        # A loss that computes a derivative itself needs a graph; None until the first value shows it.
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
            # If the missing graph was not the reason, this raises again.
            value = self._with_graph()
            self._needs_graph = True
        else:
            self._needs_graph = False
        return value

    def _with_graph(self) -> float:
        with self._torch.enable_grad():
            return float(self._loss().detach())


class _Gradient:
    """The gradient by `backward()` as a function without arguments; `grad` is restored, however it ends."""

    def __init__(self, torch: Any, parameters: dict[str, Any], loss: Callable[[], Any]) -> None:
        self._torch = torch
        self._parameters = parameters
        self._loss = loss
        self.without: list[str] = []

    def __call__(self) -> dict[str, Flat]:
        kept = [tensor.grad for tensor in self._parameters.values()]
        # Twice, because Ctrl-C may arrive on the way into the first `finally`.
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
                raise TypeError(
                    f"loss must return a tensor with one element, not an object of type {type(value).__name__}"
                )
            as_value(value.detach())
            if value.requires_grad:
                value.backward(inputs=tensors)
        self.without = [name for name, tensor in self._parameters.items() if tensor.grad is None]
        return {name: _gradient_of(tensor) for name, tensor in self._parameters.items()}

    def _give_back(self, kept: list[Any]) -> None:
        for tensor, grad in zip(self._parameters.values(), kept, strict=True):
            tensor.grad = grad


def _parameters(torch: Any, given: Any) -> dict[str, Any]:
    """Return the tensors that require a gradient, by name."""
    named = dict(_named(torch, given))
    for name, tensor in named.items():
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"{name} is of type {type(tensor).__name__}, not a tensor: pass a module, or its parameters"
            )
    parameters = {name: tensor for name, tensor in named.items() if tensor.requires_grad}
    if not parameters:
        raise ValueError("no parameter has requires_grad=True: there is no gradient to check")
    for name, tensor in parameters.items():
        if not tensor.is_leaf:
            raise ValueError(f"{name} is not a leaf: pass the tensors from which it is computed instead")
        if tensor.device.type != "cpu" and not is_on_device(parameters):
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
        raise TypeError(f"pass a torch.nn.Module or its parameters, not an object of type {type(given).__name__}")


def _view(name: str, tensor: Any) -> Flat:
    """Return a parameter's memory as a NumPy array."""
    try:
        view: Flat = tensor.detach().numpy()
    except (RuntimeError, TypeError) as problem:  # sparse, for example
        raise TypeError(f"{name} cannot be viewed as a NumPy array: {problem}") from None
    return view


def _gradient_of(tensor: Any) -> Flat:
    """Return the gradient of a parameter as a NumPy array, a view if it is dense; zeros if there is none."""
    if tensor.grad is None:
        # A single zero, broadcast.
        return np.broadcast_to(_view("", tensor).dtype.type(0), tuple(tensor.shape))
    dense: Flat = tensor.grad.detach().to_dense().numpy() if tensor.grad.is_sparse else tensor.grad.detach().numpy()
    return dense


@contextmanager
def _kept_buffers(torch: Any, given: Any) -> Iterator[None]:
    """Restore the buffers of a module afterwards: batch normalisation writes to them at every call."""
    buffers = list(given.buffers()) if isinstance(given, torch.nn.Module) else []
    copies = [buffer.detach().clone() for buffer in buffers]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffer, copy in zip(buffers, copies, strict=True):
                buffer.copy_(copy)


def _with_notes(report: Report, gradient: _Gradient, given: Any) -> Report:
    """Add notes about the module to a report."""
    notes = []
    if gradient.without:
        names = ", ".join(gradient.without[:LISTED])
        more = len(gradient.without) - LISTED
        notes.append(
            f"backward() computed no gradient for {names}{f' and {more} more' if more > 0 else ''} (unused or "
            "detached?), which was taken as 0."
        )
    if report.nondeterministic and getattr(given, "training", False):
        notes.append(
            "The module is in train mode, in which dropout is random: call eval(), or fix the random seed in the loss."
        )
    return dataclasses.replace(report, warnings=(*report.warnings, *notes)) if notes else report
