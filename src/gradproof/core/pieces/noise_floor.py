"""The noise floor of an objective alone: what the noise line of the engine measures, without a check around it.

Nothing predicts, without a claimed gradient, by how much f changes where its points are rounded to float32.  So points
of float32 must not be rounded at all: every coordinate moves by a power of two.
"""

from __future__ import annotations

import math

from numpy import int64

from ..noise.line_values import noise_probes, note_value, step_of_probe
from ..noise.noise_line import advance_noise, begin_noise
from ..points.directions import (
    WINDOW,
    WINDOW_BITS,
    Sizes,
    coordinate_scale,
    mixed,
    parts_in_window,
    typical_size,
)
from ..points.long_lines import move_line
from ..points.probes import write_probe
from ..points.seeds import noise_seed
from ..records.abi import (
    Code,
    ConstVector,
    Integer,
    Integers,
    Objective,
    Reals,
    Seed,
    User,
    Vector,
    exported,
    kernel,
    never_inlined,
)
from ..records.border import LARGEST_COUNT, Probe
from ..records.codes import (
    ARITHMETIC_FLOAT64,
    BAD_N,
    DONE,
    NULL_OBJECTIVE,
    NULL_OUTPUT,
    NULL_POINT,
    NULL_X,
    OBJECTIVE_NOT_FINITE,
    OUT_OF_MEMORY,
    OVERLAP,
    X_NOT_FINITE,
    code_of_callback,
)
from ..records.engine import Engine
from ..records.floats import power_of_two_above, widened
from ..records.memory import (
    allocate_record,
    element_bytes,
    evaluate,
    holds_float32,
    is_null,
    local_record,
    null_reals,
    release,
)
from ..records.overlapping import overlap
from ..records.record import record

# What is left of an integer is 0, or -1 where it is negative.
SIGN_SHIFT = 63


@record
class Function:
    """An objective near x, without a claimed gradient."""

    objective: Objective  # writes f(x) to *value
    user: User  # handed to the objective as it is
    engine: Engine  # knows n and, once it is measured, f(x) and its noise


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
    """Measure the absolute rounding noise of an objective near x, in about ten evaluations on a random line.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value; or a code above 0, which ends the
        call.
    user : User
        Handed to the objective unchanged.
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
        0; the code of a NULL pointer, of n, or of overlapping memory; GRADPROOF_OUT_OF_MEMORY; GRADPROOF_X_NOT_FINITE;
        GRADPROOF_OBJECTIVE_NOT_FINITE where f(x) is not finite; GRADPROOF_BAD_RETURN; or the code of the objective.
    """
    code = code_of_function(objective, x, n, work)
    if code != DONE:
        return code
    if is_null(noise):
        return NULL_OUTPUT
    function = allocate_record(Function)
    if is_null(function):
        return OUT_OF_MEMORY
    set_function(function, objective, user, n)
    engine = function.engine
    engine.seed = int64(seed)
    code = measure_noise(function, x, work)
    if code == DONE:
        noise[0] = engine.noise
        if not is_null(arithmetic):
            arithmetic[0] = engine.arithmetic
    release(function)
    return code


def code_of_function(objective: Objective, x: ConstVector, n: int, work: Vector) -> int:
    """Return the code of what is wrong with what an objective is to be looked at with; 0 where nothing is."""
    if n < 1 or n > LARGEST_COUNT:
        return BAD_N
    if is_null(objective):
        return NULL_OBJECTIVE
    if is_null(x):
        return NULL_X
    if is_null(work):
        return NULL_POINT
    room = n * element_bytes(x)
    return OVERLAP if overlap(work, room, x, room) else DONE


def set_function(function: Function, objective: Objective, user: User, n: int) -> None:
    """Say which objective a function is, and of how many coordinates."""
    function.objective = objective
    function.user = user
    function.engine.n = n


def value_at(function: Function, point: ConstVector, value: Reals) -> int:
    """Write the value at a point, NaN where there is none; return a code where the objective ends the call."""
    code = evaluate(function.objective, point, function.engine.n, value, function.user)
    if code == DONE:
        return DONE
    value[0] = math.nan
    return code_of_callback(code)


def measure_noise(function: Function, x: ConstVector, work: Vector) -> int:
    """Measure f(x) and the noise around it, on the random line that the seed gives; return a code."""
    code = begin_at(function, x, work)
    if code != DONE:
        return code
    engine = function.engine
    begin_noise(engine, engine.n)
    known = False
    while not known:
        changed = False
        for number in range(noise_probes(engine.noise_line)):
            move_along(engine, x, step_of_probe(engine.noise_line, number), work)
            value = engine.scratch.values
            code = value_at(function, work, value)
            if code != DONE:
                return code
            changed = note_value(engine, number, value[0], 0.0) or changed
        known = advance_noise(engine, changed)
    return DONE


def begin_at(function: Function, x: ConstVector, work: Vector) -> int:
    """Evaluate the objective at x, and set what a noise line needs; return a code."""
    engine = function.engine
    for index in range(engine.n):
        if not math.isfinite(widened(x[index])):
            return X_NOT_FINITE
        work[index] = x[index]
    # The first point of the noise line is x itself.
    code = value_at(function, work, engine.noise_line.values)
    if code != DONE:
        return code
    engine.value = engine.noise_line.values[0]
    if not math.isfinite(engine.value):
        return OBJECTIVE_NOT_FINITE
    engine.float32 = 1 if holds_float32(x) else 0
    engine.arithmetic = ARITHMETIC_FLOAT64
    engine.typical = typical_size(x, engine.n)
    return DONE


def move_along(engine: Engine, x: ConstVector, step: float, point: Vector) -> None:
    """Write a point of the noise line; where x is float32, every coordinate moves by a signed power of two."""
    seed = noise_seed(engine.seed)
    if holds_float32(x):
        move_exactly(engine, x, seed, step, point)
        return
    probe = local_record(Probe)
    write_probe(probe, 0, engine.n, seed, step)
    move_line(x, x, Sizes(null_reals(), engine.typical), probe, point)


@kernel
@never_inlined
def move_exactly(engine: Engine, x: ConstVector, seed: int, step: float, point: Vector) -> None:
    """Write a point of the noise line so that no step is rounded in float32."""
    key = mixed(seed, 0)
    for index in range(engine.n):
        if index & (WINDOW - 1) == 0:
            key = mixed(seed, index >> WINDOW_BITS)
        value = widened(x[index])
        # A number, not a choice: no processor foresees it.
        sign = float((int(parts_in_window(key, index)) >> SIGN_SHIFT) | 1)
        point[index] = value + step * power_of_two_above(coordinate_scale(value, engine.typical)) * sign
