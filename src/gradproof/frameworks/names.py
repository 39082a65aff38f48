"""Names of arrays in notes of reports."""

from __future__ import annotations

from collections.abc import Sequence

from ..report.text import figures

LISTED = 5


def listed(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    return figures.listed(names[:LISTED], len(names))
