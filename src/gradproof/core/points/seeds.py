"""Seeds of random lines: every kind of lines has a range of the numbers of one sequence.

The seed of line number k is output number k of splitmix64 for the seed of the check: lines that are meant to differ do.
"""

from __future__ import annotations

from numpy import int64

from .directions import mixed

# Where the range of each kind begins.
NOISE_LINE = 0
RANDOM_LINES = 1
ALIGNED_LINES = 11
OWN_LINES = 13
LINES_AGAIN = 21
UNLOCATED_LINES = 29
ZERO_LINES = 37
SMOOTHNESS = 39
SHARED_KINKS = 1 << 20
SAMPLE_NUMBERS = 1 << 21
PARTS = 1 << 22
PARTS_AGAIN = 21 << 20

# The ranges: where they begin, and how many numbers they hold.
RANGES: tuple[tuple[int, int], ...] = (
    (NOISE_LINE, 1),
    (RANDOM_LINES, 10),
    (ALIGNED_LINES, 2),
    (OWN_LINES, 8),
    (LINES_AGAIN, 8),
    (UNLOCATED_LINES, 8),
    (ZERO_LINES, 2),
    (SMOOTHNESS, 1),
    (SHARED_KINKS, 1 << 13),
    (SAMPLE_NUMBERS, 1 << 10),
    # Four lines for each part: the named blocks, then 8 or 64 equal parts.
    (PARTS, 1 << 24),
    (PARTS_AGAIN, 1 << 24),
)


def line_seed(seed: int, number: int) -> int:
    """Return the seed of a line; never 0, which stands for a line without random signs."""
    own = int(int64(mixed(seed, number)))
    return own if own != 0 else 1


def noise_seed(seed: int) -> int:
    """Return the seed of the noise line of a check of coordinates: the next one to that of the check, and never 0."""
    return seed + 1 if seed != -1 else 1
