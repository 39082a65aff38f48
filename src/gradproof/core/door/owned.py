"""Checks on memory of the library's own: begun, taken up again from where they were saved, and given back."""

from __future__ import annotations

from ..machine.sealing import LAYOUT, LEAST_WORDS, taken_up
from ..points.directions import first_not_finite_in
from ..records.abi import Codes, ConstReals, ConstVector, ConstWords, Integer, Words, exported, never_inlined
from ..records.border import ConstOptions
from ..records.codes import DONE, NO_ENGINE, NULL_ENGINE, OTHER_VERSION, OUT_OF_MEMORY
from ..records.engine import ENGINE_MARK, Engine
from ..records.memory import allocate_words, as_record, copy_bytes, is_null, null_words, release
from ..records.record import WORD
from .start import engine_size, engine_start


@exported
def begin(
    x: ConstVector, claimed: ConstVector, sizes: ConstReals, n: Integer, options: ConstOptions, code: Codes
) -> Engine:
    """Begin a check in memory of the library's own; gradproof_end frees it.

    Of the options, those of gradproof_check alone (bounds, time limit, threads, progress) are not used in rounds.

    Parameters
    ----------
    x : ConstVector
        The point, n finite values.
    claimed : ConstVector
        The gradient under test, n values; NaN and infinity are judged, not refused.
    sizes : ConstReals
        For a check along lines what gradproof_windows wrote for x; otherwise it may be NULL.
    n : Integer
        Number of coordinates, at least 1.
    options : ConstOptions
        Options, or NULL for the defaults; points are in float32 where x is, or where the options say so.
    code : Codes
        Filled with 0; the code of a NULL pointer, of n, or of an option that is refused; GRADPROOF_X_NOT_FINITE; or
        GRADPROOF_OUT_OF_MEMORY; may be NULL.

    Returns
    -------
    Engine
        The check, or NULL; `code` says why.
    """
    words = null_words()
    outcome = engine_size(n, options)
    if outcome > 0:
        words = allocate_words(outcome)
        outcome = OUT_OF_MEMORY
        if not is_null(words):
            outcome = engine_start(as_record(words, Engine), x, claimed, sizes, n, options)
    return handed_out(words, outcome, code)


@never_inlined
def handed_out(words: Words, outcome: int, code: Codes) -> Engine:
    """Return the check that was begun, or NULL where something is wrong, and say what."""
    if not is_null(code):
        code[0] = outcome
    if outcome != DONE and not is_null(words):
        release(words)
        words = null_words()
    return as_record(words, Engine)


@exported
def resume(saved: ConstWords, words: Integer, code: Codes) -> Engine:
    """Take up a check that was saved, in memory of the library's own; gradproof_end frees it.

    The memory of a check is all that there is to be saved: gradproof_engine_size(n, options) words of 8 bytes, copied
    between two calls.  They carry a version and checksums, which are verified here.  Only a library with the same
    layout of this memory, on a machine with the same order of bytes, takes them up.

    Parameters
    ----------
    saved : ConstWords
        The copy.
    words : Integer
        Number of its words.
    code : Codes
        Filled with 0, GRADPROOF_NULL_ENGINE, GRADPROOF_NO_ENGINE, GRADPROOF_OTHER_VERSION (also where words are
        missing), GRADPROOF_DAMAGED, or GRADPROOF_OUT_OF_MEMORY; may be NULL.

    Returns
    -------
    Engine
        The check, or NULL; `code` says why.
    """
    copied = null_words()
    outcome = code_of_saved(saved, words)
    if outcome == DONE:
        count = as_record(saved, Engine).words
        copied = allocate_words(count)
        outcome = OUT_OF_MEMORY
        if not is_null(copied):
            copy_bytes(copied, saved, WORD * count)
            outcome = taken_up(as_record(copied, Engine))
    return handed_out(copied, outcome, code)


def code_of_saved(saved: ConstWords, words: int) -> int:
    """Return the code of a copy that cannot be that of a check of this library; 0 where it can."""
    if is_null(saved):
        return NULL_ENGINE
    # The mark is the first word: where there are fewer than any check has, the rest of the record is not there.
    if words < 1 or saved[0] != ENGINE_MARK:
        return NO_ENGINE
    if words < LEAST_WORDS:
        return OTHER_VERSION
    engine = as_record(saved, Engine)
    return DONE if engine.layout == LAYOUT and LEAST_WORDS <= engine.words <= words else OTHER_VERSION


@exported
def end(engine: Engine) -> None:
    """Free what gradproof_begin or gradproof_resume returned; NULL is harmless.

    Parameters
    ----------
    engine : Engine
        The check, or NULL.
    """
    if not is_null(engine):
        release(engine)


@exported
def first_not_finite(x: ConstVector, n: Integer) -> Integer:
    """Return the index of the first element that is NaN or infinite.

    Parameters
    ----------
    x : ConstVector
        n values.
    n : Integer
        Number of elements.

    Returns
    -------
    Integer
        The index; -1 where all are finite, also where there are none, or x is NULL.
    """
    return -1 if n < 0 or is_null(x) else first_not_finite_in(x, n)
