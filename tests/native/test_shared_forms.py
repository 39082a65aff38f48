"""One compiled form for both twins of a function, as the library has it and as it is compiled just in time."""

import ctypes
import math

import numpy as np
import pytest

from gradproof import compiler
from gradproof.core.points import directions
from gradproof.core.records import abi, memory
from gradproof.machine_code import linked, vectors

calls = pytest.importorskip("calls")

X = np.array([0.0, -1.5, 2.25, 1e-3, -7.0, 0.0, 3.5])
TYPES = {np.float64: ctypes.c_double, np.float32: ctypes.c_float}


def address(array):
    return array.ctypes.data


def entry(function, *, shared):
    """The twins of an exported function as functions of C, by their names."""
    made = {one.symbol: compiler.entry(one, shared=shared) for one in abi.signatures(function)}
    return {name: one.ctypes for name, one in made.items()}, made


@pytest.mark.parametrize("dtype", TYPES)
def test_shared_twins_give_the_same_bits(dtype):
    """Sizes of windows: kernels, loops, offsets and null pointers of either type."""
    x = np.random.default_rng(3).normal(size=2_500).astype(dtype)
    x[:1024] = 0.0
    said = []
    for shared in (False, True):
        functions, _alive = entry(directions.windows, shared=shared)
        function = functions["gradproof_windows" + ("_f32" if dtype == np.float32 else "")]
        sizes = np.zeros(3)
        pointers = [ctypes.cast(address(one), kind) for one, kind in zip((x, sizes), _pointers(function), strict=True)]
        assert function(pointers[0], x.size, pointers[1]) == 0
        assert function(ctypes.cast(None, _pointers(function)[0]), x.size, pointers[1]) != 0
        said.append(sizes.tobytes())
    assert said[0] == said[1]
    assert math.isclose(np.frombuffer(said[1])[1], math.sqrt(np.mean(x[1024:2048].astype(float) ** 2)), rel_tol=1e-12)


def _pointers(function):
    return [kind for kind in function.argtypes if kind is not ctypes.c_int64]


def through(body, dtype, array, *more):
    """What a function of a vector returns, compiled for vectors of either type."""
    import numba

    kind = numba.types.CPointer(getattr(numba.types, np.dtype(dtype).name))
    made = vectors.either
    outer = numba.cfunc(numba.types.float64(kind, numba.types.int64))(lambda x, n: body(made(x), n))
    return outer.ctypes(ctypes.cast(address(array), ctypes.POINTER(TYPES[dtype])), *more)


def shared(function):
    return compiler.compiled(function, True)


def in_core(function, **instead):
    """A function as if it stood in the core, with other functions than those it sees here."""
    copy = type(function)(function.__code__, dict(function.__globals__, **instead), function.__name__)
    copy.__module__ = directions.__name__
    return copy


def total(x, n):
    """Every second number, from both ends, less what a vector moved by one begins with."""
    result = 0.0
    for index in range(n - 1, -1, -2):
        result += x[index]
    for index in range(1, n, 2):
        result += 2.0 * x[index]
    for index in range(n):
        result += 4.0 * x[index]
    return result - moved(x, 1)[0]


def moved(x, count):
    """A vector moved by some places."""
    return x


@pytest.mark.parametrize("dtype", TYPES)
def test_loops_count_as_range_does(dtype):
    """Down, by twos and up; an empty one does nothing."""
    x = X.astype(dtype)
    plain = in_core(total, moved=memory.offset)
    n = x.size
    expected = x[::-2].sum(dtype=float) + 2.0 * x[1::2].sum(dtype=float) + 4.0 * x.sum(dtype=float) - float(x[1])
    assert math.isclose(through(shared(plain), dtype, x, n), expected, rel_tol=1e-12)
    assert through(shared(plain), dtype, x, 0) == -float(x[1])


@pytest.mark.parametrize("dtype", TYPES)
def test_kernels_are_compiled_for_either_type_and_chosen(dtype):
    x = X.astype(dtype)
    for count in (x.size, 1):
        squares = math.fsum(float(value) ** 2 for value in x[:count])
        assert through(shared(directions.sum_of_squares), dtype, x, count) == pytest.approx(squares, rel=1e-12)
    assert len(compiler._dispatcher(directions.sum_of_squares, True).overloads) == 2


def test_a_vector_is_written_in_its_type():
    """A third is another number in float32."""
    import numba

    @numba.njit
    def put(x, n):
        x[n - 1] = 1.0 / 3.0
        return x[n - 1]

    single, double = X.astype(np.float32), X.copy()
    assert through(put, np.float32, single, 3) == float(np.float32(1 / 3)) == float(single[2])
    assert through(put, np.float64, double, 3) == 1 / 3 == double[2]
    assert single[3] == np.float32(X[3])
    assert double[3] == X[3]


def signed(x, sign):
    """The first number with a sign."""
    return sign * x[0]


def both(x, n):
    """What cancels, and twice the first number."""
    return signed(x, 1) + signed(x, -1) + signed(x, n)


def test_constant_arguments_make_no_forms_of_their_own():
    """One form for 1, -1 and what is not known; without sharing there are three."""
    called = in_core(signed)
    assert through(shared(in_core(both, signed=called)), np.float64, X[1:].copy(), 2) == -3.0
    assert len(compiler._dispatcher(called, True).overloads) == 1
    assert through(compiler.compiled(in_core(both, signed=called)), np.float64, X[1:].copy(), 2) == -3.0
    assert len(compiler._dispatcher(called, False).overloads) == 3


def test_what_vectors_hold_is_told_once():
    """All vectors of a call are of one type: what the first one says stands for the others, those of tuples too."""
    from numba.core import types
    from numba.core.registry import cpu_target

    vector, pair = vectors.VECTOR, types.Tuple([vectors.VECTOR, types.int64, vectors.VECTOR])
    places = calls.PlainCalls(cpu_target.target_context)._places_of_kinds
    assert list(places([types.int64, vector, pair, vector])) == [2, 4, 7, 9]
    assert list(places([types.int64, types.float64])) == []


def test_core_functions_alone_are_left_unlinked():
    """What somebody else compiles meanwhile is a function as ever; afterwards Numba is as it was."""
    import numba
    from numba.core import codegen, cpu

    before = codegen.CPUCodeLibrary.finalize, cpu.CPUContext.get_executable
    other = numba.njit(lambda value: 2.0 * value)
    with linked.linked_once():
        assert cpu.CPUContext.get_executable is not before[1]
        assert other(3.0) == 6.0
        assert other(1j) == 2j
    assert (codegen.CPUCodeLibrary.finalize, cpu.CPUContext.get_executable) == before


def test_another_numba_links_in_its_own_way(monkeypatch):
    from numba.core import codegen, cpu

    before = cpu.CPUContext.get_executable
    monkeypatch.delattr(codegen, "CPUCodeLibrary")
    with linked.linked_once():
        assert cpu.CPUContext.get_executable is before
