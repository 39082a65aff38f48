"""The last steps to machine code, as text of the assembler: what LLVM has no option for.

The text goes back to LLVM, as the assembly of an empty module: nothing else is needed.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import parts
import registers
from alignment import without_padding

# These do the same to all bits, in a byte less: which kind of numbers the bits are makes no difference to them.
SHORTER = {
    **{"pand": "andps", "pandn": "andnps", "por": "orps", "pxor": "xorps"},
    **{"andpd": "andps", "andnpd": "andnps", "orpd": "orps", "xorpd": "xorps"},
    **{"movapd": "movaps", "movupd": "movups", "movdqa": "movaps", "movdqu": "movups"},
    **{"movlpd": "movlps", "movhpd": "movhps"},
}
# So do these, where they write to memory; where they read it, the other one keeps half of the register.
TO_MEMORY = {"movsd": "movlps"}
# So does this one between two registers; with memory it reads half as much.
BETWEEN_REGISTERS = {"unpcklpd": "movlhps"}
INSTRUCTION = re.compile(r"\t(\w+)\t(.*)")
# What LLVM calls to copy memory that does not overlap, and what the core calls for the rest: one name less to look up.
ONE_COPY = "*memcpy@", "*memmove@"

# Of the tables for unwinding: how far the return address is from the stack pointer; at first, and from here on.
AT_ENTRY = 8
DISTANCE = re.compile(r"\t\.cfi_(def|adjust)_cfa_offset (-?\d+)")

# How a function leaves: it returns, or goes on to another function.
INSTRUCTIONS = re.compile(r"\t[a-z].*")
LEAVES = re.compile(r"\t(retq|jmp\t(?!\.LBB)\S+)")
# What goes elsewhere, and what comes back, which the tables for unwinding follow where a function has them.
GOES = re.compile(r"\tj")
CALLS = re.compile(r"\tcall")
# A jump to the same end takes 5 bytes: shorter ends stay.
LEAST_END = 6

# Constants of 8 bytes in instructions of 10, which take 7 where they read it, and where 4 bytes with a sign will do.
# From so many on it is less to read one, and always where it is there already.
CONSTANT = re.compile(r"\tmovabsq\t\$(-?\d+), (%r\w+)")
FEWEST_CONSTANTS = 4
SECTION = "\t.section\t"
POOLED = re.compile(r"(\.LCPI\d+_\d+):")
POOLED_NAME = re.compile(r"\.LCPI\d+_\d+")
VALUE = re.compile(r"\t\.(quad|long|short|byte|zero)\t.*")
THERE = re.compile(r"\t\.quad\t(0x[0-9a-f]{16})\b.*")
LARGEST_SHORT = 1 << 31


def object_file(llvm: Any, target: Any, module: Any) -> bytes:
    """Return the object file of a module that is optimised."""
    if not (sys.platform.startswith("linux") and module.triple.startswith("x86_64")):
        return bytes(target.emit_object(module))
    llvm.initialize_native_asmparser()
    module = llvm.parse_assembly(registers.with_own_registers(str(module)))
    module.verify()
    header = [f'target triple = "{module.triple}"', f'target datalayout = "{module.data_layout}"']
    lines = [shorter(line.replace(*ONE_COPY)) for line in target.emit_assembly(module).splitlines()]
    lines = list(told_at_calls(without_padding(with_shared_constants(with_one_name(lines)))))
    sizes = parts.sizes(llvm, target, header, lines)
    lines = parts.with_shared_parts(with_shared_ends(lines, sizes), sizes)
    text = (parts.inline(line) for line in lines if line != parts.LOOP_START)
    return bytes(target.emit_object(llvm.parse_assembly("\n".join((*header, *text)))))


def shorter(line: str) -> str:
    """Return an instruction that does the same in fewer bytes, where there is one."""
    found = INSTRUCTION.fullmatch(line)
    if not found:
        return line
    name, operands = found.groups()
    other = SHORTER.get(name) or ("(" not in operands and BETWEEN_REGISTERS.get(name))
    other = other or (operands.endswith(")") and TO_MEMORY.get(name))
    return f"\t{other}\t{operands}" if other else line


def with_one_name(lines: Sequence[str]) -> list[str]:
    """Return the lines; constants that are the same have one name: so are the instructions that read them.

    The linker keeps one of them anyway.
    """
    names: dict[tuple[str, ...], str] = {}
    others = {}
    section = ""
    for place, line in enumerate(lines):
        if line.startswith(SECTION):
            section = line
        elif POOLED.fullmatch(line):
            values = itertools.takewhile(VALUE.fullmatch, lines[place + 1 :])
            others[line[:-1]] = names.setdefault((section, *values), line[:-1])
    return [
        line if line.endswith(":") else POOLED_NAME.sub(lambda one: others.get(one[0], one[0]), line) for line in lines
    ]


def with_shared_constants(lines: list[str]) -> list[str]:
    """Return the lines; constants of 8 bytes that many instructions hold lie beside the others."""
    found = Counter(int(constant[1]) for constant in map(CONSTANT.fullmatch, lines) if constant)
    there = {int(constant[1], 16) for constant in map(THERE.fullmatch, lines) if constant}
    shared = {one for one, count in found.items() if count >= FEWEST_CONSTANTS or one % 2**64 in there}
    made = [CONSTANT.sub(lambda one: _shorter_constant(one, shared), line) for line in lines]
    made += ['\t.section\t.rodata.cst8,"aM",@progbits,8', "\t.p2align\t3"] * bool(shared)
    return made + [line for number in sorted(shared) for line in (f"{_label(number)}:", f"\t.quad\t{number}")]


def _shorter_constant(constant: re.Match[str], shared: set[int]) -> str:
    number, register = int(constant[1]), constant[2]
    if -LARGEST_SHORT <= number < LARGEST_SHORT:
        return f"\tmovq\t${number}, {register}"
    return f"\tmovq\t{_label(number)}(%rip), {register}" if number in shared else constant.group()


def _label(number: int) -> str:
    return f".Lconstant{number % 2**64:x}"


def told_at_calls(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines; the tables for unwinding follow the stack pointer from call to call.

    LLVM follows it from instruction to instruction.  But an exception of the objective comes out of a call, so that
    nobody asks where the stack pointer is while registers are saved one by one, or given back.  What is so at the first
    call is told where the function begins.
    """
    told = distance = AT_ENTRY
    in_table = False
    before_calls: list[str] = []
    saved: list[str] = []
    for line in lines:
        moved = DISTANCE.fullmatch(line)
        if moved:
            distance = int(moved[2]) + (distance if moved[1] == "adjust" else 0)
        elif line == "\t.cfi_startproc":
            yield line
            told = distance = AT_ENTRY
            in_table, before_calls, saved = True, [line], []
        elif before_calls and line.startswith("\t.cfi_offset"):
            saved.append(line)
        else:
            if line.startswith("\tcall") and in_table:
                if told != distance:
                    told = distance
                    saved.append(f"\t.cfi_def_cfa_offset {told}")
                yield from (*saved, *before_calls[1:])
                before_calls, saved = [], []
            elif line == "\t.cfi_endproc":
                yield from before_calls[1:]
                in_table, before_calls = False, []
            if before_calls:
                before_calls.append(line)
            else:
                yield line


