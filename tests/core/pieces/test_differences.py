"""Forward and centered differences: closed forms, orders by regression, and the step that x really takes."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from machine import both
from properties import arrays, refuted, sized
from witnesses import in_c, twin_of

from gradproof.core.pieces import differences as slopes
from gradproof.core.records import codes
from gradproof.core.records.codes import DONE, OBJECTIVE_NOT_FINITE, OUT_OF_MEMORY, OUTSIDE

LONG = 65_537
FORMULAS = ["forward", "centered"]


def quotients(witness, formula, objective, x, step=None):
    """The numerical gradient; the objective is a function of a copy of the point."""

    twin = twin_of(x)
    steps = None if step is None else np.full(x.size, step) if np.ndim(step) == 0 else np.array(step)
    out, work = np.full(x.size, -7.0, x.dtype), np.zeros(x.size, x.dtype)
    before = x.tobytes()
    assert witness(f"gradproof_{formula}_difference{twin}", in_c(objective), None, x, x.size, steps, out, work) == DONE
    assert x.tobytes() == before
    return out


def naive(formula, objective, x, steps):
    """The same in plain words: move one coordinate, divide by the distance between the two points."""
    out = []
    for index, step in enumerate(steps):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += x.dtype.type(step) if x.dtype == np.float64 else 0
        if x.dtype == np.float32:
            ahead[index] = np.float32(float(x[index]) + step)
        if formula == "centered":
            behind[index] = x.dtype.type(float(x[index]) - step)
        distance = float(ahead[index]) - float(behind[index])
        rise = float(objective(ahead)) - float(objective(behind))
        out.append(rise / distance if distance else math.nan)
    return np.array(out).astype(x.dtype)


def smooth(x):
    return math.fsum(math.sin(value) * (place + 1) for place, value in enumerate(map(float, x)))


def smooth_slopes(x):
    return np.cos(x) * (np.arange(x.size) + 1)


points = arrays(sized(-3, 2), high=6)


@given(x=points, power=st.integers(-40, 2), sign=st.sampled_from([-1.0, 1.0]), data=st.data())
@example(np.array([1.0, 0.0]), -60, 1.0, None)
def is_the_quotient(witness, formula, dtype, x, power, sign, data):
    x = x.astype(dtype)
    steps = sign * 2.0**power * (1 if data is None else data.draw(st.floats(0.5, 2))) * np.ones(x.size)
    found = quotients(witness, formula, smooth, x, steps)
    assert np.array_equal(found, naive(formula, smooth, x, steps), equal_nan=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("formula", FORMULAS)
def test_quotient(witness, formula, dtype):
    is_the_quotient(witness, formula, dtype)


def over_the_nominal_step(symbol, objective, user, x, n, step, out, work):
    """Wrong on purpose: divides by the step that was wished for."""
    for index in range(n):
        values = np.zeros((2, 1))
        for value, move in zip(values, (step[index], -step[index] if "centered" in symbol else 0.0), strict=True):
            work[:] = x
            work[index] = float(x[index]) + move
            objective(work, n, value, user)
        out[index] = (values[0, 0] - values[1, 0]) / (step[index] * (2 if "centered" in symbol else 1))
    return DONE


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("formula", FORMULAS)
def test_quotient_twin(formula, dtype):
    refuted(is_the_quotient, over_the_nominal_step, formula, dtype)


@given(weights=arrays(st.integers(-99, 99), high=5), power=st.integers(-30, 3), shift=st.integers(-9, 9))
@example(np.array([0.0, 1.0]), -1, 0)
def is_exact(witness, formula, weights, power, shift):
    """On a linear function whose numbers are short, with a power of two for a step, nothing is rounded."""
    x = np.arange(weights.size) + shift / 4
    assert np.array_equal(quotients(witness, formula, lambda p: float(weights @ p), x, 2.0**power), weights)


@pytest.mark.parametrize("formula", FORMULAS)
def test_linear_functions(witness, formula):
    is_exact(witness, formula)


def test_linear_functions_twin():
    def rounded(*arguments):
        code = over_the_nominal_step(*arguments)
        arguments[-2][:] *= 1 + 2.0**-52
        return code

    refuted(is_exact, rounded, "forward")


def order(witness, formula):
    """The slope of log(error) over log(step)."""
    x = np.array([0.3, -1.1, 2.0])
    steps = 2.0 ** np.arange(-12, -3)
    errors = [np.abs(quotients(witness, formula, smooth, x, step) - smooth_slopes(x)) for step in steps]
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


def test_orders(witness):
    assert order(witness, "forward") == pytest.approx([1, 1, 1], abs=0.05)
    assert order(witness, "centered") == pytest.approx([2, 2, 2], abs=0.05)


def test_orders_twin(witness):
    # The same regression tells the two formulas apart.
    for formula, other in (("forward", 2), ("centered", 1)):
        assert order(witness, formula) != pytest.approx([other] * 3, abs=0.5)


def test_closed_forms(witness):
    x, h = np.array([1.5, -2.0]), 0.25
    assert quotients(witness, "forward", lambda p: float(p @ p), x, h) == pytest.approx(2 * x + h, rel=1e-13)
    assert quotients(witness, "centered", lambda p: float(p @ p), x, h) == pytest.approx(2 * x, rel=1e-13)
    cubes = quotients(witness, "centered", lambda p: float(np.sum(p**3)), x, h)
    assert cubes == pytest.approx(3 * x**2 + h * h, rel=1e-13)
    assert cubes != pytest.approx(3 * x**2, rel=1e-3)


def test_negative_steps_look_backward(witness):
    x = np.array([0.0, 1.0])
    assert quotients(witness, "forward", lambda p: float(np.abs(p).sum()), x, 0.5).tolist() == [1, 1]
    assert quotients(witness, "forward", lambda p: float(np.abs(p).sum()), x, -0.5).tolist() == [-1, 1]
    assert quotients(witness, "forward", lambda p: float(np.abs(p).sum()), x, [-0.5, -2.0]).tolist() == [-1, 0]


def crosses(witness, formula, x):
    """Whether the quotient of max(x, 0) is off at this distance from its kink."""
    return quotients(witness, formula, lambda p: float(max(p[0], 0.0)), np.array([x]), 0.25)[0] != float(x > 0)


def test_centered_differences_cross_kinks_at_least_as_often(witness):
    places = np.linspace(-1, 1, 201) + 1e-3
    forward = np.array([crosses(witness, "forward", x) for x in places])
    centered = np.array([crosses(witness, "centered", x) for x in places])
    assert np.all(centered >= forward)
    assert centered.sum() > 1.9 * forward.sum() > 0


def takes_the_real_step(witness, formula, dtype):
    """0.1 is not what x moves by; where x does not move at all there is no slope."""
    x = np.array([1.0, 1e4, 1e9], dtype)
    found = quotients(witness, formula, lambda p: math.fsum(map(float, p)), x, 1e-7)
    if dtype == np.float64:
        # The rounding of the sum is all that is left.
        assert found == pytest.approx([1, 1, 1], abs=4)
        assert quotients(witness, formula, lambda p: float(p[0]), x, 1e-7)[0] == 1.0
    else:
        # 1e-7 is rounded to one unit in the last place, 2**-23: the slope of the sum is 1 all the same.
        assert quotients(witness, formula, lambda p: float(p[0]), x, 1e-7)[0] == 1.0
        assert np.isnan(found[1:]).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("formula", FORMULAS)
def test_the_step_that_x_really_takes(witness, formula, dtype):
    takes_the_real_step(witness, formula, dtype)
    refuted(takes_the_real_step, over_the_nominal_step, formula, dtype)


def spans_all_sizes(witness, formula, exponent, accuracy):
    """With no step given: sqrt and cube root of the noise, whatever the units of x and of f."""
    scale = 10.0**exponent
    x = scale * np.array([1.0, -0.5, 3.0])
    found = quotients(witness, formula, lambda p: smooth(p / scale), x)
    assert found == pytest.approx(smooth_slopes(x / scale) / scale, rel=accuracy)


@pytest.mark.parametrize("exponent", [-300, -150, -3, 0, 8, 150, 300])
@pytest.mark.parametrize(("formula", "accuracy"), [("forward", 3e-7), ("centered", 3e-9)])
def test_steps_of_its_own(witness, formula, accuracy, exponent):
    spans_all_sizes(witness, formula, exponent, accuracy)


def test_steps_of_its_own_twin(witness):
    # Forward differences do not have the accuracy of centered ones, and a fixed step does not suit all sizes.
    refuted(spans_all_sizes, witness, "forward", 0, 1e-10)

    def fixed(symbol, objective, user, x, n, step, out, work):
        return witness(symbol, objective, user, x, n, np.full(n, 1e-6), out, work)

    refuted(spans_all_sizes, fixed, "centered", 8, 1e-6)


def suits_float32(witness, formula, accuracy):
    x = np.array([1.0, -0.5, 3.0], np.float32)
    found = quotients(witness, formula, lambda p: float(np.sum(np.sin(p))), x)
    assert found == pytest.approx(np.cos(x), rel=accuracy)


def test_steps_of_its_own_in_float32(witness):
    suits_float32(witness, "forward", 3e-3)
    suits_float32(witness, "centered", 3e-4)

    def for_float64(symbol, objective, user, x, n, step, out, work):
        return witness(symbol, objective, user, x, n, np.full(n, 1e-6), out, work)

    refuted(suits_float32, for_float64, "centered", 3e-4)


def test_steps_of_its_own_where_x_is_zero(witness):
    found = quotients(witness, "centered", lambda p: float(np.sum(np.exp(p))), np.zeros(3))
    assert found == pytest.approx([1, 1, 1], rel=1e-9)
    assert quotients(witness, "centered", lambda p: 0.0, np.zeros(3)).tolist() == [0, 0, 0]


@given(value=st.floats(2.0**-60, 1.0))
@example(1.0)
@example(2.0**-52)
@example(0.0624)
def is_a_cube_root(functions, factor, value):
    for function in functions:
        assert 1 / factor <= function(value) / np.cbrt(value) <= factor
        assert math.frexp(function(value))[0] == 0.5


def test_cube_root():
    is_a_cube_root(both(slopes.cube_root, "float64"), 2.0 ** (2 / 3))
    refuted(is_a_cube_root, [lambda value: 2.0 ** (math.frexp(value)[1] // 3 - 1)], 2.0 ** (2 / 3))


def test_cube_root_is_as_close_as_it_says():
    assert "1.6" in slopes.cube_root.__doc__
    is_a_cube_root([slopes.cube_root], 1.6)


def counted(witness, formula, n, step):
    calls = 0

    def objective(x):
        nonlocal calls
        calls += 1
        return smooth(x)

    quotients(witness, formula, objective, np.linspace(1, 2, n), step)
    return calls


def test_evaluations(witness):
    assert counted(witness, "forward", 10, 1e-3) == 11
    assert counted(witness, "centered", 10, 1e-3) == 20
    assert counted(witness, "forward", 10, None) <= 11 + 10
    assert counted(witness, "centered", 10, None) <= 20 + 11


def finds_the_last(witness, formula, dtype=np.float64):
    x = np.zeros(LONG, dtype)
    x[-1] = 2.0

    def at_the_end(point, n, value, user):
        value[0] = float(point[n - 1]) ** 2
        return 0

    twin = "_f32" if dtype == np.float32 else ""
    steps, out, work = np.full(LONG, 2.0**-10), np.full(LONG, -1.0, dtype), np.zeros(LONG, dtype)
    code = witness(f"gradproof_{formula}_difference{twin}", at_the_end, None, x, LONG, steps, out, work)
    assert code == DONE
    assert out[-1] == pytest.approx(4.0, rel=1e-3)
    assert not out[:-1].any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_long_vector(library, formula, dtype):
    finds_the_last(library, formula, dtype)


def test_a_long_vector_in_plain_python(plain):
    finds_the_last(plain, "forward")


def test_a_long_vector_twin(library):
    def narrow(symbol, objective, user, x, n, step, out, work):
        return library(symbol, objective, user, x, n % 65_536, step, out, work)

    refuted(finds_the_last, narrow, "forward")


@pytest.mark.parametrize("formula", FORMULAS)
def test_codes_of_the_objective(witness, formula):
    x, out, work = np.ones(3), np.full(3, -7.0), np.zeros(3)
    symbol = f"gradproof_{formula}_difference"

    def refusing(index):
        def objective(point, n, value, user):
            value[0] = 1.0
            return 5 + index if index < 0 or point[index] != 1.0 else 0

        return objective

    steps = np.full(3, 0.5)
    assert witness(symbol, refusing(-1), None, x, 3, steps, out, work) == 4
    assert witness(symbol, refusing(-1), None, x, 3, None, out, work) == 4
    assert witness(symbol, refusing(1), None, x, 3, steps, out, work) == 6
    assert out.tolist() == [0, -7, -7]


@pytest.mark.parametrize("formula", FORMULAS)
def test_values_that_are_missing(witness, formula):
    x, out, work = np.ones(2), np.full(2, -7.0), np.zeros(2)

    def objective(point, n, value, user):
        value[0] = math.nan if point[1] != 1.0 else float(point[0])
        return 0

    assert quotients(witness, formula, lambda p: math.nan, x, 0.5).tolist() == pytest.approx(
        [math.nan] * 2, nan_ok=True
    )
    assert witness(f"gradproof_{formula}_difference", objective, None, x, 2, np.full(2, 0.5), out, work) == DONE
    assert out.tolist() == pytest.approx([1, math.nan], nan_ok=True)

    def nowhere(point, n, value, user):
        value[0] = math.inf
        return 0

    assert witness(f"gradproof_{formula}_difference", nowhere, None, x, 2, None, out, work) == OBJECTIVE_NOT_FINITE


@pytest.mark.parametrize("twin", ["", "_f32"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_bad_arguments(witness, formula, twin):
    def objective(point, n, value, user):
        value[0] = 1.0
        return 0

    dtype = np.float32 if twin else np.float64
    symbol = f"gradproof_{formula}_difference{twin}"
    right = [objective, None, np.ones(2, dtype), 2, np.ones(2), np.zeros(2, dtype), np.zeros(2, dtype)]
    assert witness(symbol, *right) == DONE
    x, out, work = right[2], right[5], right[6]
    wrongs = [(0, None, codes.NULL_OBJECTIVE), (2, None, codes.NULL_X), (3, -1, codes.BAD_N)]
    wrongs += [(3, 1 << 60, codes.BAD_N)]
    wrongs += [(5, None, codes.NULL_OUTPUT), (6, None, codes.NULL_POINT)]
    wrongs += [(5, x, codes.OVERLAP), (6, x, codes.OVERLAP), (5, work, codes.OVERLAP), (6, out, codes.OVERLAP)]
    for place, wrong, code in wrongs:
        assert witness(symbol, *right[:place], wrong, *right[place + 1 :]) == code
    assert witness(symbol, objective, None, None, 0, None, None, None) == DONE
    not_finite = np.array([1, np.nan], dtype)
    assert witness(symbol, objective, None, not_finite, 2, None, *right[5:]) == codes.X_NOT_FINITE


@pytest.mark.parametrize("twin", ["", "_f32"])
@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("returned", "handed_back"), [(42, 42), (-1, codes.BAD_RETURN), (OUTSIDE, DONE)])
def test_a_code_of_the_objective_ends_the_call(witness, formula, twin, returned, handed_back):
    """Wherever it comes, with steps and without; but OUTSIDE is a value that is missing."""
    dtype, called = np.float32 if twin else np.float64, []
    x = np.linspace(1, 2, 4, dtype=dtype)

    def differentiated(kth, step):
        out, work = np.full(4, -7.0, dtype), np.zeros(4, dtype)
        called.clear()

        def objective(point, n, value, user):
            called.append(1)
            value[0] = float(np.sum(point[:n].astype(np.float64) ** 2))
            return returned if len(called) == kth else 0

        return witness(f"gradproof_{formula}_difference{twin}", objective, None, x, 4, step, out, work), out

    for step in (np.full(4, 0.25), None):
        code, whole = differentiated(0, step)
        all_of_them = len(called)
        assert code == DONE
        assert whole == pytest.approx(2 * x, rel=0.2)
        for kth in range(1, all_of_them + 1):
            code, out = differentiated(kth, step)
            if returned == OUTSIDE:
                without_value = step is None and kth == 1
                assert code == (OBJECTIVE_NOT_FINITE if without_value else DONE)
                assert len(called) == (1 if without_value else all_of_them) or step is None
            else:
                assert (code, len(called)) == (handed_back, kth)
                done = np.flatnonzero(out != -7)
                assert done.tolist() == list(range(done.size))
                assert out[done].tolist() == whole[done].tolist()
                assert done.size < 4


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_memory(plain, monkeypatch, formula):
    def objective(point, n, value, user):
        value[0] = 1.0
        return 0

    given = (objective, None, np.ones(2), 2, None, np.zeros(2), np.zeros(2))
    assert plain(f"gradproof_{formula}_difference", *given) == DONE
    monkeypatch.setattr(slopes, "allocate_record", lambda kind: None)
    assert plain(f"gradproof_{formula}_difference", *given) == OUT_OF_MEMORY
