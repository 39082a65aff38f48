"""The text of a report from both sides: what the core writes, and what Python prints of the same records."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np
from witnesses import records

from gradproof.core.records import border, codes
from gradproof.engine import Outcome
from gradproof.library import ffi
from gradproof.problem.structure import layout_of
from gradproof.report.ladder import Values
from gradproof.report.making import Course, make_report
from gradproof.report.records import Evidence
from gradproof.report.report import Report
from gradproof.report.text import table
from gradproof.report.text.lines import ENDED_BY

STOPPED_BY = {"": 0, "budget": 1, "time_limit": 2, "interrupted": 3}
ROOM = 1 << 16
# What Python says of findings whose values it did not look at.
HINT = "report.explain(index) says it"


def options_of(names: Sequence[bytes | None] | None, borders: Any) -> Any:
    """Options with named blocks, as a witness takes them."""
    options = border.Options()
    options.size = border.OPTIONS_BYTES
    if names is not None:
        options.blocks, options.names, options.borders = len(names), list(names), np.array(borders, np.int64)
    return options


def options_for(layout: Any) -> Any:
    """Options with the names that Python has."""
    leaves = [leaf for leaf in layout.leaves if leaf.stop > leaf.start]
    if not any(leaf.path for leaf in leaves):
        return options_of(None, None)
    return options_of([leaf.path.encode() for leaf in leaves], [*(leaf.start for leaf in leaves), layout.n])


def written(witness: Any, report: Any, findings: Any, options: Any, size: int = ROOM) -> str:
    """The text that the core writes."""
    found = np.array(findings)
    room = np.full(size, 0xEE, np.uint8)
    count = witness("gradproof_print", report, found if len(found) else None, len(found), options, room, size)
    assert 0 <= count < size, count
    assert room[count] == 0
    assert np.all(room[count + 1 :] == 0xEE)
    return bytes(room[:count]).decode()


def ended_by(report: Any, stopped_by: str) -> Any:
    """The report of the core with what ended the check, which in Python the caller knows, and without explanation."""
    copy = border.Report.from_buffer_copy(ffi.buffer(report))
    copy.explanation = codes.EXPLAINED_BY_NOTHING
    copy.stopped_by = STOPPED_BY[stopped_by]
    return copy


def as_in_c(report: Report) -> Report:
    """A report of Python without what Python alone knows."""
    silent = Values(np.ones(report._evidence.layout.n))
    # C has no claims when it prints: it does not say which are NaN.
    claimed = np.nan_to_num(report._evidence.claimed, nan=0.0, posinf=0.0, neginf=0.0)
    power = None
    if report.power is not None:
        blocks = tuple(dataclasses.replace(one, ratio=math.nan) for one in report.power.blocks)
        power = dataclasses.replace(report.power, gradient_evaluations=0, blocks=blocks)
    return dataclasses.replace(
        report,
        power=power,
        gradient_evaluations=0,
        warnings=(),
        explanations=(),
        unexplained=(),
        exceptions=(),
        _evidence=report._evidence._replace(claimed=claimed),
        findings=tuple(dataclasses.replace(one, _values=silent) for one in report.findings),
    )


def printed(report: Report) -> str:
    """The text that Python prints of what C knows, too: C does not sum up what was found array by array."""
    ended_by = mock.patch.dict(ENDED_BY, interrupted="the caller")
    with ended_by, mock.patch.object(table, "about_arrays", return_value={}):
        return "\n".join(line for line in str(as_in_c(report)).split("\n") if HINT not in line)


class Made:
    """A report and its findings, made up, and the same in Python.

    Parameters
    ----------
    x
        The point, in any structure: its names are those of the report.
    causes
        The cause of each coordinate; along lines of those in `looked_at`.
    findings
        One mapping of fields for each finding: of a coordinate that is not given here nothing is told.
    looked_at
        Along lines, the coordinates that were tested alone.
    """

    def __init__(
        self, x: Any, causes: Sequence[int], findings: Sequence[dict[str, Any]], looked_at: Any = None, **fields: Any
    ) -> None:
        self.layout = layout_of(x)
        n = self.layout.n
        self.lines = looked_at is not None
        self.causes = np.array(causes, np.int64)
        self.claimed = np.array(fields.pop("claimed", np.ones(n)), np.float64)
        self.resolutions = np.array(fields.pop("resolutions", np.full(n, 1e-9)), np.float64)
        self.kinks = np.isin(self.causes, (codes.KINK_AT_POINT, codes.KINK_CROSSED)).astype(np.int64)
        self.looked_at = np.array(looked_at if self.lines else (), np.int64)
        self.factors = np.array(fields.pop("factors", ()), np.float64)
        self.stopped_by = fields.pop("stopped_by", "")
        self.records = self._findings(findings)
        self.record = self._report(fields)

    def _findings(self, findings: Sequence[dict[str, Any]]) -> Any:
        out = records(border.Finding, len(findings))
        for number, fields in enumerate(findings):
            one = border.Finding()
            begin = fields.get("start", 0)
            border.begin_finding(one, begin, begin + 1, codes.WRONG, 0, 1e-9)
            for name, value in fields.items():
                setattr(one, name, value)
            if one.stop > one.start + 1:
                inside = (self.looked_at >= one.start) & (self.looked_at < one.stop)
                one.sampled = np.count_nonzero(inside)
                one.sampled_wrong = np.count_nonzero(inside & (self.causes == codes.WRONG)) if inside.any() else 0
            out[number] = np.frombuffer(one, np.dtype(border.Finding))[0]
        return out

    def _report(self, fields: dict[str, Any]) -> Any:
        report = border.Report()
        report.size, report.n, report.index = border.REPORT_BYTES, self.layout.n, -1
        report.mode = codes.MODE_LINES if self.lines else codes.MODE_FULL
        report.arithmetic, report.value, report.rtol, report.vouched = 64, 1.5, 1e-5, 1.0
        report.evaluations, report.rounds, report.noise_floor = 2 * report.n + 1, 2, 2.2e-16
        report.noise_source = codes.NOISE_FROM_ROUNDING
        report.findings = len(self.records)
        report.stopped_by = STOPPED_BY[self.stopped_by]
        report.wrong = np.count_nonzero(self.causes == codes.WRONG)
        report.kinks = np.count_nonzero(self.records["kink"]) if self.lines else np.count_nonzero(self.kinks)
        if self.lines:
            self._note_lines(report)
        else:
            self._note_coordinates(report)
        for name, value in fields.items():
            setattr(report, name, value)
        worst = self._unseen(report)
        for place in range(border.MOST_UNSEEN):
            report.most_unseen[place] = worst[place] if place < len(worst) else -1
        return report

    def _note_lines(self, report: Any) -> None:
        report.lines, report.bar, report.norm, report.resolution, report.tested = 4, 1e-9, 3.0, 4e-9, report.n
        report.aligned_lines, report.aligned_bar, report.sum, report.change = 2, 2e-9, 5.0, 5.0
        report.verdict = codes.VERDICT_RIGHT
        report.blocks = len(self.factors)

    def _note_coordinates(self, report: Any) -> None:
        acceptable = [codes.is_acceptable(int(cause)) for cause in self.causes]
        untested = self.causes == codes.UNTESTED
        report.untested = np.count_nonzero(untested)
        report.tested = report.n - report.untested
        report.agreeing = sum(acceptable)
        report.open = report.tested - report.agreeing - report.wrong
        done = report.agreeing == report.n
        report.verdict = codes.VERDICT_RIGHT if done else codes.VERDICT_INCONCLUSIVE
        report.verdict = codes.VERDICT_WRONG if report.wrong else report.verdict
        decided = np.array(acceptable) | (self.causes == codes.WRONG)
        self.resolutions = np.where(decided, self.resolutions, np.nan)
        known = self.resolutions[np.isfinite(self.resolutions)]
        report.resolution = np.max(self.resolutions[decided]) if decided.any() else 0.0
        report.usual_resolution = np.median(known) if known.size else np.nan
        sizes = np.abs(self.claimed)
        chosen = np.isfinite(self.resolutions) & np.isfinite(sizes) & (sizes > 0)
        report.compared = np.count_nonzero(chosen)
        report.usual_relative = np.median(self.resolutions[chosen] / sizes[chosen]) if chosen.any() else np.nan

    def _unseen(self, report: Any) -> list[int]:
        if self.lines:
            hidden = [number for number in np.argsort(-self.factors, kind="stable") if self.factors[number] > 1]
            report.unseen = len(hidden) if len(self.factors) else report.unseen
            return [int(number) for number in hidden]
        with np.errstate(all="ignore"):
            factors = np.where(self.claimed != 0, self.resolutions / np.abs(self.claimed), 0.0)
        order = np.argsort(-factors, kind="stable")
        return [int(index) for index in order[: min(border.MOST_UNSEEN, report.unseen)]]

    def python(self) -> Report:
        """The report of Python."""
        nothing = np.zeros(0)
        blocks = (np.ones(len(self.factors)), np.zeros(len(self.factors)), self.factors)
        evidence = Evidence(self.layout, self.claimed, Values(np.ones(self.layout.n)), blocks)
        outcome = Outcome(
            self.record,
            self.records,
            self.causes,
            self.kinks[:0] if self.lines else self.kinks,
            nothing if self.lines else self.resolutions,
            self.looked_at,
        )
        mode = "lines" if self.lines else "full"
        seed = int(self.record.seed) % 2**64
        return make_report(outcome, evidence, Course(mode, seed, 0, self.stopped_by, (), (), 1, "pytorch"))

    def both(self, witness: Any) -> tuple[str, str]:
        """What the core writes, and what Python prints."""
        return written(witness, self.record, self.records, options_for(self.layout)), printed(self.python())
