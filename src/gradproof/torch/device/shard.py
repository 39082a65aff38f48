"""A shard whose coordinates are a tensor, on whatever device: nothing but a few numbers leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ...core.machine.line_scales import MOST_ALONE
from ...core.machine.line_start import MOST_UNFIT
from ...core.points.directions import ABOVE_FLOOR, WINDOW, WINDOW_BITS
from ...problem.numbers import Flat
from ...shards.question import Opening, Overview, Part, Question, Sums
from ...shards.slopes import joined, moves_of, sampled
from .hashing import Step, moved, scales

# Coordinates that are looked at in one go: enough to keep a device busy, and little memory beside them.
PIECE = 1 << 20


class Piece(NamedTuple):
    """Some neighbouring coordinates, their claims and the sizes of their windows in float64, and their numbers."""

    x: Any
    claimed: Any
    sizes: Any
    indices: Any


class TensorShard:
    """The coordinates from `start` on, which are the elements of a tensor; it is moved where it is.

    Parameters
    ----------
    torch
        PyTorch.
    tensor
        The tensor, float32 or float64.
    claimed
        The claimed gradient, like the tensor.
    start
        The number of its first element in all of x.
    """

    def __init__(self, torch: Any, tensor: Any, claimed: Any, start: int) -> None:
        self._torch = torch
        self._tensor = tensor.detach()
        self._x = tensor.detach().clone(memory_format=torch.contiguous_format).reshape(-1)
        self._claimed = claimed.detach().to(tensor.dtype).reshape(-1)
        self.start, self.stop = start, start + self._x.numel()
        # The elements of the tensor itself, in order; where they lie in another one, of a copy.
        self._is_in_order = self._tensor.is_contiguous()
        self._target = self._tensor.view(-1) if self._is_in_order else self._x.clone()
        self._moved = slice(0, 0)
        self._sizes: Any = None

    def answer(self, question: Question) -> Any:
        """Answer a question of the check, as `shards.holding.Holding` does."""
        return getattr(self, question.kind)(*question.given)

    def at(self, probe: Flat) -> float:
        """Move the tensor to a probe; return what of the predicted change lies in it."""
        start, stop = (min(max(int(probe[name]), self.start), self.stop) for name in ("start", "stop"))
        change = self._torch.zeros((), dtype=self._torch.float64, device=self._x.device)
        if not probe["floor"]:
            self._put_back()
            self._pair(probe)
        else:
            if not (start - self.start <= self._moved.start and self._moved.stop <= stop - self.start):
                self._put_back()
            self._moved = slice(start - self.start, stop - self.start)
            for first in range(start, stop, PIECE):
                change += self._move(Step.of(probe), first, min(first + PIECE, stop))
        self._write()
        return float(change)

    def restore(self) -> None:
        """Move the tensor back to where it was, bit for bit."""
        self._moved = slice(0, self._x.numel())
        self._put_back()
        self._write()

    def _put_back(self) -> None:
        self._target[self._moved] = self._x[self._moved]
        self._moved = slice(0, 0)

    def _write(self) -> None:
        if not self._is_in_order:
            self._tensor.copy_(self._target.view(self._tensor.shape))

    def _pair(self, probe: Flat) -> None:
        """Move one coordinate, or the two of a pair, as far as they are here."""
        own = moves_of(probe, self.start, self.stop)
        for place, by in own:
            self._target[place] = float(self._x[place]) + by
        self._moved = slice(own[0][0], own[-1][0] + 1) if own else slice(0, 0)

    def _move(self, step: Step, first: int, last: int) -> Any:
        piece, here = self._piece(first, last), slice(first - self.start, last - self.start)
        self._target[here] = moved(self._torch, *piece, step)
        return (piece.claimed * (self._target[here].double() - piece.x)).sum()

    def _piece(self, first: int, last: int) -> Piece:
        here = slice(first - self.start, last - self.start)
        indices = self._torch.arange(first, last, device=self._x.device)
        sizes = self._sizes[(indices >> WINDOW_BITS) - (self.start >> WINDOW_BITS)]
        return Piece(self._x[here].double(), self._claimed[here].double(), sizes, indices)

    def _pieces(self, start: int, stop: int) -> Iterator[Piece]:
        last = min(stop, self.stop)
        for first in range(max(start, self.start), last, PIECE):
            yield self._piece(first, min(first + PIECE, last))

    def opening(self) -> Opening:
        """Say where the shard lies, and how large x is in its windows."""
        first = -(-self.start // WINDOW)
        begin, end = (
            min(one * WINDOW - self.start, self._x.numel()) for one in (first, max(first, self.stop // WINDOW))
        )
        ends = (self._x[:begin].cpu().numpy(), self._x[end:].cpu().numpy())
        sizes = self._window_sizes(self._x[begin:end].view(-1, WINDOW)).cpu().numpy()
        return Opening(self.start, self.stop, self._x.dtype == self._torch.float32, sizes, first, *ends)

    def _window_sizes(self, windows: Any) -> Any:
        """Return the root mean square of each row, summed as the core does: in eight lanes, one after the other."""
        lanes = self._torch.zeros((len(windows), 8), dtype=self._torch.float64, device=windows.device)
        largest = windows.abs().amax(1).double()[:, None] if len(windows) else lanes[:, :1]
        for place in range(0, WINDOW, 8):
            lanes += windows[:, place : place + 8].double() ** 2
        a, b, c, d, e, f, g, h = lanes.unbind(1)
        squares = ((a + e) + (c + g)) + ((b + f) + (d + h))
        # Where squares overflow or underflow, in units of the largest value.
        scaled = (windows.double() / largest.clamp(min=5e-324)).square().sum(1)
        usual = (squares > 1e-290) & (squares < 1e290)
        rare = largest[:, 0] * (scaled / WINDOW).sqrt()
        return self._torch.where(usual, (squares / WINDOW).sqrt(), rare)

    def sizes_are(self, sizes: Flat) -> None:
        """Take the sizes of all windows of x, and keep those of its own."""
        own = sizes[self.start >> WINDOW_BITS : -(-self.stop // WINDOW)]
        self._sizes = self._torch.from_numpy(np.array(own)).to(self._x.device)

    def overview(self) -> Overview:
        """Say what of x and of the claim is not as usual."""
        not_finite, first = (
            (self.start + self._torch.nonzero(~one.isfinite()).reshape(-1)[:most]).tolist()
            for one, most in ((self._x, 1), (self._claimed, MOST_UNFIT))
        )
        unfit, zeros = int((~self._claimed.isfinite()).sum()), int((self._x == 0).sum())
        in_float32 = self._x.dtype == self._torch.float32 or bool((self._claimed.float() == self._claimed).all())
        return Overview(self.start, tuple(not_finite), unfit, tuple(first), zeros, in_float32)

    def slopes(self, parts: tuple[Part, ...]) -> list[Sums]:
        """Return the sums of the claimed slopes of parts of x, in their scales."""
        return [self._sums(part, slopes=True) for part in parts]

    def scales(self, part: Part) -> Sums:
        """Return the sums of the scales of a part of x."""
        return self._sums(part, slopes=False)

    def _sums(self, part: Part, *, slopes: bool) -> Sums:
        found = []
        for piece in self._pieces(part.start, part.stop):
            values = self._slopes(piece, part.scales, part.floor) if slopes else self._scales(piece, part)
            largest = float(values.nan_to_num(0.0, float("inf")).amax())
            usual = 0.0 < largest < float("inf")
            squares = float((values / largest).square().sum()) if usual else largest
            found.append(Sums(float(values.sum()), largest, squares))
        return joined(found)

    def _scales(self, piece: Piece, part: Part) -> Any:
        return scales(self._torch, piece.x, piece.sizes, part.scales, part.floor)

    def _slopes(self, piece: Piece, kind: int, floor: float) -> Any:
        return piece.claimed.abs() * scales(self._torch, piece.x, piece.sizes, kind, floor)

    def sample(self, n: int, kind: int, floor: float) -> Flat:
        """Return the slopes of coordinates at equal distances in all of x, as the core chooses them; those above 0."""
        own = self._torch.from_numpy(sampled(n, self.start, self.stop) - self.start)
        places = own.to(self._x.device)
        sizes = self._sizes[((places + self.start) >> WINDOW_BITS) - (self.start >> WINDOW_BITS)]
        piece = Piece(self._x[places].double(), self._claimed[places].double(), sizes, places)
        slopes: Flat = self._slopes(piece, kind, floor).cpu().numpy()
        return slopes[slopes > 0.0]

    def small(self, floor: float, norm: float) -> list[int]:
        """Return the first coordinates whose slopes, above the floor of their windows, are larger than a norm."""
        found: list[int] = []
        for piece in self._pieces(self.start, self.stop):
            large = piece.indices[self._slopes(piece, ABOVE_FLOOR, floor) > norm]
            found += large[: MOST_ALONE - len(found)].tolist()
        return found

    def zeros(self, wanted: tuple[int, ...], before: dict[int, int]) -> list[int]:
        """Return some of the coordinates that are exactly 0, by their numbers among all of these."""
        zeros = self._torch.nonzero(self._x == 0).reshape(-1)
        own = [one - before[self.start] for one in wanted]
        return [self.start + int(zeros[one]) for one in own if 0 <= one < len(zeros)]

    def values(self, index: int) -> tuple[float, float] | None:
        """Return a coordinate and its claim; None where another shard holds it."""
        if not self.start <= index < self.stop:
            return None
        return float(self._x[index - self.start]), float(self._claimed[index - self.start])
