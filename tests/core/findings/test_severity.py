"""Which of two findings is worse: one of each kind by hand, and any two against words of Python's own."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from properties import anything, refuted
from severities import contents, filled, key

from gradproof.core.findings import severity as core
from gradproof.core.records import codes
from gradproof.core.records.border import Finding


def finding(cause, start=0, stop=1, **content):
    one = Finding(start=start, stop=stop, claimed=1.0, slope=1.0, resolution=1e-9, distance=math.nan)
    one.cause = cause
    filled(one, content)
    return one


# One of each kind, the worst first.
IN_ORDER = [
    finding(codes.WRONG, 40, 60, claimed=math.nan, slope=3.0),
    finding(codes.WRONG, 10, 30, claimed=math.nan, slope=-0.5),
    finding(codes.WRONG, 60, 90, claimed=2.0),
    finding(codes.WRONG, 8, 9, claimed=math.nan),
    finding(codes.WRONG, 2, 3, claimed=-1.0),
    finding(codes.WRONG, 3, 4, claimed=200.0, slope=100.0),
    finding(codes.WRONG, 1, 2, claimed=2.0),
    finding(codes.WRONG, 0, 1, claimed=1.01),
    finding(codes.STEP_LIMITED, 0, 50, resolution=0.1),
    finding(codes.DOMAIN, 6, 7, resolution=math.inf),
    finding(codes.NOISE_LIMITED, 4, 5, resolution=2.0),
    finding(codes.STEP_LIMITED, 5, 6, resolution=0.5),
    finding(codes.KINK_AT_POINT, 7, 8, kink=1, distance=0.0),
    finding(codes.KINK_CROSSED, 9, 10, kink=2, distance=-1e-4),
    finding(codes.AGREES, 11, 12),
]


def are_in_order(severity):
    found = [severity(one, one.start) for one in IN_ORDER]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(IN_ORDER)


def test_what_comes_before_what():
    are_in_order(core.severity)


def without(place):
    """Severities that lack one of their numbers."""

    def severity(finding, start):
        numbers = list(core.severity(finding, start))
        numbers[place] = 0.0
        return tuple(numbers)

    return severity


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_comes_before_what_twin(place):
    refuted(are_in_order, without(place))


ranges = st.tuples(st.integers(0, 3), st.integers(1, 3)).map(lambda pair: (pair[0], sum(pair)))


SAME = {"cause": codes.WRONG, "kink": 0, "claimed": 2.0, "slope": 1.0, "resolution": 0.0, "distance": 0.0}


@given(one=contents, other=contents, here=ranges, there=ranges)
@example(SAME, SAME, (0, 2), (0, 3))
@example(SAME, SAME, (0, 2), (1, 3))
def is_as_python_has_it(severity, one, other, here, there):
    rows = [content | {"start": ends[0], "stop": ends[1]} for content, ends in ((one, here), (other, there))]
    found = []
    for row in rows:
        record = Finding()
        filled(record, row)
        found.append(severity(record, row["start"]))
    assert not any(math.isnan(number) for numbers in found for number in numbers)
    assert (found[0] > found[1]) == (key(rows[0]) < key(rows[1]))
    assert (found[0] == found[1]) == (key(rows[0]) == key(rows[1]))


def test_severity():
    is_as_python_has_it(core.severity)


@pytest.mark.parametrize("place", range(5))
def test_severity_twin(place):
    refuted(is_as_python_has_it, without(place))


@given(claimed=anything, slope=anything)
@example(0.0, 0.0)
@example(1.7e308, -1.7e308)
def errors_are_numbers(claimed, slope):
    one = finding(codes.WRONG, claimed=claimed, slope=slope)
    error = core.error_of(one, False)
    relative = core.relative(one, error)
    assert error >= 0
    assert math.isinf(relative) == (not math.isfinite(claimed) or math.isinf(error))
    assert math.isinf(relative) or 0 <= relative <= 2 * core.STEPS


def test_errors():
    errors_are_numbers()
