"""Lines on other scales: where f does not move, where its kinks are at zeros of x, where sizes differ too much."""

from __future__ import annotations

from ..evidence.noise_line import begin_noise
from ..lines import phases
from ..lines.norms import count_zeros
from ..lines.plan import begin_lines
from ..lines.rungs import FLOOR, set_line
from ..points.directions import ABOVE_FLOOR, ONLY_ZEROS, OWN_SIZE, WITHOUT_ZEROS
from ..points.seeds import ZERO_LINES, line_seed
from ..records.abi import ConstVector
from ..records.floats import widened
from ..records.lines import CANDIDATES, Lines
from ..search.candidates import add_candidate, begin_confirming
from .line_start import measure_claims
from .line_weighing import begin_gap_lines, finish_search, forget_lines, locate

# Sizes below this are far from 1: where f does not move on them, it may on the scale 1.
SMALL_SIZE = 2.0**-10
# Coordinates that are not 0 hold most of the claimed slopes, whatever their smallest scale, unless a few of them are so
# much smaller than the others that they move far beyond their size.
UNLIKE = 1000.0


def does_not_move(lines: Lines) -> bool:
    """Return whether f did not change along the noise line, where x is so small that its size may not be f's scale."""
    still = lines.engine.noise_line.answered == 0 and lines.floor == FLOOR
    return still and lines.engine.typical < SMALL_SIZE


def change_scales(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin again on the scales that the phase asks for, or go on where they would not help."""
    if lines.phase == phases.SCALE_UP:
        lines.floor = 1.0 / lines.engine.typical
        measure_claims(lines, x, claimed)
        lines.phase = phases.NOISE
        begin_noise(lines.engine)
    elif lines.phase == phases.LEAVE_ZEROS:
        leave_zeros(lines, x, claimed)
    elif lines.phase == phases.OWN_SIZES:
        try_own_sizes(lines, x, claimed)
    else:
        look_at_zeros(lines, x, claimed)


def begin_again(lines: Lines, x: ConstVector, claimed: ConstVector, scales: int) -> None:
    """Begin again with random lines on other scales."""
    lines.scales = scales
    measure_claims(lines, x, claimed)
    forget_lines(lines)
    begin_lines(lines)


def leave_zeros(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin again without the coordinates that are exactly 0, where ReLU, |x| and their like have their kinks."""
    zeros = count_zeros(x, lines.engine.n)
    if 0 < zeros < lines.engine.n:
        begin_again(lines, x, claimed, WITHOUT_ZEROS)
    else:
        locate(lines)


def try_own_sizes(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin again with every coordinate on its own size, if that makes most of the claimed slopes disappear."""
    lines.own_size_tried = 1
    before = lines.norm
    lines.scales = OWN_SIZE
    measure_claims(lines, x, claimed)
    if before > UNLIKE * lines.norm:
        begin_again(lines, x, claimed, OWN_SIZE)
        return
    lines.scales = ABOVE_FLOOR
    measure_claims(lines, x, claimed)
    finish_search(lines)


def look_at_zeros(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Look at the coordinates that are exactly 0: each alone where they are few, else along lines through them."""
    lines.scales = ONLY_ZEROS
    lines.candidates.count = 0
    if count_zeros(x, lines.engine.n) <= CANDIDATES:
        for index in range(lines.engine.n):
            if widened(x[index]) == 0.0:
                add_candidate(lines, index)
        lines.phase = phases.CONFIRM
        begin_confirming(lines, x, claimed)
        return
    pool = lines.pool
    set_line(pool, 0, lines.engine.n, line_seed(lines.engine.seed, ZERO_LINES), 0)
    pool.seeds[1] = line_seed(lines.engine.seed, ZERO_LINES + 1)
    pool.best = lines.random_exponent
    begin_gap_lines(lines)
