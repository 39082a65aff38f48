"""Functions that take more than x: `args=`, as in `scipy.optimize.minimize`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..evaluators.objectives import Batched, InPlace, NativeFunction, Terms, batched, terms
from ..problem.point import called


class WithArguments:
    """A function of x, or of x and rows, that is called with further arguments; it can be pickled if they can."""

    def __init__(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], what: str, second: str = "an index array"
    ) -> None:
        self.function = function
        self.arguments = arguments
        self._second = second
        more = "1 more argument" if len(arguments) == 1 else f"{len(arguments)} more arguments"
        self._how = f"with args=, the {what} is called with {{}} and {more}"

    def __call__(self, *first: Any) -> Any:
        """Call the user's function; if its signature does not fit, raise an error that says how it is called."""
        how = self._how.format("x" if len(first) == 1 else f"x, {self._second}")
        return called(how, self.function, *first, *self.arguments)


def as_tuple(args: Any) -> tuple[Any, ...]:
    """Return `args` as a tuple; as in SciPy, anything else is a single argument."""
    return args if isinstance(args, tuple) else (args,)


def with_arguments(function: Any, arguments: tuple[Any, ...], what: str, second: str = "an index array") -> Any:
    """Return a function of any kind that is called with further arguments; what is no function is returned as it is.

    Parameters
    ----------
    function
        An objective or a gradient.
    arguments
        What it takes beside x.
    what, second
        What error messages call it, and what it is called with beside x, if it is.
    """
    if not arguments:
        return function
    if isinstance(function, NativeFunction):
        raise TypeError("args= is for Python functions: a C function takes what it needs as native(function, user=…)")
    if isinstance(function, InPlace):
        raise TypeError("args= cannot be used with in_place, whose functions take no arguments: pass `lambda: f(…)`")
    if isinstance(function, Batched):
        return batched(WithArguments(function.function, arguments, f"batched {what}"))
    if isinstance(function, Terms):
        return terms(WithArguments(function.function, arguments, what))
    return WithArguments(function, arguments, what, second) if callable(function) else function
