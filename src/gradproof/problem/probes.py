"""Probes, the points to evaluate, as records of a NumPy array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.records.border import Probe
from .numbers import Flat

PROBE: np.dtype[Any] = np.dtype(Probe)


def probes_at_x(count: int = 1) -> Flat:
    """Return `count` probes at x itself."""
    return np.zeros(count, PROBE)


def along_one_coordinate(probes: Flat) -> Flat:
    """Return for each probe whether it moves exactly one coordinate."""
    alone: Flat = (probes["stop"] - probes["start"] == 1) & (probes["seed"] == 0) & (probes["ratio"] == 0.0)
    return alone
