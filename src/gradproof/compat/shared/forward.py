"""What PyTorch's gradcheck asks of the forward mode besides its numbers: missing tangents, and batches of them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from .backward import SEED, FaultError, in_one_call
from .retained_graph import RetainedGraph

# What a second tangent of a batch is, in units of the first: products with it round alike.
MULTIPLE = -2.0


class Forward:
    """The forward mode of a function at its arguments.

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
        self._mode = torch.autograd.forward_ad
        # What is known of `_product`: with all tangents, where the check has asked for that.
        self._known: dict[Sequence[str], list[Any]] = {}
        if operator.pushed is not None:
            tangent, moved = operator.pushed
            self._known[tuple(tangent)] = [torch.from_numpy(one) for one in moved]

    @cached_property
    def _tangents(self) -> dict[str, Any]:
        """A tangent for each input: that of the check, if it had one, or a random one."""
        torch, arguments = self._torch, self._operator.arguments
        if self._operator.pushed is not None:
            return arguments.new(self._operator.pushed[0])
        random = torch.Generator().manual_seed(SEED)
        return {
            name: torch.randn(one.shape, generator=random, dtype=one.dtype).to(one.device)
            for name, one in arguments.given.items()
        }

    def _product(self, names: Sequence[str]) -> list[Any]:
        """Return the tangents of the outputs where these inputs alone have their tangents."""
        if names not in self._known:
            self._known[names] = self._moved({name: self._tangents[name] for name in names})
        return self._known[names]

    def _moved(self, tangents: Mapping[str, Any]) -> list[Any]:
        """Return the tangents of the outputs that take part, where some of the inputs have tangents."""
        x = self._operator.arguments.x
        with self._mode.dual_level():
            outputs = self._operator.outputs(self._operator.moved(x, tangents))
            parts = [self._mode.unpack_dual(one).tangent for one in outputs]
        return [self._torch.zeros_like(one) if part is None else part for one, part in zip(outputs, parts, strict=True)]

    def _moved_alone(self, name: str, tangent: Any) -> list[Any]:
        return self._moved({name: tangent})

    def refuse_undefined(self) -> None:
        """Raise a fault unless an input without a tangent counts as one whose tangent is 0, and 0 gives 0.

        Where there is one input, and it has no tangent, no output has one: what its tangent does, the numbers show.
        """
        names = tuple(self._operator.arguments.given)
        if len(names) == 1:
            return
        at_zero = self._moved({name: self._torch.zeros_like(one) for name, one in self._tangents.items()})
        if any(bool((one.isfinite() & (one != 0)).any()) for one in at_zero):
            raise FaultError("Tangents are not 0 although those of all inputs are 0.")
        if self._add_up(names):
            return
        for name in names:
            tangents = {**self._tangents, name: self._torch.zeros_like(self._tangents[name])}
            if not all(map(self._are_close, self._moved(tangents), self._product(_without(names, name)))):
                raise FaultError(f"Tangents differ where {name} has no tangent and where its tangent is 0.")

    def _add_up(self, names: tuple[str, ...]) -> bool:
        """Whether products in each of which one tangent is missing add up to so many products with all of them.

        As they do where a missing one counts as 0, which takes about half the calls to see.
        """
        parts = [self._product(_without(names, name)) for name in names]
        whole = self._product(names)
        return all(
            self._are_close((len(parts) - 1) * one, functools.reduce(operator.add, each))
            for one, *each in zip(whole, *parts, strict=True)
        )

    def refuse_unbatched(self) -> None:
        """Raise a fault unless several tangents at once, of one input, give the same as one after another."""
        torch = self._torch
        for name, tangent in self._tangents.items():
            alone = self._product((name,))
            # The second is a multiple of the first one, and so is its product, to the last bit.
            several = torch.stack([tangent, MULTIPLE * tangent])
            try:
                found = in_one_call(torch, functools.partial(self._moved_alone, name), several)
            except RuntimeError as problem:
                raise FaultError(f"Batched tangents cannot be computed: {problem}") from problem
            if not all(map(self._are_close, found, (torch.stack([one, MULTIPLE * one]) for one in alone))):
                raise FaultError(f"Batched tangents of {name} differ from those that are computed one after another.")

    def _are_close(self, one: Any, other: Any) -> bool:
        # To look for equal numbers takes a fraction of the time.
        other = other.to(one)
        return bool(self._torch.equal(one, other) or self._torch.allclose(one, other))


def _without(names: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name)
