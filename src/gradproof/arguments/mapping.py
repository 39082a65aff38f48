"""Structures of dicts, lists and tuples in which something else stands in every place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def mapped(value: Any, of: Callable[[Any], Any]) -> Any:
    """Return a structure with what `of` makes of everything in it that is no dict, list or tuple."""
    if isinstance(value, dict):
        return {key: mapped(part, of) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [mapped(part, of) for part in value]
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    return of(value)
