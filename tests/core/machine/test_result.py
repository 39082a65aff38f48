"""What a check found, as records: against counts from words, each finding with the coordinate that it is about."""

import ctypes
from typing import Any

import numpy as np
import pytest
from block import block, sealed
from hypothesis import example, given
from hypothesis import strategies as st
from lineladders import memory
from oracles.counts import Coordinate, counted
from properties import refuted
from witnesses import new_report, records

from gradproof.core.coordinates import outcome, phases
from gradproof.core.records import codes
from gradproof.core.records import engine as state
from gradproof.core.records.border import FINDING_BYTES, REPORT_BYTES, Finding
from gradproof.core.records.codes import BAD_CAPACITY, BAD_SIZE, DONE, NO_ENGINE, NULL_ENGINE, NULL_REPORT
from gradproof.core.records.lines import block_of

LONG = 65_537
CAUSES = {word: cause for cause, (word, _) in codes.CAUSES.items()}
UNTOUCHED = -9

coordinates = st.builds(
    Coordinate,
    st.sampled_from([*CAUSES, "on its way"]),
    st.integers(0, 2),
    st.sampled_from([0.0, 1e-9, 1e-3, 2.0, np.inf]),
)


def check_of(known, findings=(), phase=phases.DONE):
    """A check with these outcomes after its first round; findings were made in the order in which they are given."""
    engine = block(len(known))
    engine.rounds = 1
    for index, one in enumerate(known):
        coordinate = state.coordinate_of(engine, index)
        coordinate.finding = -1
        if one.cause == "on its way":
            coordinate.cause, coordinate.resolution = outcome.LEFT_FOR_LADDER, one.resolution
        else:
            outcome.note_cause(engine, index, CAUSES[one.cause], one.kink, one.resolution)
    for index in findings:
        number = outcome.new_finding(engine, index)
        if number >= 0:
            state.finding_of(engine, number).claimed = index + 0.5
    engine.sweep.phase = phase
    return sealed(engine)


def reported(witness, engine, capacity=0):
    """The report and the findings; the check itself is left as it is."""
    report, findings = new_report(), records(Finding, max(capacity, 1))
    for record in (np.frombuffer(report, np.int64), findings.view(np.int64)):
        record[:] = UNTOUCHED
    report.size, findings["size"][0] = REPORT_BYTES, FINDING_BYTES
    size = 8 * state.engine_words(engine.n)
    before = ctypes.string_at(ctypes.addressof(engine), size)
    assert witness("gradproof_result", engine, report, findings if capacity else None, capacity) == DONE
    assert ctypes.string_at(ctypes.addressof(engine), size) == before
    return report, findings[:capacity]


def named(report):
    """The counts of a report by name, its verdict as a word."""
    found = {name: getattr(report, name) for name in ("n", "tested", "agreeing", "wrong", "kinks", "open", "untested")}
    return found | {"resolution": float(report.resolution), "verdict": codes.VERDICTS[report.verdict]}


@given(known=st.lists(coordinates, min_size=1, max_size=9))
@example([Coordinate("agrees", 0, 1e-9)])
@example([Coordinate("agrees", 0, 2.0), Coordinate("kink_at_point", 1, 1e-3)])
@example([Coordinate("on its way", 0, 2.0), Coordinate("wrong", 0, 1e-3)])
def is_counted(witness, known):
    assert named(reported(witness, check_of(known))[0]) == counted(known)


def test_counts(witness):
    is_counted(witness)


@pytest.mark.parametrize("phase", [phases.PAIRS, phases.LADDERS, phases.EQUAL_VALUES, phases.SHARED_KINKS])
def test_a_check_that_has_more_to_ask_is_not_right(witness, phase):
    """Even where every coordinate agrees so far; what is wrong is wrong at once."""
    for cause, early, late in (("agrees", "inconclusive", "right"), ("wrong", "wrong", "wrong")):
        known = [Coordinate("agrees", 0, 1e-9), Coordinate(cause, 0, 1e-9)]
        verdicts = [named(reported(witness, check_of(known, phase=at))[0])["verdict"] for at in (phase, phases.DONE)]
        assert verdicts == [early, late]


def forgetting(field):
    """A witness that is wrong on purpose: its reports lack a field."""

    def tampered(witness):
        def call(symbol, engine, report, findings, capacity):
            code = witness(symbol, engine, report, findings, capacity)
            setattr(report, field, 0)
            return code

        return call

    return tampered


@pytest.mark.parametrize("field", ["wrong", "untested", "kinks"])
def test_counts_twin(plain, field):
    refuted(is_counted, forgetting(field)(plain))


