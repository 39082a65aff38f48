"""Relative errors and differences of long vectors: against NumPy, and against what the memory or the calls allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import gradproof
from c_code import address, callers, data
from gradproof.library import twin
from peers import BY_HAND, GRADPROOF, LIMIT, by_hand
from table import Row
from timing import Effort, Turns, in_turns

SIZES = (1_000_000, 10_000_000)
LONGEST = 100_000_000
# Nine tenths of the bandwidth.
GOAL = 1 / 0.9


def rows(effort: Effort, *, longest: bool = False) -> Iterator[Row]:
    for full in (*SIZES, *[LONGEST] * longest):
        for dtype in (np.float64, np.float32):
            a, b = vectors(effort.size(full), dtype)
            shown = full == SIZES[-1] and dtype is np.float64
            yield elementwise(a, b, effort)
            yield largest(a, b, effort)._replace(in_readme=shown)
    for dtype in (np.float64, np.float32) if callers() else ():
        for kind, calls in (("forward", 1), ("centered", 2)):
            yield differences(kind, calls, vectors(effort.size(SIZES[0]), dtype)[0], effort)


def vectors(n: int, dtype: type) -> tuple[Any, Any]:
    """Return two vectors that nearly agree, as gradients do."""
    random = np.random.default_rng(3)
    a = random.normal(size=n).astype(dtype)
    return a, (a * (1 + 1e-6 * random.normal(size=n))).astype(dtype)


def elementwise(a: Any, b: Any, effort: Effort) -> Row:
    out = np.empty(a.size)
    runs = {
        GRADPROOF: lambda: gradproof.relative_error(a, b, out=out),
        BY_HAND: lambda: by_hand.relative_error(a, b),
        LIMIT: lambda: (read(a, b), out.fill(0.0)),
    }
    turns = in_turns(runs, effort)
    moved = a.nbytes + b.nbytes + out.nbytes
    return row(f"relative_error, {_kind(a)}", f"read, written {_speed(turns, moved)}", turns)


def largest(a: Any, b: Any, effort: Effort) -> Row:
    runs = {
        GRADPROOF: lambda: gradproof.max_relative_error(a, b),
        BY_HAND: lambda: np.max(by_hand.relative_error(a, b)),
        LIMIT: lambda: read(a, b),
    }
    turns = in_turns(runs, effort)
    return row(f"max_relative_error, {_kind(a)}", f"read {_speed(turns, a.nbytes + b.nbytes)}", turns)


def differences(kind: str, calls_a_coordinate: int, x: Any, effort: Effort) -> Row:
    """Return what a whole numerical gradient takes in C where f is next to nothing: its calls, and x read once."""
    library, suffix = callers(), twin(x)
    objective = getattr(library, f"perf_first{suffix}")
    difference, native = getattr(gradproof, f"{kind}_difference"), gradproof.native(address(objective))
    calls, point = getattr(library, f"perf_calls{suffix}"), x.copy()
    runs = {
        GRADPROOF: lambda: difference(native, x),
        LIMIT: lambda: calls(address(objective), None, data(point), x.size, calls_a_coordinate * x.size),
    }
    turns = in_turns(runs, effort)
    cost = turns.typical(LIMIT) / x.size / calls_a_coordinate * 1e9
    return row(f"{kind}_difference in C, {_kind(x)}", f"{calls_a_coordinate}n calls of {cost:.1f} ns", turns)


def read(a: Any, b: Any) -> tuple[int, int]:
    """Read both once: NumPy does this with the widest instructions there are, and nothing but memory holds it up."""
    words = np.int64 if a.itemsize == 8 else np.int32
    return np.bitwise_xor.reduce(a.view(words)), np.bitwise_xor.reduce(b.view(words))


def row(name: str, unit: str, turns: Turns) -> Row:
    return Row(name, unit, {each: turns.ratio(each, LIMIT) for each in turns.names}, GOAL)


def _kind(a: Any) -> str:
    return f"{a.size:,} {a.dtype}"


def _speed(turns: Turns, moved: int) -> str:
    return f"at {moved / turns.typical(LIMIT) / 1e9:.0f} GB/s"
