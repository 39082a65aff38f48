"""Instructions of checks in one call, as callgrind counts them: the speed of the core, without noise.

Nothing is counted where Valgrind, a C compiler or the library is missing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import gradproof
from c_code import compiler
from gradproof.commands.installed.installation import LIBRARY
from gradproof.version import ABI

PROGRAM = Path(__file__).with_name("one_call.c")
INCLUDE = Path(gradproof.__file__).parent / "include"
# Every coordinate, where nearly all is said by pairs, and lines over many windows.
SIZES = {"one call, n = 64": 64, "one call, n = 20,000": 20_000}
COLLECTED = re.compile(r"Collected : (\d+)")


class UncountedError(Exception):
    """The program failed, under callgrind or alone."""


def measured(library: Path = LIBRARY) -> dict[str, dict[str, int]]:
    """Return the instructions of every check, by its name; nothing where they cannot be counted."""
    cc, valgrind = compiler(), shutil.which("valgrind")
    if cc is None or valgrind is None or sys.platform != "linux" or not library.exists():
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        # The program remembers the library by the name that its ABI has.
        program, shared = Path(scratch) / "one_call", Path(scratch) / f"libgradproof.so.{ABI}"
        shutil.copy(library, shared)
        options = ["-O1", f"-I{INCLUDE}", f"-Wl,-rpath,{scratch}"]
        _done([cc, *options, str(PROGRAM), "-o", str(program), str(shared), "-lm"])
        return {name: {"instructions": _collected(valgrind, program, size)} for name, size in SIZES.items()}


def _collected(valgrind: str, program: Path, size: int) -> int:
    words = ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=gradproof_check"]
    said = _done([valgrind, *words, str(program), str(size)])
    found = COLLECTED.search(said)
    if found is None:
        raise UncountedError(f"callgrind has counted nothing:\n{said}")
    return int(found[1])


def _done(command: list[str]) -> str:
    """Run a command; return what it prints on the way of errors."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UncountedError(f"{command[0]} failed with status {done.returncode}:\n{done.stderr}")
    return done.stderr
