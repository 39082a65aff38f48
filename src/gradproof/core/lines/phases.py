"""Phases of a check along lines, in their order."""

from __future__ import annotations

AT_X = 0
NOISE = 1
RANDOM = 2
RANDOM_AGAIN = 3
ALIGNED = 4
ALIGNED_AGAIN = 5
GAP = 6
PARTS = 7
REPEAT = 8
HALVING = 9
SAMPLING = 10
FACTORS = 11
CONFIRM = 12
# On other scales; these ask for nothing.
SCALE_UP = 13
LEAVE_ZEROS = 14
LEFT_OUT = 15
DONE = 16
