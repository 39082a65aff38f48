"""Checks end, whatever the processor does with subnormal numbers; a library built with -ffast-math sets that."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest
from c_programs import COMPILER, compiled
from flushed import SOURCE
from machine import both

from gradproof.core.records import floats

HERE = Path(__file__).parents[1] / "support"
pytestmark = [
    pytest.mark.skipif(not COMPILER, reason="no C compiler"),
    pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64", "aarch64"), reason="another processor"),
]


@pytest.fixture(scope="module")
def flushing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flush")
    (folder / "flush.c").write_text(SOURCE)
    return compiled(folder / "flush.c", folder / "flush.so", "-shared", "-fPIC", "-O1")


def run(*words):
    command = [sys.executable, "-W", "ignore", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_every_check_ends(flushing):
    result = run(HERE / "flushed.py", flushing, "80", "1")
    assert result.returncode == 0, result.stdout[-300:] + result.stderr
    assert result.stdout.endswith("done\n")


def test_steps_are_not_zero(flushing):
    """What a loop doubles until it is large enough must not be 0; the twin is a power that may be subnormal."""
    code = f"""
import ctypes
from gradproof.core.records.floats import SMALLEST_POWER, power_of_two_above
ctypes.CDLL({str(flushing)!r}).flush_to_zero()
assert power_of_two_above(0.0) > 0.0
assert power_of_two_above(1e-200 * 1e-150) > 0.0
assert SMALLEST_POWER / 2.0 == 0.0
"""
    result = run("-c", code)
    assert result.returncode == 0, result.stderr
    assert [power(1e-310) for power in both(floats.power_of_two_above, "float64")] == [2.0**-1022] * 2
