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
        assert re.fullmatch(r"([A-Z]|f |f\(|gradproof_).*\.", sentence)


@pytest.mark.parametrize("table", [codes.CODES, codes.CAUSES])
def test_tables(table):
    is_a_table(table)
    key = next(iter(table))
    refuted(is_a_table, table | {key: (table[key][0], "no sentence")})
    refuted(is_a_table, table | {99: table[key]})


def test_codes_of_the_objective_are_above_zero():
    assert codes.DONE == 0
    assert sorted(codes.CODES) == list(range(min(codes.CODES), 1))


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
