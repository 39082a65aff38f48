"""What a check found, as records: against counts from words, with findings in the order of their coordinates."""

import numpy as np
import pytest
from block import block
from hypothesis import example, given
from hypothesis import strategies as st
from oracles.counts import Coordinate, counted
from properties import refuted

from gradproof.core.coordinates import outcome
from gradproof.core.records import border as structs
from gradproof.core.records import codes
from gradproof.core.records import engine as state
from gradproof.core.records.codes import BAD_ARGUMENT, DONE

LONG = 65_537
CAUSES = {word: cause for cause, (word, _) in codes.CAUSES.items()}
FIELDS = {field.name: place for place, field in enumerate(structs.REPORT.fields)}
FINDING = {field.name: place for place, field in enumerate(structs.FINDING.fields)}

coordinates = st.builds(
    Coordinate,
    st.sampled_from([*CAUSES, "on its way"]),
    st.integers(0, 2),
    st.sampled_from([0.0, 1e-9, 1e-3, 2.0, np.inf]),
)


def check_of(known, findings=()):
    """The memory of a check with these outcomes; findings were made in the order in which they are given."""
    words, reals = block(len(known))
    for index, one in enumerate(known):
        words[state.coordinate(index) + state.COORDINATE_FINDING] = -1
        cause = CAUSES.get(one.cause, state.LEFT_FOR_LADDER)
        if one.cause == "on its way":
            words[state.coordinate(index) + state.COORDINATE_CAUSE] = cause
            reals[state.coordinate(index) + state.COORDINATE_RESOLUTION] = one.resolution
        else:
            outcome.note_cause(words, reals, index, cause, one.kink, one.resolution)
    for index in findings:
        place = outcome.new_finding(words, index)
        if place >= 0:
            reals[place + structs.FINDING_CLAIMED] = index + 0.5
    return words


def reported(witness, words, capacity=0):
    report = np.full(structs.REPORT_WORDS, -9, np.int64)
    findings = np.full((max(capacity, 1), structs.FINDING_WORDS), -9, np.int64)
    before = words.tobytes()
    assert witness("gradproof_result", words, report, findings.ravel() if capacity else None, capacity) == DONE
    assert words.tobytes() == before
    return report, findings[:capacity]


def named(report):
    """The counts of a report by name, its verdict as a word."""
    found = {
        name: int(report[FIELDS[name]]) for name in ("n", "tested", "agreeing", "wrong", "kinks", "open", "untested")
    }
    found["resolution"] = float(report.view(np.float64)[FIELDS["resolution"]])
    return found | {"verdict": codes.VERDICTS[int(report[FIELDS["verdict"]])]}


@given(known=st.lists(coordinates, min_size=1, max_size=9))
@example([Coordinate("agrees", 0, 1e-9)])
@example([Coordinate("agrees", 0, 2.0), Coordinate("kink_at_point", 1, 1e-3)])
@example([Coordinate("on its way", 0, 2.0), Coordinate("wrong", 0, 1e-3)])
def is_counted(witness, known):
    words = check_of(known)
    assert named(reported(witness, words)[0]) == counted(known)


def test_counts(witness):
    is_counted(witness)


def forgetting(field):
    def tampered(witness):
        def call(symbol, words, report, findings, capacity):
            code = witness(symbol, words, report, findings, capacity)
            report[FIELDS[field]] = 0
            return code

        return call

    return tampered


@pytest.mark.parametrize("field", ["wrong", "untested", "kinks", "verdict"])
def test_counts_twin(plain, field):
    refuted(is_counted, forgetting(field)(plain))


def header_is_copied(witness):
    words = check_of([Coordinate("agrees", 0, 1e-9)] * 3)
    reals = words.view(np.float64)
    pairs = {
        "evaluations": state.EVALUATIONS, "rounds": state.ROUNDS, "arithmetic": state.ARITHMETIC, "dense": state.DENSE,
        "noise_measured": state.NOISE_MEASURED, "nondeterministic": state.NONDETERMINISTIC, "findings": state.FINDINGS,
    }  # fmt: skip
    numbers = {"value": state.VALUE, "noise_floor": state.NOISE, "spread": state.SPREAD, "rtol": state.RTOL}
    for number, place in enumerate(pairs.values()):
        words[place] = 100 + number
    for number, place in enumerate(numbers.values()):
        reals[place] = number + 0.25
    words[state.FINDINGS] = 0
    report, _ = reported(witness, words)
    assert [int(report[FIELDS[name]]) for name in pairs] == [100, 101, 102, 103, 104, 105, 0]
    assert [report.view(np.float64)[FIELDS[name]] for name in numbers] == [0.25, 1.25, 2.25, 3.25]


