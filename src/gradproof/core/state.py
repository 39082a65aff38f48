"""The memory of a check: one block of 8-byte words, seen as integers and as reals, with a name for every place in it.

Nothing in the block is a pointer, so that a check can be moved, saved and resumed between two rounds.

    header | pairs of the chunk | noise line | scratch | slots | coordinates | findings

A *slot* holds one line while its evidence is gathered: the signed steps that it wants next, and a ladder of pairs.
"""

from __future__ import annotations

from .abi import ConstEngine, Engine, Integer, Reals
from .structs import FINDING_WORDS

# Header.
PHASE = 0
N = 1
SEED = 2
FLOAT32 = 3
BUDGET = 4
EVALUATIONS = 5
ROUNDS = 6
ASKED = 7
CHUNK_START = 8
CHUNK_STOP = 9
FILL = 10
PROVED_WRONG = 11
DENSE = 12
NOISE_MEASURED = 13
NONDETERMINISTIC = 14
FINDINGS = 15
NOISE_IN_FLOAT32 = 16
NOISE_STAGE = 17
NOISE_EXPONENT = 18
NOISE_SIGN = 19
ARITHMETIC = 20
STOPPED = 21
SEEN_TWICE = 26
NOISE_ANSWERED = 27
JOINT_SIGN = 22
JOINT_FIRST = 23
JOINT_SECOND = 24
JOINT_TURN = 25
RTOL = 32
VALUE = 33
NOISE = 34
UNIT = 35
TYPICAL = 36
LARGEST_CLAIM = 37
LARGEST_CHANGE = 38
SPREAD = 39
NOISE_BEST = 40
NOISE_SPACING = 41
ASSUMED_NOISE = 42
HEADER_WORDS = 48

# Phases, in their order.
PHASE_AT_X = 0
PHASE_AGAIN = 1
PHASE_SPREAD = 2
PHASE_PAIRS = 3
PHASE_PROOFS = 4
PHASE_NOISE = 5
PHASE_LADDERS = 6
PHASE_JOINT = 7
PHASE_DONE = 8

# Pairs: a chunk of coordinates a round.
ROUND = 4096
CHUNK = 1024
PAIRS = HEADER_WORDS
NOISE_VALUES = PAIRS + 2 * CHUNK
NOISE_COUNT = 9
SPREAD_COUNT = 8

# Scratch of one evidence: LEVELS tables of values and noise for slopes, LEVELS of values for the gap, and four rows.
LADDER = 96
LEVELS = 4
SCRATCH = NOISE_VALUES + 64
SCRATCH_VALUES = SCRATCH
SCRATCH_NOISE = SCRATCH_VALUES + LEVELS * LADDER
SCRATCH_GAPS = SCRATCH_NOISE + LEVELS * LADDER
SCRATCH_STEP = SCRATCH_GAPS + LEVELS * LADDER
SCRATCH_SIGMA = SCRATCH_STEP + LADDER
SCRATCH_WEIGHTS = SCRATCH_SIGMA + LADDER
SCRATCH_MATRIX = SCRATCH_WEIGHTS + LEVELS
SCRATCH_WORDS = LEVELS * LADDER * 3 + 2 * LADDER + LEVELS + LEVELS * (LEVELS + 1)

