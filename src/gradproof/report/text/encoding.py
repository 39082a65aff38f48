"""What standard output can carry: the characters of its encoding, such as ASCII, and the columns of its terminal."""

from __future__ import annotations

import codecs
import shutil
import sys

# The name by which streams know it.
ERRORS = "gradproof"
PLAIN = {
    "±": "+/-",
    "×": "*",
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


def columns(most: int) -> int:
    """Return how many columns a line may have: `most`, or fewer if standard output is a narrower terminal."""
    try:
        on_terminal = sys.stdout.isatty()
    except (AttributeError, OSError, ValueError):  # there is none, it can only write, or it is closed
        on_terminal = False
    return min(most, shutil.get_terminal_size(fallback=(most, 24)).columns) if on_terminal else most
