"""Options: defaults, ranges, and the mode that follows from them, against the rule in words."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties import refuted
from rounds import options_of

from gradproof.core.machine import options as machine
from gradproof.core.records import codes
from gradproof.core.records.border import OPTIONS_BYTES, Options
from gradproof.core.records.codes import BAD_SIZE, DONE, MODE_AUTO, MODE_FULL, MODE_LINES, NULL_OPTIONS

WORDS = 16


def has_defaults(witness, before, size=OPTIONS_BYTES):
    """Whatever was there before, the struct says its size and nothing else, and nothing behind it is written."""
    words = np.full(max(size, OPTIONS_BYTES) // 8 + 3, before, np.int64)
    assert witness("gradproof_options_fill", words, size) == DONE
    assert words.tolist() == [size, *[0] * (size // 8 - 1), *[before] * (words.size - size // 8)]


@pytest.mark.parametrize("before", [0, -1, 7])
@pytest.mark.parametrize("size", range(8, OPTIONS_BYTES + 25, 8))
def test_defaults(witness, before, size):
    has_defaults(witness, before, size)
    refuted(has_defaults, lambda symbol, options, size: DONE, before, size)


def test_options_have_so_many_words():
    """With a later version there may be more of them, and never fewer, or others."""
    names = "size budget seed float32 rtol mode atol time_limit threads lower upper blocks borders names progress"
    assert [*Options.kinds][:WORDS] == [*names.split(), "progress_user"]
    assert [Options.offsets[name] for name in Options.kinds] == [8 * place for place in range(OPTIONS_BYTES // 8)]


@pytest.mark.parametrize("size", [0, -8, 7, 9, OPTIONS_BYTES - 4, 2**16 + 8, 2**62])
def test_sizes_that_options_cannot_have(witness, size):
    words = np.full(OPTIONS_BYTES // 8, 7, np.int64)
    assert witness("gradproof_options_fill", words, size) == BAD_SIZE
    assert set(words.tolist()) == {7}
    assert witness("gradproof_options_fill", None, OPTIONS_BYTES) == NULL_OPTIONS
    options = options_of(witness)
    assert witness("gradproof_engine_size", 3, options) > 0
    options.size = size
    assert witness("gradproof_engine_size", 3, options) == BAD_SIZE


FIELDS = [*Options.kinds]


@pytest.mark.parametrize("size", range(8, OPTIONS_BYTES + 1, 8))
def test_options_of_an_older_header(witness, size):
    """What lies behind the size is not read: whatever is there, it is as if it were 0."""
    options: Any = options_of(witness, mode=0)
    options.size = size
    words = np.frombuffer(options, np.int64)
    asked = [(name, value) for name, value in BEYOND.items() if FIELDS.index(name) >= size // 8]
    for name, value in asked:
        words[FIELDS.index(name)] = value
    assert witness("gradproof_engine_size", 3, words) == witness("gradproof_engine_size", 3, None)
    # Its twin: each of these words is refused where it is read.
    for name, value in asked:
        if FIELDS.index(name) not in ADDRESSES:
            twin = options_of(witness, mode=0)
            np.frombuffer(twin, np.int64)[FIELDS.index(name)] = value
            assert witness("gradproof_engine_size", 3, np.frombuffer(twin, np.int64)) < 0


# Values that would be refused, were they read; addresses would be followed.
BEYOND = {"budget": -1, "float32": 2, "rtol": -1, "mode": 3, "atol": -1, "time_limit": -1, "threads": -1, "blocks": -1}
ADDRESSES = [FIELDS.index(name) for name in Options.addresses]


@pytest.mark.parametrize("more", [1, 2, 9])
def test_options_of_a_newer_header(witness, more):
    """What this library does not know must be 0: then it is as if it were not there."""
    words = np.zeros(OPTIONS_BYTES // 8 + more, np.int64)
    words[0] = 8 * words.size
    assert witness("gradproof_engine_size", 3, words) == witness("gradproof_engine_size", 3, None)
    for place in range(OPTIONS_BYTES // 8, words.size):
        words[place] = 1
        assert witness("gradproof_engine_size", 3, words) == BAD_SIZE
        words[place] = 0


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
    assert machine.chosen_mode(n, Options()) == (mode if budget == 0 else MODE_FULL)


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
    ("float32", 1),
    ("time_limit", 0.0),
    ("time_limit", 1e300),
    ("threads", 0),
    ("threads", 1024),
]
NOT_A_SHARE = (-1e-300, 1.0, math.nan, math.inf)
NOT_A_SIZE = (-1e-300, math.nan, math.inf, -math.inf)
WRONG = {
    ("budget", codes.BAD_BUDGET): (-1, -(2**63)),
    ("float32", codes.BAD_FLOAT32): (-1, 2),
    ("rtol", codes.BAD_RTOL): NOT_A_SHARE,
    ("atol", codes.BAD_ATOL): NOT_A_SIZE,
    ("mode", codes.BAD_MODE): (-1, 3),
    ("time_limit", codes.BAD_TIME_LIMIT): NOT_A_SIZE,
    ("threads", codes.BAD_THREADS): (-1, 1025),
    ("blocks", codes.BAD_BLOCKS): (-1, 1, 2**48 + 1),
}


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_options_in_range(witness, name, value):
    assert witness("gradproof_engine_size", 3, options_of(witness, **{name: value})) > 0


@pytest.mark.parametrize(
    ("name", "value", "code"), [(name, value, code) for (name, code), values in WRONG.items() for value in values]
)
def test_options_out_of_range(witness, name, value, code):
    assert witness("gradproof_engine_size", 3, options_of(witness, **{name: value})) == code


def test_the_cheapest_check_along_lines_is_what_the_header_says():
    assert (codes.CHEAPEST_LINES, codes.LARGEST_FULL) == (28, 5000)
