"""The nearest kink along each coordinate: the ladder and the zoom of the engine, without a claim."""

from __future__ import annotations

import math

from ..coordinates.refinement import NEAR, look_for_kink
from ..coordinates.slots import advance, open_ladder
from ..evidence import stages
from ..evidence.intervals import KINK_AT_X
from ..evidence.scales import line_size
from ..records.abi import (
    Code,
    ConstReals,
    ConstVector,
    Integer,
    Integers,
    Objective,
    Real,
    Reals,
    User,
    Vector,
    Words,
    exported,
)
from ..records.codes import BAD_ARGUMENT, DONE, OUT_OF_MEMORY
from ..records.engine import Engine, coordinate_of, engine_words, want
from ..records.floats import larger, middle, smaller, widened
from ..records.memory import (
    allocate_reals,
    allocate_words,
    as_floats,
    as_reals,
    as_record,
    evaluate,
    is_null,
    offset,
    release,
    untyped,
)
from .noise_floor import measure_noise

# The slopes beside a kink come from points this far apart: two brackets, or, where noise asks for more, so much that
# its standard deviation is a 10,000th of what the slope changes by, but not beyond x: a slope, which has two values in
# it, is then known to a thousandth.
BRACKETS = 2.0
NOISE_PARTS = 10000.0
# A change of slope below so many standard deviations of the noise in it is none.
SEEN = 64.0


@exported
def find_kinks(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: Integer,
    radius: Real,
    work: Vector,
    index: Integers,
    distance: Reals,
    left: Reals,
    right: Reals,
    capacity: Integer,
    count: Integers,
) -> Code:
    """Look for the nearest kink of an objective along every coordinate.

    Some 60 to 130 evaluations a coordinate, up to 250 at an inflection.  A kink away from x may be missed where
    curvature changes the slope by more, from x to there, than the kink does.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; elsewhere than at x another code counts as a missing value.
    user : User
        Handed to the objective as it is.
    x : ConstVector
        The point, n finite values; never written to.
    n : Integer
        Number of coordinates, at least 1.
    radius : Real
        How far from x to look along a coordinate; 0: a sixteenth of its size.
    work : Vector
        Work memory of n values.
    index : Integers
        Filled with the coordinates of the kinks in their order, at most `capacity`.
    distance : Reals
        Filled with the signed distances of the kinks from x; 0: at x, as far as noise lets one see.
    left, right : Reals
        Filled with the slopes on the two sides of the kinks.
    capacity : Integer
        Number of kinks that fit.
    count : Integers
        Filled with the number of kinks found, which may be larger than `capacity`.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; GRADPROOF_OBJECTIVE_NOT_FINITE where f(x) is not finite; or
        the code of the objective at x.
    """
    if is_null(objective) or is_null(x) or is_null(work) or is_null(count) or n < 1:
        return BAD_ARGUMENT
    if not (radius >= 0.0 and radius < math.inf) or capacity < 0:
        return BAD_ARGUMENT
    if capacity > 0 and (is_null(index) or is_null(distance) or is_null(left) or is_null(right)):
        return BAD_ARGUMENT
    words = allocate_words(engine_words(1))
    engine = as_record(words, Engine)
    point = allocate_reals(n)
    code = OUT_OF_MEMORY
    if not (is_null(words) or is_null(point)):
        code = measure_noise(objective, user, x, n, work, engine)
    if code == DONE:
        for place in range(n):
            point[place] = widened(x[place])
            work[place] = x[place]
        memory = untyped(work)
        found = 0
        for coordinate in range(n):
            away, before, behind = nearest(objective, user, point, n, coordinate, radius, memory, engine)
            if not math.isnan(away):
                if found < capacity:
                    index[found] = coordinate
                    distance[found] = away
                    left[found] = before
                    right[found] = behind
                found += 1
        count[0] = found
    release(words)
    release(point)
    return code


