"""Several rounds in one call, for a caller who has nothing to do between them."""

from __future__ import annotations

from ..coordinates.rounds import asked as size_of_next
from ..coordinates.rounds import is_of_pairs
from ..machine.rounds import ask, tell
from ..machine.sealing import taken_up
from ..points.values import Problem, Round, evaluate_round, set_problem
from ..records.abi import Code, ConstVector, Integer, Integers, Objective, Reals, User, Vector, exported
from ..records.border import Probe, Probes
from ..records.codes import DONE, MODE_LINES, NULL_OUTPUT, NULL_PROBES
from ..records.engine import OWN_MARK, ROUND, Engine
from ..records.memory import behind_all, is_null, local_record, null_reals, null_words, offset, untyped


@exported
def run(
    engine: Engine,
    objective: Objective,
    user: User,
    x: ConstVector,
    probes: Probes,
    values: Reals,
    most: Integer,
    point: Vector,
    told: Integers,
) -> Code:
    """Ask, evaluate and tell, in one call; in a check of every coordinate, and where no point is out of bounds.

    Between two calls the check may go on by gradproof_ask and gradproof_tell, too.

    Parameters
    ----------
    engine : Engine
        The check.
    objective, user
        As for gradproof_evaluate.
    x : ConstVector
        As at its start.
    probes : Probes
        Filled with the probes of all rounds that were told; with room for GRADPROOF_ROUND more than `most`.
    values : Reals
        Filled with their values; with room for `most`.
    most : Integer
        The call returns before a round with which there would be more evaluations than that.
    point : Vector
        Work memory of n values.
    told : Integers
        Filled with two numbers: of the values that were told, and of the probes of the round that comes next; 0: the
        check is done.

    Returns
    -------
    Code
        0; GRADPROOF_NULL_OUTPUT; the code of the objective that ended a round, of which nothing is told; or one of
        gradproof_ask, gradproof_evaluate or gradproof_tell, such as GRADPROOF_NULL_SIZES along lines.
    """
    if is_null(told):
        return NULL_OUTPUT
    done = 0
    code = DONE
    count = next_size(engine, probes)
    problem = local_record(Problem)
    if count > 0:
        set_problem(problem, objective, user, x, x, engine.n)
    while code == DONE and count > 0 and done + count <= most:
        here = offset(values, done)
        asked = behind_all(probes, done, Probe)
        ask(engine, asked, ROUND)
        # Their steps are where they were asked for, if nobody else has the memory.
        paired = engine.mark == OWN_MARK and is_of_pairs(engine)
        problem.pairs = untyped(engine) if paired else null_words()
        code = evaluate_round(problem, x, x, Round(asked, count, here, null_reals()), point)
        if code == DONE:
            code = tell(engine, x, x, here, null_reals(), count)
        if code == DONE:
            done += count
            count = next_size(engine, probes)
    told[0] = done
    told[1] = count
    return count if count < 0 else code


def next_size(engine: Engine, probes: Probes) -> int:
    """Return the number of probes of the next round, or a code; they are not written yet, as there may be too many."""
    if is_null(probes):
        return NULL_PROBES
    code = taken_up(engine)
    if code != DONE:
        return code
    return ask(engine, probes, ROUND) if engine.mode == MODE_LINES else size_of_next(engine)
