"""The answers of a shard to the questions of a check."""

from __future__ import annotations

import math

import numpy as np

from ..core.machine.line_scales import MOST_ALONE
from ..core.machine.line_start import MOST_UNFIT
from ..core.points.directions import ABOVE_FLOOR, WINDOW
from ..evaluators.lines import windows
from ..problem.numbers import Flat
from .question import Opening, Overview, Part, Question, Sums
from .slopes import Coordinates, sampled


class Holding(Coordinates):
    """The coordinates of a shard, which answers for them."""

    def answer(self, question: Question) -> object:
        """Return the answer to a question."""
        return getattr(self, question.kind)(*question.given)

    def opening(self) -> Opening:
        """Say where the shard lies, and how large x is in its windows."""
        first = -(-self.start // WINDOW)
        last = max(first, self.stop // WINDOW)
        begin, end = (min(one * WINDOW - self.start, self.x.size) for one in (first, last))
        whole = self.x[begin:end]
        sizes = windows(whole) if whole.size else np.empty(0)
        # The library takes what is typical of the others for a window of zeros.
        sizes[~whole.reshape(-1, WINDOW).any(axis=1)] = 0.0
        is_float32, ends = self.x.dtype == np.float32, (np.array(self.x[:begin]), np.array(self.x[end:]))
        return Opening(self.start, self.stop, bool(is_float32), sizes, first, *ends)

    def sizes_are(self, sizes: Flat) -> None:
        """Take the sizes of all windows of x, and keep those of its own."""
        self.sizes = np.array(sizes[self.start // WINDOW : -(-self.stop // WINDOW)])

    def overview(self) -> Overview:
        """Say what of x and of the claim is not as usual."""
        unfit, zeros, in_float32 = 0, 0, True
        first: list[int] = []
        not_finite: list[int] = []
        for piece in self.every():
            if not math.isfinite(piece.claimed.sum()):
                bad = np.flatnonzero(~np.isfinite(piece.claimed))
                first += (piece.start + bad[: MOST_UNFIT - len(first)]).tolist()
                unfit += bad.size
            if not (not_finite or math.isfinite(piece.x.sum()) or np.isfinite(piece.x).all()):
                not_finite.append(piece.start + int(np.argmin(np.isfinite(piece.x))))
            zeros += piece.x.size - int(np.count_nonzero(piece.x))
            if in_float32 and self.claimed.dtype != np.float32:
                with np.errstate(all="ignore"):
                    in_float32 = bool((piece.claimed == piece.claimed.astype(np.float32)).all())
        return Overview(self.start, tuple(not_finite), unfit, tuple(first), zeros, in_float32)

    def slopes(self, parts: tuple[Part, ...]) -> list[Sums]:
        """Return the sums of the claimed slopes of parts of x, in their scales."""
        return [self.sums(part, slopes=True) for part in parts]

    def scales(self, part: Part) -> Sums:
        """Return the sums of the scales of a part of x."""
        return self.sums(part, slopes=False)

    def sample(self, n: int, scales: int, floor: float) -> Flat:
        """Return the slopes of coordinates at equal distances in all of x, as the core chooses them; those above 0."""
        indices = sampled(n, self.start, self.stop).tolist()
        found = [piece.slopes(scales, floor).reshape(-1) for one in indices for piece in self.pieces(one, one + 1)]
        every = np.concatenate(found) if found else np.empty(0)
        return every[every > 0.0]

    def small(self, floor: float, norm: float) -> list[int]:
        """Return the first coordinates whose slopes, above the floor of their windows, are larger than a norm."""
        found: list[int] = []
        for piece in self.every():
            large = np.flatnonzero(piece.slopes(ABOVE_FLOOR, floor) > norm)
            found += (piece.start + large[: MOST_ALONE - len(found)]).tolist()
        return found

    def zeros(self, wanted: tuple[int, ...], before: dict[int, int]) -> list[int]:
        """Return some of the coordinates that are exactly 0, by their numbers among all of these.

        Before those of each shard, by its start, there are so many.
        """
        found, seen = [], before[self.start]
        for piece in self.every():
            zeros = piece.start + np.flatnonzero(piece.x == 0.0)
            found += [int(zeros[one - seen]) for one in wanted if seen <= one < seen + zeros.size]
            seen += zeros.size
        return found

    def values(self, index: int) -> tuple[float, float] | None:
        """Return a coordinate and its claim; None where another shard holds it."""
        if not self.start <= index < self.stop:
            return None
        place = index - self.start
        return float(self.x[place]), float(self.claimed[place])
