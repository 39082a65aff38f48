"""A report made of the records of the engine, in the words of the user's structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..core import codes, structs
from ..engine import Outcome
from ..problem.numbers import Flat, frozen
from .cause import Cause
from .power import make_power
from .records import Evidence, Finding
from .report import Report


class Course(NamedTuple):
    """How a check went, beside what its engine found."""

    mode: str
    seed: int
    gradient_evaluations: int
    stopped_by: str
    warnings: tuple[str, ...]


def make_report(outcome: Outcome, evidence: Evidence, course: Course) -> Report:
    """Return the records of the engine as a report in the words of the user's structure."""
    words, reals = outcome.report.tolist(), outcome.report.view(np.float64).tolist()
    findings = tuple(_findings(outcome.findings, evidence, reals[structs.REPORT_NOISE_FLOOR]))
    lines, wrong = course.mode == "lines", outcome.causes == codes.WRONG
    blocks, calls = evidence.blocks, course.gradient_evaluations
    return Report(
        **_numbers(words, reals),
        wrong=frozen(outcome.looked_at[wrong] if lines else np.flatnonzero(wrong)),
        kinks=frozen(_kinks_of(findings) if lines else np.flatnonzero(outcome.kinks)),
        findings=findings,
        resolutions=frozen(_resolutions(outcome)),
        power=make_power(words, reals, calls, evidence.layout, blocks) if lines else None,
        sampled=frozen(outcome.looked_at),
        cause=_open_cause(words) if lines else None,
        **course._asdict(),
        _evidence=evidence,
    )


def _numbers(words: list[int], reals: list[float]) -> dict[str, Any]:
    """Return what the report of the engine says in one number each, by the names of the fields."""
    return {
        "verdict": codes.VERDICTS[words[structs.REPORT_VERDICT]],
        "n": words[structs.REPORT_N],
        "tested": words[structs.REPORT_TESTED],
        "agreeing": words[structs.REPORT_AGREEING],
        "undecided": words[structs.REPORT_OPEN],
        "untested": words[structs.REPORT_UNTESTED],
        "evaluations": words[structs.REPORT_EVALUATIONS],
        "rounds": words[structs.REPORT_ROUNDS],
        "value": reals[structs.REPORT_VALUE],
        "noise_floor": reals[structs.REPORT_NOISE_FLOOR],
        "noise_measured": bool(words[structs.REPORT_NOISE_MEASURED]),
        "arithmetic": codes.ARITHMETICS[words[structs.REPORT_ARITHMETIC]],
        "nondeterministic": bool(words[structs.REPORT_NONDETERMINISTIC]),
        "spread": reals[structs.REPORT_SPREAD],
        "resolution": reals[structs.REPORT_RESOLUTION],
        "rtol": reals[structs.REPORT_RTOL],
    }


def _open_cause(words: list[int]) -> Cause | None:
    """Return why a check along lines could not decide; None where it could."""
    is_open = words[structs.REPORT_VERDICT] == codes.VERDICT_INCONCLUSIVE
    return Cause.from_code(words[structs.REPORT_CAUSE]) if is_open else None


def _resolutions(outcome: Outcome) -> Flat:
    if not outcome.resolutions.size:
        return outcome.resolutions
    return np.where(outcome.causes == codes.UNTESTED, np.nan, outcome.resolutions)


def _kinks_of(findings: tuple[Finding, ...]) -> Flat:
    return np.array([one.index for one in findings if one.has_kink], np.int64)


def _findings(records: Flat, evidence: Evidence, noise: float) -> Iterator[Finding]:
    # As Python numbers, all at once: thousands of them may be wrong.
    for words, reals in zip(records.tolist(), records.view(np.float64).tolist(), strict=True):
        yield _finding(words, reals, evidence, noise)


def _finding(words: list[int], reals: list[float], evidence: Evidence, noise: float) -> Finding:
    start, stop = words[structs.FINDING_START], words[structs.FINDING_STOP]
    return Finding(
        index=start,
        start=start,
        stop=stop,
        name=evidence.layout.name_of_line(start, stop),
        cause=Cause.from_code(words[structs.FINDING_CAUSE]),
        claimed=reals[structs.FINDING_CLAIMED],
        slope=reals[structs.FINDING_SLOPE],
        left=reals[structs.FINDING_LEFT],
        right=reals[structs.FINDING_RIGHT],
        error_bar=reals[structs.FINDING_ERROR_BAR],
        step=reals[structs.FINDING_STEP],
        resolution=reals[structs.FINDING_RESOLUTION],
        has_kink=bool(words[structs.FINDING_KINK]),
        distance=reals[structs.FINDING_DISTANCE],
        partner=words[structs.FINDING_PARTNER],
        _values=evidence.values,
        _noise=noise,
    )
