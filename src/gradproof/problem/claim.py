"""The claimed gradient as one flat vector: obtained, and compared with a second call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .nodes import Branch
from .numbers import REALS, Flat, too_deep
from .point import Problem, call, called, same_numbers
from .structure import Layout

# Two calls may differ in the order of their sums: this part of the largest component counts as rounding.
ROUNDING = {"float64": 1e-11, "float32": 1e-4}

# References to a result that nobody else holds: the variable, and the argument of sys.getrefcount.
ONLY_OURS = 2
# The most names of arrays that a note lists.
LISTED = 5
WATCHED = "the claimed gradient"
OVERWRITES = (
    "The {} writes to the vector that it is called with. It was given copies; in a backward pass, others may need that "
    "vector, too."
)
NOT_LINEAR = "The product is not linear in the vector that it is called with."


class Claimed:
    """A claimed gradient that was obtained before: a vector, the number of calls, and whether the user holds it."""

    def __init__(self, values: Flat, calls: int, is_users: bool = False) -> None:
        self.values = values
        self.calls = calls
        self.is_users = is_users

    def own(self, problem: Problem) -> Flat:
        """Return the values in the type that the check needs; as a copy, or watched, if the user holds them."""
        values = problem.watch.own(self.values, WATCHED) if self.is_users else self.values
        return values.astype(problem.x.dtype if problem.along_lines else np.float64, copy=False)


class Product:
    """The product with a covector as a function of x.

    Parameters
    ----------
    word
        What the user calls it.
    vjp
        The user's function.
    layout
        The structure of the output.
    cotangent
        The covector, flat.
    """

    def __init__(self, word: str, vjp: Callable[[Any, Any], Any], layout: Layout, cotangent: Flat) -> None:
        self.word = word
        self._vjp = vjp
        self._layout = layout
        self._cotangent = cotangent
        self.overwrites = False

    def __call__(self, x: Any) -> Any:
        """Return the product at x, and see whether the user's function overwrites the covector."""
        cotangent = self._cotangent.copy()
        value = self._with(x, cotangent)
        self.overwrites = not same_numbers(cotangent, self._cotangent)
        return value

    def opposite(self, x: Any) -> Any:
        """Return the product with minus the covector at x."""
        return self._with(x, -self._cotangent)

    def _with(self, x: Any, cotangent: Flat) -> Any:
        how = f"the {self.word} is called with x and a {'cotangent' if self.word == 'vjp' else 'vector'}"
        try:
            return called(how, self._vjp, x, self._layout.build(cotangent))
        except Exception as problem:
            _raise_of_signal(problem)
            if self._takes_vector_first(x, cotangent):
                raise TypeError(f"{how}, in this order, but seems to take them in the other one") from problem
            if self.word == "vjp" and self._takes_tangent(x):
                raise TypeError(f"{how}, but seems to take a tangent: gradproof.check_jvp checks a jvp") from problem
            if isinstance(self._layout.root, Branch) and hasattr(problem, "add_note"):  # Python 3.10 has no notes
                has = f"a {self._layout.root.kind} of {len(self._layout.root.children)}"
                problem.add_note(f"{how}; the vector is {has} parts, as what the function returns is.")
            raise

    def _takes_tangent(self, x: Any) -> bool:
        """Whether the function returns something like the output, which is not like x, if it is called with a tangent.

        Both are single arrays.
        """
        like = getattr(self._layout.root, "shape", None)
        if like is None or not isinstance(x, np.ndarray) or x.shape == like:
            return False
        try:
            return bool(np.shape(self._vjp(x, x.copy())) == like)
        except Exception as problem:
            _raise_of_signal(problem)
            return False

    def _takes_vector_first(self, x: Any, cotangent: Flat) -> bool:
        """Whether the function returns something, like an x that is an array, if its arguments change places."""
        try:
            value = self._vjp(self._layout.build(cotangent.copy()), x)
            return value is not None and (not isinstance(x, np.ndarray) or np.shape(value) == x.shape)
        except Exception as problem:
            _raise_of_signal(problem)
            return False


def _raise_of_signal(problem: Exception) -> None:
    # Imported on use: most products raise nothing.
    from .exceptions import raise_of_signal

    raise_of_signal(problem)


