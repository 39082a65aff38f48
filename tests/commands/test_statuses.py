"""The status of the command is a verdict only where there is one, however the user's code ends the process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import SOURCE, start_process

from gradproof.commands.process.forked import POSSIBLE
from gradproof.commands.process.streams import Lasting, LastingErrors

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="the command has no child process here")

MODEL = """
import asyncio, atexit, ctypes, os, signal, sys, time
import numpy as np

x, calls = np.linspace(1, 2, 5), 0
def f(x): return float(np.sum(x**2))
def grad(x): return 2 * x
def wrong(x): return 2.1 * x

def later(end):
    def objective(x):
        global calls
        calls += 1
        if calls > 3: end()
        return f(x)
    return objective

def throws(kind):
    def end(): raise kind
    return end

cancelled = later(throws(asyncio.CancelledError))
generator = later(throws(GeneratorExit))
sys_exit = later(sys.exit)
os_exit = later(lambda: os._exit(0))
c_exit = later(lambda: ctypes.CDLL(None).exit(0))
segfault = later(lambda: ctypes.string_at(0))
at_exit = later(lambda: calls > 4 or atexit.register(os._exit, 0))
forks = later(lambda: os.fork() or os._exit(0))
def in_a_copy():
    if os.fork() == 0: raise RuntimeError("in a copy")
    os.wait()
copy_fails = later(in_a_copy)
def no_streams(): sys.stdout = sys.stderr = None
def no_files():
    sys.stdout.close()
    sys.stderr.close()
def elsewhere(): os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
without_streams, without_files, leads_elsewhere = later(no_streams), later(no_files), later(elsewhere)
def g_exit(x): os._exit(0)
def loud(x):
    print("value\\n" * 20000)
    return f(x)
def slow(x):
    global calls
    calls += 1
    if calls == 20: open("ready", "w").close()
    time.sleep(0.01)
    return f(x)
