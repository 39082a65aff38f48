"""A folder with a model, arrays and a C library in it, and the command to run there."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from gradproof.commands import main as command

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")

MODEL = """
import sys
import numpy as np

x = np.array([1.0, -2.0, 0.5])
named = {"W": np.ones((2, 2)), "b": np.array([0.5, -1.5])}
text = "no function"

def start(): return np.array([3.0, 4.0])
def loss(x): return float(np.sum(x ** 3))
def grad(x): return 3 * x ** 2
def half(x): return 1.5 * x ** 2
def named_loss(p): return float(np.sum(p["W"] ** 2) + np.sum(np.exp(p["b"])))
def named_grad(p): return {"W": 2 * p["W"], "b": np.exp(p["b"])}
def named_slip(p): return {"W": 2 * p["W"], "b": np.exp(p["b"]) * np.array([1.0, 1.01])}
def alone(y): return loss(y) if np.array_equal(y, x) else np.nan
def broken(x): raise KeyError("the user's own")
def two(x, y): return 0.0
def leaves(x): sys.exit(0)
def interrupted(x): raise KeyboardInterrupt
def flat(x): return grad(x).tolist()[:2]
def complex_grad(x): return grad(x) + 0j
def object_grad(x): return np.array([None, 1, 2], dtype=object)
def text_loss(x): return "3.0"
def none_loss(x): return None
def array_loss(x): return x
def complex_loss(x): return 1 + 2j
class Net:
    def loss(x): return loss(x)
"""
NATIVE = """
#include <stdint.h>
int32_t loss(const double *x, int64_t n, double *value, void *user) {
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i];
    return 0;
}
int32_t grad(const double *x, int64_t n, double *value, void *user) {
    for (int64_t i = 0; i < n; i++) value[i] = 3 * x[i] * x[i];
    return 0;
}
int32_t half(const double *x, int64_t n, double *value, void *user) {
    for (int64_t i = 0; i < n; i++) value[i] = 1.5 * x[i] * x[i];
    return 0;
}
int32_t refuses(const double *x, int64_t n, double *value, void *user) { return 7; }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "model.py").write_text(MODEL)
    np.save(tmp_path / "x.npy", np.array([1.0, -2.0, 0.5]))
    np.save(tmp_path / "single.npy", np.array([1.0, -2.0, 0.5], np.float32))
    np.savez(tmp_path / "named.npz", W=np.ones((2, 2)), b=np.array([0.5, -1.5]))
    np.save(tmp_path / "gradient.npy", 3 * np.array([1.0, -2.0, 0.5]) ** 2)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


@pytest.fixture
def run(folder, capsys):
    """Return what runs the command in this process and gives its status, output and errors."""

    def call(*arguments):
        status = command.main([str(argument) for argument in arguments])
        return (status, *capsys.readouterr())

    return call


@pytest.fixture
def check(run):
    def call(objective, gradient, at="x.npy", *others):
        return run("check", objective, "--gradient", gradient, "--at", at, *others)

    return call


@pytest.fixture
def library(folder):
    if COMPILER is None:
        pytest.skip("no C compiler")
    (folder / "model.c").write_text(NATIVE)
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", "libmodel.so", "model.c"], check=True, cwd=folder)
    return "./libmodel.so"
