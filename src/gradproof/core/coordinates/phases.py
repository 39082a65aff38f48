"""Phases of a sweep over coordinates, in their order."""

from __future__ import annotations

AT_X = 0
AGAIN = 1
SPREAD = 2
FAR = 3
PAIRS = 4
PROOFS = 5
NOISE = 6
LADDERS = 7
EQUAL_VALUES = 8
SHARED_KINKS = 9
DONE = 10
