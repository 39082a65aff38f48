"""Relative errors of two vectors and the largest of them, in both twins, against exact fractions."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from machine import both
from oracles import reals
from properties import LARGEST, SMALLEST, anything, arrays, finite, refuted, same, single, sized

from gradproof.core.pieces import relative_error as errors
from gradproof.core.records.codes import BAD_N, DONE, NULL_X

SYMBOLS = {np.dtype(np.float64): "gradproof_relative_error", np.dtype(np.float32): "gradproof_relative_error_f32"}
EDGES = [(math.inf, math.inf), (math.nan, 0.0), (0.0, math.nan), (0.0, -0.0), (1.7e308, -1.7e308), (LARGEST, -LARGEST)]
LONG = 65_537
PLACES = [0, 511, 512, 65_535, 65_536]


def called(witness, a, b):
    """The code, the errors, the largest one and its index."""
    out, largest, index = np.full(a.size, -1.0), np.full(1, -1.0), np.full(1, -9, np.int64)
    assert witness(SYMBOLS[a.dtype], a, b, a.size, out, largest, index) == DONE
    found = float(largest[0]), int(index[0])
    # Where no errors are kept another way leads to the largest.
    assert witness(SYMBOLS[a.dtype], a, b, a.size, None, largest, index) == DONE
    assert (float(largest[0]), int(index[0])) == found
    return out, *found


@given(pair=st.one_of(st.tuples(finite, finite), st.tuples(anything, anything), st.sampled_from(EDGES)))
@example((SMALLEST, 0.0))
@example((SMALLEST, -SMALLEST))
@example((LARGEST, 1.7e308))
def is_the_error(functions, pair):
    expected = reals.relative_error(*pair)
    for function in functions:
        error = function(*pair)
        assert same(error, expected) or abs(error - expected) <= 4 * reals.spacing(expected)
        assert math.isnan(error) or 0 <= error <= 2
        assert same(error, function(*pair[::-1]))


def test_error_of_two_numbers():
    is_the_error(both(errors.error_of, "float64", "float64"))


def of_the_first(a, b):
    return abs(a - b) / abs(a) if a else 0.0


def without_care_for_overflow(a, b):
    size = max(abs(a), abs(b))
    return abs(a - b) / size if size else abs(a - b)


def with_a_floor(a, b):
    return abs(a - b) / max(abs(a), abs(b), 1e-300)


@pytest.mark.parametrize("wrong", [of_the_first, without_care_for_overflow, with_a_floor])
def test_error_of_two_numbers_twin(wrong):
    refuted(is_the_error, [wrong])


@given(vectors=st.lists(st.tuples(anything, anything), max_size=12))
@example([])
@example([(1.0, 2.0), (math.nan, 1.0), (math.inf, 1.0)])
@example([(0.0, 0.0), (-0.0, 0.0)])
@example([(1.0, 3.0), (3.0, 1.0)])
def compares(witness, vectors):
    a, b = np.array(vectors, np.float64).reshape(-1, 2).T.copy()
    out, largest, index = called(witness, a, b)
    expected, place = reals.largest_relative_error(a, b)
    exact = [reals.relative_error(p, q) for p, q in zip(a, b, strict=True)]
    assert out == pytest.approx(exact, rel=4.5e-16, abs=0, nan_ok=True)
    assert largest == pytest.approx(expected, rel=4.5e-16, abs=0)
    seen = np.where(np.isnan(out), np.inf, out)
    # Rounding may make two errors equal, or swap them, that differ by less than a unit in the last place.
    assert index == place or (seen[index] == seen.max() and index == int(np.argmax(seen)))
    assert largest == (seen.max() if seen.size else 0.0)


@given(a=arrays(single, np.float32, 0), data=st.data())
def compares_float32(witness, a, data):
    b = data.draw(arrays(single, np.float32, a.size, a.size))
    if a.size:
        a[0] = b[0]
    out, largest, index = called(witness, a, b)
    # Reckoned in double: what float32 cannot hold does not overflow, and nothing is rounded to float32 on the way.
    wide, wide_largest, wide_index = called(witness, a.astype(np.float64), b.astype(np.float64))
    assert out.tobytes() == wide.tobytes()
    assert (largest, index) == (wide_largest, wide_index)


def test_two_vectors(witness):
    compares(witness)


def test_two_vectors_float32(witness):
    compares_float32(witness)


def naive(largest_of):
    """A witness that is wrong on purpose: NumPy's own words for an error, and a way to the largest."""

    def witness(symbol, a, b, n, out, largest, index):
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(a), np.abs(b))
            errors = np.where(size > 0, np.abs(a - b) / size, 0.0)
            index[0] = largest_of(errors) if n else -1
            largest[0] = errors[index[0]] if n else 0.0
        if out is not None:
            out[:] = errors
        return DONE

    return witness


