"""Annotations as GitHub's runners read them from what a job prints."""

from __future__ import annotations

from typing import Any

from ...records import Record
from ...summaries.arrays import arrays_of
from ...text.table import render
from .source import source_of

# GitHub shows ten annotations of a step.
MOST = 10
# Wider than any sentence of a report.
UNBROKEN = 10_000
LEVELS = {"wrong": "error", "inconclusive": "warning"}


def workflow_commands(report: Record, gradient: Any) -> str:
    """Return one annotation for the report, with what explains it; "" if it is right."""
    if report.verdict == "right":
        return ""
    place = source_of(gradient)
    where = "" if place is None else f"file={_property(place.file)},line={place.line},"
    # A sentence on each line: browsers break them.
    first = [line.strip() for line in render(report, width=UNBROKEN).split("\n\n", 1)[0].splitlines()]
    said = [*first, *(str(one) for one in arrays_of(report) if one.wrong or one.undecided)][:MOST]
    return f"::{LEVELS[report.verdict]} {where}title=gradproof::{_data(chr(10).join(said))}"


def _data(text: str) -> str:
    """Escape a message; %0A is a new line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
