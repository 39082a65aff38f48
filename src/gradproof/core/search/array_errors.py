"""Blocks whose claims are off along their own lines: a factor that all share, or those that are most clearly off."""

from __future__ import annotations

import math

from ..lines import phases
from ..lines.arrays import FOLLOWED, bars_off, most_off
from ..lines.decision import CLEAR_BARS, allowed_slope
from ..lines.rungs import is_coarse
from ..points.seeds import OWN_LINES, line_seed
from ..records.floats import larger, smaller
from ..records.lines import UNMEASURED, Lines, block_of
from .dense_errors import DRAWN_ALONG, FACTORS, begin_factor, draw_candidates
from .long_findings import begin_long_findings

# A factor that two blocks share, where no other one contradicts it, is that of everything.
FEWEST_ALIKE = 2


def note_off(lines: Lines, number: int) -> None:
    """Note the line of the block that is most clearly off as the one that disagrees."""
    block = block_of(lines, number)
    stop = block_of(lines, number + 1).start
    failed = lines.failed
    failed.seed = line_seed(lines.engine.seed, OWN_LINES)
    failed.aligned = 1
    failed.gap = 0
    failed.residual = block.residual
    failed.bar = block.aligned_bar
    failed.slope = block.claim + block.residual
    failed.phase = phases.ARRAYS
    failed.allowed = allowed_slope(lines, 0.0, block.sum, stop - block.start, 1)
    node = lines.nodes[0]
    node.start = block.start
    node.stop = stop
    node.exponent = block.exponent
    node.residual = block.residual
    node.bar = block.aligned_bar
    node.rest = 0.0
    node.allowed = UNMEASURED


def common_part(lines: Lines) -> float:
    """Return the error that all blocks share, relative to their claims, the least that it may be; 0: there is none."""
    low = -math.inf
    high = math.inf
    off = 0
    for number in range(lines.block_count):
        block = block_of(lines, number)
        if block.aligned_bar > 0.0:
            part = block.residual / block.claim
            width = CLEAR_BARS * block.aligned_bar / block.claim
            low = larger(part - width, low)
            high = smaller(part + width, high)
            off += 1 if bars_off(lines, number) > 1.0 else 0
    if off < FEWEST_ALIKE or not low <= high:
        return 0.0
    return low if low > 0.0 else smaller(high, 0.0)


def begin_array_factors(lines: Lines) -> None:
    """Begin ladders along the claim: over all of x where all blocks share a factor, else over blocks that are off."""
    lines.phase = phases.FACTORS
    lines.arrays = FOLLOWED
    lines.factor_count = 0
    begin_long_findings(lines)
    if lines.confirming != 0:
        # Kinks at x, of which enough is known: others are looked at now.
        lines.confirming = 0
        lines.candidates.count = 0
    if common_part(lines) != 0.0:
        begin_factor(lines, (0, lines.engine.n), lines.nodes[0].exponent, lines.engine.rtol * lines.sum)
    else:
        begin_most_off(lines)
    # In float32 hardly any coordinate of a large model can be seen alone.
    if not is_coarse(lines) or lines.named == 0:
        draw_candidates(lines, DRAWN_ALONG)


def begin_most_off(lines: Lines) -> None:
    """Begin the ladders of the blocks that are most bars off."""
    number = most_off(lines)
    while number >= 0 and lines.factor_count < FACTORS:
        block = block_of(lines, number)
        block.wanted = 2
        part = block.start, block_of(lines, number + 1).start
        begin_factor(lines, part, block.exponent, lines.engine.rtol * block.claim)
        number = most_off(lines)
