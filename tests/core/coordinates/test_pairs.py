"""The first pairs: their steps in a check's own memory, and in memory that others may have changed meanwhile."""

import numpy as np
import pytest
from block import block
from properties import refuted

from gradproof.core.coordinates import pairs, phases, rounds
from gradproof.core.coordinates.start import start_coordinates
from gradproof.core.evidence.scales import pair_step
from gradproof.core.records import codes
from gradproof.core.records.engine import ENGINE_MARK, OWN_MARK, coordinate_of

X, CLAIMED = np.array([1.0, -2.0, 0.5]), np.array([2.0, -4.0, 1.0])


def before_pairs(mark):
    """A check of a sum of squares that is about to ask for its pairs."""
    engine = block(len(X))
    engine.mode = codes.MODE_FULL
    assert start_coordinates(engine, X, CLAIMED, 0.0) == codes.DONE
    rounds.take_round(engine, np.array([X @ X]), 1)
    assert engine.sweep.phase == phases.PAIRS
    engine.mark = mark
    return engine


def values_of_pairs(engine):
    points = [X + sign * step * row for row, step in zip(np.eye(3), steps(engine), strict=True) for sign in (1, -1)]
    return np.array([point @ point for point in points])


def steps(engine):
    return [float(pair_step(engine, coordinate_of(engine, index))) for index in range(len(X))]


def causes(engine):
    return [coordinate_of(engine, index).cause for index in range(len(X))]


def judges(set_steps, mark, spoiled):
    """Claims that are right agree with their pairs, whatever others wrote where the steps are kept."""
    engine = before_pairs(mark)
    set_steps(engine, len(X))
    for index in range(spoiled):
        engine.pairs[index].step = 1.0
    rounds.take_round(engine, values_of_pairs(engine), 2 * len(X))
    assert causes(engine) == [codes.AGREES] * len(X)


def test_steps():
    judges(pairs.set_steps, OWN_MARK, 0)
    judges(pairs.set_steps, ENGINE_MARK, 3)
    refuted(judges, pairs.set_steps, OWN_MARK, 1)
    refuted(judges, lambda engine, count: pairs.set_steps(engine, count - 1), OWN_MARK, 0)


@pytest.mark.parametrize("mark", [OWN_MARK, ENGINE_MARK])
def test_only_rounds_of_pairs_along_x_need_no_probes(mark):
    engine = before_pairs(mark)
    assert rounds.is_of_pairs(engine)
    engine.mode = codes.MODE_LINES
    assert not rounds.is_of_pairs(engine)
    engine.mode, engine.sweep.phase = codes.MODE_FULL, phases.PROOFS
    assert not rounds.is_of_pairs(engine)
