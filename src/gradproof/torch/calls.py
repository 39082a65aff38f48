"""Calls of PyTorch's functions that pass through a function of ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

# Functions of single elements that may have a kink where their argument is 0, by the names of PyTorch.
KINKED = frozenset(
    f"{name}{ending}"
    for name in ("relu", "relu6", "leaky_relu", "abs", "absolute", "clamp", "clamp_min", "clip", "threshold")
    for ending in ("", "_")
)


def through(torch: Any, called: Callable[[Any, Any, dict[str, Any]], Any]) -> Any:
    """Return a context in which a function gets the calls of PyTorch's functions, with arguments and keywords."""
    return _mode_of(torch)(called)


def beneath(torch: Any, called: Callable[[Any, Any, Any, dict[str, Any]], Any]) -> Any:
    """Return a context in which a function gets the calls of operators, those of backward passes among them.

    It gets the context itself, the operator, arguments and keywords.
    """
    from torch.utils._python_dispatch import TorchDispatchMode

    class Mode(TorchDispatchMode):  # type: ignore[misc]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            # Else PyTorch imports its compiler at the first call, which takes a second; nothing is compiled here.
            return False

        def __torch_dispatch__(self, function: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
            # A backward pass comes here with the mode that lifts still active, which has nothing to do this far down.
            with torch._C.DisableTorchFunction():
                return called(self, function, arguments, keywords or {})

    return Mode()


def may_meet(torch: Any, function: Any, arguments: Any) -> bool:
    """Whether a call is of a function that may have a kink at 0, with arguments that are 0."""
    if getattr(function, "__name__", "") not in KINKED or not arguments or not isinstance(arguments[0], torch.Tensor):
        return False
    try:
        return not bool(arguments[0].all())
    except RuntimeError:  # a tensor without numbers of its own, as under vmap
        return False


@functools.cache
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
