"""Phases of a sweep over coordinates, in their order."""

from __future__ import annotations

AT_X = 0
AGAIN = 1
SPREAD = 2
PAIRS = 3
PROOFS = 4
NOISE = 5
LADDERS = 6
EQUAL_VALUES = 7
SHARED_KINKS = 8
DONE = 9
