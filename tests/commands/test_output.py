"""What the command prints: versions, flags, colour, and to readers that are gone."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import SOURCE, assert_one_line, start_process

import gradproof
from gradproof.commands import main as command


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


def run_command(folder, *arguments, **settings):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), **settings.pop("environment", {})}
    return subprocess.run(
        [*settings.pop("before", []), sys.executable, "-m", "gradproof", *arguments],
        cwd=folder, env=environment, text=True, check=False, timeout=120, stderr=subprocess.PIPE, **settings,
    )  # fmt: skip


WRONG = ("check", "model.py:loss", "--gradient", "model.py:half", "--at", "x.npy")


def test_an_encoding_that_lacks_a_character(folder):
    process = run_command(folder, *WRONG, environment={"PYTHONIOENCODING": "ascii"}, stdout=subprocess.PIPE)
    assert (process.returncode, process.stderr) == (1, "")
    assert process.stdout.startswith("wrong: ")
    assert " +/- " in process.stdout
    assert "claimed = 0.5 * slope" in process.stdout
    assert "?" not in process.stdout.replace("twice?", "")


@pytest.mark.skipif(os.name != "posix", reason="a shell that closes")
def test_no_output_at_all(folder):
    process = run_command(folder, *WRONG, before=["sh", "-c", 'exec "$@" >&-', "sh"])
    assert (process.returncode, process.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("word", ["info", "--version", "--help"])
def test_a_disk_that_is_full(folder, word):
    with Path("/dev/full").open("w") as full:
        process = run_command(folder, word, stdout=full)
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
    monkeypatch.setenv("COLUMNS", "200")
    report = gradproof.check(lambda x: x[0] ** 2, lambda x: x, [1.0])
    painted = command.painter(command.parser().parse_args(terminal))(report)
    assert painted.startswith("\033[1;31m")
    assert painted.count("\033") == 2
    assert command.painter(command.parser().parse_args([*terminal, "--no-colour"]))(report) == str(report)
    monkeypatch.setenv("TERM", "dumb")
    assert command.painter(command.parser().parse_args(terminal))(report) == str(report)
    monkeypatch.setenv("TERM", "xterm")
    assert command.painter(command.parser().parse_args(terminal))(report) == painted
    monkeypatch.setenv("NO_COLOR", "1")
    assert command.painter(command.parser().parse_args(terminal))(report) == str(report)


@pytest.mark.skipif(os.name != "posix", reason="terminals")
@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_report_is_as_wide_as_the_terminal(folder, columns):
    loss = "def f(w): return float(np.sum(w['a_module_with_a_name.a_layer'] ** 2))\n"
    start = "x = {'a_module_with_a_name.a_layer': np.array([1e-30, -2e-30])}\n"
    (folder / "long.py").write_text(f"import numpy as np\n{loss}{start}def g(w): return w\n")
    output = on_a_terminal(folder, columns, "check", "long.py:f", "--gradient", "long.py:g", "--at", "long.py:x")
    assert output.startswith("\033[1;31mwrong")
    lines = re.sub("\033\\[[0-9;]*m", "", output).splitlines()
    assert max(map(len, lines)) <= min(columns, 100)
    assert ("left" in output) == (columns >= 100)


def on_a_terminal(folder, columns, *arguments):
    """Run the command with a terminal as its output; return what it printed there."""
    import pty

    ours, theirs = pty.openpty()
    settings = {"PYTHONPATH": str(SOURCE), "COLUMNS": str(columns), "TERM": "xterm"}
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | settings
    process = subprocess.Popen(
        [sys.executable, "-m", "gradproof", *arguments], cwd=folder, env=environment, stdout=theirs, stdin=theirs
    )
    os.close(theirs)
    output = b""
    with suppress(OSError):  # how the end of a terminal shows itself
        while part := os.read(ours, 4096):
            output += part
    os.close(ours)
    process.wait(timeout=60)
    return output.decode()


def test_errors_of_a_call_need_no_numpy():
    code = "import sys; from gradproof.commands.main import main; main(['check']); print('numpy' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "False\n"


NOISY = """
import os, sys
import numpy as np
print("at import")
x = np.array([1.0, -2.0, 0.5])
def loss(x):
    print("in f")
    return float(np.sum(x ** 3))
def grad(x):
    os.write(1, b"in g\\n")
    return 3 * x ** 2
def half(x): return grad(x) / 2
"""
NOISY_C = """
#include <stdint.h>
#include <stdio.h>
int32_t loss(const double *x, int64_t n, double *value, void *user) {
    printf("in C\\n");
    *value = 0;
    for (int64_t i = 0; i < n; i++) *value += x[i] * x[i] * x[i];
    return 0;
}
"""


def output_is_json(process, *printed):
    """Whatever the functions print comes on standard error; without --json - it is left where it was."""
    assert json.loads(process.stdout)
    for word in printed:
        assert word in process.stderr


def test_only_json_on_the_output(folder):
    (folder / "noisy.py").write_text(NOISY)
    point = ("noisy.py:loss", "--at", "noisy.py:x")
    for command_, *others in (("check", "--gradient", "noisy.py:half"), ("study", "--gradient", "noisy.py:grad")):
        words = (command_, *point, *others)
        process = run_command(folder, *words, "--json", "-", stdout=subprocess.PIPE)
        assert process.returncode == (1 if command_ == "check" else 0)
        output_is_json(process, "at import\n", "in f\n", "in g\n")
        process = run_command(folder, *words, "--json", "report.json", stdout=subprocess.PIPE)
        assert process.stderr == ""
        assert process.stdout.count("at import\n") == 1
        assert "in g\n" in process.stdout


def test_only_json_on_the_output_of_c(folder, library):
    (folder / "noisy.c").write_text(NOISY_C)
    subprocess.run(
        [shutil.which("cc") or "gcc", "-shared", "-fPIC", "-o", "libnoisy.so", "noisy.c"], check=True, cwd=folder
    )
    words = ("check", "./libnoisy.so:loss", "--gradient", f"{library}:grad", "--at", "x.npy", "--no-trial")
    output_is_json(run_command(folder, *words, "--json", "-", stdout=subprocess.PIPE), "in C\n")
    assert "in C\n" in run_command(folder, *words, stdout=subprocess.PIPE).stdout


def test_only_json_where_the_output_is_captured(run, folder):
    (folder / "noisy.py").write_text(NOISY.replace('os.write(1, b"in g\\\\n")', "pass"))
    status, output, errors = run(
        "check", "noisy.py:loss", "--gradient", "noisy.py:grad", "--at", "x.npy", "--json", "-"
    )
    assert status == 0
    assert json.loads(output)["verdict"] == "right"
    assert errors.startswith("at import\nin f\n")


def test_an_error_leaves_the_output_as_it_was(run, folder):
    assert run("check", "model.py:broken", "--gradient", "model.py:grad", "--at", "x.npy", "--json", "-")[:2] == (2, "")
    print("still here")
    assert run("info")[1].startswith("still here\ngradproof")
