"""The outcome of a coordinate: which cause, which finding, and what remains when there is no room for findings."""

import math

import numpy as np
import pytest
from block import SLOT, block, climbed
from oracles import lines
from properties import refuted

from gradproof.core.coordinates import outcome
from gradproof.core.evidence import intervals as evidence
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG, STILL_OPEN
from gradproof.core.evidence.intervals import KINK_AT_X, KINK_NEAR_X, NO_KINK
from gradproof.core.records import border as structs
from gradproof.core.records import engine as state
from gradproof.core.records.codes import (
    AGREES,
    DOMAIN,
    KINK_AT_POINT,
    KINK_CROSSED,
    NOISE_LIMITED,
    NONDETERMINISTIC,
    STEP_LIMITED,
    WRONG,
)
from gradproof.core.records.engine import (
    SLOT_BEST_STEP,
    SLOT_CLAIM_SCALE,
    SLOT_CLAIMED,
    SLOT_DECISION,
    SLOT_DISTANCE,
    SLOT_HIGH,
    SLOT_JUMP,
    SLOT_KINK,
    SLOT_LOW,
    SLOT_MISSING,
    SLOT_NOISE,
    SLOT_RESOLUTION,
    SLOT_TOLERANCE,
)

FINDING = {field.name: place for place, field in enumerate(structs.FINDING.fields)}


def finished(line=lines.SMOOTH["exp"], decision=DECIDED_RIGHT, kink=NO_KINK, distance=math.nan, noise=0.0):
    """A slot that has seen a line and come to a decision."""
    words, reals = climbed(line.value, noise=noise)
    evidence.gather(words, reals, SLOT)
    words[SLOT + SLOT_DECISION], words[SLOT + SLOT_KINK] = decision, kink
    reals[SLOT + SLOT_DISTANCE], reals[SLOT + SLOT_CLAIMED] = distance, 0.7
    reals[SLOT + SLOT_TOLERANCE], reals[SLOT + SLOT_CLAIM_SCALE] = 1e-5, 0.7
    return words, reals


def causes_are(function):
    missing = finished(decision=STILL_OPEN)
    missing[0][SLOT + SLOT_MISSING] = 20
    random = finished(decision=STILL_OPEN)
    random[0][state.NONDETERMINISTIC] = 1
    vague = finished()
    vague[1][SLOT + SLOT_RESOLUTION] = 1e9
    unknown = finished(decision=STILL_OPEN)
    unknown[1][SLOT + SLOT_LOW], unknown[1][SLOT + SLOT_HIGH] = -math.inf, math.inf
    contradicting = finished(decision=STILL_OPEN)
    contradicting[1][SLOT + SLOT_RESOLUTION] = 1.0
    for (words, reals), cause in (
        (finished(), AGREES),
        (finished(decision=DECIDED_WRONG), WRONG),
        (finished(decision=DECIDED_WRONG, kink=KINK_AT_X), WRONG),
        (finished(kink=KINK_AT_X), KINK_AT_POINT),
        (finished(kink=KINK_NEAR_X, distance=1e-3), KINK_CROSSED),
        # A conflict alone, without a kink that was found, is none.
        (finished(kink=KINK_NEAR_X), AGREES),
        (finished(decision=STILL_OPEN, noise=1e-3), NOISE_LIMITED),
        (contradicting, STEP_LIMITED),
        (unknown, STEP_LIMITED),
        (missing, DOMAIN),
        (random, NONDETERMINISTIC),
        (vague, STEP_LIMITED),
    ):
        assert function(words, reals, SLOT) == cause


def test_causes():
    causes_are(outcome.slot_cause)
    refuted(causes_are, lambda words, reals, slot: AGREES if words[slot + SLOT_DECISION] == DECIDED_RIGHT else WRONG)


def decides(function):
    """A resolution of a tenth of what slopes are like: of the largest claim, of those on the ladder, or of f."""
    words, reals = finished(lines.SMOOTH["line"])
    for resolution, scale, decided in ((0.02, 0.0, True), (0.05, 0.0, False), (0.05, 0.7, True), (0.5, 0.7, False)):
        reals[SLOT + SLOT_RESOLUTION], reals[SLOT + SLOT_CLAIM_SCALE] = resolution, scale
        assert function(words, reals, SLOT) == decided
    # At a kink its change of slope; not what slopes grow to where the step falls.
    words, reals = finished(lines.Line(lambda t: math.sqrt(abs(t)), 0.0, 0.0), kink=KINK_AT_X)
    for resolution, jump, decided in ((0.1, 0.0, True), (0.25, 0.0, False), (0.25, -3.0, True)):
        reals[SLOT + SLOT_RESOLUTION], reals[SLOT + SLOT_JUMP] = resolution, jump
        reals[SLOT + SLOT_CLAIM_SCALE] = 0.0
        assert function(words, reals, SLOT) == decided
    # All slopes 0: a part of f over the size of the coordinate.
    words, reals = finished(lines.Line(lambda t: 5.0, 0.0, 0.0))
    for resolution, decided in ((1e-4, True), (1e-3, False)):
        reals[SLOT + SLOT_RESOLUTION], reals[SLOT + SLOT_CLAIM_SCALE] = resolution, 0.0
        assert function(words, reals, SLOT) == decided


