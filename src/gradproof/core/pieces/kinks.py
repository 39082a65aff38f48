"""The nearest kink along each coordinate: the ladder and the zoom of the engine, without a claimed gradient."""

from __future__ import annotations

import math

from ..coordinates.slots import advance, open_ladder
from ..evidence import stages
from ..evidence.intervals import KINK_AT_X
from ..evidence.scales import line_size
from ..proofs.refinement import NEAR, look_for_kink
from ..records.abi import Code, ConstVector, Integer, Integers, Objective, Real, Reals, User, Vector, exported
from ..records.codes import BAD_CAPACITY, BAD_RADIUS, BAD_RETURN, DONE, NULL_OUTPUT, OUT_OF_MEMORY
from ..records.engine import Coordinate, want
from ..records.floats import larger, middle, smaller, widened
from ..records.memory import allocate_reals, allocate_record, as_floats, as_reals, is_null, offset, release, untyped
from ..records.record import record
from .noise_floor import Function, code_of_function, measure_noise, set_function, value_at

# The slope beside a kink is taken between points this many brackets apart; or, where there is noise, so far apart that
# its standard deviation is 1 / NOISE_PARTS of the difference that the kink makes, but not beyond x: then the slope,
# into which two values go, is known to a thousandth.
BRACKETS = 2.0
NOISE_PARTS = 10000.0
# Slopes that differ by less than this many standard deviations of their noise are the same.
SAME_SLOPES = 64.0


@record
class KinkSearch:
    """A search along one coordinate after the other, in the first slot of an engine."""

    point: Reals  # x in float64
    work: Integers  # x in its own type; one coordinate moves while f is evaluated
    index: Integer  # of the coordinate at hand
    code: Integer  # with which the objective ended the search; 0: it goes on
    function: Function  # what is searched; its engine comes last
    coordinate: Coordinate  # behind the engine, where the coordinates of a check lie


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
    objective, user, x, n, work
        As for gradproof_noise_floor.
    radius : Real
        How far from x to look along a coordinate; 0: a sixteenth of its size.
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
        0; GRADPROOF_BAD_RADIUS; GRADPROOF_BAD_CAPACITY; or as gradproof_noise_floor.  Where a code above 0 of the
        objective ended the call, the kinks until then, and their count, are there.
    """
    missing = is_null(index) or is_null(distance) or is_null(left) or is_null(right)
    code = code_of_function(objective, x, n, work)
    if code == DONE:
        code = code_of_search(radius, capacity, is_null(count) or (capacity > 0 and missing))
    if code != DONE:
        return code
    search = allocate_record(KinkSearch)
    point = allocate_reals(n)
    code = OUT_OF_MEMORY
    if not (is_null(search) or is_null(point)):
        set_function(search.function, objective, user, n)
        code = measure_noise(search.function, x, work)
        if code > DONE or code == BAD_RETURN:
            count[0] = 0
    if code == DONE:
        hold_point(search, x, point, work)
        found = 0
        for coordinate in range(n):
            search.index = coordinate
            away, slope_before, slope_behind = nearest_kink(search, radius)
            if search.code != DONE:
                code = search.code
                break
            if not math.isnan(away):
                if found < capacity:
                    index[found] = coordinate
                    distance[found] = away
                    left[found] = slope_before
                    right[found] = slope_behind
                found += 1
        count[0] = found
    release(search)
    release(point)
    return code


def hold_point(search: KinkSearch, x: ConstVector, point: Reals, work: Vector) -> None:
    """Begin a search at x, of which one coordinate after the other will move."""
    for place in range(search.function.engine.n):
        point[place] = widened(x[place])
        work[place] = x[place]
    search.point = point
    search.work = untyped(work)


def code_of_search(radius: float, capacity: int, lacks_memory: bool) -> int:
    """Return the code of what is wrong with what kinks are looked for with; 0 where nothing is."""
    if not 0.0 <= radius < math.inf:
        return BAD_RADIUS
    if capacity < 0:
        return BAD_CAPACITY
    return NULL_OUTPUT if lacks_memory else DONE


def nearest_kink(search: KinkSearch, radius: float) -> tuple[float, float, float]:
    """Return distance, left and right slope of the nearest kink along the coordinate at hand; NaN without one."""
    engine = search.function.engine
    slot = engine.slots[0]
    one = search.coordinate
    one.x = search.point[search.index]
    one.claimed = math.nan
    open_ladder(engine, slot, 0, radius if radius > 0.0 else NEAR * line_size(engine, one.x))
    finish(search)
    if slot.kink == KINK_AT_X:
        return 0.0, middle(slot.left.low, slot.left.high), middle(slot.right.low, slot.right.high)
    nearest = (math.nan, math.nan, math.nan)
    while not math.isnan(slot.distance) and search.code == DONE:
        side = slot.search.side
        kink = sharpened(search)
        slot.distance = math.nan
        if math.isnan(kink[0]):
            look_for_kink(engine, slot, side, slot.place + 1)
        else:
            if not math.fabs(kink[0]) >= math.fabs(nearest[0]):
                nearest = kink
            if side == -1:
                return nearest
            look_for_kink(engine, slot, -1, 0)
        finish(search)
    return nearest


def finish(search: KinkSearch) -> None:
    """Evaluate what the slot wants until it has finished."""
    engine = search.function.engine
    slot = engine.slots[0]
    while slot.stage != stages.FINISHED and search.code == DONE:
        answer(search)
        advance(engine, slot)


def answer(search: KinkSearch) -> None:
    """Evaluate the objective at the steps that the slot wants, in the type of x, until one of its codes ends it."""
    slot = search.function.engine.slots[0]
    for k in range(slot.wanted_count):
        value = offset(slot.answers, k)
        if search.function.engine.float32 != 0:
            code = value_at_step(search, as_floats(search.work), slot.wanted[k], value)
        else:
            code = value_at_step(search, as_reals(search.work), slot.wanted[k], value)
        if code != DONE:
            search.code = code
            return


def value_at_step(search: KinkSearch, work: Vector, step: float, value: Reals) -> int:
    """Write the value with the coordinate at hand moved by a step; return the code of the objective."""
    x = search.coordinate.x
    work[search.index] = x + step
    code = value_at(search.function, work, value)
    work[search.index] = x
    return code


def sharpened(search: KinkSearch) -> tuple[float, float, float]:
    """Return distance, left and right slope of the kink in the bracket: where straight lines from both sides meet.

    NaN where the slopes beside the bracket do not differ, as far as noise shows: then there is no kink.
    """
    slot = search.function.engine.slots[0]
    side = slot.search.side
    near = slot.search.near
    far = slot.search.far
    clear = NOISE_PARTS * slot.noise / slot.search.first_change
    width = larger(BRACKETS * (far - near), smaller(clear, near))
    slot.wanted_count = 0
    want(slot, side * (near - width))
    want(slot, side * near)
    want(slot, side * far)
    want(slot, side * (far + width))
    answer(search)
    slot.wanted_count = 0
    values = slot.answers
    inner = (values[1] - values[0]) / width
    outer = (values[3] - values[2]) / width
    if not math.fabs(outer - inner) > SAME_SLOPES * slot.noise / width:
        return math.nan, math.nan, math.nan
    meeting = (values[2] - values[1] - outer * far + inner * near) / (inner - outer)
    if not (near <= meeting <= far):
        meeting = (near + far) / 2.0
    if side == 1:
        return meeting, inner, outer
    return -meeting, -outer, -inner
