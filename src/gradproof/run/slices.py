"""Along lines: which rows, columns or slices of an array are wrong, where lines only tell that something in it is.

What disagrees is halved in the order of memory, in which a column is scattered.  Here the array is divided along one of
its axes instead: what moves is one line through each part of it, so that parts are the coordinates of a small check.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ..evaluators.restricted import Coordinates
from ..problem.nodes import Leaf
from ..problem.numbers import Flat, frozen, in_x
from ..report.cause import Cause
from ..report.making import worst_first
from ..report.report import Report
from .subchecks import LinePoints, Search, SubcheckEndedError, box_of

# A range of indices is divided into this many parts at a time: fewer take more rounds where few are wrong, and fewer
# rounds where all are, as upstream of a bug.
PARTS = 4
# The most arrays that are searched, wrong indices that are sought, and coordinates that are examined in what is found.
MOST_ARRAYS, MOST_INDICES, LOOKED_AT = 4, 8, 6
# Of an array in which halving confirmed more coordinates than this, these tell enough.
FEW = 1
# The odds against coordinates lying in one slice by chance.
FEWEST_CHOICES = 1000
# A coordinate moves by its size, or by this part of what is usual in its array.
FLOOR = 0.1


def is_cheap(report: Report) -> bool:
    """Whether single lines and coordinates take few evaluations, as they do not where f computes in float32.

    There each takes dozens.  Where only x is float32, and f sums in float64, f(x) is hardly ever a number of float32.
    """
    return report.arithmetic == "float64" or float(np.float32(report.value)) != report.value


def searched(report: Report, told: Report, search: Search) -> Report:
    """Return a report with wrong coordinates of the slices that are wrong in arrays without any that were confirmed.

    Parameters
    ----------
    report
        The report before anything was explained.
    told
        The same report with what explains its errors: where a factor of a whole array does, it has no slices.
    search
        The search.
    """
    named = {name for one in told.explanations for name in one.names if one.kind == "factor"}
    for leaf in _to_search(report, named, search):
        before = len(report.sampled)
        report = _until_ended(report, functools.partial(_in_array, search=search, leaf=leaf))
        if len(report.sampled) == before:
            # Errors all over one array are those upstream of a bug, which other arrays have, too.
            break
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
    named = {name for one in told.explanations for name in one.names}
    layout, random = search.problem.layout, np.random.default_rng(search.settings.seed)
    unnamed = [leaf for leaf in _whole_arrays(report) if layout.title_of(leaf) not in named][:MOST_ARRAYS]
    if not unnamed or report.stopped_by:
        return told
    wrong = _places(search, report.wrong)
    places = np.concatenate([_drawn(leaf, search.claimed, random, wrong) for leaf in unnamed])
    chosen = np.setdiff1d(in_x(layout.indices, places), report.sampled)
    if not chosen.size:
        return told
    return _until_ended(report, functools.partial(_with_coordinates, search=search, chosen=_places(search, chosen)))


def _until_ended(report: Report, look: Callable[[Report], Report]) -> Report:
    """Return what a look makes of a report, or the report where the time limit or Ctrl-C ends that."""
    if report.stopped_by:
        return report
    try:
        return look(report)
    except SubcheckEndedError as ended:
        return replace(report, evaluations=report.evaluations + ended.evaluations, stopped_by=ended.by)


def _places(search: Search, indices: Flat) -> Flat:
    """Return the places of flat indices in x among the coordinates that are checked."""
    every = search.problem.layout.indices
    return indices if every is None else np.searchsorted(every, indices)


def _drawn(leaf: Leaf, claimed: Flat, random: np.random.Generator, wrong: Flat) -> Flat:
    """Draw a few coordinates of an array, which may be long: where claims are not 0, unless all are.

    Of a table of which f uses a few rows, hardly any other coordinate tells anything.  But where none is known to be
    wrong, half of them are some whose claims are 0: what f uses may be lost.
    """
    part = claimed[leaf.start : leaf.stop]
    some, none = np.flatnonzero(part), np.flatnonzero(part == 0)
    if len(some) and np.any((wrong >= leaf.start) & (wrong < leaf.stop)):
        none = none[:0]
    half = LOOKED_AT // 2 if len(some) else LOOKED_AT
    lost = random.choice(none, min(half, len(none)), replace=False)
    drawn: Flat = random.choice(some, min(LOOKED_AT - len(lost), len(some)), replace=False)
    return leaf.start + np.concatenate([lost, drawn])


def _whole_arrays(report: Report) -> Iterator[Leaf]:
    """Yield the arrays that are wrong along lines through all of them."""
    layout = report._evidence.layout
    for one in report.findings:
        if one.cause is Cause.WRONG and one.is_line:
            start, stop = layout.place(one.start), layout.place(one.stop - 1) + 1
            leaf = layout.leaf_of(start)
            if (start, stop) == (leaf.start, leaf.stop):
                yield leaf


def _to_search(report: Report, named: set[str], search: Search) -> Iterator[Leaf]:
    """Yield the arrays with several axes that are wrong as a whole, though not in every coordinate that was sampled."""
    places, wrong = _places(search, report.sampled), np.isin(report.sampled, report.wrong)
    count = 0
    for leaf in _whole_arrays(report):
        sampled = wrong[(places >= leaf.start) & (places < leaf.stop)]
        confirmed = np.count_nonzero(sampled)
        if len(leaf.shape) < 2 or leaf.is_complex or confirmed > FEW or confirmed == len(sampled) > 0:
            continue
        # A factor along the own claim of an array is that of all of it where it explains its errors.
        if not confirmed and search.problem.layout.title_of(leaf) in named:
            continue
        count += 1
        if count <= MOST_ARRAYS:
            yield leaf


def _in_array(report: Report, search: Search, leaf: Leaf) -> Report:
    """Return the report with coordinates of the first axis along which only some indices are wrong."""
    random = np.random.default_rng(search.settings.seed)
    line = _line(search, leaf, random)
    where = np.indices(leaf.shape).reshape(len(leaf.shape), -1)
    # An axis of one index has no parts.
    for axis in sorted(np.flatnonzero(np.array(leaf.shape) > 1), key=lambda axis: leaf.shape[axis]):
        found, used = _wrong_indices(search, leaf, line, where[axis], report.evaluations)
        report = replace(report, evaluations=used)
        if found:
            among = leaf.start + np.flatnonzero(np.isin(where[axis], found))
            count = min(_enough(len(found), leaf.shape[axis]), len(among))
            return _with_coordinates(report, search, np.sort(random.choice(among, count, replace=False)))
    return report


def _line(search: Search, leaf: Leaf, random: np.random.Generator) -> Flat:
    """Return a random line through an array; where bounds are near it leads away from them."""
    part = search.problem.x[leaf.start : leaf.stop].astype(np.float64)
    usual = math.sqrt(float(np.mean(part**2))) or 1.0
    signs = random.choice([-1.0, 1.0], part.size)
    sizes = random.uniform(0.5, 1.5, part.size) * np.maximum(np.abs(part), FLOOR * usual)
    if (box := box_of(search, leaf)) is not None:
        below, above = part - box[0], box[1] - part
        sizes = np.minimum(sizes, np.maximum(below, above))
        signs = np.where(np.minimum(below, above) < sizes, np.where(above < below, -1.0, 1.0), signs)
    # In float32 most points along such a line are not rounded.
    line: Flat = signs * (_powers_of_two(sizes) if search.problem.is_float32 else sizes)
    return line


def _powers_of_two(sizes: Flat) -> Flat:
    """Return for each size the largest power of two that is no larger."""
    powers: Flat = np.where(sizes > 0.0, np.ldexp(1.0, np.frexp(sizes)[1] - 1), 0.0)
    return powers


def _enough(found: int, length: int) -> int:
    """Return of how many coordinates it is no chance any more that they all lie in the indices that were found."""
    return max(LOOKED_AT, math.ceil(math.log(FEWEST_CHOICES * math.comb(length, found)) / math.log(length / found)))


def _wrong_indices(search: Search, leaf: Leaf, line: Flat, index: Flat, used: int) -> tuple[list[int], int]:
    """Return which indices of an axis are wrong, none if most are, and how often f was evaluated until then."""
    is_claimed = np.zeros(int(index.max()) + 1, bool)
    is_claimed[index[np.asarray(search.claimed[leaf.start : leaf.stop]) != 0]] = True
    # What has no claim is a part of its own at first: a table of which f uses a few rows has many such.
    level = [*_divided(np.flatnonzero(is_claimed)), *_divided(np.flatnonzero(~is_claimed), 1)]
    while search.has_left(used, len(level)):
        lines = [np.where(np.isin(index, part), line, 0.0) for part in level]
        report = _along(search, leaf, lines, used)
        used += report.evaluations
        parts = [level[one] for one in report.wrong.tolist()]
        if 2 * len(parts) > len(level) or len(parts) > MOST_INDICES or report.untested or report.undecided:
            break
        if all(len(part) == 1 for part in parts):
            return [int(part[0]) for part in parts], used
        level = [each for part in parts for each in _divided(part)]
    return [], used


def _divided(part: Flat, most: int = PARTS) -> list[Flat]:
    """Return a range of indices in parts, none of them empty."""
    return list(np.array_split(part, min(most, len(part)))) if len(part) else []


def _along(search: Search, leaf: Leaf, lines: list[Flat], used: int) -> Report:
    """Return the check of f along lines through an array, each of them a coordinate."""
    points = LinePoints(search.problem.x, leaf, np.stack(lines), box_of(search, leaf))
    claimed = points.moves @ np.asarray(search.claimed[leaf.start : leaf.stop], np.float64)
    return search.check(points, claimed, points.start, used, points.limits)


def _with_coordinates(report: Report, search: Search, chosen: Flat) -> Report:
    """Return the report with what a check of some coordinates finds wrong."""
    if not search.has_left(report.evaluations, len(chosen)):
        return report
    x, layout, used = search.problem.x, search.problem.layout, report.evaluations
    box = None if search.box is None else tuple(edge[chosen] for edge in search.box)
    claimed = np.asarray(search.claimed[chosen], np.float64)
    alone = search.check(Coordinates(x, chosen), claimed, x[chosen], used, box)
    indices = np.asarray(in_x(layout.indices, chosen))
    values = alone._evidence.values.under(indices)
    wrong = [
        replace(one, index=at, start=at, stop=at + 1, name=layout.name(int(chosen[one.index])), _values=values)
        for one in alone.findings
        if one.cause is Cause.WRONG
        for at in [int(indices[one.index])]
    ]
    return replace(
        report,
        wrong=frozen(np.union1d(report.wrong, indices[alone.wrong])),
        sampled=frozen(np.union1d(report.sampled, indices[alone.wrong] if alone.untested else indices)),
        findings=worst_first([*report.findings, *wrong]),
        evaluations=used + alone.evaluations,
    )
