"""What the tests of the command line share."""

import os
import subprocess
import sys
from pathlib import Path

import gradproof

SOURCE = Path(gradproof.__file__).parent.parent


def start_process(folder, *arguments, program=("-m", "gradproof"), **settings):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings,
    )  # fmt: skip


def assert_one_line(result, *words, status=2):
    given, output, errors = result
    assert given == status, (output, errors)
    assert output == ""
    assert errors.startswith("gradproof: ")
    assert errors.count("\n") == 1, errors
    assert errors.endswith("\n")
    for word in words:
        assert word in errors
