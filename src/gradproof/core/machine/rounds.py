"""The engine: begin a check, ask for the next round of probes, tell their values, until the findings stand.

Reverse communication as in ARPACK: the engine decides which probes, the caller evaluates them, in whatever way.  One
contract for every mode: asking changes nothing, a part of a round may be told, and an engine knows what it is.
"""

from __future__ import annotations

from ..coordinates.rounds import take_round, write_round
from ..coordinates.start import start_coordinates
from ..coordinates.sweep import end_early, prepare
from ..noise.shown_arithmetic import note_values
from ..records.abi import Code, ConstIntegers, ConstReals, ConstVector, Integer, exported
from ..records.border import ConstOptions, Probes
from ..records.codes import BAD_ARGUMENT, DONE, MODE_AUTO, MODE_LINES, NO_ENGINE, NO_ROUND, TOO_MANY_VALUES
from ..records.engine import ENGINE_MARK, ROUND, ConstEngine, Engine, engine_words
from ..records.lines import Lines, lines_words
from ..records.memory import as_record, clear, holds_float32, is_null
from .line_rounds import settle_lines, take_lines_round, write_lines_round
from .line_start import borders_are_bad, clear_lines, start_lines
from .line_verdict import end_lines_early
from .options import chosen_mode, options_are_bad

# More coordinates, or blocks, than any memory has; the words for them are still counted without overflow.
LARGEST_COUNT = 1 << 48


@exported
def engine_size(n: Integer, blocks: Integer, options: ConstOptions) -> Integer:
    """Return how many 8-byte words a check needs: in proportion to n where every coordinate is tested, few along lines.

    Parameters
    ----------
    n : Integer
        Number of coordinates, at least 1.
    blocks : Integer
        Number of named blocks; 0 without names.
    options : ConstOptions
        The options of the check, of which mode and budget count here, or NULL for the defaults.

    Returns
    -------
    Integer
        Number of words, or GRADPROOF_BAD_ARGUMENT: also where no memory could hold so many.
    """
    if n < 1 or n > LARGEST_COUNT or blocks < 0 or blocks > LARGEST_COUNT:
        return BAD_ARGUMENT
    if not is_null(options) and options_are_bad(options):
        return BAD_ARGUMENT
    return lines_words(blocks) if chosen_mode(n, options) == MODE_LINES else engine_words(n)


