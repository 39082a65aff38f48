"""The engine: begin a check, ask for the next round of probes, tell their values, until the findings stand.

Reverse communication as in ARPACK: the engine decides which probes, the caller evaluates them, in whatever way.  One
contract for every mode: asking changes nothing, a part of a round may be told, and an engine knows what it is.
"""

from __future__ import annotations

from ..coordinates.pairs import set_steps
from ..coordinates.rounds import asked, take_round, write_round
from ..coordinates.sweep import end_early, prepare
from ..noise.shown_arithmetic import note_values
from ..records.abi import Code, ConstReals, ConstVector, Integer, exported
from ..records.border import Probes
from ..records.codes import (
    BAD_BUDGET,
    BAD_CAPACITY,
    BAD_COUNT,
    DONE,
    MODE_LINES,
    NO_ROUND,
    NULL_CHANGES,
    NULL_CLAIMED,
    NULL_PROBES,
    NULL_VALUES,
    NULL_X,
    STOPPED_BY_CALLER,
    TOO_MANY_VALUES,
)
from ..records.engine import ROUND, Engine
from ..records.lines import Lines
from ..records.memory import as_record, is_null
from .line_rounds import advance_lines, write_lines_round
from .line_verdict import end_lines_early
from .sealing import seal, seal_head, taken_up, taken_up_with


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
        Number of probes; 0: the check is done; GRADPROOF_NULL_PROBES; GRADPROOF_BAD_CAPACITY; or what is wrong with
        the check: GRADPROOF_NULL_ENGINE, _NO_ENGINE, _OTHER_VERSION, _DAMAGED.
    """
    if is_null(probes):
        return NULL_PROBES
    if capacity < ROUND:
        return BAD_CAPACITY
    code = taken_up(engine)
    if code != DONE:
        return code
    count = next_round(engine, probes)
    seal_head(engine)
    return count


def next_round(engine: Engine, probes: Probes) -> int:
    """Write the next round of probes; return their number, 0 where the check is done."""
    engine.skipped = 0
    if engine.mode == MODE_LINES:
        engine.asked = write_lines_round(as_record(engine, Lines), probes)
    else:
        engine.asked = write_round(engine, probes)
    return engine.asked


def next_pairs(engine: Engine) -> int:
    """Return how many values the next round has, which is one of pairs, and set their steps; no probes are written."""
    engine.skipped = 0
    engine.asked = asked(engine)
    set_steps(engine, engine.asked // 2)
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
        0; GRADPROOF_BAD_COUNT; GRADPROOF_NO_ROUND; GRADPROOF_TOO_MANY_VALUES where the round has fewer probes; or what
        is wrong with the check.
    """
    code = taken_up(engine)
    if code != DONE:
        return code
    if count < 0:
        return BAD_COUNT
    if engine.asked < 1:
        return NO_ROUND
    if count > engine.asked:
        return TOO_MANY_VALUES
    engine.skipped = count
    seal_head(engine)
    return DONE


@exported
def tell(
    engine: Engine, x: ConstVector, claimed: ConstVector, values: ConstReals, changes: ConstReals, count: Integer
) -> Code:
    """Take the values of the round that was asked for, in its order: all of them, or the first ones.

    The first ones are for a caller who must stop in the middle of a round.  They count as evaluations, but for those
    that gradproof_skip took out.  Where coordinates are tested one by one, what they prove stands, and the next round
    asks for the rest; along lines they are not enough, and the next round is the same one again.

    Parameters
    ----------
    engine : Engine
        The check.
    x, claimed : ConstVector
        As at its start.
    values : ConstReals
        f at every probe; NaN: a missing value (outside the domain, an exception).  Where it is missing at x, the check
        ends, and is inconclusive.
    changes : ConstReals
        For probes on long lines the change that the claim predicts, as gradproof_evaluate or gradproof_points wrote
        it; no other elements are read.  May be NULL in a check of every coordinate.
    count : Integer
        Number of values, at least 1: as many as gradproof_ask returned, or fewer; not fewer than were skipped.

    Returns
    -------
    Code
        0; the code of a NULL pointer; GRADPROOF_BAD_COUNT; GRADPROOF_NO_ROUND where no round has been asked for since
        the last one was told, or since the check was stopped; GRADPROOF_TOO_MANY_VALUES where the round has fewer
        probes; GRADPROOF_OTHER_TYPE; or what is wrong with the check.
    """
    if is_null(x):
        return NULL_X
    if is_null(claimed):
        return NULL_CLAIMED
    if is_null(values):
        return NULL_VALUES
    code = taken_up_with(engine, x)
    if code == DONE:
        code = code_of_values(engine, changes, count)
    if code == DONE:
        take_values(engine, x, claimed, values, changes, count)
        seal(engine)
    return code


def code_of_values(engine: Engine, changes: ConstReals, count: int) -> int:
    """Return the code of what is wrong with so many values of the round that is under way; 0 where nothing is."""
    if engine.mode == MODE_LINES and is_null(changes):
        return NULL_CHANGES
    if count < 1 or (engine.skipped > count and engine.asked > 0):
        return BAD_COUNT
    if engine.asked < 1:
        return NO_ROUND
    return TOO_MANY_VALUES if count > engine.asked else DONE


def take_values(
    engine: Engine, x: ConstVector, claimed: ConstVector, values: ConstReals, changes: ConstReals, count: int
) -> None:
    """Take the values of a round, or its first ones, and prepare what comes next."""
    whole = count == engine.asked
    engine.asked = 0
    engine.rounds += 1
    engine.evaluations += count - engine.skipped
    engine.outside += engine.skipped
    engine.skipped = 0
    note_values(engine, values, count)
    if engine.mode != MODE_LINES:
        take_round(engine, values, count)
        prepare(engine)
    elif whole:
        advance_lines(as_record(engine, Lines), x, claimed, values, changes)


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
        0, or what is wrong with the check.
    """
    code = taken_up(engine)
    if code == DONE:
        end_before_its_time(engine, STOPPED_BY_CALLER)
        seal(engine)
    return code


def end_before_its_time(engine: Engine, stopped_by: int) -> None:
    """End a check, and note what ended it."""
    engine.asked = 0
    engine.stopped = stopped_by
    if engine.mode == MODE_LINES:
        end_lines_early(as_record(engine, Lines))
    else:
        end_early(engine)


@exported
def allow(engine: Engine, budget: Integer) -> Code:
    """Give a check another budget, for example where it was saved and is taken up again.

    This must come before gradproof_ask has returned 0: a check that is done stays as it is, also where its budget ended
    it.

    Parameters
    ----------
    engine : Engine
        The check.
    budget : Integer
        At most this many evaluations in all, those before included; 0: no limit.

    Returns
    -------
    Code
        0; GRADPROOF_BAD_BUDGET; or what is wrong with the check.
    """
    code = taken_up(engine)
    if code == DONE and budget < 0:
        code = BAD_BUDGET
    if code == DONE:
        engine.budget = budget
        seal_head(engine)
    return code
