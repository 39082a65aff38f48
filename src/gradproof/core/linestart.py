"""What a check by lines knows from its start: its empty memory, and the measures of the claimed gradient."""

from __future__ import annotations

from .abi import (
    ConstIntegers,
    ConstReals,
    ConstVector,
    Engine,
    Reals,
)
from .codes import ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64
from .floats import larger
from .linestate import (
    BLOCK_BAR,
    BLOCK_COUNT,
    BLOCK_NORM,
    BLOCK_START,
    BLOCK_SUM,
    CHOSEN_RTOL,
    IS_FLOAT32,
    LENGTH,
    LINE_HEADER_WORDS,
    LINE_SEED,
    LINES,
    SLOPE_NORM,
    SLOPE_SUM,
    SMALLEST_TOLERANCE,
    TYPICAL_SLOPE,
    block_place,
)
from .memory import offset
from .norms import is_in_float32, typical_slope, write_norms
from .scales import UNIT_FLOAT32, UNIT_FLOAT64
from .state import ARITHMETIC, FLOAT32, HEADER_WORDS, PAIRS, SEED, UNIT

# Rounding of the claimed gradient itself, relative to its norm.
ROUNDING = 1e-13

ROUNDING_FLOAT32 = 1.5e-7


def clear_lines(engine: Engine, blocks: int) -> None:
    """Set the words that are read before they are written."""
    for word in range(HEADER_WORDS):
        engine[word] = 0
    for word in range(LINE_HEADER_WORDS):
        engine[LINES + word] = 0
    for number in range(blocks + 1):
        engine[block_place(number) + BLOCK_BAR] = 0


def borders_are_bad(borders: ConstIntegers, blocks: int, n: int) -> bool:
    """Return whether borders do not lead from 0 to n without a step back."""
    if borders[0] != 0 or borders[blocks] != n:
        return True
    for number in range(blocks):
        if borders[number] > borders[number + 1]:
            return True
    return False


def begin_header(engine: Engine, reals: Reals) -> None:
    """Fill the header that the noise line works on."""
    float32 = engine[IS_FLOAT32] != 0
    engine[FLOAT32] = engine[IS_FLOAT32]
    engine[SEED] = engine[LINE_SEED]
    engine[ARITHMETIC] = ARITHMETIC_FLOAT32 if float32 else ARITHMETIC_FLOAT64
    reals[UNIT] = UNIT_FLOAT32 if float32 else UNIT_FLOAT64


def measure_claims(
    engine: Engine, reals: Reals, x: ConstVector, claimed: ConstVector, sizes: ConstReals, borders: ConstIntegers
) -> None:
    """Measure the claimed gradient: its norms, as a whole and block by block, its typical slope, its arithmetic."""
    n = engine[LENGTH]
    write_norms(x, claimed, sizes, 0, n, offset(reals, SLOPE_NORM), offset(reals, SLOPE_SUM))
    for number in range(engine[BLOCK_COUNT] + 1):
        place = block_place(number)
        engine[place + BLOCK_START] = borders[number] if engine[BLOCK_COUNT] > 0 else 0
    for number in range(engine[BLOCK_COUNT]):
        place = block_place(number)
        stop = engine[block_place(number + 1) + BLOCK_START]
        start = engine[place + BLOCK_START]
        write_norms(x, claimed, sizes, start, stop, offset(reals, place + BLOCK_NORM), offset(reals, place + BLOCK_SUM))
    # The pairs of the check of candidates are free until it begins.
    reals[TYPICAL_SLOPE] = typical_slope(x, claimed, sizes, n, offset(reals, PAIRS))
    reals[SMALLEST_TOLERANCE] = ROUNDING
    if is_in_float32(claimed, n):
        reals[SMALLEST_TOLERANCE] += ROUNDING_FLOAT32
    if reals[CHOSEN_RTOL] > 0.0:
        reals[SMALLEST_TOLERANCE] = larger(reals[CHOSEN_RTOL], reals[SMALLEST_TOLERANCE])
