"""The sentence of every code and cause, also of those that nobody has given a meaning."""

from __future__ import annotations

from .codes import CAUSES, CODES

OBJECTIVE_CODE = "The objective returned this code; the call ended there."
UNKNOWN_CODE = "This is not a code of gradproof."
UNKNOWN_CAUSE = "This is not a cause of gradproof."


def explain(code: int) -> str:
    """Return the sentence of a code."""
    if code > 0:
        return OBJECTIVE_CODE
    return CODES[code][1] if code in CODES else UNKNOWN_CODE


def explain_cause(cause: int) -> str:
    """Return the sentence of a cause."""
    return CAUSES[cause][1] if cause in CAUSES else UNKNOWN_CAUSE
