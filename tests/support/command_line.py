"""What the tests of the command line share."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import gradproof

SOURCE = Path(gradproof.__file__).parent.parent


def start_process(folder, *arguments, program=("-m", "gradproof"), **settings):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings,
    )  # fmt: skip


def interrupted(folder, *words):
    """Send Ctrl-C to a command once its objective hangs, which then makes the file `started`."""
    process = start_process(folder, *words)
    waited = time.monotonic() + 60
    while not (folder / "started").exists() and process.poll() is None and time.monotonic() < waited:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def assert_one_line(result, *words, status=2):
    given, output, errors = result
    assert given == status, (output, errors)
    assert output == ""
    assert errors.startswith("gradproof: ")
    assert errors.count("\n") == 1, errors
    assert errors.endswith("\n")
    for word in words:
        assert word in errors
