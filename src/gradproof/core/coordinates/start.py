"""How a sweep over coordinates begins: over all of x, or over those that lines have found."""

from __future__ import annotations

import math

from ..evidence.scales import DEFAULT_RTOL, begin_arithmetic, note_largest_claims
from ..points.directions import typical_size
from ..records import codes
from ..records.abi import ConstVector
from ..records.engine import Engine, coordinate_of
from ..records.floats import widened
from ..records.memory import clear_record
from . import phases
from .sweep import begin_sweep


def begin_coordinates(engine: Engine, count: int, rtol: float) -> None:
    """Begin a sweep over `count` coordinates, which the caller fills in next."""
    clear_record(engine.sweep)
    engine.sweep.count = count
    engine.sweep.rtol = rtol


def start_coordinates(engine: Engine, x: ConstVector, claimed: ConstVector, rtol: float) -> int:
    """Begin a check of every coordinate; the engine keeps x and the claim in float64."""
    engine.rtol = rtol if rtol > 0.0 else DEFAULT_RTOL
    begin_coordinates(engine, engine.n, engine.rtol)
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        coordinate.x = widened(x[index])
        coordinate.claimed = widened(claimed[index])
        if not math.isfinite(coordinate.x):
            return codes.X_NOT_FINITE
    begin_arithmetic(engine)
    engine.value = math.nan
    engine.typical = typical_size(x, engine.n)
    note_largest_claims(engine)
    begin_sweep(engine)
    engine.sweep.phase = phases.AT_X
    return codes.DONE
