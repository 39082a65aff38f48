"""Removes the alignment of the stack from functions where nothing needs it, with what they push for that alone.

The calling convention of x86-64 wants the stack pointer at a multiple of 16 bytes wherever a function is called, and
LLVM gives every function that calls another one, and would break that, a push that saves nothing.  Inside of the
library only those need it that call libc or an objective, that keep whole vectors on the stack, and whoever calls them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

PADDING = "\tpushq\t%rax"
REGISTER_PUSHED = re.compile(r"\tpushq\t(%r\w+)")
# Both give the 8 bytes back.
PADDING_ENDS = re.compile(r"\tpopq\t%r\w+|\taddq\t\$8, %rsp")
IS_FUNCTION = re.compile(r"\t\.type\t(\S+),@function")
END_OF_FUNCTION = re.compile(r"\.Lfunc_end\d+:")
INDIRECT = "*"
# To another function, or out of this one; jumps inside of it go to blocks.
GOES_ON = re.compile(r"\t(call|j)\w*\t(?!\.LBB)(\S+)")
RETURN = "\tretq"
JUMP_TABLE = ".LJTI"
# By a table; that it goes nowhere else is looked at before.
JUMPS_INSIDE = "\tjmpq\t*"
TABLE_FOR_UNWINDING = "\t.cfi_"
# Parts of a stack frame that are read or written one number at a time, and how it grows; anything else may need more.
SCALAR = r"(?!lea)(?!p(?!ush|op))(\w+[bwlq]|\w+s[sd]|mov[ulh]p[sd])"
HARMLESS = re.compile(rf"\t{SCALAR}\t([^()]*, )?-?\d*\(%rsp.*|\t(add|sub)q\t\$-?\d+, %rsp")


class Function(NamedTuple):
    """A function in the text of the assembler."""

    name: str
    start: int  # its first line behind its name
    stop: int  # one past its last line


def without_padding(lines: Sequence[str]) -> list[str]:
    """Return the lines without the pushes, and their ends, of functions where nobody needs an aligned stack."""
    found = list(functions(lines))
    free = _free(lines, found)
    left_out = {place for one in found if one.name in free for place in _padding(lines, one)}
    return [line for place, line in enumerate(lines) if place not in left_out]


def functions(lines: Sequence[str]) -> Iterator[Function]:
    """Yield the functions, in their order."""
    name, start = "", 0
    for place, line in enumerate(lines):
        found = IS_FUNCTION.fullmatch(line)
        if found:
            name = found[1]
        elif name and line == f"{name}:":
            start = place + 1
        elif name and END_OF_FUNCTION.fullmatch(line):
            yield Function(name, start, place)
            name = ""


def _free(lines: Sequence[str], functions: Sequence[Function]) -> set[str]:
    """Return the names of the functions that need no aligned stack, nor call one that does."""
    called = {one.name: _called(lines[one.start : one.stop]) for one in functions}
    free = {one.name for one in functions if not _needs_alignment(lines[one.start : one.stop])}
    while True:
        bound = {name for name in free if not called[name] <= free}
        if not bound:
            return free
        free -= bound


def _called(lines: Sequence[str]) -> set[str]:
    """Return what a function calls or jumps to; jumps by its own tables stay inside."""
    targets = {found[2].removesuffix("@PLT") for found in map(GOES_ON.fullmatch, lines) if found}
    has_table = any(JUMP_TABLE in line for line in lines)
    jumps = {line.partition("\t*")[2] for line in lines if line.startswith(JUMPS_INSIDE) and has_table}
    return targets - {INDIRECT + one for one in jumps}


def _needs_alignment(lines: Sequence[str]) -> bool:
    return any("%rsp" in line and not HARMLESS.fullmatch(line) for line in lines)


def _padding(lines: Sequence[str], function: Function) -> Iterator[int]:
    """Yield the lines that push and give back what only aligns the stack; nothing where that is not all they do."""
    place, saved = function.start, []
    while lines[place] != PADDING and (pushed := REGISTER_PUSHED.fullmatch(lines[place])):
        saved.append(f"\tpopq\t{pushed[1]}")
        place += 1
    body = range(place + 1, function.stop)
    if lines[place] != PADDING or any(TABLE_FOR_UNWINDING in lines[one] for one in body):
        return
    out = [
        one
        for one in body
        if GOES_ON.fullmatch(lines[one]) and "\tcall" not in lines[one] and JUMPS_INSIDE not in lines[one]
    ]
    leaving = [one for one in body if lines[one] == RETURN] + out
    ends = [one - len(saved) - 1 for one in leaving]
    whole = all(
        lines[end + 1 : end + 1 + len(saved)] == saved[::-1] and PADDING_ENDS.fullmatch(lines[end]) for end in ends
    )
    if whole and not any("%rsp" in lines[one] for one in body if one not in ends):
        yield from (place, *ends)
