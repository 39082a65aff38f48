"""Losses at points where kinks meet, with the slope in place of each kink that automatic differentiation takes."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

from ..frameworks.kinks import Linearised
from .calls import KINKED, may_meet, through
from .lifted.lifting import eager

# How far from 0 slopes are taken that tell a kink, and what part of the larger one they then differ by.
NEAR, APART = 2.0**-10, 1e-3


class Place(NamedTuple):
    """Where the arguments of one call are 0 at x, and the slope that automatic differentiation takes there."""

    mask: Any
    slope: float


class LinearisedLoss(Linearised):
    """A loss that is linear where kinks meet at the parameters.

    Parameters
    ----------
    torch
        PyTorch.
    value
        The loss, a function without arguments.

    Attributes
    ----------
    is_by_hand
        Whether one of them is called in the forward pass of an `autograd.Function`, whose backward pass may take other
        slopes.
    """

    def __init__(self, torch: Any, value: Callable[[], float]) -> None:
        self._torch = torch
        self._value = value
        # One for each call of such a function, in their order; None where no argument is 0.
        self._places: list[Place | None] = []
        self._looks = True
        self._calls = 0
        self.count = 0
        self.names: dict[str, None] = {}
        self.is_by_hand = False
        self._run()
        self._looks = False

    def __call__(self, *_: Any) -> float:
        """Return the value at the present parameters."""
        return self._run()

    def _run(self) -> float:
        self._calls = 0
        with eager(self._torch), through(self._torch, self._called):
            return self._value()

    def _called(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        name = getattr(function, "__name__", "")
        # With a graph, a derivative within the loss is computed: memory that this needs must not change.
        if name not in KINKED or not arguments or self._torch.is_grad_enabled():
            return function(*arguments, **keywords)
        given = arguments[0]
        if self._looks:
            self._places.append(self._look(name, function, arguments, keywords))
        place = self._places[self._calls] if self._calls < len(self._places) else None
        self._calls += 1
        if place is None or place.mask.shape != given.shape:
            return function(*arguments, **keywords)
        linear = place.slope * given[place.mask] if place.slope else 0.0
        value = function(*arguments, **keywords)
        value[place.mask] = linear
        return value

    def _look(self, name: str, function: Any, arguments: Any, keywords: dict[str, Any]) -> Place | None:
        """Return where the arguments of a call are 0; None if nowhere, or if there is no kink."""
        given, *others = arguments
        torch = self._torch
        is_plain = isinstance(given, torch.Tensor) and given.is_floating_point()
        if not is_plain or any(isinstance(one, torch.Tensor) for one in (*others, *keywords.values())):
            return None
        if not may_meet(torch, function, arguments):
            return None
        mask = given == 0
        with torch.enable_grad():
            points = torch.tensor([-NEAR, 0.0, NEAR], dtype=given.dtype, requires_grad=True)
            # A copy, because it may be modified.
            values = function(points.clone(), *others, **keywords)
            slopes = torch.autograd.grad(values.sum(), points)[0]
        below, at, above = slopes.tolist()
        if values[1].item() != 0 or abs(above - below) <= APART * max(abs(above), abs(below)):
            return None
        self.count += int(mask.sum())
        self.is_by_hand = self.is_by_hand or _is_by_hand(torch)
        self.names[name.rstrip("_")] = None
        return Place(mask, at)


def _is_by_hand(torch: Any) -> bool:
    """Whether this is called in the forward pass of an `autograd.Function`, other than PyTorch's own."""
    classes = [torch.autograd.Function]
    for one in classes:
        classes += one.__subclasses__()
    theirs = [one for one in classes if one.__module__.partition(".")[0] != "torch"]
    codes = {getattr(inspect.unwrap(one.forward), "__code__", None) for one in theirs}
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code not in codes:
        frame = frame.f_back
    return frame is not None
