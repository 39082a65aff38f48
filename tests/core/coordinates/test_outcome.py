"""The outcome of a coordinate: which cause, which finding, and what remains when there is no room for findings."""

import ctypes
import math
from typing import Any

import pytest
from block import block, climbed
from oracles import lines
from properties import refuted
from witnesses import new_report

from gradproof.core.coordinates import outcome
from gradproof.core.evidence import intervals, scales
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN
from gradproof.core.evidence.intervals import KINK_AT_X, KINK_NEAR_X, NO_KINK
from gradproof.core.evidence.ladder import slope_noise
from gradproof.core.machine import result
from gradproof.core.records import codes
from gradproof.core.records import engine as records
from gradproof.core.records.engine import coordinate_of, finding_of


def finished(line=lines.SMOOTH["exp"], noise=0.0, **fields):
    """A check and its slot, which has seen a line and come to a decision."""
    engine = climbed(line.value, noise=noise)
    slot = engine.slots[0]
    intervals.weigh_ladder(engine, slot)
    slot.decision, slot.kink, slot.distance = DECIDED_RIGHT, NO_KINK, math.nan
    slot.claimed, slot.tolerance, slot.claim_scale = 0.7, 1e-5, 0.7
    for name, value in fields.items():
        setattr(slot, name, value)
    return engine, slot


def causes_are(function):
    random = finished(decision=STILL_OPEN)
    random[0].nondeterministic = 1
    unknown = finished(decision=STILL_OPEN)
    unknown[1].slope.low, unknown[1].slope.high = -math.inf, math.inf
    for (engine, slot), cause in (
        (finished(), codes.AGREES),
        (finished(decision=DECIDED_WRONG), codes.WRONG),
        (finished(decision=DECIDED_WRONG, kink=KINK_AT_X), codes.WRONG),
        (finished(kink=KINK_AT_X), codes.KINK_AT_POINT),
        (finished(kink=KINK_NEAR_X, distance=1e-3), codes.KINK_CROSSED),
        # A conflict alone, without a kink that was found, is none.
        (finished(kink=KINK_NEAR_X), codes.AGREES),
        (finished(decision=STILL_OPEN, noise=1e-3), codes.NOISE_LIMITED),
        (finished(decision=STILL_OPEN, resolution=1.0), codes.STEP_LIMITED),
        (unknown, codes.STEP_LIMITED),
        (finished(decision=STILL_OPEN, missing=20), codes.DOMAIN),
        (random, codes.NONDETERMINISTIC),
        (finished(resolution=1e9), codes.STEP_LIMITED),
    ):
        assert function(engine, slot) == cause


def test_causes():
    causes_are(outcome.slot_cause)
    refuted(causes_are, lambda engine, slot: codes.AGREES if slot.decision == DECIDED_RIGHT else codes.WRONG)


def decides(function):
    """A resolution of a tenth of what slopes are like: of the largest claim, of those on the ladder, or of f."""
    for resolution, scale, decided in ((0.02, 0.0, True), (0.05, 0.0, False), (0.05, 0.7, True), (0.5, 0.7, False)):
        assert function(*finished(lines.SMOOTH["line"], resolution=resolution, claim_scale=scale)) == decided
    # Up to the scale of the best step, not what slopes grow to where the step falls.
    root = lines.Line(lambda t: math.sqrt(abs(t)), 0.0, 0.0)
    for resolution, best_step, decided in ((0.1, 4.0, True), (0.25, 4.0, False), (0.25, 2.0**-10, True)):
        slot = finished(root, kink=KINK_AT_X, resolution=resolution, claim_scale=0.0, best_step=best_step)
        assert function(*slot) == decided
    # All slopes 0: a part of f over the size of the coordinate.
    flat = lines.Line(lambda t: 5.0, 0.0, 0.0)
    for resolution, decided in ((4e-9, True), (6e-9, False)):
        assert function(*finished(flat, resolution=resolution, claim_scale=0.0)) == decided
    # Slopes far beyond the best step alone: that part, or these slopes where they are smaller.
    wall = lines.Line(lambda t: 5.0 + 1e-9 * max(abs(t) - 0.5, 0.0), 0.0, 0.0)
    for resolution, decided in ((4e-11, True), (2e-10, False)):
        fields = {"resolution": resolution, "claim_scale": 0.0, "best_step": 2.0**-20}
        assert function(*finished(wall, **fields)) == decided


def knows_nothing_but_noise(function):
    """An f that is 0 up to its noise has the slope 0, whatever the resolution; an error that is allowed is enough."""
    nothing = lines.Line(lambda t: 1e-12 * math.sin(1e6 * t), 0.0, 0.0)
    assert function(*finished(nothing, noise=1e-12, resolution=1.0, claim_scale=0.0))
    assert not function(*finished(nothing, noise=1e-12, resolution=1.0, claim_scale=0.5))
    assert not function(*finished(nothing, noise=1e-14, resolution=1.0, claim_scale=0.0))
    for atol, enough in ((0.5, True), (0.2, False)):
        engine, slot = finished(lines.SMOOTH["line"], resolution=0.3, claim_scale=0.0)
        engine.atol = atol
        assert function(engine, slot) == enough


