"""The engine of the core for long vectors as Python holds it: the same ask, tell, stop and result."""

from __future__ import annotations

from typing import Any

import numpy as np

from .core import codes, linestate, structs
from .engine import ROUND, Engine, Options, Outcome
from .library import ffi, native, pointer
from .problem.numbers import Flat
from .problem.point import Problem


class LinesEngine(Engine):
    """One check along lines: beside x and the gradient it keeps a few hundred kilobytes, however long they are.

    Parameters
    ----------
    problem
        The point x; it is not copied.
    claimed
        The gradient under test, in the type of x.
    sizes
        The typical sizes of x, as `evaluators.lines.windows` gives them.
    options
        Budget, seed and tolerance.
    """

    plans_by_budget = True

    def __init__(self, problem: Problem, claimed: Flat, sizes: Flat, options: Options) -> None:
        self._library = native()
        self._n = problem.n
        self.claimed = claimed
        self._x, self._claimed = pointer(problem.x), pointer(claimed)
        self._twin = "_f32" if problem.is_float32 else ""
        borders = _borders(problem)
        self._blocks = max(len(borders) - 1, 0)
        self._memory = np.zeros(int(self._library.gradproof_lines_size(self._blocks)), np.int64)
        self._engine = ffi.cast("gradproof_engine *", pointer(self._memory))
        self._record = linestate.Lines.from_buffer(self._memory)  # type: ignore[attr-defined]
        self._probes = np.empty((ROUND, structs.PROBE_WORDS), np.int64)
        self.budget = options.budget
        chosen = pointer(self._options(problem, options), "gradproof_options[]")
        self._raise(
            self._function("lines_start")(
                self._engine,
                self._x,
                self._claimed,
                pointer(sizes),
                self._n,
                pointer(borders) if self._blocks else ffi.NULL,
                self._blocks,
                chosen,
            )
        )

    @property
    def rounds(self) -> int:
        """How many rounds have been told."""
        return int(self._record.rounds)

    @property
    def evaluations(self) -> int:
        """How many values have been told."""
        return int(self._record.evaluations)

    def restore(self, memory: Flat) -> None:
        """Go on where another engine was: with its memory, of the same size, and the budget of this one."""
        self._memory[:] = memory
        self._record.budget = self.budget

    def ask(self) -> Flat:
        """Return the next round of probes, one a row; none when the check is finished."""
        probes = pointer(self._probes, "gradproof_probe[]")
        count = int(self._function("lines_ask")(self._engine, self._x, self._claimed, probes, ROUND))
        self._raise(min(count, 0))
        return self._probes[:count]

    def tell(self, values: Flat, changes: Flat) -> None:
        """Hand over the values of the round, in its order, and the changes that the claim foretells."""
        self._raise(self._library.gradproof_lines_tell(self._engine, pointer(values), pointer(changes), len(values)))

    def stop(self, values: Flat) -> None:
        """Count the first values of a round that was broken off, and ask for no more."""
        self._raise(self._library.gradproof_lines_stop(self._engine, len(values)))

    def result(self) -> Outcome:
        """Return what has been found so far; of single coordinates only those that were looked at alone."""
        report = np.zeros(structs.REPORT_WORDS, np.int64)
        self._result(report, None)
        findings = np.zeros((int(report[structs.REPORT_FINDINGS]), structs.FINDING_WORDS), np.int64)
        if len(findings):
            self._result(report, findings)
        indices, causes = np.zeros(linestate.CANDIDATES, np.int64), np.zeros(linestate.CANDIDATES, np.int64)
        count = int(
            self._library.gradproof_lines_candidates(self._engine, pointer(indices), pointer(causes), len(indices))
        )
        return Outcome(report, findings, causes[:count], np.zeros(0, np.int64), np.zeros(0), indices[:count])

    def blocks(self) -> tuple[Flat, Flat]:
        """Return the norm of the claimed gradient in each named block, and the bar of lines over it (0: none)."""
        norms, bars = np.zeros(self._blocks), np.zeros(self._blocks)
        self._raise(self._library.gradproof_lines_blocks(self._engine, pointer(norms), pointer(bars)))
        return norms, bars

    def _result(self, report: Flat, findings: Flat | None) -> None:
        room = ffi.NULL if findings is None else pointer(findings, "gradproof_finding[]")
        count = 0 if findings is None else len(findings)
        words = pointer(report, "gradproof_report[]")
        self._raise(self._library.gradproof_lines_result(self._engine, words, room, count))

    def _function(self, name: str) -> Any:
        return getattr(self._library, f"gradproof_{name}{self._twin}")


def _borders(problem: Problem) -> Flat:
    """Return where the named blocks begin and where the last one ends; nothing where x is one array."""
    leaves = [leaf for leaf in problem.layout.leaves if leaf.stop > leaf.start]
    if len(leaves) < 2:
        return np.zeros(0, np.int64)
    return np.array([*(leaf.start for leaf in leaves), problem.n], np.int64)


def uses_lines(n: int, mode: str, budget: int) -> bool:
    """Return whether a check goes along lines: as every door decides it."""
    chosen = {"auto": codes.MODE_AUTO, "full": codes.MODE_FULL, "lines": codes.MODE_LINES}[mode]
    return bool(native().gradproof_uses_lines(n, chosen, budget))
