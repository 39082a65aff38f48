"""The value of a loss, and the gradient that `backward()` computes for tensors, as functions without arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from ..evaluators.values import as_value
from ..problem.numbers import Flat
from .accumulated import Kept, gradient_tensor


class Loss:
    """The loss as an objective without arguments."""

    def __init__(self, torch: Any, loss: Callable[[], Any]) -> None:
        self._torch = torch
        self._loss = loss
        # A loss that computes a derivative itself needs a graph; None until the first value shows it.
        self._needs_graph: bool | None = None

    def __call__(self) -> float:
        """Return the value of the loss."""
        if self._needs_graph:
            return self._with_graph()
        try:
            with self._torch.no_grad():
                value = self._number(self._loss())
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
            return self._number(self._loss().detach())

    def _number(self, value: Any) -> float:
        is_many = isinstance(value, self._torch.Tensor) and value.numel() != 1
        if is_many or not hasattr(value, "__float__"):
            as_value(value)  # which says what is wrong with it
        return float(value)


class Gradient:
    """The gradient by `backward()` as a function without arguments; all that tensors keep is restored, however it ends.

    Parameters
    ----------
    torch
        PyTorch.
    tensors
        Those whose gradient is wanted, by name.
    loss
        The loss.
    backward
        Does the backward pass from its value.
    also
        Other tensors that stand for these, by the same names: their gradients are added.

    Attributes
    ----------
    without
        The names of the tensors that the last call left without a gradient.
    """

    def __init__(
        self,
        torch: Any,
        tensors: dict[str, Any],
        loss: Callable[[], Any],
        backward: Callable[[Any], Any] = lambda value: value.backward(),
        also: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._torch = torch
        self._tensors = tensors
        self._loss = loss
        self._backward = backward
        self._also = also
        self.without: list[str] = []

    def __call__(self) -> dict[str, Any]:
        """Return the gradients by name, as arrays."""
        kept = [Kept(self._torch, tensor) for one in (self._tensors, self._also) for tensor in one.values()]
        # Twice, because Ctrl-C may arrive on the way into the first `finally`.
        try:
            try:
                return self._claimed(kept)
            finally:
                _give_back(kept)
        finally:
            _give_back(kept)

    def _claimed(self, kept: list[Kept]) -> dict[str, Any]:
        with self._torch.enable_grad():
            value = self._loss()
            if not isinstance(value, self._torch.Tensor):
                raise TypeError(
                    f"loss must return a tensor with one element, not an object of type {type(value).__name__}"
                )
            as_value(value.detach().cpu())
            known = {id(one.tensor) for one in kept}
            kept += [Kept(self._torch, leaf) for leaf in leaves(value) if id(leaf) not in known]
            for one in kept:
                one.clear()
            if value.requires_grad:
                self._backward(value)
        grads = {name: gradient_tensor(tensor) for name, tensor in self._tensors.items()}
        self.without = [name for name, grad in grads.items() if grad is None]
        return {name: self._found(name, tensor, grads.pop(name)) for name, tensor in self._tensors.items()}

    def _found(self, name: str, tensor: Any, grad: Any) -> Any:
        """Return the gradient of a tensor, of what was found for it."""
        found = as_gradient(tensor, grad)
        other = gradient_tensor(self._also[name]) if name in self._also else None
        return found if other is None else found + as_gradient(self._also[name], other)


def _give_back(kept: list[Kept]) -> None:
    for one in kept:
        one.give_back()


def leaves(value: Any) -> Iterator[Any]:
    """Yield the tensors whose `grad` a backward pass from a value writes to."""
    if value.requires_grad and value.is_leaf:
        yield value
    for node in nodes(value):
        if type(node).__name__ == "AccumulateGrad":
            yield node.variable


def nodes(value: Any) -> Iterator[Any]:
    """Yield the nodes of the graph by which a value was computed."""
    found, seen = [value.grad_fn], {None, value.grad_fn}
    while found:
        node = found.pop()
        if node is None:
            continue
        yield node
        following = [one for one, _ in node.next_functions if one not in seen]
        seen.update(following)
        found += following


def pulled(torch: Any, outputs: Any, tensors: Any, incoming: Any, **keeping: bool) -> Any:
    """Return what torch.autograd.grad finds; None for a tensor of which no output depends.

    Parameters
    ----------
    torch
        PyTorch.
    outputs, tensors, incoming
        As for torch.autograd.grad.
    keeping
        `retain_graph` and `create_graph`.
    """
    are_plain = all(type(one) is torch.Tensor and one.is_cpu for one in (*outputs, *incoming))
    # What does not fit, that function says in its own words.
    if are_plain and [one.shape for one in outputs] == [one.shape for one in incoming]:
        return run_backward(torch, outputs, tensors, incoming, **keeping)
    return torch.autograd.grad(outputs, tensors, incoming, allow_unused=True, **keeping)


def run_backward(
    torch: Any, outputs: Any, tensors: Any, incoming: Any, *, retain_graph: bool = False, create_graph: bool = False
) -> Any:
    """Do what torch.autograd.grad does, without what it looks for in its arguments, which takes as long again.

    The engine is none of PyTorch's public names: where it is not found, that function is called.
    """
    engine, retain_graph = getattr(torch.autograd.Variable, "_execution_engine", None), retain_graph or create_graph
    if engine is None:
        keeping = {"retain_graph": retain_graph, "create_graph": create_graph}
        return torch.autograd.grad(outputs, tensors, incoming, allow_unused=True, **keeping)
    return engine.run_backward(
        tuple(outputs),
        tuple(incoming),
        retain_graph,
        create_graph,
        tuple(tensors),
        allow_unreachable=True,
        accumulate_grad=False,
    )


def view(name: str, tensor: Any) -> Flat:
    """Return a tensor's memory as a NumPy array."""
    try:
        array: Flat = tensor.detach().numpy()
    except (RuntimeError, TypeError) as problem:  # sparse, for example
        raise TypeError(f"{name} cannot be viewed as a NumPy array: {problem}") from None
    return array


def as_gradient(tensor: Any, grad: Any) -> Flat:
    """Return the gradient of a tensor as a NumPy array, a view if it is dense; zeros if it is None."""
    if grad is None:
        zero = np.float32(0) if "float32" in str(tensor.dtype) else np.float64(0)
        # A single zero, broadcast.
        return np.broadcast_to(zero, tuple(tensor.shape))
    dense = grad.detach().to_dense() if grad.is_sparse else grad.detach()
    # NumPy has no bfloat16, and a float32 holds each of its values.
    dense = dense.float() if "bfloat16" in str(dense.dtype) else dense
    array: Flat = dense.numpy()
    return array
