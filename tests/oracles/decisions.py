"""The decisions of a check as its rules are written: about one pair, an interval, and finest steps in float32."""

from __future__ import annotations

import math
from typing import NamedTuple

RIGHT, WRONG, OPEN, CURVED = 1, -1, 0, 2


def about_a_pair(right: float, left: float, claimed: float, allowed: float, needed: float, noise: float) -> int:
    """Right: both sides within tolerance and noise.  Wrong: both sides flatly elsewhere, and together.

    Curved: only the middle of the two is within tolerance and noise.
    """
    if not all(map(math.isfinite, (right, left, claimed))) or allowed == 0 or noise > max(3 * allowed, needed):
        return OPEN
    off = [abs(side - claimed) for side in (right, left)]
    if max(off) <= allowed + noise:
        return RIGHT
    flat = min(off) > 10 * (allowed + noise) and abs(right - left) < 0.1 * min(off) and right != 0 != left
    if flat:
        return WRONG
    return CURVED if abs(left + (right - left) / 2 - claimed) <= allowed + noise else OPEN


class Evidence(NamedTuple):
    """What is known of a line: the interval of its slope, those of its sides and of its centered slope."""

    low: float
    high: float
    resolution: float
    right: tuple[float, float]
    left: tuple[float, float]
    centered: tuple[float, float]
    noise: float
    size: float


def about_a_line(known: Evidence, claimed: float, allowed: float) -> tuple[int, float]:
    """The decision, and the resolution that it has."""
    if not math.isfinite(known.high - known.low):
        return OPEN, known.resolution
    outside = max(known.low - claimed, claimed - known.high, 0.0)
    if outside <= allowed:
        return RIGHT, known.resolution
    low, high = min(known.right[0], known.left[0]), max(known.right[1], known.left[1])
    views = [(low, high), known.centered]
    hidden = 30 * known.noise > 1e-5 * known.size * outside
    if hidden and all(view[0] - allowed <= claimed <= view[1] + allowed for view in views):
        return RIGHT, max(known.resolution, (high - low) / 2)
    return (WRONG if outside > allowed + known.resolution / 2 else OPEN), known.resolution


class Slopes(NamedTuple):
    """The slopes of one step, and their noise bar."""

    right: float
    left: float
    noise: float


def finest_refute(pairs: list[Slopes], claimed: float, measured: float) -> bool:
    """Whether the finest steps that could see the error do: those with noise below half of it decide, finer ones lean.

    The pairs come finest first.
    """
    error = abs(claimed - measured)
    whole = [pair for pair in pairs if math.isfinite(pair.right + pair.left)]
    leaning = [pair for pair in whole if pair.noise < 1.2 * error]
    clear = next((k for k, pair in enumerate(leaning) if pair.noise < 0.5 * error), len(leaning))
    centers = [(pair.right + pair.left) / 2 for pair in leaning[:clear]]
    if any(abs(center - claimed) < abs(center - measured) for center in centers):
        return False
    if clear == len(leaning):
        return True
    right, left, noise = leaning[clear]
    return not min(right, left) - noise <= claimed <= max(right, left) + noise
