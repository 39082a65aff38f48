"""Along lines: which rows, columns or slices of an array are wrong, where lines only tell that something in it is.

What disagrees is halved in the order of memory, in which a column is scattered.  Here the array is divided along one of
its axes instead: what moves is one line through each part of it, so that parts are the coordinates of a small check.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ..evaluators.restricted import Coordinates, Point, restricted
from ..problem.nodes import Leaf
from ..problem.numbers import Flat, frozen
from ..problem.point import Problem
from ..report.cause import Cause
from ..report.making import worst_first
from ..report.records import Finding
from ..report.report import Report
from .settings import Settings

# A range of indices is divided into so many parts at a time.
PARTS = 8
# So many arrays are searched, for so many wrong indices, and so many coordinates are looked at in what is found.
MOST_ARRAYS, MOST_INDICES, LOOKED_AT = 4, 8, 6
# Of an array in which halving confirmed more coordinates than this, these tell enough.
FEW = 1
# Coordinates lie in a slice by chance in one of so many cases.
FEWEST_CHOICES = 1000
# What a small check may take of a budget for each of its coordinates; it is not begun with less.
EVALUATIONS = 8
# A coordinate moves by its size, or by this part of what is usual in its array.
FLOOR = 0.1

Checked = Callable[[Any, Flat, Flat, Settings], Report]


class Search(NamedTuple):
    """A search in one check: f of whatever kind, the point, the claims, the settings, and what checks a small part."""

    objective: Any
    problem: Problem
    claimed: Flat
    settings: Settings
    checked: Checked

    def has_left(self, used: int, count: int) -> bool:
        """Whether what is left of the budget suffices for a check of so many coordinates."""
        return self.settings.budget is None or self.settings.budget - used >= EVALUATIONS * (count + 1)

    def check(self, point: Point, claimed: Flat, x: Flat, used: int) -> Report:
        """Return the check of f restricted to a few variables, with what is left of the budget."""
        budget = self.settings.budget
        left = None if budget is None else budget - used
        objective = restricted(self.objective, self.problem, point).objective
        return self.checked(objective, claimed, x, self.settings._replace(mode="full", budget=left))


@dataclass(frozen=True)
class Lines:
    """Points along lines through an array, each of which is a variable."""

    x: Flat
    leaf: Leaf
    moves: Flat

    def __call__(self, steps: Flat) -> Flat:
        """Return the point after a step along each line."""
        point: Flat = self.x.copy()
        point[self.leaf.start : self.leaf.stop] += steps @ self.moves
        return point


def searched(report: Report, search: Search) -> Report:
    """Return a report with wrong coordinates of the slices that are wrong in arrays without any that were confirmed."""
    for leaf in _to_search(report, search) if is_searchable(search.problem, search.settings) else ():
        report = _in_array(report, search, leaf)
    return report


def looked_closer(report: Report, told: Report, search: Search) -> Report:
    """Return a report with a few more coordinates of arrays that are wrong as a whole, where nothing explains how.

    Parameters
    ----------
    report
        The report before anything was explained.
    told
        The same report with what explains its errors.
    search
        The search.
    """
    if not is_searchable(search.problem, search.settings):
        return told
    named = {name for one in told.explanations for name in one.names if one.kind != "invariance"}
    layout, random = search.problem.layout, np.random.default_rng(search.settings.seed)
    leaves = [layout.leaf_of(one.start) for one in _whole_arrays(report)]
    unnamed = [leaf for leaf in leaves if layout.title_of(leaf) not in named][:MOST_ARRAYS]
    if not unnamed:
        return told
    chosen = np.setdiff1d(np.concatenate([_drawn(leaf, random) for leaf in unnamed]), report.sampled)
    return _with_coordinates(report, search, chosen) if chosen.size else told


def _drawn(leaf: Leaf, random: np.random.Generator) -> Flat:
    """Draw a few coordinates of an array, which may be long."""
    count = leaf.stop - leaf.start
    drawn: Flat = leaf.start + random.choice(count, min(LOOKED_AT, count), replace=False)
    return drawn


def _whole_arrays(report: Report) -> Iterator[Finding]:
    """Yield what was found along whole arrays that are wrong."""
    layout = report._evidence.layout
    for one in report.findings:
        leaf = layout.leaf_of(layout.place(one.start))
        if one.cause is Cause.WRONG and one.is_line and (one.start, one.stop) == (leaf.start, leaf.stop):
            yield one


def is_searchable(problem: Problem, settings: Settings) -> bool:
    """Whether f can be evaluated anywhere near x, in float64, for as long as it takes."""
    plain = problem.x.dtype == np.float64 and problem.layout.indices is None
    return plain and settings.bounds is None and settings.time_limit is None


def _to_search(report: Report, search: Search) -> Iterator[Leaf]:
    """Yield the arrays with several axes that are wrong as a whole, though coordinates of them are right."""
    layout, count = search.problem.layout, 0
    for one in _whole_arrays(report):
        leaf = layout.leaf_of(one.start)
        sampled = report.sampled[(report.sampled >= leaf.start) & (report.sampled < leaf.stop)]
        confirmed = np.count_nonzero(np.isin(sampled, report.wrong))
        if len(leaf.shape) < 2 or leaf.is_complex or confirmed > FEW or confirmed == len(sampled):
            continue
        count += 1
        if count <= MOST_ARRAYS:
            yield leaf


def _in_array(report: Report, search: Search, leaf: Leaf) -> Report:
    """Return the report with coordinates of the first axis along which only some indices are wrong."""
    random = np.random.default_rng(search.settings.seed)
    part = search.problem.x[leaf.start : leaf.stop]
    usual = math.sqrt(float(np.mean(part**2))) or 1.0
    signs = random.choice([-1.0, 1.0], part.size)
    line = signs * random.uniform(0.5, 1.5, part.size) * np.maximum(np.abs(part), FLOOR * usual)
    where = np.indices(leaf.shape).reshape(len(leaf.shape), -1)
    # Along an axis of length 1 there is nothing to choose.
    for axis in sorted(np.flatnonzero(np.array(leaf.shape) > 1).tolist(), key=lambda axis: leaf.shape[axis]):
        found, used = _wrong_indices(search, leaf, line, where[axis], report.evaluations)
        report = replace(report, evaluations=used)
        if found:
            among = leaf.start + np.flatnonzero(np.isin(where[axis], found))
            count = min(_enough(len(found), leaf.shape[axis]), len(among))
            return _with_coordinates(report, search, np.sort(random.choice(among, count, replace=False)))
    return report


def _enough(found: int, length: int) -> int:
    """Return of how many coordinates it is no chance any more that they all lie in the indices that were found."""
    return max(LOOKED_AT, found + math.ceil(math.log(FEWEST_CHOICES) / math.log(length / found)))


def _wrong_indices(search: Search, leaf: Leaf, line: Flat, index: Flat, used: int) -> tuple[list[int], int]:
    """Return which indices of an axis are wrong, none if most are, and how often f was evaluated until then."""
    parts = [np.arange(int(index.max()) + 1)]
    while parts and any(len(part) > 1 for part in parts):
        smaller = [each for part in parts for each in np.array_split(part, min(PARTS, len(part)))]
        if not search.has_left(used, len(smaller)):
            return [], used
        lines = [np.where(np.isin(index, part), line, 0.0) for part in smaller]
        report = _along(search, leaf, lines, used)
        used += report.evaluations
        parts = [smaller[one] for one in report.wrong.tolist()]
        if 2 * len(parts) > len(smaller) or len(parts) > MOST_INDICES or report.untested or report.undecided:
            return [], used
    return [int(part[0]) for part in parts], used


def _along(search: Search, leaf: Leaf, lines: list[Flat], used: int) -> Report:
    """Return the check of f along lines through an array, each of them a coordinate."""
    moves = np.stack(lines)
    claimed = moves @ np.asarray(search.claimed[leaf.start : leaf.stop], np.float64)
    return search.check(Lines(search.problem.x, leaf, moves), claimed, np.zeros(len(lines)), used)


def _with_coordinates(report: Report, search: Search, chosen: Flat) -> Report:
    """Return the report with what a check of some coordinates finds wrong."""
    if not search.has_left(report.evaluations, len(chosen)):
        return report
    x, name, used = search.problem.x, search.problem.layout.name, report.evaluations
    alone = search.check(Coordinates(x, chosen), np.asarray(search.claimed, np.float64)[chosen], x[chosen], used)
    found = [(one, int(chosen[one.index])) for one in alone.findings if one.cause is Cause.WRONG]
    wrong = [replace(one, index=at, start=at, stop=at + 1, name=name(at)) for one, at in found]
    return replace(
        report,
        wrong=frozen(np.union1d(report.wrong, chosen[alone.wrong])),
        sampled=frozen(np.union1d(report.sampled, chosen)),
        findings=worst_first([*report.findings, *wrong]),
        evaluations=used + alone.evaluations,
    )
