"""Makes a report, with the user's names, from the records of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..core.records import codes
from ..engine import NOWHERE, Outcome
from ..problem.numbers import Flat, frozen, in_x
from .records import Evidence
from .report import Report

if TYPE_CHECKING:
    from ..core.records import border
    from ..problem.exceptions import Raised
    from .cause import Cause
    from .finding import Finding
    from .power import Power

# The fields that a finding of the engine and one of a report share.
SAME = ("start", "stop", "claimed", "slope", "left", "right", "error_bar", "step", "resolution", "distance", "partner")

CODES = {word: code for code, (word, _) in codes.CAUSES.items()}


class Course(NamedTuple):
    """How a check went, apart from what its engine found."""

    mode: str
    seed: int
    gradient_evaluations: int
    stopped_by: str
    warnings: tuple[str, ...]
    exceptions: tuple[Raised, ...]
    sign: int
    convention: str


def make_report(outcome: Outcome, evidence: Evidence, course: Course) -> Report:
    """Return the report of a check, with the user's names for coordinates."""
    found = outcome.report
    findings = tuple(_findings(outcome.findings, evidence, found.noise_floor)) if found.findings else ()
    layout, indices = evidence.layout, evidence.layout.indices
    lines = course.mode == "lines"
    fields = _numbers(found)
    # One field after the other: pairs of names and values take twice as long.
    fields.update(
        mode=course.mode,
        seed=course.seed,
        gradient_evaluations=course.gradient_evaluations,
        stopped_by=course.stopped_by,
        warnings=course.warnings,
        exceptions=course.exceptions,
        sign=course.sign,
        convention=course.convention,
        wrong=_wrong(outcome, indices),
        kinks=_kinks(outcome, findings, indices),
        findings=findings,
        resolutions=frozen(_resolutions(outcome, indices, layout.total)),
        held=layout.total - layout.n,
        power=_power(found, evidence, course.gradient_evaluations) if lines else None,
        sampled=frozen(in_x(indices, outcome.looked_at)) if outcome.looked_at.size else NOWHERE,
        cause=_open_cause(found) if lines else None,
        _evidence=_completed(evidence, found),
    )
    return Report._of_fields(fields)


def _numbers(report: border.Report) -> dict[str, Any]:
    """Return the scalar fields of a report, converted from those of the engine."""
    return {
        "verdict": codes.VERDICTS[report.verdict],
        "n": report.n,
        "tested": report.tested,
        "agreeing": report.agreeing,
        "undecided": report.open,
        "untested": report.untested,
        "evaluations": report.evaluations,
        "outside": report.outside,
        "rounds": report.rounds,
        "value": report.value,
        "noise_floor": report.noise_floor,
        "noise_measured": bool(report.noise_measured),
        "arithmetic": codes.ARITHMETICS[report.arithmetic],
        "nondeterministic": bool(report.nondeterministic),
        "spread": report.spread,
        "resolution": report.resolution,
        "rtol": report.rtol,
        "atol": report.atol,
        "vouched": report.vouched,
        "unseen": report.unseen,
    }


def _power(report: border.Report, evidence: Evidence, gradient_evaluations: int) -> Power:
    """Return the power of a check from the report of its engine and the named blocks of x."""
    # Imported on use, here and below: most checks do not go along lines, and most find nothing.
    from .power import BlockPower, Power

    bar = float(report.bar)
    leaves = [leaf for leaf in evidence.layout.leaves if leaf.stop > leaf.start]
    known = zip(leaves, *(part.tolist() for part in evidence.blocks), strict=True) if len(evidence.blocks[0]) else ()
    return Power(
        bar=bar,
        norm=float(report.norm),
        lines=report.lines,
        aligned_bar=float(report.aligned_bar),
        total=float(report.sum),
        aligned_lines=report.aligned_lines,
        parts_bar=float(report.parts_bar),
        parts=report.parts,
        hidden=float(report.hidden),
        seen=float(report.seen),
        seen_factor=float(report.seen_factor) or 1.0,
        resolution=float(report.resolution),
        rtol=float(report.rtol),
        evaluations=report.evaluations,
        gradient_evaluations=gradient_evaluations,
        blocks=tuple(BlockPower(leaf.path, norm, own or bar, *rest) for leaf, norm, own, *rest in known),
    )


