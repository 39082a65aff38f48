"""C functions of every prototype that people have, right and wrong ones, compiled into one library for the tests."""

import ctypes
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
X = np.array([1.0, -2.0, 0.5])

SOURCE = """
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OURS const double *x, int64_t n, double *value, void *user

double xn(const double *x, int n) { double s = 0; for (int i = 0; i < n; i++) s += x[i] * x[i] * x[i]; return s; }
double nx(int n, const double *x) { return xn(x, n); }
double xl(const double *x, int64_t n) { return xn(x, (int)n); }
double three(const double *x) { return xn(x, 3); }
float xn_float(const float *x, int n) { double s = 0; for (int i = 0; i < n; i++) s += x[i] * x[i] * x[i]; return s; }
float three_float(const float *x) { return xn_float(x, 3); }
double scaled(const double *x, int n, void *user) { return *(double *)user * xn(x, n); }
double user_first(void *user, const double *x, unsigned long n) { return *(double *)user * xn(x, (int)n); }
void by_address(const double *x, const int *n, double *value) { *value = xn(x, *n); }
int code_last(const double *x, long n, double *value) { *value = xn(x, (int)n); return x[0] > 5 ? 7 : 0; }
void float_value(const float *x, int n, float *value) { *value = xn_float(x, n); }
void g_xn(const double *x, int n, double *out) { for (int i = 0; i < n; i++) out[i] = 3 * x[i] * x[i]; }
void g_nx(int n, const double *x, double *out) { g_xn(x, n, out); }
void g_three(const double *x, double *out) { g_xn(x, 3, out); }
void g_out_first(double *out, const double *x, size_t n) { g_xn(x, (int)n, out); }
void g_float(const float *x, int n, float *out) { for (int i = 0; i < n; i++) out[i] = 3 * x[i] * x[i]; }
void g_slip(const double *x, int n, double *out) { g_xn(x, n, out); out[2] *= 1.01; }
void g_float_slip(const float *x, int n, float *out) { g_float(x, n, out); out[2] *= 1.01f; }
double nlopt(unsigned n, const double *x, double *grad, void *data) {
    if (grad) g_xn(x, (int)n, grad);
    return xn(x, (int)n);
}

int32_t loss(OURS) { *value = xn(x, (int)n); return 0; }
int32_t loss_float(const float *x, int64_t n, double *value, void *user) { *value = xn_float(x, (int)n); return 0; }
int32_t grad(OURS) { g_xn(x, (int)n, value); return 0; }
int32_t slip(OURS) { g_slip(x, (int)n, value); return 0; }

int32_t segv(OURS) { raise(SIGSEGV); return 0; }
int32_t reads_null(OURS) { *value = *(volatile double *)user; return 0; }
int32_t fpe(OURS) { raise(SIGFPE); return 0; }
int32_t ill(OURS) { raise(SIGILL); return 0; }
int32_t bus(OURS) { raise(SIGBUS); return 0; }
int32_t aborts(OURS) { fprintf(stderr, "n must\\nbe 7\\n"); abort(); }
int32_t leaves(OURS) { exit(3); }
int32_t leaves_well(OURS) { exit(0); }
int32_t loops(OURS) { volatile int yes = 1; while (yes) {} return 0; }
int32_t sets_nothing(OURS) { return 0; }
int32_t adds(OURS) { *value += xn(x, (int)n); return 0; }
int32_t half_a_value(OURS) { float f = 1; memcpy(value, &f, 4); return 0; }
int32_t refuses(OURS) { return 7; }
int32_t below(OURS) { return -12345; }
int32_t behind(OURS) { g_xn(x, (int)n, value); value[n] = 1; return 0; }
int32_t counts(OURS) { *value = xn(x, (int)n); ++*(int64_t *)user; return 0; }
int32_t prints(OURS) {
    *value = xn(x, (int)n);
    ++*(int64_t *)user;
    printf("call %ld\\n", (long)*(int64_t *)user);
    fflush(stdout);
    fprintf(stderr, "said\\n");
    return 0;
}
"""


@functools.cache
def path_of_library() -> Path:
    """Compile the functions, once."""
    if COMPILER is None:
        pytest.skip("no C compiler")
    folder = Path(tempfile.mkdtemp())
    source, library = folder / "functions.c", folder / "libfunctions.so"
    source.write_text(SOURCE)
    subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(source)], check=True)
    return library


def c(name):
    """Return one of the functions."""
    return getattr(ctypes.CDLL(str(path_of_library())), name)


def cubes_gradient(x):
    return 3 * x**2


def faulty(x):
    return 3 * x**2 * np.array([1, 1, 1.01], x.dtype)
