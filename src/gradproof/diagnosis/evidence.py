"""What is known of one named array: claims, slopes and their bars, and which claims are wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..problem.nodes import Leaf
from ..problem.numbers import Flat
from ..problem.structure import Layout
from ..report.cause import Cause
from ..report.finding import Finding
from ..report.records import Record, resolutions_of

# Bars are bounds; a little more allows for the rounding of what is computed from them.
MARGIN = 1.5
# A sum of slopes is 0 if it is known to be less than this part of the sum of their sizes.
NOTHING = 1e-3
# Claims this many times a slope have bars that say nothing about it; slopes are known to this part of them at best.
FAR, NEARLY = 1e4, 1e-5


class Evidence(NamedTuple):
    """One named array in a report, or what is known of it.

    All vectors have one value for each coordinate of `places`.

    Attributes
    ----------
    name
        The name of the array.
    shape
        Its shape; a vector if only some of its coordinates were checked.
    start
        Where it begins among the coordinates that were checked.
    places
        Which of these coordinates are meant, sorted: all of the array, or those that were looked at along lines.
    x, claimed
        The point and the claims.
    slope
        The measured slopes; where a claim agrees, the claim itself stands for it.
    bar
        By how much a slope may be off.
    known
        Whether a coordinate was decided, and has no kink.
    wrong
        Whether its claim is wrong.
    claims
        The claims of the whole array, one after the other; None where nobody holds them all.
    is_complex
        Whether the last axis of the shape holds real and imaginary parts.
    element
        Names a coordinate where its index in this array does not: the user has given it a name, or only some of the
        array are checked.  None where the index is its name.
    """

    name: str
    shape: tuple[int, ...]
    start: int
    places: Flat
    x: Flat
    claimed: Flat
    slope: Flat
    bar: Flat
    known: Flat
    wrong: Flat
    claims: Flat | None = None
    is_complex: bool = False
    element: Callable[[int], str] | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every coordinate of the array is known."""
        return len(self.places) == math.prod(self.shape) and bool(self.known.all())

    @property
    def ignores_size(self) -> bool:
        """Whether f does not change where all of the array grows by a factor, although its slopes are not 0."""
        return self.is_complete and _cancel(self.slope * self.x, self.bar * np.abs(self.x))

    @property
    def ignores_shift(self) -> bool:
        """Whether f does not change where the same is added to all of the array, although its slopes are not 0."""
        return self.is_complete and _cancel(self.slope, self.bar)

    @property
    def ignores_shifts(self) -> bool:
        """Whether f does not change where the same is added all along the first axis, at any index of the others."""
        if not self.is_complete or len(self.shape) < 2:
            return False
        slope, bar = self.shaped(self.slope), self.shaped(self.bar)
        total, allowed = np.abs(slope.sum(axis=0)), MARGIN * bar.sum(axis=0)
        return bool(np.all(total <= allowed + NOTHING * np.abs(slope).sum(axis=0)))

    def part(self, mask: Flat) -> Evidence:
        """Return the evidence of some coordinates alone."""
        vectors = (self.places, self.x, self.claimed, self.slope, self.bar, self.known, self.wrong)
        places, x, claimed, slope, bar, known, wrong = (each[mask] for each in vectors)
        return self._replace(
            places=places, x=x, claimed=claimed, slope=slope, bar=bar, known=known, wrong=wrong, claims=None
        )

    def entry(self, place: int) -> str:
        """Return the index of a coordinate in the array, in brackets, or its name where that is another."""
        if self.element is not None:
            return self.element(self.start + place)
        return f"[{', '.join(str(int(one)) for one in np.unravel_index(place, self.shape))}]"

    def with_scaled_bars(self, times: float) -> Evidence:
        """Return the evidence with bars that are so many times as wide."""
        return self if times == 1.0 else self._replace(bar=self.bar * times)

    def with_widest_bars(self) -> Evidence:
        """Return the evidence with the widest bar of all wrong claims for each: noise of f may hide from some pairs."""
        return self._replace(bar=np.maximum(self.bar, np.max(self.bar[self.wrong], initial=0.0)))

    def is_wrong_within(self, times: float) -> bool:
        """Whether most wrong claims are far from their slopes even with bars that are so many times as wide."""
        far = (np.abs(self.error) > 2.0 * MARGIN * times * self.bar)[self.wrong & np.isfinite(self.claimed)]
        return times <= 1.0 or 2 * int(np.count_nonzero(far)) > len(far)

    @property
    def error(self) -> Flat:
        """What is wrong: claim minus slope."""
        with np.errstate(all="ignore"):
            off: Flat = self.claimed - self.slope
        return off

    def shaped(self, values: Flat) -> Flat:
        """Return one value for each coordinate in the shape of the array, all of which must be there."""
        array: Flat = values.reshape(self.shape)
        return array


def _cancel(terms: Flat, bars: Flat) -> bool:
    """Whether terms that are not 0 add up to 0, as far as they are known."""
    return abs(float(np.sum(terms))) <= MARGIN * float(np.sum(bars)) < NOTHING * float(np.sum(np.abs(terms)))


