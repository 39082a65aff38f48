"""What a check found in each named array of x."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...problem.nodes import Leaf
from ...problem.numbers import Flat, in_x
from ..cause import Cause
from ..records import Record, resolutions_of
from ..text.figures import short

if TYPE_CHECKING:
    from ..explanation import Explanation
    from ..finding import Finding
    from ..power import BlockPower

# Error bars are bounds; a little more allows for the rounding of what is computed from them.
MARGIN = 1.5


@dataclass(frozen=True)
class ArrayReport:
    """What a check found in one named array; counts are numbers of coordinates.

    Attributes
    ----------
    name : str
        The name of the array.
    shape : tuple of int
        Its shape; a vector of those that were checked if some were held.
    n : int
        How many coordinates were checked, a complex number being two.
    wrong, kinks, undecided, untested, right : int
        How many are wrong, have a kink at or near x, could not be decided, were not tested by themselves, and are
        right.  Along lines everything is right if the verdict is; otherwise only what was tested one by one.
    factor : float
        The common factor of claimed over measured slopes of what is wrong, if there is one.  Along lines, the claimed
        slope of the array along its own claimed gradient, over the measured one: 1 where that is right.  Else NaN.
    factor_bar : float
        Its error bar.
    unseen : bool
        Whether an error of a factor of 2 could have passed unseen: in a coordinate of the array, or along lines in all
        of it.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> p = {"W": np.ones((2, 2)), "b": np.array([0.5, 1.0])}
    >>> report = check(lambda p: np.sum(p["W"] ** 2) + np.sum(np.exp(p["b"])), {"W": p["W"], "b": np.exp(p["b"])}, p)
    >>> for array in report.arrays:
    ...     print(array)
    W: 4 of 4 wrong, claimed = 0.5 × slope
    b: right
    """

    name: str
    shape: tuple[int, ...]
    n: int
    wrong: int
    kinks: int
    undecided: int
    untested: int
    right: int
    factor: float
    factor_bar: float
    unseen: bool

    @property
    def is_right(self) -> bool:
        """Whether every coordinate is right, and none could be off by a factor of 2 unseen.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> [array.is_right for array in check(np.sum, np.ones(3), np.zeros(3)).arrays]
        [True]
        """
        return self.right == self.n and not self.unseen

    def __str__(self) -> str:
        if self.is_right:
            return f"{self.name}: right"
        counts = ((self.wrong, "wrong"), (self.undecided, "undecided"))
        told = [f"{count:,} of {self.n:,} {what}" for count, what in counts if count]
        # Lines that measured the factor of an array went through all of it.
        alone = " alone" if math.isfinite(self.factor) else ""
        along = " along its claim" if self.untested else ""
        if self.untested == self.n:
            told.append(f"none of {self.n:,} tested{alone}")
        elif self.untested:
            told.append(f"{self.untested:,} of {self.n:,} not tested{alone}")
        if math.isfinite(self.factor):
            agrees = abs(self.factor - 1.0) <= self.factor_bar
            right = f"right along its claim, to {short(self.factor_bar)} or better"
            told.append(right if agrees else f"claimed = {self.factor:.6g} × slope{along}")
        if self.unseen and not self.untested:
            told.append("a factor of 2 could have passed unseen")
        return f"{self.name}: {', '.join(told)}"


def arrays_of(report: Record) -> tuple[ArrayReport, ...]:
    """Return what was found in each named array, in the order of x."""
    layout, found = report._evidence.layout, _findings_by_leaf(report)
    leaves = layout.arrays
    power = report.power
    blocks = {} if power is None else {one.name: one for one in power.blocks}
    unseen = frozenset(() if power is None else power.unseen)
    return tuple(_array(report, leaf, found.get(leaf.start, []), blocks, unseen) for leaf in leaves)


def _findings_by_leaf(report: Record) -> dict[int, list[Finding]]:
    """Return the findings by the place where the array begins that holds all of their coordinates."""
    layout = report._evidence.layout
    found: dict[int, list[Finding]] = {}
    for one in report.findings:
        leaf = layout.leaf_of(layout.place(one.start))
        if not one.is_line or layout.place(one.stop - 1) < leaf.stop:
            found.setdefault(leaf.start, []).append(one)
    return found


def _array(
    report: Record, leaf: Leaf, found: Sequence[Finding], blocks: Mapping[str, BlockPower], hidden: Collection[str]
) -> ArrayReport:
    layout, n = report._evidence.layout, leaf.stop - leaf.start
    low, high = (int(in_x(layout.indices, place)) for place in (leaf.start, leaf.stop - 1))
    wrong, kinks = (_between(each, low, high) for each in (report.wrong, report.kinks))
    bad = report.wrong[slice(*np.searchsorted(report.wrong, (low, high + 1)))].tolist()
    open_ones = {one.index for one in found if not one.is_line and one.cause.is_open} - set(bad)
    undecided = len(open_ones)
    if report.power is None:
        part = resolutions_of(report)[leaf.start : leaf.stop]
        known = np.asarray(report._evidence.claimed[leaf.start : leaf.stop])
        # Without a resolution: not tested, or undecided; of many undecided ones only some have findings.
        nothing = max(int(np.isnan(part).sum()) - sum(math.isnan(report.resolutions[index]) for index in open_ones), 0)
        undecided, untested = (undecided, nothing) if report.untested else (undecided + nothing, 0)
        with np.errstate(invalid="ignore"):
            unseen = bool(
                np.any((part > np.abs(known)) & (known != 0) & ~_told(layout.indices, leaf, [*bad, *open_ones]))
            )
    else:
        tested = _between(report.sampled, low, high)
        is_right = report.verdict == "right"
        untested = 0 if is_right else n - max(tested, wrong + undecided)
        unseen = (leaf.path in hidden) if blocks else bool(report.unseen)
        unseen = unseen and (is_right or untested > 0)
    right = n - wrong - undecided - untested
    name = layout.title_of(leaf)
    factor, bar = _factor(found)
    if leaf.path in blocks and not math.isfinite(factor):
        factor, bar = _along_its_claim(blocks[leaf.path])
    elif report.power is None:
        factor = next((one.number for one in report.explanations if _is_same_factor(one, name, factor, bar)), factor)
    return ArrayReport(name, leaf.shape, n, wrong, kinks, undecided, untested, right, factor, bar, unseen)


def _along_its_claim(block: BlockPower) -> tuple[float, float]:
    """Return the factor of an array along its own claim, and its bar; NaN where it says nothing."""
    from ..power import has_ratio  # which is there: the report has a power

    return (block.ratio, block.ratio_bar) if has_ratio(block) else (math.nan, math.nan)


def _told(indices: Flat | None, leaf: Leaf, bad: Sequence[int]) -> Flat:
    """Return for each coordinate of an array whether its claim is wrong or open."""
    mask = np.zeros(leaf.stop - leaf.start, bool)
    every = np.array(bad, np.int64)
    mask[(every if indices is None else np.searchsorted(indices, every)) - leaf.start] = True
    return mask


def _between(sorted_indices: Flat, low: int, high: int) -> int:
    first, last = np.searchsorted(sorted_indices, (low, high + 1))
    return int(last - first)


# ---- The common factor -----------------------------------------------------------------------------------------------


def factors_of(report: Record) -> dict[str, tuple[float, float]]:
    """Return the common factor of what is wrong in each named array, with its error bar; NaN where there is none."""
    layout = report._evidence.layout
    return {
        layout.title_of(layout.leaf_of(start)): _factor(found) for start, found in _findings_by_leaf(report).items()
    }


def is_common(line: Finding, report: Record) -> bool:
    """Return whether the factor along the claim through all of x is that of each array, too, as far as it is known.

    Parameters
    ----------
    line
        The finding of that line, which has a factor whatever the errors are.
    report
        The report that has it.
    """
    # Imported on use: only checks along lines know factors.
    from ..power import has_ratio

    known = () if report.power is None else filter(has_ratio, report.power.blocks)
    allowed = line.factor_bar + report.rtol * abs(line.factor)
    return all(abs(one.ratio - line.factor) <= one.ratio_bar + allowed for one in known)


def _is_same_factor(one: Explanation, name: str, factor: float, bar: float) -> bool:
    """Whether an explanation is the factor of an array: it knows it better."""
    return one.kind == "factor" and name in one.names and abs(one.number - factor) <= bar


def _factor(found: Sequence[Finding]) -> tuple[float, float]:
    """Return the common factor of what is wrong in an array and its error bar; NaN where there is none."""
    wrong = [one for one in found if one.cause is Cause.WRONG and one.output < 0]
    along = [one for one in wrong if one.is_line and math.isfinite(one.factor)]
    if along:
        return along[0].factor, along[0].factor_bar
    alone = [one for one in wrong if not one.is_line]
    # Of a single one of several coordinates, a factor is no pattern.
    if len(alone) < 2 or not all(math.isfinite(one.claimed) and one.partner < 0 for one in alone):
        return math.nan, math.nan
    ranges = list(_ranges(alone))
    low, high = max((each[0] for each in ranges), default=1.0), min((each[1] for each in ranges), default=1.0)
    middle, bar = (low + high) / 2, (high - low) / 2
    is_one = len(ranges) == len(alone) and low <= high and bar < abs(middle - 1.0)
    return (middle, bar) if is_one else (math.nan, math.nan)


def _ranges(alone: Sequence[Finding]) -> Iterator[tuple[float, float]]:
    """Yield for each coordinate the range of claimed over true slope; nothing where the slope may be 0."""
    for one in alone:
        bar = max(MARGIN * one.error_bar, math.ulp(one.slope) if math.isfinite(one.slope) else math.inf)
        if bar < abs(one.slope):
            ends = one.claimed / (one.slope - bar), one.claimed / (one.slope + bar)
            yield min(ends), max(ends)
