"""Norms of a claimed gradient in the scales of the coordinates, and what is asked of every claimed value."""

import numpy as np
import pytest
from lineladders import memory
from properties import refuted

from gradproof.core.lines import norms
from gradproof.core.points import directions

WINDOW = 1024


ALL, OWN, WITHOUT_ZEROS, ZEROS = (
    directions.ABOVE_FLOOR,
    directions.OWN_SIZE,
    directions.WITHOUT_ZEROS,
    directions.ONLY_ZEROS,
)


def vectors(n, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=n) * 10.0 ** random.integers(-3, 3, n)
    x[::7] = 0.0
    return x, random.normal(size=n)


def check_of(n, scales=ALL, floor=0.1):
    lines = memory()
    lines.engine.n, lines.scales, lines.floor = n, scales, floor
    return lines


def scaled_slopes(x, claimed, scales=ALL):
    """Claimed slopes in the scales of their coordinates: at least a tenth of the root mean square of their window."""
    sizes = [np.sqrt(np.mean(x[start : start + WINDOW] ** 2)) or 1.0 for start in range(0, x.size, WINDOW)]
    floor = 0.1 * np.repeat(sizes, WINDOW)[: x.size]
    scale = {
        ALL: np.maximum(np.abs(x), floor),
        OWN: np.where(x == 0, floor, np.abs(x)),
        WITHOUT_ZEROS: np.where(x == 0, 0, np.maximum(np.abs(x), floor)),
        ZEROS: np.where(x == 0, floor, 0),
    }[scales]
    return np.abs(claimed) * scale


def is_the_norm(scale, scales=ALL, floor=0.1):
    x, claimed = vectors(2500, seed=6)
    slopes = scaled_slopes(x, claimed, scales)[100:2400]
    found = norms.norms(check_of(2500, scales, floor), x, claimed * scale, 100, 2400)
    expected = float(np.sqrt(np.sum(slopes**2, dtype=np.longdouble)))
    assert found.norm == pytest.approx(expected * scale, rel=1e-13)
    assert found.total == pytest.approx(float(np.sum(slopes)) * scale, rel=1e-13)
    assert found.largest == pytest.approx(float(np.max(slopes)) * scale, rel=1e-13)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
@pytest.mark.parametrize("scales", [ALL, OWN, WITHOUT_ZEROS, ZEROS])
def test_norms(scale, scales):
    is_the_norm(scale, scales)


def test_norms_twin():
    refuted(is_the_norm, 1.0, ALL, 0.2)


def test_norms_of_nothing():
    x, claimed = vectors(2000, seed=1)
    assert norms.norms(check_of(2000), x, np.zeros(2000), 0, 2000) == (0.0, 0.0, 0.0)
    assert norms.norms(check_of(2000), x, claimed, 700, 700) == (0.0, 0.0, 0.0)


def test_windows_of_zeros_have_a_size_that_is_given():
    lines = check_of(2000)
    lines.empty_size = 3.0
    assert norms.norms(lines, np.zeros(2000), np.ones(2000), 0, 2000).total == pytest.approx(600.0)


def test_zeros_are_counted():
    x = np.array([0.0, 1.0, -0.0, 5e-324, -2.0])
    assert norms.count_zeros(x, 5) == 2
    assert norms.count_zeros(x.astype(np.float32), 2) == 1


def are_norms_of_the_scales(scale, scales=ALL, floor=0.1):
    x, _ = vectors(2500, seed=6)
    expected = scaled_slopes(x, np.ones(2500), scales)
    norm, total = norms.scale_norms(check_of(2500, scales, floor), x * scale)
    assert norm == pytest.approx(float(np.sqrt(np.sum(expected**2, dtype=np.longdouble))) * scale, rel=1e-12)
    assert total == pytest.approx(float(np.sum(expected)) * scale, rel=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
@pytest.mark.parametrize("scales", [ALL, OWN, WITHOUT_ZEROS, ZEROS])
def test_norms_of_the_scales(scale, scales):
    """Those of a claim that is 1 everywhere."""
    are_norms_of_the_scales(scale, scales)


def test_norms_of_the_scales_twin():
    refuted(are_norms_of_the_scales, 1.0, ALL, 0.2)


def test_numbers_of_float32():
    claimed = np.array([1.0, 0.5, -3.0, 2.0**-130])
    assert norms.is_in_float32(claimed, 4)
    assert norms.is_in_float32(claimed.astype(np.float32), 4)
    for value in (0.1, 1 + 2.0**-30, 1e300):
        spoiled = np.array([*claimed, value])
        assert not norms.is_in_float32(spoiled, 5)
        assert norms.is_in_float32(spoiled, 4)
        assert norms.is_in_float32(spoiled.astype(np.float32), 5)


def is_the_median(n, part):
    x, claimed = vectors(n, seed=n)
    claimed[1::3] = 0.0
    median = norms.median_slope(check_of(n), x, claimed, np.zeros(norms.SAMPLE))
    seen = np.arange(n) if n <= norms.SAMPLE else (np.arange(norms.SAMPLE) * (n / norms.SAMPLE)).astype(int)
    slopes = np.sort(scaled_slopes(x, claimed)[seen])
    slopes = slopes[slopes > 0]
    assert median == pytest.approx(slopes[int(part * slopes.size)], rel=1e-14)


@pytest.mark.parametrize("n", [1, 2, 3, 511, 512, 513, 5000])
def test_median_slope(n):
    """Of those that are not 0, half are below."""
    is_the_median(n, 0.5)


def test_median_slope_twin():
    refuted(is_the_median, 5000, 0.4)


def test_median_slope_of_zeros():
    assert norms.median_slope(check_of(9), np.ones(9), np.zeros(9), np.zeros(norms.SAMPLE)) == 0.0
