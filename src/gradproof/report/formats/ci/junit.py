"""A report as JUnit's XML: a test case for each named array, or one for all of x."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from ...records import Record
from ...summaries.arrays import ArrayReport, arrays_of
from ...text.summary import failure
from ...text.table import render

# What XML 1.0 has no way to write.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case(NamedTuple):
    """A test case: its name, and why it failed; "" if it passed."""

    name: str
    failure: str


def junit(report: Record) -> str:
    """Return a report as JUnit's XML."""
    text = render(report)
    cases = list(_cases(report))
    failed = sum(bool(case.failure) for case in cases)
    counts = f'tests="{len(cases)}" failures="{failed}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="gradproof" {counts}>',
        f'  <testsuite name="gradproof" {counts} skipped="0">',
        *_properties(report),
        *(line for case in cases for line in _case(case, report, text)),
        f"    <system-out>{_text(text)}</system-out>",
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def _properties(report: Record) -> Iterator[str]:
    """Yield what the objective raised away from x, as properties of the suite."""
    if not report.exceptions:
        return
    yield "    <properties>"
    for one in report.exceptions:
        for what, value in (("message", one.message), ("count", str(one.count)), ("at", one.at)):
            yield f"      <property name={_attribute(f'exception.{one.type}.{what}')} value={_attribute(value)}/>"
    yield "    </properties>"


def _cases(report: Record) -> Iterator[Case]:
    """Yield the test cases; a report that does not pass has at least one that failed."""
    arrays = arrays_of(report)
    failures = [_failure(one, report) for one in arrays]
    if len(arrays) < 2 or (report.verdict != "right" and not any(failures)):
        yield Case(report.subject, "" if report.verdict == "right" else failure(report))
        failures = failures if len(arrays) > 1 else []
    yield from (Case(one.name, failure) for one, failure in zip(arrays, failures, strict=False))


def _failure(one: ArrayReport, report: Record) -> str:
    """Return why an array fails; "" where nothing was found in it, or all of it is right."""
    if report.verdict == "right":
        return ""
    block = next((each for each in report.findings if each.name == one.name and each.is_line), None)
    if not (one.wrong or one.undecided or (one.untested and report.power is None)):
        return "" if block is None else f"{one.name}: {block.cause} along lines"
    why = next((f"; {each.text}" for each in report.explanations if one.name in each.names), "")
    counts = ((one.wrong, "wrong"), (one.undecided, "undecided"), (one.untested, "not tested by themselves"))
    told = ", ".join(f"{count:,} of {one.n:,} {what}" for count, what in counts if count)
    return f"{one.name}: {told}{why}"


def _case(case: Case, report: Record, text: str) -> Iterator[str]:
    head = f'    <testcase classname="gradproof" name={_attribute(case.name)}'
    if not case.failure:
        yield f"{head}/>"
        return
    yield f"{head}>"
    said = _text(f"{case.failure}\n\n{text}")
    yield f'      <failure type="{report.verdict}" message={_attribute(case.failure)}>{said}</failure>'
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(FORBIDDEN.sub("\ufffd", text), {"\n": "&#10;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(FORBIDDEN.sub("\ufffd", text))
