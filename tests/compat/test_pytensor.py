"""The drop-in for PyTensor's `verify_grad`: right gradients pass, wrong ones raise what both libraries catch."""

import pickle

import numpy as np
import pytest

import gradproof
from gradproof.compat import verify_grad

pytensor = pytest.importorskip("pytensor")
pt = pytest.importorskip("pytensor.tensor")
theirs = pytest.importorskip("pytensor.gradient")

# No compiler is needed: these graphs are small.
MODE = pytensor.compile.mode.Mode(pytensor.link.vm.VMLinker(use_cloop=False, c_thunks=False), "fast_compile")
RANDOM = np.random.default_rng(0)
A, B = RANDOM.normal(size=(3, 2)), RANDOM.normal(size=(2, 4))


def scan(x, w):
    return pytensor.scan(
        lambda row, h, w: pt.tanh(row + pt.dot(h, w)),
        sequences=[x],
        outputs_info=[pt.zeros_like(x[0])],
        non_sequences=[w],
        mode=MODE,
        return_updates=False,
    )


RIGHT = {
    "elementwise": (lambda a: pt.exp(a) * pt.sigmoid(a), [A]),
    "dot": (pt.dot, [A, B]),
    "softmax": (lambda a: pt.special.softmax(a, axis=-1), [A]),
    "kinks": (lambda a: pt.maximum(a, 0.1), [A]),
    "scan": (scan, [A, RANDOM.normal(size=(2, 2))]),
    "several outputs": (lambda a, b: [pt.sin(a), pt.dot(a, b), pt.argmax(a)], [A, B]),
    "float32": (pt.tanh, [A.astype(np.float32)]),
    "float16": (pt.tanh, [A.astype(np.float16)]),
}
MUTANTS = {"sign": -1.0, "factor": 2.0, "small": 1.001}


@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_pass(name):
    fun, point = RIGHT[name]
    assert verify_grad(fun, point, mode=MODE).verdict == "right"


@pytest.mark.parametrize("name", [name for name in RIGHT if not name.startswith("float")])
@pytest.mark.parametrize("mutant", MUTANTS)
def test_one_wrong_entry_fails(name, mutant):
    fun, point = RIGHT[name]

    def wrong(first, *rest):
        changed = pt.set_subtensor(first[1, 1], theirs.grad_scale(first[1, 1], MUTANTS[mutant]))
        return fun(changed, *rest)

    with pytest.raises(gradproof.GradientError) as raised:
        verify_grad(wrong, point, mode=MODE)
    assert raised.value.report.wrong.tolist() == [3]
    assert raised.value.report.findings[0].name.endswith("/ input 0[1, 1]")


def test_the_exception_is_theirs_too():
    def wrong(a, b):
        return pt.dot(a, theirs.grad_scale(b, -1.0))

    with pytest.raises(theirs.GradientError) as raised:
        verify_grad(wrong, [A, B], rel_tol=1e-3, mode=MODE)
    error = raised.value
    assert isinstance(error, gradproof.GradientError)
    assert (error.arg, error.shape, error.rel_tol, error.abs_tol) == (1, (2, 4), 1e-3, None)
    finding = error.report.findings[0]
    assert (error.val1, error.val2, error.err_pos) == (finding.claimed, finding.slope, finding.index - 6)
    assert error.val1 == pytest.approx(-error.val2, rel=1e-4)
    assert "wrong in 8 of 14 coordinates" in str(error)
    assert type(pickle.loads(pickle.dumps(error))) is type(error)


def test_tolerances():
    def nearly(a):
        return pt.exp(theirs.grad_scale(a, 1.001))

    with pytest.raises(theirs.GradientError):
        verify_grad(nearly, [A], mode=MODE)
    for allowed in (1e-2, 1.0, 5.0):
        assert verify_grad(nearly, [A], rel_tol=allowed, mode=MODE).verdict == "right"


def test_inconclusive():
    def hidden(a):
        return pt.sum(a) * 1e-12 + 1e12

    with pytest.raises(gradproof.InconclusiveError) as raised:
        verify_grad(hidden, [A], mode=MODE)
    assert isinstance(raised.value, theirs.GradientError)
    assert verify_grad(hidden, [A], mode=MODE, inconclusive="pass").verdict == "inconclusive"


def test_seeds_and_bad_points():
    one = verify_grad(pt.tanh, [A], n_tests=1, rng=np.random.default_rng(1), mode=MODE)
    assert one.seed == verify_grad(pt.tanh, [A], n_tests=1, rng=np.random.default_rng(1), mode=MODE).seed
    assert one.seed == int(np.random.default_rng(1).integers(2**31))
    assert verify_grad(pt.tanh, [A], n_tests=3, mode=MODE).seed == 2
    with pytest.raises(TypeError, match="input 0 is int64"):
        verify_grad(pt.tanh, [np.arange(3)])
    with pytest.raises(TypeError, match="must be a list or a tuple"):
        verify_grad(pt.tanh, A)
    with pytest.raises(TypeError, match="nothing in floating point"):
        verify_grad(pt.argmax, [A])