@exported
def engine_start(
    engine: Engine,
    x: ConstVector,
    claimed: ConstVector,
    sizes: ConstReals,
    n: Integer,
    borders: ConstIntegers,
    blocks: Integer,
    options: ConstOptions,
) -> Code:
    """Begin a check in memory of the caller's own.

    Whatever the memory held before makes no difference.  Where the call is refused, it holds no check afterwards.

    Parameters
    ----------
    engine : Engine
        Memory of gradproof_engine_size(n, blocks, options) words.
    x : ConstVector
        The point, n finite values.
    claimed : ConstVector
        The gradient under test, n values; NaN and infinity are judged, not refused.
    sizes : ConstReals
        For a check along lines what gradproof_windows wrote for x; otherwise it may be NULL.
    n : Integer
        Number of coordinates, at least 1.
    borders : ConstIntegers
        Where the named blocks begin, from 0, and where the last one ends, n: blocks + 1 values; NULL without names.
    blocks : Integer
        Number of named blocks; 0 without names.
    options : ConstOptions
        Options, or NULL for the defaults; points are in float32 where x is, or where the options say so.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    engine.mark = 0
    if is_null(x) or is_null(claimed) or engine_size(n, blocks, options) < 0:
        return BAD_ARGUMENT
    mode = chosen_mode(n, options)
    if mode == MODE_LINES and is_null(sizes):
        return BAD_ARGUMENT
    if blocks > 0 and (is_null(borders) or borders_are_bad(borders, blocks, n)):
        return BAD_ARGUMENT
    clear(engine, engine.scratch)
    engine.mode = mode
    engine.n = n
    rtol = 0.0
    if not is_null(options):
        engine.float32 = 1 if options.float32 != 0 else 0
        engine.budget = options.budget
        engine.seed = options.seed
        engine.atol = options.atol
        rtol = options.rtol
    if holds_float32(x):
        engine.float32 = 1
    if mode == MODE_LINES:
        lines = as_record(engine, Lines)
        clear_lines(lines, borders, blocks)
        code = start_lines(lines, x, claimed, sizes, rtol)
    else:
        code = start_coordinates(engine, x, claimed, rtol)
    if code == DONE:
        engine.mark = ENGINE_MARK
    return code


def is_engine(engine: ConstEngine) -> bool:
    """Return whether memory holds a check that has been started."""
    return engine.mark == ENGINE_MARK and MODE_AUTO < engine.mode <= MODE_LINES


def blocks_asked_for(engine: ConstEngine, capacity: int) -> int:
    """Return the number of named blocks of a check, 0 where every coordinate is tested; or the code of a misuse."""
    if is_null(engine) or capacity < 0:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    return as_record(engine, Lines).block_count if engine.mode == MODE_LINES else 0


@exported
def ask(engine: Engine, probes: Probes, capacity: Integer) -> Integer:
    """Write the next round of probes: points that do not depend on each other and may be evaluated in any order.

    Asking does not move the check on: asking twice gives the same round.  The first round is the point x itself.

    Parameters
    ----------
    engine : Engine
        The check.
    probes : Probes
        Filled with the probes.
    capacity : Integer
        Number of probes that fit, at least GRADPROOF_ROUND.

    Returns
    -------
    Integer
        Number of probes; 0: the check is done; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE.
    """
    if is_null(engine) or is_null(probes) or capacity < ROUND:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    engine.skipped = 0
    if engine.mode == MODE_LINES:
        engine.asked = write_lines_round(as_record(engine, Lines), probes)
    else:
        engine.asked = write_round(engine, probes)
    return engine.asked


@exported
def skip(engine: Engine, count: Integer) -> Code:
    """Say how many of the values told next were not computed, because their points lie outside of bounds.

    Such values are NaN.  They are no evaluations, and the budget does not count them.  The call belongs between
    gradproof_ask and gradproof_tell; of several the last one counts.

    Parameters
    ----------
    engine : Engine
        The check.
    count : Integer
        Number of these values, at least 0.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE; GRADPROOF_NO_ROUND; GRADPROOF_TOO_MANY_VALUES where the round
        has fewer probes.
    """
    if is_null(engine) or count < 0:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    if engine.asked < 1:
        return NO_ROUND
    if count > engine.asked:
        return TOO_MANY_VALUES
    engine.skipped = count
    return DONE


@exported
def tell(
    engine: Engine, x: ConstVector, claimed: ConstVector, values: ConstReals, changes: ConstReals, count: Integer
) -> Code:
    """Take the values of the round that was asked for, in its order: all of them, or the first ones.

    The first ones are for a caller who must stop in the middle of a round.  They count as evaluations, but for those
    that gradproof_skip took out.  Where
    coordinates are tested one by one, what they prove stands, and the next round asks for the rest; along lines they
    are not enough, and the next round is the same one again.

    Parameters
    ----------
    engine : Engine
        The check.
    x, claimed : ConstVector
        As at its start.
    values : ConstReals
        f at every probe; NaN: a missing value (outside of the domain, an exception).
    changes : ConstReals
        For probes on long lines the change that the claim foretells, as gradproof_evaluate or gradproof_points wrote
        it; no other elements are read.  May be NULL in a check of every coordinate.
    count : Integer
        Number of values, at least 1: as many as gradproof_ask returned, or fewer; not fewer than were skipped.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_ARGUMENT; GRADPROOF_NO_ENGINE; GRADPROOF_NO_ROUND where no round has been asked for since the
        last one was told, or since the check was stopped; GRADPROOF_TOO_MANY_VALUES where the round has fewer probes.
    """
    if is_null(engine) or is_null(x) or is_null(claimed) or is_null(values) or count < 1:
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    along_lines = engine.mode == MODE_LINES
    if along_lines and is_null(changes):
        return BAD_ARGUMENT
    if engine.asked < 1:
        return NO_ROUND
    if count > engine.asked:
        return TOO_MANY_VALUES
    if engine.skipped > count:
        return BAD_ARGUMENT
    whole = count == engine.asked
    engine.asked = 0
    engine.rounds += 1
    engine.evaluations += count - engine.skipped
    engine.outside += engine.skipped
    engine.skipped = 0
    note_values(engine, values, count)
    if not along_lines:
        take_round(engine, values, count)
        prepare(engine)
    elif whole:
        lines = as_record(engine, Lines)
        take_lines_round(lines, values, changes)
        settle_lines(lines, x, claimed)
    return DONE


@exported
def stop(engine: Engine) -> Code:
    """End a check before its time: what is still open counts as untested, what is proved wrong stays wrong.

    Nothing more is asked for.  A check that is done stays as it is.

    Parameters
    ----------
    engine : Engine
        The check.

    Returns
    -------
    Code
        0, GRADPROOF_BAD_ARGUMENT, or GRADPROOF_NO_ENGINE.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    if not is_engine(engine):
        return NO_ENGINE
    engine.asked = 0
    engine.stopped = 1
    if engine.mode == MODE_LINES:
        end_lines_early(as_record(engine, Lines))
    else:
        end_early(engine)
    return DONE
