"""The engine of the core as Python holds it: ask, tell, stop, result."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .core import codes, state, structs
from .library import ffi, native, pointer
from .problem.numbers import Flat
from .problem.point import Problem

# As many probes as a round may have: GRADPROOF_ROUND of the header.
ROUND = 4096


class Options(NamedTuple):
    """What the caller may set; 0 leaves a field to the engine."""

    budget: int = 0
    seed: int = 0
    rtol: float = 0.0


class Outcome(NamedTuple):
    """The records that the engine wrote: words, and the same memory read as reals.

    In a check of every coordinate `looked_at` is empty, and causes, kinks and resolutions are those of all coordinates;
    along lines it holds the coordinates that were looked at alone, and causes are theirs.
    """

    report: Flat
    findings: Flat
    causes: Flat
    kinks: Flat
    resolutions: Flat
    looked_at: Flat


class Engine:
    """One check in the core: which probes next, and what their values mean."""

    # Whether the budget decides from the beginning what is asked, not only where it ends.
    plans_by_budget = False

    def __init__(self, problem: Problem, claimed: Flat, options: Options, *, zeroed: bool = False) -> None:
        self._library = native()
        self._n = problem.n
        self._point = np.ascontiguousarray(problem.x, np.float64)
        self.claimed = claimed
        self._x, self._claimed = pointer(self._point), pointer(self.claimed)
        size = int(self._library.gradproof_engine_size(self._n))
        # The core writes before it reads, and fresh pages would take longer than the rest of this; only what goes to a
        # file must not hold what happened to be there.
        self._memory = np.zeros(size, np.int64) if zeroed else np.empty(size, np.int64)
        self._engine = ffi.cast("gradproof_engine *", pointer(self._memory))
        self._record = state.Engine.from_buffer(self._memory)  # type: ignore[attr-defined]
        self._probes = np.empty((ROUND, structs.PROBE_WORDS), np.int64)
        self.budget = options.budget
        chosen = self._options(problem, options)
        self._raise(
            self._library.gradproof_engine_start(
                self._engine, self._x, self._claimed, self._n, pointer(chosen, "gradproof_options[]")
            )
        )

    @property
    def memory(self) -> Flat:
        """All that the check knows, as words; between two rounds it may be copied, and restored later."""
        return self._memory

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
        count = int(
            self._library.gradproof_ask(
                self._engine, self._x, self._claimed, pointer(self._probes, "gradproof_probe[]"), ROUND
            )
        )
        self._raise(min(count, 0))
        return self._probes[:count]

    def tell(self, values: Flat, changes: Flat) -> None:
        """Hand over the values of the round, in its order; changes that the claim foretells are for long lines."""
        self._raise(self._library.gradproof_tell(self._engine, self._x, self._claimed, pointer(values), len(values)))

    def stop(self, values: Flat) -> None:
        """Take the first values of a round that was broken off, and ask for no more: what is open stays untested."""
        if len(values):
            # Where the round has been told already this changes nothing; the code says so.
            self._library.gradproof_tell(self._engine, self._x, self._claimed, pointer(values), len(values))
        self._raise(self._library.gradproof_stop(self._engine))

    def result(self) -> Outcome:
        """Return what has been found so far."""
        report = np.zeros(structs.REPORT_WORDS, np.int64)
        self._result(report, None)
        findings = np.zeros((int(report[structs.REPORT_FINDINGS]), structs.FINDING_WORDS), np.int64)
        if len(findings):
            self._result(report, findings)
        causes, kinks, resolutions = np.zeros(self._n, np.int64), np.zeros(self._n, np.int64), np.zeros(self._n)
        self._raise(
            self._library.gradproof_coordinates(self._engine, pointer(causes), pointer(kinks), pointer(resolutions))
        )
        return Outcome(report, findings, causes, kinks, resolutions, np.zeros(0, np.int64))

    def _result(self, report: Flat, findings: Flat | None) -> None:
        room = ffi.NULL if findings is None else pointer(findings, "gradproof_finding[]")
        count = 0 if findings is None else len(findings)
        self._raise(self._library.gradproof_result(self._engine, pointer(report, "gradproof_report[]"), room, count))

    def blocks(self) -> tuple[Flat, Flat]:
        """Return what lines over the named blocks found: nothing in a check of every coordinate."""
        return np.zeros(0), np.zeros(0)

    def _options(self, problem: Problem, options: Options) -> Flat:
        words = np.zeros(structs.OPTIONS_WORDS, np.int64)
        self._raise(self._library.gradproof_options_default(pointer(words, "gradproof_options[]")))
        words[structs.OPTIONS_BUDGET] = options.budget
        words.view(np.uint64)[structs.OPTIONS_SEED] = options.seed
        words[structs.OPTIONS_FLOAT32] = int(problem.is_float32)
        words.view(np.float64)[structs.OPTIONS_RTOL] = options.rtol
        return words

    def _raise(self, code: int) -> None:
        if code >= 0:
            return
        word, sentence = codes.CODES.get(code, ("unknown", f"The library returned the code {code}."))
        if code == codes.OBJECTIVE_NOT_FINITE:
            raise ValueError(sentence)
        if code == codes.OUT_OF_MEMORY:
            raise MemoryError(sentence)
        raise RuntimeError(f"{word}: {sentence}")
