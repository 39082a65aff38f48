"""Kinks that coordinates share: the claims there must be one vector between their slopes."""

import math

import numpy as np
import pytest
from block import block
from properties import refuted
from rounds import checked

from gradproof.core.coordinates import shared_kinks
from gradproof.core.points.directions import direction, mixed
from gradproof.core.points.seeds import SHARED_KINKS, line_seed
from gradproof.core.records import codes
from gradproof.core.records.engine import coordinate_of, finding_of

WEIGHTS = np.array([1.0, -2.0, 0.5, 3.0, -0.7, 1.3, 2.2, -1.1])


def largest(x):
    return float(x.max())


def smallest(x):
    return float(x.min())


def folded(x):
    """One kink, of a sum of all coordinates."""
    return float(abs(WEIGHTS[: x.size] @ x))


def apart(x):
    """A kink of its own for each coordinate."""
    return float(np.sum(np.abs(x)))


def saddle(x):
    return float(abs(x[0]) - abs(x[1]))


def acceptable(witness, objective, claimed, **options):
    found = checked(witness, objective, np.zeros(len(claimed)), np.array(claimed), **options)
    assert found.verdict == "right"
    assert set(found.causes) <= {"kink_at_point", "agrees"}


def contradicts(witness, objective, claimed, **options):
    """Every claim is acceptable alone: all of them are wrong together, each with a partner."""
    found = checked(witness, objective, np.zeros(len(claimed)), np.array(claimed), **options)
    assert found.verdict == "wrong"
    assert found.causes.count("wrong") >= 2
    for finding in found.findings:
        start, partner = int(finding["start"]), int(finding["partner"])
        assert (found.causes[start] == "wrong") == (partner >= 0)
        assert partner < 0 or (partner != start and found.causes[partner] == "wrong")


SHARED = [
    (largest, [0.5, 0.5], [1.0, 1.0]),
    (largest, [0.2, 0.8], [0.2, 0.2]),
    (largest, [1.0, 0.0, 0.0], [1.0, 0.0, 1.0]),
    (largest, [0.25, 0.5, 0.25], [0.0, 0.0, 0.0]),
    (smallest, [0.5, 0.5], [1.0, 0.6]),
    (smallest, [0.2, 0.3, 0.5], [0.2, 0.2, 0.2]),
    (folded, [0.5, -1.0], [0.5, 1.0]),
    (folded, WEIGHTS[:4] * 0.3, WEIGHTS[:4] * [0.3, 0.3, 0.3, -0.3]),
    (folded, WEIGHTS * -0.9, WEIGHTS * np.linspace(-1, 1, 8)),
]


@pytest.mark.parametrize(("objective", "right", "wrong"), SHARED)
def test_kinks_that_are_shared(witness, objective, right, wrong):
    acceptable(witness, objective, right)
    contradicts(witness, objective, wrong)
    refuted(acceptable, witness, objective, wrong)
    refuted(contradicts, witness, objective, right)


@pytest.mark.parametrize(("objective", "right", "wrong"), SHARED)
def test_kinks_that_are_shared_with_points_in_float32(library, objective, right, wrong):
    acceptable(library, lambda x: objective(x.astype(np.float64)), right, float32=1)
    contradicts(library, lambda x: objective(x.astype(np.float64)), wrong, float32=1)


@pytest.mark.parametrize(
    ("objective", "claimed"),
    [(apart, [0.9, -0.9, 0.3]), (apart, np.linspace(-1, 1, 8)), (saddle, [0.9, 0.9]), (saddle, [-1.0, 1.0])],
)
def test_kinks_of_their_own(witness, objective, claimed):
    """Any claims between the slopes are one vector between them."""
    acceptable(witness, objective, claimed)
    refuted(contradicts, witness, objective, claimed)


def test_a_budget_that_ends_before_kinks_are_tested_together(witness):
    """What was accepted one by one, and not together, is untested; without a partner it stands."""
    full = checked(witness, largest, np.zeros(2), np.array([1.0, 1.0])).evaluations
    found = checked(witness, largest, np.zeros(2), np.array([1.0, 1.0]), budget=full - 3)
    assert (found.verdict, found.causes) == ("inconclusive", ["untested"] * 2)
    alone = checked(witness, lambda x: float(abs(x[0]) + x[1]), np.zeros(2), np.array([0.5, 1.0]), budget=full - 3)
    assert alone.causes == ["kink_at_point", "agrees"]


