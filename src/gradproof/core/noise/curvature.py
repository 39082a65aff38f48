"""The curvature of f along a random line: what slopes change by over the size of x.

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
from ..records.floats import larger_finite

# Than the best step.
LONGER = 2.0


def matters(engine: Engine) -> bool:
    """Return whether rounding of x may change slopes by all that is claimed of the one that moves f farthest."""
    return engine.sweep.largest_change < ROUNDINGS * engine.unit * engine.sweep.turn * engine.typical


def wants_curvature(engine: Engine) -> bool:
    """Return whether a slot that waits for the noise shows a curvature that may matter, or none at all."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED and slot.count > 0:
            pair = slot.ladder[slot.count - 1]
            turn = math.fabs(pair.right - pair.left) / pair.step * pair_size(engine, slot.x)
            if not 0.0 < ROUNDINGS * engine.unit * turn <= slot.tolerance:
                return True
    return False


def curvature_step(engine: Engine) -> float:
    """Return how far the line is followed, relative to x: so far that noise does not look like a curvature.

    The fourth root of the rounding unit is best for second differences (Gill, Murray and Wright, "Practical
    Optimization", 1981).  Over somewhat longer steps a kink of f looks like a curvature that does not matter.
    """
    return LONGER * math.sqrt(math.sqrt(engine.unit))


def write_curvature_probes(engine: Engine, probes: Probes) -> None:
    """Write the probes on both sides of x, on a random line over all coordinates."""
    step = curvature_step(engine)
    for k in range(2):
        write_probe(probes[k], 0, engine.sweep.count, noise_seed(engine.seed), step - 2 * k * step)


def note_curvature(engine: Engine, right: float, left: float) -> bool:
    """Note how much f is curved, as the values on both sides tell; return whether it matters."""
    step = curvature_step(engine)
    curvature = (right - 2.0 * engine.value + left) / (step * step)
    turn = curvature / (engine.typical * math.sqrt(float(engine.sweep.count)))
    engine.sweep.turn = larger_finite(turn, 0.0)
    return matters(engine)
