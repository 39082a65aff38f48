"""What a claim foretells, against exact sums, and in the order that all processors share."""

from fractions import Fraction

import numpy as np
import pytest

from gradproof.core.points.foretold import foretold_change

COUNTS = (0, 1, 7, 8, 9, 40, 1024)


def vectors(count, dtype):
    random = np.random.default_rng(count)
    x, claimed = random.normal(size=(2, count)).astype(dtype)
    return x, claimed, (x + 2.0**-20 * random.normal(size=count)).astype(dtype)


def in_lanes(terms):
    """Eight sums side by side; what is left over comes to the first one."""
    whole = len(terms) // 8 * 8
    lanes = [sum(terms[lane:whole:8].tolist(), 0.0) for lane in range(8)]
    for term in terms[whole:].tolist():
        lanes[0] += term
    a, b, c, d, e, f, g, h = lanes
    return ((a + e) + (c + g)) + ((b + f) + (d + h))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", COUNTS)
def test_the_change_is_that_of_the_step_really_taken(count, dtype):
    x, claimed, point = vectors(count, dtype)
    change = foretold_change(x, claimed, 0, count, point)
    parts = [
        Fraction(float(g)) * (Fraction(float(there)) - Fraction(float(here)))
        for here, g, there in zip(x, claimed, point, strict=True)
    ]
    assert change == pytest.approx(float(sum(parts)), abs=1e-14 * float(sum(map(abs, parts))))
    assert change == in_lanes(claimed.astype(float) * (point.astype(float) - x.astype(float)))


def test_only_the_coordinates_between_start_and_stop_count():
    x, claimed, point = vectors(40, np.float64)
    part = foretold_change(x, claimed, 3, 29, point)
    assert part == in_lanes((claimed * (point - x))[3:29])
    assert part != foretold_change(x, claimed, 3, 30, point)
