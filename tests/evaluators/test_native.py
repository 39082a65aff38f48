"""C functions as objectives and gradients, wherever their pointers come from."""

import ctypes

import numpy as np
import pytest
from evaluation import X, cubes, cubes_gradient, expected, faulty, loop, twins, values_of

import gradproof
from gradproof.core.records.codes import OUTSIDE
from gradproof.library import ffi


def in_c(x, n, value, _user):
    total = 0.0
    for index in range(n):
        total += x[index] * x[index] * x[index]
    value[0] = total
    return 0


def gradient_in_c(x, n, values, _user):
    for index in range(n):
        values[index] = 3 * x[index] * x[index]
    return 0


def from_cffi(function):
    return ffi.callback("gradproof_objective", function)


def from_ctypes(function):
    double = ctypes.POINTER(ctypes.c_double)
    return ctypes.CFUNCTYPE(ctypes.c_int32, double, ctypes.c_int64, double, ctypes.c_void_p)(function)


def from_numba(function):
    numba = pytest.importorskip("numba")
    double = numba.types.CPointer(numba.types.float64)
    return numba.cfunc(numba.types.int32(double, numba.types.int64, double, numba.types.voidptr))(function)


def from_scipy(function):
    scipy = pytest.importorskip("scipy")
    return scipy.LowLevelCallable(from_ctypes(function))


def from_address(function):
    callback = from_ctypes(function)
    ALIVE.append(callback)
    return ctypes.cast(callback, ctypes.c_void_p).value


ALIVE: list[object] = []
SOURCES = [from_cffi, from_ctypes, from_numba, from_scipy, from_address]


@pytest.mark.parametrize("source", SOURCES)
def test_native(source):
    objective, gradient = gradproof.native(source(in_c)), gradproof.native(source(gradient_in_c))
    assert values_of(objective).tolist() == expected(loop)
    twins(objective)
    assert gradproof.check(objective, gradient, X).verdict == "right"
    assert gradproof.check(lambda x: cubes(x) + x[2] / 100, gradient, X).wrong.tolist() == [2]


def test_native_float32():
    @ffi.callback("gradproof_objective_f32")
    def objective(x, n, value, _user):
        value[0] = sum(x[index] ** 3 for index in range(n))
        return 0

    x = X.astype(np.float32)
    assert gradproof.check(gradproof.native(objective), cubes_gradient, x).verdict == "right"
    assert gradproof.check(gradproof.native(objective), faulty, x).wrong.tolist() == [2]


def scaled_in_c(x, n, value, user):
    in_c(x, n, value, user)
    value[0] *= ctypes.cast(user, ctypes.POINTER(ctypes.c_double))[0]
    return 0


SCALE = np.array([2.0])


@pytest.mark.parametrize(
    "user",
    [
        SCALE,
        SCALE.ctypes.data,
        ctypes.c_double(2.0),
        (ctypes.c_double * 1)(2.0),
        ctypes.pointer(ctypes.c_double(2.0)),
        ctypes.byref(ctypes.c_double(2.0)),
        ctypes.c_void_p(SCALE.ctypes.data),
        ffi.from_buffer("double[]", SCALE),
    ],
    ids=lambda user: type(user).__name__,
)
def test_native_user_data(user):
    objective = gradproof.native(from_ctypes(scaled_in_c), user)
    assert gradproof.check(objective, lambda x: 2 * cubes_gradient(x), X).verdict == "right"


def test_native_user_data_of_scipy():
    scipy = pytest.importorskip("scipy")
    data = ctypes.c_double(2.0)
    objective = gradproof.native(
        scipy.LowLevelCallable(from_ctypes(scaled_in_c), ctypes.cast(ctypes.pointer(data), ctypes.c_void_p))
    )
    assert gradproof.check(objective, lambda x: 2 * cubes_gradient(x), X).verdict == "right"


def test_native_codes():
    def objective(code):
        return from_cffi(lambda x, n, value, user: code if x[0] > 0.5 else in_c(x, n, value, user))

    # Outside of its domain it has no value; any other code ends the check, wherever it comes.
    assert gradproof.check(gradproof.native(objective(OUTSIDE)), cubes_gradient, X).wrong.size == 0
    for x in (X, X + 1):
        with pytest.raises(RuntimeError, match=r"native objective returned the code 7 \(0 is success\)"):
            gradproof.check(gradproof.native(objective(7)), cubes_gradient, x)
        with pytest.raises(RuntimeError, match="A callback returned a code below 0"):
            gradproof.check(gradproof.native(objective(-1)), cubes_gradient, x)
    with pytest.raises(RuntimeError, match=r"native gradient returned the code 9 \(0"):
        gradproof.check(cubes, gradproof.native(from_cffi(lambda *_: 9)), X)


@pytest.mark.parametrize(
    ("user", "sentence"), [("text", "user must be None, an address"), (True, "not a bool"), (1.5, "not float")]
)
def test_native_user_data_of_no_use(user, sentence):
    if user == "text":
        user = ["text"]
    with pytest.raises(TypeError, match=sentence):
        gradproof.native(from_ctypes(in_c), user)


def test_native_null():
    with pytest.raises(ValueError, match="NULL pointer"):
        gradproof.native(ffi.cast("gradproof_objective", 0))
