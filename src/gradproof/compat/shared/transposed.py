"""The forward mode and its transpose: one product with a tangent, and a backward pass through what computed it.

The transpose has the claims for all numbers of the arguments at once, where the forward mode needs a product for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ...outputs.localisation.columns import UNIT
from ...outputs.localisation.screen import ROUNDINGS, sizes_of
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat
from ...torch.operators import Operator
from ...torch.tensors import as_array

# A backward pass: of outputs, to inputs, with the gradients that come in; None for an input of which none depends.
Passed: TypeAlias = Callable[[Sequence[Any], Sequence[Any], Sequence[Any]], Sequence[Any]]
# Two ways to compute one sum may differ by this many units of rounding of its terms.
SAME = 2.0**12


class Products(NamedTuple):
    """A product with a tangent, one array for each output, and one with a covector, one for each input."""

    moved: list[Flat]
    pulled: list[Flat]


def products(
    torch: Any, operator: Operator, tangent: Mapping[str, Flat], weights: Sequence[Flat], passed: Passed
) -> Products | None:
    """Return what the forward mode makes of a tangent, and its transpose of weights, one array for each output.

    None where no backward pass goes through what computed it, or something else is unusual.
    """
    x, leaves = operator.arguments.x, operator.arguments.new(tangent)
    try:
        with torch.enable_grad(), torch.autograd.forward_ad.dual_level():
            # The function may write to a tangent, but not to one that requires a gradient.
            tangents = {name: leaf.requires_grad_().clone() for name, leaf in leaves.items()}
            outputs = operator.outputs(operator.moved(x, tangents))
            parts = [torch.autograd.forward_ad.unpack_dual(one).tangent for one in outputs]
            pulled = _pulled(torch, parts, weights, list(leaves.values()), passed)
    except Exception as problem:  # there are steps of forward modes that PyTorch cannot go back
        raise_of_signal(problem)
        return None
    moved = [torch.zeros_like(one) if part is None else part for one, part in zip(outputs, parts, strict=True)]
    pairs = [*zip(moved, outputs, strict=True), *zip(pulled, leaves.values(), strict=True)]
    if any(one.shape != like.shape or one.dtype != like.dtype for one, like in pairs):
        return None
    return Products(*([as_array("a product", one) for one in each] for each in (moved, pulled)))


def _pulled(
    torch: Any, parts: Sequence[Any], weights: Sequence[Flat], leaves: Sequence[Any], passed: Passed
) -> list[Any]:
    """Return what a backward pass from the tangents of outputs to those of inputs finds; or zeros."""
    pairs = [(one, torch.from_numpy(each)) for one, each in zip(parts, weights, strict=True) if one is not None]
    given = [(one, each) for one, each in pairs if one.requires_grad]
    if any(bool(one.any()) for one, _ in pairs if not one.requires_grad):
        raise RuntimeError("a tangent does not depend on those of the inputs")
    if not given:
        return [torch.zeros_like(leaf) for leaf in leaves]
    ends, incoming = zip(*given, strict=True)
    found = passed(ends, leaves, incoming)
    return [torch.zeros_like(leaf) if one is None else one for leaf, one in zip(leaves, found, strict=True)]


class Rows:
    """Compares a product with a tangent, output by output, with the slopes at the pairs that a check asks for.

    Parameters
    ----------
    at_x
        The outputs at x.
    x, tangent
        The point and the tangent, flat.
    moved
        The product.
    """

    def __init__(self, at_x: Flat, x: Flat, tangent: Flat, moved: Flat) -> None:
        self._at_x = at_x
        self._x = x
        self._unit = UNIT[x.dtype.name]
        self._tangent = tangent
        self._moved = moved
        self._seen: list[tuple[Flat, Flat, Flat]] = []

    def are_transposed(self, weights: Flat, pulled: Flat) -> bool:
        """Whether weights times the product are the tangent times a product with the weights."""
        one, other = weights * self._moved, self._tangent * pulled
        size = float(np.dot(one, one) + np.dot(other, other)) ** 0.5
        apart = abs(float(np.add.reduce(one)) - float(np.add.reduce(other)))
        return bool(apart <= SAME * self._unit * size < np.inf)  # where squares have no value, nothing is known

    def see_along(self, places: Flat, steps: Flat, outputs: Flat) -> None:
        """Take the outputs at points in each of which one coordinate is moved, and how far that is."""
        self._seen.append((places.copy(), steps, outputs))  # the places lie in memory of the core

    def suspicions(self) -> bool:
        """Whether an output seems to disagree, or was not seen along all coordinates."""
        pairs = self._pairs()
        if pairs is None:
            return True
        places, steps, outputs = pairs
        tangent = self._tangent[places]
        right, left = (outputs - self._at_x) / steps[:, :, None]
        slopes, squares = (right + left) / 2, np.square(tangent)
        off = np.abs(self._moved - tangent @ slopes)
        # Noise and curvature keep the two sides apart: mostly by more than all there is.
        apart = np.sqrt(squares @ np.square(right - left)) / 2
        if (off <= apart).all():
            return False
        size = np.fmax(np.abs(self._at_x), np.sqrt(np.square(sizes_of(self._x)[places]) @ np.square(slopes)))
        narrow = np.abs(steps).min(axis=0)
        # What does not move an output at all adds no rounding to it.
        moves = ((right != 0) | (left != 0)).astype(np.float64)
        bar = ROUNDINGS * self._unit * size * np.sqrt((squares / np.square(narrow)) @ moves)
        return not (off <= apart + bar).all()

    def _pairs(self) -> tuple[Flat, Flat, Flat] | None:
        """Return each coordinate, the steps of the last pair of points along it, and the outputs there.

        None where a coordinate has no pair.  The first axis of steps and outputs is for the two points of a pair.
        """
        places, steps, outputs = map(np.concatenate, zip(*self._seen, strict=True))
        n, here = len(self._x), np.arange(0, len(places), 2)
        if len(places) != 2 * n or not _are_pairs(places[::2], places[1::2], steps[::2], steps[1::2]).all():
            pairs = _are_pairs(places[:-1], places[1:], steps[:-1], steps[1:])
            last = np.full(n, -1)
            last[places[:-1][pairs]] = np.flatnonzero(pairs)
            here = last[last >= 0]
        if len(set(places[here].tolist())) < n:
            return None
        both = np.stack([here, here + 1])
        return places[here], steps[both], outputs[both]


def _are_pairs(places: Flat, others: Flat, steps: Flat, others_steps: Flat) -> Flat:
    pairs: Flat = (places == others) & (np.abs(steps + others_steps) < np.abs(steps) / 2)
    return pairs
