"""Lines on other scales: where f does not move, where its kinks are at zeros of x, where sizes differ too much."""

from __future__ import annotations

from ..lines import phases
from ..lines.arrays import begin_arrays
from ..lines.decision import is_small
from ..lines.gaps import COARSE
from ..lines.norms import count_zeros, floor_in_window, scaled_slope
from ..lines.plan import begin_lines
from ..lines.rungs import set_line
from ..noise.noise_line import begin_noise
from ..points.directions import ABOVE_FLOOR, ONLY_ZEROS, OWN_SIZE, WITHOUT_ZEROS, scales_of, window_count, window_ends
from ..points.seeds import ZERO_LINES, line_seed
from ..records.abi import ConstVector
from ..records.floats import widened
from ..records.lines import SAMPLED, Lines, evaluations_left
from ..records.sums import remainder
from ..search.candidates import add_candidate, begin_confirming
from ..search.forgetting import forget_lines
from .line_start import measure_claims
from .line_weighing import accept_seen, begin_gap_lines, locate

# A kink at x takes some forty evaluations at most: more coordinates than these are not looked at alone; twice as many
# where lines through them disagree, if the budget allows it.
KINK_EVALUATIONS = 40
MOST_ALONE = 16
MOST_IN_DOUBT = 32


def does_not_move(lines: Lines) -> bool:
    """Return whether f did not change along the noise line, where that may be because x is small."""
    return lines.engine.noise_line.answered == 0 and is_small(lines)


def change_scales(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin again on the scales that the phase asks for, or go on where they would not help."""
    if lines.phase == phases.SCALE_UP:
        lines.floor = 1.0 / lines.engine.typical
        lines.engine.typical = 1.0
        lines.engine.still = 1
        measure_claims(lines, x, claimed)
        lines.phase = phases.NOISE
        begin_noise(lines.engine, lines.engine.n)
    elif lines.phase == phases.LEAVE_ZEROS:
        leave_zeros(lines, x, claimed)
    elif lines.scales == OWN_SIZE:
        look_at_small(lines, x, claimed)
    else:
        look_at_zeros(lines, x, claimed)


def begin_without_zeros(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin again with random lines that leave out the coordinates that are exactly 0."""
    lines.scales = WITHOUT_ZEROS
    measure_claims(lines, x, claimed)
    forget_lines(lines)
    begin_lines(lines)


def leave_zeros(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin again without the coordinates that are exactly 0, where ReLU, |x| and their like have their kinks.

    First the blocks with them, along their claims: some may have nothing but zeros, as the biases of a new network.
    Where there are no zeros, lines that agree have said what they can.
    """
    if not 0 < count_zeros(x, lines.engine.n) < lines.engine.n:
        if lines.failed.gap == COARSE:
            accept_seen(lines)
        else:
            locate(lines)
    elif not begin_arrays(lines):
        begin_without_zeros(lines, x, claimed)


def look_at_small(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Look alone at the coordinates because of which all keep to their own sizes: the first ones of them."""
    lines.candidates.count = 0
    add_small(lines, x, claimed)
    confirm(lines, x, claimed)


def add_small(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Put the first coordinates on the list whose slopes, on scales above the floor, are larger than all others."""
    for window in range(window_count(lines.engine.n)):
        start, stop = window_ends(lines.engine.n, window)
        scales = scales_of(ABOVE_FLOOR, floor_in_window(lines, x, window))
        for index in range(start, stop):
            if scaled_slope(x, claimed, scales, index) > lines.norm and lines.candidates.count < MOST_ALONE:
                add_candidate(lines, index)


def look_at_zeros(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Look at the coordinates that are exactly 0: along lines through them, or alone.

    Alone where they are few, or where lines through them disagree, because a kink excuses any slope between its sides;
    only some of them where they are many: what kinks hide is known all the same.
    """
    zeros = count_zeros(x, lines.engine.n)
    if zeros > MOST_ALONE and lines.scales != ONLY_ZEROS:
        lines.scales = ONLY_ZEROS
        if zeros > MOST_IN_DOUBT or KINK_EVALUATIONS * zeros > evaluations_left(lines):
            lines.left_out = SAMPLED
        begin_zero_lines(lines)
        return
    lines.scales = ONLY_ZEROS
    lines.disagreed = 0
    lines.candidates.count = 0
    add_zeros(lines, x, zeros, MOST_ALONE if lines.left_out == SAMPLED else zeros)
    confirm(lines, x, claimed)


def add_zeros(lines: Lines, x: ConstVector, zeros: int, most: int) -> None:
    """Put the coordinates on the list that are exactly 0, or so many of them, at equal distances."""
    seen = 0
    for index in range(lines.engine.n):
        if widened(x[index]) == 0.0:
            if remainder(seen * most, zeros) < most:
                add_candidate(lines, index)
            seen += 1


def begin_zero_lines(lines: Lines) -> None:
    """Begin two lines over the coordinates that are exactly 0, towards the mean of their left and right slopes."""
    pool = lines.pool
    set_line(pool, 0, lines.engine.n, line_seed(lines.engine.seed, ZERO_LINES), 0)
    pool.seeds[1] = line_seed(lines.engine.seed, ZERO_LINES + 1)
    pool.best = lines.random_exponent
    begin_gap_lines(lines)


def confirm(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Begin the check of the candidates, each alone."""
    lines.phase = phases.CONFIRM
    begin_confirming(lines, x, claimed)
