"""What a softmax over an axis leaves in errors: its values, or the derivative of their entropy, times a factor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import MARGIN, Evidence
from ..additions import term

ROUNDING = 1e-9
FEWEST_ALONG = 3
# Factors are one number if they differ by less than this, relatively.
SAME = 1e-4
SHOWN = 4
# What is tried along each axis, and what is asked then.
ASKED = {
    "softmax(x)": "is the sum missing that its derivative subtracts, or are these slopes by log-probabilities?",
    "p (log(p) + entropy) with p = softmax(x)": "is the derivative of their entropy missing, or too much?",
}


def of_softmax(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by its softmax along an axis, with a factor for each; None if none fits."""
    if len(whole.shape) < 2 or not whole.is_complete or whole.bar.max() <= 0.0:
        return None
    if not (np.isfinite(whole.claimed).all() and np.isfinite(whole.x).all()):
        return None
    axes = [axis for axis, length in enumerate(whole.shape) if length >= FEWEST_ALONG]
    for axis in axes:
        x, error, claimed, bar = (_rows(whole, each, axis) for each in (whole.x, whole.error, whole.claimed, whole.bar))
        # Two values of a softmax are one number, however often they stand there.
        if min(len(np.unique(row)) for row in x) < FEWEST_ALONG:
            continue
        allowed = MARGIN * bar + ROUNDING * np.abs(claimed)
        for name, values in _bases(x):
            factors = _factors(values, error, allowed, float(len(axes)))
            if factors is not None:
                row = "slice" if len(whole.shape) > 2 else ("column", "row")[axis]
                text = f"claimed = slope {_said(factors, name, row)} along axis {axis}: {ASKED[name]}"
                return Explanation("softmax", "", text)
    return None


def _rows(whole: Evidence, values: Flat, axis: int) -> Flat:
    return np.moveaxis(whole.shaped(values), axis, -1).reshape(-1, whole.shape[axis])


def _bases(x: Flat) -> Iterator[tuple[str, Flat]]:
    logarithms = x - np.max(x, axis=1, keepdims=True)
    logarithms = logarithms - np.log(np.sum(np.exp(logarithms), axis=1, keepdims=True))
    values = np.exp(logarithms)
    entropy = -np.sum(values * logarithms, axis=1, keepdims=True)
    yield from zip(ASKED, (values, values * (logarithms + entropy)), strict=True)


def _factors(values: Flat, error: Flat, allowed: Flat, axes: float) -> Flat | None:
    """Return of which multiple of values the errors of each row are, None if those of one are none."""
    weights = values / np.maximum(allowed, 1e-300) ** 2
    factors: Flat = np.sum(weights * error, axis=1) / np.sum(weights * values, axis=1)
    expected = factors[:, None] * values
    tolerance = allowed + np.abs(values) * np.min(allowed / np.abs(values), axis=1, keepdims=True)
    # Rows whose claims are right say nothing.
    met = np.any(np.abs(error) > allowed, axis=1)
    if not met.any() or not np.all(np.abs(error - expected) <= tolerance):
        return None
    scale = np.abs(expected)[met]
    fits = is_no_coincidence(tolerance[met].reshape(-1), scale.reshape(-1), int(met.sum()), len(ASKED) * axes)
    return factors[met] if fits else None


def _said(factors: Flat, name: str, row: str) -> str:
    """Return what is added to slopes: a multiple of what has this name, or one for each row, column or slice."""
    if np.ptp(factors) <= SAME * np.max(np.abs(factors)):
        return term(float(f"{factors[0]:.4g}"), name)
    listed = ", ".join(f"{factor:.4g}" for factor in factors[:SHOWN].tolist())
    return f"+ a factor for each {row} ({listed}{', …' if len(factors) > SHOWN else ''}) × {name}"
