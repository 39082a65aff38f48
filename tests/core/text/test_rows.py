"""Which findings a table shows, and with how many digits: as Python sorts and rounds them."""

import math

import numpy as np
import pytest
from core_texts import text_of
from hypothesis import example, given
from hypothesis import strategies as st
from properties import anything, refuted

from gradproof.core.records import border, codes
from gradproof.core.text import rows
from gradproof.report.text import table as python

SIZES = st.one_of(st.sampled_from([0.0, 1.0, -1.0, 2.0, 1.001, 1.0005, np.nan, np.inf, -np.inf, 1e308]), anything)


def finding_of(**fields):
    finding = border.Finding()
    start = fields.pop("start", 0)
    border.begin_finding(finding, start, start + 1, fields.pop("cause", codes.WRONG), fields.pop("kink", 0), 1.0)
    for name, value in fields.items():
        setattr(finding, name, value)
    return finding


class Sorted:
    """A finding as Python's keys of order see it."""

    def __init__(self, finding):
        self.index, self.resolution, self.distance = finding.start, float(finding.resolution), float(finding.distance)
        self.claimed, self.slope = float(finding.claimed), float(finding.slope)
        self.error = abs(self.claimed - self.slope)
        self.relative_error = math.inf
        if math.isfinite(self.error) and math.isfinite(self.claimed):
            largest = max(abs(self.claimed), abs(self.slope))
            self.relative_error = self.error / largest if largest else 0.0


TABLES = {
    rows.WRONG_TABLE: (python._severity, {"cause": codes.WRONG}),
    rows.OPEN_TABLE: (python._openness, {"cause": codes.NOISE_LIMITED}),
    rows.KINK_TABLE: (python._distance, {"cause": codes.KINK_CROSSED, "kink": 2}),
}


def chosen(choose, table, findings):
    """The coordinates of the findings that are chosen, and how many belong into the table."""
    text, _ = text_of()
    array = (border.Finding * len(findings))(*findings)
    text.findings, text.count, text.stride = array, len(findings), border.FINDING_BYTES
    choose(text, table)
    return [findings[number].start for number in text.chosen[: text.rows]], text.found


@given(
    table=st.sampled_from(list(TABLES)),
    numbers=st.lists(st.tuples(SIZES, SIZES, SIZES, SIZES), min_size=1, max_size=25),
    order=st.randoms(use_true_random=False),
)
def are_the_worst(choose, table, numbers, order):
    key, fields = TABLES[table]
    findings = [
        finding_of(start=start, claimed=a, slope=b, resolution=abs(c), distance=d, **fields)
        for start, (a, b, c, d) in enumerate(numbers)
    ]
    expected = [one.index for one in sorted(map(Sorted, findings), key=key)]
    most = python.KINK_ROWS if table == rows.KINK_TABLE else python.ROWS
    order.shuffle(findings)
    assert chosen(choose, table, findings) == (expected[:most], len(findings))


def test_worst_first():
    are_the_worst(rows.choose)


def the_first(text, table):
    """Wrong on purpose: the findings as they come."""
    rows.choose(text, table)
    text.chosen[: text.rows] = range(text.rows)


def test_worst_first_twin():
    refuted(are_the_worst, the_first)


def test_who_belongs_where():
    found = [
        finding_of(start=0, cause=codes.WRONG, kink=1),
        finding_of(start=1, cause=codes.NONDETERMINISTIC),
        finding_of(start=2, cause=codes.KINK_AT_POINT, kink=1),
        finding_of(start=3, cause=codes.AGREES, kink=2),
        finding_of(start=4, cause=codes.UNTESTED),
        finding_of(start=5, cause=codes.WRONG, stop=9),
    ]
    assert chosen(rows.choose, rows.WRONG_TABLE, found)[0] == [0]
    assert sorted(chosen(rows.choose, rows.OPEN_TABLE, found)[0]) == [1, 4]
    assert sorted(chosen(rows.choose, rows.KINK_TABLE, found)[0]) == [2, 3]


@given(slope=anything, error_bar=anything.map(abs), most=st.sampled_from(python.DIGITS))
@example(999.9999999999999, 1e-3, 9)
@example(1000.0, 1e-3, 9)
def is_justified(justified, slope, error_bar, most):
    text, _ = text_of()
    digits = justified(text, finding_of(slope=slope, error_bar=error_bar), most)
    assert digits == python._justified(slope, error_bar, most)


def test_digits():
    is_justified(rows.justified)
    refuted(is_justified, lambda text, finding, most: rows.justified(text, finding, most - 1))


@pytest.mark.parametrize("distance", [0.0, -1e-5, 2.0, np.nan])
def test_distance(distance):
    from core_texts import ended

    text, room = text_of()
    rows.put_distance(text, distance)
    expected = "at x" if distance == 0 else f"at x {'-' if distance < 0 else '+'} {python.short(abs(distance))}"
    assert ended(text, room) == expected
