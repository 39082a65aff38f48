"""A Python objective as a C function."""

import numpy as np
import pytest
from evaluation import X, cubes, cubes_in_c, loop

import gradproof
from gradproof.evaluators.callback import as_native
from gradproof.library import ffi
from gradproof.problem.point import read_problem


def called(callback, x=X):
    out = np.zeros(1)
    kind = {"d": "double[]", "f": "float[]"}[x.dtype.char]
    code = callback.pointer(ffi.from_buffer(kind, x), x.size, ffi.from_buffer("double[]", out), callback.user)
    return code, out[0]


def test_callback_of_every_kind():
    numba = pytest.importorskip("numba")
    kinds = [
        cubes,
        gradproof.batched(lambda p: np.sum(p**3, axis=1)),
        gradproof.native(ffi.callback("gradproof_objective", cubes_in_c)),
        numba.njit(loop),
    ]
    for objective in kinds:
        callback = as_native(objective, read_problem(X))
        assert called(callback) == (0, pytest.approx(cubes(X)))
        callback.reraise(0)


def test_callback_float32_and_structure():
    x = {"a": X[:2].astype(np.float32), "b": X[2:].astype(np.float32)}
    problem = read_problem(x)
    callback = as_native(lambda w: cubes(w["a"]) + cubes(w["b"]), problem)
    assert called(callback, problem.x) == (0, pytest.approx(cubes(X)))


def test_callback_gets_copies():
    x = X.copy()
    callback = as_native(lambda w: w.fill(0) or 1.0, read_problem(x))
    assert called(callback, x) == (0, 1.0)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_callback_keeps_the_exception(error):
    def objective(x):
        raise error("mine")

    callback = as_native(objective, read_problem(X))
    code, _ = called(callback)
    assert code != 0
    with pytest.raises(error, match="mine") as caught:
        callback.reraise(code)
    assert caught.traceback[-1].name == "objective"
    callback.reraise(0)


def test_callback_that_returns_no_number():
    callback = as_native(lambda x: None, read_problem(X))
    code, _ = called(callback)
    with pytest.raises(TypeError, match="is a `return` missing"):
        callback.reraise(code)
