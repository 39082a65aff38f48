"""Several rounds in one call: the same bits as by asking, evaluating and telling, whatever ends the call."""

import ctypes
from typing import Any

import numpy as np
import pytest
from driven import PROBLEMS, hurried
from witnesses import bits, in_c, records

from gradproof.core.records import border, codes
from gradproof.core.records.border import Options, Probe
from gradproof.core.records.codes import DONE, MODE_FULL, MODE_LINES
from gradproof.core.records.engine import OWN_MARK, ROUND

NAMES = ("right", "wrong", "kinked", "hurried")


def begun(witness: Any, x: Any, claimed: Any, budget: int = 0, mode: int = MODE_FULL) -> Any:
    options = Options()
    assert witness("gradproof_options_fill", options, ctypes.sizeof(Options)) == DONE
    options.budget, options.mode = budget, mode
    engine = np.zeros(witness("gradproof_engine_size", x.size, options), np.int64)
    assert witness("gradproof_engine_start", engine, x, claimed, np.ones(1), x.size, options) == DONE
    return engine


class Turn:
    """A check by `run`, and what it has told so far."""

    def __init__(self, witness: Any, objective: Any, x: Any, engine: Any) -> None:
        self.witness, self.objective, self.x, self.engine = witness, objective, x, engine
        self.probes, self.values = records(Probe, 2 * ROUND), np.zeros(ROUND)
        self.told, self.log = np.full(2, 7), b""

    def run(self, most: int) -> int:
        words = (self.probes, self.values, most, np.zeros(self.x.size), self.told)
        code: int = self.witness("gradproof_run", self.engine, self.objective, None, self.x, *words)
        count = int(self.told[0])
        self.log += bits(self.probes[:count]) + bits(self.values[:count])
        return code


def by_rounds(witness: Any, objective: Any, x: Any, claimed: Any, budget: int) -> tuple[bytes, Any]:
    """What is told, and the memory of the engine at the end, by one call after the other."""
    engine, log = begun(witness, x, claimed, budget), [b"", b""]
    probes = records(Probe, ROUND)
    while (count := witness("gradproof_ask", engine, probes, ROUND)) > 0:
        values = np.zeros(count)
        given = (x, None, None, x.size, probes, count, values, None, np.zeros(x.size))
        assert witness("gradproof_evaluate", objective, None, *given) == DONE
        assert witness("gradproof_tell", engine, x, claimed, values, None, count) == DONE
        log.append(bits(probes[:count]) + bits(values))
    return b"".join(log), engine


@pytest.mark.parametrize("most", [30, ROUND])
@pytest.mark.parametrize("name", NAMES)
def test_the_same_bits_as_by_rounds(witness, name, most):
    """Also where longer rounds are told in between, as they must be."""
    function, x, claimed, budget = PROBLEMS[name]()
    objective = in_c(function)
    log, engine = by_rounds(witness, objective, x, claimed, budget)
    turn = Turn(witness, objective, x, begun(witness, x, claimed, budget))
    while turn.run(most) == DONE and turn.told[1] > 0:
        assert turn.told[0] <= most
        count, probes = int(turn.told[1]), records(Probe, ROUND)
        assert witness("gradproof_ask", turn.engine, probes, ROUND) == count
        values = np.zeros(count)
        given = (x, None, None, x.size, probes, count, values, None, np.zeros(x.size))
        assert witness("gradproof_evaluate", objective, None, *given) == DONE
        assert witness("gradproof_tell", turn.engine, x, claimed, values, None, count) == DONE
        turn.log += bits(probes[:count]) + bits(values)
    assert sorted(turn.log) == sorted(log)
    assert bits(turn.engine) == bits(engine)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bits_where_nobody_else_has_the_memory(witness, name):
    """There the points of pairs are made without looking at their probes; a code of the objective ends these, too."""
    function, x, claimed, budget = PROBLEMS[name]()
    objective = in_c(function)
    log, _ = by_rounds(witness, objective, x, claimed, budget)
    turn = Turn(witness, objective, x, begun(witness, x, claimed, budget))
    turn.engine[0] = OWN_MARK
    while turn.run(ROUND) == DONE and turn.told[1] > 0:
        pass
    assert sorted(turn.log) == sorted(log)


