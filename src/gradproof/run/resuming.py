"""The arguments `save` and `resume` of a check: what is refused, what is taken up again, when the file is written."""

from __future__ import annotations

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

# Seconds from one save to the next while values come in; more where saving takes more than 5 % of the time.
EVERY = 5.0
PART_OF_THE_TIME = 0.05
NOT_SAVED = "The check could not be saved"
OTHERS = {
    "version": "a check of gradproof {}, and this is {}: resume it with that version, or begin a new check",
    "n": "a check of {} coordinates, and x has {}: resume it with the x with which it began",
    "x": "a check at another x, or of another arithmetic: resume it with the very x with which it began",
    "seed": "a check with the seed {}, not {}: resume it with the seed with which it began",
    "mode": 'a check with the mode "{}", not "{}": resume it with the mode with which it began',
    "rtol": "a check with rtol {:g}, not {:g} (0 is the default): resume it with the rtol with which it began",
    "bounds": "a check with other bounds: resume it with the bounds with which it began",
}


class FileKeeper(Keeper):
    """Keeps a check in a file, takes one up from a file, or both."""

    keeps = True

    def __init__(self, save: Any, resume: Any) -> None:
        self._saved = None if resume is None else saving.load(resume)
        self._resumed_from = resume
        self._path: Path | None = None if save is None else saving.destination(save)
        self._this: Saved | None = None
        self._recorder: Recorder | None = None
        self._due = time.monotonic() + EVERY

    def begin(self, problem: Problem, bounds: Bounds | None, options: Options, mode: str) -> None:
        """Refuse a file that holds another check; take over the notes of the one that it holds."""
        self._this = _described(problem, bounds, options, mode)
        if self._saved is not None:
            refuse_another(self._saved, self._this, self._resumed_from)
            refuse_budget(self._saved, options.budget, self._resumed_from)
            problem.notes.extend(self._saved.notes.split(saving.NEXT) if self._saved.notes else ())
            problem.raised.add(_raised(self._saved.raised))
            problem.outside = self._saved.outside

    def claimed_gradient(self, gradient: Any, problem: Problem) -> tuple[Flat, int]:
        """Return the claimed gradient and how often it was called; that of a resumed check must be what it was."""
        if self._saved is None:
            return claimed_gradient(gradient, problem)
        claimed = claimed_again(gradient, problem)
        if saving.digest(claimed) != self._saved.claimed:
            raise ValueError(
                f"{self._resumed_from} holds a check of another gradient: {ANEW}; where a right gradient gives other "
                "bits at every call, check the array that it gave once"
            )
        return claimed, self._saved.gradient_evaluations

    def advance(self, advance: Advance | None) -> Advance | None:
        """Return what is to be told of evaluations: who shows them, and who saves them now and then."""
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
        """Return the evaluator, made to remember; engine and values go on where they were."""
        if self._this is None:
            raise RuntimeError("record() comes after begin()")
        fixed = self._this._replace(claimed=saving.digest(engine.claimed), gradient_evaluations=calls)
        known = (probes_at_x(0), np.empty(0))
        if self._saved is not None:
            known = (self._saved.probes, self._saved.values)
            if self._saved.told:
                if self._saved.memory.shape != engine.memory.shape:
                    raise ValueError(f"{self._resumed_from} is damaged: its memory has another size; {ANEW}")
                engine.restore(self._saved.memory)
                values.restore(self._saved.value, self._saved.starts, self._saved.steps, self._saved.kept)

        def described() -> Saved:
            notes, raised = saving.NEXT.join(problem.notes), _as_text(problem.raised.all())
            return fixed._replace(notes=notes, raised=raised, outside=evaluator.outside)

        self._recorder = Recorder(evaluator, engine, values, known, described)
        return self._recorder

    def save(self) -> None:
        """Save what is known now; a failure is kept, because it must not end the check."""
        if self._path is None or self._recorder is None:
            return
        began = time.monotonic()
        saved = self._recorder.saved()
        if not saved.evaluations:  # what is there may be worth more
            return
        try:
            saving.write(self._path, saved)
            self.failure = ""
        except OSError as problem:
            self.failure = f"{NOT_SAVED} in {self._path}: {problem.strerror or problem}."
        now = time.monotonic()
        self._due = now + max(EVERY, (now - began) / PART_OF_THE_TIME)


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
    return saving.NEXT.join(str(part) for one in raised for part in (one.type, one.message, one.count))


def _raised(text: str) -> list[Raised]:
    words = iter(text.split(saving.NEXT) if text else ())
    return [Raised(kind, message, int(count)) for kind, message, count in zip(words, words, words, strict=True)]


def refuse_another(saved: Saved, this: Saved, path: Any) -> None:
    """Raise a ValueError that says in one sentence why the file does not hold the check that is to go on."""
    for name, sentence in OTHERS.items():
        before, now = getattr(saved, name), getattr(this, name)
        if before != now:
            raise ValueError(f"{path} holds {sentence.format(before, now)}")


def refuse_budget(saved: Saved, budget: int, path: Any) -> None:
    """Raise a ValueError for a budget with which the check would not have come to where it is."""
    if budget == saved.budget:
        return
    if saved.mode == "lines" and saved.told:
        raise ValueError(f"{path} holds a check along lines without a budget, by which they are planned: give none")
    if budget == 0:
        return
    least = max(saved.evaluations, saved.told + ROUND if saved.told else 0)
    if budget < least:
        raise ValueError(
            f"{path} holds a check that has done {saved.evaluations:,} evaluations, which count, too: "
            f"resume it with a budget of {least:,} or more, or without one"
        )
