"""The point at which a gradient is checked, and calls of the user's functions."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .numbers import REALS, Flat, is_finite, too_deep
from .structure import Layout, layout_of
from .watching import Watch

if TYPE_CHECKING:
    from .exceptions import Exceptions, Raised

# Long vectors are read in pieces of this size, which need little memory.
PIECE = 1 << 16
ALONE = "with x alone"
MORE = "; give what else it takes as args=, or pass a function of x"
GRADIENT = "the gradient "
PRODUCT = "; a product with a cotangent is checked by check_vjp(function, vjp, x)"
# A function of one argument where one of x and a vector is called.
LINEAR = (
    "; if it does not depend on x, write `lambda x, vector: product(vector)`; what returns a whole matrix at x is "
    "checked by gradproof.check_jacobian, and what returns a gradient by gradproof.check"
)
# What a structure is to a function that takes its parts one by one.
PARTS = "; x, {}, is one argument: to pass its parts one by one, write `lambda x: f({}x)`"
SPREAD = {
    "tuple": PARTS.format("a tuple", "*"),
    "list": PARTS.format("a list", "*"),
    "dict": PARTS.format("a dict", "**"),
}


class Problem:
    """The point x as a flat vector in its own arithmetic, and the layout of the user's structure."""

    # Whether the objective reads x where the user has it.
    is_in_place = False

    def __init__(self, layout: Layout, x: Flat) -> None:
        self.layout = layout
        self.x = x
        # The number of coordinates, and whether the objective receives float32.
        self.n = layout.n
        self.is_float32 = x.dtype.char == "f"
        self.notes: list[str] = []
        self.watch = Watch()
        # Along lines, vectors keep the type of x and the gradient, which may be as long, is called only once.
        self.along_lines = False
        # Whether the claimed gradient of a complex coordinate is the conjugate of what a step is multiplied with.
        self.is_conjugate = False
        # What claims are multiplied with: -1 where they are forces.
        self.sign = 1
        self._process = os.getpid()

    @functools.cached_property
    def raised(self) -> Exceptions:
        """The exceptions that the objective has raised away from x."""
        # Imported on use: most objectives raise none.
        from .exceptions import Exceptions

        return Exceptions()

    @property
    def exceptions(self) -> tuple[Raised, ...]:
        """One record for each type of exception that the objective has raised away from x."""
        return self.raised.all() if "raised" in vars(self) else ()

    def again(self) -> Problem:
        """Return the same problem for another check: without the notes and exceptions of this one."""
        other = Problem(self.layout, self.x)
        other.is_conjugate = self.is_conjugate
        other.sign = self.sign
        return other

    @property
    def whole(self) -> Problem:
        """The problem with all of x; itself unless some coordinates are held."""
        every = self.layout.whole()
        return self if every is None else Problem(*every)

    def note(self, text: str) -> None:
        """Add a note to the report, unless it is there already."""
        if text not in self.notes:
            self.notes.append(text)

    def note_raised(self, error: Exception, probe: Any, count: int = 1) -> None:
        """Note an exception that the objective raised at the point of a probe, the first of `count` points.

        It is raised again where the objective has copied this process: the copy is not to go on with the check.
        """
        if os.getpid() != self._process:
            raise error
        self.raised.note(error, lambda: self._where(probe), count)

    def _where(self, probe: Any) -> str:
        """Return the point of a probe in words: what was moved, and how far."""
        start, stop, step = int(probe["start"]), int(probe["stop"]), float(probe["step"])
        if stop > start + 1:
            return f"a step of {step:.3g} along a line through {self.layout.name_of_line(start, stop)}"
        return f"{self.layout.name(start)} {'-' if step < 0 else '+'} {abs(step):.3g}"

    def copy_of_x(self) -> tuple[Any, Flat]:
        """Return a copy of x in the user's structure, and its memory as a flat vector."""
        flat = self.x.copy()
        return self.layout.build(flat), flat


class Choice:
    """What of x is checked, as the user says it: the arguments `only`, `held` and `names` of a check."""

    def __init__(self, only: Any = None, held: Any = None, names: Any = None) -> None:
        self.only = only
        self.held = held
        self.names = names

    def named(self, layout: Layout) -> Layout:
        """Return a layout with the user's names of coordinates, where there are some."""
        return layout if self.names is None else layout.named(self.names)

    def indices(self, layout: Layout) -> Flat | None:
        """Return the flat indices of the coordinates to check, None for all."""
        if self.only is None and self.held is None:
            return None
        # Imported on use: most checks are of all coordinates.
        from .coordinates.chosen import chosen_coordinates

        return chosen_coordinates(layout, self.only, self.held)

    def of(self, layout: Layout, flat: Flat) -> tuple[Layout, Flat]:
        """Return the layout and the numbers of a flat point that are to be checked."""
        layout = self.named(layout)
        indices = self.indices(layout)
        if indices is None:
            return layout, flat
        from .coordinates.chosen import Chosen

        every = flat.copy()
        return Chosen(layout, every, indices), every[indices]