def header_is_copied(witness):
    engine = check_of([Coordinate("agrees", 0, 1e-9)] * 3)
    counts = ("evaluations", "rounds", "arithmetic", "noise_measured", "nondeterministic")
    reals = {"value": "value", "noise": "noise_floor", "spread": "spread", "rtol": "rtol"}
    for number, name in enumerate(counts):
        setattr(engine, name, 100 + number)
    for number, name in enumerate(reals):
        setattr(engine, name, number + 0.25)
    engine.sweep.dense = 1
    report, _ = reported(witness, sealed(engine))
    assert [getattr(report, name) for name in counts] == [100, 101, 102, 103, 104]
    assert [getattr(report, name) for name in reals.values()] == [0.25, 1.25, 2.25, 3.25]
    assert (report.dense, report.findings) == (1, 0)


def test_header(witness):
    header_is_copied(witness)


@pytest.mark.parametrize("field", ["rounds", "dense", "spread"])
def test_header_twin(witness, field):
    refuted(header_is_copied, forgetting(field)(witness))


@given(n=st.integers(1, 9), data=st.data())
def are_of_their_coordinates(witness, n, data):
    order = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    capacity = data.draw(st.integers(1, n + 1))
    engine = check_of([Coordinate("wrong", 0, 1e-9)] * n, order)
    report, findings = reported(witness, engine, capacity)
    assert report.findings == len(order)
    expected = sorted(order)[:capacity]
    assert findings["start"][: len(expected)].tolist() == expected
    assert findings["stop"][: len(expected)].tolist() == [index + 1 for index in expected]
    assert findings["claimed"][: len(expected)].tolist() == [index + 0.5 for index in expected]
    assert np.all(findings[max(len(expected), 1) :].view(np.int64) == UNTOUCHED)
    assert np.all(findings["size"][: len(expected)] == FINDING_BYTES)
    assert np.all(findings[:1].view(np.int64)[1:] == UNTOUCHED) or expected


def as_they_came(symbol, engine, report, findings, capacity):
    """Wrong on purpose: the findings in the order in which they were made."""
    report.findings = count = engine.sweep.finding_count
    for number in range(min(count, capacity)):
        findings[number : number + 1] = np.frombuffer(state.finding_of(engine, number), np.dtype(Finding))
    return DONE


def test_findings(witness):
    are_of_their_coordinates(witness)


def test_findings_twin():
    refuted(are_of_their_coordinates, as_they_came)


def sees_all(witness, n):
    """Causes, kinks and resolutions of every coordinate, the last one of many included."""
    known = [Coordinate("agrees", 0, 1e-9)] * (n - 3)
    known += [Coordinate("kink_at_point", 1, 1e-6), Coordinate("on its way", 2, 1.0), Coordinate("wrong", 2, 1e-3)]
    engine = check_of(known, [n - 1, n - 3])
    indices, causes, kinks = (np.full(n, UNTOUCHED, np.int64) for _ in range(3))
    resolutions = np.full(n, float(UNTOUCHED))
    assert witness("gradproof_coordinates", engine, indices, causes, kinks, resolutions, n) == n
    assert indices.tolist() == list(range(n))
    assert causes[-3:].tolist() == [codes.KINK_AT_POINT, codes.UNTESTED, codes.WRONG]
    assert kinks[-3:].tolist() == [1, 0, 2]
    assert resolutions[-3:].tolist() == pytest.approx([1e-6, np.nan, 1e-3], nan_ok=True)
    assert set(causes[:-3]) <= {codes.AGREES}
    assert np.all(resolutions[:-3] == 1e-9)
    report, findings = reported(witness, engine, 2)
    assert named(report) == counted(known)
    # What is wrong, then the kink.
    assert findings["start"].tolist() == [n - 1, n - 3]


def test_coordinates(witness):
    sees_all(witness, 7)


def test_coordinates_of_a_long_vector(library):
    sees_all(library, LONG)


def test_coordinates_twin(library):
    """Were numbers of coordinates kept in 16 bits."""

    def narrow(symbol, engine, *rest):
        before = engine.sweep.count
        engine.sweep.count = before % 65_536
        found = library(symbol, sealed(engine), *rest)
        engine.sweep.count = before
        sealed(engine)
        return found

    refuted(sees_all, narrow, LONG)


