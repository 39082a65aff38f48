"""A line over coordinates that share a kink: its claim, its steps, and what rounding of its points changes."""

import math

import numpy as np
import pytest
from block import block
from driven_slot import answer
from properties import refuted
from witnesses import records

from gradproof.core.coordinates import shared_line
from gradproof.core.evidence import stages
from gradproof.core.evidence.decision import DECIDED_RIGHT, DECIDED_WRONG
from gradproof.core.points import directions
from gradproof.core.records.border import Probe
from gradproof.core.records.engine import coordinate_of


def predicts(function, plain, seed, ratio):
    """The claimed change to the point that the probe makes in float32, less that to the point it would make."""
    random = np.random.default_rng(7)
    x, claimed, step = random.normal(size=6).astype(np.float32), random.normal(size=6), 2.0**-9
    engine = block(6)
    for index in range(6):
        coordinate = coordinate_of(engine, index)
        coordinate.x, coordinate.claimed = float(x[index]), claimed[index]
    slot = engine.slots[0]
    slot.start, slot.stop, slot.seed, slot.ratio = 1, 5, seed, ratio
    engine.typical = directions.typical_size(x, 6)
    probes = records(Probe, 1)
    for name, value in {"start": 1, "stop": 5, "seed": seed, "ratio": ratio, "step": step}.items():
        probes[0][name] = value
    made, meant = np.zeros(6, np.float32), np.zeros(6)
    for point, row in ((x, made), (x.astype(np.float64), meant)):
        symbol = "gradproof_points_f32" if row is made else "gradproof_points"
        assert plain(symbol, point, None, None, 6, probes, 1, row, None) == 0
    expected = claimed @ (made - meant)
    assert abs(expected) > 1e-9
    assert function(engine, slot, step) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("seed", "ratio"), [(5, 0.0), (0, 0.37), (0, -1.9)])
def test_what_rounding_of_a_point_changes(plain, seed, ratio):
    predicts(shared_line.change_by_rounding, plain, seed, ratio)
    refuted(predicts, lambda *arguments: 0.0, plain, seed, ratio)
    refuted(predicts, lambda *arguments: -shared_line.change_by_rounding(*arguments), plain, seed, ratio)


X, CLAIMED = (1.0, -3.0, 0.5), (0.25, 2.0, -0.5)


def check(noise=2.0**-50):
    """A check of three coordinates whose claims may err by a millionth of themselves."""
    engine = block(3)
    engine.value, engine.noise, engine.typical, engine.sweep.rtol = 1.0, noise, 1.0, 1e-6
    for index in range(3):
        coordinate = coordinate_of(engine, index)
        coordinate.x, coordinate.claimed = X[index], CLAIMED[index]
    return engine, engine.slots[0]


def is_a_line_of_two(open_line):
    """Its claim is that of the first and `ratio` times that of the second, and so is what both may err by."""
    engine, slot = check()
    open_line(engine, slot, 0, 1, -0.5)
    assert (slot.start, slot.stop, slot.seed, slot.ratio, slot.stage) == (0, 2, 0, -0.5, stages.SHARED_PAIR)
    assert slot.claimed == 0.25 - 0.5 * 2.0
    assert slot.tolerance == pytest.approx(1e-6 * (0.25 + 0.5 * 2.0), rel=1e-5)
    # Neither moves beyond its size, 1 and 4; the second moves by half of the step.
    assert slot.size == 1.0
    assert list(slot.wanted[:2]) == [slot.step, -slot.step]
    assert slot.wanted_count == 2


def test_a_line_of_two_coordinates():
    is_a_line_of_two(shared_line.open_pair_line)
    refuted(
        is_a_line_of_two,
        lambda engine, slot, one, two, ratio: shared_line.open_pair_line(engine, slot, one, two, -ratio),
    )


def is_a_random_line(open_line):
    engine, slot = check()
    open_line(engine, slot, 0, 2, 99)
    parts = [directions.direction(99, index) * directions.coordinate_scale(X[index], 1.0) for index in range(3)]
    assert (slot.start, slot.stop, slot.seed, slot.ratio, slot.size) == (0, 3, 99, 0.0, 1.0)
    assert slot.claimed == pytest.approx(np.dot(parts, CLAIMED), rel=1e-12)
    assert slot.tolerance == pytest.approx(1e-6 * np.dot(np.abs(parts), np.abs(CLAIMED)), rel=1e-5)


def test_a_random_line():
    is_a_random_line(shared_line.open_random_line)
    refuted(is_a_random_line, lambda engine, slot, *rest: shared_line.open_pair_line(engine, slot, 0, 2, 1.0))


def steps_above(noise, step):
    engine, slot = check(noise)
    shared_line.open_pair_line(engine, slot, 0, 1, 1.0)
    assert slot.step == step


def test_the_first_step_of_a_line():
    """A power of two whose noise, eight times over, stays below the tolerance, and 2**-13 of the size at most."""
    allowed = 1e-6 * 2.25 + 1e-13 * 2.25
    for noise in (1e-13, 1e-11):
        steps_above(noise, 2.0 ** math.ceil(math.log2(8 * noise / allowed)))
    steps_above(1e-3, 2.0**-13)
    refuted(steps_above, 1e-13, 2.0**-13)


def is_settled(line, claimed, stage, decision=0):
    """A line through x, in the steps of its first coordinate, until it is settled or asks for a ladder."""
    engine, slot = check()
    shared_line.open_pair_line(engine, slot, 0, 1, 1.0)
    slot.claimed = claimed
    for _ in range(100):
        answer(engine, lambda t: 1.0 + line(t))
        if slot.stage == stage:
            break
    assert slot.stage == stage
    assert slot.decision == decision
    return slot


def kinked(t):
    return max(2 * t, -t)


def test_claims_along_a_line():
    """Between the slopes of both sides a pair settles it; what is outside climbs a ladder, which refutes it."""
    assert is_settled(kinked, 0.5, stages.FINISHED, DECIDED_RIGHT).count == 1
    for claimed in (2.5, -1.5):
        is_settled(kinked, claimed, stages.SHARED_LADDER)
        assert is_settled(kinked, claimed, stages.FINISHED, DECIDED_WRONG).count > 5
        refuted(is_settled, kinked, claimed, stages.FINISHED, DECIDED_RIGHT)
