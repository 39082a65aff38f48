"""Points of long lines one coordinate after the other, and the change that the claim predicts as an exact sum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from oracles import splitmix


def point(x: Any, claimed: Any, sizes: Any, probe: Any, base: int = 0) -> Any:
    """The coordinates of a probe's point; x begins at coordinate `base`, which begins a window."""
    out = x.copy()
    for place in range(probe.start - base, probe.stop - base):
        value, claim = float(x[place]), float(claimed[place])
        move = splitmix.direction(probe.seed, base + place)
        if probe.aligned % 2 and (claim > 0 or claim < 0):
            move = math.copysign(move, claim)
        floor = probe.floor * float(sizes[place // 1024])
        moves = {0: True, 1: True, 2: value != 0, 3: value == 0}[probe.aligned // 2]
        own = value != 0 and probe.aligned // 2 == 1
        scale = (abs(value) if own else max(abs(value), floor)) if moves else 0.0
        out[place] = value + probe.step * move * scale
    return out


def change(x: Any, claimed: Any, moved: Any) -> float:
    """The sum of the claimed slopes times the steps really taken, each of them exact, rounded once."""
    steps = moved.astype(np.float64) - x.astype(np.float64)
    return math.fsum(float(slope) * float(step) for slope, step in zip(claimed, steps, strict=True) if step)


def size(x: Any) -> float:
    """The root mean square of some values."""
    return math.sqrt(math.fsum(float(value) ** 2 for value in x) / len(x))


def vectors(n: int, dtype: type, seed: int = 0) -> tuple[Any, Any, Any]:
    """A point with zeros and of many sizes, a claim with zeros, and the sizes of windows."""
    random = np.random.default_rng(seed)
    x = (random.normal(size=n) * 10.0 ** random.integers(-3, 3, n)).astype(dtype)
    claimed = random.normal(size=n).astype(dtype)
    x[::7], claimed[::5] = 0.0, 0.0
    sizes = np.array([size(x[start : start + 1024]) for start in range(0, n, 1024)])
    return x, claimed, sizes
