"""What PyTorch's gradcheck asks of the forward mode besides its numbers: missing tangents count as 0."""

from __future__ import annotations

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

    def _moved(self, tangents: Mapping[str, Any], without: str, zero: bool) -> list[Any]:
        """Return the tangents of the outputs that take part where one input has none, or one of zeros."""
        arguments, make_dual = self._operator.arguments, self._mode.make_dual
        points = arguments.tensors(arguments.x)
        dual = {name: make_dual(one, tangents[name]) for name, one in points.items() if name != without}
        if zero:
            dual[without] = make_dual(points[without], self._torch.zeros_like(points[without]))
        outputs = self._operator.outputs(arguments.call(self._operator.function, {**points, **dual}))
        parts = [self._mode.unpack_dual(one).tangent for one in outputs]
        return [self._torch.zeros_like(one) if part is None else part for one, part in zip(outputs, parts, strict=True)]

    def refuse_undefined(self) -> None:
        """Raise a fault unless an input without a tangent counts as one whose tangent is 0."""
        given = self._operator.arguments.given
        tangents = {name: self._tangent(one) for name, one in given.items()} if len(given) > 1 else {}
        for name in given:
            with self._mode.dual_level():
                zeros = self._moved(tangents, name, True)
                # Where no input has a tangent, no output has one.
                without = self._moved(tangents, name, False) if tangents else map(self._torch.zeros_like, zeros)
                if not all(self._are_close(one, other) for one, other in zip(zeros, without, strict=True)):
                    raise FaultError(f"Tangents differ where {name} has no tangent and where its tangent is 0.")

    def _are_close(self, one: Any, other: Any) -> bool:
        # To look for equal numbers takes a fraction of the time.
        other = other.to(one.dtype)
        return bool(self._torch.equal(one, other) or self._torch.allclose(one, other))
