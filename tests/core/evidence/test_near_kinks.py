"""Kinks near x: planted ones are suspected and found where they are, smooth lines have none."""

import math

import pytest
from block import STEPS, block, climbed
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import lines
from properties import refuted

from gradproof.core.evidence import near_kinks
from gradproof.core.evidence.near_kinks import FOUND, GOES_ON, NO_SUSPECT, NOT_FOUND

names = st.sampled_from(sorted(set(lines.SMOOTH) - {"far_from_zero"}))
signs = st.sampled_from([-1, 1])
FINEST_FIRST = sorted(STEPS)


def suspected(function, line, side):
    """All suspicious places of one side, the finest first."""
    engine = climbed(line.value)
    slot = engine.slots[0]
    places = []
    while (place := function(engine, slot, side, places[-1] + 1 if places else 0)) != NO_SUSPECT:
        places.append(place)
    assert places == sorted(set(places))
    return places


@given(name=names, change=st.floats(0.3, 5), sign=signs, power=st.integers(-26, -8))
@example("line", 1.0, 1, -10)
def is_suspected(function, name, change, sign, power):
    """The change from the last step before the kink to the first one behind it, or the next one."""
    distance = 1.3 * 2.0**power
    line = lines.with_kink(lines.SMOOTH[name], sign * distance, change)
    before = next(k for k, step in enumerate(FINEST_FIRST) if step > distance) - 1
    assert {before, before + 1} & set(suspected(function, line, sign))


def test_planted_kinks_are_suspected():
    is_suspected(near_kinks.next_suspect)

    def on_the_other_side(engine, slot, side, first):
        return near_kinks.next_suspect(engine, slot, -side, first)

    refuted(is_suspected, on_the_other_side)


# At a point of inflection slopes change by h squared, and every step is suspicious: the zoom has to tell.
@given(name=names.filter(lambda name: name != "cubic"), side=signs)
def has_few(function, name, side):
    """Of a smooth line the first changes that noise lets one see, and steps so large that higher orders show."""
    finer = [place for place in suspected(function, lines.SMOOTH[name], side) if FINEST_FIRST[place] < 2.0**-5]
    assert len(finer) <= 2


def test_smooth_lines_are_hardly_suspected():
    has_few(near_kinks.next_suspect)

    def whatever_changes(engine, slot, side, first):
        expected, near_kinks.is_expected = near_kinks.is_expected, lambda *_: False
        try:
            return near_kinks.next_suspect(engine, slot, side, first)
        finally:
            near_kinks.is_expected = expected

    refuted(has_few, whatever_changes)


def test_two_kinks():
    line = lines.with_kink(lines.with_kink(lines.SMOOTH["line"], 1e-6, 1.0), 1e-3, 1.0)
    assert len(suspected(near_kinks.next_suspect, line, 1)) >= 2
    assert (
        suspected(near_kinks.next_suspect, line, -1)
        == suspected(near_kinks.next_suspect, lines.SMOOTH["line"], 1)
        == []
    )


@pytest.mark.parametrize("side", [-1, 1])
def test_missing_values_are_not_suspected(side):
    smooth = lines.SMOOTH["line"]
    half = lines.Line(lambda t: smooth.value(t) if t >= 0 else math.nan, 0.0, 0.0)
    assert suspected(near_kinks.next_suspect, half, side) == []
    assert suspected(near_kinks.next_suspect, lines.with_kink(smooth, side * 1e-3, 1.0), side) != []


def zoomed(advance, line, side, span, noise=1e-15):
    """How the zoom on one side ends, the distance that it found, and the number of its evaluations."""
    engine = block()
    slot = engine.slots[0]
    engine.value, slot.noise, slot.distance, slot.search.side = line.value(0.0), noise, math.nan, side
    near_kinks.begin_zoom(slot, span)
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
    assert evaluations <= 2 + 2 * near_kinks.ZOOM_HALVINGS


def test_kinks():
    finds_the_kink(near_kinks.advance_zoom)


def to_the_other_side(engine, slot):
    ending = near_kinks.advance_zoom(engine, slot)
    slot.distance *= -1
    return ending


def at_once(engine, slot):
    return near_kinks.note_kink(slot)


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
    finds_none(near_kinks.advance_zoom)
    refuted(finds_none, at_once)

    def patient(engine, slot):
        """Wrong on purpose: no change of slope is too small."""
        slot.noise, kept = 0.0, near_kinks.KINK_KEPT
        near_kinks.KINK_KEPT = 0.0
        try:
            return near_kinks.advance_zoom(engine, slot)
        finally:
            near_kinks.KINK_KEPT = kept

    refuted(finds_none, patient)


def ends_in_noise(advance, noise):
    """A kink whose change noise hides at the first halving is not one that was seen."""
    line = lines.with_kink(lines.SMOOTH["line"], 0.3 * 2.0**-10, 1.0)
    ending, distance, evaluations = zoomed(advance, line, 1, 2.0**-10, noise)
    assert ending == NOT_FOUND
    assert math.isnan(distance)
    assert evaluations <= 4


def test_noise_ends_the_zoom():
    ends_in_noise(near_kinks.advance_zoom, 1.0)
    refuted(ends_in_noise, near_kinks.advance_zoom, 1e-12)
    # Once four halvings have kept the kink, noise ends the zoom where it is.
    line = lines.with_kink(lines.SMOOTH["line"], 0.3 * 2.0**-10, 1.0)
    ending, distance, evaluations = zoomed(near_kinks.advance_zoom, line, 1, 2.0**-10, 2.0**-10 / 4**7)
    assert ending == FOUND
    assert distance == pytest.approx(0.3 * 2.0**-10, rel=0.2)
    assert evaluations < 2 + 2 * near_kinks.ZOOM_HALVINGS


@pytest.mark.parametrize("missing", [0.9, 0.2])
def test_missing_values_end_the_zoom(missing):
    kinked = lines.with_kink(lines.SMOOTH["line"], 0.15, 1.0)
    line = lines.Line(lambda t: kinked.value(t) if t < missing else math.nan, 0.0, 0.0)
    assert zoomed(near_kinks.advance_zoom, line, 1, 1.0)[0] == NOT_FOUND
    assert zoomed(near_kinks.advance_zoom, kinked, 1, 1.0)[0] == FOUND