def test_what_decides_where_f_is_nothing_but_noise():
    knows_nothing_but_noise(outcome.decides)
    refuted(knows_nothing_but_noise, lambda engine, slot: slot.resolution <= engine.atol)
    refuted(knows_nothing_but_noise, lambda engine, slot: slot.claim_scale == 0.0)


def test_what_decides(monkeypatch):
    decides(outcome.decides)
    refuted(decides, lambda engine, slot: True)
    monkeypatch.setattr(outcome, "median_slope", lambda engine, slot, anywhere: math.inf)
    refuted(decides, outcome.decides)


def is_written(settle, line, kink, distance):
    engine, slot = finished(line, kink=kink, distance=distance)
    coordinate = coordinate_of(engine, 0)
    coordinate.finding, coordinate.claimed = -1, 0.7
    settle(engine, slot)
    assert coordinate.cause == codes.KINK_AT_POINT
    assert coordinate.kink == KINK_AT_X
    finding = finding_of(engine, 0)
    assert [finding.start, finding.stop, finding.cause, finding.kink] == [0, 1, codes.KINK_AT_POINT, KINK_AT_X]
    assert finding.left == pytest.approx(line.left, rel=1e-6)
    assert finding.right == pytest.approx(line.right, rel=1e-6)
    assert finding.slope == pytest.approx((line.left + line.right) / 2, rel=1e-6)
    assert finding.error_bar == pytest.approx(abs(line.right - line.left) / 2, rel=1e-6)
    assert finding.claimed == 0.7
    assert finding.distance == 0.0
    assert finding.resolution == coordinate.resolution > 1e-5


def test_findings():
    line = lines.with_kink(lines.SMOOTH["exp"], 0.0, 1.0)
    is_written(outcome.settle_slot, line, KINK_AT_X, math.nan)
    refuted(is_written, outcome.settle_slot, line, NO_KINK, math.nan)
    engine, slot = finished()
    outcome.settle_slot(engine, slot)
    assert coordinate_of(engine, 0).cause == codes.AGREES
    assert engine.sweep.finding_count == 0  # what agrees, without a kink, is no finding


def test_a_side_whose_interval_is_open():
    _, slot = finished()
    best = slot.best_step
    slot.right.low, slot.right.high = -math.inf, 1.0
    assert outcome.side_slope(slot, slot.right, 1) == pytest.approx(0.7 + 0.245 * best, rel=1e-3)
    slot.right.low = 0.5
    assert outcome.side_slope(slot, slot.right, 1) == 0.75
    slot.right.low, slot.best_step = -math.inf, 3.0
    assert math.isnan(outcome.side_slope(slot, slot.right, 1))


def test_no_room_for_findings():
    """The coordinates keep their causes; nothing is written beyond the block."""
    n, most = records.LARGEST_FINDINGS + 2, records.LARGEST_FINDINGS
    engine = block(n)
    engine.noise, engine.typical, engine.unit, engine.sweep.rtol = 2.0**-60, 1.0, 2.0**-53, 1e-5
    engine.sweep.finding_count = most - 1
    for index in (0, 1):
        coordinate = coordinate_of(engine, index)
        coordinate.x, coordinate.claimed = 1.0, 1.0
        step = scales.pair_step(engine, coordinate)
        pair = engine.pairs[index]
        pair.right, pair.left, pair.step = 2.5 * step, -2.0 * step, step
        outcome.refute_by_pair(engine, index)
        assert coordinate.cause == codes.WRONG
    assert engine.sweep.finding_count == most
    finding = finding_of(engine, most - 1)
    assert (finding.slope, finding.error_bar, finding.step) == (2.25, 0.25, step)
    assert (finding.left, finding.right, finding.claimed) == (2.0, 2.5, 1.0)
    outcome.leave_all_open(engine, codes.DOMAIN)
    assert coordinate_of(engine, n - 1).cause == codes.DOMAIN
    engine.slots[0].start = n - 1
    outcome.write_finding(engine, engine.slots[0])
    assert engine.sweep.finding_count == most
    end = ctypes.addressof(finding) + ctypes.sizeof(finding)
    assert end == ctypes.addressof(engine) + 8 * records.engine_words(n)


def keeps_marks(mark, expected):
    engine = block(2)
    outcome.note_cause(engine, 0, codes.WRONG, KINK_NEAR_X, 0.5)
    coordinate_of(engine, 1).cause = mark
    assert [coordinate_of(engine, index).cause for index in range(2)] == [codes.WRONG, mark]
    assert [coordinate_of(engine, index).kink for index in range(2)] == [KINK_NEAR_X, 0]
    # A mark on the way is no cause yet: to the caller the coordinate is untested.
    report: Any = new_report()
    result.report_coordinates(engine, report)
    assert (report.wrong, report.untested, report.open) == expected


