"""Findings come worst first: against a sort of Python's own, whatever they hold, and however few of them fit."""

import math

import numpy as np
import pytest
from block import block
from hypothesis import example, given
from hypothesis import strategies as st
from lineladders import memory
from properties import anything, refuted
from witnesses import records

from gradproof.core.machine import worst_first
from gradproof.core.records import codes
from gradproof.core.records.border import Finding, Report
from gradproof.core.records.codes import DONE
from gradproof.core.records.engine import coordinate_of, finding_of
from gradproof.core.records.lines import MOST_LONG_FINDINGS

DTYPE = np.dtype(Finding)
UNTOUCHED = -9
ACCEPTABLE = (codes.AGREES, codes.KINK_AT_POINT, codes.KINK_CROSSED)
PLACES = (3, 17, 18, 4321, 5000, 5001, 5999)

# Few different values, so that many findings are equal in some respect; and any values at all.
few = st.sampled_from([0.0, 1.0, -1.0, 1.0004, 2.0, 1e-3, math.inf, -math.inf, math.nan])
values = st.one_of(few, anything)
contents = st.fixed_dictionaries(
    {
        "cause": st.sampled_from([code for code in codes.CAUSES if code != codes.UNTESTED] + 4 * [codes.WRONG]),
        "kink": st.integers(0, 2),
        "claimed": values,
        "slope": values,
        "resolution": values,
        "distance": values,
    }
)
ranges = st.tuples(st.integers(0, 40), st.integers(1, 3)).map(lambda pair: (pair[0], sum(pair)))


def filled(finding, content):
    for name, value in content.items():
        setattr(finding, name, value)


def full(found, order):
    """A check of every coordinate with a finding for each, which were made in some order."""
    engine = block(len(found))
    engine.rounds = 1
    for number, index in enumerate(order):
        coordinate_of(engine, index).finding = number
        filled(
            finding_of(engine, number), found[index] | {"start": index, "stop": index + 1, "left": index, "partner": -1}
        )
    engine.sweep.finding_count = len(found)
    return engine


def along_lines(found, long):
    """A check along lines with findings for its candidates, by their numbers, and for longer lines."""
    lines = memory()
    engine = lines.engine
    engine.n, engine.rounds, engine.sweep.count = 6000, 1, len(found)
    lines.confirming, lines.candidates.count = 1, len(found)
    for number, content in enumerate(found):
        lines.candidates.indices[number] = PLACES[number]
        coordinate_of(engine, number).finding = number
        place = {"start": number, "stop": number + 1, "left": number, "partner": (number + 1) % len(found)}
        filled(finding_of(engine, number), content | place)
    engine.sweep.finding_count = len(found)
    lines.finding_count = len(long)
    for number, ((start, stop), content) in enumerate(long):
        place = {"start": start, "stop": stop, "left": 100 + number, "partner": -1}
        filled(lines.long_findings[number], content | place)
    return engine


def written(witness, engine, capacity):
    """What is written, and how many findings there are; behind what fits nothing is touched."""
    report, findings = Report(), records(Finding, max(capacity, 1) + 1)
    findings.view(np.int64)[:] = UNTOUCHED
    assert witness("gradproof_result", engine, report, findings, capacity) == DONE
    count = min(capacity, report.findings)
    assert np.all(findings[count:].view(np.int64) == UNTOUCHED)
    return findings[:count], report.findings


def key(one):
    """What Python sorts by, the worst first, in words of its own."""
    long = one["stop"] > one["start"] + 1
    end = (one["start"], one["stop"])
    if one["cause"] in ACCEPTABLE:
        distance = abs(one["distance"]) if np.isfinite(one["distance"]) else np.inf
        return (4, 0, distance, *end) if one["kink"] else (5, 0, 0, *end)
    if one["cause"] != codes.WRONG:
        return (2 if long else 3, 0, -one["resolution"] if np.isfinite(one["resolution"]) else -np.inf, *end)
    claimed, slope = float(one["claimed"]), float(one["slope"])
    error = abs(slope) if long and not np.isfinite(claimed) else abs(claimed - slope)
    error = error if np.isfinite(error) else np.inf
    if not (np.isfinite(claimed) and np.isfinite(error)):
        return (0 if long else 1, -np.inf, -error, *end)
    relative = error / max(abs(claimed), abs(slope)) if error else 0.0
    return (0 if long else 1, -int(1000 * relative + 0.5), -error, *end)


def sorted_by_python(rows):
    with np.errstate(all="ignore"):
        return [one["left"] for one in sorted(rows, key=key)]


def rows_of(found, places):
    """Findings as Python has them: dicts with the numbers by which they are told apart."""
    return [
        content | {"start": start, "stop": stop, "left": left}
        for content, (start, stop, left) in zip(found, places, strict=True)
    ]