def with_shared_ends(lines: Iterable[str], sizes: Mapping[str, int]) -> list[str]:
    """Return the lines; of ends of functions that are the same one stays, and the others jump to it.

    What calls nothing, or stands in functions without tables for unwinding, needs none: it does not matter whose end
    it is.
    """
    made = list(lines)

    def size(end: tuple[int, int]) -> int:
        return sum(map(sizes.__getitem__, made[slice(*end)]))

    ends = sorted(_ends(made), key=lambda end: (-size(end), end))
    places: dict[tuple[str, ...], int] = {}
    jumps: dict[int, tuple[int, int]] = {}
    for start, stop in ends:
        for first in range(start, stop):
            end = tuple(made[first:stop])
            if size((first, stop)) < LEAST_END:
                break
            if end in places:
                jumps[first] = (stop, places[end])
                break
            places[end] = first
    labels = {place for _, place in jumps.values()}
    return list(_joined(made, jumps, labels))


def _ends(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where ends of functions begin, behind the last label or call that a table knows, and where they stop."""
    start, in_table = 0, False
    for place, line in enumerate(lines):
        in_table = line == "\t.cfi_startproc" or (in_table and line != "\t.cfi_endproc")
        leaves = LEAVES.fullmatch(line)
        if leaves:
            yield start, place + 1
        if leaves or GOES.match(line) or not INSTRUCTIONS.fullmatch(line) or (in_table and CALLS.match(line)):
            start = place + 1


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