def test_marks_on_the_way():
    for mark in (outcome.UNDECIDED, outcome.DISAGREES_FLAT, outcome.LEFT_FOR_LADDER):
        keeps_marks(mark, (1, 1, 0))
    refuted(keeps_marks, codes.STEP_LIMITED, (1, 1, 0))


def test_noise_of_the_slot_decides_what_limits():
    engine, slot = finished(decision=STILL_OPEN, noise=1e-3)
    slot.noise = 1e-12
    assert outcome.slot_cause(engine, slot) == codes.STEP_LIMITED


def names_jumps(function):
    """Where f jumps at x, or moves no farther from some step on, another arithmetic would not help."""
    jump = lines.Line(lambda t: 3.0 + t + 0.25 * (t != 0), 1.0, 1.0)
    short = lines.Line(lambda t: 3.0 + 2.0**-20 * math.tanh(t * 2.0**20), 1.0, 1.0)
    for line, cause in (
        (jump, codes.STEP_LIMITED),
        (short, codes.STEP_LIMITED),
        (lines.SMOOTH["exp"], codes.NOISE_LIMITED),
    ):
        engine, slot = finished(line, noise=1e-12, decision=STILL_OPEN)
        slot.best_step, slot.resolution = slot.ladder[4].step, slope_noise(engine, slot, 4)
        slot.slope.low, slot.slope.high = -1.0, 1.0
        assert function(engine, slot) == cause


def is_told_from_noise(function):
    """Noise that a slot takes for far larger than that of f, where f is nowhere constant."""
    for line, noise, jump in (
        (lines.SMOOTH["exp"], 1e-3, True),
        (lines.SMOOTH["exp"], 1e-14, False),
        (lines.Line(lambda t: 3.0 + 0.25 * round(4 * t), 0.0, 0.0), 1e-3, False),
    ):
        engine, slot = finished(line, noise=1e-15)
        slot.noise = noise
        assert function(engine, slot) == jump


def test_takes_jump_for_noise():
    is_told_from_noise(outcome.takes_jump_for_noise)
    refuted(is_told_from_noise, lambda engine, slot: slot.noise > 20 * engine.noise)
    refuted(is_told_from_noise, lambda engine, slot: slot.noise > engine.noise)


def test_a_jump_is_no_noise(monkeypatch):
    names_jumps(outcome.open_cause)
    refuted(names_jumps, lambda engine, slot: codes.STEP_LIMITED)
    monkeypatch.setattr(outcome, "growing_places", lambda engine, slot, side: slot.count)
    refuted(names_jumps, outcome.open_cause)


def decides_where_f_is_zero(function):
    """Slopes farther away tell how large a flat slope counts: a unit that is switched off has the slope 0."""
    off = lines.Line(lambda t: max(t - 0.5, 0.0), 0.0, 0.0)
    for resolution, decided in ((1e-3, True), (1.0, False)):
        fields = {"resolution": resolution, "claim_scale": 0.0, "best_step": 2.0**-20}
        assert function(*finished(off, noise=1e-16, **fields)) == decided


def test_what_decides_where_f_is_zero(monkeypatch):
    decides_where_f_is_zero(outcome.decides)
    monkeypatch.setattr(outcome, "slope_without_slopes", lambda engine, slot: 1e-8 * abs(engine.value))
    refuted(decides_where_f_is_zero, outcome.decides)


def is_a_part_of_f(function):
    """Or a slope that lies farther away, where that is smaller, or f(x) is 0; 0 where there is nothing at all."""
    for value, slope, expected in (
        (5.0, 0.0, 5e-8),
        (5.0, 1e-9, 1e-9),
        (5.0, 1.0, 5e-8),
        (0.0, 1.0, 1.0),
        (0.0, 0.0, 0.0),
    ):
        engine, slot = finished(lines.Line(lambda t, v=value, s=slope: v + s * t, slope, slope), noise=1e-20)
        slot.best_step = 0.0
        assert function(engine, slot) == pytest.approx(expected, rel=1e-5)


def test_slope_without_slopes():
    is_a_part_of_f(outcome.slope_without_slopes)
    refuted(is_a_part_of_f, lambda engine, slot: 1e-8 * abs(engine.value))
    refuted(is_a_part_of_f, lambda engine, slot: outcome.median_slope(engine, slot, True))


def is_the_size_of_values(function):
    engine = block()
    engine.value, engine.largest_value = -3.0, 7.0
    assert function(engine) == 3.0
    engine.value = 0.0
    assert function(engine) == 7.0


def test_size_of_values():
    is_the_size_of_values(outcome.size_of_values)
    refuted(is_the_size_of_values, lambda engine: abs(engine.value))
    refuted(is_the_size_of_values, lambda engine: engine.largest_value)
