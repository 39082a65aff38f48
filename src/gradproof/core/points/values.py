"""Values of the objective at the points of probes, one after the other, in one call."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from ..records.abi import (
    Code,
    ConstReals,
    ConstVector,
    Integer,
    Integers,
    Objective,
    Progress,
    Real,
    Reals,
    User,
    Vector,
    always_inlined,
    exported,
    kernel,
)
from ..records.border import ConstProbes, Probe
from ..records.codes import BAD_RETURN, DONE, NULL_OBJECTIVE, NULL_VALUES, OVERLAP, code_of_callback
from ..records.engine import Engine
from ..records.floats import widened
from ..records.memory import (
    add_at_once,
    as_like,
    as_record,
    is_null,
    local_record,
    offset,
    report_progress,
    seconds,
    untyped,
)
from ..records.memory import evaluate as call_objective
from ..records.overlapping import overlap
from ..records.record import WORD, record
from .directions import Sizes
from .long_lines import is_long
from .probes import code_of_points, code_of_probes, copy, leave, move_and_predict, sets_all, typical_for


@record
class Watch:
    """What is kept an eye on while values are computed in a check of one call."""

    value: Annotated[Reals, 1]  # f at the point at hand, which threads write often: nobody else's words lie near it
    lower: ConstReals  # bounds, outside of which the objective is not called; or null
    upper: ConstReals  # the same
    progress: Progress  # called after every evaluation; or null
    progress_user: User  # handed to it
    deadline: Real  # by the clock of `seconds`; 0: none
    expected: Integer  # evaluations that are expected in all
    done: Integer  # evaluations so far
    computed: Integer  # values of this round that are there
    outside: Integer  # those of them whose points lie outside of the bounds
    missing: Integer  # place of the value that the objective refused; the number of probes where it refused none
    is_late: Integer  # 1: the deadline has passed
    counters: Integers  # of threads that share a round: probes taken, then evaluations so far; null: one thread
    marks: Integers  # theirs, too: for each probe 1 where its point lies outside of the bounds, else 0


@record
class Problem:
    """What is evaluated."""

    objective: Objective  # with its data
    user: User  # these data
    x: Integers  # the point, whatever the type of its numbers
    claimed: Integers  # the claimed gradient, the same
    sizes: ConstReals  # of the windows of x
    n: Integer  # number of coordinates
    pairs: Integers  # the check whose round is of pairs, which take no probes; else null


class Round(NamedTuple):
    """What is asked, and where the answers go: the probes, their values, and the changes that the claim predicts."""

    probes: ConstProbes
    size: int
    values: Reals
    changes: Reals


@exported
def evaluate(
    objective: Objective,
    user: User,
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    n: Integer,
    probes: ConstProbes,
    count: Integer,
    values: Reals,
    changes: Reals,
    point: Vector,
) -> Code:
    """Call an objective at the points of probes: what gradproof_tell wants to know.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value; or a code above 0, which ends the
        call.
    user : User
        Handed to the objective unchanged.
    x, claimed, sizes, n, changes
        As for gradproof_points.
    probes : ConstProbes
        The probes, as gradproof_ask wrote them, or any part of them: threads may share a round.
    count : Integer
        Number of probes.
    values : Reals
        Filled with count values; NaN where the objective has none.
    point : Vector
        Work memory of n values; threads that share a round have one each.

    Returns
    -------
    Code
        0; the code of the objective that ended the call; GRADPROOF_BAD_RETURN; or the code of a NULL pointer, of a
        number out of its range, of a probe that moves coordinates which x does not have, or of overlapping memory.
    """
    if count == 0 and n >= 0:
        return DONE
    problem = local_record(Problem)
    set_problem(problem, objective, user, x, claimed, n)
    problem.sizes = sizes
    return evaluate_round(problem, x, claimed, Round(probes, count, values, changes), point)


def evaluate_round(problem: Problem, x: ConstVector, claimed: ConstVector, asked: Round, point: Vector) -> int:
    """Write the values of a round; of pairs, the probes are those that the engine wrote, and are not looked at."""
    n = problem.n
    count = asked.size
    if is_null(problem.objective):
        return NULL_OBJECTIVE
    if is_null(asked.values):
        return NULL_VALUES
    code = code_of_points(x, claimed, n, point, 1 if count > 0 else count)
    if code == DONE and is_null(problem.pairs):
        code = code_of_probes(asked.probes, count, n, claimed, problem.sizes, asked.changes)
    if code == DONE and overlap(asked.values, count * WORD, asked.changes, count * WORD):
        code = OVERLAP
    return watched_values(problem, asked, point, local_record(Watch)) if code == DONE else code


def values_of_pairs(problem: Problem, point: Vector, values: Reals, count: int, watch: Watch) -> int:
    """Write the values of a round of pairs, where nobody watches; return a code where the objective ends it."""
    x = as_like(point, problem.x)
    engine = as_record(problem.pairs, Engine)
    copy(x, problem.n, point)
    for number in range(count):
        place = engine.sweep.paired + (number >> 1)
        index = engine.sweep.chunk_start + place
        step = engine.pairs[place].step
        point[index] = widened(x[index]) + (step if number & 1 == 0 else -step)
        code = value_of(problem, point, offset(values, number))
        if code != DONE:
            return code
        point[index] = x[index]
        watch.computed = number + 1
    return DONE


def set_problem(
    problem: Problem, objective: Objective, user: User, x: ConstVector, claimed: ConstVector, n: int
) -> None:
    """Write what is evaluated, but for the sizes."""
    problem.objective = objective
    problem.user = user
    problem.x = untyped(x)
    problem.claimed = untyped(claimed)
    problem.n = n


def watched_values(problem: Problem, asked: Round, point: Vector, watch: Watch) -> int:
    """Write the values at the points of probes, until all are there or something ends it; return the code that did."""
    count = asked.size
    watch.computed = 0
    watch.outside = 0
    watch.missing = count
    paired = not is_null(problem.pairs)
    if paired and is_null(watch.counters) and is_null(watch.progress) and watch.deadline == 0.0:
        return values_of_pairs(problem, point, asked.values, count, watch)
    x, claimed = as_like(point, problem.x), as_like(point, problem.claimed)
    probes = asked.probes
    number = place_after(watch, -1)
    if number >= count:
        return DONE
    sizes = Sizes(problem.sizes, 1.0 if paired else typical_for(x, problem.n, probes, count))
    if paired or not sets_all(probes[number], 0, problem.n):
        copy(x, problem.n, point)
    last = number
    while number < count:
        inside = True
        if paired:
            move_side(problem, last, number, x, point)
        else:
            probe = probes[number]
            leave(probes[last], probe, x, point)
            change = move_and_predict(x, claimed, sizes, probe, point)
            if is_long(probe):
                asked.changes[number] = change
            inside = is_inside(watch, probe, point)
        code = watched_value(problem, point, watch, number, inside)
        asked.values[number] = watch.value[0]
        if code != DONE or watch.is_late != 0:
            return code
        last = number
        number = place_after(watch, number)
    return DONE


@always_inlined
def move_side(problem: Problem, last: int, number: int, x: ConstVector, point: Vector) -> None:
    """Put one coordinate back, and move another one, or the same, to a side of its pair: without a probe."""
    engine = as_record(problem.pairs, Engine)
    paired = engine.sweep.paired
    first = engine.sweep.chunk_start + paired
    before = first + (last >> 1)
    point[before] = x[before]
    step = engine.pairs[paired + (number >> 1)].step
    index = first + (number >> 1)
    point[index] = widened(x[index]) + (step if number & 1 == 0 else -step)


def place_after(watch: Watch, number: int) -> int:
    """Return the place of the probe that comes next: where threads share a round, the first that none of them has."""
    return number + 1 if is_null(watch.counters) else add_at_once(watch.counters, 1)


def watched_value(problem: Problem, point: Vector, watch: Watch, number: int, inside: bool) -> int:
    """Compute the value at a point, NaN outside of the bounds; return the code of who ends the call."""
    if not is_null(watch.marks):
        watch.marks[number] = 0 if inside else 1
    if not inside:
        watch.value[0] = math.nan
        watch.computed += 1
        watch.outside += 1
        return DONE
    code = value_of(problem, point, watch.value)
    if code != DONE:
        watch.missing = number
        return code
    watch.computed += 1
    return note_evaluation(watch)


@always_inlined
def value_of(problem: Problem, point: Vector, value: Reals) -> int:
    """Write the value at a point, NaN where there is none; return a code where the objective ends the call."""
    value[0] = math.nan
    code = call_objective(problem.objective, point, problem.n, value, problem.user)
    if code == DONE:
        return DONE
    value[0] = math.nan
    return code_of_callback(code)


@kernel
def note_evaluation(watch: Watch) -> int:
    """Count an evaluation, and look whether it is to be the last one; return the code of who watches."""
    watch.done = 1 + (watch.done if is_null(watch.counters) else add_at_once(offset(watch.counters, 1), 1))
    if watch.deadline > 0.0 and seconds() >= watch.deadline:
        watch.is_late = 1
    return tell_progress(watch)


def tell_progress(watch: Watch) -> int:
    """Tell who watches how many evaluations there were; return what ends the call."""
    if is_null(watch.progress):
        return DONE
    expected = watch.expected if watch.expected > watch.done else watch.done
    code = report_progress(watch.progress, watch.done, expected, watch.progress_user)
    return BAD_RETURN if code < 0 else code


@kernel
def is_inside(watch: Watch, probe: Probe, point: ConstVector) -> bool:
    """Return whether the coordinates that a probe moves are within the bounds."""
    lower = watch.lower
    upper = watch.upper
    if is_null(lower) and is_null(upper):
        return True
    index = probe.start
    while index < probe.stop:
        value = widened(point[index])
        if not (is_null(lower) or value >= lower[index]) or not (is_null(upper) or value <= upper[index]):
            return False
        index += 1 if probe.ratio == 0.0 else probe.stop - 1 - probe.start
    return True
