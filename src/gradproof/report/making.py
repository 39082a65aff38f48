"""Makes a report, with the user's names, from the records of the engine."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..core.records import codes
from ..engine import NOWHERE, Outcome
from ..problem.numbers import Flat, frozen, in_x
from .records import Evidence
from .report import Report

if TYPE_CHECKING:
    from ..problem.exceptions import Raised
    from .cause import Cause
    from .finding import Finding
    from .power import Power

# The fields that a finding of the engine and one of a report share.
SAME = ("start", "stop", "claimed", "slope", "left", "right", "error_bar", "step", "resolution", "distance", "partner")
# The fields of a report that its engine has under the same name, and those that say how the check went.
COUNTS = ("n", "tested", "agreeing", "untested", "evaluations", "rounds")
FIGURES = ("value", "noise_floor", "spread", "resolution", "rtol")
OF_COURSE = ("mode", "seed", "gradient_evaluations", "stopped_by", "warnings")

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
    found, layout = outcome.report, evidence.layout
    # Without these, a report would have their defaults; the other fields are made when they are read.
    return Report._of_fields(
        {
            "verdict": codes.VERDICTS[found.verdict],
            "outside": found.outside,
            "atol": found.atol,
            "vouched": found.vouched,
            "unseen": found.unseen,
            "held": layout.total - layout.n,
            "exceptions": course.exceptions,
            "sign": course.sign,
            "convention": course.convention,
            "_found": Found(outcome, evidence, course),
        }
    )


class Found:
    """What a check found, of which its report makes its fields when they are read: of most reports few are.

    Parameters
    ----------
    outcome
        What the engine found.
    evidence
        What the report keeps.
    course
        How the check went.
    """

    def __init__(self, outcome: Outcome, evidence: Evidence, course: Course) -> None:
        self.outcome = outcome
        self.evidence = evidence
        self.course = course

    @property
    def is_along_lines(self) -> bool:
        """Whether the check went along lines."""
        return self.course.mode == "lines"

    def has(self, name: str) -> bool:
        """Whether the report has a field of this name, apart from those that are there."""
        return name in MAKERS

    def field(self, name: str) -> Any:
        """Return that field of the report."""
        return MAKERS[name](self)


def _evidence(found: Found) -> Evidence:
    """Return what a report keeps, with what the engine says of noise, of changes, and of usual resolutions."""
    report = found.outcome.report
    usual = (report.usual_resolution, report.usual_relative, report.compared)
    return Evidence(*found.evidence[:4], report.noise_source, report.change, usual)


def _power(found: Found) -> Power | None:
    """Return the power of a check along lines from the report of its engine and the named blocks of x."""
    report, evidence = found.outcome.report, found.evidence
    if not found.is_along_lines:
        return None
    # Imported on use, here and below: most checks do not go along lines, and most find nothing.
    from .power import BlockPower, Power

    bar = float(report.bar)
    leaves = evidence.layout.arrays
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
        gradient_evaluations=found.course.gradient_evaluations,
        blocks=tuple(BlockPower(leaf.path, norm, own or bar, *rest) for leaf, norm, own, *rest in known),
    )


def _open_cause(found: Found) -> Cause | None:
    """Return why a check along lines could not decide; None if it could."""
    report = found.outcome.report
    if not found.is_along_lines or report.verdict != codes.VERDICT_INCONCLUSIVE:
        return None
    from .cause import Cause

    return Cause.from_code(report.cause)


def _resolutions(found: Found) -> Flat:
    resolutions, layout = found.outcome.resolutions, found.evidence.layout
    if not resolutions.size or layout.indices is None:
        return frozen(resolutions)
    every = np.full(layout.total, np.nan)
    every[layout.indices] = resolutions
    return frozen(every)


def _wrong(found: Found) -> Flat:
    """Return the flat indices in x of the coordinates that are wrong."""
    outcome = found.outcome
    if not outcome.causes.size:
        return NOWHERE
    places = (outcome.causes == codes.WRONG).nonzero()[0]
    return frozen(in_x(found.evidence.layout.indices, outcome.looked_at[places] if outcome.looked_at.size else places))


def _kinks(found: Found) -> Flat:
    """Return the flat indices in x of the coordinates with a kink; along lines findings alone know of them."""
    kinks, records, indices = found.outcome.kinks, found.outcome.findings, found.evidence.layout.indices
    if kinks.size:
        return frozen(in_x(indices, kinks.nonzero()[0]))
    if not len(records):
        return NOWHERE
    return frozen(np.sort(in_x(indices, records["start"][records["kink"] != 0])))


def _sampled(found: Found) -> Flat:
    """Return, along lines, the flat indices in x of the coordinates that were looked at one by one."""
    looked_at = found.outcome.looked_at
    return frozen(in_x(found.evidence.layout.indices, looked_at)) if looked_at.size else NOWHERE


def _findings(found: Found) -> tuple[Finding, ...]:
    records = found.outcome.findings
    return tuple(_named(records, found.evidence, found.outcome.report.noise_floor)) if len(records) else ()


def _named(records: Flat, evidence: Evidence, noise: float) -> Iterator[Finding]:
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


# What makes each field of a report when it is read, apart from those of `make_report`.
MAKERS: dict[str, Callable[[Found], Any]] = {
    **{name: operator.attrgetter(f"outcome.report.{name}") for name in COUNTS + FIGURES},
    **{name: operator.attrgetter(f"course.{name}") for name in OF_COURSE},
    "undecided": lambda found: found.outcome.report.open,
    "noise_measured": lambda found: bool(found.outcome.report.noise_measured),
    "nondeterministic": lambda found: bool(found.outcome.report.nondeterministic),
    "arithmetic": lambda found: codes.ARITHMETICS[found.outcome.report.arithmetic],
    "findings": _findings,
    "wrong": _wrong,
    "kinks": _kinks,
    "resolutions": _resolutions,
    "sampled": _sampled,
    "power": _power,
    "cause": _open_cause,
    "_evidence": _evidence,
}
