"""The last steps to machine code, as text of the assembler: what LLVM has no option for.

The text goes back to LLVM, as the assembly of an empty module: nothing else is needed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

# These do the same to all bits, in a byte less: which kind of numbers the bits are makes no difference to them.
SHORTER = {
    **{"pand": "andps", "pandn": "andnps", "por": "orps", "pxor": "xorps"},
    **{"andpd": "andps", "andnpd": "andnps", "orpd": "orps", "xorpd": "xorps"},
    **{"movapd": "movaps", "movupd": "movups", "movdqa": "movaps", "movdqu": "movups"},
    **{"movlpd": "movlps", "movhpd": "movhps"},
}
# So does this one between two registers; with memory it reads half as much.
BETWEEN_REGISTERS = {"unpcklpd": "movlhps"}
INSTRUCTION = re.compile(r"\t(\w+)\t(.*)")

# Of the tables for unwinding: how far the return address is from the stack pointer; at first, and from here on.
AT_ENTRY = 8
DISTANCE = re.compile(r"\t\.cfi_(def|adjust)_cfa_offset (-?\d+)")

# How a function ends: it gives back stack and registers, and returns, or goes on to another function.
GIVES_BACK = re.compile(r"\t(popq\t%r\w+|addq\t\$-?\d+, %rsp)")
LEAVES = re.compile(r"\t(retq|jmp\t(?!\.LBB)\S+)")
# A jump to the same end takes 5 bytes: shorter ends stay, and those where few bytes would be won.
LEAST_END = 8


def object_file(llvm: Any, target: Any, module: Any) -> bytes:
    """Return the object file of a module that is optimised."""
    if not (sys.platform.startswith("linux") and module.triple.startswith("x86_64")):
        return bytes(target.emit_object(module))
    lines = target.emit_assembly(module).splitlines()
    text = [f'target triple = "{module.triple}"', f'target datalayout = "{module.data_layout}"']
    lines = with_shared_ends(told_at_calls(map(shorter, lines)))
    text += [f'module asm "{_quoted(line)}"' for line in lines]
    llvm.initialize_native_asmparser()
    return bytes(target.emit_object(llvm.parse_assembly("\n".join(text))))


def _quoted(line: str) -> str:
    return re.sub(r'[\\"\t]', lambda found: f"\\{ord(found.group()):02X}", line)


def shorter(line: str) -> str:
    """Return an instruction that does the same in fewer bytes, where there is one."""
    found = INSTRUCTION.fullmatch(line)
    if not found:
        return line
    name, operands = found.groups()
    other = SHORTER.get(name) or ("(" not in operands and BETWEEN_REGISTERS.get(name))
    return f"\t{other}\t{operands}" if other else line


def told_at_calls(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; the tables for unwinding follow the stack pointer from call to call.

    LLVM follows it from instruction to instruction.  But an exception of the objective comes out of a call, so that
    nobody asks where the stack pointer is while registers are saved one by one, or given back.
    """
    told = distance = AT_ENTRY
    in_table = False
    for line in lines:
        moved = DISTANCE.fullmatch(line)
        if moved:
            distance = int(moved[2]) + (distance if moved[1] == "adjust" else 0)
            continue
        if line == "\t.cfi_startproc":
            told = distance = AT_ENTRY
            in_table = True
        if line.startswith("\tcall") and in_table and told != distance:
            told = distance
            yield f"\t.cfi_def_cfa_offset {told}"
        if line == "\t.cfi_endproc":
            in_table = False
        yield line


def with_shared_ends(lines: Iterable[str]) -> list[str]:
    """Return the lines; of ends of functions that are the same one stays, and the others jump to it.

    What calls nothing needs no tables for unwinding, so that it does not matter whose end it is.
    """
    made = list(lines)
    ends = sorted(_ends(made), key=lambda end: (-_size(made[slice(*end)]), end))
    places: dict[tuple[str, ...], int] = {}
    jumps: dict[int, tuple[int, int]] = {}
    for start, stop in ends:
        for first in range(start, stop):
            end = tuple(made[first:stop])
            if _size(end) < LEAST_END:
                break
            if end in places:
                jumps[first] = (stop, places[end])
                break
            places[end] = first
    labels = {place for _, place in jumps.values()}
    return list(_joined(made, jumps, labels))


def _ends(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where ends of functions begin, and where they stop."""
    start = 0
    for place, line in enumerate(lines):
        if LEAVES.fullmatch(line):
            yield start, place + 1
        if not GIVES_BACK.fullmatch(line):
            start = place + 1


def _size(end: Iterable[str]) -> int:
    """Return how many bytes an end takes at least."""
    return sum(4 if "addq" in line else 5 if "jmp" in line else 2 if "%r1" in line else 1 for line in end)


def _joined(lines: list[str], jumps: dict[int, tuple[int, int]], labels: set[int]) -> Iterator[str]:
    until = 0
    for place, line in enumerate(lines):
        if place in labels:
            yield f".Lend{place}:"
        if place in jumps:
            until, target = jumps[place]
            yield f"\tjmp\t.Lend{target}"
        if place >= until:
            yield line
