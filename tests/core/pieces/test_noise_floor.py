"""The noise floor of objectives whose true noise is known from high precision, and the arithmetic that it betrays."""

import math

import numpy as np
import pytest
from oracles import rounding
from properties import refuted
from witnesses import in_c

from gradproof.core.pieces import noise_floor
from gradproof.core.records import codes
from gradproof.core.records.codes import (
    ARITHMETIC_COARSE,
    ARITHMETIC_FLOAT32,
    ARITHMETIC_FLOAT64,
    DONE,
    OBJECTIVE_NOT_FINITE,
    OUT_OF_MEMORY,
    OUTSIDE,
)

SYMBOLS = {np.dtype(np.float64): "gradproof_noise_floor", np.dtype(np.float32): "gradproof_noise_floor_f32"}
MANY_POINTS = np.random.default_rng(8).normal(size=(12, 8))
POINTS = MANY_POINTS[:4]
SCALES = [1e-2, 1.0, 10.0]

LUCK = "values that lie on a grid by luck give a table of zeros, which is taken for a bound of the noise"
UNLUCKY = pytest.mark.xfail(strict=True, reason=LUCK)
# What is not as it should be; `strict`, so that a cure shows itself.


def measured(witness, objective, x, seed=0):
    """The noise and the arithmetic; the objective is a function of a copy of the point."""

    noise, arithmetic, work = np.zeros(1), np.zeros(1, np.int64), np.zeros(x.size, x.dtype)
    before = x.tobytes()
    assert witness(SYMBOLS[x.dtype], in_c(objective), None, x, x.size, seed, work, noise, arithmetic) == DONE
    assert x.tobytes() == before
    return float(noise[0]), int(arithmetic[0])


def is_the_true_noise(witness, function, points, factor=1.0):
    for x in points:
        noise, arithmetic = measured(witness, function.inexact, x)
        assert 0.3 < factor * noise / rounding.true_noise(function, x) < 30
        # A noise of 1e-7 of f may as well come from cancellation.
        assert arithmetic == ARITHMETIC_FLOAT64 or function.name == "cancelling"


def cases():
    for name in sorted(set(rounding.FUNCTIONS) - {"cancelling"}):
        for scale in SCALES:
            yield name, scale


@pytest.mark.parametrize(("name", "scale"), list(cases()))
def test_true_noise(library, name, scale):
    is_the_true_noise(library, rounding.FUNCTIONS[name], scale * POINTS)


def test_true_noise_in_plain_python(plain):
    is_the_true_noise(plain, rounding.FUNCTIONS["logistic"], POINTS[:2])


@pytest.mark.parametrize("factor", [0.1, 100.0])
def test_true_noise_twin(library, factor):
    refuted(is_the_true_noise, library, rounding.FUNCTIONS["logistic"], POINTS, factor)


@pytest.mark.parametrize("scale", [1e-2, 1.0, pytest.param(10.0, marks=UNLUCKY)])
def test_true_noise_of_values_on_a_grid(library, scale):
    is_the_true_noise(library, rounding.FUNCTIONS["cancelling"], scale * MANY_POINTS)


INSIDE = ["squares", "logistic", "hinge", "product", "valley", "entropy"]


def is_noise_of_float32(witness, function, dtype, inside, scale=1.0):
    for x in scale * POINTS:
        noise, arithmetic = measured(witness, lambda p: float(function.inexact(p.astype(inside))), x.astype(dtype))
        assert arithmetic == ARITHMETIC_FLOAT32
        assert 0.1 < noise / rounding.true_noise(function, x.astype(np.float32)) < 30


@pytest.mark.parametrize("name", INSIDE)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_float32_inside(library, dtype, name):
    is_noise_of_float32(library, rounding.FUNCTIONS[name], dtype, np.float32)


def test_float32_inside_in_plain_python(plain):
    is_noise_of_float32(plain, rounding.FUNCTIONS["logistic"], np.float64, np.float32)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_float32_inside_twin(library, dtype):
    refuted(is_noise_of_float32, library, rounding.FUNCTIONS["logistic"], dtype, np.float64)


def is_noise_of_float64(witness, function, inside, scale=1.0):
    """Points in float32 do not make the objective one of float32."""
    for x in scale * POINTS.astype(np.float32):
        noise, arithmetic = measured(witness, lambda p: float(function.inexact(p.astype(inside))), x)
        assert arithmetic == ARITHMETIC_FLOAT64
        assert 0.3 < noise / rounding.true_noise(function, x.astype(np.float64)) < 30


@pytest.mark.parametrize("name", INSIDE)
def test_float64_inside_of_float32_points(library, name):
    is_noise_of_float64(library, rounding.FUNCTIONS[name], np.float64)


def test_float64_inside_of_float32_points_twin(library):
    refuted(is_noise_of_float64, library, rounding.FUNCTIONS["logistic"], np.float32)


def one_square(x):
    return float(np.float32(x[0]) * np.float32(x[0]))


def betrays_float32(witness, objective, x):
    noise, arithmetic = measured(witness, objective, x)
    assert noise >= np.spacing(np.float32(objective(x))) / 16
    assert arithmetic == ARITHMETIC_FLOAT32


