"""The same fit in many languages: those whose tools are here say what Python says, to the last bit."""

from __future__ import annotations

import importlib.util
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gradproof.commands.installed import installation

EXAMPLES = Path(__file__).parents[2] / "native_api" / "examples"
LONGEST = 60

pytestmark = [
    pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler"),
    pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built"),
]


@pytest.fixture(scope="module")
def run():
    """The script that builds and runs them, as a module."""
    specification = importlib.util.spec_from_file_location("run_examples", EXAMPLES / "run.py")
    module = importlib.util.module_from_spec(specification)
    # Where named tuples look for the names in their annotations.
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules[specification.name]


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """A folder in which the library is installed."""
    folder = tmp_path_factory.mktemp("prefix")
    command = [sys.executable, "-m", "gradproof", "native", "--prefix", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_every_language_that_is_here(prefix):
    command = [sys.executable, str(EXAMPLES / "run.py"), "--prefix", str(prefix), "--require", "C"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert "wrong, right" in rows["C"]


def test_python_finds_the_planted_bug_and_nothing_once_it_is_fixed(run):
    """The numerical slope is that of the bug's repair, from the closed form."""
    wrong, right = run.python_answers()
    assert (wrong.status, wrong.verdict, wrong.parameter) == (1, "wrong", "km")
    assert (right.status, right.verdict, right.parameter) == (0, "right", "")
    s = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10]
    rate = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200]
    residuals = [200 * a / (0.05 + a) + 10 - b for a, b in zip(s, rate, strict=True)]
    without_square = [-2 * r * 200 * a / (0.05 + a) for a, r in zip(s, residuals, strict=True)]
    assert wrong.slopes[0] == pytest.approx(math.fsum(without_square), rel=1e-12)
    assert wrong.slopes[1] == pytest.approx(
        math.fsum(one / (0.05 + a) for a, one in zip(s, without_square, strict=True)), rel=1e-5
    )


def test_a_program_that_differs_in_the_last_bit_is_found(run, prefix):
    wrong, right = run.python_answers()
    in_c = run.LANGUAGES[0]
    assert run.row_of(in_c, prefix, [wrong, right]).same == run.SAME
    claimed, slope = wrong.slopes
    for other in (
        wrong._replace(slopes=(claimed, math.nextafter(slope, 0))),
        wrong._replace(slopes=(math.nextafter(claimed, 0), slope)),
        wrong._replace(parameter="vmax"),
        wrong._replace(sentence="It differs."),
        wrong._replace(status=0),
    ):
        assert run.row_of(in_c, prefix, [other, right]).same == "no"
    assert run.row_of(in_c, prefix, [wrong, wrong]).same == "no"


def test_what_cannot_be_built_or_is_missing(run, prefix, monkeypatch, capsys):
    in_c = run.LANGUAGES[0]
    broken = in_c._replace(name="Broken", build="echo no such option; exit 1")
    missing = in_c._replace(name="Missing", version="no-such-compiler --version")
    options = ["run.py", "--prefix", str(prefix), "--require"]
    monkeypatch.setattr(run, "LANGUAGES", (in_c, missing))
    monkeypatch.setattr(sys, "argv", [*options, "C"])
    assert run.main() == 0
    assert "1 of 2 languages are here, 1 agree" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*options, "C,Missing"])
    assert run.main() == 1
    assert "required, but not here: Missing" in capsys.readouterr().out
    monkeypatch.setattr(run, "LANGUAGES", (in_c, broken))
    monkeypatch.setattr(sys, "argv", [*options, "C"])
    assert run.main() == 1
    assert "Broken: not built\nno such option" in capsys.readouterr().out


def test_they_are_short():
    lines = {path.name: path.read_text().splitlines() for path in EXAMPLES.glob("*.*") if path.name != "run.py"}
    assert [name for name, text in lines.items() if len(text) > LONGEST] == []
    assert [name for name, text in lines.items() if any(len(line) > 120 for line in text)] == []
