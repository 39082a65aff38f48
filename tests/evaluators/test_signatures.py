"""C functions of the prototypes that people have, called without Python in between."""

import ctypes

import numpy as np
import pytest
from c_functions import X, c, cubes_gradient, faulty

import gradproof
from gradproof.evaluators.compiled.functions import NativeError
from gradproof.evaluators.compiled.prototypes import read_prototype
from gradproof.library import ffi

NLOPT = "double f(unsigned n, const double *x, double *grad, void *data)"
OBJECTIVES = [
    ("three", "double f(const double *)"),
    ("three", "double three(const double *x);"),
    ("three", "double (*)(const double[])"),
    ("nx", "double f(int, const double *)"),
    ("nx", "double  f ( int n , double const * x )"),
    ("nx", "double nx(int32_t n, const double x[])"),
    ("xn", "double f(const double *, int)"),
    ("xn", "extern double xn(double *x, unsigned int n)"),
    ("xl", "double f(const double *x, int64_t n)"),
    ("xl", "double f(const double *restrict x, const size_t n)"),
    ("xl", "double f(const double *x, long long n)"),
    ("by_address", "void f(const double *x, const int *n, double *value)"),
    ("code_last", "int f(const double *x, long n, double *value)"),
    ("nlopt", NLOPT),
    ("loss", "int32_t f(const double *x, int64_t n, double *value, void *user)"),
    ("loss", "int loss(double *, int64_t, double *, void *)"),
]
GRADIENTS = [
    ("g_three", "void g(const double *x, double *out)"),
    ("g_nx", "void g(int n, const double *x, double *out)"),
    ("g_xn", "void g(const double *x, int n, double *out)"),
    ("g_xn", "void(double *, int, double *)"),
    ("g_out_first", "void g(double *out, const double *x, size_t n)"),
    ("nlopt", NLOPT),
    ("grad", "int32_t f(const double *x, int64_t n, double *value, void *user)"),
]


@pytest.mark.parametrize(("name", "signature"), OBJECTIVES)
def test_objectives(name, signature):
    objective = gradproof.native(c(name), signature=signature)
    right = gradproof.check(objective, cubes_gradient, X)
    assert right.verdict == "right"
    wrong = gradproof.check(objective, faulty, X)
    assert wrong.wrong.tolist() == [2]
    assert wrong.findings[0].cause is gradproof.Cause.WRONG
    assert wrong.to_json() == gradproof.check(gradproof.native(c("loss")), faulty, X).to_json()


@pytest.mark.parametrize(("name", "signature"), GRADIENTS)
def test_gradients(name, signature):
    gradient = gradproof.native(c(name), signature=signature)
    assert gradproof.check(gradproof.native(c("loss")), gradient, X).verdict == "right"
    changed = gradproof.check(lambda x: np.sum(x**3) + x[1] / 10, gradient, X)
    assert changed.wrong.tolist() == [1]


def test_a_gradient_that_is_wrong():
    gradient = gradproof.native(c("g_slip"), signature="void g(const double *x, int n, double *out)")
    report = gradproof.check(gradproof.native(c("loss")), gradient, X)
    assert report.wrong.tolist() == [2]
    assert report.findings[0].cause is gradproof.Cause.WRONG


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("xn_float", "float f(const float *x, int n)"),
        ("three_float", "float f(const float *)"),
        ("float_value", "void f(const float *x, int n, float *value)"),
        ("loss_float", "int32_t f(const float *x, int64_t n, double *value, void *user)"),
        ("loss_float", None),
    ],
)
def test_float32(name, signature):
    x = X.astype(np.float32)
    objective = gradproof.native(c(name), signature=signature)
    assert gradproof.check(objective, cubes_gradient, x).verdict == "right"
    assert gradproof.check(objective, faulty, x).wrong.tolist() == [2]
    for gradient, wrong in (("g_float", []), ("g_float_slip", [2])):
        in_c = gradproof.native(c(gradient), signature="void g(const float *x, int n, float *out)")
        assert gradproof.check(objective, in_c, x).wrong.tolist() == wrong


@pytest.mark.parametrize("user", [np.array([2.0]), ctypes.c_double(2.0)])
@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("scaled", "double f(const double *x, int n, void *user)"),
        ("user_first", "double f(struct model *m, const double *x, unsigned long n)"),
    ],
)
def test_user_data(name, signature, user):
    objective = gradproof.native(c(name), user, signature=signature)
    assert gradproof.check(objective, lambda x: 2 * cubes_gradient(x), X).verdict == "right"
    assert gradproof.check(objective, lambda x: 2 * faulty(x), X).wrong.tolist() == [2]


def test_the_same_bits_for_any_number_of_threads():
    x = np.linspace(1, 2, 5000)
    reports = [
        gradproof.check(
            gradproof.native(c("xn"), threads=threads, signature="double f(const double *, int)"),
            3 * x**2 * (1 + 0.01 * (np.arange(x.size) == 77)),
            x,
            mode=mode,
        )
        for mode in ("full", "lines")
        for threads in (1, 2, 5)
    ]
    assert [report.wrong.tolist() for report in reports] == [[77]] * 6
    assert len({report.to_json() for report in reports[:3]}) == len({report.to_json() for report in reports[3:]}) == 1


def test_the_pieces():
    objective = gradproof.native(c("xn"), signature="double f(const double *, int)")
    same = gradproof.native(c("loss"))
    for piece in (gradproof.centered_difference, gradproof.forward_difference):
        assert piece(objective, X).tobytes() == piece(same, X).tobytes()
        assert piece(objective, X) == pytest.approx(3 * X**2, rel=1e-4)
    assert gradproof.noise_floor(objective, X) == gradproof.noise_floor(same, X)
    assert gradproof.find_kinks(objective, X) == gradproof.find_kinks(same, X) == []
    assert gradproof.study(objective, X, index=1).to_json() == gradproof.study(same, X, index=1).to_json()


