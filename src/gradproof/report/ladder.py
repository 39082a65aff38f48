"""The ladder of a coordinate: its slopes at every step that was tried, and the pattern that they show."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..problem.numbers import Flat, place_among
from ..problem.probes import PROBE, along_one_coordinate

if TYPE_CHECKING:
    from .cause import Cause

# Four standard deviations of the noise of one value, times sqrt(2) because a slope is made of two.
NOISE_BAR = 4.0 * math.sqrt(2.0)
# Of longer vectors, large rounds (the first pairs of all coordinates) are not kept.
KEPT_WHOLE = 1 << 17
LARGE = 1024
# Of longer vectors, large rounds are sorted at once: as they come, their probes take twice as much memory.
KEPT_UNSORTED = 1 << 13
FLAT, NOISE, TRUNCATION, KINK, NOTHING, UNCLEAR = "flat", "noise", "truncation", "kink", "nothing", "unclear"
DROP = 0.3
# What each pattern looks like; behind the colon, what it means unless the evidence as a whole says otherwise.
FINGERPRINTS = {
    FLAT: "|slope - claimed| is the same at every step: the mark of a bug in the gradient.",
    NOISE: "|slope - claimed| grows like 1/h as the step h shrinks: rounding noise of f, and nothing more.",
    TRUNCATION: "|slope - claimed| shrinks with the step: truncation error of a smooth f, and nothing more.",
    KINK: "|slope - claimed| is flat, then drops suddenly: larger steps cross a kink that smaller ones do not.",
    NOTHING: "The slopes agree with the claimed value at every step.",
    UNCLEAR: "|slope - claimed| follows none of the known patterns.",
}
# None of these excuses a wrong value.
EXCUSES = (NOISE, TRUNCATION, KINK, NOTHING)
NOT_EXCUSED = "but what f shows closest to x still contradicts the claimed value."


class Rung(NamedTuple):
    """The slopes at one step.

    Attributes
    ----------
    step : float
        The step, positive, in units of x.
    left, right, slope : float
        Backward, forward and centered difference; NaN if there is none.
    gap : float
        ``right - left``.
    error_bar : float
        What rounding noise may add to a slope: four standard deviations.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> report = check(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 3.0]))
    >>> rung = report.ladder(0)[-1]
    >>> rung.slope == (rung.left + rung.right) / 2
    True
    """

    step: float
    left: float
    right: float
    slope: float
    gap: float
    error_bar: float


class Values:
    """The values of the objective along single coordinates, round by round.

    Parameters
    ----------
    x
        The coordinates that are checked, n values.
    indices
        Their flat indices in the user's x; None if they are all of it.
    """

    def __init__(self, x: Flat, indices: Flat | None = None) -> None:
        self._x = x
        self._indices = indices
        self._rounds: list[tuple[Flat, Flat, Flat]] = []
        self._at_x = math.nan
        # Rounds as they were kept: nobody looks at those of most checks.  As bytes, because NumPy copies records one
        # field after the other, which takes longer than all else that is done with a probe.
        self._unsorted: list[tuple[bytes, Flat]] = []

    def under(self, index: int | Flat) -> Values:
        """Return the values of a single coordinate, or of all, under other flat indices, sorted."""
        other = Values(self._x, np.atleast_1d(index))
        other._rounds, other._at_x = self._sorted, self._at_x
        return other

    def keep(self, probes: Flat, values: Flat) -> None:
        """Keep the values of a round."""
        if len(probes) >= LARGE and self._x.size > KEPT_UNSORTED:
            self._sort()
            self._take(probes, values)
        else:
            self._unsorted.append((probes.tobytes(), values))

    def _sort(self) -> None:
        """Tell values at x and along single coordinates of the rounds from all others, which are forgotten."""
        unsorted, self._unsorted = self._unsorted, []
        for probes, values in unsorted:
            self._take(np.frombuffer(probes, PROBE), values)

    def _take(self, probes: Flat, values: Flat) -> None:
        at_x = (probes["start"] == probes["stop"]).nonzero()[0]
        if at_x.size:
            self._at_x = float(values[at_x[0]]) if math.isnan(self._at_x) else self._at_x
            if at_x.size == len(probes):
                return
        single = along_one_coordinate(probes)
        if self._x.size <= KEPT_WHOLE or len(probes) < LARGE:
            if np.count_nonzero(single) == len(probes):
                self._rounds.append((probes["start"].copy(), probes["step"].copy(), values))
                return
            self._rounds.append((probes["start"][single], probes["step"][single], values[single]))

    @property
    def _sorted(self) -> list[tuple[Flat, Flat, Flat]]:
        self._sort()
        return self._rounds

    @property
    def x(self) -> Flat:
        """The coordinates that were checked, flat."""
        return self._x

    def x_at(self, index: int) -> float:
        """Return a coordinate of x by its flat index in the user's x."""
        return float(self._x[place_among(self._indices, index)])

    @property
    def value(self) -> float:
        """The value at x; NaN before it is known."""
        self._sort()
        return self._at_x

    @property
    def rounds(self) -> int:
        """The number of rounds of which values were kept."""
        return len(self._sorted)

    def first(self, rounds: int) -> tuple[Flat, Flat, Flat]:
        """Return the coordinates, steps and values kept of the first `rounds` rounds, concatenated."""
        kept = [(np.empty(0, np.int64), np.empty(0), np.empty(0)), *self._sorted[:rounds]]
        starts, steps, values = map(np.concatenate, zip(*kept, strict=True))
        return starts, steps, values

    def restore(self, value: float, starts: Flat, steps: Flat, values: Flat) -> None:
        """Replace everything by the values of an earlier run."""
        self._at_x, self._rounds, self._unsorted = value, [(starts, steps, values)], []

    def along(self, index: int) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
        """Return the value at x, and the steps and values along a coordinate in the order in which they were asked."""
        place = place_among(self._indices, index)
        found = [(starts == place, steps, values) for starts, steps, values in self._sorted]
        steps = [float(step) for chosen, steps, _ in found for step in steps[chosen]]
        values = [float(value) for chosen, _, values in found for value in values[chosen]]
        return self._at_x, tuple(steps), tuple(values)

    def ladder(self, index: int, noise: float) -> tuple[Rung, ...]:
        """Return the rungs of a coordinate, finest first."""
        sides: dict[float, dict[int, float]] = {}
        _, steps, values = self.along(index)
        for step, value in zip(steps, values, strict=True):
            sides.setdefault(abs(step), {})[1 if step > 0 else -1] = self._slope(index, step, value)
        return tuple(_rung(step, slopes, noise) for step, slopes in sorted(sides.items()))

    def _slope(self, index: int, step: float, value: float) -> float:
        here = self.x_at(index)
        taken = float(self._x.dtype.type(here + step)) - here
        return (value - self._at_x) / taken if taken and math.isfinite(value) else math.nan


