"""What a check along lines knows from its start: its named blocks, and the measures of the claimed gradient."""

from __future__ import annotations

import math

from ..coordinates.slots import free_all_slots
from ..evidence.scales import DEFAULT_RTOL, begin_arithmetic
from ..lines.norms import Measures, is_in_float32, median_slope, norms, scale_norms
from ..lines.rungs import FLOOR
from ..points.directions import (
    ABOVE_FLOOR,
    OWN_SIZE,
    first_not_finite_in,
    size_in_window,
    typical_size,
    window_count,
    window_ends,
)
from ..records.abi import ConstIntegers, ConstReals, ConstVector
from ..records.codes import DONE, X_NOT_FINITE
from ..records.engine import ENGINE_WORDS
from ..records.floats import widened
from ..records.lines import Lines, block_of, lines_words
from ..records.memory import as_reals, clear_bytes, offset
from ..records.record import WORD
from ..search.candidates import add_candidate

# Up to this many claimed values that are not finite are tested alone; one would do.
MOST_UNFIT = 8
# Rounding of the claimed gradient itself, relative to its norm: in float64, and what float32 adds.
ROUNDING = 1e-13
ROUNDING_FLOAT32 = 1.5e-7
# The claimed slopes, in scales, hardly depend on the smallest scale: unless a few coordinates are so much smaller than
# the others, and their slopes so much larger, that f varies on their own sizes, or their claims are wrong.  Up to this
# ratio the smallest steps of lines, 2**-46, suit the small ones, too.
UNLIKE = 2.0**20


def clear_lines(lines: Lines, borders: ConstIntegers, blocks: int) -> None:
    """Empty the memory of a check along lines, and note where its named blocks begin."""
    # All of it, so that the seal of a check never depends on what nobody has written.
    clear_bytes(lines.coordinates, WORD * (lines_words(blocks) - ENGINE_WORDS))
    free_all_slots(lines.engine)
    lines.named = blocks
    # Without names all of x is one block.
    lines.block_count = blocks if blocks > 0 else 1
    block_of(lines, 1).start = lines.engine.n
    for number in range(blocks + 1 if blocks > 0 else 0):
        block_of(lines, number).start = borders[number]


def start_lines(lines: Lines, x: ConstVector, claimed: ConstVector, sizes: ConstReals, rtol: float) -> int:
    """Begin a check along lines; a point that is not finite is refused, claimed values that are not are noted."""
    engine = lines.engine
    engine.rtol = rtol if rtol > 0.0 else DEFAULT_RTOL
    engine.typical = typical_size(sizes, window_count(engine.n))
    engine.value = math.nan
    begin_arithmetic(engine)
    lines.floor = FLOOR
    lines.scales = ABOVE_FLOOR
    lines.empty_size = 0.0
    code = look_over(lines, x, claimed, sizes)
    if code != DONE:
        return code
    lines.relative_tolerance = ROUNDING + (ROUNDING_FLOAT32 if is_in_float32(claimed, engine.n) else 0.0)
    choose_scales(lines, x, claimed)
    return DONE


def look_over(lines: Lines, x: ConstVector, claimed: ConstVector, sizes: ConstReals) -> int:
    """Look for what is not finite, and for windows of zeros; a point that is not finite is refused."""
    for window in range(window_count(lines.engine.n)):
        start, stop = window_ends(lines.engine.n, window)
        if first_not_finite_in(offset(x, start), stop - start) >= 0:
            return X_NOT_FINITE
        if first_not_finite_in(offset(claimed, start), stop - start) >= 0:
            note_unfit_claims(lines, claimed, start, stop)
        if lines.empty_size == 0.0 and size_in_window(x, lines.engine.n, window) == 0.0:
            lines.empty_size = sizes[window]
    return DONE


def note_unfit_claims(lines: Lines, claimed: ConstVector, start: int, stop: int) -> None:
    """Count the claimed values that are not finite; the first of them will be tested alone."""
    for index in range(start, stop):
        if not math.isfinite(widened(claimed[index])):
            lines.unfit_claims += 1
            if lines.unfit_claims <= MOST_UNFIT:
                add_candidate(lines, index)


def choose_scales(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Let every coordinate keep to its own size where most of the claimed slopes would be those of a few small ones."""
    n = lines.engine.n
    above_floor = norms(lines, x, claimed, 0, n)
    lines.scales = OWN_SIZE
    own_size = norms(lines, x, claimed, 0, n)
    if above_floor.norm > UNLIKE * own_size.norm:
        note_measures(lines, x, claimed, own_size)
    else:
        lines.scales = ABOVE_FLOOR
        note_measures(lines, x, claimed, above_floor)


def measure_claims(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Measure the claimed gradient: its norms, as a whole and block by block, and its typical slope."""
    note_measures(lines, x, claimed, norms(lines, x, claimed, 0, lines.engine.n))


def note_measures(lines: Lines, x: ConstVector, claimed: ConstVector, whole: Measures) -> None:
    """Note what is known of the claimed gradient as a whole, and measure the rest."""
    lines.norm = whole.norm
    lines.sum = whole.total
    lines.largest = whole.largest
    for number in range(lines.block_count):
        block = block_of(lines, number)
        stop = block_of(lines, number + 1).start
        part = norms(lines, x, claimed, block.start, stop) if lines.block_count > 1 else whole
        block.norm = part.norm
        block.sum = part.total
    if lines.engine.atol > 0.0:
        lines.scale_norm, lines.scale_sum = scale_norms(lines, x)
    # As work memory: the pairs of the sweep over the candidates are free until it begins.
    lines.typical_slope = median_slope(lines, x, claimed, as_reals(lines.engine.pairs))
