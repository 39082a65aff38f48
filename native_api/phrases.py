"""The constant texts of the core, packed: what `literal` gives in the library is the number of one.

All of them lie one behind the other. Where two letters often stand together, one byte takes their place, and pairs of
such bytes have one of their own again. A short number in every place that writes a text and packed texts take two
thirds of what an address each and texts as they are would take.

Behind them lie those that callers get the addresses of. They are unpacked once, all of them, into memory of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from constants import KEPT

from gradproof.core.records.text import PHRASE_BYTES, Text
from gradproof.machine_code.texts import FIRST_NUMBER, KEEPING, UNPACKED

# Bytes that no letter of one byte has, and then those of control characters: 0 ends a text, and no letter is a code.
CODES = range(128, 256 + 32)
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
    for code in (code % 256 for code in CODES):
        if code == 0 or code in letters:
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
    place = 2 * ((byte - CODES.start) % 256)
    pair = found.pairs[place : place + 2]
    return b"".join(_letters(found, one) for one in pair) if any(pair) else bytes([byte])


def module_text(numbers: dict[str, int], kept: Sequence[str] = ()) -> str:
    """Return LLVM text of the functions that unpack these texts; an address of another one comes back as it is."""
    longest = max((len(text.encode()) for text in numbers), default=0)
    if len(numbers) > MOST_PHRASES or longest >= PHRASE_BYTES:
        raise ValueError(f"{len(numbers)} texts, the longest one of {longest} bytes: there is no room for them")
    found = packed([*numbers, *kept])
    texts, pairs = (f"[{len(part)} x i8]" for part in found)
    room = f"[{sum(len(text.encode()) + 1 for text in kept)} x i8]"
    memory: Any = Text
    return f"""
@gradproof.texts = private unnamed_addr constant {texts} {_written(found.texts)}, align 1
@gradproof.pairs = private unnamed_addr constant {pairs} {_written(found.pairs)}, align 1
@gradproof.room = private global {room} zeroinitializer, align 1
@gradproof.is_filled = private global i8 0

define {KEEPING} i8* @{UNPACKED}(i8* %text, i8* %letters) {{
entry:
  %memory = getelementptr i8, i8* %text, i64 {memory.offsets["phrase"] - memory.points_at}
  %address = ptrtoint i8* %letters to i64
  %number = sub i64 %address, {FIRST_NUMBER}
  %is_number = icmp ult i64 %number, {MOST_PHRASES}
  br i1 %is_number, label %packed, label %plain
plain:
  ret i8* %letters
packed:
  call void @gradproof.unpack(i64 %number, i64 1, i8* %memory)
  ret i8* %memory
}}

define i8* @{KEPT}(i64 %number) {{
entry:
  %memory = getelementptr inbounds {room}, {room}* @gradproof.room, i64 0, i64 0
  %filled = load atomic i8, i8* @gradproof.is_filled acquire, align 1
  %is_filled = icmp ne i8 %filled, 0
  br i1 %is_filled, label %done, label %start
start:
  call void @gradproof.unpack(i64 {len(numbers)}, i64 {len(kept)}, i8* %memory)
  store atomic i8 1, i8* @gradproof.is_filled release, align 1
  br label %done
done:
  %text = call {KEEPING} i8* @gradproof.past(i64 %number, i8* %memory)
  ret i8* %text
}}

define void @gradproof.unpack(i64 %number, i64 %count, i8* %memory) {{
entry:
  %texts = getelementptr inbounds {texts}, {texts}* @gradproof.texts, i64 0, i64 0
  %first = call {KEEPING} i8* @gradproof.past(i64 %number, i8* %texts)
  br label %write
write:
  %from = phi i8* [ %first, %entry ], [ %behind, %write ], [ %behind, %next ]
  %to = phi i8* [ %memory, %entry ], [ %end, %write ], [ %end, %next ]
  %left = phi i64 [ %count, %entry ], [ %left, %write ], [ %fewer, %next ]
  %code = load i8, i8* %from
  %behind = getelementptr i8, i8* %from, i64 1
  %end = call {KEEPING} i8* @gradproof.letters(i8* %to, i8 %code)
  %ends = icmp eq i8 %code, 0
  br i1 %ends, label %next, label %write
next:
  %fewer = sub i64 %left, 1
  %is_last = icmp eq i64 %fewer, 0
  br i1 %is_last, label %done, label %write
done:
  ret void
}}

define {KEEPING} i8* @gradproof.past(i64 %number, i8* %texts) {{
entry:
  br label %skip
skip:
  %left = phi i64 [ %number, %entry ], [ %fewer, %pass ]
  %at = phi i8* [ %texts, %entry ], [ %next, %pass ]
  %found = icmp eq i64 %left, 0
  br i1 %found, label %done, label %pass
pass:
  %letter = load i8, i8* %at
  %next = getelementptr i8, i8* %at, i64 1
  %ends = icmp eq i8 %letter, 0
  %one = zext i1 %ends to i64
  %fewer = sub i64 %left, %one
  br label %skip
done:
  ret i8* %at
}}

define {KEEPING} i8* @gradproof.letters(i8* %to, i8 %byte) {{
entry:
  %number = sub i8 %byte, {CODES.start}
  %place = zext i8 %number to i64
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