def test_a_code_is_handed_on():
    objective = gradproof.native(c("code_last"), signature="int f(const double *x, long n, double *value)")
    with pytest.raises(NativeError, match="the native objective returned the code 7") as caught:
        gradproof.check(objective, cubes_gradient, X + 9)
    assert caught.value.code == 7


@pytest.mark.parametrize(
    ("signature", "why"),
    [
        ("", "it is not of the form"),
        ("double", "it is not of the form"),
        ("double f", "it is not of the form"),
        ("f(const double *x)", "'f' is not double, float, void or an integer"),
        ("complex f(const double *x)", "'complex' is not double"),
        ("double *f(const double *x)", "it returns a pointer"),
        ("double f()", "'nothing' is no array"),
        ("double f(int n)", "it has no arrays of double or float"),
        ("double f(const double **x)", "'const double \\*\\*x' is no array"),
        ("double f(double x)", "'double x' is no array"),
        ("double f(const double *x, const double *y, double *z)", "it has 3 arrays"),
        ("double f(const double *x, int n, int m)", "it has 2 parameters of one kind"),
        ("void f(const double *x, int n)", "it neither returns a number nor has a pointer to write one to"),
        ("int f(const double *x)", "it neither returns"),
        ("long double f(const double *x)", "'long double' is not double"),
        ("long double (*)(const double *x)", "'long' is not double"),
        ("double f(const double *x, long double)", "'long double' is no array"),
    ],
)
def test_what_is_not_accepted(signature, why):
    with pytest.raises(ValueError, match=why) as caught:
        gradproof.native(1, signature=signature)
    for accepted in (
        "double f(const double *x)", "double f(int n, const double *x)", "double f(const double *x, int n)",
        "void g(const double *x, double *out)", "int32_t f(const double *x, int64_t n, double *value, void *user)",
    ):  # fmt: skip
        assert accepted in str(caught.value)


def test_what_is_no_text():
    with pytest.raises(TypeError, match="signature must be a line of C"):
        gradproof.native(1, signature=3)


def test_what_does_not_fit():
    plain = gradproof.native(c("three"), signature="double f(const double *x)")
    with pytest.raises(TypeError, match="cannot be the gradient, because it has no array to write to"):
        gradproof.check(lambda x: np.sum(x**3), plain, X)
    with pytest.raises(TypeError, match=r"takes double \*x, but x is float32: pass x.astype\(numpy.float64\)"):
        gradproof.check(plain, cubes_gradient, X.astype(np.float32))
    floats = gradproof.native(c("three_float"), signature="float f(const float *x)")
    with pytest.raises(TypeError, match=r"takes float \*x, but x is float64: pass x.astype\(numpy.float32\)"):
        gradproof.check(floats, cubes_gradient, X)


def test_the_largest_n():
    assert read_prototype("double f(const double *, int)").longest == 2**31 - 1
    assert read_prototype("double f(const double *)").longest == read_prototype("int f(size_t, float*, float*)").longest


def declared_in_ctypes(name, result, *parameters):
    function = c(name)
    function.restype, function.argtypes = result, parameters
    return function


DOUBLES, FLOATS = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_float)


def test_ctypes_knows_the_prototype():
    gradient = gradproof.native(declared_in_ctypes("g_nx", None, ctypes.c_int, DOUBLES, DOUBLES))
    for objective in (
        declared_in_ctypes("xn", ctypes.c_double, DOUBLES, ctypes.c_int),
        declared_in_ctypes("xl", ctypes.c_double, DOUBLES, ctypes.c_size_t),
        declared_in_ctypes("by_address", None, DOUBLES, ctypes.POINTER(ctypes.c_int), DOUBLES),
        declared_in_ctypes("loss", ctypes.c_int32, DOUBLES, ctypes.c_int64, DOUBLES, ctypes.c_void_p),
        # What is no prototype of such a function says nothing.
        declared_in_ctypes("loss", ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p),
    ):
        assert gradproof.check(gradproof.native(objective), gradient, X).verdict == "right"
        assert gradproof.check(gradproof.native(objective), faulty, X).wrong.tolist() == [2]
    floats = gradproof.native(declared_in_ctypes("xn_float", ctypes.c_float, FLOATS, ctypes.c_int))
    assert gradproof.check(floats, cubes_gradient, X.astype(np.float32)).verdict == "right"
    with pytest.raises(TypeError, match=r"takes float \*x, but x is float64"):
        gradproof.check(floats, cubes_gradient, X)


def test_cffi_numba_and_scipy_know_the_prototype():
    nx = c("nx")
    address = ctypes.cast(nx, ctypes.c_void_p).value
    found = [ffi.cast("double(*)(int, double const *)", address)]
    scipy = pytest.importorskip("scipy")
    found.append(scipy.LowLevelCallable(declared_in_ctypes("nx", ctypes.c_double, ctypes.c_int, DOUBLES)))
    types = pytest.importorskip("numba").types
    double = types.CPointer(types.float64)

    @pytest.importorskip("numba").cfunc(types.float64(types.int32, double))
    def in_numba(n, x):
        return x[0] ** 3 + x[1] ** 3 + x[2] ** 3

    for objective in (*found, in_numba):
        assert gradproof.check(gradproof.native(objective), cubes_gradient, X).verdict == "right"
        assert gradproof.check(gradproof.native(objective), faulty, X).wrong.tolist() == [2]