@pytest.mark.parametrize("capacity", [0, 1, 3, 9])
def test_no_more_than_fits(witness, capacity):
    """The number of coordinates comes back whole; beyond the capacity nothing is written."""
    engine = check_of([Coordinate("wrong", 2, 1e-3)] * 4)
    indices, resolutions = np.full(9, UNTOUCHED, np.int64), np.full(9, float(UNTOUCHED))
    assert witness("gradproof_coordinates", engine, indices, None, None, resolutions, capacity) == 4
    written = min(capacity, 4)
    assert indices.tolist() == [*range(written), *[UNTOUCHED] * (9 - written)]
    assert resolutions.tolist() == [1e-3] * written + [UNTOUCHED] * (9 - written)


def keeps_so_many(new_finding, n):
    """As many findings as there is room for; the coordinates beyond have their cause all the same."""
    engine = block(n)
    numbers = [new_finding(engine, index) for index in range(n)]
    kept = min(n, state.LARGEST_FINDINGS)
    assert engine.sweep.finding_count == kept
    assert numbers == [*range(kept), *[-1] * (n - kept)]
    assert [state.finding_of(engine, number).start for number in range(kept)] == list(range(kept))


@pytest.mark.parametrize("n", [5, state.LARGEST_FINDINGS, state.LARGEST_FINDINGS + 3])
def test_capacity_of_the_memory(n):
    keeps_so_many(outcome.new_finding, n)
    refuted(keeps_so_many, lambda engine, index: 1, n)


def along_lines(blocks=(), confirming=1):
    """A check along lines that found two coordinates, one of them wrong, and has two findings about long lines."""
    lines = memory(blocks=blocks)
    engine = lines.engine
    engine.n, engine.rounds, engine.sweep.count = 6000, 1, 2
    lines.confirming, lines.candidates.count = confirming, 2
    for number, (index, cause) in enumerate(((17, codes.AGREES), (4321, codes.WRONG))):
        lines.candidates.indices[number] = index
        coordinate = state.coordinate_of(engine, number)
        coordinate.finding, coordinate.cause, coordinate.resolution = -1, cause, 0.5
    outcome.new_finding(engine, 1)
    lines.finding_count = 2
    for number, start in enumerate((1000, 3000)):
        lines.long_findings[number].start, lines.long_findings[number].stop = start, start + 1000
    sealed(engine)
    return lines


@pytest.mark.parametrize("capacity", [0, 1, 2, 3, 4])
def test_findings_of_lines(witness, capacity):
    """Coordinates by their numbers in x; no more than fit."""
    report, findings = new_report(), records(Finding, 4)
    findings.view(np.int64)[:] = UNTOUCHED
    findings["size"][0] = FINDING_BYTES
    assert witness("gradproof_result", along_lines().engine, report, findings, capacity) == DONE
    assert report.findings == 3
    expected = [(4321, 4322), (1000, 2000), (3000, 4000)][:capacity]
    expected += [(UNTOUCHED, UNTOUCHED)] * (4 - len(expected))
    assert findings[["start", "stop"]].tolist() == expected


def test_candidates_of_lines(witness):
    indices, causes = np.zeros(2, np.int64), np.zeros(2, np.int64)
    arguments = (indices, causes, None, None, 2)
    assert witness("gradproof_coordinates", along_lines().engine, *arguments) == 2
    assert indices.tolist() == [17, 4321]
    assert causes.tolist() == [codes.AGREES, codes.WRONG]
    # Their twin: they have been found, but not been looked at.
    assert witness("gradproof_coordinates", along_lines(confirming=0).engine, *arguments) == 0


@pytest.mark.parametrize("capacity", [0, 1, 2, 5])
def test_blocks(witness, capacity):
    lines = along_lines(blocks=(0, 100, 6000))
    for number in range(2):
        block = block_of(lines, number)
        block.norm, block.bar = number + 0.5, number + 0.25
    sealed(lines.engine)
    norms, bars = np.full(5, float(UNTOUCHED)), np.full(5, float(UNTOUCHED))
    assert witness("gradproof_blocks", lines.engine, norms, bars, capacity) == 2
    written = min(capacity, 2)
    assert norms.tolist() == [0.5, 1.5][:written] + [UNTOUCHED] * (5 - written)
    assert bars.tolist() == [0.25, 1.25][:written] + [UNTOUCHED] * (5 - written)
    assert witness("gradproof_blocks", lines.engine, None, None, capacity) == 2
    # A check of every coordinate has none.
    assert witness("gradproof_blocks", check_of([Coordinate("agrees", 0, 1e-9)]), norms, bars, 5) == 0


NOTHING = (None, None, None, None)