def _completed(evidence: Evidence, report: border.Report) -> Evidence:
    """Return what a report keeps, with what the engine says of noise, of changes, and of usual resolutions."""
    usual = (report.usual_resolution, report.usual_relative, report.compared)
    return Evidence(*evidence[:4], report.noise_source, report.change, usual)


def _open_cause(report: border.Report) -> Cause | None:
    """Return why a check along lines could not decide; None if it could."""
    if report.verdict != codes.VERDICT_INCONCLUSIVE:
        return None
    from .cause import Cause

    return Cause.from_code(report.cause)


def _resolutions(outcome: Outcome, indices: Flat | None, total: int) -> Flat:
    if not outcome.resolutions.size:
        return outcome.resolutions
    if indices is None:
        return outcome.resolutions
    every = np.full(total, np.nan)
    every[indices] = outcome.resolutions
    return every


def _wrong(outcome: Outcome, indices: Flat | None) -> Flat:
    """Return the flat indices in x of the coordinates that are wrong."""
    if not outcome.causes.size:
        return NOWHERE
    places = (outcome.causes == codes.WRONG).nonzero()[0]
    return frozen(in_x(indices, outcome.looked_at[places] if outcome.looked_at.size else places))


def _kinks(outcome: Outcome, findings: tuple[Finding, ...], indices: Flat | None) -> Flat:
    """Return the flat indices in x of the coordinates with a kink; along lines findings alone know of them."""
    if outcome.kinks.size:
        return frozen(in_x(indices, outcome.kinks.nonzero()[0]))
    if not findings:
        return NOWHERE
    return frozen(np.array(sorted(one.index for one in findings if one.has_kink), np.int64))


def _findings(records: Flat, evidence: Evidence, noise: float) -> Iterator[Finding]:
    from .cause import Cause
    from .finding import Finding

    indices = evidence.layout.indices
    # Converted a column at a time, because there may be thousands.
    columns = [records[name].tolist() for name in (*SAME, "start", "stop", "cause", "kink")]
    for *same, start, stop, cause, kink in zip(*columns, strict=True):
        common = dict(zip(SAME, same, strict=True)) | _ends(start, stop, indices)
        common["partner"] = _partner(common["partner"], indices)
        yield Finding(
            **common,
            index=common["start"],
            name=evidence.layout.name_of_line(start, stop),
            cause=Cause.from_code(cause),
            has_kink=bool(kink),
            _values=evidence.values,
            _noise=noise,
        )


def _ends(start: int, stop: int, indices: Flat | None) -> dict[str, int]:
    """Return where a line begins and ends in the user's x: what is held in between is not part of it."""
    return {"start": int(in_x(indices, start)), "stop": int(in_x(indices, stop - 1)) + 1}


def _partner(place: int, indices: Flat | None) -> int:
    """Return the flat index in x of a coordinate that shares a kink or a value; -1 stands for none."""
    return int(in_x(indices, place)) if place >= 0 else -1


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order in which the engine writes them: for those that have changed since."""
    with np.errstate(all="ignore"):
        return tuple(sorted(findings, key=_severity, reverse=True))


def _severity(one: Finding) -> tuple[float, ...]:
    # Imported on use: it brings half of the core along, and only checks on fewer rows sort again.
    from ..core.findings.severity import severity
    from ..core.records.border import Finding as Record

    record = Record(**{name: getattr(one, name) for name in SAME})
    record.cause, record.kink = CODES[one.cause.value], int(one.has_kink)
    return severity(record, one.start)