@given(data=st.data(), found=st.lists(contents, min_size=1, max_size=24), spare=st.integers(0, 3))
def are_worst_first(witness, data, found, spare):
    order = data.draw(st.permutations(range(len(found))))
    engine = full(found, order)
    expected = sorted_by_python(rows_of(found, [(index, index + 1, index) for index in range(len(found))]))
    for capacity in sorted({0, 1, data.draw(st.integers(0, len(found))), len(found), len(found) + spare}):
        findings, count = written(witness, engine, capacity)
        assert count == len(found)
        assert findings["left"].tolist() == expected[:capacity]
        assert findings["start"].tolist() == expected[:capacity]


def test_every_coordinate(witness):
    are_worst_first(witness)


@given(
    found=st.lists(contents, max_size=len(PLACES)),
    long=st.lists(st.tuples(ranges, contents), max_size=MOST_LONG_FINDINGS, unique_by=lambda one: one[0]),
    capacity=st.integers(0, 25),
)
@example([], [], 3)
def are_worst_first_along_lines(witness, found, long, capacity):
    engine = along_lines(found, long)
    places = [(PLACES[number], PLACES[number] + 1, number) for number in range(len(found))]
    places += [(*ends, 100 + number) for number, (ends, _) in enumerate(long)]
    expected = rows_of([*found, *(content for _, content in long)], places)
    findings, count = written(witness, engine, capacity)
    assert count == len(expected)
    assert findings["left"].tolist() == sorted_by_python(expected)[:capacity]
    by_number = {one["left"]: one for one in expected}
    for finding in findings:
        one = by_number[finding["left"]]
        assert (finding["start"], finding["stop"]) == (one["start"], one["stop"])
        # A partner, which a candidate has, is a coordinate of x as well.
        alone = finding["left"] < 100
        assert finding["partner"] == (PLACES[(int(finding["left"]) + 1) % len(found)] if alone else -1)
        # All else is the same to the bit, NaN included.
        for name in ("cause", "kink"):
            assert finding[name] == one[name]
        for name in ("claimed", "slope", "resolution", "distance"):
            assert finding[name].tobytes() == np.float64(one[name]).tobytes()


def test_along_lines(witness):
    are_worst_first_along_lines(witness)


def tampered(witness, change):
    """A witness that is wrong on purpose: what it writes is put in another order."""

    def call(symbol, engine, report, findings, capacity):
        code = witness(symbol, engine, report, findings, capacity)
        count = min(capacity, report.findings)
        findings[:count] = findings[:count][change(findings[:count])]
        return code

    return call


ORDERS = {
    "as they lie in x": lambda findings: np.argsort(findings["start"], kind="stable"),
    "best first": lambda findings: np.arange(len(findings))[::-1],
    "by their errors alone": lambda findings: np.argsort(-abs(findings["claimed"] - findings["slope"]), kind="stable"),
    "the first two swapped": lambda findings: np.r_[np.arange(len(findings))[:2][::-1], 2 : len(findings)].astype(int),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("check", [are_worst_first, are_worst_first_along_lines])
def test_another_order(library, check, order):
    refuted(check, tampered(library, ORDERS[order]))


def test_the_first_that_fit(plain, monkeypatch):
    """Were the first findings kept where not all fit, not the worst."""
    keep_worst = worst_first.keep_worst

    def keep(findings, kept, capacity, finding, start):
        return kept if kept >= capacity else keep_worst(findings, kept, capacity, finding, start)

    monkeypatch.setattr("gradproof.core.machine.result.keep_worst", keep)
    refuted(are_worst_first, plain)


def test_a_heap_that_is_not_sorted(plain, monkeypatch):
    monkeypatch.setattr("gradproof.core.machine.result.sort_worst_first", lambda findings, count: None)
    refuted(are_worst_first, plain)


def finding(cause, start=0, stop=1, **content):
    one = Finding(start=start, stop=stop, claimed=1.0, slope=1.0, resolution=1e-9, distance=math.nan)
    one.cause = cause
    filled(one, content)
    return one


def test_what_comes_before_what():
    """One of each kind, worst first, by hand."""
    rows = [
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
    found = [worst_first.severity(one, one.start) for one in rows]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(rows)


def takes_only_the_largest(witness, n):
    """Errors that grow and fall again, many of them: the few largest are found."""
    sizes = 1 + (np.arange(n) * 7919) % n
    found = [{"cause": codes.WRONG, "claimed": 1e6 + float(size), "slope": 1e6} for size in sizes]
    engine = full(found, range(n))
    for capacity in (5, n):
        findings, _ = written(witness, engine, capacity)
        errors = findings["claimed"] - findings["slope"]
        assert np.array_equal(errors, np.sort(sizes)[::-1][:capacity])


def test_many(library):
    takes_only_the_largest(library, 8192)
    refuted(takes_only_the_largest, tampered(library, ORDERS["as they lie in x"]), 8192)
