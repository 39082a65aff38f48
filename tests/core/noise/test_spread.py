"""What a random f still shows: bars that bound what ladders can resolve, and errors that exceed them."""

import math

import pytest
from block import block

from gradproof.core.noise import spread
from gradproof.core.records.engine import coordinate_of

PART = 0.1


def random(claimed, x=1.0, noise=1.0):
    """A check of a random f of coordinates at x, with this noise."""
    engine = block(len(claimed))
    engine.noise, engine.typical, engine.value = noise, 1.0, 3.0
    for index, value in enumerate(claimed):
        coordinate_of(engine, index).claimed, coordinate_of(engine, index).x = value, x
    return engine


def test_the_least_bar():
    """Four deviations of a centered slope at a sixteenth of the coarsest step, which is four sizes."""
    for x, step in ((1.0, 0.25), (8.0, 2.0), (0.01, 0.25)):
        engine = random([1.0], x)
        assert spread.farthest_step(engine, coordinate_of(engine, 0)) == step
        assert spread.least_bar(engine, coordinate_of(engine, 0)) == pytest.approx(4 / math.sqrt(2) / step * 1)


@pytest.mark.parametrize(
    ("claimed", "shows"),
    [
        ([113.0, -113.0, 0.0], False),
        ([0.0, 114.0], True),
        ([0.0, -114.0], True),
        ([0.0], False),
        ([1.0, math.nan], True),
        ([1.0, -math.inf], True),
    ],
)
def test_one_claim_that_may_be_seen_is_enough(claimed, shows):
    """The bar is 11.3 here, and a tenth of the claim is asked for."""
    assert spread.may_show_claims(random(claimed), PART) is shows


def test_where_errors_are_looked_for():
    """Where the claim predicts most, and half of x away from there."""
    for claimed, places in (
        ([0.0], [0]),
        ([0.0, 0.0], [0, 1]),
        ([0.0, 5.0, -7.0, 2.0, 1.0], [2, 4]),
        ([1.0, 5.0, 7.0, -9.0], [3, 1]),
    ):
        engine = random(claimed)
        assert [spread.far_coordinate(engine, number) for number in range(spread.far_pairs(engine))] == places


@pytest.mark.parametrize(
    ("slope", "curvature", "shows"),
    [(2.0, 0.0, False), (13.0, 0.0, False), (14.0, 0.0, True), (-10.0, 0.0, True), (2.0, 1e6, False)],
)
def test_errors_that_exceed_the_spread(slope, curvature, shows):
    """A claim of 2 with a bar of 11.3; curvature cancels in the middle of both slopes."""
    engine = random([2.0])
    right, left = (3.0 + slope * t + curvature * t * t for t in (0.25, -0.25))
    assert spread.shows_error(engine, coordinate_of(engine, 0), right, left) is shows


def test_missing_values_exclude_nothing():
    engine = random([2.0])
    assert spread.shows_error(engine, coordinate_of(engine, 0), math.nan, 3.0)
    assert spread.shows_error(engine, coordinate_of(engine, 0), 3.0, math.inf)