def claimed_gradient(gradient: Any, problem: Problem) -> tuple[Flat, int]:
    """Return the claimed gradient as a flat vector, and how often the gradient function was called.

    The vector is in float64; in a check along lines, which calls the function only once, it has the type of x.  The
    second call shows whether the function is random; of a product with a vector it is the one with minus that vector,
    so that it also shows whether the product is linear.
    """
    if isinstance(gradient, Claimed):
        return gradient.own(problem), gradient.calls
    if not callable(gradient):
        return _given(gradient, problem), 0
    first = _call(gradient, problem, gradient.word if isinstance(gradient, Product) else "gradient")
    if problem.along_lines:
        return first, 1
    if not isinstance(gradient, Product):
        _compare(first, _call(gradient, problem), problem)
        return first, 2
    word = gradient.word
    if gradient.overwrites:
        problem.note(OVERWRITES.format(word))
    opposite = _call(gradient.opposite, problem, word)
    if difference(first, -opposite, problem) < 0:
        return first, 2
    # In the other order: what alternates from call to call must not look as if it were not linear.
    is_fixed = difference(opposite, _call(gradient.opposite, problem, word), problem) < 0
    again = _call(gradient, problem, word)
    _compare(first, again, problem, word)
    if is_fixed and difference(first, again, problem) < 0:
        problem.note(NOT_LINEAR)
    return first, 4


def claimed_again(gradient: Any, problem: Problem) -> Flat:
    """Return the claimed gradient of a resumed check, from a single call."""
    if isinstance(gradient, Claimed):
        return gradient.own(problem)
    return _call(gradient, problem) if callable(gradient) else _given(gradient, problem)


def _given(value: Any, problem: Problem) -> Flat:
    """Return a gradient that was given as arrays as a flat vector; along lines a large one is watched, not copied."""
    if not problem.along_lines:
        return _signed(problem, _flattened(problem, value, "gradient", np.float64))
    flat = problem.layout.flat_or_same(value, "gradient", dtype=problem.x.dtype)
    is_users = isinstance(value, np.ndarray) and np.may_share_memory(flat, value)
    return _signed(problem, Claimed(flat, 0, is_users).own(problem))


def _call(gradient: Callable[[Any], Any], problem: Problem, word: str = "gradient") -> Flat:
    """Call the gradient on a copy of x, and copy its result at once: it may be a buffer that is reused."""
    x, memory = problem.copy_of_x()
    value = call(gradient, x, word)
    if value is None:
        raise TypeError(f"the {word} returned None instead of an array: is a `return` missing?")
    # A result that nobody else holds cannot be a buffer that is reused.
    ours = isinstance(value, np.ndarray) and value.base is None and sys.getrefcount(value) <= ONLY_OURS
    dtype = problem.x.dtype if problem.along_lines else np.float64
    what = f"the {word}'s result"
    try:
        if problem.along_lines and ours:
            flat = problem.layout.flat_or_same(value, what, dtype=dtype)
        else:
            flat = _flattened(problem, value, what, dtype)
    except (TypeError, ValueError) as error:
        from .given.results import explained

        raise explained(error, value, problem.layout, word) from None
    if not same_numbers(memory, problem.x):
        problem.note("The gradient changed its argument. It was given copies, so your x is unchanged.")
    return _signed(problem, flat)


def _flattened(problem: Problem, value: Any, what: str, dtype: Any) -> Flat:
    """Return a claimed gradient as a new flat vector; what a structure leaves out as None counts as 0, with a note."""
    if value is None or (type(value) is np.ndarray and value.dtype.char in REALS):
        return problem.layout.flatten(value, what, dtype=dtype)
    if type(value) is not np.ndarray and not problem.layout.takes_labels:
        # Imported on use: most gradients return an array.
        from .given.foreign import about_numbers_alone

        try:
            kinds = tuple(about_numbers_alone(value))
        except RecursionError:
            raise too_deep(what) from None
        for kind in kinds:
            problem.note(f"The gradient is of type {kind}: its numbers were taken in their order, and nothing else.")
    absent: list[str] = []
    flat = problem.layout.flatten(value, what, dtype=dtype, absent=absent)
    if absent:
        problem.note(
            f"The gradient is None for {', '.join(absent[:LISTED])}{', …' * (len(absent) > LISTED)}, taken as 0."
        )
    return flat


def _signed(problem: Problem, flat: Flat) -> Flat:
    """Return a claimed gradient as what a step is multiplied with: the sign of imaginary parts is a convention."""
    if problem.is_conjugate:
        problem.layout.conjugate(flat)
    return -flat if problem.sign < 0 else flat


def _compare(first: Flat, second: Flat, problem: Problem, word: str = "gradient") -> None:
    index = difference(first, second, problem)
    if index >= 0:
        problem.note(
            f"Two calls of the {word} at x differ ({problem.layout.name(index)}: {first[index]:.6g}, then "
            f"{second[index]:.6g}); the first result was checked. Fix its random seed, or make its sums reproducible."
        )


def difference(first: Flat, second: Flat, problem: Problem) -> int:
    """Return the first place in which two results differ by more than rounding, or -1."""
    if same_numbers(first, second):
        return -1
    rounding = ROUNDING["float32" if problem.is_float32 else "float64"]
    largest = np.max(np.abs(first), initial=0.0, where=np.isfinite(first))
    with np.errstate(invalid="ignore"):
        differs = np.abs(first - second) > rounding * largest
    differs |= np.isnan(first) != np.isnan(second)
    return int(np.argmax(differs)) if differs.any() else -1
