"""The engine of the core, held by Python."""

import sys

import drivenlines
import numpy as np
import pytest
from driven import PROBLEMS

import gradproof
from gradproof import engine
from gradproof.core.records import border, codes
from gradproof.core.records import engine as state
from gradproof.core.records.lines import Block
from gradproof.problem.point import read_problem
from gradproof.problem.probes import PROBE, as_numpy_reads

EMPTY = np.empty
FILLS = (0, -1, 1, 2**62 + 12345)


def test_the_largest_round_is_that_of_the_core():
    assert engine.ROUND == state.ROUND


def test_structs_and_the_mark_are_those_of_the_core():
    assert np.dtype(border.Finding) == engine.FINDING
    assert np.dtype(border.Probe) == PROBE
    assert engine.OWN_MARK == state.OWN_MARK


def filled(monkeypatch, fill):
    """Let new arrays of words hold something."""

    def empty(*shape, **given):
        array = EMPTY(*shape, **given)
        if array.dtype == np.int64:
            array[...] = fill
        return array

    monkeypatch.setattr(engine.np, "empty", empty)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_the_memory_held_before_makes_no_difference(problem, monkeypatch):
    found = []
    for fill in FILLS:
        filled(monkeypatch, fill)
        objective, x, claimed, budget = PROBLEMS[problem]()
        found.append(gradproof.check(objective, claimed, x, budget=budget or None).to_dict())
    for report in found:
        assert report == found[0]


@pytest.mark.parametrize("problem", ["some_wrong", "dense", "kinked", "single", "parts", "unfit", "random"])
def test_what_the_memory_held_before_makes_no_difference_along_lines(problem, monkeypatch):
    found = []
    for fill in FILLS:
        filled(monkeypatch, fill)
        given = drivenlines.PROBLEMS[problem]()
        report = gradproof.check(given.objective, given.claimed, given.x, budget=given.budget or None, mode="lines")
        found.append(report.to_dict())
    for report in found:
        assert report == found[0]


def test_what_the_core_refuses_is_an_error():
    """One sentence, with the word of the code: never a verdict that nobody has found."""
    machine = engine.Engine(read_problem(np.ones(2)), np.ones(2), engine.Options())
    for call, code in (
        (lambda: machine.tell(np.ones(1), np.zeros(1)), codes.NO_ROUND),
        (machine.result, codes.NOTHING_TOLD),
        (lambda: machine.tell(np.ones(0), np.zeros(0)), codes.BAD_COUNT),
    ):
        word, sentence = codes.CODES[code]
        with pytest.raises(RuntimeError) as problem:
            call()
        assert str(problem.value) == f"{word}: {sentence}"
    assert len(machine.ask()) == 1
    with pytest.raises(RuntimeError, match="too_many_values"):
        machine.tell(np.ones(2), np.zeros(2))
    machine.tell(np.ones(1), np.zeros(1))
    assert machine.result().report.verdict in codes.VERDICTS
    machine.memory[:] = 0
    for call in (machine.ask, machine.result, lambda: machine.stop(np.ones(0))):
        with pytest.raises(RuntimeError, match="no_engine"):
            call()


def interrupted(call):
    """Call what asks NumPy about a record, with a Ctrl-C while it looks whether the record is one of ctypes."""

    def trace(frame, event, argument):
        if frame.f_code.co_name == "npy_ctypes_check" and not seen:
            seen.append(event)
            raise KeyboardInterrupt

    seen, before = [], sys.gettrace()
    sys.settrace(trace)
    try:
        read = call()
    finally:
        sys.settrace(before)
    assert seen == ["call"]
    return read


def test_a_signal_while_numpy_reads_a_record_does_not_make_it_objects():
    fields = tuple(Block.offsets)
    assert as_numpy_reads(Block).names == fields
    assert interrupted(lambda: as_numpy_reads(Block)).names == fields
    # NumPy forgets the exception.
    assert interrupted(lambda: np.dtype(Block)).kind == "O"