@pytest.mark.parametrize("start", [1.1, -2.3, 0.7])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_square_in_float32(library, dtype, start):
    betrays_float32(library, one_square, np.array([start], dtype))
    refuted(betrays_float32, library, lambda x: float(x[0]) ** 2, np.array([start], dtype))


@pytest.mark.parametrize("start", [1.8793443, -0.24999624, 1.8788346, -0.11722993, -0.60947084])
def test_one_square_in_float32_where_its_values_lie_on_a_line(library, start):
    betrays_float32(library, one_square, np.array([start], np.float32))


def flat_in_float32(x):
    return float(np.sum(np.exp(x.astype(np.float32) / np.float32(30))))


def has_noise_of_float32(witness, objective, dtype):
    for x in (1e-3 * MANY_POINTS).astype(dtype):
        assert measured(witness, objective, x)[0] > np.spacing(np.float32(objective(x))) / 8


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_float32_with_few_values(library, dtype):
    has_noise_of_float32(library, flat_in_float32, dtype)
    refuted(has_noise_of_float32, library, lambda x: float(np.sum(np.exp(x.astype(np.float64) / 30))), dtype)


@pytest.mark.xfail(strict=True, reason="fewer than five values differ at every spacing: no arithmetic is betrayed")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arithmetic_with_few_values(library, dtype):
    for x in (1e-3 * MANY_POINTS).astype(dtype):
        betrays_float32(library, flat_in_float32, x)


def piecewise(distance):
    """Two straight lines whose values are exact where x is a short number, as it is on this line."""
    return lambda x: 4 - 0.25 * (float(x[0]) - 0.75) + max(float(x[0]) - 0.75 - distance, 0.0)


@pytest.mark.parametrize("distance", [0.5, 1e-2, 1e-3, 1e-6, 1e-9, 0.0, -1e-3])
def test_a_kink_beside_x_is_no_noise(library, distance):
    noise, _ = measured(library, piecewise(distance), np.array([0.75]))
    assert noise < 1e-14
    assert measured(library, lambda x: piecewise(distance)(x) + noisy(x), np.array([0.75]))[0] > 1e-8


def is_coarse(witness, inside):
    x = POINTS[0]
    noise, arithmetic = measured(witness, lambda p: float(np.sum((p.astype(inside) + inside(1)) ** 2)), x)
    assert arithmetic == ARITHMETIC_COARSE
    assert noise > 1e-6


def test_arithmetic_coarser_than_float32(witness):
    is_coarse(witness, np.float16)
    refuted(is_coarse, witness, np.float32)


def is_half_a_unit(witness, objective, x):
    noise, arithmetic = measured(witness, objective, x)
    assert noise == math.ulp(objective(x)) / 2
    assert arithmetic == ARITHMETIC_FLOAT64


@pytest.mark.parametrize("value", [0.1, -3e300, 1e-300, 2.0**-1074])
def test_a_constant_has_half_a_unit_of_noise(witness, value):
    is_half_a_unit(witness, lambda x: value, np.ones(2))


@pytest.mark.parametrize("value", [0.0, 1.0, -1.5])
def test_a_constant_that_float32_holds_may_be_one_of_float32(witness, value):
    noise, _ = measured(witness, lambda x: value, np.ones(2))
    assert math.ulp(value) / 2 <= noise <= 2.0**28 * math.ulp(value)
    assert measured(witness, lambda x: value + 1e-9, np.ones(2))[0] < 2.0**20 * math.ulp(value + 1e-9)


def test_a_constant_twin(witness):
    refuted(is_half_a_unit, witness, rounding.FUNCTIONS["logistic"].inexact, POINTS[0])


def noisy(x, sigma=1e-6):
    """Noise that is the same at every call: the bits of x decide it."""
    return sigma * np.random.default_rng(int.from_bytes(x.tobytes(), "little")).normal()


def finds(witness, objective, x, sigma=1e-6, seed=0):
    noise, _ = measured(witness, objective, x, seed)
    assert 0.15 < noise / sigma < 5


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1])
def test_planted_noise(witness, seed):
    finds(witness, lambda x: float(np.sum(x * x)) + noisy(x), POINTS[1], seed=seed)


def test_a_kink_at_x_is_no_noise(witness):
    finds(witness, lambda x: float(np.abs(x - POINTS[1]).sum()) + noisy(x), POINTS[1])


@pytest.mark.parametrize("side", [-1, 1])
def test_the_edge_of_a_domain_is_no_noise(witness, side):
    def objective(x):
        return float(np.sum(x)) + noisy(x) if side * x[0] >= side * POINTS[1][0] else math.nan

    finds(witness, objective, POINTS[1])


def test_planted_noise_twin(witness):
    refuted(finds, witness, lambda x: float(np.sum(x * x)), POINTS[1])
    refuted(finds, witness, lambda x: float(np.sum(x * x)) + noisy(x, 1e-4), POINTS[1])