def test_header(witness):
    header_is_copied(witness)
    refuted(header_is_copied, forgetting("rounds")(witness))


@given(n=st.integers(1, 9), data=st.data())
def are_in_order(witness, n, data):
    order = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    capacity = data.draw(st.integers(1, n + 1))
    words = check_of([Coordinate("wrong", 0, 1e-9)] * n, order)
    report, findings = reported(witness, words, capacity)
    assert report[FIELDS["findings"]] == len(order)
    expected = sorted(order)[:capacity]
    assert findings[: len(expected), FINDING["start"]].tolist() == expected
    assert findings[: len(expected), FINDING["stop"]].tolist() == [index + 1 for index in expected]
    claimed = findings.view(np.float64)[: len(expected), FINDING["claimed"]]
    assert claimed.tolist() == [index + 0.5 for index in expected]
    assert np.all(findings[len(expected) :] == -9)


def as_they_came(symbol, words, report, findings, capacity):
    """Wrong on purpose: the findings in the order in which they were made."""
    report[FIELDS["findings"]] = count = int(words[state.FINDINGS])
    for k in range(min(count, capacity)):
        place = state.finding(words, k)
        findings[k * structs.FINDING_WORDS : (k + 1) * structs.FINDING_WORDS] = words[
            place : place + structs.FINDING_WORDS
        ]
    return DONE


def test_findings(witness):
    are_in_order(witness)


def test_findings_twin():
    refuted(are_in_order, as_they_came)


def sees_all(witness, n):
    """Causes, kinks and resolutions of every coordinate, the last one of many included."""
    known = [Coordinate("agrees", 0, 1e-9)] * (n - 3)
    known += [Coordinate("kink_at_point", 1, 1e-6), Coordinate("on its way", 2, 1.0), Coordinate("wrong", 2, 1e-3)]
    words = check_of(known, [n - 1, n - 3])
    causes, kinks, resolutions = np.full(n, -9, np.int64), np.full(n, -9, np.int64), np.full(n, -9.0)
    assert witness("gradproof_coordinates", words, causes, kinks, resolutions) == DONE
    assert causes[-3:].tolist() == [codes.KINK_AT_POINT, codes.UNTESTED, codes.WRONG]
    assert kinks[-3:].tolist() == [1, 0, 2]
    assert resolutions[-3:].tolist() == pytest.approx([1e-6, np.nan, 1e-3], nan_ok=True)
    assert set(causes[:-3]) <= {codes.AGREES}
    assert np.all(resolutions[:-3] == 1e-9)
    report, findings = reported(witness, words, 2)
    assert named(report) == counted(known)
    assert findings[:, FINDING["start"]].tolist() == [n - 3, n - 1]


def test_coordinates(witness):
    sees_all(witness, 7)


def test_coordinates_of_a_long_vector(library):
    sees_all(library, LONG)


def test_coordinates_twin(library):
    def narrow(symbol, words, *rest):
        words = words.copy()
        words[state.N] %= 65_536
        return library(symbol, words, *rest)

    refuted(sees_all, narrow, LONG)


def keeps_so_many(new_finding, n):
    """As many findings as the block holds; the coordinates beyond have their cause all the same."""
    words, _ = block(n)
    places = [new_finding(words, index) for index in range(n)]
    kept = min(n, state.LARGEST_FINDINGS)
    assert words[state.FINDINGS] == kept
    assert min(places[:kept]) > 0
    assert places[kept:] == [-1] * (n - kept)
    assert max(places) + structs.FINDING_WORDS == (words.size if n <= kept else state.block_words(n))


@pytest.mark.parametrize("n", [5, state.LARGEST_FINDINGS, state.LARGEST_FINDINGS + 3])
def test_capacity_of_the_block(n):
    keeps_so_many(outcome.new_finding, n)
    refuted(keeps_so_many, lambda words, index: 1, n)


def test_bad_arguments(witness):
    words = check_of([Coordinate("agrees", 0, 1e-9)])
    report = np.zeros(structs.REPORT_WORDS, np.int64)
    assert witness("gradproof_result", None, report, None, 0) == BAD_ARGUMENT
    assert witness("gradproof_result", words, None, None, 0) == BAD_ARGUMENT
    assert witness("gradproof_result", words, report, None, 0) == DONE
    assert witness("gradproof_coordinates", None, None, None, None) == BAD_ARGUMENT
    assert witness("gradproof_coordinates", words, None, None, None) == DONE
