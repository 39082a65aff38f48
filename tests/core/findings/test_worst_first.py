"""Findings come worst first: against a sort of Python's own, whatever they hold, and however few of them fit."""

import numpy as np
import pytest
from block import block, sealed
from hypothesis import example, given
from hypothesis import strategies as st
from lineladders import memory
from properties import refuted
from severities import contents, filled, key
from witnesses import new_report, records

from gradproof.core.findings import worst_first
from gradproof.core.records import codes
from gradproof.core.records.border import FINDING_BYTES, Finding
from gradproof.core.records.codes import DONE
from gradproof.core.records.engine import coordinate_of, finding_of
from gradproof.core.records.lines import MOST_LONG_FINDINGS

UNTOUCHED = -9
PLACES = (3, 17, 18, 4321, 5000, 5001, 5999)
WORDS = FINDING_BYTES // 8

ranges = st.tuples(st.integers(0, 40), st.integers(1, 3)).map(lambda pair: (pair[0], sum(pair)))


def full(found, order):
    """A check of every coordinate with a finding for each, which were made in some order."""
    engine = block(len(found))
    engine.rounds = 1
    for number, index in enumerate(order):
        coordinate_of(engine, index).finding = number
        place = {"start": index, "stop": index + 1, "left": index, "partner": -1}
        filled(finding_of(engine, number), found[index] | place)
    engine.sweep.finding_count = len(found)
    return sealed(engine)


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
    sealed(engine)
    return lines


def written(witness, engine, capacity):
    """What is written, and how many findings there are; behind what fits nothing is touched."""
    report, findings = new_report(), records(Finding, max(capacity, 1) + 1)
    findings.view(np.int64)[:] = UNTOUCHED
    findings["size"][0] = FINDING_BYTES
    assert witness("gradproof_result", engine, report, findings, capacity) == DONE
    count = min(capacity, report.findings)
    rest = findings[count:].view(np.int64)
    assert np.all(rest[0 if count else 1 :] == UNTOUCHED)
    return findings[:count], report.findings


def sorted_by_python(rows):
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
    lines = along_lines(found, long)
    places = [(PLACES[number], PLACES[number] + 1, number) for number in range(len(found))]
    places += [(*ends, 100 + number) for number, (ends, _) in enumerate(long)]
    expected = rows_of([*found, *(content for _, content in long)], places)
    findings, count = written(witness, lines.engine, capacity)
    assert count == sum(coordinate_of(lines.engine, number).finding >= 0 for number in range(len(found))) + len(long)
    assert findings["left"].tolist() == sorted_by_python(expected)[:capacity]
    by_number = {one["left"]: one for one in expected}
    for finding in findings:
        one = by_number[finding["left"]]
        assert (finding["size"], finding["start"], finding["stop"]) == (FINDING_BYTES, one["start"], one["stop"])
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
    count = worst_first.found_count

    def first_ones(engine, findings, capacity):
        with monkeypatch.context() as patch:
            patch.setattr(worst_first, "found_count", lambda engine: min(capacity, count(engine)))
            worst_first.write_findings(engine, findings, capacity)

    monkeypatch.setattr("gradproof.core.machine.result.write_findings", first_ones)
    refuted(are_worst_first, plain)


@pytest.mark.parametrize("step", ["sort_worst_first", "rise", "sink"])
def test_a_heap_without_one_of_its_steps(plain, monkeypatch, step):
    monkeypatch.setattr(worst_first, step, lambda *_: None)
    refuted(are_worst_first, plain)


@given(found=st.lists(contents, min_size=1, max_size=9), words=st.integers(2, WORDS + 3), capacity=st.integers(1, 10))
def fills_what_fits(witness, found, words, capacity):
    """Structs of an older header are filled as far as they go, those of a newer one leave the rest untouched."""
    engine = full(found, range(len(found)))
    whole, count = written(witness, engine, len(found))
    room = np.full((capacity + 1, words), UNTOUCHED, np.int64)
    room[0, 0] = 8 * words
    # The last struct ends where the memory may end.
    behind = np.full(WORDS, UNTOUCHED, np.int64)
    memory_of_all = np.concatenate([room.reshape(-1), behind])
    padded = np.zeros(-(-memory_of_all.nbytes // FINDING_BYTES) * WORDS, np.int64)
    padded[: memory_of_all.size] = memory_of_all
    assert witness("gradproof_result", engine, new_report(), padded.view(np.dtype(Finding)), capacity) == DONE
    fitting, common = min(capacity, count), min(words, WORDS)
    expected = room.copy()
    expected[:fitting, :common] = whole[:fitting].view(np.int64).reshape(fitting, WORDS)[:, :common]
    expected[:fitting, 0] = 8 * words
    assert np.array_equal(padded[: room.size].reshape(room.shape), expected)
    assert np.all(padded[room.size : room.size + WORDS] == UNTOUCHED)


def test_structs_of_another_header(witness):
    fills_what_fits(witness)


def test_structs_of_another_header_twin(library):
    """Were the struct of today filled, whatever the caller's size is."""

    def call(symbol, engine, report, findings, capacity):
        findings["size"][0] = FINDING_BYTES
        return library(symbol, engine, report, findings, capacity)

    refuted(fills_what_fits, call)


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
