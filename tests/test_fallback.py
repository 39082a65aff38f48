"""Where there is no linker: the installation succeeds, says so, and the core gives the same reports, interpreted."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from models import POINT, TWINS, negated, with_fault

import gradproof
from gradproof import library
from gradproof.commands.installed import installation
from gradproof.interpreted import exported, vectors

pytestmark = pytest.mark.xdist_group("compiled just in time")

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "native_api" / "build.py"


def reports():
    """Yield what checks of all kinds say, to the last digit."""
    for objective, gradient in TWINS.values():
        yield gradproof.check(objective, gradient, POINT).to_json()
        yield gradproof.check(objective, with_fault(gradient, negated), POINT).to_json()
        single = POINT.astype(np.float32)
        yield gradproof.check(objective, with_fault(gradient, negated), single, seed=3).to_json()
        yield gradproof.check(objective, gradient, POINT, budget=11).to_json()
    objective, gradient = TWINS["absolute"]
    yield gradproof.check(objective, gradient, np.array([0.0, 1e-9, 3.0])).to_json()
    yield gradproof.check(lambda x: np.log(x[0]), lambda x: 1 / x, np.array([1e-12])).to_json()
    yield f"{gradproof.find_kinks(objective, POINT)} {gradproof.noise_floor(objective, POINT)}"


@pytest.fixture
def served_by(monkeypatch):
    """Return a function that chooses who serves the checks of this process.

    Of this one, because other tests have the same functions compiled, too, which takes a minute.
    """

    def choose(chosen):
        monkeypatch.setenv("GRADPROOF_LIBRARY", chosen)
        library.native.cache_clear()
        return library.native()

    yield choose
    library.native.cache_clear()


def run(*command, **environment):
    return subprocess.run(
        [sys.executable, *map(str, command)], env={**os.environ, **environment},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built")
def test_reports_are_the_same_bits(served_by):
    assert not isinstance(served_by(""), exported.JustInTime)
    native = list(reports())
    assert sum('"verdict"' in one for one in native) > 20
    for chosen, kind in (("python", exported.Interpreted), ("jit", exported.JustInTime)):
        assert type(served_by(chosen)) is kind
        assert list(reports()) == native


SHORT = """
import sys
import numpy as np
import gradproof

x = np.array([1.0, 2.0, 3.0])
def wrong(x):
    return np.array([2.0, 2.02, 2.0]) * x

assert gradproof.check(lambda x: np.sum(x * x), lambda x: 2 * x, x).verdict == "right"
report = gradproof.check(lambda x: np.sum(x * x), wrong, x)
print(report.verdict, report.findings[0].index, report.findings[0].cause, "numba" in sys.modules)
"""


def test_short_checks_compile_nothing():
    result = run("-c", SHORT, GRADPROOF_LIBRARY="python")
    assert result.stdout == "wrong 1 wrong False\n", result.stderr


@pytest.mark.skipif(not installation.LIBRARY.exists(), reason="no native library was built")
def test_long_checks_compile_a_few_loops(served_by, monkeypatch):
    """The same bits whether loops over vectors are interpreted or compiled, in float64 and float32."""

    def checks():
        for kind in (np.float64, np.float32):
            x = np.linspace(0.5, 2.0, 20_000).astype(kind)
            for factor in (1, 3):
                claimed = 2 * x
                claimed[4321] *= factor
                yield gradproof.check(lambda x: np.sum(x * x, dtype=float), claimed, x)

    served_by("")
    native = [report.to_json() for report in checks()]
    monkeypatch.setattr(vectors, "WORTH_COMPILING", 0)
    served_by("python")
    found = list(checks())
    assert [report.to_json() for report in found] == native
    assert [report.verdict for report in found] == ["right", "wrong"] * 2
    assert [report.findings[0].index for report in found[1::2]] == [4321] * 2
    compiled = {function.__name__ for function, loop in vectors.BY_NEED.items() if loop.is_compiled}
    assert {"move_window", "move_some", "sum_of_squares", "window_sums"} <= compiled
    assert len(compiled) <= len(vectors.BY_NEED)


def test_pieces_are_the_same_bits(served_by):
    def pieces():
        x, y = np.linspace(0.5, 2.0, 700), np.linspace(0.5, 2.0, 700) ** 1.01
        yield gradproof.max_relative_error(x, y)
        yield gradproof.relative_error(x[:20], y[:20]).tolist()
        yield gradproof.centered_difference(lambda x: float(np.sum(x**3)), x[:20]).tolist()

    served_by("")
    native = list(pieces())
    served_by("python")
    assert list(pieces()) == native


@pytest.mark.skipif(shutil.which("cc", path="") is not None, reason="a linker without a PATH")
def test_the_build_says_in_one_line_what_is_missing(tmp_path):
    pytest.importorskip("llvmlite")
    result = run(BUILD, "--into", tmp_path, PATH="", CC="")
    if result.returncode == 0:
        pytest.skip("a linker that needs no PATH")
    assert result.returncode == 3
    assert result.stderr.startswith("native_api/build.py: no C compiler or linker was found")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("false"), reason="needs `false`")
def test_a_linker_that_does_not_work_is_none():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import build; from pathlib import Path\n"
        "try: build.link(['false'], Path('x.o'), Path('x.so'))\n"
        "except build.NoLinkerError as problem: print(problem)\n"
    )
    assert run("-c", program, BUILD.parent).stdout == "false failed: status 1\n"


def test_installing_without_a_linker(tmp_path):
    pytest.importorskip("hatchling")
    copy = tmp_path / "copy"
    leave = shutil.ignore_patterns("__pycache__", installation.LIBRARY.name, "lib")
    for name in ("src", "native_api"):
        shutil.copytree(ROOT / name, copy / name, ignore=leave)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    result = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=copy,
        env={**os.environ, "PATH": "", "CC": ""}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    reason = "no C compiler or linker was found (cc, ld, ld.lld, or the package ziglang)"
    assert f"installed without its native library, because {reason};" in result.stdout + result.stderr
    wheel = next(tmp_path.glob("*.whl"))
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert not [
            name for name in archive.namelist() if name.endswith((".so", ".dylib", ".dll", ".a")) or "/lib/" in name
        ]
        assert "gradproof/core/__init__.py" in archive.namelist()
        assert archive.read("gradproof/no_library.txt").decode() == f"{reason}\n"


def test_info_says_which_way_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "REASON", tmp_path / "reason.txt")
    for chosen, reason, words in (
        ("jit", "", "chosen by GRADPROOF_LIBRARY"),
        ("", "", "none was built, because this copy of gradproof was not installed:"),
        ("python", "", "interpreted (chosen by GRADPROOF_LIBRARY)"),
        ("", "LLVM\n fails\n", "none was built, because LLVM fails: the core is interpreted, with the same results"),
    ):
        monkeypatch.setenv("GRADPROOF_LIBRARY", chosen)
        if not chosen:
            monkeypatch.setattr(library, "FILE", str(tmp_path / "none.so"))
            monkeypatch.setattr(installation, "LIBRARY", tmp_path / "none.so")
        if reason:
            installation.REASON.write_text(reason)
        library.native.cache_clear()
        try:
            assert words in installation.description()
        finally:
            library.native.cache_clear()
    with pytest.raises(OSError, match="install gradproof again where there is a C compiler"):
        installation.link_flags()
