"""What a check found: the report, its findings, and the errors that carry it."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..core import codes, structs
from ..engine import Outcome
from ..problem.structure import Flat, Layout
from .cause import Cause
from .ladder import Rung, Values
from .plain import plain
from .power import Power, make_power


@dataclass(frozen=True)
class Finding:
    """A line with its slopes, its error bar and its cause; a coordinate is a line of length one."""

    index: int
    start: int
    stop: int
    name: str
    cause: Cause
    claimed: float
    slope: float
    left: float
    right: float
    error_bar: float
    step: float
    resolution: float
    has_kink: bool
    distance: float
    partner: int
    _values: Values = field(repr=False, compare=False)
    _noise: float = field(repr=False, compare=False)
    # On how few data points at a time the finding was settled, where all of them could not do it; None where they did.
    rows: int | None = None

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The slopes at every step at which the coordinate was evaluated, finest first."""
        return self._values.ladder(self.index, self._noise)

    @property
    def error(self) -> float:
        """How far the claimed value is from the numerical slope."""
        return abs(self.claimed - self.slope)

    @property
    def factor(self) -> float:
        """Of a line along the claim: the common factor of the claimed gradient; NaN for any other line."""
        known = self.stop > self.start + 1 and math.isfinite(self.claimed) and self.slope != 0
        return self.claimed / self.slope if known else math.nan

    @property
    def factor_bar(self) -> float:
        """The error bar of the factor."""
        return abs(self.factor / self.slope) * self.error_bar if math.isfinite(self.factor) else math.nan

    @property
    def relative_error(self) -> float:
        """The error relative to the larger of the two; a NaN is infinitely wrong."""
        if not (math.isfinite(self.error) and math.isfinite(self.claimed)):
            return math.inf
        size = max(abs(self.claimed), abs(self.slope))
        return self.error / size if size else 0.0


class Evidence(NamedTuple):
    """What a report needs to explain a coordinate."""

    layout: Layout
    claimed: Flat
    values: Values
    blocks: tuple[Flat, Flat]


@dataclass(frozen=True, eq=False)
class Report:
    """What a check found; `str()` is the table that a person reads, `bool()` is whether the verdict is "right".

    `wrong` and `kinks` are sorted flat indices; `resolution` is the smallest error that would have been seen in every
    tested coordinate, `resolutions` the same for each (NaN where nothing was decided).  Along lines (`mode`
    "lines") it is the error of one coordinate, times its scale, that would have been seen for certain; `power` says the
    whole of it, `cause` why the verdict is open (None where it is not), `sampled` are the coordinates that were looked
    at alone, and there are no `resolutions`.
    `findings` are those of the first 8,192 coordinates that had one; `wrong` and `kinks` know all.
    """

    verdict: str
    n: int
    tested: int
    agreeing: int
    undecided: int
    untested: int
    wrong: Flat
    kinks: Flat
    findings: tuple[Finding, ...]
    evaluations: int
    gradient_evaluations: int
    rounds: int
    value: float
    noise_floor: float
    noise_measured: bool
    arithmetic: str
    nondeterministic: bool
    spread: float
    resolution: float
    resolutions: Flat
    power: Power | None
    sampled: Flat
    cause: Cause | None
    rtol: float
    mode: str
    seed: int
    stopped_by: str
    warnings: tuple[str, ...]
    _evidence: Evidence = field(repr=False, compare=False)
    # How many data points there are, where the check was told.
    rows: int | None = None

    def name(self, index: int) -> str:
        """Return what the user calls a coordinate."""
        return self._evidence.layout.name(index)

    def claimed(self, index: int) -> float:
        """Return the claimed value of a coordinate."""
        return float(self._evidence.claimed[index])

    def ladder(self, index: int) -> tuple[Rung, ...]:
        """Return the slopes of a coordinate at every step at which it was evaluated, finest first."""
        return self._evidence.values.ladder(index, self.noise_floor)

    def explain(self, index: int) -> str:
        """Return the evidence of one coordinate as text: its slopes, what their pattern means, what to do.

        Parameters
        ----------
        index
            The flat index of the coordinate, from 0 to n - 1.

        Raises
        ------
        IndexError
            Where there is no such coordinate.
        """
        from .explaining import explain

        index = operator.index(index)
        if not 0 <= index < self.n:
            raise IndexError(f"there is no coordinate {index}: they go from 0 to {self.n - 1}")
        return explain(self, index)

    def __bool__(self) -> bool:
        """Whether the gradient is right: a check that could not decide is not a pass."""
        return self.verdict == "right"

    def __str__(self) -> str:
        from .table import render

        return render(self)

    def __repr__(self) -> str:
        return (
            f"<gradproof.Report {self.verdict}: n={self.n}, tested={self.tested}, wrong={len(self.wrong)}, "
            f"kinks={len(self.kinks)}, evaluations={self.evaluations}>"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain Python values, ready for JSON: NaN as None, infinities as "inf" and "-inf"."""
        words: dict[str, Any] = plain(self)
        if self.power is not None:
            words["power"] |= plain(self.power.derived())
        return words

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the report as JSON."""
        import json

        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)


class GradientError(AssertionError):
    """The gradient is wrong; `report` says where and why."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"\n{report}")
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.report,))


class InconclusiveError(GradientError):
    """The check could not decide; `report` says what would decide it."""


def make_report(
    outcome: Outcome,
    evidence: Evidence,
    *,
    mode: str,
    seed: int,
    gradient_evaluations: int,
    stopped_by: str,
    notes: list[str],
) -> Report:
    """Return the records of the engine as a report in the words of the user's structure."""
    words, reals = outcome.report.tolist(), outcome.report.view(np.float64).tolist()
    lines = mode == "lines"
    wrong = outcome.causes == codes.WRONG
    findings = tuple(_findings(outcome.findings, evidence, reals[structs.REPORT_NOISE_FLOOR]))
    return Report(
        verdict=codes.VERDICTS[words[structs.REPORT_VERDICT]],
        n=words[structs.REPORT_N],
        tested=words[structs.REPORT_TESTED],
        agreeing=words[structs.REPORT_AGREEING],
        undecided=words[structs.REPORT_OPEN],
        untested=words[structs.REPORT_UNTESTED],
        wrong=_frozen(outcome.looked_at[wrong] if lines else np.flatnonzero(wrong)),
        kinks=_frozen(_kinks_of(findings) if lines else np.flatnonzero(outcome.kinks)),
        findings=findings,
        evaluations=words[structs.REPORT_EVALUATIONS],
        gradient_evaluations=gradient_evaluations,
        rounds=words[structs.REPORT_ROUNDS],
        value=reals[structs.REPORT_VALUE],
        noise_floor=reals[structs.REPORT_NOISE_FLOOR],
        noise_measured=bool(words[structs.REPORT_NOISE_MEASURED]),
        arithmetic=codes.ARITHMETICS[words[structs.REPORT_ARITHMETIC]],
        nondeterministic=bool(words[structs.REPORT_NONDETERMINISTIC]),
        spread=reals[structs.REPORT_SPREAD],
        resolution=reals[structs.REPORT_RESOLUTION],
        resolutions=_frozen(_resolutions(outcome)),
        power=make_power(words, reals, evidence, gradient_evaluations) if lines else None,
        sampled=_frozen(outcome.looked_at),
        cause=_open_cause(words) if lines else None,
        rtol=reals[structs.REPORT_RTOL],
        mode=mode,
        seed=seed,
        stopped_by=stopped_by,
        warnings=tuple(notes),
        _evidence=evidence,
    )


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


def _frozen(array: Flat) -> Flat:
    array.flags.writeable = False
    return array
