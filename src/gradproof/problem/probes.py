"""Probes, the points to evaluate, as records of a NumPy array."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..library import struct_type
from .numbers import Flat

PROBE = struct_type("gradproof_probe")


def as_numpy_reads(record: type) -> np.dtype[Any]:
    """Return a record as NumPy reads it, which takes one for any object where a signal raises in between."""
    kind = np.dtype(record)
    return kind if kind.names else np.dtype(record)


def probes_at_x(count: int = 1) -> Flat:
    """Return `count` probes at x itself."""
    return np.zeros(count, PROBE)


NO_PROBES = probes_at_x(0)


def along_one_coordinate(probes: Flat) -> Flat:
    """Return for each probe whether it moves exactly one coordinate."""
    alone: Flat = (probes["stop"] - probes["start"] == 1) & (probes["seed"] == 0) & (probes["ratio"] == 0.0)
    return alone
