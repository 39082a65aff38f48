"""Kinks at x, seen along one line: what is left of a kink that is there, and of one that is not."""

import math

import numpy as np
from block import block
from properties import refuted

from gradproof.core.coordinates import outcome, smoothness
from gradproof.core.evidence.ladder import insert_pair
from gradproof.core.records.engine import coordinate_of


def with_pairs(line):
    """A slot that has the pairs of a line over all of its steps."""
    engine = block()
    engine.value, engine.noise, engine.typical = line(0.0), 1e-15, 1.0
    slot = engine.slots[0]
    slot.noise = engine.noise
    for k in range(smoothness.STEPS):
        step = math.ldexp(smoothness.COARSEST_STEP, -k)
        right, left = (line(step) - line(0.0)) / step, (line(0.0) - line(-step)) / step
        insert_pair(slot, step, right, left, max(abs(line(step)), abs(line(-step))))
    return engine, slot


def leaves(line, least, most):
    assert least <= smoothness.largest_kink(*with_pairs(line)) <= most


def test_largest_kink():
    """A smooth line leaves what noise does; a kink at x is left, and so is one closer than all steps."""
    leaves(math.exp, 0.0, 1e-10)
    leaves(lambda t: math.exp(t) + 1e-3 * abs(t), 1.9e-3, 3e-3)
    leaves(lambda t: math.exp(t) - abs(t - 1e-6), 1.9, 3.0)
    refuted(leaves, lambda t: math.exp(t) + 1e-3 * abs(t), 0.0, 1e-10)


def wants(count, expected):
    engine = block(20)
    engine.sweep.count = engine.sweep.chunk_stop = 20
    smoothness.begin_smoothness(engine)
    for index in range(count):
        coordinate_of(engine, index).cause = outcome.CURVED
    assert smoothness.wants_line(engine) == expected


def test_few_coordinates_want_no_line():
    wants(smoothness.FEWEST_CURVED - 1, False)
    wants(smoothness.FEWEST_CURVED, True)
    refuted(wants, smoothness.FEWEST_CURVED, False)


def test_a_kink_counts_by_the_size_of_a_coordinate():
    engine = block(2)
    engine.typical, engine.unit, engine.sweep.rtol = 1.0, 2.0**-53, 1e-5
    for index, x in enumerate((1.0, 1e-3)):
        coordinate_of(engine, index).x, coordinate_of(engine, index).claimed = x, 1.0
    engine.sweep.largest_kink = 1e-6
    assert [bool(smoothness.excludes_kink(engine, index)) for index in range(2)] == [True, False]
    engine.sweep.largest_kink = np.inf
    assert not smoothness.excludes_kink(engine, 0)
