"""Phases of a sweep over coordinates, in their order."""

from __future__ import annotations

AT_X = 0
AGAIN = 1
SPREAD = 2
FAR = 3
CURVATURE = 4
PAIRS = 5
PROOFS = 6
NOISE = 7
LADDERS = 8
EQUAL_VALUES = 9
SHARED_KINKS = 10
DONE = 11
