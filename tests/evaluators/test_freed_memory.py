"""What an objective frees stays with the process: the system need not give it again, page by page."""

import os
import platform
import subprocess
import sys

import pytest

SCRIPT = """
import resource
import numpy as np
import gradproof
from gradproof.evaluators import evaluator

if {switched_off}:
    evaluator.KEPT_BYTES = -1
x = np.linspace(0.5, 2, 50_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
report = gradproof.check(lambda x: np.sum(np.log1p(np.exp(-x * x))), np.zeros(x.size), x, mode="full", budget=300)
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / report.evaluations)
"""


def faults_of_an_evaluation(switched_off):
    """Return how often the system had to give a page, for each evaluation; an array has 98 of them."""
    script = SCRIPT.format(switched_off=switched_off)
    # Dask sets variables of glibc that fix what is measured here.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60, env=environment
    )
    return float(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have other habits")
def test_freed_memory_is_used_again():
    assert faults_of_an_evaluation(switched_off=False) < 60
    assert faults_of_an_evaluation(switched_off=True) > 90
