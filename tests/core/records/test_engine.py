"""The memory of a check: where coordinates and findings lie in it, and what a slot wants."""

import ctypes

import numpy as np
import pytest
from block import block
from properties import refuted

from gradproof.core.records import engine as state
from gradproof.core.records.border import Finding

N = 5


def reach(record):
    start = ctypes.addressof(record)
    return start, start + ctypes.sizeof(record)


def follow_one_another(engine, n, findings):
    """The engine, its coordinates, its findings: nothing between them, nothing behind them."""
    records = [engine, *(state.coordinate_of(engine, k) for k in range(n))]
    records += [state.finding_of(engine, k) for k in range(findings)]
    places = [reach(record) for record in records]
    assert [start for start, _ in places[1:]] == [stop for _, stop in places[:-1]]
    assert places[-1][1] - places[0][0] == 8 * state.engine_words(n)


def test_records_follow_one_another():
    engine = block(N)
    follow_one_another(engine, N, N)
    engine.sweep.count = N - 1
    refuted(follow_one_another, engine, N, N)


def test_findings_of_many_coordinates():
    most = state.LARGEST_FINDINGS
    assert [state.findings_capacity(n) for n in (1, most - 1, most, most + 1)] == [1, most - 1, most, most]
    own, coordinate, finding = (ctypes.sizeof(kind) // 8 for kind in (state.Engine, state.Coordinate, Finding))
    assert state.engine_words(2 * most) == own + 2 * most * coordinate + most * finding
    assert state.engine_words(2) == own + 2 * coordinate + 2 * finding


def test_the_mark_can_be_read():
    assert np.int64(state.ENGINE_MARK).tobytes() == b"GRADPROF"


def test_wanted_steps():
    slot = block().slots[2]
    state.want_pair(slot, 0.5)
    state.want(slot, 0.25)
    assert slot.wanted_count == 3
    assert slot.wanted[:3].tolist() == [0.5, -0.5, 0.25]


@pytest.mark.parametrize("more", [1, 5])
def test_no_more_steps_than_there_is_room_for(more):
    engine = block()
    slot = engine.slots[0]
    for step in range(1, state.WANTED_CAPACITY + more + 1):
        state.want(slot, step)
    assert slot.wanted_count == state.WANTED_CAPACITY
    assert slot.wanted.tolist() == list(range(1, state.WANTED_CAPACITY + 1))
    assert not slot.answers.any()
