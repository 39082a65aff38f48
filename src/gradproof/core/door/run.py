"""Several rounds in one call, for a caller who has nothing to do between them."""

from __future__ import annotations

from ..machine.rounds import ask, tell
from ..points.values import evaluate
from ..records.abi import Code, ConstVector, Integer, Integers, Objective, Reals, User, Vector, exported
from ..records.border import Probe, Probes
from ..records.codes import DONE
from ..records.engine import ROUND, Engine
from ..records.memory import behind_all, null_reals, offset


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
        0; the code of the objective that ended a round, of which nothing is told; or one of gradproof_ask,
        gradproof_evaluate or gradproof_tell, such as GRADPROOF_NULL_SIZES along lines.
    """
    done = 0
    code = DONE
    count = ask(engine, probes, ROUND)
    while code == DONE and count > 0 and done + count <= most:
        here = offset(values, done)
        asked = behind_all(probes, done, Probe)
        code = evaluate(objective, user, x, x, null_reals(), engine.n, asked, count, here, null_reals(), point)
        if code == DONE:
            code = tell(engine, x, x, here, null_reals(), count)
        if code == DONE:
            done += count
            count = ask(engine, behind_all(probes, done, Probe), ROUND)
    told[0] = done
    told[1] = count
    return count if count < 0 else code
