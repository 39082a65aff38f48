"""Validation of numbers given by the user: arrays of real numbers, integers, seeds."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from types import CoroutineType
from typing import Any, TypeAlias

import numpy as np

Flat: TypeAlias = np.ndarray[Any, np.dtype[Any]]

NUMBER_KINDS = "fiu"
# The types of real numbers that need no conversion that might fail: float32 and float64.
REALS = "fd"
# Of a value that is not accepted, in an error message.
MOST_LETTERS = 40


def in_short(value: Any) -> str:
    """Return what is not accepted, for an error message: on one line, and cut where it is long."""
    try:
        words = repr(value).split()
    except Exception:  # its code is the user's
        words = [f"an object of type {type(value).__name__}"]
    return " ".join(words)[:MOST_LETTERS]


def whole(value: Any, must_be: str) -> int:
    """Return an integer of any type as an int; `must_be` begins the error message for anything else."""
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise TypeError(f"{must_be}, not {in_short(value)}")


def read_seed(seed: Any) -> int:
    """Return a seed as an int; raise an error unless it fits into 64 bits."""
    number = whole(seed, "seed must be an integer")
    if not 0 <= number < 1 << 64:
        raise ValueError(f"seed must be an integer from 0 to 2**64 - 1, not {number}")
    return number


def as_float(value: Any) -> float:
    """Return a real number as a float; an integer or fraction beyond the range becomes infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_finite(vector: Flat) -> bool:
    """Whether all numbers of a vector are finite."""
    # To look through the bytes takes half as long as to call a function of NumPy that is written in Python.
    return b"\0" not in np.isfinite(vector).tobytes()


def is_zero(vector: Flat) -> bool:
    """Whether all numbers of a vector, at least one, are 0."""
    return not (vector.item(0) or np.count_nonzero(vector))  # the first one says it of most


def has_nan(vector: Flat) -> bool:
    """Whether a number of a vector is NaN."""
    return b"\1" in np.isnan(vector).tobytes()


def is_single(value: Any) -> bool:
    """Whether a value is a single one; NumPy cannot say for arrays of different shapes in a list."""
    return not isinstance(value, (Mapping, tuple, list)) and np.ndim(value) == 0


def too_deep(what: str) -> ValueError:
    """Return the error about a structure that cannot be gone through to its ends."""
    return ValueError(f"{what} contains itself, or has more levels than Python can follow")


def frozen(array: Flat) -> Flat:
    """Make an array read-only and return it."""
    array.setflags(write=False)
    return array


def in_x(indices: Flat | None, places: Any) -> Any:
    """Return the flat index in the user's x of a coordinate that is checked, or of several."""
    return places if indices is None else indices[places]


def place_among(indices: Flat | None, index: int) -> int:
    """Return which of the coordinates that are checked has this flat index in x; an IndexError if none has."""
    if indices is None:
        return index
    at = int(np.searchsorted(indices, index))
    if at == len(indices) or indices[at] != index:
        raise IndexError(f"the coordinate {index} was not checked: only= or held= left it out")
    return at


def as_numbers(value: Any, what: str, *, allow_complex: bool = False) -> Flat:
    """Return the value as an array of float32, float64 or integers; raise a clear error for anything else.

    With `allow_complex`, complex64 and complex128 will do as well.
    """
    if type(value) is np.ndarray and value.dtype.char in REALS:
        return value
    try:
        array = np.asarray(value)
    except ValueError as problem:
        raise ValueError(f"{what} cannot be converted to an array: {problem}") from None
    except (TypeError, RuntimeError) as problem:  # arrays of other libraries say why, often in several lines
        first = str(problem).partition("\n")[0]
        raise TypeError(f"{what} cannot be converted to an array: {first}") from None
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray and np.any(getattr(value, "mask", False)):
        raise TypeError(f"{what} has masked elements, which have no value: fill them, as by .filled(0)")
    kind = array.dtype.kind
    if kind == "f" and array.dtype.itemsize not in (4, 8):
        raise TypeError(f"{what} must be float32 or float64, but is {array.dtype}: convert it to one of the two")
    if kind == "c" and array.dtype.itemsize in (8, 16) and allow_complex:
        return array
    if kind not in NUMBER_KINDS:
        raise TypeError(
            f"{what} must hold real numbers (float64, float32 or integers), not {_what_it_is(value, array)}"
        )
    return array


def _what_it_is(value: Any, array: Flat) -> str:
    if value is None:
        return "None"
    if array.dtype.kind == "c":
        return f"complex numbers ({array.dtype})"
    if array.dtype.kind in "US":
        return "text"
    if array.dtype.kind == "O":
        if hasattr(value, "toarray"):
            return f"a sparse matrix ({type(value).__name__}): convert it by .toarray()"
        if isinstance(value, np.ndarray):
            return "an array of Python objects: convert it by .astype(float)"
        if isinstance(value, CoroutineType):
            value.close()  # so that Python does not say in addition that it was never awaited
            return "a coroutine, as of `async def`: use asyncio.run"
        kind = f"a {type(value).__name__}"
        return f"{kind} of Python objects" if array.ndim else kind
    return f"{array.dtype}"