many = np.ones(3000)
"""
ENDINGS = [
    ("cancelled", "grad", 2, "CancelledError"),
    ("generator", "grad", 2, "GeneratorExit"),
    ("sys_exit", "grad", 2, "no verdict: the user's code ended the program (SystemExit)"),
    ("os_exit", "grad", 2, "no verdict: the user's code ended the program (exit(0))"),
    ("c_exit", "grad", 2, "no verdict: the user's code ended the program (exit(0))"),
    ("segfault", "grad", 2, "no verdict: the user's code ended the program (SIGSEGV)"),
    ("f", "g_exit", 2, "no verdict: the user's code ended the program (exit(0))"),
    ("at_exit", "wrong", 1, ""),
    ("forks", "wrong", 1, ""),
    ("forks", "grad", 0, ""),
    ("copy_fails", "wrong", 1, "RuntimeError: in a copy"),
]


@pytest.fixture
def place(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)
    return tmp_path


# As on a system on which processes cannot be copied.
APART = """
import sys
from gradproof.commands import main
main.POSSIBLE = False
sys.exit(main.main())
"""


def words(objective, gradient, at="x"):
    return ("check", f"model.py:{objective}", "--gradient", f"model.py:{gradient}", "--at", f"model.py:{at}")


@pytest.mark.parametrize(
    ("program", "endings"), [(("-m", "gradproof"), ENDINGS), (("-c", APART), ENDINGS[::2])], ids=["copied", "apart"]
)
def test_endings(place, program, endings):
    processes = [
        start_process(place, *words(objective, gradient), program=program) for objective, gradient, _, _ in endings
    ]
    for process, (objective, gradient, status, said) in zip(processes, endings, strict=True):
        errors = process.communicate(timeout=120)[1]
        assert process.returncode == status, (objective, gradient, errors)
        assert said in errors
        assert bool(said) == bool(errors)


@pytest.mark.parametrize("redirected", ["", "2>/dev/full"])
def test_what_cannot_be_loaded_has_no_verdict(place, redirected):
    """A file in the current folder stands for a module of Python; or no file can be opened any more."""
    assert status_in_shell(place, redirected, "f", "wrong") == 1
    (place / "random.py").write_text("x = 1\n")
    assert status_in_shell(place, redirected, "f", "wrong") == 2
    (place / "random.py").write_text("raise SystemExit(0)\n")
    assert status_in_shell(place, redirected, "f", "wrong") == 2
    (place / "random.py").unlink()
    (place / "numpy.py").write_text("raise OSError(5, 'broken')\n")
    assert status_in_shell(place, redirected, "f", "wrong") == 2
    (place / "numpy.py").unlink()
    few = "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3)); sys.exit(main())"
    process = start_process(
        place,
        *words("f", "wrong"),
        program=("-c", f"from gradproof.__main__ import main; import gradproof.commands.main; {few}"),
    )
    assert "cannot run: OSError" in process.communicate(timeout=120)[1]
    assert process.returncode == 2


def status_in_shell(place, redirected, objective, gradient):
    command = [sys.executable, "-m", "gradproof", *words(objective, gradient)]
    shell = ["bash", "-c", f'set -o pipefail; "$@" {redirected}', "bash", *command]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(shell, cwd=place, env=environment, capture_output=True, timeout=120, check=False).returncode


@pytest.mark.parametrize(
    ("redirected", "objective", "gradient", "status"),
    [
        ("| head -1", "f", "wrong", 1),
        ("| head -1", "f", "grad", 0),
        ("| head -1", "loud", "grad", 0),
        ("2>/dev/full", "nothing", "grad", 2),
        ("2>/dev/full", "f", "wrong", 1),
        (">/dev/full", "f", "grad", 2),
        ("<&- >&- 2>&-", "os_exit", "grad", 2),
        ("<&- >&- 2>&-", "f", "wrong", 1),
    ],
)
def test_readers_that_are_gone(place, redirected, objective, gradient, status):
    assert status_in_shell(place, redirected, objective, gradient) == status


@pytest.mark.parametrize(("gradient", "status", "word"), [("wrong", 1, "wrong:"), ("grad", 0, "right:")])
def test_streams_that_the_objective_takes_away(place, gradient, status, word):
    """The report would go where nobody reads it."""
    takers = ("without_streams", "without_files", "leads_elsewhere")
    processes = [start_process(place, *words(objective, gradient)) for objective in takers]
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert (process.returncode, output[: len(word)], errors) == (status, word, "")


def under_way(place, **settings):
    process = start_process(place, *words("slow", "grad", "many"), **settings)
    for _ in range(600):
        if (place / "ready").exists():
            return process
        time.sleep(0.1)
    raise AssertionError("the check has not begun")


@pytest.mark.parametrize("send", [os.kill, os.killpg])
def test_ctrl_c_arrives_once(place, send):
    """Twice, it would end the check without a report."""
    process = under_way(place, start_new_session=True)
    send(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (3, "")
    assert output.startswith("inconclusive")


def test_signals_reach_a_process_apart(place):
    process = under_way(place, program=("-c", APART), start_new_session=True)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (3, "")
    assert output.startswith("inconclusive")
    (place / "ready").unlink()
    process = under_way(place, program=("-c", APART))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_is_ended_leaves_no_process(place, number):
    process = under_way(place)
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == -number
    for _ in range(100):
        with contextlib.suppress(OSError):
            if " Z " not in Path(f"/proc/{child}/stat").read_text():
                time.sleep(0.05)
                continue
        return
    raise AssertionError("the child is still there")


@pytest.mark.parametrize("kind", [Lasting, LastingErrors])
def test_streams(kind):
    reading, writing = os.pipe()
    with kind(writing, "w") as stream:
        assert stream.write(b"heard") == 5
        assert os.read(reading, 10) == b"heard"
        os.close(reading)
        assert stream.write(b"not heard") == 9
        assert stream.write(b"nor this") == 8
    with kind(os.open("/dev/full", os.O_WRONLY), "w") as stream:
        # The twin: a full disk is no reader that has left, and what it holds is not what was printed.
        said = pytest.raises(OSError, match="No space left on device: 'standard output'")
        with contextlib.nullcontext() if kind is LastingErrors else said:
            stream.write(b"lost")
        assert stream.write(b"more") == 4
