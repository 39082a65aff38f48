"""A hint at what there is, where something of a name is not there."""

from __future__ import annotations

import difflib


def instead(name: str, names: list[str], most: int = 5) -> str:
    """Return a hint at what exists instead: a similar name, or the first few."""
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not names:
        return ""
    return f"; there is {', '.join(names[:most])}{' …' if len(names) > most else ''}"
