"""Losses at points where kinks meet, with the slope in place of each kink that automatic differentiation takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .lifted.lifting import eager

# Functions of single elements that may have a kink where their argument is 0, by the names of PyTorch.
KINKED = frozenset(
    f"{name}{ending}"
    for name in ("relu", "relu6", "leaky_relu", "abs", "absolute", "clamp", "clamp_min", "clip", "threshold")
    for ending in ("", "_")
)
# How far from 0 slopes are taken that tell a kink, and what part of the larger one they then differ by.
NEAR, APART = 2.0**-10, 1e-3


class Place(NamedTuple):
    """Where the arguments of one call are 0 at x, and the slope that automatic differentiation takes there."""

    mask: Any
    slope: float


class Straightened:
    """A loss that is straight where its arguments of relu and the like are exactly 0 at x, and as it is elsewhere.

    The slopes there are those that PyTorch takes for its derivative, so that this loss has the gradient that automatic
    differentiation computes, if that is right.

    Parameters
    ----------
    torch
        PyTorch.
    value
        The loss, a function without arguments.

    Attributes
    ----------
    count
        The number of such arguments.
    names
        The functions that have them.
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
        self._run()
        self._looks = False

    def __call__(self) -> float:
        """Return the value at the present parameters."""
        return self._run()

    def _run(self) -> float:
        self._calls = 0
        with eager(self._torch), _mode_of(self._torch)(self._called):
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
        straight = place.slope * given[place.mask]
        value = function(*arguments, **keywords)
        value[place.mask] = straight
        return value

    def _look(self, name: str, function: Any, arguments: Any, keywords: dict[str, Any]) -> Place | None:
        """Return where the arguments of a call are 0; None if nowhere, or if there is no kink."""
        given, *others = arguments
        torch = self._torch
        is_plain = isinstance(given, torch.Tensor) and given.is_floating_point()
        if not is_plain or any(isinstance(one, torch.Tensor) for one in (*others, *keywords.values())):
            return None
        mask = given == 0
        if not (count := int(mask.sum())):
            return None
        with torch.enable_grad():
            points = torch.tensor([-NEAR, 0.0, NEAR], dtype=given.dtype, requires_grad=True)
            # A copy, because it may be modified.
            values = function(points.clone(), *others, **keywords)
            slopes = torch.autograd.grad(values.sum(), points)[0]
        below, at, above = slopes.tolist()
        if values[1].item() != 0 or abs(above - below) <= APART * max(abs(above), abs(below)):
            return None
        self.count += count
        self.names[name.rstrip("_")] = None
        return Place(mask, at)


def _mode_of(torch: Any) -> Any:
    """Return the class of the mode; a class in a function, because PyTorch is imported on use."""

    class Mode(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __init__(self, called: Callable[[Any, Any, dict[str, Any]], Any]) -> None:
            super().__init__()
            self._called = called

        def __torch_function__(
            self, function: Any, types: Any, arguments: Any = (), keywords: dict[str, Any] | None = None
        ) -> Any:
            return self._called(function, arguments, keywords or {})

    return Mode
