"""Whether f has a kink at x, seen along one random line over all coordinates.

A pair whose centered slope is the claim, and whose sides differ, has either met curvature or a kink at x.  Another pair
tells which; where many coordinates ask, one line tells it of all of them: along a random line a kink of any coordinate
shows, because no two kinks cancel but by chance.
"""

from __future__ import annotations

import math

from ..evidence import stages
from ..evidence.extrapolation import extrapolate
from ..evidence.intervals import SERIES_CENTERED, collect_slopes
from ..evidence.scales import UNIT_FLOAT64, needed_resolution
from ..points.directions import coordinate_scale
from ..points.seeds import SMOOTHNESS, line_seed
from ..records import codes
from ..records.abi import never_inlined
from ..records.engine import LADDER, Engine, Slot, coordinate_of, want_pair
from ..records.floats import larger, smaller
from .outcome import CURVED
from .shared_line import begin_line

# The line costs as much as the pairs of six coordinates, and may show nothing.
FEWEST_CURVED = 8
# Its steps, relative to x: coarse, so that noise is small; each is half of the one before, because f must be smooth
# over all of them.
COARSEST_STEP = 2.0**-4
STEPS = 6
# The noise of a gap is that of two slopes, and twice that of a centered one.
GAP_NOISE = 4.0
# Every coordinate moves by half of its size at least, times the step.
LEAST_PART = 0.5


def begin_smoothness(engine: Engine) -> None:
    """Begin with nothing known; between coordinates that lines have found lie others, and no line is of use."""
    engine.sweep.largest_kink = math.inf
    engine.sweep.line_left = 0 if engine.mode == codes.MODE_LINES else 1


def wants_line(engine: Engine) -> bool:
    """Return whether the line is left, and enough coordinates of the chunk ask whether there is a kink at x."""
    sweep = engine.sweep
    count = 0
    if sweep.line_left != 0:
        for index in range(sweep.chunk_start, sweep.chunk_stop):
            if coordinate_of(engine, index).cause == CURVED:
                count += 1
    return count >= FEWEST_CURVED


def open_smoothness_line(engine: Engine, slot: Slot) -> None:
    """Put the line into a slot."""
    sweep = engine.sweep
    begin_line(engine, slot, 0, sweep.count - 1)
    slot.stage = stages.SHARED_LADDER
    slot.seed = line_seed(engine.seed, SMOOTHNESS)
    slot.size = 1.0
    slot.lowest = 1.0
    slot.noise = larger(UNIT_FLOAT64 * sweep.largest_change * math.sqrt(float(sweep.count)), slot.noise)
    for k in range(STEPS):
        want_pair(slot, math.ldexp(COARSEST_STEP, -k))


@never_inlined
def note_smoothness(engine: Engine, slot: Slot) -> None:
    """Note the largest kink at x that the line leaves possible."""
    engine.sweep.largest_kink = largest_kink(engine, slot)
    engine.sweep.line_left = 0


def largest_kink(engine: Engine, slot: Slot) -> float:
    """Return the largest kink at x that the gaps of a ladder leave possible: two neighbours, and noise."""
    scratch = engine.scratch
    count = collect_slopes(engine, slot, SERIES_CENTERED)
    levels = extrapolate(scratch, scratch.gaps, scratch.noise, count, 1, 2)
    least = math.inf
    for level in range(levels):
        for k in range(level * LADDER, level * LADDER + count - level - 1):
            gap = larger(math.fabs(scratch.gaps[k]), math.fabs(scratch.gaps[k + 1]))
            least = smaller(gap + GAP_NOISE * scratch.noise[k], least)
    return least


def excludes_kink(engine: Engine, index: int) -> bool:
    """Return whether a kink of a coordinate at x is too small to count: its centered slope moves by half as much."""
    coordinate = coordinate_of(engine, index)
    part = LEAST_PART * coordinate_scale(coordinate.x, engine.typical)
    return engine.sweep.largest_kink <= part * needed_resolution(engine, coordinate)
