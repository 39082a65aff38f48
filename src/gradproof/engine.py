"""The engine of the core as Python holds it: ask, tell, stop, result, the same in every mode."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .core.records import codes
from .library import doubles, ffi, native, pointer, records_of_probes, struct_type, twin
from .problem.numbers import Flat, frozen
from .problem.point import Problem
from .problem.probes import PROBE, as_numpy_reads

if TYPE_CHECKING:
    from .core.records.border import Report

# As many probes as a round may have.
ROUND: int = ffi.integer_const("GRADPROOF_ROUND")
FINDING = struct_type("gradproof_finding")
# What most checks have found: nothing, and nowhere.
NO_FINDINGS, NO_NUMBERS, NOWHERE = (frozen(np.zeros(0, kind)) for kind in (FINDING, np.float64, np.int64))
# The mark, in the first word, of a check whose memory only its owner can reach: as in `core/records/engine.py`, of
# which the import takes longer than a small check.
OWN_MARK = int.from_bytes(b"GRADPROO", "little")
NO_BLOCKS = (NO_NUMBERS,) * 5
SIZE_OF_REPORT, SIZE_OF_OPTIONS = ffi.sizeof("gradproof_report"), ffi.sizeof("gradproof_options")
MODES = {"auto": codes.MODE_AUTO, "full": codes.MODE_FULL, "lines": codes.MODE_LINES}


# Neither is a named tuple: these take as long to make as a check of ten coordinates, in every process.
class Options:
    """What the caller may set; 0 leaves a field to the engine, or means none."""

    def __init__(self, budget: int = 0, seed: int = 0, rtol: float = 0.0, atol: float = 0.0) -> None:
        self.budget = budget
        self.seed = seed
        self.rtol = rtol
        self.atol = atol


class Outcome:
    """The records that the engine wrote.

    In a check of every coordinate `looked_at` is empty, and causes, kinks and resolutions are those of all coordinates;
    causes and kinks are empty where there is nothing to tell: all claims are acceptable, and none has a kink.  Along
    lines `looked_at` holds the coordinates that were looked at alone, and causes are theirs.
    """

    def __init__(
        self, report: Report, findings: Flat, causes: Flat, kinks: Flat, resolutions: Flat, looked_at: Flat
    ) -> None:
        self.report = report
        self.findings = findings
        self.causes = causes
        self.kinks = kinks
        self.resolutions = resolutions
        self.looked_at = looked_at


class Engine:
    """One check in the core: which probes next, and what their values mean.

    Parameters
    ----------
    problem
        The point x, and whether the check goes along lines.
    claimed
        The gradient under test: in float64, along lines in the type of x.
    options
        Budget, seed and tolerance.
    sizes
        For a check along lines, the typical sizes of x as `evaluators.lines.windows` gives them.
    zeroed
        Whether the memory goes to a file: then it must not hold what happened to be there, and has checksums.
    """

    def __init__(
        self, problem: Problem, claimed: Flat, options: Options, sizes: Flat | None = None, *, zeroed: bool = False
    ) -> None:
        self._library = native()
        self._n = problem.n
        self._along_lines = problem.along_lines
        # Whether the budget decides from the beginning what is asked, not only where it ends.
        self.plans_by_budget = problem.along_lines
        self.claimed = claimed
        # For every coordinate the core reckons in double, whatever the type of x; along lines nothing is copied.
        self._point = problem.x if problem.along_lines else problem.x.astype(np.float64, copy=False)
        self._twin = twin(self._point)
        real = "float[]" if self._twin else "double[]"
        self._x, self._claimed = ffi.from_buffer(real, self._point), ffi.from_buffer(real, claimed)
        borders = _borders(problem) if problem.along_lines else NOWHERE
        self._blocks = max(len(borders) - 1, 0)
        self.budget = options.budget
        chosen, size = self._room(problem, options, borders)
        # The core writes before it reads, and fresh pages would take longer than the rest of this.
        self._memory = np.zeros(size, np.int64) if zeroed else np.empty(size, np.int64)
        self._engine = ffi.cast("gradproof_engine *", ffi.from_buffer(self._memory))
        # Behind what `run` has told there is room for a round; along lines it tells nothing.
        self._probes = np.empty(ROUND if problem.along_lines else 2 * ROUND, PROBE)
        self._asked = records_of_probes(self._probes)
        _checked(self._begun(chosen, borders, sizes))
        if not zeroed:
            self._memory[0] = OWN_MARK

    def _begun(self, chosen: Any, borders: Flat, sizes: Flat | None) -> int:
        start = self._twin_of("engine_start")
        scales = ffi.NULL if sizes is None else doubles(sizes)
        code: int = start(self._engine, self._x, self._claimed, scales, self._n, chosen)
        return code

    @property
    def memory(self) -> Flat:
        """All that the check knows, as words; between two rounds it may be copied, and restored later."""
        return self._memory

    @functools.cached_property
    def _record(self) -> Any:
        """The memory as the record of the core that it begins with."""
        # Imported on use: only checks that are saved, or led by shards, look into it.
        from .core.records.engine import Engine

        return cast(Any, Engine).from_buffer(self._memory)

    @property
    def rounds(self) -> int:
        """How many rounds have been told."""
        return int(self._record.rounds)

    @property
    def evaluations(self) -> int:
        """How many values have been told, but for those outside the bounds."""
        return int(self._record.evaluations)

    def restore(self, memory: Flat) -> None:
        """Go on where another engine was: with its memory, of the same size, and the budget of this one."""
        if memory[0] == OWN_MARK:  # without checksums: that of a file is never so
            _checked(codes.NO_ENGINE)
        self._memory[:] = memory
        _checked(self._library.gradproof_allow(self._engine, self.budget))

    def ask(self) -> Flat:
        """Return the next round of probes, one a row; none when the check is finished."""
        count = self._library.gradproof_ask(self._engine, self._asked, ROUND)
        return self._probes[: count if count >= 0 else _checked(count)]

    def tell(self, values: Flat, changes: Flat | None, outside: int = 0) -> None:
        """Hand over the values of the round, in its order; changes that the claim predicts are for long lines alone.

        So many of the values were not computed, because their points lie outside the bounds.
        """
        if code := self._told(values, changes, outside):
            _checked(code)

    def _told(self, values: Flat, changes: Flat | None, outside: int) -> int:
        if outside:
            self._library.gradproof_skip(self._engine, outside)
        predicted = ffi.NULL if changes is None else doubles(changes)
        tell = self._twin_of("tell")
        code: int = tell(self._engine, self._x, self._claimed, doubles(values), predicted, len(values))
        return code

    def run(self, objective: Any, user: Any, point: Any, values: Any, most: int, told: Any) -> int:
        """Ask, evaluate and tell in one call of the library, which says of each argument what it is.

        Return 0, or the code of the objective that ended the call.
        """
        run, engine, x, asked = self._library.gradproof_run, self._engine, self._x, self._asked
        code: int = run(engine, objective, user, x, asked, values, most, point, told)
        return code if code >= 0 or code == codes.BAD_RETURN else _checked(code)

    def told_by_library(self, count: int) -> Flat:
        """Return the probes that `run` has told."""
        return self._probes[:count]

    def stop(self, values: Flat, outside: int = 0) -> None:
        """Take the first values of a round that was broken off, and ask for no more: what is open stays untested."""
        if len(values):
            # Not checked: where the round has been told already, the core refuses the values, and all is well.
            self._told(values, np.zeros(len(values)), outside)
        _checked(self._library.gradproof_stop(self._engine))

    def result(self) -> Outcome:
        """Return what has been found so far."""
        report = self._report()
        findings = self._findings(report) if report.findings else NO_FINDINGS
        if self._along_lines:
            indices, causes = np.zeros((2, self._coordinates(None, None, None, None, 0)), np.int64)
            self._coordinates(indices, causes, None, None, len(indices))
            return Outcome(report, findings, causes, NOWHERE, NO_NUMBERS, indices)
        resolutions = np.empty(self._n)
        if report.verdict == codes.VERDICT_RIGHT and not report.kinks:
            ask, nothing = self._library.gradproof_coordinates, ffi.NULL
            _checked(ask(self._engine, nothing, nothing, nothing, doubles(resolutions), self._n))
            return Outcome(report, findings, NOWHERE, NOWHERE, resolutions, NOWHERE)
        causes, kinks = np.zeros((2, self._n), np.int64)
        self._coordinates(None, causes, kinks, resolutions, self._n)
        return Outcome(report, findings, causes, kinks, resolutions, NOWHERE)

    def is_right(self) -> bool:
        """Whether all claims have been tested and are right, which `result` would tell in more time."""
        report = self._report()
        return bool(report.verdict == codes.VERDICT_RIGHT and not report.untested)

    def _report(self) -> Report:
        report: Report = ffi.new("gradproof_report *")
        report.size = SIZE_OF_REPORT
        _checked(self._library.gradproof_result(self._engine, report, ffi.NULL, 0))
        return report

    def _findings(self, report: Report) -> Flat:
        """Return the findings of a report that has some."""
        findings = np.zeros(report.findings, FINDING)
        findings["size"][0] = FINDING.itemsize
        room = pointer(findings, "gradproof_finding[]")
        _checked(self._library.gradproof_result(self._engine, report, room, len(findings)))
        return findings

    def _coordinates(
        self, indices: Flat | None, causes: Flat | None, kinks: Flat | None, resolutions: Flat | None, count: int
    ) -> int:
        arrays = pointer(indices), pointer(causes), pointer(kinks), pointer(resolutions)
        return _checked(self._library.gradproof_coordinates(self._engine, *arrays, count))

    def blocks(self) -> tuple[Flat, ...]:
        """Return the norm of the claim in each named block, the bar of lines over it (0: none), and the factor seen.

        Then, along its own claim, the claimed slope over the measured one, and the error bar of that: NaN where it was
        not measured.  Nothing in a check of every coordinate.
        """
        if not self._blocks:
            return NO_BLOCKS
        norms, bars, factors = (np.zeros(self._blocks) for _ in range(3))
        _checked(self._library.gradproof_blocks(self._engine, pointer(norms), pointer(bars), self._blocks))
        _checked(self._library.gradproof_block_factors(self._engine, pointer(factors), self._blocks))
        # Imported on use: only checks along lines have blocks.
        from .core.records.lines import BLOCK_WORDS, LINES_WORDS, Block

        own = self._memory[LINES_WORDS : LINES_WORDS + BLOCK_WORDS * self._blocks].view(as_numpy_reads(Block))
        with np.errstate(all="ignore"):
            slopes = own["claim"] + own["residual"]
            ratios = np.where(own["aligned_bar"] > 0, own["claim"] / slopes, np.nan)
            return norms, bars, factors, ratios, np.abs(ratios / slopes) * own["aligned_bar"]

    def _room(self, problem: Problem, options: Options, borders: Flat) -> tuple[Any, int]:
        """Return the options as the core reads them, and how many words a check takes."""
        plain = problem.along_lines, problem.is_float32, options.budget, options.seed, options.rtol, options.atol
        if not self._blocks:
            return _room_without_blocks(self._n, *plain)
        words = _words(*plain)
        words.blocks, words.borders = self._blocks, pointer(borders)
        return words, _checked(self._library.gradproof_engine_size(self._n, words))

    def _twin_of(self, name: str) -> Any:
        return getattr(self._library, f"gradproof_{name}{self._twin}")


def _words(along_lines: bool, is_float32: bool, budget: int, seed: int, rtol: float, atol: float) -> Any:
    words = ffi.new("gradproof_options *")
    words.size = SIZE_OF_OPTIONS
    words.budget, words.seed = budget, seed
    words.rtol, words.atol = rtol, atol
    words.mode = codes.MODE_LINES if along_lines else codes.MODE_FULL
    if is_float32:
        words.float32 = 1
    return words


@functools.lru_cache(maxsize=64)
def _room_without_blocks(n: int, *plain: Any) -> tuple[Any, int]:
    """Return options that nobody changes, and how many words a check of so many coordinates takes."""
    words = _words(*plain)
    return words, _checked(native().gradproof_engine_size(n, words))


def _checked(code: int) -> int:
    """Return what the core returned; raise where it is a code of misuse."""
    if code < 0:
        word, sentence = codes.CODES.get(code, ("unknown", f"The library returned the code {code}."))
        raise RuntimeError(f"{word}: {sentence}")
    return int(code)


def _borders(problem: Problem) -> Flat:
    """Return where the named blocks begin and where the last one ends; nothing where x is one array."""
    leaves = problem.layout.arrays
    if len(leaves) < 2:
        return np.zeros(0, np.int64)
    return np.array([*(leaf.start for leaf in leaves), problem.n], np.int64)


@functools.lru_cache(maxsize=64)
def uses_lines(n: int, mode: str, budget: int) -> bool:
    """Return whether a check goes along lines, as every entry point decides it."""
    return bool(native().gradproof_uses_lines(n, MODES[mode], budget))
