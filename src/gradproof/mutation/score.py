"""The mutation score of a check: which of the bugs that are planted in a right gradient it would catch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..arguments.reading import Asked, read_arguments
from ..checking import check
from ..evaluators.choice import gradient_function
from ..evaluators.objectives import InPlace, Terms, is_compiled
from ..problem.claim import Claimed, claimed_gradient
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..report.report import Report
from ..report.text.table import headline
from ..run.rounds import run_check
from ..run.settings import Settings
from .bugs import planted
from .memoised import Memoised

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..run.keywords import MutationSettings

# Bugs are planted in at most this many arrays, the first ones.
MOST_ARRAYS = 16
REFUSED = ("save", "resume", "rows")


@dataclass(frozen=True)
class Mutant:
    """A bug that was planted in one array.

    Attributes
    ----------
    bug, array : str
        What was planted, and where.
    verdict : str
        The verdict of the check.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import mutation_score
    >>> mutation_score(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 0.5])).mutants[0]
    Mutant(bug='sign', array='x', verdict='wrong')
    """

    bug: str
    array: str
    verdict: str

    @property
    def is_caught(self) -> bool:
        """Whether the check called the gradient wrong.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import mutation_score
        >>> score = mutation_score(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 0.5]))
        >>> all(mutant.is_caught for mutant in score.mutants)
        True
        """
        return self.verdict == "wrong"


@dataclass(frozen=True, eq=False)
class MutationScore:
    """Which planted bugs a check would have caught; printed, a table with a line for each array.

    Attributes
    ----------
    report : Report
        The check of the gradient as it is.
    mutants : tuple of Mutant
        Each bug in each array where it changes something.
    evaluations : int
        How often the objective was called for all the checks together.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import mutation_score
    >>> score = mutation_score(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 0.5]))
    >>> print(score)
    all ... planted bugs would have been caught
    ...
    >>> score.share, score.caught == len(score.mutants)
    (1.0, True)
    """

    report: Report
    mutants: tuple[Mutant, ...]
    evaluations: int

    @property
    def share(self) -> float:
        """The share of the planted bugs that the check catches, from 0 to 1; NaN if none could be planted."""
        return self.caught / len(self.mutants) if self.mutants else float("nan")

    @property
    def caught(self) -> int:
        """The number of bugs that the check catches."""
        return sum(one.is_caught for one in self.mutants)

    @property
    def missed(self) -> tuple[Mutant, ...]:
        """The bugs that it does not catch.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import mutation_score
        >>> score = mutation_score(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 0.5]), budget=3)
        >>> score.caught + len(score.missed) == len(score.mutants), score.share < 1
        (True, True)
        """
        return tuple(one for one in self.mutants if not one.is_caught)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        count = len(self.mutants)
        if not self.missed:
            yield f"all {count} planted bugs would have been caught"
        else:
            share = f"{int(100 * self.share)} %"
            yield f"{self.caught} of {count} planted bugs would have been caught ({share})"
        yield ""
        names = list(dict.fromkeys(one.array for one in self.mutants))
        width = max((len(name) for name in names), default=0)
        for name in names:
            here = [one for one in self.mutants if one.array == name]
            missed = [one.bug for one in here if not one.is_caught]
            told = f"; missed: {', '.join(missed)}" if missed else ""
            yield f"  {name:<{width}}  {len(here) - len(missed)} of {len(here)}{told}"
        yield ""
        yield f"  {self.evaluations:,} evaluations of the objective"


def mutation_score(
    objective: Any, gradient: Any = None, x: Any = None, **settings: Unpack[MutationSettings]
) -> MutationScore:
    """Plant up to twenty bugs in each array of a gradient, one at a time; say which of them this check would catch.

    Parameters
    ----------
    objective, gradient, x
        As for `check`.  The gradient should be right.
    **settings
        The other arguments of `check`, such as `mode`, `budget` and `rtol`; not `save`, `resume` and `rows`.

    Returns
    -------
    MutationScore
        What was planted, and what was caught.  Where x has more than 16 arrays, bugs are planted in the first 16.

    Raises
    ------
    ValueError
        If the gradient is wrong already.

    Notes
    -----
    An objective in Python is called once at each point, whatever is planted: its values do not depend on the claims.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import mutation_score
    >>> x = {"W": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([0.5, 1.5])}
    >>> def f(p):
    ...     return np.sum(np.sin(p["W"])) + np.sum(p["b"] ** 2)
    >>> def g(p):
    ...     return {"W": np.cos(p["W"]), "b": 2 * p["b"]}
    >>> score = mutation_score(f, g, x)
    >>> score.share
    1.0
    """
    refused = [name for name in REFUSED if settings.get(name) is not None]
    if refused:
        raise TypeError(f"{refused[0]}= is for single checks: a mutation score makes many, on all rows")
    asked = read_arguments(objective, gradient, x, settings.get("args", ()), settings.get("bounds"))
    if isinstance(asked.objective, (InPlace, Terms)):
        raise TypeError("bugs are planted in gradients of functions of x: pass f(x), not in_place() or terms()")
    report = check(objective, gradient, x, **settings)
    if report.verdict == "wrong":
        raise ValueError(f"the gradient must be right before bugs are planted in it: {headline(report)}")
    known: dict[str, Any] = {name: value for name, value in settings.items() if name in Settings._fields}
    return _score(asked, report, Settings(**known)._replace(bounds=asked.bounds))


def _score(asked: Asked, report: Report, settings: Settings) -> MutationScore:
    problem = settings.problem(asked.x)
    problem.along_lines = report.mode == "lines"
    claimed = claimed_gradient(gradient_function(asked.gradient, problem), problem)[0]
    shared = _shared(asked, problem, settings)
    # A right gradient may be found right although f is random; of a wrong one that would be seen.
    is_same = shared is not None and not report.nondeterministic and shared.value_at(problem) == report.value
    found, others = [], 0
    for array, bug, flat in _planted(problem, claimed):
        objective = shared if is_same else asked.objective
        one = run_check(objective, Claimed(flat, 0), problem, settings, progress=False, explain=False)
        others += 0 if is_same else one.evaluations
        found.append(Mutant(bug, array, one.verdict))
    calls = report.evaluations + others + (0 if shared is None else shared.calls)
    return MutationScore(report, tuple(found), calls)


def _planted(problem: Problem, claimed: Flat) -> Iterator[tuple[str, str, Flat]]:
    """Yield arrays, bugs, and the gradients that have them."""
    leaves = problem.layout.arrays
    for leaf in leaves[:MOST_ARRAYS]:
        for bug, flat in planted(claimed, problem.x, leaf, leaves):
            yield problem.layout.title_of(leaf), bug, flat


def _shared(asked: Asked, problem: Problem, settings: Settings) -> Memoised | None:
    """Return an objective that remembers its values; None where others are called, or elsewhere."""
    is_plain = callable(asked.objective) and not is_compiled(asked.objective) and settings.executor is None
    return Memoised(asked.objective) if is_plain else None
