"""Outputs that are small differences of large numbers: noisier than their size tells, and yet checked."""

import numpy as np
import pytest

import gradproof


def log_softmax(x):
    largest = x.max(-1, keepdims=True)
    return x - largest - np.log(np.sum(np.exp(x - largest), -1, keepdims=True))


def vjp(x, cotangent):
    return cotangent - np.exp(log_softmax(x)) * cotangent.sum(-1, keepdims=True)


def points(seed):
    """Return rows of which one is nearly decided: an output of it is about -1e-5, rounded like the others."""
    x = np.random.default_rng(seed).normal(size=(6, 5))
    x[2, 1] += 13
    return x


@pytest.mark.parametrize("seed", range(12))
def test_what_only_a_sum_with_scaled_outputs_shows_is_no_evidence(seed):
    x = points(seed)
    assert np.abs(log_softmax(x)).min() < 1e-3
    report = gradproof.check_vjp(log_softmax, vjp, x)
    assert report.verdict == "right", str(report)


@pytest.mark.parametrize("seed", range(3))
def test_a_wrong_small_output_is_found(seed):
    x = points(seed)
    place = np.unravel_index(np.argmin(np.abs(log_softmax(x))), x.shape)

    def wrong(x, cotangent):
        doubled = cotangent.copy()
        doubled[place] *= 2
        return vjp(x, doubled)

    report = gradproof.check_vjp(log_softmax, wrong, x)
    assert report.verdict == "wrong"
    assert {one.name.partition(" / ")[0] for one in report.findings} == {f"output[{place[0]}, {place[1]}]"}
