"""What a check found, as records: findings, and the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from ..problem.exceptions import Raised
from ..problem.numbers import Flat
from ..problem.structure import Layout
from .cause import Cause
from .ladder import Rung, Values
from .power import Power


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


@dataclass(frozen=True, eq=False, repr=False)
class Record:
    """The fields of a report, which says what they mean, and what can be looked up by a coordinate."""

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
    # What the objective raised away from x, one record a type.
    exceptions: tuple[Raised, ...] = ()
    # How many points were left out, because they are outside of the bounds; they are no evaluations.
    outside: int = 0

    def name(self, index: int) -> str:
        """Return what the user calls a coordinate."""
        return self._evidence.layout.name(index)

    def claimed(self, index: int) -> float:
        """Return the claimed value of a coordinate."""
        return float(self._evidence.claimed[index])

    def ladder(self, index: int) -> tuple[Rung, ...]:
        """Return the slopes of a coordinate at every step at which it was evaluated, finest first."""
        return self._evidence.values.ladder(index, self.noise_floor)
