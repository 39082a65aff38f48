"""Formats numbers and sentences for reports."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence


def number(value: float, digits: int) -> str:
    """Format a number with the given number of significant digits."""
    if math.isnan(value):
        return "nan"
    if value == 0:
        return "0"  # of either sign
    if math.isinf(value):
        return f"{value:g}"
    return _short_exponent(f"{value:#.{digits}g}")


def listed(first: Sequence[str], total: int) -> str:
    """Return the first of some names, and how many more there are of them."""
    more = total - len(first)
    return ", ".join(first) + (f" and {more:,} more" if more > 0 else "")


def short(value: float) -> str:
    """Format a number with two significant digits."""
    if value == 0:
        return "0"  # of either sign
    if not math.isfinite(value):
        return f"{value:g}"
    return _short_exponent(f"{value:.1e}") if not 0.1 <= abs(value) < 1000 else f"{value:.2g}"


def setting(value: float) -> str:
    """Format a number that somebody chose, with the digits that it has."""
    return _short_exponent(f"{value:g}")


def decade(value: float) -> int:
    """Return the exponent of ten of the first digit of a number."""
    # With 17 digits nothing is rounded up to a power of ten, as a logarithm may be.
    return int(f"{value:.16e}".partition("e")[2])


def _short_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa.rstrip(".")


def filled(lead: str, sentence: str, indent: str, width: int) -> str:
    """Return a sentence after a lead, wrapped to `width` columns with all lines but the first indented."""
    return textwrap.fill(sentence, width, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
