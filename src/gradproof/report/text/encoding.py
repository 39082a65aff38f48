"""Text for outputs whose encoding lacks some characters, such as ASCII."""

from __future__ import annotations

import codecs
import sys

# The name by which streams know it.
ERRORS = "gradproof"
PLAIN = {
    "±": "+/-",
    "×": "x",
    "…": "...",
    "≥": ">=",
    "≤": "<=",
    "√": "sqrt ",
    "·": "*",
    "²": "^2",
    "³": "^3",
    "π": "pi",
    "Å": "Angstrom",
}


def _replaced(problem: UnicodeError) -> tuple[str, int]:
    """Return what stands for the characters that cannot be encoded; "?" for those of the user's own names."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    lacking = problem.object[problem.start : problem.end]
    return "".join(PLAIN.get(one, "?") for one in lacking), problem.end


codecs.register_error(ERRORS, _replaced)


def for_output(text: str) -> str:
    """Return text so that standard output can carry it: unchanged if its encoding has all the characters."""
    if text.isascii():
        return text
    try:
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        return text.encode(encoding, ERRORS).decode(encoding)
    except LookupError:  # of a stream whose encoding Python does not know
        return text
