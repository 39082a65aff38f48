"""The joint test: claims at a kink that coordinates share must be one vector between its slopes."""

import numpy as np
import pytest
from block import SLOT
from properties import refuted
from rounds import FINDING, checked

from gradproof.core.coordinates.shared_kinks import ALIGNED_TRIES, line_seed
from gradproof.core.coordinates.shared_line import change_by_rounding
from gradproof.core.points import directions, probes
from gradproof.core.records import border as structs
from gradproof.core.records.engine import SEED, SLOT_RATIO, SLOT_SEED, SLOT_START, SLOT_STOP, TYPICAL, block_words

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


def mixed(x):
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
    for row in found.findings.view(np.int64):
        partner = int(row[FINDING["partner"]])
        assert (found.causes[row[FINDING["start"]]] == "wrong") == (partner >= 0)
        assert partner < 0 or (partner != row[FINDING["start"]] and found.causes[partner] == "wrong")


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
    [(apart, [0.9, -0.9, 0.3]), (apart, np.linspace(-1, 1, 8)), (mixed, [0.9, 0.9]), (mixed, [-1.0, 1.0])],
)
def test_kinks_of_their_own(witness, objective, claimed):
    """Any claims between the slopes are one vector between them."""
    acceptable(witness, objective, claimed)
    refuted(contradicts, witness, objective, claimed)


def test_a_budget_that_ends_before_the_joint_test(witness):
    """What was accepted one by one, and not together, is untested; without a partner it stands."""
    full = checked(witness, largest, np.zeros(2), np.array([1.0, 1.0])).evaluations
    found = checked(witness, largest, np.zeros(2), np.array([1.0, 1.0]), budget=full - 3)
    assert (found.verdict, found.causes) == ("inconclusive", ["untested"] * 2)
    alone = checked(witness, lambda x: float(abs(x[0]) + x[1]), np.zeros(2), np.array([0.5, 1.0]), budget=full - 3)
    assert alone.causes == ["kink_at_point", "agrees"]


def test_evaluations_of_the_joint_test(witness):
    """A pair for each line where the claims are right: little against the ladders of the kinks."""
    kinked = checked(witness, largest, np.zeros(2), np.array([0.5, 0.5])).evaluations
    single = checked(witness, lambda x: largest(x[:1]) if x[0] > 0 else 0.0, np.zeros(1), np.array([0.5])).evaluations
    assert kinked < 2.6 * single


def are_seeds(function):
    words = np.zeros(block_words(1), np.int64)
    found = set()
    for seed in range(20):
        words[SEED] = seed
        found |= {function(words, number) for number in range(50)}
    assert len(found) == 20 * 50
    assert 0 not in found


def test_seeds_of_lines():
    are_seeds(line_seed)
    refuted(are_seeds, lambda words, number: int(words[SEED]) + number)
    assert ALIGNED_TRIES > 1000
    words = np.zeros(block_words(1), np.int64)
    assert line_seed(words, 3) == np.int64(directions.mixed(0, (1 << 20) + 3))


def foretells(function, seed, ratio):
    """The claimed change to the point that the probe makes in float32, less that to the point it would make."""
    random = np.random.default_rng(7)
    x, claimed, step = random.normal(size=6).astype(np.float32), random.normal(size=6), 2.0**-9
    words = np.zeros(block_words(6), np.int64)
    reals = words.view(np.float64)
    words[[SLOT + SLOT_START, SLOT + SLOT_STOP, SLOT + SLOT_SEED]] = 1, 5, seed
    reals[SLOT + SLOT_RATIO], reals[TYPICAL] = ratio, directions.typical_size(x, 6)
    probe = np.zeros(structs.PROBE_WORDS, np.int64)
    probe[: structs.PROBE_FLOOR] = 1, 5, seed
    probe.view(np.float64)[[structs.PROBE_RATIO, structs.PROBE_STEP]] = ratio, step
    made, meant = np.zeros(6, np.float32), np.zeros(6)
    for point, row in ((x, made), (x.astype(np.float64), meant)):
        assert probes.points(point, None, None, 6, probe, 1, row, None) == 0
    expected = claimed @ (made - meant)
    assert abs(expected) > 1e-9
    assert function(words, reals, SLOT, x.astype(np.float64), claimed, step) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("seed", "ratio"), [(5, 0.0), (0, 0.37), (0, -1.9)])
def test_what_rounding_of_a_point_changes(seed, ratio):
    foretells(change_by_rounding, seed, ratio)
    refuted(foretells, lambda *arguments: 0.0, seed, ratio)
    refuted(foretells, lambda *arguments: -change_by_rounding(*arguments), seed, ratio)
