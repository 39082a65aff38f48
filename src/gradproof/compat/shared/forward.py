"""What PyTorch's gradcheck asks of the forward mode besides its numbers: missing tangents count as 0."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ...torch.operators import Operator
from .backward import SEED, FaultError


class Forward:
    """The forward mode of a function at its arguments.

    Parameters
    ----------
    torch
        PyTorch.
    operator
        The function.
    """

    def __init__(self, torch: Any, operator: Operator) -> None:
        self._torch = torch
        self._operator = operator
        self._mode = torch.autograd.forward_ad

    @cached_property
    def _random(self) -> Any:
        return self._torch.Generator().manual_seed(SEED)

    def _tangent(self, like: Any) -> Any:
        return self._torch.randn(like.shape, generator=self._random, dtype=like.dtype).to(like.device)

    def _moved(self, tangents: Mapping[str, Any]) -> list[Any]:
        """Return the tangents of the outputs that take part, where some of the inputs have tangents."""
        arguments, make_dual = self._operator.arguments, self._mode.make_dual
        points = arguments.tensors(arguments.x)
        dual = {name: make_dual(one, tangents[name]) if name in tangents else one for name, one in points.items()}
        outputs = self._operator.outputs(arguments.call(self._operator.function, dual))
        parts = [self._mode.unpack_dual(one).tangent for one in outputs]
        return [self._torch.zeros_like(one) if part is None else part for one, part in zip(outputs, parts, strict=True)]

    def refuse_undefined(self) -> None:
        """Raise a fault unless an input without a tangent counts as one whose tangent is 0."""
        given = self._operator.arguments.given
        tangents = {name: self._tangent(one) for name, one in given.items()} if len(given) > 1 else {}
        if tangents and self._add_up(tangents):
            return
        for name, one in given.items():
            rest = _without(tangents, name)
            with self._mode.dual_level():
                zeros = self._moved({**rest, name: self._torch.zeros_like(one)})
                # Where no input has a tangent, no output has one.
                without = self._moved(rest) if rest else map(self._torch.zeros_like, zeros)
                if not all(self._are_close(one, other) for one, other in zip(zeros, without, strict=True)):
                    raise FaultError(f"Tangents differ where {name} has no tangent and where its tangent is 0.")

    def _add_up(self, tangents: Mapping[str, Any]) -> bool:
        """Whether products in each of which one tangent is missing add up to so many products with all of them.

        As they do where a missing one counts as 0, which takes about half the calls to see.
        """
        with self._mode.dual_level():
            parts = [self._moved(_without(tangents, name)) for name in tangents]
            whole = self._moved(tangents)
        return all(
            self._are_close((len(parts) - 1) * one, functools.reduce(operator.add, each))
            for one, *each in zip(whole, *parts, strict=True)
        )

    def _are_close(self, one: Any, other: Any) -> bool:
        # To look for equal numbers takes a fraction of the time.
        other = other.to(one.dtype)
        return bool(self._torch.equal(one, other) or self._torch.allclose(one, other))


def _without(tangents: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: one for other, one in tangents.items() if other != name}
