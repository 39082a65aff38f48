"""The clock, as Numba has it."""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

SIZE = ir.IntType(64)
# POSIX, clock_gettime: the number of the clock that nobody sets.
CLOCK_MONOTONIC = 6 if sys.platform == "darwin" else 1


@intrinsic
def seconds(context: Any) -> Any:
    """Return the time of a clock that only goes forward, in seconds."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        return builder.call(_clock(builder.module), [])

    return types.float64(), code


def _clock(module: ir.Module) -> Any:
    """Return the function that reads the clock: one for all callers."""
    if "gradproof.seconds" in module.globals:
        return module.globals["gradproof.seconds"]
    real = ir.DoubleType()
    made = ir.Function(module, ir.FunctionType(real, []), "gradproof.seconds")
    made.linkage = "linkonce_odr"
    builder = ir.IRBuilder(made.append_basic_block())
    if sys.platform == "win32":
        count = cgutils.get_or_insert_function(module, ir.FunctionType(SIZE, []), "GetTickCount64")
        builder.ret(builder.fmul(builder.uitofp(builder.call(count, []), real), real(1e-3)))
        return made
    # struct timespec: seconds and nanoseconds, 8 bytes each wherever there are 64 bits.
    kind = ir.FunctionType(ir.IntType(32), [ir.IntType(32), SIZE.as_pointer()])
    clock = cgutils.get_or_insert_function(module, kind, "clock_gettime")
    time = builder.alloca(SIZE, size=2)
    builder.call(clock, [ir.IntType(32)(CLOCK_MONOTONIC), time])
    whole, part = (builder.load(builder.gep(time, [SIZE(number)])) for number in range(2))
    builder.ret(builder.fadd(builder.sitofp(whole, real), builder.fmul(builder.sitofp(part, real), real(1e-9))))
    return made
