"""All shards: their answers, combined as if x lay in one place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.lines.norms import Measures
from ..core.machine.line_scales import MOST_ALONE
from ..core.machine.line_start import MOST_UNFIT
from ..core.points.directions import WINDOW, typical_size, window_count
from ..evaluators.lines import windows
from ..problem.numbers import Flat
from ..report.formats.known import FewNumbers
from .question import Opening, Overview, Part, Question
from .slopes import joined, norm_of

Everywhere = Callable[[Question], Any]


class AllShards:
    """The coordinates of all shards: asks them questions, and combines their answers.

    Parameters
    ----------
    n
        The number of coordinates of all shards.
    everywhere
        Asks every shard a question, and returns the answers in the order of the shards.
    blocks
        Where the named blocks begin and end.
    """

    def __init__(self, n: int, everywhere: Everywhere, blocks: Sequence[tuple[int, int]] = ()) -> None:
        self.n = n
        self.blocks = blocks
        self._everywhere = everywhere
        openings = sorted(self.ask("opening"), key=lambda one: one.start)
        _refuse_gaps(openings, n)
        self.dtype = np.dtype(np.float32 if openings[0].is_float32 else np.float64)
        self.sizes = _sizes_of(openings, n, self.dtype)
        self.typical = typical_of(self.sizes)
        self.empty_size = self.typical if (self.sizes == 0.0).any() else 0.0
        self.sizes[self.sizes == 0.0] = self.typical
        self.opening = Question("sizes_are", (self.sizes,))
        self._everywhere(self.opening)
        # In the order of their coordinates.
        self._overviews: list[Overview] = sorted(self.ask("overview"))
        self._values: dict[int, tuple[float, float]] = {}
        self._measured: dict[Part, Measures] = {}

    def ask(self, kind: str, *given: Any) -> list[Any]:
        """Return what every shard answers."""
        answers = list(self._everywhere(Question(kind, given)))
        if not answers:
            raise ValueError("no shard answered: what asks them must return a list of their answers")
        return answers

    @property
    def overview(self) -> Overview:
        """What of x and of the claim is not as usual."""
        every = self._overviews
        return Overview(
            0,
            tuple(index for one in every for index in one.not_finite)[:1],
            sum(one.unfit for one in every),
            tuple(sorted(index for one in every for index in one.first_unfit))[:MOST_UNFIT],
            sum(one.zeros for one in every),
            all(one.in_float32 for one in every),
        )

    def measures(self, part: Part) -> Measures:
        """Return the norm, the sum and the largest one of the claimed slopes of a part of x."""
        if part not in self._measured:
            # The named blocks are asked for together.
            whole = part.start == 0 and part.stop == self.n
            parts = (part, *(part._replace(start=start, stop=stop) for start, stop in self.blocks if whole))
            for one, *sums in zip(parts, *self.ask("slopes", parts), strict=True):
                every = joined(sums)
                self._measured[one] = Measures(norm_of(every), every.total, every.largest)
        return self._measured[part]

    def scales(self, part: Part) -> tuple[float, float]:
        """Return the norm and the sum of the scales of a part of x."""
        sums = joined(self.ask("scales", part))
        return norm_of(sums), sums.total

    def median(self, scales: int, floor: float) -> float:
        """Return the median of the slopes of a sample that are not 0; 0 where there is none."""
        slopes = np.sort(np.concatenate(self.ask("sample", self.n, scales, floor)))
        return float(slopes[slopes.size // 2]) if slopes.size else 0.0

    def small(self, floor: float, norm: float) -> list[int]:
        """Return the first coordinates whose slopes are larger than a norm."""
        return sorted(index for found in self.ask("small", floor, norm) for index in found)[:MOST_ALONE]

    def zeros(self, most: int) -> list[int]:
        """Return the coordinates that are exactly 0, or so many of them, at equal distances."""
        count = self.overview.zeros
        many = tuple(-(-part * count // most) for part in range(most))
        wanted = tuple(range(count)) if count <= most else many
        before, seen = {}, 0
        for one in self._overviews:
            before[one.start] = seen
            seen += one.zeros
        answers = self.ask("zeros", wanted, before)
        return sorted(index for found in answers for index in found)

    def value(self, index: int) -> tuple[float, float]:
        """Return a coordinate and its claim."""
        if index not in self._values:
            self._values[index] = next(one for one in self.ask("values", index) if one is not None)
        return self._values[index]

    def known(self, which: int) -> Any:
        """Return the numbers of x, or of the claim, that the check has looked at one by one."""
        few = {index: values[which] for index, values in self._values.items()}
        return FewNumbers(self.n, few, self.dtype.name)


class Absent:
    """A vector that lies in shards: the core reads single coordinates of it, and asks for the rest in other ways."""

    def __init__(self, all_shards: AllShards, which: int) -> None:
        self.all_shards = all_shards
        self.dtype = all_shards.dtype
        self._which = which

    def __getitem__(self, index: int) -> float:
        """Return a coordinate, of x or of the claim."""
        return self.all_shards.value(int(index))[self._which]


def typical_of(sizes: Flat) -> float:
    """Return the root mean square of sizes, to the bit as the core has it: its sum goes from the first to the last."""
    if sizes.size <= WINDOW:
        return float(typical_size(sizes, sizes.size))
    largest = float(sizes.max())
    if largest == 0.0:
        return 1.0
    size = largest * math.sqrt(np.cumsum((sizes / largest) ** 2)[-1] / sizes.size)
    return size if size > 0.0 else largest


def _refuse_gaps(openings: list[Opening], n: int) -> None:
    """Raise a ValueError unless the shards hold every coordinate once, and all in one arithmetic."""
    ends = [0, *(one.stop for one in openings)]
    for one, end in zip(openings, ends, strict=False):
        if one.start != end:
            what = "are held twice" if one.start < end else "are held by no shard"
            raise ValueError(f"coordinates from {min(one.start, end)} to {max(one.start, end) - 1} {what}")
    if ends[-1] != n:
        raise ValueError(f"the shards hold {ends[-1]} coordinates, but n is {n}")
    if len({one.is_float32 for one in openings}) > 1:
        raise TypeError("some shards hold float32, some float64: convert them to one type")


def _sizes_of(openings: list[Opening], n: int, dtype: Any) -> Flat:
    """Return the typical size of x in every window; 0 for a window of zeros."""
    sizes = np.zeros(window_count(n))
    shared: dict[int, list[Flat]] = {}
    for one in openings:
        sizes[one.first : one.first + one.sizes.size] = one.sizes
        for values, window in ((one.head, one.start // WINDOW), (one.tail, (one.stop - 1) // WINDOW)):
            if values.size:
                shared.setdefault(window, []).append(values)
    for window, parts in shared.items():
        values = np.concatenate(parts).astype(dtype, copy=False)
        sizes[window] = windows(values)[0] if values.any() else 0.0
    return sizes
