"""Names of arrays in notes of reports."""

from __future__ import annotations

from collections.abc import Sequence

LISTED = 5


def listed(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED])}{more}"
