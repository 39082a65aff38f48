"""The memory of a check by lines: behind that of a check of a few coordinates, which confirms what the lines find.

    check of the candidates | header | pool | nodes | halvings | candidates | findings | blocks

A *climber* holds the rungs of one line, or of some lines that climb together: the residual slope and the gap of every
line at every step that was asked for.  Steps are powers of two.
"""

from __future__ import annotations

from .abi import ConstEngine, Engine, Integer, Reals
from .state import block_words
from .structs import FINDING_WORDS, OPTIONS_WORDS

# Coordinates that the check of candidates has room for.
CANDIDATES = 64
LINES = block_words(CANDIDATES)

# Header.
LINE_PHASE = LINES
LENGTH = LINES + 1
LINE_SEED = LINES + 2
LINE_BUDGET = LINES + 3
LINE_EVALUATIONS = LINES + 4
LINE_ROUNDS = LINES + 5
LINE_ASKED = LINES + 6
LINE_STOPPED = LINES + 7
IS_FLOAT32 = LINES + 8
BLOCK_COUNT = LINES + 9
NODE_COUNT = LINES + 10
NEXT_COUNT = LINES + 11
NEXT_NODE = LINES + 12
CANDIDATE_COUNT = LINES + 13
STUCK_COUNT = LINES + 14
IS_DENSE = LINES + 15
IS_REPEATED = LINES + 16
LINE_VERDICT = LINES + 17
LINE_CAUSE = LINES + 18
RANDOM_LINES_DONE = LINES + 19
ALIGNED_LINES_DONE = LINES + 20
FAILED_SEED = LINES + 21
FAILED_ALIGNED = LINES + 22
FAILED_GAP = LINES + 23
LINE_FINDINGS = LINES + 24
IS_CONFIRMING = LINES + 25
PART = LINES + 26
PART_COUNT = LINES + 27
PART_KIND = LINES + 28
UNFIT_CLAIMS = LINES + 29
DISAGREED = LINES + 31
LINE_VALUE = LINES + 32
SLOPE_NORM = LINES + 33
SLOPE_SUM = LINES + 34
TYPICAL_SLOPE = LINES + 35
SMALLEST_TOLERANCE = LINES + 36
RANDOM_BAR = LINES + 37
ALIGNED_BAR = LINES + 38
CURVED_SLOPE = LINES + 39
TOLERANCE_NOW = LINES + 40
LINE_SPREAD = LINES + 41
LINE_RTOL = LINES + 42
TYPICAL_X = LINES + 43
FAILED_RESIDUAL = LINES + 44
FAILED_BAR = LINES + 45
LINE_NOISE = LINES + 46
HIDDEN_GAP = LINES + 49
RANDOM_EXPONENT = LINES + 50
CHOSEN_RTOL = LINES + 51
FACTOR_COUNT = LINES + 53
SAMPLE_COUNT = LINES + 54
ENDED_EARLY = LINES + 59
PART_AGAIN = LINES + 60
PART_BAR = LINES + 61
PARTS_BAR = LINES + 62
PARTS_DONE = LINES + 63
LINE_HEADER_WORDS = 72

# Phases.
LINES_AT_X = 0
LINES_NOISE = 1
LINES_RANDOM = 2
LINES_RANDOM_AGAIN = 3
LINES_ALIGNED = 4
LINES_ALIGNED_AGAIN = 5
LINES_GAP = 6
LINES_PARTS = 7
LINES_REPEAT = 8
LINES_HALVING = 9
LINES_SAMPLING = 10
LINES_FACTORS = 11
LINES_CONFIRM = 12
LINES_DONE = 13

# Climbers.
MOST_LINES = 4
LOWEST_EXPONENT = -46
LOWEST_EXPONENT_FLOAT32 = -22
HIGHEST_EXPONENT = 0
EXPONENTS = HIGHEST_EXPONENT - LOWEST_EXPONENT + 1
RUNG_WORDS = 1 + 2 * MOST_LINES
CLIMBER_START = 0
CLIMBER_STOP = 1
CLIMBER_ALIGNED = 2
CLIMBER_LINES = 3
CLIMBER_FIRST = 4
CLIMBER_MOST = 5
CLIMBER_WANTED = 6
CLIMBER_TAKEN = 7
CLIMBER_BEST = 8
CLIMBER_HAS_GAP = 9
CLIMBER_SEEDS = 10
CLIMBER_TARGET = 14
CLIMBER_BAR = 15
CLIMBER_NOISE = 16
CLIMBER_REST = 17
CLIMBER_RESIDUAL = 18
CLIMBER_SMALL = 19
CLIMBER_GAP = 20
CLIMBER_CLAIM = 21
CLIMBER_RUNGS = 22
CLIMBER_WORDS = CLIMBER_RUNGS + EXPONENTS * RUNG_WORDS
# No exponent: the climber has what it wants.
FINISHED = 1000

