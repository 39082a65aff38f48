"""The beginning of a check: how much memory it needs, which input is refused, and its initial state."""

from __future__ import annotations

from ..coordinates.start import start_coordinates
from ..machine.line_start import clear_lines, start_lines
from ..machine.options import chosen_mode, take_options
from ..machine.sealing import LAYOUT, seal
from ..records.abi import Code, ConstReals, ConstVector, Integer, exported
from ..records.border import LARGEST_COUNT, ConstOptions, Options
from ..records.codes import BAD_N, DONE, MODE_LINES, NULL_CLAIMED, NULL_ENGINE, NULL_SIZES, NULL_X
from ..records.engine import ENGINE_MARK, OWN_MARK, Engine, engine_words
from ..records.lines import Lines, lines_words
from ..records.memory import as_record, clear, element_bytes, holds_float32, is_null, local_record


@exported
def engine_size(n: Integer, options: ConstOptions) -> Integer:
    """Return how many 8-byte words a check needs: in proportion to n where every coordinate is tested, few along lines.

    Parameters
    ----------
    n : Integer
        Number of coordinates, at least 1.
    options : ConstOptions
        The options of the check, of which mode, budget and blocks count here, or NULL for the defaults.

    Returns
    -------
    Integer
        Number of words; GRADPROOF_BAD_N, also where no memory could hold so many; or the code of an option that is
        refused.
    """
    own = local_record(Options)
    code = take_options(own, options, n)
    if n < 1 or n > LARGEST_COUNT:
        return BAD_N
    return words_for(n, own) if code == DONE else code


def words_for(n: int, options: Options) -> int:
    """Return how many words a check with these options needs."""
    return lines_words(options.blocks) if chosen_mode(n, options) == MODE_LINES else engine_words(n)


@exported
def engine_start(
    engine: Engine, x: ConstVector, claimed: ConstVector, sizes: ConstReals, n: Integer, options: ConstOptions
) -> Code:
    """Begin a check in memory of the caller's own.

    Whatever the memory held before makes no difference.  Where the call is refused, it holds no check afterwards.

    Parameters
    ----------
    engine : Engine
        Memory of gradproof_engine_size(n, options) words, aligned to 8 bytes.
    x, claimed, sizes, n, options
        As in gradproof_begin.

    Returns
    -------
    Code
        0; the code of a NULL pointer, of n, or of an option that is refused; GRADPROOF_X_NOT_FINITE.
    """
    if is_null(engine):
        return NULL_ENGINE
    engine.mark = 0
    own = local_record(Options)
    code = code_of_start(x, claimed, n)
    if code == DONE:
        code = take_options(own, options, n)
    if code == DONE and chosen_mode(n, own) == MODE_LINES and is_null(sizes):
        code = NULL_SIZES
    if code == DONE:
        code = begin_engine(engine, x, claimed, sizes, n, own)
    if code == DONE:
        engine.mark = ENGINE_MARK
        seal(engine)
    return code


def code_of_start(x: ConstVector, claimed: ConstVector, n: int) -> int:
    """Return the code of what a check cannot begin with; 0 where there is nothing."""
    if n < 1 or n > LARGEST_COUNT:
        return BAD_N
    if is_null(x):
        return NULL_X
    return NULL_CLAIMED if is_null(claimed) else DONE


def begin_engine(
    engine: Engine, x: ConstVector, claimed: ConstVector, sizes: ConstReals, n: int, options: Options
) -> int:
    """Begin a check with options that have been looked at; the engine is sealed by the caller, or never leaves it."""
    clear(engine, engine.scratch)
    engine.mode = chosen_mode(n, options)
    engine.n = n
    engine.layout = LAYOUT
    engine.words = words_for(n, options)
    engine.vectors = 8 * element_bytes(x)
    engine.float32 = 1 if holds_float32(x) else options.float32
    engine.budget = options.budget
    engine.seed = options.seed
    engine.atol = options.atol
    if engine.mode == MODE_LINES:
        lines = as_record(engine, Lines)
        clear_lines(lines, options.borders, options.blocks)
        code = start_lines(lines, x, claimed, sizes, options.rtol)
    else:
        code = start_coordinates(engine, x, claimed, options.rtol)
    if code == DONE:
        engine.mark = OWN_MARK
    return code
