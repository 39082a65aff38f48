"""Objectives compiled by Numba."""

import numpy as np
import pytest
from evaluation import X, cubes_gradient, expected, faulty, loop, twins, values_of

import gradproof
from gradproof.evaluators import choice
from gradproof.evaluators.compiled import jitted, native
from gradproof.problem.point import read_problem


@pytest.fixture(scope="module")
def numba():
    return pytest.importorskip("numba")


def test_compiled(numba):
    objective = numba.njit(loop)
    assert isinstance(choice.evaluator_for(objective, read_problem(X)), native.NativeEvaluator)
    assert values_of(objective).tolist() == expected(loop)
    twins(objective)
    assert twins(objective).to_dict() == twins(loop).to_dict()


def test_compiled_with_its_signature(numba):
    objective = numba.njit("float64(float64[:])")(loop)
    assert isinstance(choice.evaluator_for(objective, read_problem(X)), native.NativeEvaluator)
    twins(objective)


def test_compiled_with_a_shape(numba):
    @numba.njit
    def objective(x):
        return np.sum(x**3) + 0 * x[0, 1]

    x = X.reshape(2, 2)
    assert values_of(objective, x) == pytest.approx(expected(), rel=1e-14)
    assert gradproof.check(objective, cubes_gradient, x).verdict == "right"


def test_compiled_float32(numba):
    @numba.njit
    def objective(x):
        return np.sum(x.astype(np.float64) ** 3)

    x = X.astype(np.float32)
    assert gradproof.check(objective, cubes_gradient, x).verdict == "right"
    assert gradproof.check(objective, faulty, x).wrong.tolist() == [2]


def test_compiled_that_writes_to_its_argument(numba):
    @numba.njit
    def cube(x):
        x *= x * x

    @numba.njit
    def objective(x):
        cube(x[1:])
        return x[0] ** 3 + np.sum(x[1:])

    x = X.copy()
    assert jitted.as_native_function(objective, read_problem(x)).user == jitted.COPY
    assert gradproof.check(objective, cubes_gradient, x).verdict == "right"
    assert gradproof.check(objective, faulty, x).wrong.tolist() == [2]
    assert np.array_equal(x, X)


@pytest.mark.parametrize(
    ("first", "only_reads"),
    [
        ("ptr readonly captures(none) %.1", True),
        ("double* nocapture readonly %.1", True),  # as older versions write it
        ("ptr readnone captures(none) %.1", True),
        ("ptr captures(none) %.1", False),
        ("ptr writeonly captures(none) %.1", False),
        ("ptr %.1", False),
    ],
)
def test_what_llvm_proves_of_the_argument(first, only_reads):
    others = "define i32 @other(ptr readonly %.1) {\n}\ndeclare void @cfunc.not(ptr readonly)\n"
    for name in ("cfunc._ZN3call", '"cfunc._ZN3call"'):
        code = f"{others}define i32 @{name}({first}, i64 %.2, ptr readonly %.3) local_unnamed_addr {{\n}}"
        assert jitted._only_reads(code) is only_reads
    assert not jitted._only_reads(others)


def test_compiled_that_raises(numba):
    @numba.njit
    def objective(x):
        if x[0] > 0.5:
            raise ValueError("mine")
        return np.sum(x**3)

    assert gradproof.check(objective, cubes_gradient, X).wrong.size == 0
    with pytest.raises(ValueError, match=r"^mine$"):
        gradproof.check(objective, cubes_gradient, X + 1)


def test_compiled_of_a_structure_is_called_from_python(numba):
    @numba.njit
    def objective(x):
        return np.sum(x[0] ** 3) + np.sum(x[1] ** 3)

    x = (X[:2].copy(), X[2:].reshape(2, 1).copy())
    assert gradproof.check(objective, lambda w: [3 * part**2 for part in w], x).verdict == "right"


def test_compiled_of_another_type_is_called_from_python(numba):
    objective = numba.njit("float64(float32[::1])")(loop)
    with pytest.raises(TypeError, match="matching"):
        gradproof.check(objective, cubes_gradient, X)


def test_compiled_that_returns_an_array(numba):
    with pytest.raises(ValueError, match=r"not an array of shape \(4,\)"):
        gradproof.check(numba.njit(lambda x: x * 2), cubes_gradient, X)
