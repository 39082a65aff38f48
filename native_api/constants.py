"""LLVM text of the functions with constant answers: the version, words and sentences."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, NamedTuple

# The function that gives the address of a text which callers may keep, by its number among these.
KEPT = "gradproof.kept"
# The longest table of texts: numbers below that are looked up one by one.
LONGEST = 80


class Choice(NamedTuple):
    """A function that chooses a text by a number; numbers above 0 that are not known may have their own."""

    symbol: str
    c_type: str
    known: dict[int, str]
    unknown: str
    positive: str

    def texts(self) -> list[str]:
        """Return the texts, each once."""
        return list(dict.fromkeys((self.unknown, self.positive, *self.known.values())))


def choices() -> list[Choice]:
    """Return these functions."""
    from gradproof.core.records import codes

    causes = {cause: codes.explain_cause(cause) for cause in codes.CAUSES}
    words = {cause: codes.cause_word(cause) for cause in codes.CAUSES}
    verdicts = {verdict: codes.verdict_word(verdict) for verdict in codes.VERDICTS}
    sentences = {code: codes.explain(code) for code in codes.CODES}
    return [
        Choice("gradproof_explain", "i32", sentences, codes.UNKNOWN_CODE, codes.CALLBACK_CODE),
        Choice("gradproof_explain_cause", "i64", causes, codes.UNKNOWN_CAUSE, codes.UNKNOWN_CAUSE),
        Choice("gradproof_cause_word", "i64", words, codes.UNKNOWN_WORD, codes.UNKNOWN_WORD),
        Choice("gradproof_verdict_word", "i64", verdicts, codes.UNKNOWN_WORD, codes.UNKNOWN_WORD),
    ]


def kept_texts() -> list[str]:
    """Return all texts that these functions give, each once, in the order of their numbers."""
    return list(dict.fromkeys(text for choice in choices() for text in choice.texts()))


def module_text(target: Any) -> str:
    """Return a module that defines these functions."""
    from gradproof.version import __version__

    major, minor, patch = (int(part) for part in __version__.split("."))
    version = 10000 * major + 100 * minor + patch
    lines = [f'target triple = "{target.triple}"', f'target datalayout = "{target.target_data}"']
    if sys.platform.startswith("linux"):
        # Also functions of libc that LLVM itself calls are called by their addresses.
        lines += ["!llvm.module.flags = !{!0}", '!0 = !{i32 7, !"RtLibUseGOT", i32 1}']
    lines += [f"define i32 @gradproof_version() {{ ret i32 {version} }}"]
    lines += _text("gradproof_version_string", __version__)
    numbers = {text: number for number, text in enumerate(kept_texts())}
    lines += [f"declare i8* @{KEPT}(i64)"]
    for choice in choices():
        lines += _choice(choice, numbers)
    return "\n".join(lines)


def _text(symbol: str, text: str) -> Iterable[str]:
    yield _constant(f"{symbol}.text", text)
    yield f"define i8* @{symbol}() {{ ret i8* {_address(f'{symbol}.text', text)} }}"


def _choice(choice: Choice, numbers: dict[str, int]) -> Iterable[str]:
    """Yield a function that chooses a text; a table says which number it has: a switch takes three times the bytes."""
    symbol, c_type, known, unknown, positive = choice
    most = max(known)
    # A number far below the others has a comparison of its own: that takes less than a longer table.
    least = min(number for number in known if number >= most - LONGEST)
    places = [numbers[known.get(number, unknown)] for number in range(least, most + 1)]
    count = len(places)
    table = f"[{count} x i8]"
    yield f"@{symbol}.places = private unnamed_addr constant {table} [{', '.join(f'i8 {place}' for place in places)}]"
    yield f"define i8* @{symbol}({c_type} %code) {{"
    yield f"%number = sub {c_type} %code, {least}\n%inside = icmp ult {c_type} %number, {count}"
    yield "br i1 %inside, label %known, label %other"
    yield f"known:\n%at = getelementptr inbounds {table}, {table}* @{symbol}.places, i64 0, {c_type} %number"
    yield "%found = load i8, i8* %at\nbr label %done"
    yield f"other:\n%above = icmp sgt {c_type} %code, 0"
    yield f"%rest = select i1 %above, i8 {numbers[positive]}, i8 {numbers[unknown]}"
    rest = "%rest"
    for number in (number for number in known if number < least):
        yield f"%is.{-number} = icmp eq {c_type} %code, {number}"
        yield f"%rest.{-number} = select i1 %is.{-number}, i8 {numbers[known[number]]}, i8 {rest}"
        rest = f"%rest.{-number}"
    yield "br label %done"
    yield f"done:\n%place = phi i8 [ %found, %known ], [ {rest}, %other ]\n%wide = zext i8 %place to i64"
    yield f"%text = call i8* @{KEPT}(i64 %wide)"
    yield "ret i8* %text\n}"


def _constant(name: str, text: str) -> str:
    raw = text.encode() + b"\0"
    escaped = "".join(f"\\{byte:02X}" for byte in raw)
    return f'@{name} = private unnamed_addr constant [{len(raw)} x i8] c"{escaped}", align 1'


def _address(name: str, text: str) -> str:
    kind = f"[{len(text.encode()) + 1} x i8]"
    return f"getelementptr inbounds ({kind}, {kind}* @{name}, i64 0, i64 0)"
