"""The engine for long vectors: ask for probes on long lines, tell their values, until the verdict stands."""

from __future__ import annotations

import math

from .abi import (
    Code,
    ConstEngine,
    ConstIntegers,
    ConstOptions,
    ConstReals,
    ConstVector,
    Engine,
    Findings,
    Integer,
    Integers,
    Probes,
    Reals,
    Report,
    exported,
)
from .candidates import add_candidate, candidate_cause, gather
from .codes import ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64, BAD_ARGUMENT, DONE, UNTESTED, WRONG_ORDER
from .directions import WINDOW, typical_size, window_count
from .engine import options_are_bad
from .floats import larger, widened
from .lineflow import lines_asked, settle_lines, take_lines_round, write_lines_round
from .lineoutcome import end_lines_early
from .lineresult import write_lines_findings, write_lines_report
from .linestate import (
    BLOCK_BAR,
    BLOCK_COUNT,
    BLOCK_NORM,
    BLOCK_START,
    BLOCK_SUM,
    CANDIDATE_COUNT,
    CANDIDATE_INDICES,
    CHOSEN_RTOL,
    IS_CONFIRMING,
    IS_FLOAT32,
    LENGTH,
    LINE_ASKED,
    LINE_BUDGET,
    LINE_EVALUATIONS,
    LINE_HEADER_WORDS,
    LINE_PHASE,
    LINE_ROUNDS,
    LINE_RTOL,
    LINE_SEED,
    LINE_STOPPED,
    LINES,
    LINES_CONFIRM,
    LINES_DONE,
    SLOPE_NORM,
    SLOPE_SUM,
    SMALLEST_TOLERANCE,
    TYPICAL_SLOPE,
    TYPICAL_X,
    UNFIT_CLAIMS,
    block_place,
    lines_words,
)
from .memory import as_reals, holds_float32, is_null, offset
from .norms import are_finite, is_in_float32, typical_slope, write_norms
from .scales import DEFAULT_RTOL, UNIT_FLOAT32, UNIT_FLOAT64
from .state import ARITHMETIC, FLOAT32, HEADER_WORDS, PAIRS, ROUND, SEED, UNIT
from .structs import OPTIONS_BUDGET, OPTIONS_RTOL, OPTIONS_SEED

# Rounding of the claimed gradient itself, relative to its norm.
ROUNDING = 1e-13
ROUNDING_FLOAT32 = 1.5e-7


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
    if blocks > 0 and is_null(borders):
        return BAD_ARGUMENT
    if not is_null(options) and options_are_bad(options):
        return BAD_ARGUMENT
    clear_lines(engine, blocks)
    reals = as_reals(engine)
    engine[LENGTH] = n
    engine[BLOCK_COUNT] = blocks
    engine[IS_FLOAT32] = 1 if holds_float32(x) else 0
    if not is_null(options):
        engine[LINE_BUDGET] = options[OPTIONS_BUDGET]
        engine[LINE_SEED] = options[OPTIONS_SEED]
        reals[CHOSEN_RTOL] = as_reals(options)[OPTIONS_RTOL]
    reals[LINE_RTOL] = reals[CHOSEN_RTOL] if reals[CHOSEN_RTOL] > 0.0 else DEFAULT_RTOL
    begin_header(engine, reals)
    for window in range(window_count(n)):
        start = window * WINDOW
        stop = start + WINDOW if start + WINDOW < n else n
        if not are_finite(x, start, stop):
            return BAD_ARGUMENT
        if not are_finite(claimed, start, stop):
            note_unfit_claims(engine, claimed, start, stop)
    reals[TYPICAL_X] = typical_size(sizes, window_count(n))
    measure_claims(engine, reals, x, claimed, sizes, borders)
    return DONE


def note_unfit_claims(engine: Engine, claimed: ConstVector, start: int, stop: int) -> None:
    """Count the claimed values that are no numbers, and look at the first of them alone later."""
    for index in range(start, stop):
        if not math.isfinite(widened(claimed[index])):
            engine[UNFIT_CLAIMS] += 1
            add_candidate(engine, index)


def clear_lines(engine: Engine, blocks: int) -> None:
    """Set the words that are read before they are written."""
    for word in range(HEADER_WORDS):
        engine[word] = 0
    for word in range(LINE_HEADER_WORDS):
        engine[LINES + word] = 0
    for number in range(blocks + 1):
        engine[block_place(number) + BLOCK_BAR] = 0


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
    reals = as_reals(engine)
    settled = False
    while not settled:
        if engine[LINE_PHASE] == LINES_CONFIRM and engine[IS_CONFIRMING] == 0:
            gather(engine, x, claimed)
        settled = settle_lines(engine, reals)
    count = write_lines_round(engine, reals, probes)
    engine[LINE_ASKED] = count
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
    if count < 1 or count != engine[LINE_ASKED] or count != lines_asked(engine):
        return WRONG_ORDER
    engine[LINE_ASKED] = 0
    engine[LINE_ROUNDS] += 1
    take_lines_round(engine, as_reals(engine), values, changes, count)
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
    engine[LINE_EVALUATIONS] += unused
    engine[LINE_STOPPED] = 1
    if engine[LINE_PHASE] != LINES_DONE:
        end_lines_early(engine, as_reals(engine))
    return DONE


@exported
def lines_result(engine: ConstEngine, report: Report, findings: Findings, capacity: Integer) -> Code:
    """Write what the check has found so far; may be called at any time, and more than once.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    report : Report
        Filled with verdict, counts and figures; `report->findings` says how many findings there are.
    findings : Findings
        Filled with the findings: first the coordinates that were confirmed, in their order, then the longer lines; at
        most `capacity`; may be NULL.
    capacity : Integer
        Number of findings that fit.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or is_null(report):
        return BAD_ARGUMENT
    write_lines_report(engine, report)
    if not is_null(findings):
        write_lines_findings(engine, findings, capacity)
    return DONE


@exported
def lines_candidates(engine: ConstEngine, indices: Integers, causes: Integers, capacity: Integer) -> Integer:
    """Write which single coordinates were looked at alone, and what was found.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    indices : Integers
        Filled with the coordinates in their order, at most `capacity`; may be NULL.
    causes : Integers
        Filled with their causes; may be NULL.
    capacity : Integer
        Number of coordinates that fit.

    Returns
    -------
    Integer
        Number of coordinates, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    if engine[IS_CONFIRMING] == 0:
        return 0
    count = engine[CANDIDATE_COUNT]
    for number in range(count if count < capacity else capacity):
        cause = candidate_cause(engine, number)
        if not is_null(indices):
            indices[number] = engine[CANDIDATE_INDICES + number]
        if not is_null(causes):
            causes[number] = cause if cause > UNTESTED else UNTESTED
    return count


@exported
def lines_blocks(engine: ConstEngine, norms: Reals, bars: Reals) -> Code:
    """Write what is known of the named blocks.

    Parameters
    ----------
    engine : ConstEngine
        The check.
    norms : Reals
        Filled with the norm of the claimed gradient in each block, every coordinate in its scale; may be NULL.
    bars : Reals
        Filled with the error bar of lines over each block alone, 0 where there were none; may be NULL.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    reals = as_reals(engine)
    for number in range(engine[BLOCK_COUNT]):
        if not is_null(norms):
            norms[number] = reals[block_place(number) + BLOCK_NORM]
        if not is_null(bars):
            bars[number] = reals[block_place(number) + BLOCK_BAR]
    return DONE
