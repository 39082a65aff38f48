"""Long random lines by operations of PyTorch, on the device where the coordinates are: the hash of the core.

Integers of 32 bits are held in 64: products wrap around as in C, and the lower half of them is right.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...core.points import directions
from ...core.points.directions import HALF_WINDOW, SCALES_UNIT, SMALLEST_PARTS, WINDOW, WINDOW_BITS, scales_of

LOW_32_BITS = 0xFFFFFFFF
# The constants of the core as integers with a sign, as PyTorch has them.
GOLDEN, FIRST_FACTOR, SECOND_FACTOR = (
    int(np.uint64(one).astype(np.int64))
    for one in (directions.GOLDEN, directions.FIRST_FACTOR, directions.SECOND_FACTOR)
)
PLACE_FACTOR, FIRST_FACTOR_32, SECOND_FACTOR_32 = (
    int(one) for one in (directions.PLACE_FACTOR, directions.FIRST_FACTOR_32, directions.SECOND_FACTOR_32)
)


class Step(NamedTuple):
    """What a probe on a long line says of every coordinate."""

    seed: int
    step: float
    floor: float
    scales: int  # which coordinates move, and how far
    aligned: bool

    @classmethod
    def of(cls, probe: Any) -> Step:
        """Return the step of a probe."""
        scales, aligned = divmod(int(probe["aligned"]), SCALES_UNIT)
        return cls(
            int(probe["seed"].astype(np.int64)), float(probe["step"]), float(probe["floor"]), scales, bool(aligned)
        )


def shifted(bits: Any, by: int) -> Any:
    """Return integers of 64 bits, shifted to the right as if they had no sign."""
    return (bits >> by) & ((1 << (64 - by)) - 1)


def mixed(seed: int, indices: Any) -> Any:
    """Return 64 bits that look random for a seed and each index: splitmix64, as `mixed` of the core."""
    bits = (indices + 1) * GOLDEN + seed
    bits = (bits ^ shifted(bits, 30)) * FIRST_FACTOR
    bits = (bits ^ shifted(bits, 27)) * SECOND_FACTOR
    return bits ^ shifted(bits, 31)


def signed_parts(torch: Any, seed: int, indices: Any) -> Any:
    """Return the signed parts of the magnitudes of some coordinates, as integers."""
    keys = mixed(seed, indices >> WINDOW_BITS)
    places = indices & (WINDOW - 1)
    bits = ((keys & LOW_32_BITS) + (places & (HALF_WINDOW - 1)) * PLACE_FACTOR) & LOW_32_BITS
    bits = ((bits ^ (bits >> 16)) * FIRST_FACTOR_32) & LOW_32_BITS
    bits = ((bits ^ (bits >> 15) ^ shifted(keys, 32)) * SECOND_FACTOR_32) & LOW_32_BITS
    bits = bits ^ (bits >> 16)
    halves = torch.where(places >= HALF_WINDOW, bits >> 16, bits & 0xFFFF)
    parts = (halves >> 1) + int(SMALLEST_PARTS)
    return torch.where(halves & 1 == 1, parts, -parts)


def scales(torch: Any, x: Any, sizes: Any, kind: int, floor: float) -> Any:
    """Return the scales of coordinates, by the typical sizes of their windows; all in float64."""
    of_one, least = scales_of(kind, 1.0), floor * sizes
    size = x.abs()
    scale = torch.maximum(size, of_one.least * least) * of_one.share
    return torch.where(size > 0.0, scale, of_one.at_zero * least)


def moved(torch: Any, x: Any, claimed: Any, sizes: Any, indices: Any, step: Step) -> Any:
    """Return coordinates, in float64, after a step along a long line.

    Parameters
    ----------
    torch
        PyTorch.
    x, claimed, sizes
        The coordinates, their claims, and the typical sizes of their windows, in float64.
    indices
        Their numbers in all of x.
    step
        What the probe says.
    """
    parts = signed_parts(torch, step.seed, indices).double()
    if step.aligned:
        own = parts.abs()
        parts = torch.where(claimed > 0.0, own, torch.where(claimed < 0.0, -own, parts))
    return x + parts * (step.step * directions.FRACTION) * scales(torch, x, sizes, step.scales, step.floor)
