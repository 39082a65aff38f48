"""Norms of the claimed gradient in the scales of the coordinates, against sums in long doubles."""

import numpy as np
import pytest
from oracles.long_lines import vectors
from properties import refuted

from gradproof.core.lines import norms

WINDOW = 1024


def is_the_norm(scale):
    x, claimed, sizes = vectors(2500, np.float64, seed=6)
    slopes = np.abs(claimed) * np.maximum(np.abs(x), 0.1 * np.repeat(sizes, WINDOW)[:2500])
    norm, total = norms.norms(x, claimed * scale, sizes, 100, 2400)
    expected = float(np.sqrt(np.sum(slopes[100:2400] ** 2, dtype=np.longdouble)))
    assert norm == pytest.approx(expected * scale, rel=1e-13)
    assert total == pytest.approx(float(np.sum(slopes[100:2400])) * scale, rel=1e-13)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_norms(scale):
    is_the_norm(scale)


def test_norms_twin(monkeypatch):
    monkeypatch.setattr(norms, "FLOOR", 0.2)
    refuted(is_the_norm, 1.0)


@pytest.mark.parametrize("n", [1, 3, 4, 11])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_finite(n, bad):
    vector = np.linspace(-1e307, 1e307, n)
    assert norms.are_finite(vector, 0, n)
    for place in range(n):
        spoiled = vector.copy()
        spoiled[place] = bad
        assert not norms.are_finite(spoiled, 0, n)
        assert norms.are_finite(spoiled, place + 1, n)