def test_no_value_but_at_x(witness):
    is_half_a_unit(witness, lambda x: 2.0 if np.array_equal(x, POINTS[0]) else math.nan, POINTS[0])


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
def test_units_do_not_matter(library, scale):
    unit = measured(library, rounding.FUNCTIONS["norm"].inexact, POINTS[2])[0]
    power = 2.0 ** round(math.log2(scale))
    moved = measured(library, lambda x: power * rounding.FUNCTIONS["norm"].inexact(x / power), POINTS[2] * power)[0]
    assert moved == unit * power
    assert measured(library, rounding.FUNCTIONS["norm"].inexact, 3 * POINTS[2])[0] != unit


def test_a_long_vector(library):
    n = 65_537
    x = np.zeros(n)
    x[-1] = 3.0
    # Only the last coordinate counts; were it not moved, nothing would be seen.
    finds(library, lambda p: float(p[-1]) + noisy(p[-1:]), x)
    refuted(finds, library, lambda p: float(p[n % 65_536]) * 1e-9 + noisy(x[:1]), x)


def test_missing_values_and_codes(witness):
    x, noise, work = np.ones(2), np.full(1, -1.0), np.zeros(2)
    assert witness("gradproof_noise_floor", lambda *_: 42, None, x, 2, 0, work, noise, None) == 42

    def without_value(point, n, value, user):
        value[0] = math.inf
        return 0

    assert witness("gradproof_noise_floor", without_value, None, x, 2, 0, work, noise, None) == OBJECTIVE_NOT_FINITE
    assert noise[0] == -1.0

    def at_x_alone(point, n, value, user):
        value[0] = 5.0
        return 0 if np.array_equal(point[:n], x) else OUTSIDE

    assert witness("gradproof_noise_floor", at_x_alone, None, x, 2, 0, work, noise, None) == DONE
    assert noise[0] == math.ulp(5.0) / 2


def test_bad_arguments(witness):
    def objective(point, n, value, user):
        value[0] = 1.0
        return 0

    x, noise, work = np.ones(2), np.zeros(1), np.zeros(2)
    right = [objective, None, x, 2, 0, work, noise, None]
    assert witness("gradproof_noise_floor", *right) == DONE
    wrongs = [(0, None, codes.NULL_OBJECTIVE), (2, None, codes.NULL_X), (3, 0, codes.BAD_N), (3, -1, codes.BAD_N)]
    wrongs += [(3, 1 << 60, codes.BAD_N)]
    wrongs += [(5, None, codes.NULL_POINT), (6, None, codes.NULL_OUTPUT), (5, x, codes.OVERLAP)]
    wrongs += [(2, np.array([1.0, bad]), codes.X_NOT_FINITE) for bad in (np.nan, np.inf)]
    for place, wrong, code in wrongs:
        assert witness("gradproof_noise_floor", *right[:place], wrong, *right[place + 1 :]) == code


@pytest.mark.parametrize("twin", ["", "_f32"])
@pytest.mark.parametrize(
    ("returned", "handed_back"), [(1, 1), (42, 42), (-1, codes.BAD_RETURN), (-101, codes.BAD_RETURN)]
)
def test_a_code_of_the_objective_ends_the_call(witness, twin, returned, handed_back):
    """Wherever it comes: it is handed back, no further call is made, and nothing is written."""
    dtype, called = np.float32 if twin else np.float64, []
    x, work = np.linspace(1, 2, 5, dtype=dtype), np.zeros(5, dtype)

    def measured(kth):
        noise, arithmetic = np.full(1, -1.0), np.full(1, -1, np.int64)
        called.clear()

        def objective(point, n, value, user):
            called.append(1)
            value[0] = float(np.sum(np.sin(point[:n].astype(np.float64))))
            return returned if len(called) == kth else 0

        return witness(f"gradproof_noise_floor{twin}", objective, None, x, 5, 3, work, noise, arithmetic), noise[0]

    code, noise = measured(0)
    all_of_them = len(called)
    assert (code, noise > 0) == (DONE, True)
    for kth in range(1, all_of_them + 1):
        assert measured(kth) == (handed_back, -1.0)
        assert len(called) == kth
    assert measured(all_of_them + 1) == (DONE, noise)


@pytest.mark.parametrize("twin", ["", "_f32"])
def test_work_memory_that_overlaps_x(witness, twin):
    dtype, noise = np.float32 if twin else np.float64, np.zeros(1)

    def objective(point, n, value, user):
        value[0] = 1.0
        return 0

    for start, code in ((1, DONE), (2, codes.OVERLAP), (6, codes.OVERLAP), (7, DONE)):
        room = np.ones(12, dtype)
        given = (room[start : start + 3], 3, 0, room[4:7], noise, None)
        assert witness(f"gradproof_noise_floor{twin}", objective, None, *given) == code


def test_no_memory(plain, monkeypatch):
    def objective(point, n, value, user):
        value[0] = 1.0
        return 0

    given = (objective, None, np.ones(2), 2, 0, np.zeros(2), np.zeros(1), None)
    assert plain("gradproof_noise_floor", *given) == DONE
    monkeypatch.setattr(noise_floor, "allocate_record", lambda kind: None)
    assert plain("gradproof_noise_floor", *given) == OUT_OF_MEMORY
