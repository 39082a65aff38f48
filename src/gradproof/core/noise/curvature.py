"""The curvature of f along a random line: how much slopes change over the size of x.

Rounding of x, and of the terms of f that it makes, changes slopes by a unit of that.  At a fit, where the terms of f
and of its gradient cancel, it is far more than a unit of the gradient, and nothing else tells of it: f itself is 0.
"""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.scales import ROUNDINGS, UNIT_FLOAT32, turned_by_rounding
from ..points.probes import write_probe
from ..records.border import Probes
from ..records.codes import is_acceptable
from ..records.engine import SLOT_COUNT, Engine, coordinate_of
from ..records.floats import larger

# The sides are alike where they differ less than a second difference by this factor.
ALIKE = 2.0
# A claim may be off by what rounding explains, and by about as much noise.
SEEN_BESIDE_ROUNDING = 2.0


def wants_curvature(engine: Engine) -> bool:
    """Return whether a slot that waits for the noise shows a curvature that may matter, or none at all."""
    for k in range(SLOT_COUNT):
        slot = engine.slots[k]
        if slot.stage == stages.PARKED:
            pair = slot.ladder[slot.count - 1]
            turn = math.fabs(pair.right - pair.left) / pair.step * slot.size
            if not 0.0 < ROUNDINGS * engine.unit * turn <= slot.tolerance:
                return True
    return False


def write_curvature_probes(engine: Engine, probes: Probes) -> None:
    """Write the probes on both sides of x, on a random line over all coordinates.

    Relative to x, the fourth root of the rounding unit is the best step of second differences (Gill, Murray and Wright,
    "Practical Optimization", 1981).
    """
    step = math.sqrt(math.sqrt(engine.unit))
    for k in range(2):
        # Seeds of random lines are never 0.
        write_probe(probes[k], 0, engine.sweep.count, engine.seed | 1, step - 2 * k * step)


def note_curvature(engine: Engine, right: float, left: float) -> bool:
    """Note how much f is curved, as the values on both sides tell; return whether it matters.

    Both sides are alike where slopes cancel; elsewhere, as beside a wall of f, they tell nothing of it at x.
    """
    bend = math.fabs(right - 2.0 * engine.value + left)
    curvature = bend / math.sqrt(engine.unit)
    turned = curvature / math.sqrt(float(engine.sweep.count))
    turn = turned / engine.typical
    if not (ALIKE * math.fabs(right - left) < bend and turn < math.inf):
        return False
    engine.sweep.rounding = engine.unit * engine.unit * curvature
    engine.sweep.turn = turn
    # Where rounding explains all that is claimed, no pair is worth its claim.
    return engine.sweep.largest_change < ROUNDINGS * engine.unit * turned


def note_bend(engine: Engine, x: float, gap: float, step: float) -> None:
    """Add what the first pair of a coordinate shows of the curvature along all of them; noise cancels in the sum."""
    bend = gap * x * x / step
    if math.isfinite(bend):
        engine.sweep.bend += bend


def note_excused(engine: Engine) -> None:
    """Raise the resolutions of accepted claims to what rounding to float32 would have explained of other ones.

    After a disagreement the curvature is measured, and the tolerance allows for it; where all agree, pairs tell of it.
    """
    if engine.unit != UNIT_FLOAT32:
        return
    turn = math.fabs(engine.sweep.bend) / math.sqrt(float(engine.sweep.count)) / engine.typical
    excused = SEEN_BESIDE_ROUNDING * turned_by_rounding(engine, larger(turn, engine.sweep.turn))
    for index in range(engine.sweep.count):
        coordinate = coordinate_of(engine, index)
        if is_acceptable(coordinate.cause):
            coordinate.resolution = larger(coordinate.resolution, excused)
