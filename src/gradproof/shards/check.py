"""A check along lines whose points are made by shards: ask for probes, tell values and changes."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from ..core.records import border as structs
from ..diagnosis.diagnose import explained
from ..engine import Engine, Options
from ..problem.nodes import Branch, Leaf
from ..problem.numbers import Flat, whole
from ..problem.point import Problem
from ..problem.structure import Layout
from ..report.ladder import Values
from ..report.making import Course, make_report
from ..report.records import Evidence
from ..report.report import Report
from ..run.settings import DEFAULT_CONVENTION, Settings
from .all_shards import Absent, AllShards, Everywhere
from .question import Question
from .remarks import remarks
from .shard import Shard
from .sharded_core import in_shards

# What both kinds of options hold as numbers.
NUMBERS = ("size", "budget", "seed", "rtol", "atol", "mode", "blocks")


class ShardedEngine(Engine):
    """The engine of the core for vectors that lie in shards.

    Parameters
    ----------
    problem
        The layout of x, and its type; the point itself is not there.
    all_shards
        All shards.
    options
        Budget, seed and tolerances.
    """

    def __init__(self, problem: Problem, all_shards: AllShards, options: Options) -> None:
        self._vectors = Absent(all_shards, 0), Absent(all_shards, 1)
        super().__init__(problem, problem.x, options, all_shards.sizes, zeroed=True)

    def _begun(self, chosen: Any, borders: Flat, sizes: Flat | None) -> int:
        plain: Any = structs.Options()
        for name in NUMBERS:
            setattr(plain, name, getattr(chosen, name))
        plain.borders = borders
        return in_shards("engine_start")(self._record, *self._vectors, sizes, self._n, plain)

    def _told(self, values: Flat, changes: Flat | None, outside: int) -> int:
        return in_shards("tell")(self._record, *self._vectors, values, changes, len(values))


class ShardedCheck:
    """A check in rounds, as `gradproof.lines` begins it: `ask` and `tell` take turns, until nothing is asked.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> shard = gradproof.Shard(np.ones(6), np.full(6, 2.0), 0)
    >>> check = gradproof.lines(6, [shard])
    >>> while len(probes := check.ask()):
    ...     values, changes = [], []
    ...     for probe in probes:
    ...         point, change = shard.at(probe)
    ...         values.append(np.sum(point**2))
    ...         changes.append(change)
    ...     check.tell(values, changes)
    >>> print(check.result().verdict, check.evaluations < 100)
    right True
    """

    def __init__(self, layout: Layout, all_shards: AllShards, settings: Settings) -> None:
        self._options = settings.options()
        self.n = layout.n
        self._problem = Problem(layout, np.empty(0, all_shards.dtype))
        self._problem.along_lines = True
        self._engine = ShardedEngine(self._problem, all_shards, self._options)
        self._all_shards = all_shards
        # What tells this check from others: its settings, the sizes of x, and norms of the claimed gradient.
        self._mark = zlib.crc32(self._engine.memory.tobytes()).to_bytes(4, "little")
        self._told: list[tuple[Flat, Flat]] = []
        self._probes: Flat = self._engine.ask()[:0]
        self._has_budget = settings.budget is not None
        self._stopped_by = ""

    @property
    def evaluations(self) -> int:
        """How many values of the objective have been told."""
        return self._engine.evaluations

    @property
    def opening(self) -> Question:
        """What a shard must answer before it can move: for one that was made again in the midst of a check."""
        return self._all_shards.opening

    def state(self) -> bytes:
        """Return all that the check knows, to be kept until `restore`; not in the middle of a round."""
        return self._mark + self._engine.memory.tobytes()

    def restore(self, state: bytes) -> None:
        """Go on where another check of the same shards and settings was, for example one whose processes were killed.

        Parameters
        ----------
        state : bytes
            What `state` returned.

        Raises
        ------
        ValueError
            If the state is that of another check, or damaged.
        """
        if state[:4] != self._mark or len(state) != 4 + self._engine.memory.nbytes:
            raise ValueError("this is not the state of a check of the same shards with the same settings")
        before = self._engine.memory.copy()
        try:
            self._engine.restore(np.frombuffer(state[4:], np.int64))
        except RuntimeError as damaged:
            self._engine.memory[:] = before
            raise ValueError(f"the state of the check cannot be used: {damaged}") from None

    def ask(self) -> Flat:
        """Return the next round of probes, as an array of records; an empty one when the check is finished.

        A probe is a few words, whatever n is, and may be sent anywhere.  Probes of a round do not depend on each other.
        Asking again gives the same round.
        """
        self._probes = self._engine.ask().copy()
        return self._probes

    def tell(self, values: Any, changes: Any) -> None:
        """Hand over what belongs to the round, in the order of its probes.

        Parameters
        ----------
        values : array_like
            The values of the objective; NaN where it has none.
        changes : array_like
            The changes that the claimed gradient predicts: for each probe the sum over all shards.

        Raises
        ------
        ValueError
            If these are not as many as the probes.
        """
        told, predicted = (np.array(one, np.float64) for one in (values, changes))
        count = len(self._probes)
        if told.shape != (count,) or predicted.shape != (count,):
            raise ValueError(f"the round has {count} probes, but {told.size} values and {predicted.size} changes came")
        self._told.append((self._probes, told))
        self._engine.tell(told, predicted)
        self._probes = self._probes[:0]

    def stop(self, stopped_by: str = "interrupted") -> None:
        """End the check before its time, "interrupted" or by a "time_limit": what is open counts as untested."""
        self._engine.stop(np.empty(0))
        self._stopped_by = stopped_by

    def result(self) -> Report:
        """Return the report on what has been told so far; the shards are not asked for it."""
        outcome = self._engine.result()
        is_early = self._has_budget and outcome.report.early
        stopped_by = self._stopped_by or ("budget" if is_early else "")
        course = Course("lines", self._options.seed, 0, stopped_by, (), (), 1, DEFAULT_CONVENTION)
        x, claimed = (self._all_shards.known(which) for which in (0, 1))
        values = Values(x)
        for probes, told in self._told:
            values.keep(probes, told)
        evidence = Evidence(self._problem.layout, claimed, values, self._engine.blocks())
        return explained(make_report(outcome, evidence, course._replace(warnings=remarks(outcome, evidence))))


def lines(
    n: int | Mapping[str, tuple[int, ...]],
    shards: Sequence[Shard] | Everywhere,
    *,
    seed: int = 0,
    budget: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
) -> ShardedCheck:
    """Begin a check along lines of a vector that nobody holds as a whole.

    The check asks for probes, and is told values of the objective there, wherever these come from.  A probe is a few
    words; every shard moves its own coordinates, and says what the claimed gradient predicts for them.  What the check
    has to know of all of x, such as norms of the claimed gradient, it asks the shards, which answer with a few numbers.

    Parameters
    ----------
    n : int, or mapping of str to shapes
        The number of coordinates; or the named arrays that they belong to, with their shapes, in order.
    shards : sequence of Shard, or callable
        The shards; or, where they are elsewhere, a function of a question that returns what ``shard.answer(question)``
        is for each of them, as a list.  With MPI, where every process runs the same check, this is
        ``lambda question: comm.allgather(shard.answer(question))``.
    seed, budget, rtol, atol
        As for `check`.

    Returns
    -------
    ShardedCheck
        The check: call `ask` and `tell` in turn, until nothing is asked, and then `result`.

    Raises
    ------
    TypeError, ValueError
        If a setting is invalid, x is not finite, or the shards do not hold every coordinate once.

    See Also
    --------
    Shard : What holds and moves some of the coordinates.

    Notes
    -----
    Probes, and the points that shards make of them, are those of `check` with ``mode="lines"``, bit for bit.  Sums over
    all of x depend on where it is cut in their last bits only.

    What a check asks is not known in advance: with MPI, every process must ask and tell the same, in the same order.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> x = np.arange(1.0, 7.0)
    >>> shards = [gradproof.Shard(x[:2], 2 * x[:2], 0), gradproof.Shard(x[2:], x[2:], 2)]  # a 2 is missing
    >>> check = gradproof.lines({"bias": (2,), "weights": (2, 2)}, shards)
    >>> def answer(probe):
    ...     parts = [shard.at(probe) for shard in shards]
    ...     return sum(np.sum(point**2) for point, _ in parts), sum(change for _, change in parts)
    >>> while len(probes := check.ask()):
    ...     check.tell(*zip(*map(answer, probes)))
    >>> report = check.result()
    >>> report.verdict, sorted(finding.name for finding in report.findings)[0]
    ('wrong', 'weights[0, 0]')
    """
    settings = Settings("lines", seed, budget, rtol=rtol, atol=atol)
    settings.options()
    layout = _layout(n, np.float64)
    ends = [(leaf.start, leaf.stop) for leaf in layout.leaves]
    all_shards = AllShards(layout.n, _everywhere(shards), ends if len(ends) > 1 else ())
    for index in all_shards.overview.not_finite:
        raise ValueError(f"x must be finite, but {layout.name(index)} is {all_shards.value(index)[0]}")
    return ShardedCheck(_layout(n, all_shards.dtype), all_shards, settings)


def _everywhere(shards: Any) -> Everywhere:
    """Return what asks every shard."""
    if callable(shards):
        return cast(Everywhere, shards)
    every = list(shards)
    if not all(isinstance(one, Shard) for one in every):
        raise TypeError("shards must be a list of gradproof.Shard, or a function that asks them all a question")
    return lambda question: [one.answer(question) for one in every]


def _layout(n: Any, dtype: Any) -> Layout:
    """Return the layout of a vector, or of named arrays one after the other."""
    kind = np.dtype(dtype)
    if not isinstance(n, Mapping):
        count = whole(n, "n must be the number of coordinates, or a mapping of names to shapes")
        if count < 1:
            raise ValueError(f"n must be at least 1, not {count}")
        return Layout(Leaf("", (count,), kind, 0, count, False))
    leaves, used = [], 0
    for name, shape in n.items():
        count = math.prod(shape)
        leaves.append(Leaf(str(name), tuple(shape), kind, used, used + count, False))
        used += count
    if not used:
        raise ValueError("n names no coordinates: a check needs at least one")
    return Layout(Branch("", "dict", tuple(n), tuple(leaves), {}))
