"""Functions of tensors as a check calls them: with arrays of NumPy, and with the derivatives that PyTorch computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from ..arguments.mapping import mapped
from ..frameworks.names import listed
from ..outputs.products import check_jvp, check_vjp
from ..outputs.several import together
from ..problem.exceptions import raise_of_signal
from ..problem.numbers import Flat
from ..report.report import Report
from .arguments import Arguments
from .backward import leaves, nodes, pulled
from .padding import about_padding
from .state.state import RANDOM, State
from .tensors import are_tensors, as_array, can_move, imported, numbers_of, replaced, tensors_of


def check_function(
    function: Any, inputs: Any, kwargs: Mapping[str, Any] | None, forward: bool, settings: dict[str, Any]
) -> Report:
    """Check a function of tensors; the arguments are those of `gradproof.torch.check`."""
    torch = imported()
    if not callable(function):
        raise TypeError(f"function must be callable, not an object of type {type(function).__name__}")
    return check_operator(Operator(torch, function, Arguments(torch, function, inputs, kwargs)), forward, settings)


def check_operator(operator: Operator, forward: bool, settings: dict[str, Any]) -> Report:
    """Check the backward pass of a function at its arguments, and its forward mode if that is asked for."""
    report = operator.check(**settings)
    return together([report, operator.check_forward(**settings)]) if forward else report


class Operator:
    """A function of tensors at its arguments.

    Parameters
    ----------
    torch
        PyTorch.
    function
        The user's function, or a module.
    arguments
        Its arguments.

    Attributes
    ----------
    function
        The same.
    arguments
        The same.
    notes
        What a report should say of its outputs.
    captured
        The names of tensors that the function uses whatever it is called with; known after the first call.
    """

    def __init__(self, torch: Any, function: Any, arguments: Arguments) -> None:
        self._torch = torch
        self.function = function
        self.arguments = arguments
        self._state = State(torch, function)
        self.notes: list[str] = []
        self.captured: list[str] = []
        # Which of the tensors of the output take part; known after the first call.
        self._taken: list[bool] | None = None

    def check(self, **settings: Any) -> Report:
        """Check the backward pass."""
        with self.kept():
            return self.noted(check_vjp(self, self.vjp, self.arguments.x, **settings))

    def check_forward(self, **settings: Any) -> Report:
        """Check the derivative in forward mode."""
        with self.kept():
            return self.noted(check_jvp(self, self.jvp, self.arguments.x, **settings))

    def kept(self) -> AbstractContextManager[None]:
        """Put back at the end what calls of the function change beside its result."""
        return self._state.kept()

    def share(self, other: Operator) -> None:
        """Take over what is known of the outputs of the same function."""
        self._taken, self.captured, self.notes = other._taken, other.captured, other.notes

    def __call__(self, x: Mapping[str, Flat]) -> Any:
        """Return the outputs as arrays, in the function's own structure; None for what does not take part."""
        return self._found(self.graph(x)[0])

    def _found(self, value: Any) -> Any:
        if type(value) is self._torch.Tensor and self._taken == [True]:  # what most are, at a fraction of the time
            return as_array("output", value)
        return self._arrays(value, lambda tensor: tensor)

    def graph(self, x: Mapping[str, Flat]) -> tuple[Any, dict[str, Any]]:
        """Return what the function returns, and the tensors on which it depends, by name.

        A graph is made even where only values are needed: the function is then what it is to its user, also one that
        computes derivatives itself.
        """
        tensors = self.arguments.tensors(x)
        for tensor in tensors.values():
            tensor.requires_grad_()
        self._state.put_back()
        if self._torch.is_grad_enabled():
            return self.arguments.call(self.function, tensors), tensors
        with self._torch.enable_grad():
            return self.arguments.call(self.function, tensors), tensors

    def outputs(self, value: Any) -> list[Any]:
        """Return the tensors of an output that take part."""
        if self._taken == [True] and isinstance(value, self._torch.Tensor):
            return [value]
        tensors = tensors_of(self._torch, value)
        if self._taken is None:
            self._taken = self._choose(value, tensors)
            self.captured = self._captures([one for _, one in tensors if one.requires_grad])
        return [tensor for (_, tensor), taken in zip(tensors, self._taken, strict=True) if taken]

    def _choose(self, value: Any, tensors: list[tuple[str, Any]]) -> list[bool]:
        """Return which outputs take part: those with a gradient; if there is none, all that could have one."""
        able = [can_move(tensor) for _, tensor in tensors]
        if not any(able):
            raise TypeError(
                "the function must return a floating-point tensor, or a structure that holds one, not "
                f"{self._described(value)}"
            )
        taken = [can and tensor.requires_grad for can, (_, tensor) in zip(able, tensors, strict=True)]
        if not any(taken):
            self.notes.append("No output requires a gradient (detached?): the derivatives were taken as 0.")
            return able
        rest = [path for (path, _), can, takes in zip(tensors, able, taken, strict=True) if can and not takes]
        if rest:
            names = listed([_named(path) for path in rest])
            self.notes.append(f"Left out, because PyTorch computes no gradient for it: {names}.")
        return taken

    def _described(self, value: Any) -> str:
        """Return what is no floating-point tensor in words, and what to do where that shows it."""
        kind = type(value).__name__
        if isinstance(value, self._torch.autograd.Function):
            return f"an object of the class {kind}: pass {kind}.apply"
        if isinstance(value, self._torch.Tensor):
            return f"a tensor of {value.dtype}"
        return f"an object of type {kind}"

    def _captures(self, outputs: list[Any]) -> list[str]:
        """Return the names of the user's own tensors from which outputs are computed although others were passed."""
        own = {name: one for name, one in self.arguments.given.items() if one.requires_grad}
        if self.arguments.are_moved or not outputs or not own:
            return []
        found = {id(leaf) for value in outputs for leaf in leaves(value)}

        def is_used(one: Any) -> bool:
            return id(one) in found if one.is_leaf else any(one.grad_fn in nodes(value) for value in outputs)

        return [name for name, one in own.items() if is_used(one)]

    def _arrays(self, value: Any, of: Callable[[Any], Any]) -> Any:
        """Return the outputs as arrays of what `of` makes of them, None for what does not take part."""
        if value is None:
            return None
        if self._taken is None:
            self.outputs(value)  # which decides what takes part
        if self._taken == [True] and isinstance(value, self._torch.Tensor):
            return as_array("output", of(value))
        if type(value) is tuple and self._taken == [True] * len(value) and are_tensors(self._torch, value):
            return tuple(as_array(f"output.{number}", of(one)) for number, one in enumerate(value))
        taken = {id(tensor) for tensor in self.outputs(value)}

        def array(path: str, tensor: Any) -> Flat | None:
            return as_array(_named(path), of(tensor)) if id(tensor) in taken else None

        structure = replaced(self._torch, value, array)
        return mapped(structure, lambda part: part if hasattr(part, "dtype") else None)

    def vjp(self, x: Mapping[str, Flat], cotangent: Any) -> dict[str, Flat | None]:
        """Return the product with a cotangent as PyTorch's backward pass computes it; None where it computes none."""
        value, tensors = self.graph(x)
        pairs = zip(self.outputs(value), numbers_of(cotangent), strict=True)
        found = self._pulled(pairs, list(tensors.values()))
        return {
            name: None if one is None else as_array(f"the gradient of {name}", one)
            for name, one in zip(tensors, found, strict=True)
        }

    def _pulled(self, given: Iterable[tuple[Any, Flat]], tensors: Sequence[Any]) -> Any:
        """Return the gradients of tensors for outputs with their weights; None where there is none."""
        pairs = [(one, weights) for one, weights in given if one.requires_grad]
        if not pairs:
            return [None] * len(tensors)
        # An output without a weight is one that a loss does not use: its incoming gradient is undefined, not 0.
        used = [(one, weights) for one, weights in pairs if weights.any()]
        if 0 < len(used) < len(pairs):
            try:
                return self._grad(used, tensors, retain_graph=True)
            except Exception as problem:
                raise_of_signal(problem)
                note = (
                    f"The backward pass raises {type(problem).__name__} where an output is not used, and its incoming "
                    f"gradient is undefined ({problem}): 0 was passed instead."
                )
                self.notes += [note] * (note not in self.notes)
        return self._grad(pairs, tensors)

    def _grad(self, pairs: Sequence[tuple[Any, Flat]], tensors: Sequence[Any], retain_graph: bool = False) -> Any:
        outputs = [one for one, _ in pairs]
        incoming = [self._like(one, weights) for one, weights in pairs]
        return self._pull(outputs, tensors, incoming, retain_graph)

    def _pull(self, outputs: Any, tensors: Any, incoming: Any, retain_graph: bool) -> Any:
        return pulled(self._torch, outputs, tensors, incoming, retain_graph=retain_graph)

    def _like(self, tensor: Any, weights: Flat) -> Any:
        return self._torch.from_numpy(weights.copy()).to(dtype=tensor.dtype, device=tensor.device)

    def jvp(self, x: Mapping[str, Flat], tangent: Mapping[str, Flat]) -> Any:
        """Return the product with a tangent as PyTorch's forward mode computes it."""
        (product,) = self.jvps(x, (tangent,))
        return product

    def jvps(self, x: Mapping[str, Flat], tangents: Iterable[Mapping[str, Flat]]) -> Iterator[Any]:
        """Yield the products with several tangents."""
        forward = self._torch.autograd.forward_ad

        def moved(tensor: Any) -> Any:
            part = forward.unpack_dual(tensor).tangent
            return self._torch.zeros_like(tensor) if part is None else part

        with forward.dual_level():
            for tangent in tangents:
                yield self._arrays(self.moved(x, self.arguments.new(tangent)), moved)

    def moved(self, x: Mapping[str, Flat], tangents: Mapping[str, Any]) -> Any:
        """Return what the function returns, with tangents, where some arguments have these; for a dual level."""
        make_dual = self._torch.autograd.forward_ad.make_dual
        points = self.arguments.tensors(x)
        self._state.put_back()
        dual = {name: make_dual(one, tangents[name]) if name in tangents else one for name, one in points.items()}
        return self.arguments.call(self.function, dual)

    def noted(self, report: Report) -> Report:
        """Add notes about the function to a report."""
        notes = [*self.notes, *about_padding(self._torch, (self.function,), self.arguments.given, report)]
        if self.captured:
            notes.append(
                f"The function uses {listed(self.captured)} from outside, beside what it is called with: "
                "how it depends on that was not checked."
            )
        if report.nondeterministic:
            notes.append(RANDOM)
        return replace(report, warnings=(*report.warnings, *notes)) if notes else report


def _named(path: str) -> str:
    """Return what reports call an output at a path: in a tuple it begins with output."""
    return path if path and not path[0].isdigit() else f"output.{path}".rstrip(".")
