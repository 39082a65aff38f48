"""The engine: ask for the next round of probes, tell their values, until the findings stand.

Reverse communication as in ARPACK: the engine decides which probes, the caller evaluates them, in whatever way.
"""

from __future__ import annotations

import math

from .abi import Code, ConstReals, Integer, exported
from .codes import ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64, BAD_ARGUMENT, DONE, MODE_AUTO, MODE_LINES, WRONG_ORDER
from .directions import typical_size
from .memory import clear, is_null
from .phases import begin_sweep, end_early, prepare
from .record import WORD, words_of
from .rounds import asked, take_round, write_round
from .scales import DEFAULT_RTOL, UNIT_FLOAT32, UNIT_FLOAT64, largest_claims
from .state import PHASE_AT_X, ROUND, Engine, engine_words
from .structs import ConstOptions, Options, Probes

OPTIONS_BYTES = words_of(Options) * WORD


@exported
def options_default(options: Options) -> Code:
    """Fill in the defaults: no budget, seed 0, float64 points, the default tolerance.

    Parameters
    ----------
    options : Options
        Filled, its size included.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(options):
        return BAD_ARGUMENT
    options.size = OPTIONS_BYTES
    options.budget = 0
    options.seed = 0
    options.float32 = 0
    options.rtol = 0.0
    options.mode = MODE_AUTO
    return DONE


@exported
def engine_size(n: Integer) -> Integer:
    """Return the number of 8-byte words that a check of n coordinates keeps.

    Parameters
    ----------
    n : Integer
        Number of coordinates, at least 1.

    Returns
    -------
    Integer
        Words for gradproof_engine_start, or GRADPROOF_BAD_ARGUMENT.
    """
    if n < 1:
        return BAD_ARGUMENT
    return engine_words(n)


def options_are_bad(options: ConstOptions) -> bool:
    """Return whether an option is out of its range."""
    if options.size != OPTIONS_BYTES or options.budget < 0:
        return True
    if options.mode < MODE_AUTO or options.mode > MODE_LINES:
        return True
    return not (options.rtol >= 0.0 and options.rtol < 1.0)


@exported
def engine_start(engine: Engine, x: ConstReals, claimed: ConstReals, n: Integer, options: ConstOptions) -> Code:
    """Begin a check in memory of the caller's own, of gradproof_engine_size(n) words.

    Parameters
    ----------
    engine : Engine
        Memory for the check; it holds no pointer and may be moved or saved between two calls.
    x : ConstReals
        The point, n finite values; the same at every call of this check.
    claimed : ConstReals
        The gradient under test, n values; NaN is judged, not refused.
    n : Integer
        Number of coordinates, at least 1.
    options : ConstOptions
        Options, or NULL for the defaults.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine) or is_null(x) or is_null(claimed) or n < 1:
        return BAD_ARGUMENT
    for index in range(n):
        if not math.isfinite(x[index]):
            return BAD_ARGUMENT
    clear(engine, engine.scratch)
    engine.n = n
    engine.phase = PHASE_AT_X
    engine.rtol = DEFAULT_RTOL
    if not is_null(options):
        if options_are_bad(options):
            return BAD_ARGUMENT
        engine.budget = options.budget
        engine.seed = options.seed
        engine.float32 = options.float32
        engine.rtol = options.rtol if options.rtol > 0.0 else DEFAULT_RTOL
    float32 = engine.float32 != 0
    engine.arithmetic = ARITHMETIC_FLOAT32 if float32 else ARITHMETIC_FLOAT64
    engine.unit = UNIT_FLOAT32 if float32 else UNIT_FLOAT64
    engine.value = math.nan
    engine.typical = typical_size(x, n)
    largest_claims(engine, x, claimed, n)
    begin_sweep(engine)
    engine.phase = PHASE_AT_X
    return DONE


@exported
def ask(engine: Engine, x: ConstReals, claimed: ConstReals, probes: Probes, capacity: Integer) -> Integer:
    """Write the next round of probes: points that do not depend on each other and may be evaluated in any order.

    Asking twice gives the same round.  The first round is the point x itself.

    Parameters
    ----------
    engine : Engine
        The check.
    x, claimed : ConstReals
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
    count = write_round(engine, x, claimed, probes)
    engine.asked = count
    return count


@exported
def tell(engine: Engine, x: ConstReals, claimed: ConstReals, values: ConstReals, count: Integer) -> Code:
    """Take the values of the round that was asked last, in its order: all of them, or the first ones.

    Fewer values are for a caller who must stop: what they prove counts.  The rest is asked for again; a line of which
    less than its whole turn was told asks for all of it.

    Parameters
    ----------
    engine : Engine
        The check.
    x, claimed : ConstReals
        As at its start.
    values : ConstReals
        f at every probe; NaN: a missing value (outside of the domain, an exception).
    count : Integer
        Number of values: as gradproof_ask returned it, or fewer.

    Returns
    -------
    Code
        0, GRADPROOF_BAD_ARGUMENT, or GRADPROOF_WRONG_ORDER where no round was asked or the count is larger.
    """
    if is_null(engine) or is_null(x) or is_null(claimed) or is_null(values):
        return BAD_ARGUMENT
    if count < 1 or count > engine.asked or engine.asked != asked(engine):
        return WRONG_ORDER
    engine.asked = 0
    engine.rounds += 1
    take_round(engine, x, claimed, values, count)
    prepare(engine, x, claimed)
    return DONE


@exported
def stop(engine: Engine) -> Code:
    """Ask no further: what is still open counts as untested, what is proved wrong stays wrong.

    Parameters
    ----------
    engine : Engine
        The check.

    Returns
    -------
    Code
        0, or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(engine):
        return BAD_ARGUMENT
    end_early(engine)
    return DONE
