"""Whether memory that is to be filled overlaps other memory."""

from __future__ import annotations

from .memory import address, is_null


def overlap(filled: object, filled_bytes: int, other: object, other_bytes: int) -> bool:
    """Return whether two pieces of memory have a byte in common; null has none."""
    if is_null(filled) or is_null(other):
        return False
    first = address(filled)
    second = address(other)
    return first < second + other_bytes and second < first + filled_bytes
