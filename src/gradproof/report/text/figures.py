"""Numbers and sentences as a report shows them."""

from __future__ import annotations

import math
import textwrap


def number(value: float, digits: int) -> str:
    """Return a number with so many significant digits."""
    if math.isnan(value):
        return "nan"
    if value == 0 or math.isinf(value):
        return f"{value:g}"
    return _short_exponent(f"{value:#.{digits}g}")


def short(value: float) -> str:
    """Return the size of a number: two digits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return _short_exponent(f"{value:.1e}") if not 0.1 <= abs(value) < 1000 else f"{value:.2g}"


def _short_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa.rstrip(".")


def filled(lead: str, sentence: str, indent: str, width: int) -> str:
    """Return a sentence behind a lead, wrapped at so many columns, all lines but the first one indented."""
    return textwrap.fill(sentence, width, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
