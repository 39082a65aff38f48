"""A check in single calls by any witness, with something done to its memory between any two of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import driven
import drivenlines
import numpy as np
import pytest
from rounds import options_of
from witnesses import bits, new_report, records, sizes_of, twin_of

from gradproof.core.records.border import Finding, Probe
from gradproof.core.records.codes import DONE, MODE_FULL, MODE_LINES
from gradproof.core.records.engine import ROUND

MANY = 1000  # rounds: a check that does not end


def untouched(words: Any) -> None:
    """Leave the memory of a check as it is."""


def problem_of(mode: int, name: str) -> drivenlines.Problem:
    """A problem of either mode, by its name."""
    if mode == MODE_LINES:
        return drivenlines.PROBLEMS[name]()
    objective, x, claimed, budget = driven.PROBLEMS[name]()
    return drivenlines.Problem(objective, x, claimed, budget=budget)


class Turns:
    """A check that goes on call by call; `between` gets its memory before each of them.

    No more than `part` values of every other round are told: of all rounds, and a line might never have enough.
    """

    def __init__(
        self,
        witness: Any,
        mode: int,
        problem: drivenlines.Problem,
        between: Callable[[Any], None] = untouched,
        part: int = ROUND,
    ) -> None:
        self.witness, self.mode, self.problem, self.between, self.part = witness, mode, problem, between, part
        self.x, self.claimed, self.twin = problem.x, problem.claimed, twin_of(problem.x)
        self.n, self.sizes = problem.x.size, sizes_of(witness, problem.x)
        borders = problem.borders if mode == MODE_LINES else None
        chosen: dict[str, Any] = {"budget": problem.budget, "rtol": problem.rtol, "atol": problem.atol}
        if borders is not None:
            chosen |= {"blocks": len(borders) - 1, "borders": borders}
        self.options = options_of(witness, mode=mode, **chosen)
        self.memory = np.zeros(witness("gradproof_engine_size", self.n, self.options), np.int64)
        given = (self.memory, self.x, self.claimed, self.sizes, self.n, self.options)
        assert witness(f"gradproof_engine_start{self.twin}", *given) == DONE
        self.probes, self.turns, self.log = records(Probe, ROUND), 0, list[bytes]()

    def ask(self) -> int:
        self.between(self.memory)
        count: int = self.witness("gradproof_ask", self.memory, self.probes, ROUND)
        return count

    def turn(self) -> bool:
        """Ask, evaluate and tell; return whether there was anything to ask for."""
        count = self.ask()
        assert count >= 0, count
        assert self.turns < MANY
        if count == 0 or self.turns == self.problem.rounds:
            return False
        probes, changes = self.probes[:count].copy(), np.zeros(count)
        points = np.zeros(count * self.n, self.x.dtype)
        given = (self.x, self.claimed, self.sizes, self.n, probes, count, points, changes)
        assert self.witness(f"gradproof_points{self.twin}", *given) == DONE
        values = np.array([self.problem.objective(row) for row in points.reshape(count, self.n)])
        self.between(self.memory)
        given = (self.memory, self.x, self.claimed, values, changes, min(count, self.part) if self.turns % 2 else count)
        assert self.witness(f"gradproof_tell{self.twin}", *given) == DONE
        self.log.append(bits(probes))
        self.turns += 1
        return True

    def found(self) -> list[bytes]:
        """All that a check says: report, findings, coordinates, blocks."""
        report, findings = new_report(), records(Finding, 64)
        indices, causes, kinks = (np.zeros(64, np.int64) for _ in range(3))
        resolutions, norms, bars, factors = (np.zeros(64) for _ in range(4))
        said = []
        for name, *arguments in (
            ("result", report, findings, 64),
            ("coordinates", indices, causes, kinks, resolutions, 64),
            ("blocks", norms, bars, 64),
            ("block_factors", factors, 64),
        ):
            self.between(self.memory)
            code = self.witness(f"gradproof_{name}", self.memory, *arguments)
            assert code >= DONE, code
            said += [bits(code), *(bits(one) for one in arguments if not isinstance(one, int))]
        return said

    def finished(self) -> list[bytes]:
        """Go on to the end; return what was asked for, and what was found."""
        while self.turn():
            pass
        return [*self.log, *self.found()]


MODES = {"full": MODE_FULL, "lines": MODE_LINES}

in_every_mode = pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
