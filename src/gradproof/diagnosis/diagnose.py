"""Explains the errors of a report, array by array, by the simplest explanation that fits all of them."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import TOO_FEW, Explanation
from ..report.finding import Finding
from ..report.records import Record
from ..report.remarks.inner_tolerance import TYPICAL
from ..report.remarks.signs import with_sign_remarks
from ..report.report import Report
from ..report.summaries.arrays import factors_of
from .along import of_lines, share_of
from .evidence import Evidence, count_of_claims, evidence_of
from .kinds.factors import NEAR, same_factor
from .kinds.functions.of_x_alone import of_x_alone
from .kinds.invariance import observed
from .kinds.names import Known
from .kinds.others.arrays import of_others
from .kinds.others.axes import of_other_axes
from .kinds.values import not_finite, rounded, zero
from .norms import with_norm
from .places import place_of
from .searching import (
    Explained,
    Explaining,
    alone,
    first_that_fits,
    is_in_vain,
    known_of,
    of_array,
    of_errors,
    of_most,
    of_vector,
)

# With fewer errors hardly anything but a factor can be recognised: anything fits them.
FEWEST = 3
# With more arrays than this, a few are explained first, to see whether the others are worth it.
MANY = 16
# How many of these are looked at, and the golden ratio, which spreads them without a period.
SOME, GOLDEN = 8, 0.6180339887498949
# By how much the bars of slopes may be off where nothing fits within them: those of the shortest proofs rest on the
# noise of one rounding of f, while sums that cancel have many; and bars that only had to tell a slope from a claim far
# away are much wider than it is off.  Functions of x are near others that are smooth within bars that are much wider.
BAR_FACTORS = {8.0: 6, 64.0: 1, 1024.0: 1, 1.0 / 16.0: 2, 1.0 / 256.0: 2}


@np.errstate(all="ignore")
def explained(report: Report) -> Report:
    """Return a report with what explains its errors, each finding with what explains its own."""
    if report.verdict != "wrong" or report.outputs:
        return report
    arrays = list(evidence_of(report))
    if not any(each.slope[each.wrong].any() for each in arrays) and not _is_any_right(report, ()):
        return report  # f ignores x altogether, which a remark says
    parts = _with_factors(explained_parts(arrays, report), report)
    told, warnings = with_sign_remarks([one.explanation for one in parts], report)
    said = {int(place): str(text.text) for one, text in zip(parts, told, strict=True) for place in one.places}
    layout = report._evidence.layout
    findings = report.findings
    if said or any(one.explanation for one in findings):
        findings = tuple(
            one if one.is_line else _explained_by(one, said.get(layout.place(one.index), "")) for one in findings
        )
    places = np.fromiter(said, np.int64, len(said))
    left = [(each, each.wrong & ~np.isin(each.places, places)) for each in arrays]
    unexplained = tuple(_not_told(each, mask) for each, mask in left if mask.any())
    # What explains every error is no tolerance of a solver, as which errors of a rounding may look.
    notes = dict.fromkeys(one for one in warnings if unexplained or TYPICAL not in one)
    notes |= dict.fromkeys(filter(None, (observed(each) for each, mask in left[:MANY] if mask.any())))
    return replace(report, findings=findings, explanations=tuple(told), unexplained=unexplained, warnings=tuple(notes))


def _explained_by(one: Finding, text: str) -> Finding:
    """Return the same finding with an explanation; there may be thousands, so its fields are not validated again."""
    other = object.__new__(Finding)
    other.__dict__.update(one.__dict__, explanation=text)
    return other


def _not_told(whole: Evidence, mask: Flat) -> str:
    """Return where unexplained errors are, and whether they are too few to say more."""
    return f"{place_of(whole, mask)}{TOO_FEW if mask.sum() < FEWEST else ''}"


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


def explained_parts(arrays: list[Evidence], report: Record) -> list[Explained]:
    """Return what explains the errors of arrays, in their order; nothing where nothing fits."""
    known = known_of(report)
    every = functools.cache(lambda: list(evidence_of(report, every=True)))
    found = _as_one(arrays, of_vector(known))
    one_by_one, in_vain = _one_by_one(_unexplained(found, arrays), known)
    found += _instead_of_parts(one_by_one, arrays, every)
    found += _by_known_factors(found, _unexplained(found, arrays))
    found += _by_known_rounding(found, arrays)
    found += _by_others(_unexplained(found, arrays), every)
    found += _as_one(_unexplained(found, arrays), of_vector(known))
    for factor, kinds in BAR_FACTORS.items():
        left = [each for each in _unexplained(found, arrays) if each.name not in in_vain]
        left = [each.with_scaled_bars(factor) for each in left if each.is_wrong_within(factor)]
        explaining = of_vector(known)[:kinds]
        found += _as_one(left, explaining) or [one for each in left for one in of_errors(each, explaining)]
    left = [each.with_widest_bars() for each in _unexplained(found, arrays) if each.name not in in_vain]
    found += [one for each in left for one in of_errors(each, of_vector(known)[:1])]
    if report.power is None:
        found += [one for each in _unexplained(found, arrays)[:MANY] for one in of_most(each, of_vector(known)[:2])]
    left = _unexplained(found, arrays)
    found += _as_one(left, (of_x_alone,))
    found += [one for each in _unexplained(found, left)[:MANY] for one in of_errors(each, (of_x_alone,))]
    if report.power is not None:
        found = of_lines(found, arrays, report, known)
    layout = report._evidence.layout
    order = {layout.title_of(leaf): number for number, leaf in enumerate(layout.leaves)}
    found.sort(key=lambda one: order[one.explanation.names[0]])
    shared = [_with_share(one, arrays, report) for one in _merged(found, arrays, report)]
    # Of one array, what explains most of it comes first.
    return sorted(shared, key=lambda one: (order[one.explanation.names[0]], -one.explanation.share))


def _one_by_one(arrays: list[Evidence], known: Known) -> tuple[list[Explained], set[str]]:
    """Return explanations of single arrays, and the names of those for which it is useless to look for more.

    Of many arrays those that are left are only compared with their slopes if some, from all over, have no explanation.
    """
    few = len(arrays) <= MANY
    # Not at equal distances, because weights and biases alternate.
    from_all_over = (np.arange(SOME) * GOLDEN % 1.0 * len(arrays)).astype(int).tolist()
    chosen = set(range(len(arrays)) if few else from_all_over)
    some = [each for place, each in enumerate(arrays) if place in chosen]
    rest = [each for place, each in enumerate(arrays) if place not in chosen]
    vain = {each.name for each in some if is_in_vain(each, of_vector(known), max(BAR_FACTORS))}
    found = [one for each in some for one in of_array(each, known, each.name in vain)]
    if found or not rest:
        vain |= {each.name for each in rest if is_in_vain(each, of_vector(known), max(BAR_FACTORS))}
        return found + [one for each in rest for one in of_array(each, known, each.name in vain)], vain
    simplest = (not_finite, zero, of_vector(known)[0])
    return [one for each in rest for one in of_errors(each, simplest)], vain | {each.name for each in rest}


def _unexplained(found: list[Explained], arrays: list[Evidence]) -> list[Evidence]:
    """Return the arrays without an explanation."""
    explained = {name for one in found for name in one.explanation.names}
    return [each for each in arrays if each.name not in explained]


def _by_known_factors(found: list[Explained], arrays: list[Evidence]) -> list[Explained]:
    """Return explanations by factors that other arrays have."""
    known = [one.explanation for one in found if one.explanation.kind == "factor"]
    more: list[Explained] = []
    for each in arrays:
        if not np.isfinite(each.claimed[each.wrong]).all():
            continue
        fits = (
            one for factor in known for one in alone(each, each.wrong, functools.partial(same_factor, known=factor))
        )
        more += itertools.islice(fits, 1)
    return more


def _by_known_rounding(found: list[Explained], arrays: list[Evidence]) -> list[Explained]:
    """Return explanations by the arithmetic of other arrays, for arrays too short to show it themselves."""
    names = {name for one in found for name in one.explanation.names if one.explanation.kind == "rounded"}
    left = {each.name for each in _unexplained(found, arrays)}
    together = _as_one([each for each in arrays if each.name in names | left], (rounded,)) if names and left else []
    return [one for one in together if one.explanation.names[0] in left]


def _by_others(arrays: list[Evidence], every: Callable[[], list[Evidence]]) -> list[Explained]:
    """Return explanations by the slopes of other arrays."""
    if not arrays:
        return []
    return _as_told(of_others(arrays, every()), arrays)


def _as_told(told: Mapping[str, Explanation], arrays: list[Evidence]) -> list[Explained]:
    """Return explanations of whole arrays, by the names of these, with what they explain."""
    return [
        Explained(replace(told[each.name], where=each.name, names=(each.name,)), each.places[each.wrong])
        for each in arrays
        if each.name in told
    ]


def _instead_of_parts(
    found: list[Explained], arrays: list[Evidence], every: Callable[[], list[Evidence]]
) -> list[Explained]:
    """Return explanations by other arrays in place of those that explain only a part of an array, and all others."""
    told = np.concatenate([np.zeros(0, np.int64), *(one.places for one in found)])
    names = {name for one in found for name in one.explanation.names}
    by_rows = {one.explanation.names[0] for one in found if one.explanation.kind == "rows"}
    others = _as_told(of_other_axes([one for one in arrays if one.name in by_rows], every()), arrays) if by_rows else []
    partly = [one for one in arrays if one.name in names and not np.isin(one.places[one.wrong], told).all()]
    others += _by_others(partly, every)
    better = {name for one in others for name in one.explanation.names}
    return [one for one in found if better.isdisjoint(one.explanation.names)] + others


def _as_one(arrays: list[Evidence], explaining: Sequence[Explaining]) -> list[Explained]:
    """Return one explanation of all arrays, which may be too short to have one of their own."""
    if len(arrays) < 2:
        return []
    parts = [each.part(each.wrong) for each in arrays]
    vectors: Iterator[Any] = (np.concatenate(each) for each in zip(*(part[3:10] for part in parts), strict=True))
    one = Evidence("", (sum(len(part.places) for part in parts) + 1,), 0, *vectors)
    found = first_that_fits(one, explaining)
    if found is None:
        return []
    # Each by itself, so that those with the same words are put together as all others are.
    return [
        Explained(replace(found, where=place_of(each, each.wrong), names=(each.name,)), each.places[each.wrong])
        for each in arrays
    ]


def _merged(found: list[Explained], arrays: list[Evidence], report: Record) -> Iterator[Explained]:
    """Yield the explanations, those of several arrays by the same words as one."""
    left = list(found)
    while left:
        first = left[0]
        words = (first.explanation.kind, first.explanation.text)
        same = [one for one in left if (one.explanation.kind, one.explanation.text) == words]
        left = [one for one in left if one not in same]
        names = tuple(name for one in same for name in one.explanation.names)
        everywhere = all(one.explanation.where.removeprefix("all of ") == one.explanation.names[0] for one in same)
        everything = everywhere and len(names) == len(arrays) and not _is_any_right(report, names)
        if first.explanation.kind == "factor":
            first = _with_norm(first, arrays, report, everything)
        where = "everything" if everything and len(same) > 1 else "; ".join(one.explanation.where for one in same)
        places = np.concatenate([one.places for one in same])
        yield Explained(replace(first.explanation, where=where, names=names), places)


def _with_norm(one: Explained, arrays: list[Evidence], report: Record, everything: bool) -> Explained:
    """Return the factor of everything, or else of the whole of one array, with the norm of these claims if that tells.

    A single claim is its own norm.
    """
    claimed = report._evidence.claimed if everything else None
    if not everything and one.explanation.where in (name := one.explanation.names[0], f"all of {name}"):
        claimed = next((each.claims for each in arrays if each.name == name), None)
    if not isinstance(claimed, np.ndarray) or len(claimed) < FEWEST:
        return one  # it lies in shards
    return one._replace(explanation=with_norm(one.explanation, claimed))


def _is_any_right(report: Record, names: tuple[str, ...]) -> bool:
    """Whether another array has more claims that are not 0 than wrong ones."""
    layout, indices = report._evidence.layout, report.wrong.tolist()
    wrong = np.array(indices if layout.indices is None else [layout.place(index) for index in indices], np.int64)
    for leaf in layout.leaves:
        if layout.title_of(leaf) not in names:
            if count_of_claims(report, leaf) > np.count_nonzero((wrong >= leaf.start) & (wrong < leaf.stop)):
                return True
    return False


def _with_share(one: Explained, arrays: list[Evidence], report: Record) -> Explained:
    """Return an explanation with the share of the whole error that its coordinates have, or its arrays along lines."""
    share = share_of(one.explanation, report) if report.power is not None else math.nan
    share = _share(one, arrays) if math.isnan(share) else share
    return one._replace(explanation=replace(one.explanation, share=share))


def _share(one: Explained, arrays: list[Evidence]) -> float:
    if not arrays:
        return 0.0  # of errors that only lines have seen
    places = np.concatenate([each.places[each.wrong] for each in arrays])
    errors = np.concatenate([np.abs(each.error[each.wrong]) for each in arrays])
    chosen = np.isin(places, one.places)
    finite = np.isfinite(errors)
    largest = float(np.max(errors[finite], initial=0.0))
    # What is not finite has no size: then every coordinate counts the same.
    sizes = (errors / largest) ** 2 if finite.all() and largest > 0 else np.ones(len(errors))
    return float(np.sum(sizes[chosen]) / np.sum(sizes))
