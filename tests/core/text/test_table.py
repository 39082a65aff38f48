"""Tables: their columns, their digits, and names that are cut; as Python has them."""

import numpy as np
import pytest
from texts import Made

from gradproof.core.records import codes

KINK = {"cause": codes.KINK_AT_POINT, "kink": 1, "distance": 0.0}


def table(witness, one, title):
    """The lines of a table; the whole text is also Python's."""
    text, expected = one.both(witness)
    assert text == expected
    (found,) = [part for part in text.split("\n\n") if part.startswith(f"  {title} ")]
    return found.split("\n")


def wrong(name, count=1, **fields):
    told = {"claimed": -1.234567891e-5, "slope": 9.87654321, "left": 9.5, "right": 10.25, "error_bar": 1e-8} | fields
    findings = [told | {"start": k} for k in range(count)]
    return Made({name: np.ones(count)}, [codes.WRONG] * count, findings)


def test_columns(witness):
    assert table(witness, wrong("W"), "wrong") == [
        "  wrong         claimed      numerical slope     left    right  cause",
        "  W[0]   -1.23456789e-5  9.87654321 ± 1.0e-8  9.50000  10.2500  wrong",
    ]
    one = Made({"W": np.ones(2)}, [codes.KINK_AT_POINT] * 2, [KINK | {"start": 0, "claimed": 0.0, "left": -1.0},
               KINK | {"start": 1, "distance": -2e-9, "claimed": 0.5, "right": 1.0}])  # fmt: skip
    assert table(witness, one, "kinks") == [
        "  kinks   claimed      left    right           kink  cause",
        "  W[0]          0  -1.00000        -           at x  kink_at_point",
        "  W[1]   0.500000         -  1.00000  at x - 2.0e-9  kink_at_point",
    ]


@pytest.mark.parametrize("length", [1, 10, 22, 23, 24, 40, 44, 45, 60, 90, 300])
def test_names_that_are_cut(length, witness):
    """In the middle; first numbers lose digits, then there are fewer columns."""
    lines = table(witness, wrong("é" * length, claimed=-1.234567891e-123, slope=-9.87654321e-123), "wrong")
    assert all(len(line) <= 100 for line in lines)
    assert lines[1].startswith("  " + "é" * min(length, 5))
    assert lines[1].split()[0].endswith("é[0]")
    assert ("…" in lines[1]) == (length + 3 > len(lines[1].split()[0]))
    assert "left" in lines[0] or length > 20


def test_digits_are_given_up_one_after_the_other(witness):
    """Their number, for longer and longer names."""
    shown = []
    for length in (5, 30, 35, 40):
        huge = {"claimed": -1.2345678912e-123, "slope": -9.8765432198e-123, "left": -1.5e-100, "right": 1.5e-100}
        line = table(witness, wrong("W" * length, error_bar=1e-140, **huge), "wrong")[1]
        shown.append(len(line.split()[1].partition("e")[0]) - 2)
    assert shown[0] == 9
    assert shown == sorted(shown, reverse=True)
    assert shown[-1] < 9


def test_how_many_more(witness):
    lines = table(witness, wrong("W", 12), "wrong")
    assert lines[-1] == "  … and 2 more"
    assert len(lines) == 12
    one = wrong("W", 12)
    one.record.wrong = 15
    one.causes = np.full(12, codes.WRONG)
    from texts import options_for, written

    text = written(witness, one.record, one.records, options_for(one.layout))
    assert "  … and 5 more; only the first 12 found were kept" in text


def test_kinks_of_wrong_coordinates_are_not_counted_twice(witness):
    """Of seven kinks two belong to what is wrong, and five are shown."""
    causes = [codes.WRONG] * 2 + [codes.KINK_AT_POINT] * 5
    told = [{"start": k, "kink": 1, "distance": 0.0} for k in range(2)] + [KINK | {"start": k} for k in range(2, 7)]
    one = Made(np.ones(7), causes, told, kinks=7)
    one.kinks[:2] = 1
    assert len(table(witness, one, "kinks")) == 6
