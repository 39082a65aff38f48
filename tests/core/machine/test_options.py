"""Options: defaults, ranges, and the mode that follows from them, against the rule in words."""

import ctypes
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties import refuted
from rounds import options_of

from gradproof.core.machine import options as machine
from gradproof.core.records import codes
from gradproof.core.records.border import Options
from gradproof.core.records.codes import BAD_ARGUMENT, DONE, MODE_AUTO, MODE_FULL, MODE_LINES

DEFAULTS = {"size": 56, "budget": 0, "seed": 0, "float32": 0, "rtol": 0.0, "mode": MODE_AUTO, "atol": 0.0}


def fields(options):
    return {name: getattr(options, name) for name in DEFAULTS}


def has_defaults(witness, before):
    """Whatever was there before, seven words of 8 bytes say what the header says."""
    options = Options()
    np.frombuffer(options, np.int64)[:] = before
    assert witness("gradproof_options_fill", options, ctypes.sizeof(options)) == DONE
    assert fields(options) == DEFAULTS


@pytest.mark.parametrize("before", [0, -1, 7])
def test_defaults(witness, before):
    has_defaults(witness, before)
    refuted(has_defaults, lambda symbol, options: DONE, before)
    assert witness("gradproof_options_default", None) == BAD_ARGUMENT


def goes_along_lines(n, mode, budget):
    """The rule of the header, in words."""
    if mode == MODE_AUTO:
        many = n > 5000
        tight = budget != 0 and budget <= 2 * n
        return int(many or (tight and budget >= 28))
    return int(mode == MODE_LINES)


@given(
    n=st.one_of(st.integers(1, 40), st.sampled_from([4999, 5000, 5001, 10**12])),
    mode=st.sampled_from([MODE_AUTO, MODE_FULL, MODE_LINES]),
    budget=st.one_of(st.integers(0, 100), st.sampled_from([9_999, 10_000, 10_001, 10**13])),
)
@example(20, MODE_AUTO, 27)
@example(20, MODE_AUTO, 28)
@example(20, MODE_AUTO, 40)
@example(20, MODE_AUTO, 41)
@example(5000, MODE_AUTO, 10_000)
def follows_the_rule(witness, n, mode, budget):
    assert witness("gradproof_uses_lines", n, mode, budget) == goes_along_lines(n, mode, budget)


def test_mode(witness):
    follows_the_rule(witness)


def test_mode_twin(plain):
    refuted(follows_the_rule, lambda symbol, n, mode, budget: plain(symbol, n, mode, budget + 1))


@pytest.mark.parametrize(("n", "budget", "mode"), [(5000, 0, MODE_FULL), (5001, 0, MODE_LINES), (20, 30, MODE_LINES)])
def test_the_mode_of_options(plain, n, budget, mode):
    """Without options it is that of the defaults."""
    options = options_of(plain, mode=MODE_AUTO, budget=budget)
    assert machine.chosen_mode(n, options) == mode
    assert machine.chosen_mode(n, options_of(plain, mode=MODE_FULL, budget=budget)) == MODE_FULL
    assert machine.chosen_mode(n, None) == (mode if budget == 0 else MODE_FULL)


RIGHT = [
    ("budget", 0),
    ("budget", 2**62),
    ("rtol", 0.0),
    ("rtol", 0.999),
    ("atol", 0.0),
    ("atol", 1e300),
    ("mode", 0),
    ("mode", 2),
    ("seed", -1),
]
WRONG = [("size", 48), ("size", 64), ("size", 0), ("budget", -1), ("rtol", -1e-300), ("rtol", 1.0), ("rtol", math.nan)]
WRONG += [("atol", -1e-300), ("atol", math.nan), ("atol", math.inf)]
WRONG += [("rtol", math.inf), ("mode", -1), ("mode", 3)]


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_options_in_range(witness, name, value):
    assert witness("gradproof_engine_size", 3, options_of(witness, **{name: value})) > 0


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_options_out_of_range(witness, name, value):
    assert witness("gradproof_engine_size", 3, options_of(witness, **{name: value})) == BAD_ARGUMENT


def test_the_cheapest_check_along_lines_is_what_the_header_says():
    assert (codes.CHEAPEST_LINES, codes.LARGEST_FULL) == (28, 5000)
