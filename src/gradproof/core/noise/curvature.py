"""The curvature of f along the noise line: what slopes change by over the size of x.

Rounding of x, and of the terms of f that it makes, changes slopes by a unit of that.  At a fit, where the terms of f
and of its gradient cancel, it is far more than a unit of the gradient, and nothing else tells of it: f itself is 0.
"""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.scales import ROUNDINGS, pair_size
from ..points.probes import write_probe
from ..points.seeds import noise_seed
from ..records.border import Probes
from ..records.engine import SLOT_COUNT, Engine

# Relative to x: so coarse that neither noise nor a kink of f looks like a curvature that would matter.
CURVATURE_STEP = 2.0**-3
# What rounding of x explains must be so many times what is allowed anyway.
CLEARLY_MORE = 4.0


def matters(engine: Engine) -> bool:
    """Return whether rounding of x may change slopes by more than rtol allows of the one that moves f farthest."""
    sweep = engine.sweep
    return sweep.rtol * sweep.largest_change < ROUNDINGS * engine.unit * sweep.turn * engine.typical


def wants_curvature(engine: Engine) -> bool:
    """Return whether a slot that waits for the noise shows a curvature that may matter, or none at all."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED and slot.count > 0:
            pair = slot.ladder[slot.count - 1]
            turn = math.fabs(pair.right - pair.left) / pair.step * pair_size(engine, slot.x)
            if not 0.0 < ROUNDINGS * engine.unit * turn <= CLEARLY_MORE * slot.tolerance:
                return True
    return False


def write_curvature_probes(engine: Engine, probes: Probes) -> None:
    """Write the probes on both sides of x, on the noise line."""
    line = engine.noise_line
    for k in range(2):
        write_probe(probes[k], line.start, line.stop, noise_seed(engine.seed), CURVATURE_STEP - 2 * k * CURVATURE_STEP)


def note_curvature(engine: Engine, right: float, left: float) -> bool:
    """Note how much f is curved, as the values on both sides tell; return whether it matters."""
    curvature = math.fabs(right - 2.0 * engine.value + left) / (CURVATURE_STEP * CURVATURE_STEP)
    turn = curvature / (engine.typical * math.sqrt(float(engine.sweep.count)))
    engine.sweep.turn = turn if turn < math.inf else 0.0
    return matters(engine)
