"""Values of the objective at the points of probes, one after the other, without anything in between."""

from __future__ import annotations

import math

from .abi import Code, ConstProbes, ConstReals, ConstVector, Integer, Objective, Reals, User, Vector, exported, kernel
from .codes import BAD_ARGUMENT, DONE
from .directions import typical_size
from .memory import as_reals, is_null, offset
from .memory import evaluate as call_objective
from .probes import fits_all, is_random, move_and_foretell, put_back
from .structs import PROBE_RATIO, PROBE_START, PROBE_STOP, PROBE_WORDS


@kernel
def sets_all(probes: ConstProbes, numbers: ConstReals, place: int, start: int, stop: int) -> bool:
    """Return whether a probe sets every coordinate of [start, stop)."""
    if numbers[place + PROBE_RATIO] != 0.0:
        return False
    return probes[place + PROBE_START] <= start and stop <= probes[place + PROBE_STOP]


@kernel
def leave(probes: ConstProbes, numbers: ConstReals, place: int, following: int, x: ConstVector, point: Vector) -> None:
    """Put back what a probe moved, unless the one that follows sets all of it anyway.

    Only the coordinates that moved: a round over n coordinates costs n copies of one number, not of x.
    """
    if not sets_all(probes, numbers, following, probes[place + PROBE_START], probes[place + PROBE_STOP]):
        put_back(probes, numbers, place, x, point)


@exported
@kernel
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
        Writes f(x) to *value and returns 0.
    user : User
        Handed to the objective as it is.
    x : ConstVector
        The point that the lines go through, n values.
    claimed : ConstVector
        The gradient under test; may be NULL where no probe stands on a long line (its `floor` is not 0).
    sizes : ConstReals
        What gradproof_windows wrote for x; may be NULL there, too.
    n : Integer
        Number of coordinates.
    probes : ConstProbes
        The probes, as gradproof_ask wrote them, or any part of them: threads may share a round.
    count : Integer
        Number of probes.
    values : Reals
        Filled with count values; NaN where the objective returned a code that is not 0.
    changes : Reals
        For probes on long lines filled with the change that the claim foretells; may be NULL where there are none.
    point : Vector
        Work memory of n values, one for each thread.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; or the code of the objective at the point x itself, which ends the call.
    """
    if n < 0 or count < 0:
        return BAD_ARGUMENT
    if count == 0:
        return DONE
    if is_null(objective) or is_null(x) or is_null(probes) or is_null(values) or is_null(point):
        return BAD_ARGUMENT
    if not fits_all(probes, count, n, claimed, sizes, changes):
        return BAD_ARGUMENT
    numbers = as_reals(probes)
    typical = typical_size(x, n) if is_random(probes, count) else 1.0
    if not sets_all(probes, numbers, 0, 0, n):
        for index in range(n):
            point[index] = x[index]
    for number in range(count):
        place = number * PROBE_WORDS
        if number > 0:
            leave(probes, numbers, place - PROBE_WORDS, place, x, point)
        move_and_foretell(x, claimed, sizes, probes, number, typical, point, changes)
        values[number] = math.nan
        code = call_objective(objective, point, n, offset(values, number), user)
        if code != DONE:
            values[number] = math.nan
            if probes[place + PROBE_START] == probes[place + PROBE_STOP]:
                return code
    return DONE
