"""What type checkers find in the code of users: misspelt names, settings and words; and nothing where all is right."""

import importlib.util
import inspect
import os
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import gradproof
import gradproof.jax
import gradproof.torch
from gradproof.engine import MODES
from gradproof.lesson.training import check_along
from gradproof.report import records
from gradproof.run import keywords
from gradproof.run.settings import CONVENTIONS

SOURCE = Path(gradproof.__file__).parents[1]
SNIPPET = """
from typing import Any
import numpy as np
import gradproof
import gradproof.jax
import gradproof.torch
from gradproof.engine import MODES

def f(x: Any) -> float: return float(np.sum(x**2))
def g(x: Any) -> Any: return 2 * x
def vjp(x: Any, cotangent: Any) -> Any: return cotangent * x
x = np.ones(3)

report = gradproof.check(f, g, x, mode="full", rtol=1e-4, convention="jax", names=["a", "b", "c"])
other: gradproof.Report = gradproof.assert_gradient(f, g, x, mode="lines", seed=3, inconclusive="pass", args=(1,))
gradproof.check_vjp(np.sin, vjp, x, mode="auto", budget=100, progress=False)
gradproof.check_along(f, g, x, steps=3, mode="full")
gradproof.torch.check(None, lambda: 1.0, precision="float64", mode="lines")
gradproof.torch.assert_gradient(np.sin, x, forward=True, seed=1, inconclusive="pass")
gradproof.jax.check(f, x, modes=("fwd",), rtol=1e-3)
gradproof.jax.assert_gradient(f, args=(x, x), order=2, budget=100)
gradproof.zoo.digits()
print(report.verdict == "right", report.explain((2,)), report.explain("x[2]"), report.findings[0].cause)

gradproof.check(f, g, x, mode="fast")  # arg-type
gradproof.check(f, g, x, rtoll=1e-4)  # call-arg
gradproof.check(f, g, x, convention="numpy")  # arg-type
gradproof.check(f, g, x, seed=0.5)  # arg-type
print(report.verdict == "correct")  # comparison-overlap
print(report.mode == "auto")  # comparison-overlap
gradproof.assert_gradient(f, g, x, mode="fast")  # arg-type
gradproof.assert_gradient(f, g, x, rtoll=1e-4)  # call-arg
gradproof.assert_gradient(f, g, x, inconclusive="ignore")  # arg-type
gradproof.check_vjp(np.sin, vjp, x, mode="fast")  # arg-type
gradproof.assert_jvp(np.sin, vjp, x, inconclusive="ignore")  # arg-type
gradproof.check_jacobian(np.sin, np.eye(3), x, save="file")  # call-arg
gradproof.check_hvp(np.sin, vjp, x, rtoll=1e-4)  # call-arg
gradproof.check_adjoint(vjp, vjp, x, rtoll=1e-4)  # call-arg
gradproof.check_along(f, g, x, mode="fast")  # arg-type
gradproof.torch.check(None, lambda: 1.0, precison="float64")  # call-arg
gradproof.torch.assert_gradient(np.sin, x, precision="float32")  # arg-type
gradproof.mutation_score(f, g, x, rtoll=1e-4)  # call-arg
gradproof.jax.check(f, x, mode="fast")  # arg-type
gradproof.jax.assert_gradient(f, x, mods=("fwd",))  # call-arg
gradproof.chek(f, g, x)  # attr-defined
report.explain(1.5)  # arg-type
report.verdicts  # attr-defined
"""


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
def test_mypy_finds_what_is_misspelt(tmp_path):
    file = tmp_path / "snippet.py"
    file.write_text(SNIPPET)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if "site-packages" not in str(SOURCE):
        environment["MYPYPATH"] = str(SOURCE)
    words = ("--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path), "--no-error-summary")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words, "--config-file", os.devnull, str(file)],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.findall(r"^.*snippet\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.M)
    assert len(found) == done.stdout.count("error:"), done.stdout + done.stderr
    lines = enumerate(SNIPPET.splitlines(), 1)
    expected = [(str(number), line.partition("  # ")[2]) for number, line in lines if "  # " in line]
    assert len(expected) == 23
    assert found == expected, done.stdout


def names_of(function, *without):
    """The keyword arguments of a function by name."""
    kinds = inspect.signature(function).parameters.values()
    return {one.name for one in kinds if one.kind is one.KEYWORD_ONLY} - set(without)


def test_the_settings_are_those_of_check():
    everything = names_of(gradproof.check)
    settings = set(keywords.CheckSettings.__annotations__)
    assert settings == everything
    outputs = set(keywords.OutputsSettings.__annotations__)
    assert outputs == everything - {"precision", "rows", "save", "resume"}
    assert set(keywords.MutationSettings.__annotations__) == outputs | {"precision"}
    along = set(keywords.AlongSettings.__annotations__)
    assert along == everything - names_of(check_along) - {"precision", "save", "resume"}
    assert set(keywords.TorchSettings.__annotations__) == everything | names_of(gradproof.torch.check)
    passed_on = set(keywords.JaxSettings.__annotations__)
    assert passed_on == everything - names_of(gradproof.jax.check) - {"rows"}
    assert set(keywords.JaxAssertSettings.__annotations__) == passed_on | names_of(gradproof.jax.check)


def test_the_words_are_those_that_are_accepted():
    assert typing.get_args(keywords.Mode) == tuple(MODES)
    assert typing.get_args(keywords.Convention) == tuple(CONVENTIONS)
    assert set(typing.get_args(records.Verdict)) == {"right", "wrong", "inconclusive"}
    for word in typing.get_args(keywords.Inconclusive):
        assert gradproof.assert_gradient(lambda x: x[0] ** 2, lambda x: 2 * x, [1.0], inconclusive=word)


def test_tab_completion():
    names = dir(gradproof)
    assert {"check", "zoo", "torch", "jax", *gradproof.__all__, *gradproof._MODULES} == set(names)
    assert [name for name in names if name.startswith("_")] == ["__version__"]
    for name in names:
        assert getattr(gradproof, name) is not None
