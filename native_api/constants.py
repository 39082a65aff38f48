"""LLVM text of the functions with constant answers: the version, words and sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


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
    """Yield a function that chooses a text by a number; numbers above 0 that are not known may have their own."""
    texts = {**{f"case{number}": text for number, text in enumerate(known.values())}, "low": unknown}
    texts |= {"high": positive or unknown}
    for label, text in texts.items():
        yield _constant(f"{symbol}.{label}", text)
    yield f"define i8* @{symbol}({c_type} %code) {{"
    cases = " ".join(f"{c_type} {code}, label %case{number}" for number, code in enumerate(known))
    yield f"switch {c_type} %code, label %other [ {cases} ]"
    yield f"other:\n%above = icmp sgt {c_type} %code, 0\nbr i1 %above, label %high, label %low"
    for label, text in texts.items():
        yield f"{label}:\nret i8* {_address(f'{symbol}.{label}', text)}"
    yield "}"


def _constant(name: str, text: str) -> str:
    raw = text.encode() + b"\0"
    escaped = "".join(f"\\{byte:02X}" for byte in raw)
    return f'@{name} = private unnamed_addr constant [{len(raw)} x i8] c"{escaped}"'


def _address(name: str, text: str) -> str:
    kind = f"[{len(text.encode()) + 1} x i8]"
    return f"getelementptr inbounds ({kind}, {kind}* @{name}, i64 0, i64 0)"
