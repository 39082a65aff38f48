"""The walk over the rungs of a ladder, to the one with the smallest error bar.

Several lines have pooled bars, one alone has bars of its own.  The walk is gone through anew after each rung: it
depends on the rungs alone.
"""

from __future__ import annotations

import math

from ..records.floats import smaller
from ..records.lines import FINISHED, HIGHEST_EXPONENT, MOST_HALVINGS, LineLadder, Lines
from .decision import mean_gap
from .gaps import next_gap_rung
from .pooled_bars import pooled_noise, pooled_rest
from .rungs import RUNG, has_rung, is_coarse, is_step, missing_rung, residual_at
from .single_bars import inner_rest, single_noise, single_rest

# The walk ends where the bar has risen so often in a row.
POOLED_RISES = 2
SINGLE_RISES = 3


def is_pooled(ladder: LineLadder) -> bool:
    """Return whether several lines share the ladder."""
    return ladder.line_count > 1


def noise_at(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the part of the error bar at a rung that noise makes."""
    return pooled_noise(lines, exponent) if is_pooled(ladder) else single_noise(lines, exponent)


def rest_at(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the part of the error bar at a rung that kinks and curvature make."""
    return pooled_rest(lines, ladder, exponent) if is_pooled(ladder) else single_rest(lines, ladder, exponent)


def bar_at(lines: Lines, ladder: LineLadder, exponent: int) -> float:
    """Return the error bar of the residual slopes at a rung."""
    return noise_at(lines, ladder, exponent) + rest_at(lines, ladder, exponent)


def walk(lines: Lines, ladder: LineLadder) -> None:
    """Decide which rung is wanted next; where none is, note what the best one says."""
    wanted = next_rung(lines, ladder)
    if ladder.taken >= ladder.most:
        wanted = FINISHED
    if wanted == FINISHED:
        note_best(lines, ladder)
        if not is_pooled(ladder):
            wanted = next_gap_rung(lines, ladder)
    ladder.wanted = wanted


def walk_ladders(lines: Lines) -> None:
    """Decide the same for all ladders of single lines that wanted a rung."""
    for number in range(MOST_HALVINGS):
        if lines.halvings[number].ladder.wanted != FINISHED:
            walk(lines, lines.halvings[number].ladder)


def next_rung(lines: Lines, ladder: LineLadder) -> int:
    """Walk from the first rung to where the bar falls; return the first rung on the way that is missing."""
    first = ladder.first
    wanted = missing_rung(ladder, first)
    if wanted != FINISHED or bar_at(lines, ladder, first) <= ladder.target:
        return wanted
    if is_pooled(ladder) and is_step(lines, first + 2 * RUNG):
        wanted = missing_rung(ladder, first + RUNG)
        if wanted != FINISHED:
            return wanted
    return walk_on(lines, ladder, RUNG if leads_outwards(lines, ladder) else -RUNG)


def leads_outwards(lines: Lines, ladder: LineLadder) -> bool:
    """Return whether the bar falls towards larger steps; a line alone takes no rung to see it."""
    first = ladder.first
    if is_pooled(ladder):
        return bar_at(lines, ladder, first + RUNG) < bar_at(lines, ladder, first)
    return single_noise(lines, first) > inner_rest(ladder, first)


def walk_on(lines: Lines, ladder: LineLadder, direction: int) -> int:
    """Walk on until the bar is good enough or rises; return the first rung on the way that is missing."""
    best = bar_at(lines, ladder, ladder.first)
    rises = 0
    exponent = ladder.first + direction
    while is_step(lines, exponent) and is_step(lines, exponent + RUNG):
        # In float32 a pooled bar may be small by chance: the next larger rung has its say.
        outer = exponent + 2 * RUNG
        if is_pooled(ladder) and is_coarse(lines) and is_step(lines, outer) and not has_rung(ladder, outer):
            return outer
        wanted = missing_rung(ladder, exponent)
        if wanted != FINISHED:
            # Where noise alone is more than the least bar, nothing is to be gained.
            return FINISHED if is_pooled(ladder) and pooled_noise(lines, exponent) > best else wanted
        bar = bar_at(lines, ladder, exponent)
        # Where all bars are infinite, a line alone walks on, in search of steps at which f is finite.
        rises = rises + 1 if bar > best or (is_pooled(ladder) and not bar < best) else 0
        best = smaller(bar, best)
        if best <= ladder.target or is_past_best(lines, ladder, exponent, direction, rises):
            return FINISHED
        exponent += direction
    return FINISHED


def is_past_best(lines: Lines, ladder: LineLadder, exponent: int, direction: int, rises: int) -> bool:
    """Return whether smaller bars are no longer to be expected in this direction."""
    if is_pooled(ladder):
        return rises >= POOLED_RISES
    noise = single_noise(lines, exponent)
    is_noisy = noise > bar_at(lines, ladder, exponent) - noise
    ends = rises > 0 and not is_noisy if direction > 0 else is_noisy
    return ends or rises >= SINGLE_RISES


def note_best(lines: Lines, ladder: LineLadder) -> None:
    """Note the rung with the smallest bar, and what it says."""
    ladder.bar = math.inf
    ladder.noise = math.inf
    ladder.rest = math.inf
    ladder.residual = math.nan
    exponent = HIGHEST_EXPONENT - RUNG - ((HIGHEST_EXPONENT - ladder.first) & 1)
    while is_step(lines, exponent):
        if missing_rung(ladder, exponent) == FINISHED:
            noise = noise_at(lines, ladder, exponent)
            rest = rest_at(lines, ladder, exponent)
            # Both sides move by steps that differ by a rounding of x: so much of the gap is none of the slope.
            bar = noise + rest + lines.engine.unit * mean_gap(ladder, exponent)
            if bar < ladder.bar:
                ladder.best = exponent
                ladder.bar = bar
                ladder.noise = noise
                ladder.rest = rest if is_pooled(ladder) else ladder.bar - noise
                ladder.residual = residual_at(ladder, exponent, 0)
        exponent -= RUNG
    ladder.mean_bar = ladder.bar
