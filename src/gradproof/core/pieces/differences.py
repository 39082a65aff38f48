"""Difference quotients of every coordinate: the whole numerical gradient, forward or centered."""

from __future__ import annotations

import math

from ..evidence.scales import UNIT_FLOAT64, smallest_step
from ..records.abi import Code, ConstReals, ConstVector, Integer, Objective, Real, User, Vector, exported
from ..records.border import LARGEST_COUNT
from ..records.codes import BAD_N, DONE, NULL_OBJECTIVE, NULL_OUTPUT, NULL_POINT, NULL_X, OUT_OF_MEMORY, OVERLAP
from ..records.engine import Engine
from ..records.floats import larger, power_of_two_above, smaller, widened
from ..records.memory import allocate_record, element_bytes, is_null, offset, release
from ..records.overlapping import overlap
from ..records.record import record
from .noise_floor import Function, measure_noise, set_function, value_at

FORWARD = 1
CENTERED = 2
# With more relative noise than this, the best step would be so long that the quotient is no derivative any more.
LARGEST_RELATIVE_NOISE = 2.0**-10


@record
class Quotients:
    """A gradient of difference quotients."""

    function: Function  # what is differentiated
    formula: Integer  # FORWARD or CENTERED
    part: Real  # default steps, relative to the size of a coordinate


@exported
def forward_difference(
    objective: Objective, user: User, x: ConstVector, n: Integer, step: ConstReals, out: Vector, work: Vector
) -> Code:
    """Fill a vector with forward differences (f(x + h) - f(x)) / h, in n + 1 evaluations.

    The error is of order h (Taylor).  h is the step that x really takes after rounding.

    Parameters
    ----------
    objective : Objective
        Writes f(x) to *value and returns 0; GRADPROOF_OUTSIDE where it has no value; or a code above 0, which ends the
        call.
    user : User
        Handed to the objective unchanged.
    x : ConstVector
        The point, n finite values; never written to.
    n : Integer
        Number of coordinates; 0 is allowed.
    step : ConstReals
        A step for each coordinate; a negative one looks backward, and one that does not move the coordinate, such as
        0, gives NaN.  NULL: the square root of the relative noise that is measured (some ten evaluations more), times
        the size of the coordinate, as a power of two.
    out : Vector
        Filled with n slopes; where the objective ended the call, with those until then.
    work : Vector
        Work memory of n values.

    Returns
    -------
    Code
        0; the code of a NULL pointer, of n, or of overlapping memory; GRADPROOF_OUT_OF_MEMORY; where the noise was to
        be measured, GRADPROOF_X_NOT_FINITE, or GRADPROOF_OBJECTIVE_NOT_FINITE for f(x); GRADPROOF_BAD_RETURN; or the
        code of the objective.
    """
    return differences(quotients_of(objective, user, n, FORWARD), x, step, out, work)


@exported
def centered_difference(
    objective: Objective, user: User, x: ConstVector, n: Integer, step: ConstReals, out: Vector, work: Vector
) -> Code:
    """Fill a vector with centered differences (f(x + h) - f(x - h)) / 2h, in 2n evaluations.

    The error is of order h^2 (Taylor).  More accurate than forward differences, but no safer at kinks: two points on
    both sides of x have a kink between them at least as often.  2h is the distance that x really moves after rounding.

    Parameters
    ----------
    objective, user, x, n, out, work
        As for gradproof_forward_difference.
    step : ConstReals
        A step for each coordinate; one that does not move it, such as 0, gives NaN.  NULL: the cube root of the
        relative noise that is measured (some ten evaluations more), times the size of the coordinate, as a power of
        two.

    Returns
    -------
    Code
        As for gradproof_forward_difference.
    """
    return differences(quotients_of(objective, user, n, CENTERED), x, step, out, work)


def quotients_of(objective: Objective, user: User, n: int, formula: int) -> Quotients:
    """Return what a gradient of difference quotients is made with, or a null pointer."""
    quotients = allocate_record(Quotients)
    if not is_null(quotients):
        set_function(quotients.function, objective, user, n)
        quotients.formula = formula
    return quotients


def differences(quotients: Quotients, x: ConstVector, step: ConstReals, out: Vector, work: Vector) -> int:
    """Fill a vector with difference quotients, and give back what they are made with; return a code."""
    if is_null(quotients):
        return OUT_OF_MEMORY
    function = quotients.function
    n = function.engine.n
    code = code_of_vectors(function, x, out, work)
    if code == DONE and n > 0 and is_null(step):
        code = measure_noise(function, x, work)
    if code == DONE:
        code = fill(quotients, x, step, out, work)
    release(quotients)
    return code


def code_of_vectors(function: Function, x: ConstVector, out: Vector, work: Vector) -> int:
    """Return the code of what is wrong with the vectors that differences are given; 0 where nothing is."""
    n = function.engine.n
    if n < 0 or n > LARGEST_COUNT:
        return BAD_N
    if is_null(function.objective):
        return NULL_OBJECTIVE
    if n == 0:
        return DONE
    if is_null(x):
        return NULL_X
    if is_null(out):
        return NULL_OUTPUT
    if is_null(work):
        return NULL_POINT
    room = n * element_bytes(x)
    over_x = overlap(work, room, x, room) or overlap(out, room, x, room)
    return OVERLAP if over_x or overlap(out, room, work, room) else DONE


def fill(quotients: Quotients, x: ConstVector, step: ConstReals, out: Vector, work: Vector) -> int:
    """Go through the coordinates; all but one of the work vector are those of x."""
    function = quotients.function
    engine = function.engine
    values = engine.noise_line.values
    centered = quotients.formula == CENTERED
    for index in range(engine.n):
        work[index] = x[index]
    if is_null(step):
        quotients.part = default_part(engine, quotients.formula)
    # Without steps, f(x) is known from the noise line.
    if engine.n > 0 and not (centered or is_null(step)):
        code = value_at(function, work, values)
        if code != DONE:
            return code
        engine.value = values[0]
    for index in range(engine.n):
        start = widened(x[index])
        move = default_step(engine, start, quotients.part) if is_null(step) else step[index]
        values[1] = engine.value
        work[index] = start + move
        code = value_at(function, work, values)
        stop = widened(work[index])
        if code == DONE and centered:
            work[index] = start - move
            code = value_at(function, work, offset(values, 1))
            start = widened(work[index])
        work[index] = x[index]
        if code != DONE:
            return code
        distance = stop - start
        out[index] = (values[0] - values[1]) / distance if distance != 0.0 else math.nan
    return DONE


def default_part(engine: Engine, formula: int) -> float:
    """Return the part of a size that balances truncation and noise where f varies on the scale of x.

    Moré and Wild, "Estimating derivatives of noisy simulations" (2012).
    """
    size = math.fabs(engine.value)
    noise = smaller(engine.noise / size, LARGEST_RELATIVE_NOISE) if size > 0.0 else UNIT_FLOAT64
    noise = larger(noise, UNIT_FLOAT64)
    return math.sqrt(noise) if formula == FORWARD else cube_root(noise)


def default_step(engine: Engine, value: float, part: float) -> float:
    """Return the step of a coordinate: that part of its size, as a power of two."""
    step = power_of_two_above(part * larger(math.fabs(value), engine.typical))
    return larger(step, smallest_step(engine, value))


def cube_root(value: float) -> float:
    """Return the cube root of a number in (0, 1], within a factor of 1.6: a power of two is all that is made of it."""
    exponent = math.frexp(value)[1]
    return math.ldexp(1.0, math.floor(exponent / 3.0))
