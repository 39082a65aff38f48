"""Which findings a table shows, and with how many digits: as in Python."""

import numpy as np
import pytest
from core_texts import text_of
from hypothesis import example, given
from hypothesis import strategies as st
from properties import anything, refuted

from gradproof.core.records import border, codes
from gradproof.core.text import rows
from gradproof.report.text import table as python


def finding_of(**fields):
    finding = border.Finding()
    start = fields.pop("start", 0)
    border.begin_finding(finding, start, start + 1, fields.pop("cause", codes.WRONG), fields.pop("kink", 0), 1.0)
    for name, value in fields.items():
        setattr(finding, name, value)
    return finding


def chosen(choose, table, findings):
    """The coordinates of the findings that are chosen, and how many belong into the table."""
    text, _ = text_of()
    array = (border.Finding * len(findings))(*findings)
    text.findings, text.count, text.stride = array, len(findings), border.FINDING_BYTES
    choose(text, table)
    return [findings[number].start for number in text.chosen[: text.rows]], text.found


TABLES = {
    rows.WRONG_TABLE: [{"cause": codes.WRONG}],
    rows.OPEN_TABLE: [{"cause": codes.NOISE_LIMITED}, {"cause": codes.UNTESTED}],
    rows.KINK_TABLE: [{"cause": codes.KINK_CROSSED, "kink": 2}, {"cause": codes.AGREES, "kink": 1}],
}
KINDS = [(table, fields) for table, several in TABLES.items() for fields in several]


@given(table=st.sampled_from(list(TABLES)), kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=50))
def are_the_first(choose, table, kinds):
    """Findings come worst first: a table shows the first ones."""
    findings = [finding_of(start=7 * number % 64, **fields) for number, (_, fields) in enumerate(kinds)]
    expected = [one.start for one, (kind, _) in zip(findings, kinds, strict=True) if kind == table]
    most = python.KINK_ROWS if table == rows.KINK_TABLE else python.ROWS
    assert chosen(choose, table, findings) == (expected[:most], len(expected))


def test_the_first():
    are_the_first(rows.choose)


def test_the_first_twin():
    def the_last(text, table):
        rows.choose(text, table)
        text.chosen[: text.rows] = text.chosen[: text.rows][::-1].copy()

    refuted(are_the_first, the_last)


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
    digits = justified(text, slope, error_bar, most)
    assert digits == python._justified(slope, error_bar, most)


def test_digits():
    is_justified(rows.justified)
    refuted(is_justified, lambda text, slope, error_bar, most: rows.justified(text, slope, error_bar, most - 1))


@pytest.mark.parametrize("distance", [0.0, -1e-5, 2.0, np.nan])
def test_distance(distance):
    from core_texts import ended

    text, room = text_of()
    rows.put_distance(text, distance)
    expected = "at x" if distance == 0 else f"at x {'-' if distance < 0 else '+'} {python.short(abs(distance))}"
    assert ended(text, room) == expected
