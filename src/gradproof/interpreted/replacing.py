"""Copies of functions of the core that call other functions in the place of some."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, TypeVar, cast

from ..core.records.abi import CORE

Function = TypeVar("Function", bound=Callable[..., Any])


class Replacing:
    """Copies functions of the core, each once, so that they call others in the place of some, however deep below.

    Parameters
    ----------
    others
        What is called, by the function in whose place it is.
    """

    def __init__(self, others: Mapping[Callable[..., Any], Callable[..., Any]]) -> None:
        self._made: dict[Any, Any] = dict(others)

    def copy(self, function: Function) -> Function:
        """Return the copy of a function."""
        return cast(Function, self._copy(function))

    def _copy(self, value: Any) -> Any:
        if not (isinstance(value, FunctionType) and value.__module__.startswith(f"{CORE}.")):
            return value
        if value not in self._made:
            found = value.__globals__
            scope: dict[str, Any] = {"__builtins__": found["__builtins__"], "__name__": value.__module__}
            self._made[value] = FunctionType(value.__code__, scope, value.__name__, value.__defaults__)
            # Fields of records are among these names, too: where one is called like a function, that does no harm.
            names = [name for name in value.__code__.co_names if name in found]
            scope.update({name: self._copy(found[name]) for name in names})
        return self._made[value]
