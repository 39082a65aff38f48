"""The engine for long vectors: ask for probes on long lines, tell their values, until the verdict stands."""

from __future__ import annotations

import math

from .abi import Code, ConstIntegers, ConstReals, ConstVector, Integer, exported
from .candidates import add_candidate, gather
from .codes import BAD_ARGUMENT, DONE, WRONG_ORDER
from .directions import WINDOW, typical_size, window_count
from .engine import options_are_bad
from .floats import widened
from .lineflow import lines_asked, settle_lines, take_lines_round, write_lines_round
from .lineoutcome import end_lines_early
from .linestart import begin_header, borders_are_bad, clear_lines, measure_claims
from .linestate import LINES_CONFIRM, LINES_DONE, Lines, lines_words
from .memory import as_record, holds_float32, is_null
from .norms import are_finite
from .scales import DEFAULT_RTOL
from .state import ROUND, Engine
from .structs import ConstOptions, Probes

# Of claims that are no numbers so many are looked at alone: one would do.
MOST_UNFIT = 8


@exported
def lines_size(blocks: Integer) -> Integer:
    """Return the number of 8-byte words that a check by lines keeps, however long x is.

    Parameters
    ----------
    blocks : Integer
        Number of named blocks, 0 or more.

    Returns
    -------
    Integer
        Words for gradproof_lines_start, or GRADPROOF_BAD_ARGUMENT.
    """
    if blocks < 0:
        return BAD_ARGUMENT
    return lines_words(blocks)


@exported
def lines_start(
    engine: Engine,
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    n: Integer,
    borders: ConstIntegers,
    blocks: Integer,
    options: ConstOptions,
) -> Code:
    """Begin a check by lines in memory of the caller's own, of gradproof_lines_size(blocks) words.

    Parameters
    ----------
    engine : Engine
        Memory for the check; it holds no pointer and may be moved or saved between two calls.
    x : ConstVector
        The point, n finite values; the same at every call of this check.
    claimed : ConstVector
        The gradient under test, n values.
    sizes : ConstReals
        What gradproof_windows wrote for x.
    n : Integer
        Number of coordinates, at least 1.
    borders : ConstIntegers
        Where the named blocks begin, from 0, and where the last one ends, n: blocks + 1 values; NULL without names.
    blocks : Integer
        Number of named blocks.
    options : ConstOptions
        Options, or NULL for the defaults; the arithmetic of the points is that of x.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or is_null(x) or is_null(claimed) or is_null(sizes) or n < 1 or blocks < 0:
        return BAD_ARGUMENT
    if blocks > 0 and (is_null(borders) or borders_are_bad(borders, blocks, n)):
        return BAD_ARGUMENT
    if not is_null(options) and options_are_bad(options):
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    clear_lines(lines, blocks)
    lines.n = n
    lines.block_count = blocks
    lines.float32 = 1 if holds_float32(x) else 0
    if not is_null(options):
        lines.budget = options.budget
        lines.seed = options.seed
        lines.chosen_rtol = options.rtol
    lines.rtol = lines.chosen_rtol if lines.chosen_rtol > 0.0 else DEFAULT_RTOL
    begin_header(lines)
    for window in range(window_count(n)):
        start = window * WINDOW
        stop = start + WINDOW if start + WINDOW < n else n
        if not are_finite(x, start, stop):
            return BAD_ARGUMENT
        if not are_finite(claimed, start, stop):
            note_unfit_claims(lines, claimed, start, stop)
    lines.typical_x = typical_size(sizes, window_count(n))
    measure_claims(lines, x, claimed, sizes, borders)
    return DONE


def note_unfit_claims(lines: Lines, claimed: ConstVector, start: int, stop: int) -> None:
    """Count the claimed values that are no numbers, and look at the first of them alone later."""
    for index in range(start, stop):
        if not math.isfinite(widened(claimed[index])):
            lines.unfit_claims += 1
            if lines.unfit_claims <= MOST_UNFIT:
                add_candidate(lines, index)


@exported
def lines_ask(engine: Engine, x: ConstVector, claimed: ConstVector, probes: Probes, capacity: Integer) -> Integer:
    """Write the next round of probes: points that do not depend on each other and may be evaluated in any order.

    Parameters
    ----------
    engine : Engine
        The check.
    x, claimed : ConstVector
        As at its start.
    probes : Probes
        Filled with the probes.
    capacity : Integer
        Number of probes that fit, at least GRADPROOF_ROUND.

    Returns
    -------
    Integer
        Number of probes; 0: the check is done; GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or is_null(x) or is_null(claimed) or is_null(probes) or capacity < ROUND:
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    settled = False
    while not settled:
        if lines.phase == LINES_CONFIRM and lines.confirming == 0:
            gather(lines, x, claimed)
        settled = settle_lines(lines)
    count = write_lines_round(lines, probes)
    lines.asked = count
    return count


@exported
def lines_tell(engine: Engine, values: ConstReals, changes: ConstReals, count: Integer) -> Code:
    """Take the values of the round that was asked last, in its order.

    Parameters
    ----------
    engine : Engine
        The check.
    values : ConstReals
        f at every probe; NaN: a missing value (outside of the domain, an exception).
    changes : ConstReals
        The change that the claim foretells for each probe on a long line, as gradproof_evaluate or gradproof_points
        wrote it; of no meaning for other probes.
    count : Integer
        Number of values, as gradproof_lines_ask returned it.

    Returns
    -------
    Code
        0, GRADPROOF_BAD_ARGUMENT, or GRADPROOF_WRONG_ORDER where no round was asked or the count is another.
    """
    if is_null(engine) or is_null(values) or is_null(changes):
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    if count < 1 or count != lines.asked or count != lines_asked(lines):
        return WRONG_ORDER
    lines.asked = 0
    lines.rounds += 1
    take_lines_round(lines, values, changes, count)
    return DONE


@exported
def lines_stop(engine: Engine, unused: Integer) -> Code:
    """Ask no further: what disagrees clearly stays wrong, what was not tested is not called right.

    Parameters
    ----------
    engine : Engine
        The check.
    unused : Integer
        Number of evaluations of a round that was broken off, which count but could not be used.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or unused < 0:
        return BAD_ARGUMENT
    lines = as_record(engine, Lines)
    lines.evaluations += unused
    lines.stopped = 1
    if lines.phase != LINES_DONE:
        end_lines_early(lines)
    return DONE
