"""The constant texts of the core, packed: what `literal` gives in the library is the number of one.

All of them lie one behind the other. Where two letters often stand together, one byte takes their place, and pairs of
such bytes have one of their own again. A short number in every place that writes a text and packed texts take two
thirds of what an address each and texts as they are would take.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gradproof.core.records.text import PHRASE_BYTES, Text
from gradproof.machine_code.texts import FIRST_NUMBER, KEEPING, UNPACKED

# Bytes that no letter of one byte has.
CODES = range(128, 256)
# A pair that is met less often is shorter as it is: it takes two bytes itself.
LEAST_USES = 3
# No address of memory is one of these numbers, of which a byte holds each.
MOST_PHRASES = 256


class Packed(NamedTuple):
    """Texts one behind the other, a 0 behind each, and the two bytes that each code stands for: 0 and 0 for none."""

    texts: bytes
    pairs: bytes


def packed(texts: Iterable[str]) -> Packed:
    """Pack texts: again and again, one code takes the place of the pair that is met most often."""
    lines = [text.encode() for text in texts]
    letters = set(b"".join(lines))
    pairs = bytearray()
    for code in CODES:
        if code in letters:
            pairs += bytes(2)
            continue
        pair, uses = most_used(lines)
        if uses < LEAST_USES:
            break
        lines = [line.replace(pair, bytes([code])) for line in lines]
        pairs += pair
    return Packed(b"".join(line + b"\0" for line in lines), bytes(pairs))


def most_used(lines: Sequence[bytes]) -> tuple[bytes, int]:
    """Return the pair of bytes that is met most often, and how often."""
    counts = Counter(line[place : place + 2] for line in lines for place in range(len(line) - 1))
    return max(counts.items(), key=lambda item: (item[1], item[0]), default=(b"", 0))


def unpacked(found: Packed, number: int) -> bytes:
    """Return a text again, as the library does."""
    return b"".join(_letters(found, byte) for byte in found.texts.split(b"\0")[number])


def _letters(found: Packed, byte: int) -> bytes:
    place = 2 * (byte - CODES.start)
    pair = found.pairs[place : place + 2] if place >= 0 else b""
    return b"".join(_letters(found, one) for one in pair) if any(pair) else bytes([byte])


def module_text(numbers: dict[str, int]) -> str:
    """Return LLVM text of the function that unpacks these texts; an address comes back as it is."""
    longest = max((len(text.encode()) for text in numbers), default=0)
    if len(numbers) > MOST_PHRASES or longest >= PHRASE_BYTES:
        raise ValueError(f"{len(numbers)} texts, the longest one of {longest} bytes: there is no room for them")
    found = packed(numbers)
    texts, pairs = (f"[{len(part)} x i8]" for part in found)
    memory: Any = Text
    return f"""
@gradproof.texts = private unnamed_addr constant {texts} {_written(found.texts)}, align 1
@gradproof.pairs = private unnamed_addr constant {pairs} {_written(found.pairs)}, align 1

define {KEEPING} i8* @{UNPACKED}(i8* %text, i8* %letters) {{
entry:
  %memory = getelementptr i8, i8* %text, i64 {memory.offsets["phrase"] - memory.points_at}
  %address = ptrtoint i8* %letters to i64
  %number = sub i64 %address, {FIRST_NUMBER}
  %is_number = icmp ult i64 %number, {MOST_PHRASES}
  %first = getelementptr inbounds {texts}, {texts}* @gradproof.texts, i64 0, i64 0
  br i1 %is_number, label %skip, label %plain
plain:
  ret i8* %letters
skip:
  %left = phi i64 [ %number, %entry ], [ %fewer, %pass ]
  %at = phi i8* [ %first, %entry ], [ %next, %pass ]
  %found = icmp eq i64 %left, 0
  br i1 %found, label %write, label %pass
pass:
  %letter = load i8, i8* %at
  %next = getelementptr i8, i8* %at, i64 1
  %ends = icmp eq i8 %letter, 0
  %one = zext i1 %ends to i64
  %fewer = sub i64 %left, %one
  br label %skip
write:
  %from = phi i8* [ %at, %skip ], [ %behind, %write ]
  %to = phi i8* [ %memory, %skip ], [ %end, %write ]
  %code = load i8, i8* %from
  %behind = getelementptr i8, i8* %from, i64 1
  %end = call {KEEPING} i8* @gradproof.letters(i8* %to, i8 %code)
  %last = icmp eq i8 %code, 0
  br i1 %last, label %done, label %write
done:
  ret i8* %memory
}}

define {KEEPING} i8* @gradproof.letters(i8* %to, i8 %byte) {{
entry:
  %number = zext i8 %byte to i64
  %place = sub i64 %number, {CODES.start}
  %may_stand = icmp ult i64 %place, {len(found.pairs) // 2}
  br i1 %may_stand, label %pair, label %letter
pair:
  %at = getelementptr inbounds {pairs}, {pairs}* @gradproof.pairs, i64 0, i64 0
  %double = shl i64 %place, 1
  %first_at = getelementptr i8, i8* %at, i64 %double
  %first = load i8, i8* %first_at
  %stands = icmp ne i8 %first, 0
  br i1 %stands, label %both, label %letter
both:
  %second_at = getelementptr i8, i8* %first_at, i64 1
  %second = load i8, i8* %second_at
  %between = call {KEEPING} i8* @gradproof.letters(i8* %to, i8 %first)
  %after = tail call {KEEPING} i8* @gradproof.letters(i8* %between, i8 %second)
  ret i8* %after
letter:
  store i8 %byte, i8* %to
  %behind = getelementptr i8, i8* %to, i64 1
  ret i8* %behind
}}
"""


def _written(raw: bytes) -> str:
    return 'c"' + "".join(f"\\{byte:02X}" for byte in raw) + '"'
