"""What `import gradproof` brings along."""

import subprocess
import sys


def test_numba_and_others_are_not_imported():
    program = """
import sys, gradproof
names = {"numba", "scipy", "torch", "matplotlib"}
assert not names & set(sys.modules), names & set(sys.modules)
assert gradproof.check.__name__ == "check"
assert gradproof.native.__module__ == "gradproof.evaluators.compiled.native"
import gradproof.checking, gradproof.evaluators.compiled.native
assert callable(gradproof.check) and callable(gradproof.native) and callable(gradproof.batched)
assert set(gradproof.__all__) <= set(dir(gradproof))
try:
    gradproof.nothing
except AttributeError as problem:
    assert "nothing" in str(problem)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_right_gradient_imports_what_it_needs():
    """And a wrong one what it shows; reports, evaluators and records that most checks do without come on use."""
    program = """
import sys
import numpy as np
import gradproof
inside = ("report.finding", "report.cause", "report.power", "problem.exceptions", "problem.given.foreign",
          "evaluators.lines", "evaluators.batched", "evaluators.arrays.inplace", "evaluators.compiled.functions",
          "core.records.border", "core.records.engine", "interpreted.exported")
imported = lambda: {name for name in inside if f"gradproof.{name}" in sys.modules}
f, x = lambda x: np.sum(x**2), np.array([1.0, 2.0])
assert gradproof.check(f, lambda x: 2 * x, x).verdict == "right"
assert not imported(), imported()
wrong = gradproof.check(f, lambda x: 3 * x, x)
assert [(one.index, str(one.cause)) for one in wrong.findings] == [(1, "wrong"), (0, "wrong")]
assert {"report.finding", "report.cause"} <= imported()
assert gradproof.check(gradproof.batched(lambda x: np.sum(x**2, axis=1)), lambda x: 3 * x, x).wrong.tolist() == [0, 1]
assert "evaluators.batched" in imported()
"""
    subprocess.run([sys.executable, "-c", program], check=True)
