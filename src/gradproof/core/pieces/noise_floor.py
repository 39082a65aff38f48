"""The noise floor of an objective, without a check around it: the noise line of the engine.

There is no claimed gradient here that could foretell what rounding of the points into float32 changes.  So there the
points must not be rounded: every coordinate moves by a power of two.
"""

from __future__ import annotations

import math

from numpy import int64

from ..evidence.noise_line import advance_noise, begin_noise, noise_probes, note_value, step_of_probe
from ..points.directions import coordinate_scale, direction, typical_size
from ..points.seeds import noise_seed
from ..records.abi import Code, ConstVector, Integer, Integers, Objective, Reals, Seed, User, Vector, exported
from ..records.codes import ARITHMETIC_FLOAT64, BAD_ARGUMENT, DONE, OBJECTIVE_NOT_FINITE, OUT_OF_MEMORY
from ..records.engine import Engine
from ..records.floats import power_of_two_above, widened
from ..records.memory import allocate_record, evaluate, holds_float32, is_null, release


@exported
def noise_floor(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: Integer,
    seed: Seed,
    work: Vector,
    noise: Reals,
    arithmetic: Integers,
) -> Code:
    """Measure the absolute rounding noise of an objective near x, in some ten evaluations on one random line.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; elsewhere than at x another code counts as a missing value.
    user : User
        Handed to the objective as it is.
    x : ConstVector
        The point, n finite values.
    n : Integer
        Number of coordinates, at least 1.
    seed : Seed
        Of the random line.
    work : Vector
        Work memory of n values.
    noise : Reals
        Filled with the standard deviation of the noise, at least half a unit in the last place of f(x).
    arithmetic : Integers
        Filled with the arithmetic that the noise betrays, GRADPROOF_ARITHMETIC_...; may be NULL.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; GRADPROOF_OBJECTIVE_NOT_FINITE where f(x) is not finite; or
        the code of the objective at x.
    """
    if is_null(objective) or is_null(x) or is_null(work) or is_null(noise) or n < 1:
        return BAD_ARGUMENT
    engine = allocate_record(Engine)
    if is_null(engine):
        return OUT_OF_MEMORY
    engine.seed = int64(seed)
    code = measure_noise(objective, user, x, n, work, engine)
    if code == DONE:
        noise[0] = engine.noise
        if not is_null(arithmetic):
            arithmetic[0] = engine.arithmetic
    release(engine)
    return code


def measure_noise(objective: Objective, user: User, x: ConstVector, n: int, work: Vector, engine: Engine) -> int:
    """Fill the header of a block whose seed is set: f(x), the noise around it, arithmetic, the typical size of x."""
    code = begin_at(objective, user, x, n, work, engine)
    if code != DONE:
        return code
    begin_noise(engine)
    known = False
    while not known:
        changed = False
        for number in range(noise_probes(engine.noise_line)):
            step = step_of_probe(engine.noise_line, number)
            move_along(x, n, engine.typical, noise_seed(engine.seed), step, work)
            value = engine.scratch.values
            if evaluate(objective, work, n, value, user) != DONE:
                value[0] = math.nan
            changed = note_value(engine, number, value[0], 0.0) or changed
        known = advance_noise(engine, changed)
    return DONE


def begin_at(objective: Objective, user: User, x: ConstVector, n: int, work: Vector, engine: Engine) -> int:
    """Evaluate the objective at x and fill in what a noise line is measured with."""
    for index in range(n):
        if not math.isfinite(widened(x[index])):
            return BAD_ARGUMENT
        work[index] = x[index]
    # The first place of the noise line is x itself.
    code = evaluate(objective, work, n, engine.noise_line.values, user)
    if code != DONE:
        return code
    engine.value = engine.noise_line.values[0]
    if not math.isfinite(engine.value):
        return OBJECTIVE_NOT_FINITE
    engine.n = n
    engine.float32 = 1 if holds_float32(x) else 0
    engine.arithmetic = ARITHMETIC_FLOAT64
    engine.typical = typical_size(x, n)
    return DONE


def move_along(x: ConstVector, n: int, typical: float, seed: int, step: float, point: Vector) -> None:
    """Write a point of the line; where x is float32, every coordinate moves by a power of two, of either sign."""
    exactly = holds_float32(x)
    for index in range(n):
        value = widened(x[index])
        scale = coordinate_scale(value, typical, 0.0)
        move = direction(seed, index)
        if exactly:
            scale = power_of_two_above(scale)
            move = 1.0 if move > 0.0 else -1.0
        point[index] = value + step * move * scale
