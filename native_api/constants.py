"""LLVM text of the functions with constant answers: the version, words and sentences."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

# The longest table of texts: numbers below that are looked up one by one.
LONGEST = 80


def module_text(target: Any) -> str:
    """Return a module that defines these functions."""
    from gradproof.core.records import codes
    from gradproof.version import __version__

    major, minor, patch = (int(part) for part in __version__.split("."))
    version = 10000 * major + 100 * minor + patch
    causes = {cause: codes.explain_cause(cause) for cause in codes.CAUSES}
    words = {cause: codes.cause_word(cause) for cause in codes.CAUSES}
    verdicts = {verdict: codes.verdict_word(verdict) for verdict in codes.VERDICTS}
    sentences = {code: codes.explain(code) for code in codes.CODES}
    lines = [f'target triple = "{target.triple}"', f'target datalayout = "{target.target_data}"']
    if sys.platform.startswith("linux"):
        # Also functions of libc that LLVM itself calls are called by their addresses.
        lines += ["!llvm.module.flags = !{!0}", '!0 = !{i32 7, !"RtLibUseGOT", i32 1}']
    lines += [f"define i32 @gradproof_version() {{ ret i32 {version} }}"]
    lines += _text("gradproof_version_string", __version__)
    lines += _choice("gradproof_explain", "i32", sentences, codes.UNKNOWN_CODE, codes.CALLBACK_CODE)
    lines += _choice("gradproof_explain_cause", "i64", causes, codes.UNKNOWN_CAUSE)
    lines += _choice("gradproof_cause_word", "i64", words, codes.UNKNOWN_WORD)
    lines += _choice("gradproof_verdict_word", "i64", verdicts, codes.UNKNOWN_WORD)
    return "\n".join(lines)


def _text(symbol: str, text: str) -> Iterable[str]:
    yield _constant(f"{symbol}.text", text)
    yield f"define i8* @{symbol}() {{ ret i8* {_address(f'{symbol}.text', text)} }}"


def _choice(symbol: str, c_type: str, known: dict[int, str], unknown: str, positive: str = "") -> Iterable[str]:
    """Yield a function that chooses a text by a number; numbers above 0 that are not known may have their own.

    All texts lie one behind the other, and a table says where each begins: a switch takes three times the bytes.
    """
    texts = list(dict.fromkeys((unknown, positive or unknown, *known.values())))
    starts = {text: sum(len(other.encode()) + 1 for other in texts[:place]) for place, text in enumerate(texts)}
    most = max(known)
    # A number far below the others has a comparison of its own: that takes less than a longer table.
    least = min(number for number in known if number >= most - LONGEST)
    places = [starts[known.get(number, unknown)] for number in range(least, most + 1)]
    whole, count = "\0".join(texts), len(places)
    yield _constant(f"{symbol}.texts", whole)
    table = f"[{count} x i16]"
    yield f"@{symbol}.places = private unnamed_addr constant {table} [{', '.join(f'i16 {place}' for place in places)}]"
    yield f"define i8* @{symbol}({c_type} %code) {{"
    yield f"%number = sub {c_type} %code, {least}\n%inside = icmp ult {c_type} %number, {count}"
    yield "br i1 %inside, label %known, label %other"
    yield f"known:\n%at = getelementptr inbounds {table}, {table}* @{symbol}.places, i64 0, {c_type} %number"
    yield "%found = load i16, i16* %at\nbr label %done"
    yield f"other:\n%above = icmp sgt {c_type} %code, 0"
    yield f"%rest = select i1 %above, i16 {starts[positive or unknown]}, i16 {starts[unknown]}"
    rest = "%rest"
    for number in (number for number in known if number < least):
        yield f"%is.{-number} = icmp eq {c_type} %code, {number}"
        yield f"%rest.{-number} = select i1 %is.{-number}, i16 {starts[known[number]]}, i16 {rest}"
        rest = f"%rest.{-number}"
    yield "br label %done"
    yield f"done:\n%place = phi i16 [ %found, %known ], [ {rest}, %other ]\n%far = zext i16 %place to i64"
    yield f"%text = getelementptr inbounds i8, i8* {_address(f'{symbol}.texts', whole)}, i64 %far"
    yield "ret i8* %text\n}"


def _constant(name: str, text: str) -> str:
    raw = text.encode() + b"\0"
    escaped = "".join(f"\\{byte:02X}" for byte in raw)
    return f'@{name} = private unnamed_addr constant [{len(raw)} x i8] c"{escaped}", align 1'


def _address(name: str, text: str) -> str:
    kind = f"[{len(text.encode()) + 1} x i8]"
    return f"getelementptr inbounds ({kind}, {kind}* @{name}, i64 0, i64 0)"