EVERYTHING = Choice()


def read_problem(x: Any, choice: Choice = EVERYTHING, *, hold: bool = False) -> Problem:
    """Return the problem at the user's x, which is never modified: it is copied, or only read if it is large.

    With `hold`, integers, text and None in a structure are no coordinates.
    """
    layout, flat = read(x, hold=hold) if type(x) is np.ndarray else _read_other(x, hold)
    if choice is not EVERYTHING:
        layout, flat = choice.of(layout, flat)
    problem = Problem(layout, flat)
    if type(x) is not np.ndarray:
        # Imported on use, here and below: most x are one array.
        from .given.foreign import about_conversion, is_frame

        if not is_frame(x):
            problem.notes.extend(about_conversion(x))
    # A vector that is no view has memory of its own.
    if flat.base is not None and isinstance(x, np.ndarray):
        problem.x = problem.watch.own(flat, "x")
    refuse_what_is_not_finite(layout, problem.x)
    return problem


def _read_other(x: Any, hold: bool) -> tuple[Layout, Flat]:
    from .given.foreign import is_frame, refuse_foreign

    if is_frame(x):
        from .given.frames import read_frame  # on use, as are all forms that few have

        return read_frame(x)
    try:
        refuse_foreign(x)
    except RecursionError:
        raise too_deep("x") from None
    return read(x, hold=hold)


def read(x: Any, *, hold: bool = False) -> tuple[Layout, Flat]:
    """Return the layout of the user's x and its numbers as a flat vector; a single array is not copied."""
    if type(x) is not np.ndarray or x.dtype.char not in REALS:
        layout = layout_of(x, hold=hold)
        return layout, layout.flat_or_same(x, "x", dtype=layout.dtype)
    layout = _layout_of_array(x.shape, x.dtype.char)
    is_plain = x.flags.c_contiguous and x.dtype.isnative
    return layout, x.reshape(-1) if is_plain else layout.flatten(x, "x", dtype=layout.dtype)


@functools.lru_cache(maxsize=64)
def _layout_of_array(shape: tuple[int, ...], kind: str) -> Layout:
    """Return the layout of an array of float32 or float64; no layout ever changes."""
    return layout_of(np.broadcast_to(np.zeros((), kind), shape))


def refuse_what_is_not_finite(layout: Layout, flat: Flat) -> None:
    """Raise a ValueError that names the first coordinate of x that is not finite, if there is one."""
    if layout.n <= PIECE:
        fine = is_finite(flat)
    else:
        fine = all(is_finite(flat[start : start + PIECE]) for start in range(0, layout.n, PIECE))
    if not fine:
        bad = np.flatnonzero(~np.isfinite(flat))
        others = bad.size - 1
        more = f" (and {others:,} more {'is' if others == 1 else 'are'} not finite)" if others else ""
        raise ValueError(f"x must be finite, but {layout.name(int(bad[0]))} is {flat[bad[0]]}{more}")


def same_numbers(a: Flat, b: Flat) -> bool:
    """Return whether two vectors of equal length are equal everywhere; compared piece by piece."""
    if a.size <= PIECE:
        return b"\0" not in (a == b).tobytes()  # in half of the time that NumPy takes to count them
    for start in range(0, a.size, PIECE):
        here, there = a[start : start + PIECE], b[start : start + PIECE]
        if np.count_nonzero(here == there) < here.size:
            return False
    return True


def call(function: Callable[[Any], Any], x: Any, what: str) -> Any:
    """Call the user's function with x; if its signature does not fit, raise an error that says how it is called."""
    try:
        return function(x)
    except TypeError as problem:
        _raise_of_signature(problem, f"the {what} is called {ALONE}", x)
        raise


def called(how: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the user's function; if its signature does not fit, raise a TypeError that begins with `how`."""
    try:
        return function(*arguments)
    except TypeError as problem:
        _raise_of_signature(problem, how)
        raise


def _raise_of_signature(problem: TypeError, how: str, x: Any = None) -> None:
    """Raise a TypeError that begins with `how` if a call itself failed, not something inside the function."""
    # No frame below that of the call.
    if problem.__traceback__ is None or problem.__traceback__.tb_next is None:
        hint = SPREAD.get(type(x).__name__, MORE) if how.endswith(ALONE) and "missing" in str(problem) else ""
        if hint is MORE and how.startswith(GRADIENT):
            hint += PRODUCT
        if not how.endswith(ALONE) and "takes 1 positional argument" in str(problem):
            hint = LINEAR
        raise TypeError(f"{how}: {problem}{hint}") from None
