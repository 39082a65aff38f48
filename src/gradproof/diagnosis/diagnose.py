"""Explains the errors of a report, array by array, by the simplest explanation that fits all of them."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from ..report.records import Record
from ..report.remarks.signs import meant
from ..report.report import Report
from ..report.summaries.arrays import factors_of
from .additions import addition
from .arrangements import rearranged
from .axes import adds_up_to_zero, by_axis
from .evidence import Evidence, evidence_of
from .factors import NEAR, common_factor, same_factor
from .places import place_of
from .values import no_dependence, not_finite, rounded, zero
from .variables import by_variable

# The norm of a gradient that was clipped is a number of two digits to within this, relatively.
CLIPPED = 1e-6
Explaining: TypeAlias = Callable[[Evidence], Explanation | None]

# The most axes of arrays whose lengths a factor is compared with.
AXES = 64


class Explained(NamedTuple):
    """An explanation, and the coordinates that it explains among those that were checked."""

    explanation: Explanation
    places: Flat


def explained(report: Report) -> Report:
    """Return a report with what explains its errors, each finding with what explains its own."""
    if report.verdict != "wrong" or report.outputs:
        return report
    parts = _with_factors(explained_parts(report), report)
    told, warnings = meant([one.explanation for one in parts], report)
    found = [one._replace(explanation=text) for one, text in zip(parts, told, strict=True)]
    said = {int(place): str(one.explanation.text) for one in found for place in one.places}
    layout = report._evidence.layout
    findings = tuple(
        replace(one, explanation=said.get(layout.place(one.index), "")) if one.stop == one.start + 1 else one
        for one in report.findings
    )
    return replace(report, explanations=tuple(told), findings=findings, warnings=warnings)


def _with_factors(found: list[Explained], report: Record) -> list[Explained]:
    """Return explanations with the factors that lines measured for their arrays: one number for one thing.

    In full mode it is the other way round: then the explanation knows it better, and arrays take it from there.
    """
    if report.power is None:
        return found
    known = factors_of(report)

    def same(one: Explanation) -> Explanation:
        factor, bar = known.get(one.names[0], (math.nan, math.nan))
        is_it = one.kind == "factor" and len(one.names) == 1 and abs(factor - one.number) <= bar + NEAR * abs(factor)
        return replace(one, number=factor) if is_it else one

    return [each._replace(explanation=same(each.explanation)) for each in found]


def explained_parts(report: Record) -> list[Explained]:
    """Return what explains the errors of a wrong gradient, in the order of the arrays; nothing where nothing fits."""
    arrays = list(evidence_of(report))
    if not any(each.slope[each.wrong].any() for each in arrays) and not _is_any_right(report, ()):
        return []  # f ignores x altogether, which a remark says
    sizes = sizes_of(report)
    found = _completed([one for each in arrays for one in _of_array(each, sizes)], arrays)
    return [_with_share(one, arrays) for one in _merged(found, arrays, report)]


def _completed(found: list[Explained], arrays: list[Evidence]) -> list[Explained]:
    """Return the explanations, and those of arrays that have none of their own by factors of the others."""
    known = [one.explanation for one in found if one.explanation.kind == "factor"]
    explained = {name for one in found for name in one.explanation.names}
    open_ones = [each for each in arrays if each.name not in explained and np.isfinite(each.claimed[each.wrong]).all()]
    for each in open_ones:
        more = (
            one for factor in known for one in _alone(each, each.wrong, functools.partial(same_factor, known=factor))
        )
        found += itertools.islice(more, 1)
    order = {each.name: number for number, each in enumerate(arrays)}
    return sorted(found, key=lambda one: order[one.explanation.names[0]])


def sizes_of(report: Record) -> dict[int, str]:
    """Return lengths over which a sum or a mean may have been taken, with what they are."""
    sizes: dict[int, str] = {}
    if report.rows:
        sizes[report.rows] = "the rows"
    for leaf in report._evidence.layout.leaves[:AXES]:
        for axis, length in enumerate(leaf.shape):
            sizes.setdefault(length, f"axis {axis} of {leaf.path or 'x'}" if len(leaf.shape) > 1 else leaf.path or "x")
    return sizes


def _of_array(whole: Evidence, sizes: dict[int, str]) -> Iterator[Explained]:
    """Yield the explanations of one array: what is not finite, what is exactly 0, and the rest."""
    finite = np.isfinite(whole.claimed)
    if (whole.wrong & ~finite).any():
        yield from _alone(whole, whole.wrong & ~finite, not_finite)
    rest = whole.wrong & finite
    if not rest.any():
        return
    found = list(_of_finite(whole, rest, sizes))
    if not found and (rest & (whole.claimed == 0)).sum() > 1:
        yield from _alone(whole, rest & (whole.claimed == 0), zero)
        found = list(_of_finite(whole, rest & (whole.claimed != 0), sizes))
    yield from found


def _of_finite(whole: Evidence, mask: Flat, sizes: dict[int, str]) -> Iterator[Explained]:
    """Yield the simplest explanation of some coordinates whose claims are finite."""
    if not mask.any():
        return
    of_part: tuple[Explaining, ...] = (
        zero,
        no_dependence,
        lambda part: common_factor(part, sizes),
        addition,
        by_variable,
    )
    of_whole: tuple[Explaining, ...] = (rearranged, by_axis, adds_up_to_zero)
    found: Iterator[Explained] = (one for explain in of_part for one in _alone(whole, mask, explain))
    if np.array_equal(mask, whole.wrong):
        found = itertools.chain(found, (one for explain in of_whole for one in _together(whole, explain)))
    yield from itertools.islice(itertools.chain(found, _alone(whole, mask, rounded)), 1)


def _alone(whole: Evidence, mask: Flat, explain: Explaining) -> Iterator[Explained]:
    """Yield what explains some coordinates of an array by themselves."""
    with np.errstate(all="ignore"):
        found = explain(whole.part(mask))
    if found is not None:
        places = whole.places[mask]
        yield Explained(replace(found, where=place_of(whole, mask), names=(whole.name,)), places)


def _together(whole: Evidence, explain: Explaining) -> Iterator[Explained]:
    """Yield what explains an array as a whole."""
    with np.errstate(all="ignore"):
        found = explain(whole)
    if found is not None:
        places = whole.places[whole.wrong]
        yield Explained(replace(found, where=whole.name, names=(whole.name,)), places)


def _merged(found: list[Explained], arrays: list[Evidence], report: Record) -> Iterator[Explained]:
    """Yield the explanations, those of several arrays by the same words as one."""
    left = list(found)
    while left:
        first = left[0]
        words = (first.explanation.kind, first.explanation.text)
        same = [one for one in left if (one.explanation.kind, one.explanation.text) == words]
        left = [one for one in left if one not in same]
        if len(same) == 1:
            yield first
            continue
        names = tuple(name for one in same for name in one.explanation.names)
        everywhere = all(one.explanation.where == f"all of {one.explanation.names[0]}" for one in same)
        everything = everywhere and len(names) == len(arrays) and not _is_any_right(report, names)
        if everything and first.explanation.kind == "factor":
            first = first._replace(explanation=_clipped(first.explanation, report))
        where = "everything" if everything else "; ".join(one.explanation.where for one in same)
        places = np.concatenate([one.places for one in same])
        yield Explained(replace(first.explanation, where=where, names=names), places)


def _clipped(explanation: Explanation, report: Record) -> Explanation:
    """Return the explanation of a factor of everything, with the norm to which the claims may have been clipped."""
    norm = float(np.linalg.norm(np.asarray(report._evidence.claimed, np.float64)))
    rounded = float(f"{norm:.1e}")
    if not 0 < explanation.number < 1 or abs(norm - rounded) > CLIPPED * norm:
        return explanation
    return replace(explanation, text=f"{explanation.text}; its norm is {rounded:g}: is it clipped to that?")


def _is_any_right(report: Record, names: tuple[str, ...]) -> bool:
    """Whether an array beside these has more claims that are not 0 than wrong ones."""
    layout, claimed = report._evidence.layout, report._evidence.claimed
    wrong = np.array([layout.place(int(index)) for index in report.wrong], np.int64)
    for leaf in layout.leaves:
        if (leaf.path or layout.title) not in names:
            count = np.count_nonzero(claimed[leaf.start : leaf.stop])
            if count > np.count_nonzero((wrong >= leaf.start) & (wrong < leaf.stop)):
                return True
    return False


def _with_share(one: Explained, arrays: list[Evidence]) -> Explained:
    """Return an explanation with the share of the whole error that its coordinates have."""
    places = np.concatenate([each.places[each.wrong] for each in arrays])
    errors = np.concatenate([np.abs(each.error[each.wrong]) for each in arrays])
    chosen = np.isin(places, one.places)
    finite = np.isfinite(errors)
    largest = float(np.max(errors[finite], initial=0.0))
    # What is not finite has no size: then every coordinate counts the same.
    sizes = (errors / largest) ** 2 if finite.all() and largest > 0 else np.ones(len(errors))
    share = float(np.sum(sizes[chosen]) / np.sum(sizes))
    return Explained(replace(one.explanation, share=share), one.places)
