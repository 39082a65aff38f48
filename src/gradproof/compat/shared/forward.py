"""What PyTorch's gradcheck asks of the forward mode beside its numbers: tangents that are not there count as 0."""

from __future__ import annotations

from collections.abc import Mapping
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
        self._random = torch.Generator().manual_seed(SEED)

    def _points(self) -> dict[str, Any]:
        arguments = self._operator.arguments
        return arguments.tensors(arguments.x)

    def _tangent(self, like: Any) -> Any:
        return self._torch.randn(like.shape, generator=self._random, dtype=like.dtype).to(like.device)

    def _moved(self, points: Mapping[str, Any], tangents: Mapping[str, Any]) -> list[Any]:
        """Return the tangents of the outputs that take part; inputs without a tangent have none."""
        with self._mode.dual_level():
            dual = {
                name: self._mode.make_dual(one, tangents[name]) if name in tangents else one
                for name, one in points.items()
            }
            outputs = self._operator.outputs(self._operator.arguments.call(self._operator.function, dual))
            parts = [self._mode.unpack_dual(one).tangent for one in outputs]
            return [
                self._torch.zeros_like(one) if part is None else part for one, part in zip(outputs, parts, strict=True)
            ]

    def refuse_undefined(self) -> None:
        """Raise a fault unless an input without a tangent counts as one whose tangent is 0."""
        points = self._points()
        tangents = {name: self._tangent(one) for name, one in points.items()}
        for name in points:
            zero = self._moved(self._points(), {**tangents, name: self._torch.zeros_like(points[name])})
            without = self._moved(self._points(), {other: one for other, one in tangents.items() if other != name})
            if not all(self._torch.allclose(a, b.to(a.dtype)) for a, b in zip(zero, without, strict=True)):
                raise FaultError(f"Tangents differ where {name} has no tangent and where its tangent is 0.")
