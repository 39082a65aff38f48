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
PARTS = 8
REPEAT = 9
HALVING = 10
SAMPLING = 11
FACTORS = 12
CONFIRM = 13
# On other scales; these ask for nothing.
SCALE_UP = 14
LEAVE_ZEROS = 15
LEFT_OUT = 16
DONE = 17
