"""Calls of PyTorch's functions that pass through a function of ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def through(torch: Any, called: Callable[[Any, Any, dict[str, Any]], Any]) -> Any:
    """Return a context in which a function gets the calls of PyTorch's functions, with arguments and keywords."""
    return _mode_of(torch)(called)


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
