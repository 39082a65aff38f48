"""The search for a jump of f: planted ones are found with their height, kinks and smooth lines have none."""

import math

import pytest
from block import block
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import lines
from properties import refuted

from gradproof.core.evidence import jumps

names = st.sampled_from(sorted(lines.SMOOTH))
signs = st.sampled_from([-1, 1])


def searched(advance, line, slope, span, noise=1e-15, x=1.0):
    """The height of the largest jump on the two sides, 0 where there is none, and the number of evaluations."""
    engine = block()
    slot = engine.slots[0]
    engine.value, slot.noise, slot.x = line.value(0.0), noise, x
    slot.slope.low = slot.slope.high = slope
    jumps.begin_step_jump(slot, span)
    done, evaluations, sides = False, 0, set()
    while not done:
        assert slot.wanted_count == 1
        slot.wanted_count = 0
        evaluations += 1
        step = slot.wanted[0]
        assert 0 < abs(step) <= span
        sides.add(step > 0)
        slot.answers[0] = line.value((x + step) - x)
        done = advance(engine, slot)
    assert sides == {True, False}
    return slot.step_jump, evaluations


@given(name=names, part=st.floats(0.05, 0.95), height=st.floats(1e-6, 1e-2), side=signs, power=st.integers(-12, -2))
@example("line", 0.5, 1e-3, 1, -4)
def finds_the_jump(advance, name, part, height, side, power):
    span = 2.0**power
    # A jump that curvature exceeds over the first half of the span is not looked for there.
    height = max(height, 60 * span * span)
    smooth = lines.SMOOTH[name]
    line = lines.Line(lambda t: smooth.value(t) + height * (side * t > part * span), smooth.left, smooth.right)
    # What else the line does over a bracket of 2**-14 of the span.
    noise = 1e-9 if name == "far_from_zero" else 1e-15
    found, evaluations = searched(advance, line, smooth.right, span, noise)
    assert found == pytest.approx(height, rel=0.02, abs=40 * span * 2.0**-14 * span + 10 * noise)
    assert evaluations <= 2 * 64


def test_jumps():
    finds_the_jump(jumps.advance_step_jump)


def half(engine, slot):
    done = jumps.advance_step_jump(engine, slot)
    if done:
        slot.step_jump /= 2
    return done


def of_the_last_side(engine, slot):
    side = slot.search.side
    done = jumps.advance_step_jump(engine, slot)
    if slot.search.side != side:
        slot.step_jump = 0.0
    return done


@pytest.mark.parametrize("wrong", [half, of_the_last_side])
def test_jumps_twin(wrong):
    refuted(finds_the_jump, wrong)


@given(width=st.floats(1e-6, 1e-3), height=st.floats(1e-9, 1e-3))
def finds_one_of_many(advance, width, height):
    """From afar many small jumps are a slope: the interval is halved until it has room for one of them alone."""
    stairs = lines.Line(lambda t: 3.0 + height * math.floor(t / width + 0.5), 0.0, 0.0)
    found, evaluations = searched(advance, stairs, 0.0, 1.0, 1e-13)
    assert found == pytest.approx(height, rel=1e-3)
    assert evaluations <= 2 * 64


def test_many_small_jumps():
    finds_one_of_many(jumps.advance_step_jump)


def test_many_small_jumps_twin(monkeypatch):
    monkeypatch.setattr(jumps, "KEPT_HALVINGS", 0)
    refuted(finds_one_of_many, jumps.advance_step_jump)


@given(name=names, part=st.floats(0.05, 0.95), change=st.floats(-5, 5), side=signs, power=st.integers(-12, -2))
@example("exp", 0.5, 0.0, 1, -2)
def finds_none(advance, name, part, change, side, power):
    """A kink, or curvature, loses half of its deviation with each halving."""
    span = 2.0**power
    line = lines.with_kink(lines.SMOOTH[name], side * part * span, change)
    found, _ = searched(advance, line, line.right, span, 1e-9 if name == "far_from_zero" else 1e-15)
    assert found == 0.0


def test_kinks_and_smooth_lines():
    finds_none(jumps.advance_step_jump)

    def trusting(engine, slot):
        """Wrong on purpose: whatever is left after the halvings is a jump."""
        kept, jumps.JUMP_KEPT = jumps.JUMP_KEPT, 0.0
        try:
            return jumps.advance_step_jump(engine, slot)
        finally:
            jumps.JUMP_KEPT = kept

    refuted(finds_none, trusting)


def is_hidden(advance, noise):
    line = lines.with_jump(lines.SMOOTH["line"], 0.01, 1e-6)
    assert searched(advance, line, -0.25, 0.125, noise) == (0.0, 4)


def test_a_jump_in_the_noise():
    is_hidden(jumps.advance_step_jump, 1e-6)
    refuted(is_hidden, jumps.advance_step_jump, 1e-9)


def test_missing_values():
    def line(t):
        return 2.0 - 0.25 * t if t <= 0.03 else math.nan

    assert searched(jumps.advance_step_jump, lines.Line(line, -0.25, -0.25), -0.25, 0.125)[0] == 0.0
    left = lines.Line(lambda t: line(t) + 1e-3 * (t < -0.02), -0.25, -0.25)
    assert searched(jumps.advance_step_jump, left, -0.25, 0.125)[0] == pytest.approx(1e-3, rel=1e-3)


def takes_the_real_step(advance):
    """A steep line is no jump where x rounds the step: the slope counts over what x really moved by."""
    steep = lines.Line(lambda t: 1e6 * t, 1e6, 1e6)
    found, _ = searched(advance, steep, 1e6, 0.1, 1e-9, x=3.0)
    assert found == 0.0


def test_the_real_step():
    takes_the_real_step(jumps.advance_step_jump)
    exact = jumps.real_step
    jumps.real_step = lambda engine, value, step: step * (1 + 1e-12)
    try:
        refuted(takes_the_real_step, jumps.advance_step_jump)
    finally:
        jumps.real_step = exact
