"""Phases of a check along lines, in their order."""

from __future__ import annotations

AT_X = 0
NOISE = 1
FAR = 2
RANDOM = 3
RANDOM_AGAIN = 4
ALIGNED = 5
ALIGNED_AGAIN = 6
GAP = 7
ARRAYS = 8
PARTS = 9
REPEAT = 10
HALVING = 11
SAMPLING = 12
FACTORS = 13
CONFIRM = 14
# On other scales; these ask for nothing.
SCALE_UP = 15
LEAVE_ZEROS = 16
LEFT_OUT = 17
DONE = 18