def test_evaluations_for_shared_kinks(witness):
    """A pair for each line where the claims are right: little against the ladders of the kinks."""
    kinked = checked(witness, largest, np.zeros(2), np.array([0.5, 0.5])).evaluations
    single = checked(witness, lambda x: largest(x[:1]) if x[0] > 0 else 0.0, np.zeros(1), np.array([0.5])).evaluations
    assert kinked < 2.6 * single


def are_seeds(function):
    found = {function(seed, number) for seed in range(20) for number in range(50)}
    assert len(found) == 20 * 50
    assert 0 not in found


def test_seeds_of_lines():
    are_seeds(line_seed)
    refuted(are_seeds, lambda seed, number: seed + number)
    assert shared_kinks.ALIGNED_TRIES > 1000
    assert line_seed(0, SHARED_KINKS + 3) == np.int64(mixed(0, (1 << 20) + 3))


def at_kinks(intervals, claimed):
    """A check whose coordinates were accepted at kinks with these left and right slopes; None: they agreed."""
    engine = block(len(intervals))
    engine.sweep.finding_count = len(intervals)
    for index, (interval, claim) in enumerate(zip(intervals, claimed, strict=True)):
        coordinate = coordinate_of(engine, index)
        coordinate.claimed, coordinate.cause, coordinate.finding = claim, codes.AGREES, -1
        if interval is not None:
            coordinate.cause, coordinate.finding = codes.KINK_AT_POINT, index
            finding = finding_of(engine, index)
            (finding.left, finding.right), finding.partner = interval, -1
    return engine


def pairs_are(next_pair, count, expected):
    """The pairs of so many coordinates on convex kinks, among others."""
    engine = at_kinks([(0.0, 1.0), None, (1.0, 0.0)] + [(0.0, 1.0)] * (count - 1), [0.5] * (count + 2))
    shared_kinks.begin_sign(engine, 1)
    found = []
    while next_pair(engine) and len(found) < 100:
        found.append((engine.sweep.shared_kinks.first, engine.sweep.shared_kinks.second))
    place = [0, *range(3, count + 2)]
    assert found == [(place[first], place[second]) for first, second in expected]


def test_pairs_of_coordinates():
    """All pairs of six; of more each with the next one, since the last kink may be anyone's."""
    for count in (1, 2, 4, 6):
        pairs_are(shared_kinks.next_pair, count, [(j, k) for j in range(count) for k in range(j + 1, count)])
    pairs_are(shared_kinks.next_pair, 7, [(k, k + 1) for k in range(6)])
    refuted(pairs_are, shared_kinks.next_pair, 7, [(0, k) for k in range(1, 7)])
    refuted(pairs_are, lambda engine: False, 2, [(0, 1)])


def goes_as_far(function):
    """Beyond the middle of the intervals, in parts of them, over the length of the direction."""
    intervals, claimed = [(-1.0, 3.0), (0.5, 1.0), (-2.0, -1.5)], [2.0, 0.5, -1.6]
    parts = [float(direction(77, index)) for index in range(3)]
    beyond = [(2.0 - 1.0) / 4.0, (0.5 - 0.75) / 0.5, (-1.6 + 1.75) / 0.5]
    expected = sum(part * off for part, off in zip(parts, beyond, strict=True)) / math.hypot(*parts)
    assert function(at_kinks(intervals, claimed), 0, 2, 77) == pytest.approx(expected, rel=1e-12)


def test_how_far_claims_go_along_a_line():
    goes_as_far(shared_kinks.reach_of_claims)
    refuted(goes_as_far, lambda engine, first, last, seed: shared_kinks.reach_of_claims(engine, first, last, seed + 1))


def has_a_range(intervals, expected):
    engine = at_kinks(intervals, [0.5] * len(intervals))
    shared_kinks.begin_sign(engine, 1)
    assert shared_kinks.has_range(engine) == expected


def test_lines_over_many_coordinates():
    """Three coordinates or more, with none in between that might have a kink nearby, or one of the other sign."""
    convex, concave = (0.0, 1.0), (1.0, 0.0)
    has_a_range([None, convex, convex, convex], True)
    for intervals in ([convex] * 2, [convex, None, convex], [convex, concave, convex], [concave] * 3, [None] * 3):
        has_a_range(intervals, False)
        refuted(has_a_range, intervals, True)
