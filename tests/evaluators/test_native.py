"""C functions as objectives and gradients, wherever their pointers come from."""

import ctypes
import importlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from evaluation import X, cubes, cubes_gradient, cubes_in_c, expected, faulty, loop, twins, values_of

import gradproof
from gradproof.core.records import codes
from gradproof.evaluators.compiled.functions import NativeError
from gradproof.library import ffi

PIECES = [
    gradproof.noise_floor,
    gradproof.find_kinks,
    gradproof.forward_difference,
    gradproof.centered_difference,
]


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
    objective, gradient = gradproof.native(source(cubes_in_c)), gradproof.native(source(gradient_in_c))
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
    cubes_in_c(x, n, value, user)
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


def returning(code, limit):
    """An objective that returns a code where its first coordinate is above a limit."""
    return from_cffi(lambda x, n, value, user: code if x[0] > limit else cubes_in_c(x, n, value, user))


@pytest.mark.parametrize("limit", [X[0] - 1, X[0]], ids=["at x", "elsewhere"])
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_code_ends_the_check(limit, mode):
    for threads in (1, 3):
        objective = gradproof.native(returning(7, limit), threads=threads)
        with pytest.raises(
            NativeError, match="the native objective returned the code 7, which ended the check"
        ) as caught:
            gradproof.check(objective, cubes_gradient, X, mode=mode)
        assert caught.value.code == 7
    with ThreadPoolExecutor(2) as pool, pytest.raises(NativeError, match="returned the code 7, which ended the check"):
        gradproof.check(objective, cubes_gradient, X, mode=mode, executor=pool)


def test_a_code_ends_a_check_where_one_point_moves(monkeypatch):
    monkeypatch.setattr(importlib.import_module("gradproof.evaluators.compiled.native"), "LARGE", 2)
    with pytest.raises(NativeError, match="returned the code 7, which ended the check"):
        gradproof.check(gradproof.native(returning(7, X[0])), cubes_gradient, X, mode="lines")
    outside = gradproof.native(returning(codes.OUTSIDE, X[0]))
    assert gradproof.check(outside, cubes_gradient, X, mode="lines").wrong.size == 0


@pytest.mark.parametrize("piece", [*PIECES, lambda f, x: gradproof.study(f, x, index=0)])
@pytest.mark.parametrize("code", [7, -12345])
def test_a_code_ends_the_pieces(piece, code):
    for limit in (X[0] - 1, X[0]):
        with pytest.raises(NativeError, match="native objective returned ") as caught:
            piece(gradproof.native(returning(code, limit)), X)
        assert caught.value.code in (code, codes.BAD_RETURN)


def test_outside_of_the_domain_there_is_no_value():
    outside = gradproof.native(returning(codes.OUTSIDE, X[0]))
    report = gradproof.check(outside, cubes_gradient, X)
    assert report.to_json() == gradproof.check(gradproof.native(returning_nan(X[0])), cubes_gradient, X).to_json()
    assert report.wrong.size == 0
    assert gradproof.check(outside, faulty, X).wrong.tolist() == [2]
    for piece in (gradproof.noise_floor, gradproof.find_kinks, lambda f, x: gradproof.study(f, x, index=1)):
        assert piece(outside, X) is not None
    at_x = gradproof.check(gradproof.native(returning(codes.OUTSIDE, X[0] - 1)), cubes_gradient, X)
    assert at_x.verdict == "inconclusive"
    assert str(at_x) == str(gradproof.check(lambda x: np.nan, cubes_gradient, X))


def returning_nan(limit):
    def objective(x, n, value, user):
        if x[0] > limit:
            value[0] = float("nan")
            return 0
        return cubes_in_c(x, n, value, user)

    return from_cffi(objective)


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_other_codes_below_0_are_refused(mode):
    for limit in (X[0] - 1, X[0]):
        with pytest.raises(
            NativeError, match=r"returned a code below 0, which ended .*GRADPROOF_OUTSIDE, -100, is for"
        ):
            gradproof.check(gradproof.native(returning(-12345, limit)), cubes_gradient, X, mode=mode)


@pytest.mark.parametrize("code", [9, -9, codes.OUTSIDE])
def test_a_gradient_has_no_code_but_0(code):
    with pytest.raises(NativeError, match=rf"the native gradient returned the code {code} \(0 is success\)") as caught:
        gradproof.check(cubes, gradproof.native(from_cffi(lambda *_: code)), X)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("user", "sentence"), [("text", "user must be None, an address"), (True, "not a bool"), (1.5, "not float")]
)
def test_native_user_data_of_no_use(user, sentence):
    if user == "text":
        user = ["text"]
    with pytest.raises(TypeError, match=sentence):
        gradproof.native(from_ctypes(cubes_in_c), user)


def test_native_null():
    with pytest.raises(ValueError, match="NULL pointer"):
        gradproof.native(ffi.cast("gradproof_objective", 0))
    for number in (-5, 1 << 70):
        with pytest.raises(ValueError, match=f"{number}, which is no address of a function"):
            gradproof.native(number)
