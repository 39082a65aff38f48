"""Wraps objectives compiled by Numba as C functions, which are then called without Python in between."""

from __future__ import annotations

import functools
from typing import Any

from ...core.records.codes import OUTSIDE
from ...problem.nodes import Leaf
from ...problem.point import Problem
from ..objectives import NativeFunction

# What compiled code calls to run a parallel loop, be it in the function itself or in one that it calls.
PARALLEL = "numba_parallel_for"
# The `user` with which a function copies its argument, as the objective may write to it.
COPY = 1
# How the names of C functions of Numba begin, and what LLVM says of an argument to whose memory nobody writes.
CFUNC = "cfunc."
PROOFS = {"readonly", "readnone"}


def as_native_function(objective: Any, problem: Problem, failed: int = OUTSIDE) -> NativeFunction | None:
    """Return a compiled objective as a C function, which returns `failed` where it raises.

    None if Numba cannot call the objective with one array.
    """
    root = problem.layout.root
    if not isinstance(root, Leaf) or not root.shape or root.is_complex or problem.layout.indices is not None:
        return None
    shape = root.shape if len(root.shape) > 1 else None
    return _wrapped(objective, shape, "float32" if problem.is_float32 else "float64", failed)


@functools.lru_cache(maxsize=64)
def _wrapped(objective: Any, shape: tuple[int, ...] | None, dtype: str, failed: int) -> NativeFunction | None:
    import numba
    from numba import types

    pointer: Any = types.CPointer
    # What C hands over as `user` is an address to C, and to this function a number: whether it copies its argument.
    signature = types.int32(pointer(getattr(types, dtype)), types.int64, pointer(types.float64), types.uintp)
    try:
        function: Any = numba.cfunc(signature)(_wrapper(objective, shape, failed))
    except numba.core.errors.NumbaError:
        return None
    code = function.inspect_llvm()
    # Several threads may call it, because compiled code keeps no state between calls; except with parallel loops, as
    # not every threading layer of Numba may be entered by two threads.
    threads = 1 if PARALLEL in code else None
    return NativeFunction(function.address, 0 if _only_reads(code) else COPY, (function,), threads)


def _only_reads(code: str) -> bool:
    """Whether LLVM has proved that a C function of Numba does not write to its first argument."""
    heads = [line for line in code.splitlines() if line.startswith("define") and f"@{CFUNC}" in line.replace('"', "")]
    firsts = [head.partition("(")[2].partition(",")[0].split() for head in heads]
    return len(firsts) == 1 and not PROOFS.isdisjoint(firsts[0])


def _wrapper(objective: Any, shape: tuple[int, ...] | None, failed: int) -> Any:
    """Return an objective of an array of this shape, or of a vector of any length, as C calls it."""
    from numba import carray  # type: ignore[attr-defined]

    def call(x: Any, n: Any, value: Any, user: Any) -> int:
        try:
            point = carray(x, (n,) if shape is None else shape)
            if user:
                point = point.copy()
            value[0] = float(objective(point))
        except Exception:
            return failed
        return 0

    return call
