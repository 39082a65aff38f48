"""A report as SARIF 2.1.0 (OASIS, 2020): what code scanners show next to the source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ....version import __version__
from ...advice import advice
from ...cause import Cause
from ...finding import Finding
from ...records import Record
from ...text.figures import number, short
from ...text.table import render
from ..plain import plain
from .source import Source, source_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Cause.WRONG: "error"}
# At most this many findings of one array and one cause are written in full.
MOST = 20


def sarif(report: Record, gradient: Any) -> str:
    """Return a report as SARIF, with results at the file and line of a gradient."""
    rules = [cause for cause in Cause if not cause.is_acceptable]
    driver = {"name": "gradproof", "version": __version__, "rules": [_rule(cause, report) for cause in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": list(_results(report, rules, source_of(gradient))),
        "properties": {"verdict": report.verdict, "report": render(report)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, allow_nan=False)


def _rule(cause: Cause, report: Record) -> dict[str, Any]:
    return {
        "id": cause.value,
        "name": f"Gradient{cause.value.title().replace('_', '')}",
        "shortDescription": {"text": f"gradient: {cause.value.replace('_', ' ')}"},
        "help": {"text": advice(cause, report)},
        "defaultConfiguration": {"level": LEVELS.get(cause, "warning")},
    }


def _results(report: Record, rules: Sequence[Cause], source: Source | None) -> Iterator[dict[str, Any]]:
    """Yield a result for each array and cause; one for the whole where nothing else says why it does not pass."""
    layout = report._evidence.layout
    found: dict[tuple[str, Cause], list[Finding]] = {}
    for one in report.findings:
        if not one.cause.is_acceptable:
            name = layout.title_of(layout.leaf_of(layout.place(one.start)))
            found.setdefault((name, one.cause), []).append(one)
    for (name, cause), several in found.items():
        text = _message(name, cause, several, report)
        yield _result(cause, rules, text, name, source) | {"properties": {"findings": _told(several)}}
    if not found and report.verdict != "right":
        cause = Cause.WRONG if report.verdict == "wrong" else report.cause or Cause.UNTESTED
        cause = cause if cause in rules else Cause.UNTESTED
        yield _result(cause, rules, render(report).split("\n\n", 1)[0], layout.title, source)


def _result(cause: Cause, rules: Sequence[Cause], text: str, name: str, source: Source | None) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"name": name, "kind": "member"}]}
    if source is not None:
        region = {"startLine": source.line}
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(source.file)}, "region": region}
    return {
        "ruleId": cause.value,
        "ruleIndex": rules.index(cause),
        "level": LEVELS.get(cause, "warning"),
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"gradproof/v1": f"{cause.value}:{name}"},
    }


def _message(name: str, cause: Cause, several: Sequence[Finding], report: Record) -> str:
    worst, more = several[0], len(several) - 1
    claimed, slope = number(worst.claimed, 7), number(worst.slope, 7)
    text = f"{worst.name} is {cause}: claimed {claimed}, measured {slope} ± {short(worst.error_bar)}"
    text += f", and {more:,} more of {name}" if more else ""
    why = next((f". {each.where}: {each.text}" for each in report.explanations if name in each.names), "")
    return f"{text}{why}{'' if why.endswith('?') else '.'} {advice(cause, report, worst)}"


def _told(several: Sequence[Finding]) -> Any:
    names = ("name", "index", "claimed", "slope", "error_bar")
    return [plain({name: getattr(one, name) for name in names}) for one in several[:MOST]]


def _uri(file: str) -> str:
    return PurePath(file).as_uri() if PurePath(file).is_absolute() else quote(file)
