"""Runs LLVM's optimiser in a separate process: a release may refuse what another one accepts, or end the process.

Where that happens, a plainer library is tried, in another process: the same bits, larger and slower.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from linking import BuildError

BUILD = Path(__file__).with_name("build.py")
BITCODE, WORDS, OBJECT = "linked.bc", "linked.json", "gradproof.o"
# Of what LLVM says there may be a line for every function.
LONGEST_REASON = 300


# What an exception in the core becomes: the name has a meaning in the plain way alone.
RAISED = "exception_in_the_core"


# In the plain way there are no versions for wide processors, and LLVM has neither options nor marks.
USUAL, PLAIN = WAYS = ("usual", "plain")


class Linked(NamedTuple):
    """All functions in one module, not optimised yet; the symbols that it exports, and the marks of functions."""

    whole: Any
    symbols: list[str]
    marked: Any


def object_file(linked: Linked, folder: Path, say: Callable[[str], None]) -> Path:
    """Return an object file, made in the first of the ways that LLVM survives; BuildError if it survives none."""
    (folder / BITCODE).write_bytes(linked.whole.as_bitcode())
    names = {mark: {one: sorted(forms) for one, forms in found.items()} for mark, found in linked.marked.items()}
    (folder / WORDS).write_text(json.dumps([linked.symbols, names]), encoding="utf-8")
    for way in WAYS:
        done = subprocess.run(command(folder, way), capture_output=True, text=True, errors="replace", check=False)
        if done.returncode == 0:
            return folder / OBJECT
        reason = f"{release()} fails: {why(done.returncode, done.stderr)}"
        if way != PLAIN:
            say(f"gradproof: {reason}; trying a plainer library")
    raise BuildError(reason)


def command(folder: Path, way: str) -> list[str]:
    """Return the command that optimises in a way what lies in a folder."""
    return [sys.executable, str(BUILD), "--optimise", str(folder), "--way", way]


def ending_at_exceptions(text: str) -> str:
    """Return LLVM text in which an exception ends the process.

    The core raises none, which the usual library proves: it is refused where a way to one is left.  An LLVM that does
    not see through a loop over four steps leaves a branch that nothing leads to.
    """
    ends = f"define internal void @{RAISED}() {{\n  call void @llvm.trap()\n  unreachable\n}}\n"
    return text.replace(f"declare void @{RAISED}()", f"{ends}declare void @llvm.trap()")


def read(llvm: Any, folder: Path) -> Linked:
    """Return what lies in a folder; an error where LLVM finds it malformed."""
    whole = llvm.parse_bitcode((folder / BITCODE).read_bytes())
    whole.verify()
    symbols, marked = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    return Linked(whole, symbols, marked)


def release() -> str:
    """Return which LLVM it is."""
    import llvmlite
    import llvmlite.binding as llvm

    return f"LLVM {'.'.join(map(str, llvm.llvm_version_info))} of llvmlite {llvmlite.__version__}"


def why(status: int, said: str) -> str:
    """Return in one line why a process failed: by its last words and, where it was killed, by what."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    words = lines[-1][:LONGEST_REASON] if lines else "it says nothing"
    if status >= 0:
        return words
    known = {number.value: number.name for number in signal.Signals}
    return f"{words} ({known.get(-status, f'signal {-status}')})"
