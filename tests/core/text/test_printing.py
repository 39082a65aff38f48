"""gradproof_print as C calls it: buffers of every size, structs of older headers, misuse; the same in plain Python."""

import ctypes

import madeup
import numpy as np
import pytest
from properties import refuted
from texts import Made, options_for, options_of, written
from witnesses import JustInTime, Native, PlainPython

from gradproof.core.records import border, codes
from gradproof.library import native

SEEDS = range(24)


def made(seed):
    return (madeup.full if seed % 2 else madeup.along_lines)(np.random.default_rng(seed))


def example():
    """A report with a name that holds letters of several bytes."""
    findings = [
        {"start": 1, "claimed": 2.5, "slope": 1.2, "error_bar": 1e-9},
        {"start": 3, "cause": codes.KINK_AT_POINT, "kink": 1, "distance": 0.0},
    ]
    return Made({"größe": np.ones(3), "b": np.ones(2)}, [1, 2, 1, 3, 1], findings)


def called(witness, one, room_size, **changed):
    """What the call returns, and the memory behind its buffer."""
    room = np.full(max(room_size, 0) + 8, 0xEE, np.uint8)
    given = {
        "report": one.record,
        "findings": one.records,
        "capacity": len(one.records),
        "options": options_for(one.layout),
        "buffer": room,
        "size": room_size,
    }
    return witness("gradproof_print", *(given | changed).values()), room


def says_it_in_any_room(witness, shortened=0):
    """What fits of the text, and how long all of it is."""
    one = example()
    whole = written(witness, one.record, one.records, options_for(one.layout)).encode()
    for size in (1, 2, 3, 40, *range(len(whole) - 70, len(whole) + 3)):
        count, room = called(witness, one, size - shortened)
        assert count == len(whole)
        end = room.tolist().index(0)
        assert end < size
        assert np.all(room[size:] == 0xEE)
        read = bytes(room[:end]).decode()
        assert whole.decode().startswith(read)
        assert end == len(whole) or size - end <= 3
        assert end == min(len(whole), size - 1) or whole[end] >= 0xC0
    assert called(witness, one, 0, buffer=None) == (len(whole), pytest.approx(np.full(8, 0xEE)))


def test_buffers(witness):
    says_it_in_any_room(witness)
    refuted(says_it_in_any_room, witness, 4)


def test_misuse(witness):
    one, size = example(), 100
    older = border.Report.from_buffer_copy(one.record)
    older.size = 12
    empty = border.Report()
    empty.size = border.REPORT_BYTES
    bad = np.array(one.records)
    bad["size"] = 8
    borders = options_of([b"a", b"b"], [0, 3, 4])
    for changed, code in (
        ({"report": None}, codes.NULL_REPORT),
        ({"buffer": None}, codes.NULL_OUTPUT),
        ({"size": -1}, codes.BAD_CAPACITY),
        ({"report": older}, codes.BAD_SIZE),
        ({"report": empty}, codes.NOTHING_TOLD),
        ({"capacity": -1}, codes.BAD_CAPACITY),
        ({"findings": bad}, codes.BAD_SIZE),
        ({"options": borders}, codes.BAD_BORDERS),
    ):
        count, room = called(witness, one, size, **changed)
        assert count == code, changed
        assert np.all(room == 0xEE)


def test_a_refused_check(witness):
    """Where a check was refused, its report is inconclusive about nothing."""
    report = border.Report()
    report.size, report.verdict = border.REPORT_BYTES, codes.VERDICT_INCONCLUSIVE
    text = written(witness, report, [], options_of(None, None))
    assert text == "inconclusive: the check did not begin"


def test_fewer_findings_than_there_are(witness):
    """Findings that did not fit are counted all the same; without any there are the counts alone."""
    one = example()
    text = written(witness, one.record, one.records[:0], options_for(one.layout))
    assert text.startswith("wrong: the gradient is wrong in 1 of 5 coordinates\n")
    assert "\n\nwrong: 1" in text
    causes = [codes.WRONG] * 30
    many = Made(np.ones(30), causes, [{"start": k, "claimed": 2.0, "slope": 1.0} for k in range(12)])
    text = written(witness, many.record, many.records, options_for(many.layout))
    assert "  … and 20 more; only the first 12 found were kept" in text


def test_structs_of_other_headers(witness):
    """A report that ends before its last fields, and findings that have some more."""
    one = example()
    full = written(witness, one.record, one.records, options_for(one.layout))
    wide = np.full((len(one.records), border.FINDING_BYTES // 8 + 2), -1, np.int64)
    wide[:, : border.FINDING_BYTES // 8] = one.records.view(np.int64).reshape(len(one.records), -1)
    wide[:, 0] = wide.shape[1] * 8
    room = np.zeros(5000, np.uint8)
    count, _ = called(witness, one, room.size, findings=wide, buffer=room)
    assert bytes(room[:count]).decode() == full
    short = border.Report.from_buffer_copy(one.record)
    short.size = border.Report.offsets["mode"]
    ctypes.memset(ctypes.addressof(short) + short.size, 0xFF, border.REPORT_BYTES - short.size)
    count, _ = called(witness, one, room.size, report=short, buffer=room)
    lines = bytes(room[:count]).decode().split("\n")
    assert lines[0] == full.split("\n")[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_same_text_from_every_witness(seed):
    one = made(seed)
    texts = {
        written(witness, one.record, one.records, options_for(one.layout))
        for witness in (PlainPython(), Native("library", native()))
    }
    assert len(texts) == 1


@pytest.mark.xdist_group("compiled just in time")
def test_same_text_compiled_just_in_time():
    witness = Native("jit", JustInTime())
    for seed in SEEDS:
        one = made(seed)
        text, expected = one.both(witness)
        assert text == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_made_up_reports(library, seed):
    """Names and numbers of every size, in every part of the text."""
    for number in range(100 * seed, 100 * seed + 20):
        text, expected = made(number).both(library)
        assert text == expected, number


def test_made_up_reports_twin(library):
    """One digit of one number."""
    one = example()
    before = one.both(library)
    one.record.value += 1e-8
    text = written(library, one.record, one.records, options_for(one.layout))
    assert before[0] == before[1] != text