def nearest(
    objective: Objective,
    user: User,
    point: ConstReals,
    n: int,
    coordinate: int,
    radius: float,
    work: Words,
    engine: Engine,
) -> tuple[float, float, float]:
    """Return distance, left and right slope of the nearest kink along one coordinate; NaN where there is none."""
    slot = engine.slots[0]
    reach = radius if radius > 0.0 else NEAR * line_size(engine, point[coordinate])
    one = coordinate_of(engine, 0)
    one.x = point[coordinate]
    one.claimed = math.nan
    open_ladder(engine, slot, 0, reach)
    finish(objective, user, point, n, coordinate, work, engine)
    if slot.kink == KINK_AT_X:
        left = middle(slot.left.low, slot.left.high)
        right = middle(slot.right.low, slot.right.high)
        return 0.0, left, right
    best = (math.nan, math.nan, math.nan)
    while not math.isnan(slot.distance):
        side = slot.search.side
        kink = sharpened(objective, user, point, n, coordinate, work, engine)
        slot.distance = math.nan
        if math.isnan(kink[0]):
            look_for_kink(engine, slot, side, slot.place + 1)
        else:
            if not math.fabs(kink[0]) >= math.fabs(best[0]):
                best = kink
            if side == -1:
                return best
            look_for_kink(engine, slot, -1, 0)
        finish(objective, user, point, n, coordinate, work, engine)
    return best


def finish(
    objective: Objective,
    user: User,
    point: ConstReals,
    n: int,
    coordinate: int,
    work: Words,
    engine: Engine,
) -> None:
    """Answer the slot until it is finished."""
    slot = engine.slots[0]
    while slot.stage != stages.FINISHED:
        answer(objective, user, point, n, coordinate, work, engine)
        advance(engine, slot)


def answer(
    objective: Objective,
    user: User,
    point: ConstReals,
    n: int,
    coordinate: int,
    work: Words,
    engine: Engine,
) -> None:
    """Evaluate the objective at the steps that a slot wants."""
    slot = engine.slots[0]
    for k in range(slot.wanted_count):
        value = offset(slot.answers, k)
        step = slot.wanted[k]
        code = evaluate_at(objective, user, point, n, coordinate, step, work, engine, value)
        if code != DONE:
            value[0] = math.nan


def evaluate_at(
    objective: Objective,
    user: User,
    point: ConstReals,
    n: int,
    coordinate: int,
    step: float,
    work: Words,
    engine: Engine,
    value: Reals,
) -> int:
    """Evaluate the objective with one coordinate moved, in the arithmetic of x."""
    if engine.float32 != 0:
        singles = as_floats(work)
        singles[coordinate] = point[coordinate] + step
        code = evaluate(objective, singles, n, value, user)
        singles[coordinate] = point[coordinate]
        return code
    doubles = as_reals(work)
    doubles[coordinate] = point[coordinate] + step
    code = evaluate(objective, doubles, n, value, user)
    doubles[coordinate] = point[coordinate]
    return code


def sharpened(
    objective: Objective,
    user: User,
    point: ConstReals,
    n: int,
    coordinate: int,
    work: Words,
    engine: Engine,
) -> tuple[float, float, float]:
    """Return distance, left and right slope of a kink in its bracket, where straight lines from both sides meet.

    NaN where the slopes beside the bracket are the same, as far as noise lets one see: there is no kink.
    """
    slot = engine.slots[0]
    side = slot.search.side
    near = slot.search.near
    far = slot.search.far
    clear = NOISE_PARTS * slot.noise / slot.search.first_change
    width = larger(BRACKETS * (far - near), smaller(clear, near))
    slot.wanted_count = 0
    for step in (near - width, near, far, far + width):
        want(slot, side * step)
    answer(objective, user, point, n, coordinate, work, engine)
    slot.wanted_count = 0
    values = slot.answers
    inner = (values[1] - values[0]) / width
    outer = (values[3] - values[2]) / width
    if not math.fabs(outer - inner) > SEEN * slot.noise / width:
        return math.nan, math.nan, math.nan
    meeting = (values[2] - values[1] - outer * far + inner * near) / (inner - outer)
    if not (near <= meeting <= far):
        meeting = (near + far) / 2.0
    if side == 1:
        return meeting, inner, outer
    return -meeting, -outer, -inner
