"""What makes the noise of f, from its size and from the values that were told: against the rule in words."""

import math

import numpy as np
import pytest
from block import block
from hypothesis import given
from hypothesis import strategies as st
from properties import finite, refuted, single

from gradproof.core.noise import shown_arithmetic as shown
from gradproof.core.records import codes
from gradproof.core.records.engine import coordinate_of

U64, U32 = 2.0**-53, 2.0**-24


def engine_of(value, noise, arithmetic=64, told=()):
    engine = block()
    engine.value, engine.noise, engine.arithmetic = value, noise, arithmetic
    shown.note_values(engine, np.array([value, *told]), 1 + len(told))
    return engine


@pytest.mark.parametrize(
    ("value", "noise", "arithmetic", "change", "told", "expected"),
    [
        (1.0, 8 * U64, 64, 1.0, (1.1,), codes.NOISE_FROM_ROUNDING),
        (1.0, 8 * U64, 64, 0.01, (1.1,), codes.NOISE_FROM_CONSTANT),
        (1.0, 8 * U64, 64, 0.011, (1.1,), codes.NOISE_FROM_ROUNDING),
        (1.0, 8 * U64, 64, 0.0, (1.1,), codes.NOISE_FROM_ROUNDING),
        (1.0, 1e-6, 64, 0.01, (1.1,), codes.NOISE_FROM_ELSEWHERE),
        (1.0, 8 * U32, 32, 1.0, (1.1,), codes.NOISE_FROM_ARITHMETIC),
        (1.0, 8 * U32, 32, 0.01, (1.1,), codes.NOISE_FROM_CONSTANT),
        (1.0, 1e-3, 16, 0.01, (1.1,), codes.NOISE_FROM_CONSTANT),
        (0.0, 1e-3, 16, 0.01, (1.1,), codes.NOISE_FROM_ARITHMETIC),
        # All values are of float32, and one of them is as near as float32 allows.
        (1.0, U32, 64, 1.0, (1.0 + 2 * U32, 1.5), codes.NOISE_FROM_ARITHMETIC),
        (1.0, U32, 64, 1.0, (1.25, 1.5), codes.NOISE_FROM_ELSEWHERE),
        (1.0, U32, 64, 1.0, (1.0 + 2 * U32, 1.1), codes.NOISE_FROM_ELSEWHERE),
        (1.0, U32, 64, 1.0, (math.nan, 1.0), codes.NOISE_FROM_ARITHMETIC),
    ],
)
def test_source(value, noise, arithmetic, change, told, expected):
    assert shown.noise_source(engine_of(value, noise, arithmetic, told), change) == expected


@given(values=st.lists(st.one_of(finite, single.map(float)), min_size=1, max_size=8), x=single.map(float))
def are_noted(note, values, x):
    engine = block()
    engine.value = x
    note(engine, np.array(values), len(values))
    with np.errstate(over="ignore"):
        inside = [math.isinf(v) or math.isnan(v) or float(np.float32(v)) == v for v in values]
    assert engine.beyond_float32 == int(not all(inside))
    if all(inside):
        changes = [abs(v - x) for v in values if math.isfinite(v) and v != x and math.isfinite(abs(v - x))]
        assert engine.closest == min(changes, default=0.0)


def test_values():
    are_noted(shown.note_values)
    refuted(are_noted, lambda engine, values, count: shown.note_values(engine, values, count - 1))


@given(value=single.filter(np.isfinite))
def is_spacing(spacing, value):
    with np.errstate(all="ignore"):
        assert spacing(float(value)) == float(np.spacing(np.float32(abs(value)))) or abs(value) > 3e38


def test_spacing():
    is_spacing(shown.spacing_of_float32)
    refuted(is_spacing, lambda value: abs(value) * 2.0**-23)


def is_what_claims_follow(function):
    """Pairs whose noise bar is 6e-3: more than a third of those that say it would be less agree, with claims but 0."""

    def follow(*pairs, claimed=1.0):
        engine = block(len(pairs))
        engine.noise = 1e-9
        engine.sweep.count = engine.sweep.paired = len(pairs)
        for number, (cause, resolution, left) in enumerate(pairs):
            coordinate, sides = coordinate_of(engine, number), engine.pairs[number]
            coordinate.cause, coordinate.resolution, coordinate.claimed = cause, resolution, claimed
            sides.right, sides.left, sides.step = 1.0, left, 2.0**-20
        return bool(function(engine))

    agrees, off, cut, coarse = (codes.AGREES, 1e-5, 1.0), (-2, 0.0, 1.0), (-1, 0.0, math.nan), (codes.AGREES, 1e-3, 1.0)
    assert follow(agrees)
    assert follow(agrees, off, agrees)
    assert follow(agrees, cut, coarse)
    assert not follow(agrees, off, cut)
    assert not follow(off, agrees, off, coarse, coarse)
    assert not follow(coarse)
    assert not follow(agrees, claimed=0.0)


def test_claims_that_noise_would_drown():
    is_what_claims_follow(shown.follows_claims)
    refuted(is_what_claims_follow, lambda engine: True)
    refuted(is_what_claims_follow, lambda engine: coordinate_of(engine, 0).cause == codes.AGREES)
