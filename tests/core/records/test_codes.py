"""Codes and causes: each number once, each with a word for a macro of C and a sentence."""

import re

import pytest
from properties import refuted

from gradproof.core.records import codes


def is_a_table(table):
    words = [word for word, _ in table.values()]
    assert len(set(words)) == len(words)
    for word, sentence in table.values():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", word)
        assert re.fullmatch(
            r"([A-Z]|f |f\(|n, |x, |x |claimed|report|options|probes|values|changes|sizes|gradproof_).*\.", sentence
        )


@pytest.mark.parametrize("table", [codes.CODES, codes.CAUSES])
def test_tables(table):
    is_a_table(table)
    key = next(iter(table))
    refuted(is_a_table, table | {key: (table[key][0], "no sentence")})
    refuted(is_a_table, table | {99: table[key]})


def test_codes_of_the_objective_are_above_zero():
    assert codes.DONE == 0
    assert max(codes.CODES) == codes.DONE
    assert "BAD_ARGUMENT" not in vars(codes)


def test_every_code_is_in_the_table():
    """By its own name; and no two mistakes share one."""
    named = {
        name: value for name, value in vars(codes).items() if name.isupper() and isinstance(value, int) and value < 0
    }
    assert {code: word.upper() for code, (word, _) in codes.CODES.items() if code < 0} == {
        value: name for name, value in named.items()
    }
    assert len(named) == len(set(named.values()))


@pytest.mark.parametrize(
    ("returned", "code"),
    [(0, 0), (1, 1), (2**31 - 1, 2**31 - 1), (codes.OUTSIDE, 0), (-1, codes.BAD_RETURN), (-99, codes.BAD_RETURN)],
)
def test_what_an_objective_may_return(returned, code):
    assert codes.code_of_callback(returned) == code


def test_memory_that_nobody_wrote_to_holds_no_verdict():
    assert 0 not in codes.VERDICTS
    assert sorted(codes.VERDICTS.values()) == ["inconclusive", "right", "wrong"]


def test_causes_are_not_negative():
    """Below zero are the marks of coordinates that have no cause yet."""
    assert sorted(codes.CAUSES) == list(range(len(codes.CAUSES)))


def test_bits_of_arithmetics():
    assert codes.ARITHMETICS == {64: "float64", 32: "float32", 16: "coarser than float32"}


def test_what_is_acceptable():
    words = {word for code, (word, _) in codes.CAUSES.items() if codes.is_acceptable(code)}
    assert words == {"agrees", "kink_at_point", "kink_crossed"}
