"""Sentences of reports that Python and the C API share, except those of causes."""

from __future__ import annotations

# Why a check along lines is inconclusive.
STEP_LIMITED_ALONG_LINES = "kinks or curvature dominate: use fewer data points, or a smooth stand-in for f"
DOMAIN_ALONG_LINES = (
    "f has no finite values along lines through x: move x into its domain, or test every coordinate (mode full)"
)
RANDOM = "f is random: fix its seed, or switch dropout off"
UNTESTED_ALONG_LINES = "the check ended before its lines were measured: allow more evaluations or time"

# What makes the noise that hides a slope, and the cure.
NOISE_OF_CONSTANT = (
    " times larger than what it changes by, and its rounding hides the slope: subtract the constant before summing, or "
    "return the difference"
)
NOISE_OF_ARITHMETIC = "the rounding noise of f hides the slope: compute f in float64, or at least its last sums"
NOISE_OF_ROUNDING = "the rounding noise of f hides the slope: sum fewer or smaller terms, or terms that cancel less"
NOISE_BEYOND = (
    " hides the slope, and is far above its rounding: tighten the tolerance of a solver inside of f, or fix its random "
    "seed"
)

# About claims that are wrong or open only together.
TOGETHER = (
    "alone, each of these claims is acceptable, at a kink that it shares with others; together they are no gradient "
    "and no subgradient. Automatic differentiation gives such claims at ties and nested kinks, as of max(x, y) where "
    "x = y: move x off the kink, or take all of them from one of the pieces that meet there"
)
EQUAL = (
    "the value is that of other coordinates, and f has a kink where they are equal (as a median has, or the k-th "
    "largest value): no coordinate shows it alone, and together the claims agree with f; check at a point where the "
    "values differ"
)
SHARED = " share a kink: either claimed value is acceptable, but together they are contradictory."
SAME_VALUE = " have the same value."

UNIT = "(units of f per unit of x)"
