"""Suggestions of names that exist, for error messages about one that does not."""

from __future__ import annotations

import difflib


def did_you_mean(name: str, names: list[str], most: int = 5) -> str:
    """Return what exists instead, as the end of a sentence: a similar name, or the first few."""
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not names:
        return ""
    return f"; there is {', '.join(names[:most])}{' …' if len(names) > most else ''}"
