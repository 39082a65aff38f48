"""Values of the objective at the points of probes, one after the other, in one call."""

from __future__ import annotations

import math

from ..records.abi import Code, ConstReals, ConstVector, Integer, Objective, Reals, User, Vector, exported, kernel
from ..records.border import ConstProbes, Probe
from ..records.codes import BAD_ARGUMENT, DONE
from ..records.memory import evaluate as call_objective
from ..records.memory import is_null, offset
from .probes import copy, fits_all, is_long, move_and_foretell, put_back, typical_for


@kernel
def sets_all(probe: Probe, start: int, stop: int) -> bool:
    """Return whether a probe sets every coordinate of [start, stop)."""
    return probe.ratio == 0.0 and probe.start <= start and stop <= probe.stop


@kernel
def leave(probe: Probe, following: Probe, x: ConstVector, point: Vector) -> None:
    """Undo a probe, unless the one that follows sets all of its coordinates anyway.

    A round over n coordinates so copies n numbers, instead of x n times.
    """
    if not sets_all(following, probe.start, probe.stop):
        put_back(probe, x, point)


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
        Writes f(x) to *value and returns 0.
    user : User
        Handed to the objective as it is.
    x, claimed, sizes, n, changes
        As for gradproof_points.
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
    if not fits_all(probes, count, n, claimed, sizes, changes):
        return BAD_ARGUMENT
    typical = typical_for(x, n, probes, count)
    if not sets_all(probes[0], 0, n):
        copy(x, n, point)
    for number in range(count):
        probe = probes[number]
        if number > 0:
            leave(probes[number - 1], probe, x, point)
        change = move_and_foretell(x, claimed, sizes, probe, typical, point)
        if is_long(probe):
            changes[number] = change
        values[number] = math.nan
        code = call_objective(objective, point, n, offset(values, number), user)
        if code != DONE:
            values[number] = math.nan
            if probe.start == probe.stop:
                return code
    return DONE
