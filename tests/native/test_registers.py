"""Records that functions hand on to each other have registers of their own."""

import ctypes
import re

import pytest

optimiser = pytest.importorskip("optimiser")
registers = pytest.importorskip("registers")
llvm = pytest.importorskip("llvmlite.binding")

INSIDE = """
define private fastcc i64 @"a.b"(i64 %n, ptr nonnull readonly captures(none) %slot, ptr %engine) noinline {
  %near = load i64, ptr %slot
  %far = load i64, ptr %engine
  %less = sub i64 %near, %far
  %all = add i64 %n, %less
  ret i64 %all
}
"""
OUTSIDE = """
define i64 @f(ptr %engine, ptr %slot) {
  %once = call fastcc i64 @"a.b"(i64 range(i64 0, 9) 1, ptr nonnull %slot, ptr %engine)
  %twice = tail call fastcc i64 @"a.b"(i64 %once, ptr %engine, ptr nonnull %slot)
  ret i64 %twice
}
"""
# LLVM before version 21 has another word for it.
WORD = "captures(none)" if llvm.llvm_version_info[0] > 20 else "nocapture"
TEXT = (INSIDE + OUTSIDE).replace("captures(none)", WORD)


def result(text, near, far):
    module = llvm.parse_assembly(f'target triple = "{llvm.get_process_triple()}"\n{text}')
    module.verify()
    engine = llvm.create_mcjit_compiler(module, optimiser.prepared_target(llvm))
    engine.finalize_object()
    function = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.POINTER(ctypes.c_int64)] * 2)
    return function(engine.get_function_address("f"))(ctypes.c_int64(near), ctypes.c_int64(far))


def test_the_same_in_functions_and_their_calls():
    made = registers.with_own_registers(TEXT)
    assert re.findall(r"ptr (swift\w+)", made) == ["swiftasync", "swiftself"] * 3
    assert re.sub(r" swift\w+", "", made) == TEXT
    # What it is called with, not how that is called there.
    assert "ptr swiftasync %engine, ptr swiftself nonnull %slot" in made
    assert result(made, 5, 3) == result(TEXT, 5, 3) == 1


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("private", "external"),
        TEXT + '@table = constant ptr @"a.b"',
        TEXT.replace("engine", "points").replace("slot", "x"),
    ],
)
def test_others_are_called_as_c_calls_them(text):
    """The twins: what the library exports, what is called by its address, and other parameters."""
    assert registers.with_own_registers(text) == text
