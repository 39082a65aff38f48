"""What a verdict vouches for: where an error of some rtol would have been seen, and where not even a factor of 2.

A coordinate that agrees was *seen to rtol* where an error of ten tolerances would have been detected: rtol itself is
excused, ten times rtol must not pass.  A pair that settles a coordinate sees eight (evidence/decision.py), so that in
float64 all coordinates of an ordinary objective count.  It could be off by a factor of 2 *unseen* where its resolution
is larger than its claim.  Along lines the same is said of named blocks; without names all of x is one.
"""

from __future__ import annotations

import math

from ..evidence.scales import coordinate_size, largest_claim_in_units, tolerance
from ..lines.decision import drift
from ..records.abi import Integer, Reals, exported
from ..records.border import MOST_UNSEEN, Report
from ..records.codes import KINK_AT_POINT, MODE_LINES, VERDICT_RIGHT, is_acceptable
from ..records.engine import ConstEngine, Coordinate, Engine, coordinate_of
from ..records.floats import larger, smaller
from ..records.lines import Lines, block_of
from ..records.memory import as_record, is_null
from .sealing import blocks_asked_for

# An error of this many tolerances must not pass unseen.
SEEN_TOLERANCES = 10.0
# An error vector of so many bars is missed by four random lines with a probability of at most 3.4e-3; one of a single
# coordinate is missed by none from four on, because magnitudes are at least 1/2.
LIKELY_BARS = 10.0
SURE_BARS = 4.0
# A bar that holds rtol itself, and as much of noise: an error of ten bars is then one of twenty rtol.
BARS_OF_RTOL = 2.0
# Along the claim the slopes of a block add up, times magnitudes between 1/2 and 3/2: their sum scatters by 0.2887 of
# its norm, and four deviations are as good as certain.
SMALLEST_MAGNITUDE = 0.5
SCATTER = 4.0 * 0.2887


def is_unseen(coordinate: Coordinate) -> bool:
    """Return whether a claim that is accepted could be off by a factor of 2 unseen; a claim of 0 has no factor."""
    return is_acceptable(coordinate.cause) and coordinate.resolution > math.fabs(coordinate.claimed) > 0.0


def is_seen_to_rtol(engine: Engine, coordinate: Coordinate) -> bool:
    """Return whether an error of ten tolerances would have been seen in a coordinate, which is not unseen.

    Between the two slopes of a kink at x any claim is acceptable, whatever rtol is: the finding says so.  A claim of 0
    has no relative error: its resolution is compared with the tolerance of the largest component; where
    all claims are 0, with nothing beyond what the decision compared it with.
    """
    if not is_acceptable(coordinate.cause):
        return False
    # Most are seen to the relative error of the claim alone, and all else that may be allowed is added to it.
    own = engine.sweep.rtol * math.fabs(coordinate.claimed)
    if coordinate.cause == KINK_AT_POINT or coordinate.resolution <= SEEN_TOLERANCES * own:
        return True
    allowed = tolerance(engine, coordinate)
    if coordinate.claimed == 0.0:
        if engine.sweep.largest_claim == 0.0:
            return True
        allowed += engine.sweep.rtol * largest_claim_in_units(engine, coordinate_size(engine, coordinate.x))
    return coordinate.resolution <= SEEN_TOLERANCES * allowed


def vouch_for_coordinates(engine: ConstEngine, report: Report) -> None:
    """Fill in what a check of every coordinate vouches for."""
    seen = 0
    for index in range(engine.n):
        coordinate = coordinate_of(engine, index)
        if is_unseen(coordinate):
            note_unseen(engine, report, index)
        elif is_seen_to_rtol(engine, coordinate):
            seen += 1
    report.vouched = seen / engine.n


def note_unseen(engine: ConstEngine, report: Report, number: int) -> None:
    """Count a coordinate or a block that could be off by a factor of 2 unseen, and keep the worst ones."""
    report.unseen += 1
    if engine.mode == MODE_LINES and as_record(engine, Lines).named == 0:
        return
    worst = report.most_unseen
    factor = unseen_factor(engine, number)
    place = MOST_UNSEEN
    while place > 0 and (worst[place - 1] < 0 or factor > unseen_factor(engine, worst[place - 1])):
        place -= 1
        if place + 1 < MOST_UNSEEN:
            worst[place + 1] = worst[place]
    if place < MOST_UNSEEN:
        worst[place] = number


