"""The sentences of codes and causes: those of the library, also for numbers that mean nothing."""

import pytest
from properties import refuted

from gradproof.core.records import codes, sentences
from gradproof.library import ffi, native

NUMBERS = [*range(-12, 13), 2**31 - 1, -(2**31)]


def says_the_same(function, symbol):
    for number in NUMBERS:
        assert function(number) == ffi.string(getattr(native(), symbol)(number)).decode()


@pytest.mark.parametrize(
    ("function", "symbol"),
    [(sentences.explain, "gradproof_explain"), (sentences.explain_cause, "gradproof_explain_cause")],
)
def test_library(function, symbol):
    says_the_same(function, symbol)
    refuted(says_the_same, lambda number: function(number + 1), symbol)


def test_numbers_without_a_meaning():
    assert sentences.explain(-99) == sentences.UNKNOWN_CODE
    assert sentences.explain(1) == sentences.explain(99) == sentences.OBJECTIVE_CODE
    assert sentences.explain_cause(-1) == sentences.explain_cause(99) == sentences.UNKNOWN_CAUSE
    assert sentences.explain(codes.DONE) == "Done."
