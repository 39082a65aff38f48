"""C functions on the command line: their prototypes, their data, and the names that are meant."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from c_functions import path_of_library
from command_line import assert_one_line

from gradproof.commands.targets.symbols import meant, symbols

FORTRAN, CXX = shutil.which("gfortran"), shutil.which("c++") or shutil.which("g++")
XN, G_XN = "double f(const double *x, int n)", "void g(const double *x, int n, double *out)"
FLOAT, G_FLOAT = "float f(const float *x, int n)", "void g(const float *x, int n, float *out)"

FORTRAN_SOURCE = """
module fit
contains
real(8) function inside(x, n)
  integer, intent(in) :: n
  real(8), intent(in) :: x(n)
  inside = sum(x**3)
end function
end module
real(8) function loss(x, n)
  integer, intent(in) :: n
  real(8), intent(in) :: x(n)
  loss = sum(x**3)
end function
subroutine slip(x, n, g)
  integer, intent(in) :: n
  real(8), intent(in) :: x(n)
  real(8), intent(out) :: g(n)
  g = 3*x**2
  g(2) = g(2)*1.01d0
end subroutine
"""
CXX_SOURCE = """
int loss(const double *x, long n, double *value, void *user) { *value = 0; return 0; }
namespace model { double inner(const double *x) { return x[0]; } }
extern "C" { int counter = 3; }
"""


@pytest.fixture
def functions(folder):
    shutil.copy(path_of_library(), folder / "libfunctions.so")
    np.save(folder / "user.npy", np.array([2.0]))
    return "./libfunctions.so"


def compiled(folder, compiler, name, text):
    if compiler is None:
        pytest.skip(f"no compiler for {name}")
    (folder / name).write_text(text)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", "libother.so", name], check=True, cwd=folder)
    return "./libother.so"


def test_signatures(check, functions):
    given = ("--signature", XN, "--gradient-signature")
    assert check(f"{functions}:xn", f"{functions}:g_xn", "x.npy", *given, G_XN)[0] == 0
    status, output, _ = check(f"{functions}:xn", f"{functions}:g_slip", "x.npy", *given, G_XN)
    assert status == 1
    assert re.search(r"^ *x\[2\] .* wrong$", output, re.M)
    assert check(f"{functions}:xn", f"{functions}:grad", "x.npy", "--signature", XN)[0] == 0
    assert check(f"{functions}:xn", "model.py:grad", "x.npy", "--signature", XN)[0] == 0
    assert check("model.py:loss", f"{functions}:g_slip", "x.npy", "--gradient-signature", G_XN)[0] == 1


@pytest.mark.parametrize("at", ["x.npy", "single.npy"])
def test_the_signature_decides_on_float32(check, functions, at):
    given = ("--signature", FLOAT, "--gradient-signature", G_FLOAT)
    status, output, _ = check(f"{functions}:xn_float", f"{functions}:g_float", at, *given)
    assert status == 0
    status, output, _ = check(f"{functions}:xn_float", f"{functions}:g_float_slip", at, *given)
    assert status == 1
    assert re.search(r"^ *x\[2\] .* wrong$", output, re.M)
    assert "computed in float32" in output
    assert check(f"{functions}:loss", f"{functions}:grad", at)[0] == 0
    mixed = check(f"{functions}:xn_float", f"{functions}:grad", at, "--signature", FLOAT)
    assert_one_line(mixed, "the native gradient takes double *x, but x is float32", "a signature with float *x")


def test_user_data(check, functions):
    signature = ("--signature", "double f(const double *x, int n, void *user)")
    (status, _, _) = check(f"{functions}:scaled", "model.py:grad", "x.npy", *signature, "--user", "user.npy")
    assert status == 1
    np.save("user.npy", np.array([1.0]))
    assert check(f"{functions}:scaled", "model.py:grad", "x.npy", *signature, "--user", "user.npy")[0] == 0
    assert check(f"{functions}:scaled", "model.py:grad", "x.npy", *signature, "--user", "model.py:x")[0] == 0
    assert_one_line(
        check(f"{functions}:scaled", "model.py:grad", "x.npy", *signature, "--user", "named.npz"), "one array, x.npy"
    )


def test_a_study(run, functions):
    status, output, _ = run("study", f"{functions}:xn", "--at", "x.npy", "--signature", XN, "--index", "1")
    assert (status, output) == run("study", f"{functions}:loss", "--at", "x.npy", "--index", "1")[:2]
    assert status == 0


def test_options_that_are_for_c(check):
    python = ("model.py:loss", "model.py:grad", "x.npy")
    assert_one_line(check(*python, "--signature", XN), "--signature is for a C function", "model.py")
    assert_one_line(
        check(*python, "--gradient-signature", G_XN), "--gradient-signature is for a C function", "model.py"
    )
    assert_one_line(
        check("model.py:loss", "gradient.npy", "x.npy", "--gradient-signature", G_XN), "--gradient-signature is for a C"
    )
    assert_one_line(check(*python, "--user", "x.npy"), "--user x.npy is for C functions")


def test_a_signature_that_is_none(check, functions):
    assert_one_line(
        check(f"{functions}:xn", "model.py:grad", "x.npy", "--signature", "double f(x)"),
        "'x' is no array", "accepted are double f(const double *x), double f(int n, const double *x)",
    )  # fmt: skip


def test_another_prototype_is_one_line(check, functions):
    question = "is it int32_t f(const double *x, int64_t n, double *value, void *user)?"
    assert_one_line(check(f"{functions}:reads_null", "model.py:grad"), f"SIGSEGV at the first call: {question}")
    assert_one_line(check(f"{functions}:three", "model.py:grad"), "set no value", question)
    of_gradient = "is it int32_t g(const double *x, int64_t n, double *values, void *user)?"
    assert_one_line(check("model.py:loss", f"{functions}:segv"), f"SIGSEGV at the first call: {of_gradient}")


def test_without_a_trial(check, functions):
    assert check(f"{functions}:loss", f"{functions}:grad", "x.npy", "--no-trial")[0] == 0
    assert check(f"{functions}:loss", f"{functions}:slip", "x.npy", "--no-trial")[0] == 1


def test_names_that_are_meant(check, functions):
    assert_one_line(check(f"{functions}:los", "model.py:grad"), "libfunctions.so has no symbol los; did you mean loss?")
    assert_one_line(check(f"{functions}:Loss", "model.py:grad"), "has no symbol Loss; did you mean loss?")
    assert "; there is " in check(f"{functions}:qqqq", "model.py:grad")[2]


def test_fortran(check, folder):
    library = compiled(folder, FORTRAN, "model.f90", FORTRAN_SOURCE)
    assert_one_line(check(f"{library}:loss", "model.py:grad"), "has no symbol loss; did you mean loss_?")
    assert_one_line(check(f"{library}:inside", "model.py:grad"), "did you mean __fit_MOD_inside?")
    signature = ("--signature", "double loss(const double *x, const int *n)")
    assert check(f"{library}:loss_", "model.py:grad", "x.npy", *signature)[0] == 0
    given = (*signature, "--gradient-signature", "void slip(const double *x, const int *n, double *g)")
    status, output, _ = check(f"{library}:loss_", f"{library}:slip_", "x.npy", *given)
    assert status == 1
    assert re.search(r"^ *x\[1\] .* wrong$", output, re.M)
    assert not re.search(r"^ *x\[[02]\] .* wrong$", output, re.M)


def test_cxx(check, folder):
    library = compiled(folder, CXX, "model.cc", CXX_SOURCE)
    assert_one_line(
        check(f"{library}:loss", "model.py:grad"), 'did you mean _Z4lossPKdlPdPv? C++ needs extern "C" before'
    )
    assert_one_line(check(f"{library}:inner", "model.py:grad"), "did you mean _ZN5model5innerEPKd? C++ needs")
    assert_one_line(check(f"{library}:counter", "model.py:grad"), "libother.so:counter is a variable, not a function")


def test_the_symbols_of_a_library(functions, folder):
    known = symbols(folder / "libfunctions.so")
    assert {"loss", "grad", "xn_float"} <= set(known)
    assert "printf" not in known  # it is used, not given out
    assert not known["loss"]


@pytest.mark.parametrize("cut", [0, 3, 10, 50, 200, -1, -100])
def test_what_is_no_library_has_no_symbols(functions, folder, cut):
    whole = (folder / "libfunctions.so").read_bytes()
    (folder / "cut.so").write_bytes(whole[:cut])
    assert symbols(folder / "cut.so") in ({}, symbols(folder / "libfunctions.so"))
    (folder / "cut.so").write_bytes(whole[:60] + b"\xff\xff\xff" + whole[63:])
    assert symbols(folder / "cut.so") == {}
    (folder / "cut.so").write_bytes(whole[:40] + b"\xff" * 8 + whole[48:])
    assert symbols(folder / "cut.so") == {}
    assert symbols(folder / "none.so") == {}


def test_what_is_meant():
    known = {"loss_": False, "_Z4gradPKd": False, "_Z5gradsPKd": False, "other": False, "table": True}
    assert meant("LOSS", known) == "; did you mean loss_?"
    assert meant("grad", known).startswith("; did you mean _Z4gradPKd?")
    assert meant("othr", known) == "; did you mean other?"
    assert meant("tabl", known) == "; there is loss_, other"
    assert meant("f", {}) == '; C++ needs extern "C" before the function'
