"""Waves that are far shorter than the usual steps, whose slopes over two of these agree by chance."""

import numpy as np
import pytest

import gradproof


def waves(frequency, height, x):
    """Return sines beside small ones of a high frequency, as slopes of both are alike, and their gradient at x."""
    return (
        lambda z: float(np.sum(np.sin(z) + height * np.sin(frequency * z))),
        np.cos(x) + height * frequency * np.cos(frequency * x),
    )


def drawn(seed):
    random = np.random.default_rng(seed)
    frequency = 10.0 ** random.uniform(6, 9)
    height = 10.0 ** random.uniform(-1.5, 1) / frequency
    x = random.uniform(0.5, 2, 2)
    return *waves(frequency, height, x), x


@pytest.mark.parametrize("seed", [9, 10, 45, 56])
def test_a_pair_over_a_whole_wave(seed):
    """Its slopes, and those far from x, are alike and not that at x: a step that is finer tells."""
    objective, claimed, x = drawn(seed)
    assert gradproof.check(objective, claimed, x).verdict == "right"
    for index in range(x.size):
        wrong = claimed.copy()
        wrong[index] *= 1.01
        assert gradproof.check(objective, wrong, x).wrong.tolist() == [index]
