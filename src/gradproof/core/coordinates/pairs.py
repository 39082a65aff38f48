"""The first pairs: f on both sides of x along each coordinate of a chunk, by which most claims are settled."""

from __future__ import annotations

import math

from ..evidence.decision import DECIDED_CURVED, DECIDED_RIGHT, DECIDED_WRONG, farthest_accepted, pair_decision
from ..evidence.scales import (
    UNIT_FLOAT32,
    argument_noise,
    coordinate_size,
    largest_claim_in_units,
    pair_step,
    relative_tolerance,
    step_beside,
    with_absolute_error,
)
from ..noise.curvature import note_bend
from ..noise.spread import far_coordinate, farthest_step
from ..points.probes import write_probe
from ..records.abi import ConstReals
from ..records.border import Probes
from ..records.engine import OWN_MARK, Engine, coordinate_of
from ..records.floats import larger
from . import phases
from .outcome import CURVED, DISAGREES_FLAT, UNDECIDED, accept, noise_of_first_pair
from .slots import one_sided_slope

# Where the pair of another coordinate settles nothing, f may be less smooth than it looks: this many get a full proof.
FULL_PROOFS = 8
# The marks of a sweep whose first few coordinates go before the others, and of one where noise drowns a pair of these.
SCOUTING = 1
IN_NOISE = 2


def set_steps(engine: Engine, count: int) -> None:
    """Set the steps of the next so many pairs of the chunk."""
    sweep = engine.sweep
    for number in range(sweep.paired, sweep.paired + count):
        set_step(engine, number)


def set_step(engine: Engine, number: int) -> None:
    """Set the step of a pair of the chunk, and what it rests on, as the judgement of the pair does."""
    sides = engine.pairs[number]
    coordinate = coordinate_of(engine, engine.sweep.chunk_start + number)
    size = coordinate_size(engine, coordinate.x)
    sides.rounding = argument_noise(coordinate.claimed, coordinate.x)
    sides.largest = largest_claim_in_units(engine, size)
    sides.tolerance = relative_tolerance(engine, coordinate.claimed, sides.largest)
    sides.step = step_beside(engine, coordinate.x, size, engine.noise + sides.rounding, sides.tolerance)


def write_pairs(engine: Engine, probes: Probes, count: int) -> None:
    """Write the probes of so many pairs: of the next coordinates of the chunk, or of a few far from x."""
    far = engine.sweep.phase == phases.FAR
    for k in range(count):
        number = engine.sweep.paired + k
        index = far_coordinate(engine, k) if far else engine.sweep.chunk_start + number
        step = farthest_step(engine, coordinate_of(engine, index)) if far else step_of(engine, number)
        write_probe(probes[2 * k], index, index + 1, 0, step)
        write_probe(probes[2 * k + 1], index, index + 1, 0, -step)


def step_of(engine: Engine, number: int) -> float:
    """Return the step of a pair of the chunk, which is kept where nobody else has the memory."""
    if engine.mark != OWN_MARK:
        return pair_step(engine, coordinate_of(engine, engine.sweep.chunk_start + number))
    set_step(engine, number)
    return engine.pairs[number].step


def agree_by_pairs(engine: Engine, values: ConstReals, count: int) -> bool:
    """Judge the next so many coordinates of the chunk by their pairs, which are kept; return whether all agree."""
    agree = True
    for k in range(count):
        number = engine.sweep.paired + k
        sides = engine.pairs[number]
        sides.right = values[2 * k]
        sides.left = values[2 * k + 1]
        agree = agrees_by_pair(engine, number) and agree
    return agree


def agrees_by_pair(engine: Engine, number: int) -> bool:
    """Judge a coordinate of the chunk by its pair; return whether its claim agrees."""
    sides = engine.pairs[number]
    index = engine.sweep.chunk_start + number
    coordinate = coordinate_of(engine, index)
    step = sides.step
    right = one_sided_slope(engine, coordinate.x, step, sides.right)
    left = one_sided_slope(engine, coordinate.x, -step, sides.left)
    if engine.unit == UNIT_FLOAT32:
        note_bend(engine, coordinate.x, right - left, step)
    allowed, needed = with_absolute_error(engine, sides.tolerance, sides.largest)
    noise = noise_of_first_pair(engine, sides)
    decision = pair_decision(right, left, coordinate.claimed, allowed, needed, noise)
    if decision == DECIDED_RIGHT:
        accept(engine, index, allowed, needed, noise)
        return True
    # If another proof accepts this claim, the pair is by chance where another claim would have been accepted.
    farthest = farthest_accepted(right, left, coordinate.claimed, allowed, needed, noise)
    coordinate.resolution = larger(farthest, coordinate.resolution)
    if decision == DECIDED_CURVED:
        coordinate.cause = CURVED
    else:
        coordinate.cause = DISAGREES_FLAT
        if decision == DECIDED_WRONG:
            engine.sweep.largest_turn = larger(math.fabs(right - left) * step, engine.sweep.largest_turn)
        else:
            coordinate.cause = UNDECIDED
            if engine.sweep.scouting != 0 and noise > needed:
                engine.sweep.scouting = IN_NOISE
            if engine.sweep.enough_proofs < FULL_PROOFS:  # after a pair that misled, all are needed
                engine.sweep.enough_proofs = FULL_PROOFS
    return False
