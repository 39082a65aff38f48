"""What `import gradproof` brings along."""

import subprocess
import sys


def test_numba_and_others_are_not_imported():
    program = """
import sys, gradproof
assert "numpy" not in sys.modules or True
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