def test_what_decides(monkeypatch):
    decides(outcome.decides)
    refuted(decides, lambda words, reals, slot: True)
    monkeypatch.setattr(outcome, "typical_slope", lambda words, reals, slot: math.inf)
    refuted(decides, outcome.decides)


def is_written(settle, line, claimed_kink, distance):
    words, reals = finished(line, DECIDED_RIGHT, claimed_kink, distance)
    words[state.coordinate(0) + state.COORDINATE_FINDING] = -1
    cause = settle(words, reals, SLOT)
    assert outcome.cause_of(words, 0) == cause == KINK_AT_POINT
    assert outcome.kink_of(words, 0) == KINK_AT_X
    row = reals[state.finding(words, 0) :][: structs.FINDING_WORDS]
    assert row.view(np.int64)[[FINDING["start"], FINDING["stop"], FINDING["cause"], FINDING["kink"]]].tolist() == [
        0, 1, KINK_AT_POINT, KINK_AT_X,
    ]  # fmt: skip
    assert row[FINDING["left"]] == pytest.approx(line.left, rel=1e-6)
    assert row[FINDING["right"]] == pytest.approx(line.right, rel=1e-6)
    assert row[FINDING["slope"]] == pytest.approx((line.left + line.right) / 2, rel=1e-6)
    assert row[FINDING["error_bar"]] == pytest.approx(abs(line.right - line.left) / 2, rel=1e-6)
    assert row[FINDING["claimed"]] == 0.7
    assert row[FINDING["distance"]] == 0.0
    assert row[FINDING["resolution"]] == reals[state.coordinate(0) + state.COORDINATE_RESOLUTION] > 1e-5


def test_findings():
    line = lines.with_kink(lines.SMOOTH["exp"], 0.0, 1.0)
    is_written(outcome.settle_slot, line, KINK_AT_X, math.nan)
    refuted(is_written, outcome.settle_slot, line, NO_KINK, math.nan)
    words, reals = finished()
    assert outcome.settle_slot(words, reals, SLOT) == AGREES
    assert words[state.FINDINGS] == 0  # what agrees, without a kink, is no finding


def test_a_side_whose_interval_is_open():
    words, reals = finished()
    best = float(reals[SLOT + SLOT_BEST_STEP])
    right = outcome.side_slope(words, reals, SLOT, -math.inf, 1.0, state.SLOT_LADDER_RIGHT)
    assert right == pytest.approx(0.7 + 0.245 * best, rel=1e-3)
    assert outcome.side_slope(words, reals, SLOT, 0.5, 1.0, state.SLOT_LADDER_RIGHT) == 0.75
    reals[SLOT + SLOT_BEST_STEP] = 3.0
    assert math.isnan(outcome.side_slope(words, reals, SLOT, -math.inf, 1.0, state.SLOT_LADDER_RIGHT))


def test_no_room_for_findings():
    """The coordinates keep their causes; nothing is written beyond the block."""
    n = state.LARGEST_FINDINGS + 2
    words, reals = block(n)
    words[state.FINDINGS] = state.LARGEST_FINDINGS - 1
    for index in (0, 1):
        outcome.refute_by_pair(words, reals, index, 1.0, 2.0, 2.5, 1e-9, 1e-5, 0.125)
        assert outcome.cause_of(words, index) == WRONG
    assert words[state.FINDINGS] == state.LARGEST_FINDINGS
    row = reals[state.finding(words, state.LARGEST_FINDINGS - 1) :]
    assert row.size == structs.FINDING_WORDS
    assert (row[FINDING["slope"]], row[FINDING["error_bar"]], row[FINDING["step"]]) == (2.25, 0.25, 0.125)
    outcome.settle_without_value(words, reals, np.ones(n))
    assert outcome.cause_of(words, n - 1) == DOMAIN
    words[SLOT + state.SLOT_START] = n - 1
    outcome.write_finding(words, reals, SLOT, WRONG, NO_KINK, 1.0)
    assert words[state.FINDINGS] == state.LARGEST_FINDINGS


def keeps_marks(mark):
    words, reals = block(2)
    outcome.note_cause(words, reals, 0, WRONG, KINK_NEAR_X, 0.5)
    words[state.coordinate(1) + state.COORDINATE_CAUSE] = mark
    assert [outcome.cause_of(words, index) for index in range(2)] == [WRONG, mark]
    assert [outcome.kink_of(words, index) for index in range(2)] == [KINK_NEAR_X, 0]


def test_marks_on_the_way():
    for mark in (state.UNDECIDED, state.DISAGREES_FLAT, state.LEFT_FOR_LADDER):
        keeps_marks(mark)
    refuted(keeps_marks, 16)


def test_noise_of_the_slot_decides_what_limits():
    words, reals = finished(decision=STILL_OPEN, noise=1e-3)
    reals[SLOT + SLOT_NOISE] = 1e-12
    assert outcome.slot_cause(words, reals, SLOT) == STEP_LIMITED