# Slots.
SLOTS = SCRATCH + SCRATCH_WORDS
SLOT_COUNT = 32
SLOT_STAGE = 0
SLOT_START = 1
SLOT_STOP = 2
SLOT_COUNT_PAIRS = 3
SLOT_WANTED_COUNT = 4
SLOT_DECISION = 5
SLOT_KINK = 6
SLOT_CONFLICT = 7
SLOT_PLACE = 8
SLOT_ITERATION = 9
SLOT_SIDE = 10
SLOT_REFUTED = 11
SLOT_MISSING = 12
SLOT_SEED = 13
SLOT_ZOOMS = 14
SLOT_CLAIMED = 16
SLOT_SIZE = 17
SLOT_TOLERANCE = 18
SLOT_NEED = 19
SLOT_NOISE = 20
SLOT_STEP = 21
SLOT_LARGEST_SLOPE = 22
SLOT_LOW = 23
SLOT_HIGH = 24
SLOT_RESOLUTION = 25
SLOT_JUMP = 26
SLOT_RIGHT_LOW = 27
SLOT_RIGHT_HIGH = 28
SLOT_LEFT_LOW = 29
SLOT_LEFT_HIGH = 30
SLOT_CENTERED_LOW = 31
SLOT_CENTERED_HIGH = 32
SLOT_BEST_STEP = 33
SLOT_DISTANCE = 34
SLOT_NEAR = 35
SLOT_FAR = 36
SLOT_NEAR_VALUE = 37
SLOT_MIDDLE_VALUE = 38
SLOT_FAR_VALUE = 39
SLOT_FIRST_CHANGE = 40
SLOT_STEP_JUMP = 41
SLOT_SPAN = 42
SLOT_CLAIM_SCALE = 43
SLOT_REACH = 44
SLOT_MIDWAY_CHANGE = 45
SLOT_RATIO = 46
SLOT_LOWEST = 47
SLOT_WANTED = 48
WANTED_CAPACITY = 48
SLOT_ANSWERS = SLOT_WANTED + WANTED_CAPACITY
SLOT_LADDER_STEP = SLOT_ANSWERS + WANTED_CAPACITY
SLOT_LADDER_RIGHT = SLOT_LADDER_STEP + LADDER
SLOT_LADDER_LEFT = SLOT_LADDER_RIGHT + LADDER
SLOT_LADDER_VALUE = SLOT_LADDER_LEFT + LADDER
SLOT_WORDS = SLOT_LADDER_VALUE + LADDER

# Stages of a slot.
STAGE_FREE = 0
STAGE_PROOF = 1
STAGE_PROOF_FAR = 2
STAGE_SPARSE = 3
STAGE_REFINE = 4
STAGE_STEP_JUMP = 5
STAGE_ZOOM = 6
STAGE_JOINT_PAIR = 7
STAGE_JOINT_LADDER = 8
STAGE_PROOF_FLAT = 9
STAGE_PARKED = 10
STAGE_FIRST = 11
STAGE_DENSE = 12
STAGE_CLIMB = 13
STAGE_LADDER_FAR = 14
STAGE_PROOF_CURVED = 15
STAGE_FINISHED = 16

# Coordinates: three words each.
COORDINATES = SLOTS + SLOT_COUNT * SLOT_WORDS
COORDINATE_CAUSE = 0
COORDINATE_FINDING = 1
COORDINATE_RESOLUTION = 2
COORDINATE_WORDS = 3

# Marks of a coordinate on its way to a cause (causes themselves are >= 0).
UNDECIDED = -1
DISAGREES_FLAT = -2
LEFT_FOR_LADDER = -3

LARGEST_FINDINGS = 8192


def findings_capacity(n: Integer) -> int:
    """Return how many findings the block can keep."""
    return n if n < LARGEST_FINDINGS else LARGEST_FINDINGS


def coordinate(index: int) -> int:
    """Return the place of a coordinate's words."""
    return COORDINATES + COORDINATE_WORDS * index


def finding(engine: ConstEngine, number: int) -> int:
    """Return the place of a finding's words."""
    return COORDINATES + COORDINATE_WORDS * engine[N] + FINDING_WORDS * number


def block_words(n: Integer) -> int:
    """Return the number of words that a check of n coordinates needs."""
    return COORDINATES + COORDINATE_WORDS * n + FINDING_WORDS * findings_capacity(n)


def slot_place(number: int) -> int:
    """Return the place of a slot."""
    return SLOTS + SLOT_WORDS * number


def want(engine: Engine, reals: Reals, slot: int, step: float) -> None:
    """Add a signed step to those that a slot asks for in the next round."""
    count = engine[slot + SLOT_WANTED_COUNT]
    if count < WANTED_CAPACITY:
        reals[slot + SLOT_WANTED + count] = step
        engine[slot + SLOT_WANTED_COUNT] = count + 1


def want_pair(engine: Engine, reals: Reals, slot: int, step: float) -> None:
    """Ask for the values on both sides of x."""
    want(engine, reals, slot, step)
    want(engine, reals, slot, -step)
