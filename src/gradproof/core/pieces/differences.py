"""Difference quotients of every coordinate: the whole numerical gradient, forward or centered."""

from __future__ import annotations

import math

from ..evidence.scales import smallest_step
from ..records.abi import Code, ConstReals, ConstVector, Integer, Objective, Reals, User, Vector, exported
from ..records.codes import BAD_ARGUMENT, DONE, OUT_OF_MEMORY
from ..records.engine import Engine
from ..records.floats import larger, power_of_two_above, smaller, widened
from ..records.memory import allocate_record, evaluate, is_null, offset, release
from .noise_floor import measure_noise

FORWARD = 1
CENTERED = 2
# Noise beyond this part of |f| asks for steps that have nothing to do with a derivative any more.
LARGEST_RELATIVE_NOISE = 2.0**-10
UNIT = 2.0**-53


@exported
def forward_difference(
    objective: Objective, user: User, x: ConstVector, n: Integer, step: ConstReals, out: Vector, work: Vector
) -> Code:
    """Fill a vector with forward differences (f(x + h) - f(x)) / h: n + 1 evaluations, an error of order h (Taylor).

    h is the step that x really takes after rounding.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; another code ends the call and is handed back.
    user : User
        Handed to the objective as it is.
    x : ConstVector
        The point, n finite values; never written to.
    n : Integer
        Number of coordinates.
    step : ConstReals
        A step for each coordinate, not 0; a negative one looks backward.  NULL: the square root of the relative noise
        that is measured (some ten evaluations more), times the size of the coordinate, as a power of two.
    out : Vector
        Filled with n slopes.
    work : Vector
        Work memory of n values.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; GRADPROOF_OBJECTIVE_NOT_FINITE where the noise was to be
        measured and f(x) is not finite; or the code of the objective.
    """
    return differences(objective, user, x, n, step, out, work, FORWARD)


@exported
def centered_difference(
    objective: Objective, user: User, x: ConstVector, n: Integer, step: ConstReals, out: Vector, work: Vector
) -> Code:
    """Fill a vector with centered differences (f(x + h) - f(x - h)) / 2h: 2n evaluations, an error of order h^2.

    The order is Taylor's.  More accurate than forward differences, not safer at kinks: it looks to both sides and
    crosses them at least as often.  2h is the distance that x really moves after rounding.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; another code ends the call and is handed back.
    user : User
        Handed to the objective as it is.
    x : ConstVector
        The point, n finite values; never written to.
    n : Integer
        Number of coordinates.
    step : ConstReals
        A step for each coordinate, not 0.  NULL: the cube root of the relative noise that is measured (some ten
        evaluations more), times the size of the coordinate, as a power of two.
    out : Vector
        Filled with n slopes.
    work : Vector
        Work memory of n values.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_OUT_OF_MEMORY; GRADPROOF_OBJECTIVE_NOT_FINITE where the noise was to be
        measured and f(x) is not finite; or the code of the objective.
    """
    return differences(objective, user, x, n, step, out, work, CENTERED)


def differences(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: int,
    step: ConstReals,
    out: Vector,
    work: Vector,
    formula: int,
) -> int:
    """Fill a vector with differences of one of the two formulas."""
    if n < 0 or is_null(objective) or (n > 0 and (is_null(x) or is_null(out) or is_null(work))):
        return BAD_ARGUMENT
    if n == 0:
        return DONE
    engine = allocate_record(Engine)
    if is_null(engine):
        return OUT_OF_MEMORY
    code = DONE
    if is_null(step):
        code = measure_noise(objective, user, x, n, work, engine)
    if code == DONE:
        code = sweep(objective, user, x, n, step, out, work, formula, engine)
    release(engine)
    return code


def sweep(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: int,
    step: ConstReals,
    out: Vector,
    work: Vector,
    formula: int,
    engine: Engine,
) -> int:
    """Go through the coordinates; the work vector is x but for one of them."""
    for index in range(n):
        work[index] = x[index]
    # With NULL steps f(x) is known from the noise line.
    if formula == FORWARD and not is_null(step):
        code = evaluate(objective, work, n, engine.noise_line.values, user)
        if code != DONE:
            return code
        engine.value = engine.noise_line.values[0]
    values = engine.noise_line.values
    for index in range(n):
        value = widened(x[index])
        move = default_step(engine, value, formula) if is_null(step) else step[index]
        values[1] = engine.value
        code = moved(objective, user, x, n, index, move, work, values)
        stop = widened(work[index])
        start = value
        if code == DONE and formula == CENTERED:
            code = moved(objective, user, x, n, index, -move, work, offset(values, 1))
            start = widened(work[index])
        work[index] = x[index]
        if code != DONE:
            return code
        distance = stop - start
        out[index] = (values[0] - values[1]) / distance if distance != 0.0 else math.nan
    return DONE


def moved(
    objective: Objective,
    user: User,
    x: ConstVector,
    n: int,
    index: int,
    step: float,
    work: Vector,
    value: Reals,
) -> int:
    """Evaluate the objective with one coordinate moved; it stays where it is until the caller moves it."""
    work[index] = widened(x[index]) + step
    return evaluate(objective, work, n, value, user)


def default_step(engine: Engine, value: float, formula: int) -> float:
    """Return the step that balances truncation and noise where f varies on the scale of x (Moré and Wild, 2012)."""
    size = math.fabs(engine.value)
    noise = smaller(engine.noise / size, LARGEST_RELATIVE_NOISE) if size > 0.0 else UNIT
    noise = larger(noise, UNIT)
    part = math.sqrt(noise) if formula == FORWARD else cube_root(noise)
    step = power_of_two_above(part * larger(math.fabs(value), engine.typical))
    return larger(step, smallest_step(engine, value))


def cube_root(value: float) -> float:
    """Return the cube root of a number in (0, 1], within a factor of 1.6: a power of two is all that is made of it."""
    exponent = math.frexp(value)[1]
    return math.ldexp(1.0, math.floor(exponent / 3.0))
