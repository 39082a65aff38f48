"""What lines would have detected, in words: those of Python's `Power`."""

import numpy as np
import pytest
from core_texts import ended, text_of
from texts import Made

from gradproof.core.records import codes
from gradproof.core.text import power
from gradproof.report.power import Power, _floor


def statement(witness, **fields):
    """The fact about the power of a check along lines, on one line."""
    one = Made({"W": np.ones(7), "b": np.ones(3)}, [], [], [], factors=[0.5, 0.5], **fields)
    text, expected = one.both(witness)
    assert text == expected
    (fact,) = [part for part in text.replace("\n" + " " * 15, " ").split("\n") if part.startswith("  power")]
    return fact[15:]


def test_statement(witness):
    line = statement(witness, bar=1e-9, norm=2.0, sum=4.0, aligned_bar=2e-9, parts=3, evaluations=12_345)
    assert line == (
        "right to 5.0e-10 of the gradient's norm (1.0e-9 in units of f); a common factor is 1 to within 5.0e-10; any "
        "single coordinate off by more than 2.0e-9 of it would certainly have been detected, any error vector above "
        "3.3e-4 with probability ≥ 0.9997; 4 + 2 lines, 3 parts with their own lines, 12,345 evaluations of f"
    )
    assert statement(witness, bar=2e-9, norm=2.0) != line


def test_nothing_claimed(witness):
    line = statement(witness, norm=0.0, resolution=1e-7)
    assert line == "the claimed gradient is 0; a slope of 1.0e-7 in a coordinate would have been detected"


def test_after_a_disagreement(witness):
    line = statement(witness, verdict=codes.VERDICT_WRONG)
    assert line.startswith("before the disagreement, right to ")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"seen_factor": 1.00000123}, "; a common factor of 1.00000123 was seen, below rtol"),
        ({"seen": 3e-6}, "; a disagreement of 1.0e-6 of the norm along random lines was seen, below rtol"),
        (
            {"seen_factor": 0.999, "seen": 3e-6},
            "; a common factor of 0.999 and a disagreement of 1.0e-6 of the norm along random lines were seen, below "
            "rtol",
        ),
        ({"seen_factor": 1.0}, " evaluations of f"),
    ],
)
def test_what_was_seen(fields, expected, witness):
    assert statement(witness, **fields).endswith(expected)


@pytest.mark.parametrize("lines", range(1, 21))
def test_probability(lines):
    """Rounded down to the digits that Python shows."""
    whole = Power(*(0.0, 1.0, lines, 0.0, 1.0, 0, 0.0, 0, 0.0, 0.0, 1.0, 0.0, 1e-5, 1, 0), ())
    text, room = text_of()
    power.put_rounded_down(text, power.probability(lines))
    assert ended(text, room) == _floor(whole.probability)
    text, room = text_of()
    power.put_rounded_down(text, power.probability(lines + 1))
    assert ended(text, room) != _floor(whole.probability) or lines > 8
