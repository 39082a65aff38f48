"""Outlines sequences of instructions that functions share: each is kept once, and called where it stood.

A call and a return are two instructions more.  So the loops of kernels keep theirs, and functions that call nothing:
they are what others call most.  Then the checks of perf/instructions.py take no more instructions than without.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from alignment import functions

INSTRUCTION = re.compile(r"\t[a-z].*")
CALLS = re.compile(r"\tcall")
GOES = re.compile(r"\t(call|j|ret)")
JUMP_INSIDE = re.compile(r"\tj\w+\t\.L(BB|end)")
PUSH, POP = re.compile(r"\tpush"), re.compile(r"\tpop")
STACK_POINTER = "%rsp"
# Memory below the stack pointer, where a call would write.
RED_ZONE = re.compile(r".*-\d+\(%rsp")
# LLVM begins the loops of kernels at multiples of 16 bytes, and no others.
LOOP_START = "\t.p2align\t4"
CALL, RETURN = 5, 1  # bytes
LONGEST = 16  # instructions
# Fewer bytes are not worth a call.
LEAST_GAIN = 4
SIZES = b"sizes of instructions:"


class Part(NamedTuple):
    """A sequence of instructions, and where it stands."""

    lines: tuple[str, ...]
    size: int  # in bytes
    places: list[int]

    def gain(self, taken: set[int]) -> tuple[int, list[int]]:
        """Return how many bytes it saves, and where: nowhere on lines that are taken already, nor on its own."""
        free: list[int] = []
        for place in self.places:
            if (not free or place >= free[-1] + len(self.lines)) and taken.isdisjoint(
                range(place, place + len(self.lines))
            ):
                free.append(place)
        return len(free) * (self.size - CALL) - self.size - RETURN, free


def sizes(llvm: Any, target: Any, header: Sequence[str], lines: Iterable[str]) -> dict[str, int]:
    """Return how many bytes each instruction takes, as the assembler says; not of jumps inside of a function."""
    known = sorted({line for line in lines if INSTRUCTION.fullmatch(line) and not JUMP_INSIDE.match(line)})
    # Names that the assembler may leave to others: those that begin so it must know.
    code = [text for place, line in enumerate(known) for text in (f".Lsize{place}:", line.replace(".L", "L"))]
    differences = [f"\t.short\t.Lsize{place + 1}-.Lsize{place}" for place in range(len(known))]
    text = [*code, f".Lsize{len(known)}:", "\t.data", f'\t.ascii\t"{SIZES.decode()}"', *differences]
    made = bytes(target.emit_object(llvm.parse_assembly("\n".join((*header, *map(inline, text))))))
    found = struct.unpack_from(f"<{len(known)}H", made, made.index(SIZES) + len(SIZES))
    return dict(zip(known, found, strict=True))


def inline(line: str) -> str:
    """Return a line of the assembler as a line of LLVM's text."""
    quoted = re.sub(r'[\\"\t]', lambda found: f"\\{ord(found.group()):02X}", line)
    return f'module asm "{quoted}"'


def with_shared_parts(lines: Sequence[str], sizes: Mapping[str, int]) -> list[str]:
    """Return the lines; sequences that stand in several places lie behind all others, and are called there."""
    made, parts = list(lines), ["\t.text"]
    while True:
        found = _found(made, sizes, _shareable(made))
        calls: dict[int, str] = {}
        left_out: set[int] = set()
        for part in sorted(found, key=lambda one: (-one.gain(set())[0], one.lines)):
            gain, places = part.gain(left_out)
            if gain >= LEAST_GAIN:
                label = f".Lpart{len(parts)}"
                parts += [f"{label}:", *part.lines, "\tretq"]
                calls |= dict.fromkeys(places, f"\tcallq\t{label}")
                left_out |= {one for place in places for one in range(place, place + len(part.lines))}
        if not calls:
            return made + parts
        made = [calls.get(place, line) for place, line in enumerate(made) if place in calls or place not in left_out]


def _shareable(lines: Sequence[str]) -> set[int]:
    """Return the lines of functions that neither run often nor write below the stack."""
    shareable: set[int] = set()
    for one in functions(lines):
        own = lines[one.start : one.stop]
        if any(map(CALLS.match, own)) and not any(line == LOOP_START or RED_ZONE.match(line) for line in own):
            shareable |= set(range(one.start, one.stop))
    return shareable


def _found(lines: Sequence[str], sizes: Mapping[str, int], shareable: set[int]) -> list[Part]:
    """Return the sequences that stand in so many places that a call of each would be shorter."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for start in range(len(lines)):
        for stop in _stops(lines, start, shareable):
            places[tuple(lines[start:stop])].append(start)
    parts = (Part(one, sum(map(sizes.__getitem__, one)), found) for one, found in places.items() if len(found) > 1)
    return [part for part in parts if part.size > CALL and part.gain(set())[0] >= LEAST_GAIN]


def _stops(lines: Sequence[str], start: int, shareable: set[int]) -> Iterator[int]:
    """Yield where sequences that begin at a line may stop: what they push they have popped."""
    pushed = 0
    for place in range(start, min(start + LONGEST, len(lines))):
        line = lines[place]
        if place not in shareable or not INSTRUCTION.fullmatch(line) or GOES.match(line) or STACK_POINTER in line:
            return
        pushed += bool(PUSH.match(line)) - bool(POP.match(line))
        if pushed < 0:
            return
        if pushed == 0 and place > start:
            yield place + 1
