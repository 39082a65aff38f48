"""A function of tensors whose backward passes all go through one retained graph, as in PyTorch's gradcheck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...problem.numbers import Flat
from ...torch.operators import Operator
from ...torch.tensors import as_array
from .transposed import Products, products

# The most that is kept for a second check: numbers of outputs and bytes of points, some megabytes.
KEPT = 1 << 20


class Pass(NamedTuple):
    """A backward pass: the gradients that came in, and what came out."""

    incoming: list[Any]
    found: tuple[Any, ...]


class RetainedGraph(Operator):
    """A function of tensors that is not called again for every backward pass.

    Attributes
    ----------
    apart
        By how much two passes with opposite incoming gradients differed but for the sign; None as long as there were
        none.
    last
        The last backward pass of the check.
    opposite
        Two passes of the check with opposite incoming gradients; None as long as there were none.
    pushed
        The last tangent of `transposed`, and the product with it; None as long as there was none.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.apart: float | None = None
        self._kept: tuple[Any, dict[str, Any]] | None = None
        self.last: Pass | None = None
        self.opposite: tuple[Pass, Pass] | None = None
        self.pushed: tuple[Mapping[str, Flat], list[Flat]] | None = None
        # The outputs at the arguments, for the check that asks for them first.
        self._outputs: list[Any] = []
        # The outputs at other points, for a second check, which asks for the same ones; None where there is no second.
        self._known: dict[bytes, Any] | None = None
        self._left = KEPT

    def begin(self) -> Any:
        """Return the outputs at the arguments, which the first call after this has as well."""
        outputs = super().__call__(self.arguments.x)
        if not self.arguments.are_moved:
            self._outputs = [outputs]
        return outputs

    def remember(self) -> None:
        """Keep the outputs of the first points from now on."""
        self._known = {}

    def __call__(self, x: Mapping[str, Flat]) -> Any:
        """Return the outputs as arrays."""
        if self._outputs:
            return self._outputs.pop()
        if self._known is None:
            return super().__call__(x)
        point = _name(x)
        found = self._known.get(point)
        if found is None:
            found = super().__call__(x)
            if type(found) is np.ndarray and found.size + len(point) <= self._left:
                self._left -= found.size + len(point)
                self._known[point] = found.copy()  # the function may use its memory again
        return found

    def know(self, x: Mapping[str, Flat], outputs: Any) -> None:
        """Take the outputs at a point, for a check that asks for them."""
        if self._known is None:
            self._known = {}
        self._known[_name(x)] = outputs

    def away(self, x: Mapping[str, Flat]) -> Any:
        """Return the outputs at another point as arrays, whatever `begin` has kept."""
        return self._found(super().graph(x)[0])

    def graph(self, x: Mapping[str, Flat]) -> tuple[Any, dict[str, Any]]:
        """Return what the function returns, and the tensors on which it depends; at the arguments always the same."""
        # The user's own tensors move: what is computed of them cannot be kept.
        if x is not self.arguments.x or self.arguments.are_moved:
            return super().graph(x)
        if self._kept is None:
            self._kept = super().graph(x)
        return self._kept

    def vjp(self, x: Mapping[str, Flat], cotangent: Any) -> dict[str, Flat | None]:
        """Return the product with a cotangent at the arguments, of which `x` is a copy."""
        return super().vjp(self.arguments.x, cotangent)

    def pulled(self, weights: Sequence[Flat]) -> list[Flat | None]:
        """Return the product with weights, one array for each output, as arrays; None where PyTorch computes none."""
        value, tensors = self.graph(self.arguments.x)
        found = self._pulled(zip(self.outputs(value), weights, strict=True), list(tensors.values()))
        return [None if one is None else as_array("a gradient", one) for one in found]

    def transposed(self, tangent: Mapping[str, Flat], weights: Sequence[Flat]) -> Products | None:
        """Return a product of the forward mode and one of its transpose, as `products` does."""
        found = products(self._torch, self, tangent, weights, self.passed)
        self.pushed = None if found is None else (tangent, found.moved)
        return found

    def passed(self, outputs: Any, tensors: Any, incoming: Any) -> Any:
        """Return what a backward pass through the graph finds; None for a tensor of which no output depends."""
        return super()._pull(outputs, tensors, incoming, True)

    def _pull(self, outputs: Any, tensors: Any, incoming: Any, retain_graph: bool) -> Any:
        found = self.passed(outputs, tensors, incoming)
        last, self.last = self.last, Pass(incoming, found)
        if last is not None and not self.arguments.are_moved and _are_opposite(self._torch, last.incoming, incoming):
            opposite = [None if one is None else -one for one in found]
            self.apart = max(self.apart or 0.0, distance(last.found, opposite))
            self.opposite = last, self.last
        return found


def _name(x: Mapping[str, Flat]) -> bytes:
    """Return the numbers of a point, by which its outputs are kept."""
    return b"".join([array.tobytes() for array in x.values()])


def distance(one: Any, other: Any) -> float:
    """Return the largest difference between what two backward passes found; 0 where they found the same nothing."""
    apart = 0.0
    for first, second in zip(one, other, strict=True):
        if first is not None and first.numel() and not first.equal(second):
            apart = max(apart, float((first - second).abs().max()))
    return apart


def _are_opposite(torch: Any, one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(torch.equal(first, -second) for first, second in zip(one, other, strict=True))
