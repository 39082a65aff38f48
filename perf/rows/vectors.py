"""Relative errors of long vectors: against NumPy, and against what the memory allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import by_hand
import gradproof
from peers import BY_HAND, GRADPROOF, LIMIT
from table import Row
from timing import Effort, Turns, in_turns

SIZES = (1_000_000, 10_000_000)


def rows(effort: Effort) -> Iterator[Row]:
    for full in SIZES:
        for dtype in (np.float64, np.float32):
            a, b = vectors(effort.size(full), dtype)
            yield elementwise(a, b, effort)
            yield largest(a, b, effort, in_readme=full == SIZES[-1] and dtype is np.float64)


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
    return row(f"relative_error, {_kind(a)}", f"reading, writing {_speed(turns, moved)}", turns)


def largest(a: Any, b: Any, effort: Effort, *, in_readme: bool) -> Row:
    runs = {
        GRADPROOF: lambda: gradproof.max_relative_error(a, b),
        BY_HAND: lambda: np.max(by_hand.relative_error(a, b)),
        LIMIT: lambda: read(a, b),
    }
    turns = in_turns(runs, effort)
    return row(f"max_relative_error, {_kind(a)}", f"reading {_speed(turns, a.nbytes + b.nbytes)}", turns, in_readme)


def read(a: Any, b: Any) -> tuple[int, int]:
    """Read both once: NumPy does this with the widest instructions there are, and nothing but memory holds it up."""
    words = np.int64 if a.itemsize == 8 else np.int32
    return np.bitwise_xor.reduce(a.view(words)), np.bitwise_xor.reduce(b.view(words))


def row(name: str, unit: str, turns: Turns, in_readme: bool = False) -> Row:
    return Row(name, unit, {each: turns.ratio(each, LIMIT) for each in turns.names}, in_readme=in_readme)


def _kind(a: Any) -> str:
    return f"{a.size:,} {a.dtype}"


def _speed(turns: Turns, moved: int) -> str:
    return f"at {moved / turns.typical(LIMIT) / 1e9:.0f} GB/s"