def test_a_code_ends_a_round_of_pairs(witness):
    """Of which nothing is told."""

    def ending(point: Any, n: int, value: Any, user: Any) -> int:
        value[0] = float(point[0])
        return 0 if point[2] == x[2] else 5

    x = np.linspace(1.0, 2.0, 4)
    turn = Turn(witness, ending, x, begun(witness, x, np.eye(4)[0]))
    turn.engine[0] = OWN_MARK
    assert (turn.run(ROUND), turn.told[0]) == (5, 1)


def test_a_wrong_gradient_is_wrong(witness):
    """And the right one is right, with nothing left to ask."""

    def verdict(factor: float) -> Any:
        x = np.linspace(0.5, 2, 7)
        turn = Turn(witness, in_c(lambda x: float(np.sum(x**3))), x, begun(witness, x, factor * 3 * x**2))
        while turn.run(ROUND) == DONE and turn.told[1]:
            pass
        report = border.Report()
        report.size = border.REPORT_BYTES
        assert witness("gradproof_result", turn.engine, report, None, 0) == DONE
        return report

    assert verdict(1.0).verdict == codes.VERDICT_RIGHT
    assert (verdict(1.01).verdict, verdict(1.01).wrong) == (codes.VERDICT_WRONG, 7)


def test_what_ends_a_call(witness):
    """A code of the objective, of which nothing is told; a return that is none; lines; NULL."""
    _, x, claimed, _ = hurried()
    calls: list[float] = []

    def ending(code: int) -> Any:
        def function(point: Any, n: int, value: Any, user: Any) -> int:
            calls.append(point[0])
            value[0] = float(np.sum(np.array(point[:n])))
            return code if len(calls) == 4 else 0

        return function

    for code, returned in ((5, 5), (-3, codes.BAD_RETURN)):
        calls.clear()
        turn = Turn(witness, ending(code), x, begun(witness, x, claimed))
        assert turn.run(ROUND) == returned
        assert turn.told[0] == 1  # f(x); the round after it is asked for again
        assert turn.told[1] > 0
        assert len(calls) == 4
    smooth = in_c(lambda x: float(np.sum(x)))
    turn = Turn(witness, smooth, x, begun(witness, x, claimed, mode=MODE_LINES))
    assert turn.run(ROUND) == codes.NULL_SIZES
    turn = Turn(witness, None, x, begun(witness, x, claimed))
    assert turn.run(ROUND) == codes.NULL_OBJECTIVE
    assert turn.told.tolist() == [0, 1]
    turn.engine = np.zeros_like(turn.engine)
    assert turn.run(ROUND) == codes.NO_ENGINE


NULL = {
    "engine": codes.NULL_ENGINE,
    "objective": codes.NULL_OBJECTIVE,
    "x": codes.NULL_X,
    "probes": codes.NULL_PROBES,
    "point": codes.NULL_POINT,
    "told": codes.NULL_OUTPUT,
}


@pytest.mark.parametrize("name", NULL)
def test_what_is_null_is_refused(witness, name):
    """Each by its own code; without it, the check goes on as one that was never called in this way."""
    x = np.linspace(0.5, 2, 7)
    given: dict[str, Any] = {"engine": None, "objective": in_c(lambda x: float(np.sum(x**3))), "user": None, "x": x}
    given |= {"probes": records(Probe, 2 * ROUND), "values": np.zeros(ROUND), "most": ROUND}
    given |= {"point": np.zeros(7), "told": np.full(2, 7)}
    engines = begun(witness, x, 3 * x**2), begun(witness, x, 3 * x**2)
    assert witness("gradproof_run", *(given | {"engine": engines[0], name: None}).values()) == NULL[name]
    assert given["told"][0] == (7 if name == "told" else 0)
    for engine in engines:
        assert witness("gradproof_run", *(given | {"engine": engine}).values()) == DONE
    assert bits(engines[0]) == bits(engines[1])
