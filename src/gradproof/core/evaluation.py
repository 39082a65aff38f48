"""Values of the objective at the points of probes, one after the other, without anything in between."""

from __future__ import annotations

import math

from .abi import Code, ConstProbes, ConstVector, Integer, Objective, Reals, User, Vector, exported
from .codes import BAD_ARGUMENT, DONE
from .memory import as_reals, is_null, offset
from .memory import evaluate as call_objective
from .probes import fits, is_random, move, put_back, typical_size
from .structs import PROBE_START, PROBE_STOP, PROBE_WORDS


@exported
def evaluate(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: Integer,
    probes: ConstProbes,
    count: Integer,
    values: Reals,
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
    n : Integer
        Number of coordinates.
    probes : ConstProbes
        The probes, as gradproof_ask wrote them, or any part of them: threads may share a round.
    count : Integer
        Number of probes.
    values : Reals
        Filled with count values; NaN where the objective returned a code that is not 0.
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
    numbers = as_reals(probes)
    typical = typical_size(x, n) if is_random(probes, count) else 1.0
    for index in range(n):
        point[index] = x[index]
    for number in range(count):
        place = number * PROBE_WORDS
        if not fits(probes, numbers, place, n):
            return BAD_ARGUMENT
        move(probes, numbers, place, x, typical, point)
        values[number] = math.nan
        code = call_objective(objective, point, n, offset(values, number), user)
        # Only the coordinates that moved: a round over n coordinates costs n copies of one number, not of x.
        put_back(probes, numbers, place, x, point)
        if code != DONE:
            values[number] = math.nan
            if probes[place + PROBE_START] == probes[place + PROBE_STOP]:
                return code
    return DONE
