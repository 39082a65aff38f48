"""`--save` and `--resume`: Ctrl-C says how to go on, and that command ends as if nothing had happened."""

import json
import os
import shlex
import subprocess
import sys

import pytest
from command_line import SOURCE, assert_one_line, interrupted

MODEL = """
import pathlib, time
import numpy as np
x = np.linspace(1, 2, 700)
def f(y):
    with open("calls", "ab") as calls:
        calls.write(b".")
    if y[WHERE] != x[WHERE] and not pathlib.Path("quick").exists():
        pathlib.Path("started").touch()
        time.sleep(60)
    return float((y ** 3).sum())
def right(y): return 3 * y ** 2
def wrong(y): return 3 * y ** 2 * np.where(np.arange(700) == 5, 1.1, 1)
def other(y): return 3 * y
"""


@pytest.fixture
def model(folder):
    """Return what writes the model: its objective hangs as soon as that coordinate moves, unless it is to be quick."""

    def write(where=-1):
        (folder / "slow.py").write_text(MODEL.replace("WHERE", str(where)))
        (folder / "quick").unlink(missing_ok=True)
        (folder / "started").unlink(missing_ok=True)

    return write


def arguments(gradient, *others):
    return ["check", "slow.py:f", "--gradient", f"slow.py:{gradient}", "--at", "slow.py:x", "--mode", "full", *others]


def finished(folder, words):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    result = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    return result.returncode, result.stdout, result.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("gradient", "partial", "final"), [("right", 3, 0), ("wrong", 3, 1)])
@pytest.mark.parametrize("where", [300, 699])
def test_control_c_and_on(folder, model, gradient, partial, final, where):
    model(where)
    status, output, errors = interrupted(folder, *arguments(gradient, "--save", "my state"))
    assert status == partial
    assert "then Ctrl-C ended the check" in output
    sentence, _, command = errors.partition(": gradproof")
    assert sentence == "gradproof: saved in my state; to continue"
    before = (folder / "calls").stat().st_size
    assert before == 2 * where + 2  # the value at x, the pairs before, and the one that hangs
    (folder / "quick").touch()
    status, output, errors = finished(folder, ["gradproof", *shlex.split(command)])
    calls = (folder / "calls").stat().st_size
    assert (status, errors) == (final, "")
    (folder / "calls").unlink()
    assert finished(folder, ["gradproof", *arguments(gradient)]) == (final, output, "")
    assert calls == (folder / "calls").stat().st_size + 2  # only x, to see whether it is the same f, and what hung


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_control_c_when_something_is_proved_wrong(folder, model):
    model()
    (folder / "slow.py").write_text(MODEL.replace("y[WHERE] != x[WHERE]", "y[1200] != x[1200]").replace("700", "1300"))
    status, output, errors = interrupted(folder, *arguments("wrong", "--save", "state.bin"))
    assert status == 1
    assert output.startswith("wrong: ")
    assert "saved in state.bin; to continue: gradproof check" in errors


@pytest.fixture
def saved(run, model, folder):
    model()
    (folder / "quick").touch()
    assert run(*arguments("right", "--budget", "1000", "--save", "state.bin"))[0] == 3
    (folder / "calls").unlink()
    return "state.bin"


def test_a_larger_budget(run, saved, folder):
    status, output, errors = run(*arguments("right", "--budget", "1200", "--save", "state.bin", "--resume", saved))
    assert status == 3
    assert "then the budget ended the check" in output
    assert errors.startswith("gradproof: saved in state.bin; to continue, with a larger --budget: gradproof check ")
    assert errors.count("--resume") == 1
    assert run(*arguments("right", "--resume", saved)) == (0, run(*arguments("right"))[1], "")


def test_where_it_goes_on_is_the_newest_file(run, saved):
    words = arguments("right", "--budget", "1200", "--save", "new.bin", "--resume", saved)
    assert run(*words)[2].rstrip().endswith(f"--resume {saved} --resume new.bin")


def test_the_report_for_machines_is_not_disturbed(run, saved):
    status, output, errors = run(*arguments("right", "--budget", "1", "--save", "state.bin", "--json", "-"))
    assert status == 3
    assert json.loads(output)["stopped_by"] == "budget"
    assert "saved in state.bin" in errors


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (("--seed", "7"), ("state.bin holds a check with the seed 0, not 7",)),
        (("--rtol", "1e-3"), ("state.bin holds a check with rtol 0, not 0.001",)),
        (("--lower", "0"), ("different bounds: resume it with the original bounds",)),
        (("--budget", "7"), ("has already used 999 evaluations, which count", "a budget of 999 or more")),
        (("--at", "x.npy"), ("a check of 700 coordinates, but this one is of 3",)),
        (("--gradient", "slow.py:other"), ("a check of a different gradient: begin a new check",)),
        (("--resume", "missing"), ("missing cannot be read: No such file",)),
        (("--resume", "."), (". is not a file",)),
        (("--resume", "slow.py"), ("slow.py is not a saved check",)),
        (("--save", "slow.py"), ("slow.py exists and is not a saved check",)),
        (("--save", "missing/state.bin"), ("there is no folder",)),
    ],
)
def test_refused_with_one_line(run, saved, folder, others, words):
    assert_one_line(run(*arguments("right", "--resume", saved, *others)), *words)
    assert not (folder / "calls").exists()


@pytest.mark.parametrize("change", ["flipped", "truncated", "empty", "text"])
def test_a_damaged_file_is_one_line(run, saved, folder, change):
    data = (folder / saved).read_bytes()
    middle = len(data) // 2
    (folder / saved).write_bytes(
        {
            "flipped": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "truncated": data[:middle],
            "empty": b"",
            "text": b"not this\n",
        }[change]
    )
    word = "is damaged" if change in ("flipped", "truncated") else "is not a saved check"
    assert_one_line(run(*arguments("right", "--resume", saved)), f"state.bin {word}")
