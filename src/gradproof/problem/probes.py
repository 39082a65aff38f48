"""Probes, the points to evaluate, as records of a NumPy array."""

from __future__ import annotations

import numpy as np

from ..library import struct_type
from .numbers import Flat

PROBE = struct_type("gradproof_probe")


def probes_at_x(count: int = 1) -> Flat:
    """Return `count` probes at x itself."""
    return np.zeros(count, PROBE)


def along_one_coordinate(probes: Flat) -> Flat:
    """Return for each probe whether it moves exactly one coordinate."""
    alone: Flat = (probes["stop"] - probes["start"] == 1) & (probes["seed"] == 0) & (probes["ratio"] == 0.0)
    return alone