def _rung(step: float, slopes: dict[int, float], noise: float) -> Rung:
    right, left = slopes.get(1, math.nan), slopes.get(-1, math.nan)
    return Rung(step, left, right, (left + right) / 2, right - left, NOISE_BAR * noise / step)


def fingerprint(rungs: Sequence[Rung], claimed: float) -> str:
    """Return the pattern of |slope - claimed| over the steps: one of the keys of `FINGERPRINTS`."""
    seen = [(one.step, abs(one.slope - claimed), one.error_bar) for one in rungs if math.isfinite(one.slope - claimed)]
    if len(seen) < 2:
        return UNCLEAR
    clear = [(step, error) for step, error, bar in seen if error > 2 * bar and error > 1e-5 * abs(claimed)]
    if not clear:
        return NOISE if any(error > 1e-5 * abs(claimed) for _, error, _ in seen) else NOTHING
    errors = [error for _, error in clear]
    finer = [(error, bar) for step, error, bar in seen if step < clear[0][0]]
    below = [error for error, bar in finer if bar < 0.25 * errors[0] and error < DROP * errors[0]]
    middle = len(errors) // 2
    if len(errors) == 1 or _flat(errors[: max(2, middle)]) or (len(errors) > 3 and _flat(errors[middle:])):
        # An error below the noise may or may not have dropped; one that is measured to be small has.
        drops = [*below, errors[0]] if len(errors) > 1 else below
        return KINK if drops and min(drops) < DROP * errors[middle] else FLAT
    return TRUNCATION if _falls(clear) else UNCLEAR


def meaning_of(pattern: str, cause: Cause) -> str:
    """Return what a pattern means for a coordinate of this cause: a wrong value has no excuse, a right one no bug."""
    looks = looks_of(pattern)
    if not cause.is_open and not cause.is_acceptable and pattern in EXCUSES:
        return f"{looks.rstrip('.')}, {NOT_EXCUSED}"
    return looks if cause.is_acceptable and pattern == FLAT else FINGERPRINTS[pattern]


def looks_of(pattern: str) -> str:
    """Return what a pattern looks like, whatever it means."""
    return f"{FINGERPRINTS[pattern].partition(':')[0].rstrip('.')}."


def _falls(clear: Sequence[tuple[float, float]]) -> bool:
    """Whether errors fall about in proportion to the steps or faster, as truncation errors do."""
    (small, least), (large, most) = clear[0], clear[-1]
    slope = math.log(most / least) / math.log(large / small)
    return slope >= 0.7 and all(after >= before for (_, before), (_, after) in itertools.pairwise(clear))


def _flat(errors: Sequence[float]) -> bool:
    """Whether errors are equal, apart from what truncation or a kink at one end of the ladder adds."""
    return max(errors) <= 1.5 * min(errors)
