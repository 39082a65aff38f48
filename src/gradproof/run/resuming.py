"""The arguments `save` and `resume` of a check: what is rejected, what is restored, and when the file is written."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..engine import ROUND, Engine, Options
from ..evaluators.evaluator import Evaluator
from ..problem.bounds import Bounds
from ..problem.claim import claimed_again, claimed_gradient
from ..problem.exceptions import Raised
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..problem.probes import probes_at_x
from ..report.ladder import Values
from ..version import __version__
from . import saving
from .keeping import Advance, Answers, Keeper
from .recording import Recorder
from .saving import ANEW, Saved

# Seconds between two saves; more if saving would take more than 5 % of the time.
EVERY = 5.0
PART_OF_THE_TIME = 0.05
# Other machines, or other numbers of threads, may round the same f otherwise, also in float32; no more than that.
SAME = 1e-6
NOT_SAVED = "The check could not be saved"
OTHERS = {
    "version": "a check by gradproof {}, but this is {}: resume it with that version, or begin a new check",
    "n": "a check of {} coordinates, but this one is of {}: resume it with the original x, only= and held=",
    "x": "a check at a different x, or in another arithmetic: resume it with exactly the original x",
    "seed": "a check with the seed {}, not {}: resume it with the original seed",
    "mode": 'a check with the mode "{}", not "{}": resume it with the original mode',
    "rtol": "a check with rtol {:g}, not {:g} (0 means the default): resume it with the original rtol",
    "atol": "a check with atol {:g}, not {:g}: resume it with the original atol",
    "bounds": "a check with different bounds: resume it with the original bounds",
}


class FileKeeper(Keeper):
    """Saves a check to a file, resumes one from a file, or both."""

    keeps = True

    def __init__(self, save: Any, resume: Any) -> None:
        self._saved = None if resume is None else saving.load(resume)
        self._resumed_from = resume
        self._path: Path | None = None if save is None else saving.destination(save)
        self._this: Saved | None = None
        self._recorder: Recorder | None = None
        self._due = time.monotonic() + EVERY

    def mode(self, asked: str) -> str:
        """Return the mode that was asked for; with "auto" a check continues in the mode in which it began."""
        return self._saved.mode if self._saved is not None and asked == "auto" else asked

    def begin(self, problem: Problem, bounds: Bounds | None, options: Options, mode: str) -> None:
        """Reject a file that holds another check; take over the notes of the saved one."""
        self._this = _described(problem, bounds, options, mode)
        if self._saved is not None:
            refuse_another(self._saved, self._this, self._resumed_from)
            refuse_budget(self._saved, options.budget, self._resumed_from)
            problem.notes.extend(self._saved.notes.split(saving.NEXT) if self._saved.notes else ())
            problem.raised.add(_raised(self._saved.raised))

    def claimed_gradient(self, gradient: Any, problem: Problem) -> tuple[Flat, int]:
        """Return the claimed gradient and the number of calls; in a resumed check it must be the original one."""
        if self._saved is None:
            return claimed_gradient(gradient, problem)
        claimed = claimed_again(gradient, problem)
        if saving.digest(claimed) != self._saved.claimed:
            raise ValueError(
                f"{self._resumed_from} holds a check of a different gradient: {ANEW}; if the gradient function is not "
                "reproducible to the bit, pass an array that it returned instead"
            )
        return claimed, self._saved.gradient_evaluations

    def advance(self, advance: Advance | None) -> Advance | None:
        """Return the callback for finished evaluations, which also saves the check from time to time."""
        if self._saved is not None and advance is not None:
            advance(self._saved.evaluations)
        if self._path is None:
            return advance

        def both(count: int) -> None:
            if advance is not None:
                advance(count)
            if time.monotonic() >= self._due:
                self.save()

        return both

    def record(self, evaluator: Evaluator, engine: Engine, values: Values, problem: Problem, calls: int) -> Answers:
        """Return the evaluator wrapped in a recorder; restore the engine and the values of a resumed check."""
        if self._this is None:
            raise RuntimeError("internal error: record() was called before begin()")
        fixed = self._this._replace(claimed=saving.digest(engine.claimed), gradient_evaluations=calls)
        known = (probes_at_x(0), np.empty(0))
        if self._saved is not None:
            known = (self._saved.probes, self._saved.values)
            if self._saved.told:
                _restore(engine, self._saved.memory, self._resumed_from)
                values.restore(self._saved.value, self._saved.starts, self._saved.steps, self._saved.kept)
            refuse_another_objective(self._saved, evaluator, self._resumed_from)

        def described() -> Saved:
            notes, raised = saving.NEXT.join(problem.notes), _as_text(problem.exceptions)
            return fixed._replace(notes=notes, raised=raised)

        self._recorder = Recorder(evaluator, engine, values, known, described)
        return self._recorder

    def save(self) -> None:
        """Save what is known now; a failure becomes a warning, because it must not end the check."""
        if self._path is None or self._recorder is None:
            return
        began = time.monotonic()
        saved = self._recorder.saved()
        if not saved.evaluations:  # the existing file may be worth more
            return
        try:
            saving.write(self._path, saved)
            self.failure = ""
        except OSError as problem:
            self.failure = f"{NOT_SAVED} in {self._path}: {problem.strerror or problem}."
        except ValueError:
            self.failure = f"{NOT_SAVED} in {self._path}: something else has come there."
        now = time.monotonic()
        self._due = now + max(EVERY, (now - began) / PART_OF_THE_TIME)


def _restore(engine: Engine, memory: Flat, path: Any) -> None:
    """Let an engine go on with the memory of a file; raise a ValueError if that is none of a check like this one."""
    try:
        if memory.shape != engine.memory.shape:
            raise RuntimeError("its memory has the wrong size")
        engine.restore(memory)
    except RuntimeError as problem:
        raise ValueError(f"{path} is damaged: {problem}; {ANEW}") from None


def _described(problem: Problem, bounds: Bounds | None, options: Options, mode: str) -> Saved:
    nothing = np.empty(0)
    return Saved(
        version=__version__,
        mode=mode,
        n=problem.n,
        x=saving.digest(problem.x),
        claimed=b"",
        bounds=saving.digest_of_bounds(bounds),
        seed=options.seed,
        rtol=options.rtol,
        atol=options.atol,
        budget=options.budget,
        gradient_evaluations=0,
        told=0,
        outside=0,
        memory=nothing,
        value=0.0,
        starts=nothing,
        steps=nothing,
        kept=nothing,
        notes="",
        raised="",
        probes=nothing,
        values=nothing,
    )


def _as_text(raised: Iterable[Raised]) -> str:
    return saving.NEXT.join(str(part) for one in raised for part in (one.type, one.message, one.count, one.at))


def _raised(text: str) -> list[Raised]:
    words = iter(text.split(saving.NEXT) if text else ())
    parts = zip(words, words, words, words, strict=True)
    return [Raised(kind, message, int(count), at) for kind, message, count, at in parts]


def refuse_another(saved: Saved, this: Saved, path: Any) -> None:
    """Raise a ValueError that says why the file does not hold the check that is to be resumed, if so."""
    for name, sentence in OTHERS.items():
        before, now = getattr(saved, name), getattr(this, name)
        if before != now:
            raise ValueError(f"{path} holds {sentence.format(before, now)}")


def refuse_another_objective(saved: Saved, evaluator: Evaluator, path: Any) -> None:
    """Raise a ValueError if f(x) is not what it was; it is evaluated for that, which is no evaluation of the check."""
    at_x = saved.values[saved.probes["start"] == saved.probes["stop"]]
    before = saved.value if saved.told else float(at_x[0]) if at_x.size else math.nan
    now = evaluator.at_x()
    largest = max(abs(now), abs(before))
    if math.isnan(before) or (largest < math.inf and abs(now - before) <= SAME * largest):
        return
    # A random f has another value each time, and the check will say so.
    if evaluator.at_x() == now or math.isnan(now):
        raise ValueError(
            f"{path} holds a check of a different objective, which is {before!r} at x and not {now!r}: resume it with "
            f"the original objective, or {ANEW}"
        )


def refuse_budget(saved: Saved, budget: int, path: Any) -> None:
    """Raise a ValueError for a budget with which the check would not have come this far."""
    if budget == saved.budget:
        return
    if saved.mode == "lines" and saved.told:
        raise ValueError(f"{path} holds a check along lines that was planned without a budget: resume it without one")
    if budget == 0:
        return
    least = max(saved.evaluations, saved.told + ROUND if saved.told else 0)
    if budget < least:
        raise ValueError(
            f"{path} holds a check that has already used {saved.evaluations:,} evaluations, which count: "
            f"resume it with a budget of {least:,} or more, or without one"
        )
