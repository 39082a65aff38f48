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
CURVATURE_STEP = 2.0**-8
# A second difference of noise is 2.4 standard deviations.
NO_NOISE = 16.0
# What rounding of x explains must be so many times what is allowed anyway.
CLEARLY_MORE = 4.0
# The places of the noise line that are compared, this far apart.
HALF_OF_LINE = 4


def matters(engine: Engine) -> bool:
    """Return whether rounding of x may change slopes by more than is allowed of the one that moves f farthest."""
    allowed = engine.sweep.rtol * engine.sweep.largest_change + engine.atol * engine.typical
    return allowed < ROUNDINGS * engine.unit * engine.sweep.turn * engine.typical


def wants_curvature(engine: Engine) -> bool:
    """Return whether the noise line is curved, and not by noise, and rounding of x may explain what is open."""
    values = engine.noise_line.values
    bend = math.fabs(values[2 * HALF_OF_LINE] - 2.0 * values[HALF_OF_LINE] + values[0])
    return bend > NO_NOISE * engine.noise and may_turn(engine)


def may_turn(engine: Engine) -> bool:
    """Return whether a slot that waits for the noise shows a curvature that matters, or none at all."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED and slot.count > 0:
            pair = slot.ladder[slot.count - 1]
            turn = math.fabs(pair.right - pair.left) / pair.step * pair_size(engine, slot.x)
            if turn == 0.0 or ROUNDINGS * engine.unit * turn > CLEARLY_MORE * slot.tolerance:
                return True
    return False


def write_curvature_probes(engine: Engine, probes: Probes) -> None:
    """Write the probes on both sides of x, on the noise line."""
    line = engine.noise_line
    seed = noise_seed(engine.seed)
    write_probe(probes[0], line.start, line.stop, seed, CURVATURE_STEP)
    write_probe(probes[1], line.start, line.stop, seed, -CURVATURE_STEP)


def note_curvature(engine: Engine, right: float, left: float) -> bool:
    """Note how much f is curved, as the values on both sides tell; return whether it matters."""
    curvature = math.fabs(right - 2.0 * engine.value + left) / (CURVATURE_STEP * CURVATURE_STEP)
    if not curvature < math.inf:
        return False
    engine.sweep.turn = curvature / (engine.typical * math.sqrt(float(engine.sweep.count)))
    return matters(engine)
