"""What PyTorch's gradcheck asks of a backward pass besides its numbers: types, repeatability, undefined gradients."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any

from ...problem.exceptions import raise_of_signal
from .retained_graph import RetainedGraph, distance

# The seed of the random gradients that are passed in.
SEED = 0


class FaultError(Exception):
    """What is wrong with a derivative apart from its numbers, as a sentence."""


class Backward:
    """The backward pass of a function at its arguments.

    Parameters
    ----------
    torch
        PyTorch.
    operator
        The function.
    """

    def __init__(self, torch: Any, operator: RetainedGraph) -> None:
        self._torch = torch
        self._operator = operator
        self._random = torch.Generator().manual_seed(SEED)

    @cached_property
    def _graph(self) -> tuple[list[Any], list[Any]]:
        """The outputs that have a gradient and the inputs, as tensors of a graph through which many passes may go."""
        value, tensors = self._operator.graph(self._operator.arguments.x)
        return [one for one in self._operator.outputs(value) if one.requires_grad], list(tensors.values())

    def _incoming(self, outputs: Sequence[Any], count: int = 0) -> list[Any]:
        """Return a random gradient for each output; `count` of them in one tensor, if it is not 0."""
        shapes = [(count, *one.shape) if count else tuple(one.shape) for one in outputs]
        return [
            self._torch.randn(shape, generator=self._random, dtype=one.dtype).to(one.device)
            for shape, one in zip(shapes, outputs, strict=True)
        ]

    def refuse_types(self) -> None:
        """Raise a fault unless every gradient has the type of its input."""
        outputs, inputs = self._graph
        last = self._operator.last
        if last is not None and len(last.incoming) == len(outputs):
            found = last.found  # a pass of the check, in which all outputs took part
        else:
            found = self._operator.passed(outputs, inputs, self._incoming(outputs))
        for one, gradient in zip(inputs, found, strict=True):
            if gradient is not None and gradient.dtype != one.dtype:
                raise FaultError(f"A gradient is {gradient.dtype}, but its input is {one.dtype}.")

    def refuse_what_varies(self, allowed: float) -> None:
        """Raise a fault if two passes through the same graph differ by more than is allowed."""
        # The passes of the check may come with gradients of any size, and round opposite ones in another way: they only
        # tell that there is no difference.
        apart = self._operator.apart
        if apart is None or apart > 0.0:
            outputs, inputs = self._graph
            if not outputs:
                return
            incoming = self._incoming(outputs)
            apart = distance(*(self._operator.passed(outputs, inputs, incoming) for _ in range(2)))
        if apart > allowed:
            raise FaultError(
                f"Backward is not reentrant: two passes with the same incoming gradient differ by {apart:.3g}, "
                f"but nondet_tol is {allowed:g}."
            )

    def refuse_undefined(self) -> None:
        """Raise a fault unless undefined incoming gradients count as zeros: of all outputs, and of each one alone."""
        count = len(self._graph[0])
        places: list[range] = [range(count)]
        if count > 1:
            places += [range(place, place + 1) for place in range(count)]
        for undefined in places if count else []:
            self._refuse_undefined(undefined)

    def _refuse_undefined(self, undefined: range) -> None:
        outputs, inputs = self._graph
        ends = [_end(self._torch).apply(one) if place in undefined else one for place, one in enumerate(outputs)]
        zeros = [self._torch.zeros_like(one) for one in ends]
        try:
            found = self._operator.passed(ends, inputs, zeros)
        except Exception as problem:  # the user's backward pass may raise anything
            raise_of_signal(problem)
            raise FaultError(f"The backward pass does not accept undefined incoming gradients: {problem}") from problem
        if any(one is not None and bool(one.to_dense().any()) for one in found):
            raise FaultError("Gradients are not 0 although all incoming gradients are undefined or 0.")

    def refuse_unbatched(self) -> None:
        """Raise a fault unless several incoming gradients at once give the same as one after another."""
        torch, (outputs, _) = self._torch, self._graph
        for one in outputs:
            several, alone = self._one_by_one(one)
            try:
                found = self._at_once(one, several)
            except RuntimeError as problem:
                raise FaultError(f"Batched gradients cannot be computed: {problem}") from problem
            for at_once, *parts in zip(found, *alone, strict=True):
                if at_once is None:
                    continue
                expected = torch.stack(parts)
                # To look for equal numbers takes a fraction of the time.
                if not (torch.equal(at_once, expected) or torch.allclose(at_once, expected)):
                    raise FaultError("Batched gradients differ from those that are computed one after another.")

    def _one_by_one(self, output: Any) -> tuple[Any, list[Any]]:
        """Return two incoming gradients of an output in one tensor, and what a pass with each of them finds."""
        outputs, inputs = self._graph
        kept = self._operator.opposite
        if len(outputs) == 1 and kept is not None and len(kept[0].incoming) == 1:
            return self._torch.stack([one.incoming[0] for one in kept]), [one.found for one in kept]
        (several,) = self._incoming([output], 2)
        return several, [self._operator.passed([output], inputs, [weights]) for weights in several]

    def _at_once(self, output: Any, several: Any) -> Any:
        """Return what one pass with several incoming gradients finds."""
        torch, (_, inputs) = self._torch, self._graph
        if can_batch(torch):
            return in_one_call(torch, lambda batch: self._operator.passed([output], inputs, [batch]), several)
        with without_warnings():
            return torch.autograd.grad(
                [output], inputs, [several], allow_unused=True, retain_graph=True, is_grads_batched=True
            )


def in_one_call(torch: Any, function: Callable[[Any], Any], several: Any) -> list[Any]:
    """Return what a function returns for several tensors at once; None where it returns None."""
    level = torch._C._vmapmode_increment_nesting()
    try:
        with without_warnings():
            found = function(torch._add_batch_dim(several, 0, level))
        return [None if one is None else torch._remove_batch_dim(one, level, len(several), 0) for one in found]
    finally:
        torch._C._vmapmode_decrement_nesting()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Pass over what PyTorch says of operations that it computes for one tensor of a batch after another."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There is a performance drop")
        yield


@cache
def can_batch(torch: Any) -> bool:
    """Whether PyTorch has what torch.autograd.grad does with a batch, which it takes five times as long to prepare.

    These are none of its public names: where one is not found, that function is called.
    """
    hidden = ("_vmapmode_increment_nesting", "_vmapmode_decrement_nesting")
    shown = ("_add_batch_dim", "_remove_batch_dim")
    return all(hasattr(torch._C, name) for name in hidden) and all(hasattr(torch, name) for name in shown)


@cache
def _end(torch: Any) -> Any:
    """Return a function that passes its input on, and an undefined gradient back; made once, as it takes a while."""

    class Undefined(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(_: Any, tensor: Any) -> Any:
            return tensor.detach()  # which sparse tensors have, too

        @staticmethod
        def backward(_: Any, __: Any) -> None:
            return None

    return Undefined