def the_last(out):
    return out.size - 1 - int(np.argmax(out[::-1]))


@pytest.mark.parametrize("wrong", [naive(np.argmax), naive(the_last)])
@pytest.mark.parametrize("check", [compares, compares_float32])
def test_two_vectors_twin(check, wrong):
    refuted(check, wrong)


def finds(witness, place, dtype=np.float64):
    a = np.full(LONG, 3.0, dtype)
    b = np.full(LONG, 2.0, dtype)
    b[place] = 1.5
    out, largest, index = called(witness, a, b)
    assert index == place
    assert largest == 0.5
    assert out[place] == 0.5
    assert out[place - 1] == pytest.approx(1 / 3)
    b[place] = np.nan
    assert called(witness, a, b)[1:] == (math.inf, place)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("place", PLACES)
def test_a_long_vector(library, place, dtype):
    finds(library, place, dtype)


def test_a_long_vector_in_plain_python(plain):
    finds(plain, LONG - 1)


def narrow(library):
    """Wrong on purpose: counts in 16 bits, as a narrow index would."""

    def witness(symbol, a, b, n, *results):
        return library(symbol, a, b, n % 65_536, *results)

    return witness


def test_a_long_vector_twin(library):
    refuted(finds, narrow(library), LONG - 1)


def test_the_first_of_equal_errors(witness):
    a, b = np.ones(1500), np.full(1500, 2.0)
    assert called(witness, a, b)[1:] == (0.5, 0)
    b[:700] = 1.0
    assert called(witness, a, b)[1:] == (0.5, 700)
    b[[300, 900]] = np.nan
    assert called(witness, a, b)[1:] == (math.inf, 300)


@given(
    vectors=st.lists(st.tuples(anything, anything), min_size=1, max_size=6), best=st.sampled_from([0.0, 1e-9, 0.5, 2.0])
)
@example([(SMALLEST, 2 * SMALLEST)], 0.4)
@example([(1.0, 1.0 + 2.0**-52)], 2.0**-52)
def sees_a_larger_one(function, vectors, best):
    """A block that is passed over holds no error above the best so far."""
    a, b = np.array(vectors, np.float64).reshape(-1, 2).T.copy()
    largest = max(math.inf if math.isnan(e) else e for e in map(errors.error_of, a.tolist(), b.tolist()))
    if largest > best:
        # Zeros, which are equal, make up a whole block.
        a, b = (np.pad(vector, (errors.BLOCK - vector.size, 0)) for vector in (a, b))
        assert function(a, b, 0, best) != 0


def test_blocks_that_are_passed_over():
    sees_a_larger_one(errors.may_hold_a_larger_one)
    refuted(sees_a_larger_one, lambda a, b, start, best: int(np.any(abs(a - b) > best * abs(a))))
    ones = np.ones(errors.BLOCK)
    assert errors.may_hold_a_larger_one(ones, 1.1 * ones, 0, 0.5) == 0


@given(pair=st.tuples(sized(-5, 5), sized(-5, 5)), power=st.integers(-300, 300))
def units_do_not_matter(function, pair, power):
    moved = [math.ldexp(value, power) for value in pair]
    assert function(*moved) == function(*pair)


def test_units_do_not_matter():
    units_do_not_matter(errors.error_of)
    refuted(units_do_not_matter, lambda a, b: abs(a - b) / max(abs(a), abs(b), 1.0))


def test_every_result_may_be_left_out(witness):
    a, b = np.array([1.0, 2.0]), np.array([1.0, 1.0])
    for symbol, dtype in zip(SYMBOLS.values(), SYMBOLS, strict=True):
        vectors = a.astype(dtype), b.astype(dtype), 2
        out, largest, index = np.zeros(2), np.zeros(1), np.zeros(1, np.int64)
        assert witness(symbol, *vectors, None, None, None) == DONE
        assert witness(symbol, *vectors, out, None, None) == DONE
        assert witness(symbol, *vectors, None, largest, None) == DONE
        assert witness(symbol, *vectors, None, None, index) == DONE
        assert (out.tolist(), largest[0], index[0]) == ([0.0, 0.5], 0.5, 1)


def test_bad_arguments(witness):
    a = np.ones(2)
    for symbol in SYMBOLS.values():
        assert witness(symbol, None, a, 2, None, None, None) == NULL_X
        assert witness(symbol, a, None, 2, None, None, None) == NULL_X
        assert witness(symbol, a, a, -1, None, None, None) == BAD_N
        assert witness(symbol, a, a, 1 << 60, None, None, None) == BAD_N
        # Their twin: nothing to compare is no mistake.
        assert witness(symbol, None, None, 0, None, None, None) == DONE