@pytest.mark.parametrize(
    ("call", "right", "place", "wrong", "code"),
    [
        ("coordinates", (*NOTHING, 0), 0, None, NULL_ENGINE),
        ("coordinates", (*NOTHING, 0), 5, -1, BAD_CAPACITY),
        ("blocks", (None, None, 0), 0, None, NULL_ENGINE),
        ("blocks", (None, None, 0), 3, -1, BAD_CAPACITY),
    ],
)
def test_refused(witness, call, right, place, wrong, code):
    arguments = [check_of([Coordinate("agrees", 0, 1e-9)]), *right]
    assert witness(f"gradproof_{call}", *arguments) >= 0
    assert witness(f"gradproof_{call}", *arguments[:place], wrong, *arguments[place + 1 :]) == code


@pytest.mark.parametrize("size", [0, 8, 15, 17, REPORT_BYTES - 1, REPORT_BYTES + 4, 2**16 + 8, -16, 2**62])
@pytest.mark.parametrize("of", ["report", "findings"])
def test_sizes_that_structs_cannot_have(witness, of, size):
    engine, report, findings = check_of([Coordinate("wrong", 0, 1e-9)], [0]), new_report(), records(Finding, 2)
    assert witness("gradproof_result", engine, report, findings, 2) == DONE
    assert report.verdict == codes.VERDICT_WRONG
    if of == "report":
        report.size = size
    else:
        findings["size"][0] = size
    before = findings.tobytes()
    assert witness("gradproof_result", engine, report, findings, 2) == BAD_SIZE
    # Whatever was refused, the report does not go on saying what an earlier call has found.
    assert report.verdict == codes.VERDICT_INCONCLUSIVE
    assert findings.tobytes() == before
    # Nobody looks at the size of findings that there are none of.
    if of == "findings":
        assert witness("gradproof_result", engine, report, findings, 0) == DONE
        assert witness("gradproof_result", engine, report, None, 2) == DONE


def test_refused_results(witness):
    engine, report = check_of([Coordinate("agrees", 0, 1e-9)]), new_report()
    assert witness("gradproof_result", engine, None, None, 0) == NULL_REPORT
    assert witness("gradproof_result", engine, report, None, 0) == DONE
    assert report.verdict == codes.VERDICT_RIGHT
    for arguments, code in (((None, report, None, 0), NULL_ENGINE), ((engine, report, None, -1), BAD_CAPACITY)):
        report.verdict = codes.VERDICT_RIGHT
        assert witness("gradproof_result", *arguments) == code
        assert report.verdict == codes.VERDICT_INCONCLUSIVE
    assert witness("gradproof_result", np.zeros_like(np.frombuffer(engine, np.int64)), report, None, 0) == NO_ENGINE


@pytest.mark.parametrize("size", range(16, REPORT_BYTES + 41, 8))
def test_reports_of_other_headers(witness, size):
    """A shorter one is filled as far as it goes, a longer one as far as is known; nothing else is written."""
    engine = check_of([Coordinate("agrees", 0, 1e-9), Coordinate("wrong", 0, 1e-9)])
    whole: Any = new_report()
    assert witness("gradproof_result", engine, whole, None, 0) == DONE
    assert whole.verdict == codes.VERDICT_WRONG
    words = np.full(REPORT_BYTES // 8 + 5, UNTOUCHED, np.int64)
    words[0] = size
    assert witness("gradproof_result", engine, words, None, 0) == DONE
    known = min(size, REPORT_BYTES) // 8
    assert words[1:known].tolist() == np.frombuffer(whole, np.int64)[1:known].tolist()
    assert words[0] == size
    assert set(words[known:].tolist()) <= {UNTOUCHED}


@pytest.mark.parametrize("size", range(16, FINDING_BYTES + 25, 8))
def test_findings_of_other_headers(witness, size):
    """The size of the first one is the distance from one to the next; each gets it, and what fits."""
    engine = check_of([Coordinate("wrong", 0, 1e-9)] * 3, [0, 1, 2])
    whole = records(Finding, 3)
    assert witness("gradproof_result", engine, new_report(), whole, 3) == DONE
    stride, words = size // 8, np.full(4 * (FINDING_BYTES // 8 + 3), UNTOUCHED, np.int64)
    words[0] = size
    assert witness("gradproof_result", engine, new_report(), words, 2) == DONE
    known = min(size, FINDING_BYTES) // 8
    for number in range(2):
        found, expected = words[number * stride :][:stride], whole[number : number + 1].view(np.int64)
        assert found[0] == size
        assert found[1:known].tolist() == expected[1:known].tolist()
        assert set(found[known:].tolist()) <= {UNTOUCHED}
    assert set(words[2 * stride :].tolist()) == {UNTOUCHED}
