"""Which steps of a ladder may have crossed a kink: those of planted ones, and none of smooth lines."""

import math

import pytest
from block import STEPS, climbed
from hypothesis import example, given
from hypothesis import strategies as st
from oracles import lines
from properties import refuted

from gradproof.core.evidence import suspects
from gradproof.core.evidence.suspects import NO_SUSPECT

names = st.sampled_from(sorted(set(lines.SMOOTH) - {"far_from_zero"}))
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


@given(name=names, change=st.floats(0.3, 5), sign=st.sampled_from([-1, 1]), power=st.integers(-26, -8))
@example("line", 1.0, 1, -10)
def is_suspected(function, name, change, sign, power):
    """The change from the last step before the kink to the first one behind it, or the next one."""
    distance = 1.3 * 2.0**power
    line = lines.with_kink(lines.SMOOTH[name], sign * distance, change)
    before = next(k for k, step in enumerate(FINEST_FIRST) if step > distance) - 1
    assert {before, before + 1} & set(suspected(function, line, sign))


def test_planted_kinks():
    is_suspected(suspects.next_suspect)

    def on_the_other_side(engine, slot, side, first):
        return suspects.next_suspect(engine, slot, -side, first)

    refuted(is_suspected, on_the_other_side)


# At a point of inflection slopes change by h squared, and every step is suspicious: the zoom has to tell.
@given(name=names.filter(lambda name: name != "cubic"), side=st.sampled_from([-1, 1]))
def has_few(function, name, side):
    """Of a smooth line the first changes that noise lets one see, and steps so large that higher orders show."""
    finer = [place for place in suspected(function, lines.SMOOTH[name], side) if FINEST_FIRST[place] < 2.0**-5]
    assert len(finer) <= 2


def test_smooth_lines():
    has_few(suspects.next_suspect)

    def whatever_changes(engine, slot, side, first):
        foreseen, suspects.is_foreseen = suspects.is_foreseen, lambda *_: False
        try:
            return suspects.next_suspect(engine, slot, side, first)
        finally:
            suspects.is_foreseen = foreseen

    refuted(has_few, whatever_changes)


def test_two_kinks():
    line = lines.with_kink(lines.with_kink(lines.SMOOTH["line"], 1e-6, 1.0), 1e-3, 1.0)
    assert len(suspected(suspects.next_suspect, line, 1)) >= 2
    assert suspected(suspects.next_suspect, line, -1) == suspected(suspects.next_suspect, lines.SMOOTH["line"], 1) == []


@pytest.mark.parametrize("side", [-1, 1])
def test_missing_values(side):
    smooth = lines.SMOOTH["line"]
    half = lines.Line(lambda t: smooth.value(t) if t >= 0 else math.nan, 0.0, 0.0)
    assert suspected(suspects.next_suspect, half, side) == []
    assert suspected(suspects.next_suspect, lines.with_kink(smooth, side * 1e-3, 1.0), side) != []