POOL = LINES + LINE_HEADER_WORDS

# Nodes of the halving: the open ones of a level, those of the next, and those where it ended.
NODE_START = 0
NODE_STOP = 1
NODE_EXPONENT = 2
NODE_RESIDUAL = 3
NODE_BAR = 4
NODE_REST = 5
NODE_WORDS = 6
MOST_NODES = 128
MOST_STUCK = 32
NODES = POOL + CLIMBER_WORDS
NEXT_NODES = NODES + MOST_NODES * NODE_WORDS
STUCK_NODES = NEXT_NODES + MOST_NODES * NODE_WORDS

# Halvings under way, each with a climber.
HALVING_NODE = 0
HALVING_STAGE = 1
HALVING_LEFT = 2
HALVING_LEFT_BAR = 3
HALVING_LEFT_EXPONENT = 4
HALVING_LEFT_REST = 5
HALVING_RIGHT = 6
HALVING_RIGHT_BAR = 7
HALVING_RIGHT_EXPONENT = 8
HALVING_RIGHT_REST = 9
HALVING_MIDDLE = 10
HALVING_CLIMBER = 11
HALVING_WORDS = HALVING_CLIMBER + CLIMBER_WORDS
HALVINGS = STUCK_NODES + MOST_STUCK * NODE_WORDS
HALVING_COUNT = 16

# Candidates: their coordinates, x, claimed values; and the options of the check that confirms them.
CANDIDATE_INDICES = HALVINGS + HALVING_COUNT * HALVING_WORDS
CANDIDATE_POINT = CANDIDATE_INDICES + CANDIDATES
CANDIDATE_CLAIMS = CANDIDATE_POINT + CANDIDATES
CANDIDATE_OPTIONS = CANDIDATE_CLAIMS + CANDIDATES

# Findings about lines longer than one.
LONG_FINDINGS = CANDIDATE_OPTIONS + OPTIONS_WORDS
MOST_LONG_FINDINGS = 16

# Named blocks: where they begin (and where the last one ends), their norms, and the bars that were reached.
BLOCKS = LONG_FINDINGS + MOST_LONG_FINDINGS * FINDING_WORDS
BLOCK_START = 0
BLOCK_NORM = 1
BLOCK_SUM = 2
BLOCK_BAR = 3
BLOCK_WORDS = 4


def lines_words(blocks: Integer) -> int:
    """Return the number of words that a check by lines needs, for so many named blocks."""
    return BLOCKS + BLOCK_WORDS * (blocks + 1)


def node_place(number: int) -> int:
    """Return the place of an open node."""
    return NODES + NODE_WORDS * number


def next_node_place(number: int) -> int:
    """Return the place of a node of the next level."""
    return NEXT_NODES + NODE_WORDS * number


def halving_place(number: int) -> int:
    """Return the place of a halving."""
    return HALVINGS + HALVING_WORDS * number


def block_place(number: int) -> int:
    """Return the place of a named block."""
    return BLOCKS + BLOCK_WORDS * number


def write_node(
    engine: Engine,
    reals: Reals,
    place: int,
    start: int,
    stop: int,
    exponent: int,
    residual: float,
    bar: float,
    rest: float,
) -> None:
    """Write a node: a part of the line that disagrees, its residual slope and bar, and the step that they stand on."""
    engine[place + NODE_START] = start
    engine[place + NODE_STOP] = stop
    engine[place + NODE_EXPONENT] = exponent
    reals[place + NODE_RESIDUAL] = residual
    reals[place + NODE_BAR] = bar
    reals[place + NODE_REST] = rest


def line_room(engine: ConstEngine) -> int:
    """Return how many evaluations the budget still allows; a very large number where there is none."""
    if engine[LINE_BUDGET] <= 0:
        return 1 << 40
    return engine[LINE_BUDGET] - engine[LINE_EVALUATIONS]
