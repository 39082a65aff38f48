"""The zoom on a kink: planted ones are found where they are, smooth lines have none."""

import math

import pytest
from block import block
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import lines
from properties import refuted

from gradproof.core.evidence import zoom
from gradproof.core.evidence.zoom import FOUND, GOES_ON, NOT_FOUND

names = st.sampled_from(sorted(set(lines.SMOOTH) - {"far_from_zero"}))
signs = st.sampled_from([-1, 1])


def zoomed(advance, line, side, span, noise=1e-15):
    """How the zoom on one side ends, the distance that it found, and the number of its evaluations."""
    engine = block()
    slot = engine.slots[0]
    engine.value, slot.noise, slot.distance, slot.search.side = line.value(0.0), noise, math.nan, side
    zoom.begin_zoom(slot, span)
    ending, evaluations = GOES_ON, 0
    while ending == GOES_ON:
        wanted, slot.wanted_count = slot.wanted_count, 0
        assert 0 < wanted <= 2
        evaluations += wanted
        for k in range(wanted):
            step = slot.wanted[k]
            assert 0 < side * step <= span
            slot.answers[k] = line.value(step)
        ending = advance(engine, slot)
    return ending, slot.distance, evaluations


@given(name=names, part=st.floats(0.02, 0.98), power=st.integers(-24, -6), change=st.floats(0.3, 9), side=signs)
@example("line", 0.5, -10, 1.0, 1)
@example("line", 0.25, -10, -1.0, -1)
def finds_the_kink(advance, name, part, power, change, side):
    """Anywhere in the span: nine halvings narrow it to a 512th, or noise ends them sooner."""
    span = 2.0**power
    line = lines.with_kink(lines.SMOOTH[name], side * part * span, change)
    ending, distance, evaluations = zoomed(advance, line, side, span)
    assert ending == FOUND
    assert distance == pytest.approx(side * part * span, abs=span / 16 if power < -20 else span / 256)
    assert evaluations <= 2 + 2 * zoom.HALVINGS


def test_kinks():
    finds_the_kink(zoom.advance_zoom)


def to_the_other_side(engine, slot):
    ending = zoom.advance_zoom(engine, slot)
    slot.distance *= -1
    return ending


def at_once(engine, slot):
    return zoom.found(slot)


def never(engine, slot):
    return NOT_FOUND


@pytest.mark.parametrize("wrong", [to_the_other_side, at_once, never])
def test_kinks_twin(wrong):
    refuted(finds_the_kink, wrong)


@given(name=names, power=st.integers(-12, -4), side=signs, factor=st.sampled_from([1.0, 1e6, -1e-6]))
def finds_none(advance, name, power, side, factor):
    """A smooth line changes its slope half as much over half the way."""
    smooth = lines.SMOOTH[name]
    line = lines.Line(lambda t: factor * smooth.value(t), 0.0, 0.0)
    ending, distance, _ = zoomed(advance, line, side, 2.0**power, 1e-15 * abs(factor) * 8)
    assert ending == NOT_FOUND
    assert math.isnan(distance)


def test_smooth_lines():
    finds_none(zoom.advance_zoom)
    refuted(finds_none, at_once)

    def patient(engine, slot):
        """Wrong on purpose: no change of slope is too small."""
        slot.noise, kept = 0.0, zoom.KEPT
        zoom.KEPT = 0.0
        try:
            return zoom.advance_zoom(engine, slot)
        finally:
            zoom.KEPT = kept

    refuted(finds_none, patient)


def ends_in_noise(advance, noise):
    """A kink whose change noise hides at the first halving is not one that was seen."""
    line = lines.with_kink(lines.SMOOTH["line"], 0.3 * 2.0**-10, 1.0)
    ending, distance, evaluations = zoomed(advance, line, 1, 2.0**-10, noise)
    assert ending == NOT_FOUND
    assert math.isnan(distance)
    assert evaluations <= 4


def test_noise_ends_the_zoom():
    ends_in_noise(zoom.advance_zoom, 1.0)
    refuted(ends_in_noise, zoom.advance_zoom, 1e-12)
    # Once four halvings have kept the kink, noise ends the zoom where it is.
    line = lines.with_kink(lines.SMOOTH["line"], 0.3 * 2.0**-10, 1.0)
    ending, distance, evaluations = zoomed(zoom.advance_zoom, line, 1, 2.0**-10, 2.0**-10 / 4**7)
    assert ending == FOUND
    assert distance == pytest.approx(0.3 * 2.0**-10, rel=0.2)
    assert evaluations < 2 + 2 * zoom.HALVINGS


@pytest.mark.parametrize("missing", [0.9, 0.2])
def test_missing_values_end_the_zoom(missing):
    kinked = lines.with_kink(lines.SMOOTH["line"], 0.15, 1.0)
    line = lines.Line(lambda t: kinked.value(t) if t < missing else math.nan, 0.0, 0.0)
    assert zoomed(zoom.advance_zoom, line, 1, 1.0)[0] == NOT_FOUND
    assert zoomed(zoom.advance_zoom, kinked, 1, 1.0)[0] == FOUND