def evidence_of(report: Record, every: bool = False) -> Iterator[Evidence]:
    """Yield the evidence of each named array that has a wrong coordinate, or of every one."""
    layout = report._evidence.layout
    alone = [one for one in report.findings if not one.is_line and one.output < 0]
    places = _looked_at(report, alone)
    found = _measured(report, places, alone)
    names = _names(layout)
    for leaf in layout.leaves:
        low, high = np.searchsorted(places, (leaf.start, leaf.stop))
        part = slice(int(low), int(high))
        if every or found.wrong[part].any():
            vectors: Iterator[Any] = (each[part] for each in found[3:10])
            one = Evidence(layout.title_of(leaf), _shape(leaf), leaf.start, *vectors)
            yield one._replace(
                claims=_claims(report, leaf),
                is_complex=leaf.is_complex and one.shape == (*leaf.shape, 2),
                element=names(leaf),
            )


def _looked_at(report: Record, alone: Sequence[Finding]) -> Flat:
    """Return which coordinates were looked at one by one, among those that were checked, sorted."""
    if report.power is None:
        return np.arange(report.n)
    layout = report._evidence.layout
    indices = {*report.sampled.tolist(), *(one.index for one in alone)}
    return np.array(sorted(layout.place(index) for index in indices), np.int64)


def _measured(report: Record, every: Flat, alone: Sequence[Finding]) -> Evidence:
    """Return what is known of these coordinates, whatever array they belong to."""
    kept = report._evidence
    claimed = np.asarray(kept.claimed[every], np.float64)
    slope, bar = claimed.copy(), np.zeros(len(every))
    known, wrong = np.ones(len(every), bool), np.zeros(len(every), bool)
    if report.power is None:
        resolutions = resolutions_of(report)
        known = np.isfinite(resolutions)
        bar[known] = resolutions[known]
    at = np.searchsorted(every, [kept.layout.place(one.index) for one in alone])
    for place, one in zip(at, alone, strict=True):
        slope[place], bar[place] = one.slope, one.error_bar
        known[place] = one.cause is Cause.WRONG and not one.has_kink and math.isfinite(one.slope)
        wrong[place] = known[place]
    bar = _narrowed(bar, every, alone, kept.layout)
    return Evidence("", (), 0, every, np.asarray(kept.values.x[every], np.float64), claimed, slope, bar, known, wrong)


def _narrowed(bar: Flat, every: Flat, alone: Sequence[Finding], layout: Layout) -> Flat:
    """Return bars in which those that only had to tell a slope from a claim very far away are as the slopes tell.

    Such a bar grows with the claim.  The slopes to the left and to the right of x differ by what a slope may be off,
    and sometimes by nothing: the largest such difference in an array stands for all of it.
    """
    far = [one for one in alone if one.error_bar > abs(one.slope) > 0.0 and abs(one.claimed) > FAR * abs(one.slope)]
    apart = {layout.leaf_of(layout.place(one.index)).start: 0.0 for one in far}
    for one in far:
        start = layout.leaf_of(layout.place(one.index)).start
        apart[start] = max(apart[start], abs(one.left - one.right), NEARLY * abs(one.slope))
    narrower: Flat = bar.copy()
    for one in far:
        place = layout.place(one.index)
        width = apart[layout.leaf_of(place).start]
        if width < one.error_bar:
            narrower[np.searchsorted(every, place)] = width
    return narrower


def _claims(report: Record, leaf: Leaf) -> Flat | None:
    claimed, count = report._evidence.claimed, leaf.stop - leaf.start
    if isinstance(claimed, np.ndarray):
        return claimed[leaf.start : leaf.stop]
    return None if count_of_claims(report, leaf) else np.broadcast_to(0.0, (count,))


def count_of_claims(report: Record, leaf: Leaf) -> int:
    """Return how many claims of an array are not 0; in shards all of them, if any is."""
    claimed = report._evidence.claimed
    if isinstance(claimed, np.ndarray):
        return int(np.count_nonzero(claimed[leaf.start : leaf.stop]))
    norms = {} if report.power is None else {one.name: one.norm for one in report.power.blocks}
    return 0 if norms.get(leaf.path) == 0.0 else leaf.stop - leaf.start


def _names(layout: Layout) -> Callable[[Leaf], Callable[[int], str] | None]:
    """Return for an array the function that names its coordinates; None if their indices do."""
    whole = layout.whole()
    every = layout if whole is None else whole[0]
    # Once for all arrays: there may be many.
    sizes = {one.path: one.stop - one.start for one in every.leaves}
    return lambda leaf: layout.name if every.names or sizes[leaf.path] > leaf.stop - leaf.start else None


def _shape(leaf: Leaf) -> tuple[int, ...]:
    """Return the shape of an array by coordinates; a vector if only some of them were checked."""
    shape = (*leaf.shape, 2) if leaf.is_complex else leaf.shape
    count = leaf.stop - leaf.start
    return shape if math.prod(shape) == count else (count,)


def along_axis(shape: tuple[int, ...], axis: int) -> str:
    """Return along which axis of an array something is, to be added to what it is; "" where there is but one."""
    return f" along axis {axis}" if len(shape) > 1 else ""


def between(low: float, high: float) -> str:
    """Return the shortest number between two."""
    middle = (low + high) / 2.0
    texts = (f"{middle:.{digits}g}" for digits in range(1, 18))
    return next((text for text in texts if low <= float(text) < high), f"{middle!r}")
