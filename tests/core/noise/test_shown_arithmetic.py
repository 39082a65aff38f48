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
