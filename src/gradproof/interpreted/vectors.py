"""Functions of the core that loop over a part of a vector: compiled, each alone, once they have looped far enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.lines.norms import count_zeros, is_in_float32, window_sums
from ..core.pieces.relative_error import BLOCK, may_hold_a_larger_one, place_of_largest, write_errors
from ..core.points.directions import first_not_finite_in, sum_of_squares
from ..core.points.probes import copy
from ..core.points.windows import move_some, move_window

# Compiling a function takes some tenths of a second: it pays after this many microseconds.
WORTH_COMPILING = 200_000
# Microseconds of overhead of a call of compiled code.
CALL = 20

# How many microseconds a call takes, about, where it is interpreted.
PRICES: dict[Callable[..., Any], Callable[..., int]] = {
    count_zeros: lambda x, n: n // 4,
    first_not_finite_in: lambda x, n: n // 8,
    is_in_float32: lambda claimed, n: n // 2,
    may_hold_a_larger_one: lambda a, b, start, best: BLOCK,
    move_some: lambda x, claimed, start, stop, motion, point: 16 * (stop - start),
    move_window: lambda x, claimed, start, stop, motion, point: 2 * (stop - start),
    place_of_largest: lambda a, b, start, stop: 2 * (stop - start),
    sum_of_squares: lambda x, n: n // 2,
    window_sums: lambda x, claimed, scales, first, last: last - first,
    write_errors: lambda a, b, start, stop, out: stop - start,
}


class OnceWorthIt:
    """A function of the core, interpreted at first, and compiled once that has taken long enough.

    Parameters
    ----------
    function
        A function of vectors, numbers, and tuples of these.
    price
        How many microseconds a call takes, about, by its arguments: counted, not measured, so that the same check
        compiles the same functions wherever it runs.
    """

    def __init__(self, function: Callable[..., Any], price: Callable[..., int]) -> None:
        self.function = function
        self._price = price
        self._spent = 0
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns."""
        price = self._price(*arguments)
        if price < CALL:
            return self.function(*arguments)
        if self._compiled is None:
            self._spent += int(price)
            if self._spent < WORTH_COMPILING:
                return self.function(*arguments)
            # Imported on use: Numba takes half a second, and short vectors do without it.
            from ..compiler import for_python

            self._compiled = for_python(self.function)
        # None has its own type in Numba; where a vector is null, it is not read.
        vector = arguments[0]
        return self._compiled(*(vector if argument is None else argument for argument in arguments))

    @property
    def is_compiled(self) -> bool:
        """Whether the function has been compiled."""
        return self._compiled is not None


def copied(x: Any, n: int, point: Any) -> None:
    """Begin a point where the lines go through."""
    point[:n] = x[:n]


BY_NEED: dict[Callable[..., Any], OnceWorthIt] = {
    function: OnceWorthIt(function, price) for function, price in PRICES.items()
}
# What is called in the place of functions of the core.
OTHERS: dict[Callable[..., Any], Callable[..., Any]] = {**BY_NEED, copy: copied}
