"""The fit of fit.c in Python: what the programs in other languages are compared with."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import gradproof

CONCENTRATION = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10]
RATE = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200]
NAMES = ["vmax", "km", "background"]
FIXED = sys.argv[1:] == ["fixed"]


def residuals(p: Sequence[float]) -> list[float]:
    """Return how far the model is from every measurement."""
    vmax, km, background = p
    return [vmax * s / (km + s) + background - rate for s, rate in zip(CONCENTRATION, RATE, strict=True)]


def loss(p: Sequence[float]) -> float:
    """Return the sum of squares, added up as other languages do: sum() is more accurate."""
    total = 0.0
    for residual in residuals(p):
        total += residual * residual
    return total


def gradient(p: Sequence[float]) -> list[float]:
    """Return the gradient of the loss, with a bug unless it is fixed."""
    g = [0.0, 0.0, 0.0]
    for s, r in zip(CONCENTRATION, residuals(p), strict=True):
        d = p[1] + s
        g[0] += 2 * r * s / d
        g[1] -= 2 * r * p[0] * s / (d * d if FIXED else d)  # the bug: d is not squared
        g[2] += 2 * r
    return g


report = gradproof.check(loss, gradient, [200, 0.05, 10])
print(report.verdict)
for worst in report.findings[:1]:
    print(f"{NAMES[worst.index]}: claimed {worst.claimed!r}, slope {worst.slope!r}")
    print(worst.cause.explanation)
sys.exit(0 if report.verdict == "right" else 1)
