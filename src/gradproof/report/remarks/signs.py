"""Negatives and conjugates: a remark on them becomes part of the explanation, which would only repeat it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..explanation import Explanation
from ..records import Record
from . import conjugated, negated

MINUS = "claimed = -1 × slope"


def with_sign_remarks(found: list[Explanation], report: Record) -> tuple[list[Explanation], tuple[str, ...]]:
    """Return explanations that also say what a wrong sign may mean, and the remarks that are left.

    Parameters
    ----------
    found
        The explanations.
    report
        The report, with its remarks.
    """
    remark, text = next(_readings(report), ("", ""))
    if not remark or not any(map(_is_minus, found)):
        return found, report.warnings
    told = [replace(one, text=text) if _is_minus(one) else one for one in found]
    return told, tuple(one for one in report.warnings if one != remark)


def _readings(report: Record) -> Iterator[tuple[str, str]]:
    """Yield the remark about signs that a report has, and what an explanation says instead."""
    readings = {
        negated.REMARKS[
            1
        ]: f"{MINUS}, the sign is wrong: a force is the negative of a gradient; for forces say sign=-1",
        negated.REMARKS[-1]: f"{MINUS}, the sign is wrong: it is the gradient itself; leave sign=-1 out",
    }
    for is_conjugate, (whose, name) in conjugated.CONVENTIONS.items():
        text = f'{MINUS} in imaginary parts, the convention of {whose}; if it is meant, say convention="{name}"'
        readings[conjugated.REMARKS[is_conjugate]] = text
    yield from ((remark, text) for remark, text in readings.items() if remark in report.warnings)


def _is_minus(one: Explanation) -> bool:
    return one.kind == "factor" and abs(one.number + 1.0) <= negated.SAME
