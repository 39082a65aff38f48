"""What is done to the library besides LLVM's own passes."""

import ctypes
import math

import pytest

optimiser = pytest.importorskip("optimiser")
llvm = pytest.importorskip("llvmlite.binding")

NUMBERS = (0.0, -0.0, 5e-324, -5e-324, 1.0, -1.0, math.inf, -math.inf, math.nan, -math.nan)


def answers(kind, change):
    """Return what a comparison with zero says of numbers, and its text."""
    target = optimiser.prepared_target(llvm)
    body = f"%found = fcmp {kind} double %number, 0.000000e+00\n%word = zext i1 %found to i32\nret i32 %word"
    text = f'target triple = "{target.triple}"\ndefine i32 @f(double %number) {{\n{body}\n}}'
    module = change(llvm.parse_assembly(text))
    module.verify()
    written = str(module)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_double)(engine.get_function_address("f"))
    return [function(number) for number in NUMBERS], written


@pytest.mark.parametrize("kind", ["oeq", "une"])
def test_bits_tell_zero(kind):
    made, written = answers(kind, lambda module: optimiser.test_bits_for_zero(llvm, module))
    assert "fcmp" not in written
    assert made == answers(kind, lambda module: module)[0] == [(number == 0.0) == (kind == "oeq") for number in NUMBERS]


@pytest.mark.parametrize("kind", ["ueq", "one", "ogt", "ord"])
def test_other_comparisons_stay(kind):
    """The twin: of these, bits without a sign do not tell."""
    assert "fcmp" in answers(kind, lambda module: optimiser.test_bits_for_zero(llvm, module))[1]