def unseen_factor(engine: ConstEngine, number: int) -> float:
    """Return how large an error of a coordinate, or common to a block, must be to be seen, relative to its claim."""
    if engine.mode == MODE_LINES:
        return factor_seen(as_record(engine, Lines), number)
    coordinate = coordinate_of(engine, number)
    return coordinate.resolution / math.fabs(coordinate.claimed)


def vouch_along_lines(lines: Lines, report: Report) -> None:
    """Fill in what a check along lines vouches for: nothing, unless its verdict is right."""
    if report.verdict != VERDICT_RIGHT:
        return
    seen = 0
    for number in range(lines.block_count):
        start, stop = block_range(lines, number)
        seen += stop - start if is_block_seen_to_rtol(lines, number) else 0
        if factor_seen(lines, number) > 1.0:
            note_unseen(lines.engine, report, number)
    report.vouched = seen / lines.engine.n


def block_range(lines: Lines, number: int) -> tuple[int, int]:
    """Return where a block begins and ends."""
    return block_of(lines, number).start, block_of(lines, number + 1).start


def block_measures(lines: Lines, number: int) -> tuple[float, float, float]:
    """Return the norm and the sum of the claim in a block, and the bar of random lines there."""
    block = block_of(lines, number)
    return block.norm, block.sum, smaller(block.bar, lines.random_bar) if block.bar > 0.0 else lines.random_bar


def is_block_seen_to_rtol(lines: Lines, number: int) -> bool:
    """Return whether an error of some rtol, relative to the norm of a block, would have been seen there.

    In a block of zeros it is relative to the norm of all of x; where that is 0, too, the decision compared the bar with
    what slopes are like.
    """
    norm, _, bar = block_measures(lines, number)
    reference = norm if norm > 0.0 else lines.norm
    return lines.random_lines > 0 and (reference == 0.0 or bar <= BARS_OF_RTOL * lines.engine.rtol * reference)


def factor_seen(lines: Lines, number: int) -> float:
    """Return the smallest error common to a block, relative to its claim, that lines would have seen.

    More than 1: all its claimed values could be twice what they should be.  0 for a block of zeros, or none at all.
    """
    norm, total, bar = block_measures(lines, number)
    start, stop = block_range(lines, number)
    factor = math.inf
    if norm > 0.0 and lines.random_lines > 0:
        factor = (SURE_BARS if stop - start == 1 else LIKELY_BARS) * bar / norm
    if norm > 0.0 and lines.aligned_lines > 0:
        shown = larger(SMALLEST_MAGNITUDE * total, total - SCATTER * norm)
        factor = smaller(aligned_threshold(lines) / shown, factor)
    block = block_of(lines, number)
    # Its own line says what it claims, and its bar may be used up against what is to be seen.
    if block.aligned_bar > 0.0:
        factor = smaller(2.0 * block.aligned_bar / block.claim, factor)
    return 0.0 if norm == 0.0 and factor == math.inf else factor


def aligned_threshold(lines: Lines) -> float:
    """Return the slope, beside the claimed one, that lines along the claim would certainly have seen.

    A bar of its own may be used up against it; where sums in float32 drift, what drifts is not called wrong.
    """
    return lines.aligned_bar + larger(lines.aligned_bar, drift(lines) * lines.sum)


@exported
def block_factors(engine: ConstEngine, factors: Reals, capacity: Integer) -> Integer:
    """Write how large an error common to a named block must be to be seen along lines.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    factors : Reals
        Filled with the smallest such error of each block, relative to its claimed values: more than 1 where all of them
        could be off by a factor of 2 unseen, 0 for a block of zeros; may be NULL.
    capacity : Integer
        Number of blocks that fit.

    Returns
    -------
    Integer
        Number of blocks, which may be larger than `capacity`, and 0 in a check of every coordinate or without names;
        GRADPROOF_BAD_CAPACITY; or what is wrong with the check.
    """
    count = blocks_asked_for(engine, capacity)
    lines = as_record(engine, Lines)
    for number in range(count if count < capacity else capacity):
        if not is_null(factors):
            factors[number] = factor_seen(lines, number)
    return count
