"""The sentences of codes and causes: those of the library, also for numbers that mean nothing."""

import pytest
from properties import refuted

from gradproof.core.records import codes
from gradproof.library import ffi, native
from gradproof.version import __version__

NUMBERS = [*range(-110, 13), 2**31 - 1, -(2**31)]


def says_the_same(function, symbol):
    for number in NUMBERS:
        assert function(number) == ffi.string(getattr(native(), symbol)(number)).decode()


@pytest.mark.parametrize(
    ("function", "symbol"),
    [
        (codes.explain, "gradproof_explain"),
        (codes.explain_cause, "gradproof_explain_cause"),
        (codes.cause_word, "gradproof_cause_word"),
        (codes.verdict_word, "gradproof_verdict_word"),
    ],
)
def test_library(function, symbol):
    says_the_same(function, symbol)
    refuted(says_the_same, lambda number: function(number + 1), symbol)


def test_numbers_without_a_meaning():
    assert codes.explain(-99) == codes.explain(-1) == codes.UNKNOWN_CODE
    assert codes.explain(1) == codes.explain(99) == codes.CALLBACK_CODE
    assert codes.explain_cause(-1) == codes.explain_cause(99) == codes.UNKNOWN_CAUSE
    assert codes.explain(codes.DONE) == "Done."


def test_words():
    assert (codes.verdict_word(codes.VERDICT_WRONG), codes.verdict_word(0)) == ("wrong", codes.UNKNOWN_WORD)
    assert (codes.cause_word(codes.DOMAIN), codes.cause_word(99)) == ("domain", codes.UNKNOWN_WORD)
    assert ffi.string(native().gradproof_version_string()).decode() == __version__


def test_no_sentence_is_for_one_door_alone():
    """C has neither Ctrl-C nor exceptions."""
    sentences = [sentence for _, sentence in (*codes.CODES.values(), *codes.CAUSES.values())]
    for sentence in (*sentences, codes.CALLBACK_CODE):
        assert "Ctrl-C" not in sentence
        assert "rais" not in sentence
        assert sentence.endswith(".")
