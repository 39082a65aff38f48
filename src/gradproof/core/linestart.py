"""What a check by lines knows from its start: its empty memory, and the measures of the claimed gradient."""

from __future__ import annotations

from .abi import ConstIntegers, ConstReals, ConstVector
from .codes import ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64
from .floats import larger
from .linestate import Lines, block_of
from .memory import as_reals, clear
from .norms import is_in_float32, norms, typical_slope
from .scales import UNIT_FLOAT32, UNIT_FLOAT64

# Rounding of the claimed gradient itself, relative to its norm.
ROUNDING = 1e-13

ROUNDING_FLOAT32 = 1.5e-7


def clear_lines(lines: Lines, blocks: int) -> None:
    """Set the words that are read before they are written."""
    clear(lines.engine, lines.engine.scratch)
    clear(lines.failed, lines.pool)
    for number in range(blocks + 1):
        block_of(lines, number).bar = 0.0


def borders_are_bad(borders: ConstIntegers, blocks: int, n: int) -> bool:
    """Return whether borders do not lead from 0 to n without a step back."""
    if borders[0] != 0 or borders[blocks] != n:
        return True
    for number in range(blocks):
        if borders[number] > borders[number + 1]:
            return True
    return False


def begin_header(lines: Lines) -> None:
    """Fill the header that the noise line works on."""
    float32 = lines.float32 != 0
    lines.engine.float32 = lines.float32
    lines.engine.seed = lines.seed
    lines.engine.arithmetic = ARITHMETIC_FLOAT32 if float32 else ARITHMETIC_FLOAT64
    lines.engine.unit = UNIT_FLOAT32 if float32 else UNIT_FLOAT64


def measure_claims(
    lines: Lines, x: ConstVector, claimed: ConstVector, sizes: ConstReals, borders: ConstIntegers
) -> None:
    """Measure the claimed gradient: its norms, as a whole and block by block, its typical slope, its arithmetic."""
    n = lines.n
    lines.norm, lines.sum = norms(x, claimed, sizes, 0, n)
    for number in range(lines.block_count + 1):
        block_of(lines, number).start = borders[number] if lines.block_count > 0 else 0
    for number in range(lines.block_count):
        block = block_of(lines, number)
        block.norm, block.sum = norms(x, claimed, sizes, block.start, block_of(lines, number + 1).start)
    # The pairs of the check of candidates are free until it begins.
    lines.typical_slope = typical_slope(x, claimed, sizes, n, as_reals(lines.engine.pairs))
    lines.smallest_tolerance = ROUNDING
    if is_in_float32(claimed, n):
        lines.smallest_tolerance += ROUNDING_FLOAT32
    if lines.chosen_rtol > 0.0:
        lines.smallest_tolerance = larger(lines.chosen_rtol, lines.smallest_tolerance)
