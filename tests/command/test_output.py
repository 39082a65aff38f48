"""What the command prints: versions, flags, colour, and to readers that are gone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import SOURCE, assert_one_line, start_process

import gradproof
from gradproof import command


def test_info(run):
    status, output, _ = run("info")
    assert status == 0
    for word in (gradproof.__version__, "numba", "numpy", "library"):
        assert word in output


def test_flags_for_a_compiler(run):
    status, output, errors = run("info", "--cflags")
    assert (status, errors) == (0, "")
    assert output.startswith("-I")
    result = run("info", "--cflags", "--libs")
    if result[0] == 0:
        assert "-lgradproof -lm" in result[1]
    else:
        assert_one_line(result, "library")


def test_python_m_gradproof(folder):
    process = start_process(folder, "check", "model.py:loss", "--gradient", "model.py:half", "--at", "x.npy")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert errors == ""
    assert "\033" not in output


def test_a_reader_that_closes_early(folder):
    process = start_process(folder, "demo")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.wait(timeout=120)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_disk_that_is_full(folder):
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "gradproof", "info"], check=False,
            env={**os.environ, "PYTHONPATH": str(SOURCE)}, stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert process.returncode == 2
    assert process.stderr.startswith("gradproof: ")
    assert process.stderr.count("\n") == 1


def test_colour_only_on_a_terminal(check, monkeypatch):
    terminal = ["check", "model.py:loss", "--gradient", "model.py:half", "--at", "x.npy", "--no-progress"]
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    paint = command.painter(command.parser().parse_args(terminal))
    assert paint is str  # the output of a test is no terminal
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    report = gradproof.check(lambda x: x[0] ** 2, lambda x: x, [1.0])
    painted = command.painter(command.parser().parse_args(terminal))(report)
    assert painted.startswith("\033[1;31m")
    assert painted.count("\033") == 2
    assert command.painter(command.parser().parse_args([*terminal, "--no-colour"]))(report) == str(report)
    monkeypatch.setenv("NO_COLOR", "1")
    assert command.painter(command.parser().parse_args(terminal))(report) == str(report)


def test_errors_of_a_call_need_no_numpy():
    code = "import sys; from gradproof.command import main; main(['check']); print('numpy' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "False\n"
