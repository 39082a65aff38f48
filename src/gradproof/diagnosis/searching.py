"""Looks for what explains the errors of a single array, the simplest first."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from ..problem.numbers import Flat
from ..report.explanation import Explanation
from ..report.records import Record
from .coincidence import RARE, is_no_coincidence
from .evidence import MARGIN, Evidence
from .kinds.additions import addition
from .kinds.arrangements.rearranged import EACH, SHIFTED, rearranged
from .kinds.arrangements.slips import slipped
from .kinds.axes import adds_up_to_zero, by_axis, of_two_rows
from .kinds.factors import common_factor
from .kinds.functions.differences import by_differences
from .kinds.functions.mixtures import of_mixture
from .kinds.functions.penalised import factor_and_penalty
from .kinds.functions.slopes import of_slope
from .kinds.functions.softmax import of_softmax
from .kinds.functions.terms import of_terms
from .kinds.functions.variables import by_variable
from .kinds.invariance import invariance
from .kinds.limits import absolute, cut_off, limited, pooled, spread
from .kinds.matrices import of_matrix, orthogonality, outer_product
from .kinds.names import ROWS, Known
from .kinds.rotations import by_neighbours, right_along_x, rotated
from .kinds.values import (
    asked_at_zeros,
    limit_of_smallest,
    no_dependence,
    not_finite,
    rounded,
    whole_numbers,
    zero,
)
from .places import at_indices, is_scattered, lost, place_of

Explaining: TypeAlias = Callable[[Evidence], Explanation | None]

# No explanation of coordinates by themselves adapts to more of them.
MOST_PARAMETERS = 2
# This many errors show what those on one side of 0 have in common.
FEWEST_OF_A_SIDE = 3
# "All but a few" are at least this many, and the few no more than this part of them.
FEWEST_OF_MOST, MOST_OTHERS = 6, 0.25
# The ways to choose the few are counted up to this many; beyond, they exceed all floating-point numbers.
MOST_COUNTED = 1000
# An explanation is first compared with this many coordinates.
SCREENED = 256
# The most axes of arrays whose lengths a factor is compared with.
AXES = 64


class Explained(NamedTuple):
    """An explanation, and the coordinates that it explains among those that were checked."""

    explanation: Explanation
    places: Flat


def known_of(report: Record) -> Known:
    """Return what factors of a gradient are compared with."""
    return Known(_sizes(report), float(report.value), _numbers(report))


def _numbers(report: Record) -> dict[str, float]:
    """Return the values of arrays of a single number, by their names; 1 is a factor of anything."""
    layout, x = report._evidence.layout, report._evidence.values.x
    single = [leaf for leaf in layout.leaves[:AXES] if leaf.stop - leaf.start == 1 and leaf.path]
    values = {layout.title_of(leaf): float(x[leaf.start]) for leaf in single}
    return {name: value for name, value in values.items() if math.isfinite(value) and abs(value) != 1.0}


def _sizes(report: Record) -> dict[int, str]:
    """Return lengths over which a sum or a mean may have been taken, with what they are."""
    sizes: dict[int, str] = {}
    if report.rows:
        sizes[report.rows] = ROWS
    for leaf in report._evidence.layout.leaves[:AXES]:
        for axis, length in enumerate(leaf.shape):
            sizes.setdefault(length, f"axis {axis} of {leaf.path or 'x'}" if len(leaf.shape) > 1 else leaf.path or "x")
    for leaf in report._evidence.layout.leaves[:AXES]:
        sizes.setdefault(leaf.stop - leaf.start, leaf.path or "x")
    return sizes


def is_in_vain(whole: Evidence, explaining: Sequence[Explaining], factor: float) -> bool:
    """Whether nothing that looks at coordinates by themselves fits the errors of an array, however wide its bars are.

    It is not where a fit would say nothing within bars so many times as wide: then one within narrower bars may.
    """
    part = whole.part(whole.wrong)
    wide = part.with_scaled_bars(factor)
    size = np.minimum(np.minimum(np.abs(part.claimed), np.abs(part.slope)), np.abs(part.error))
    if not is_no_coincidence(MARGIN * wide.bar, size, MOST_PARAMETERS, rare=RARE**2):
        return False
    # Sums of two functions must be told sharply, which wide bars forbid.
    with np.errstate(all="ignore"):
        return not any(explain(each) for each in (wide, part) for explain in explaining)


def of_array(whole: Evidence, known: Known, in_vain: bool) -> Iterator[Explained]:
    """Yield the explanations of one array: what is not finite, what is exactly 0, and the rest.

    Parameters
    ----------
    whole
        All that is known of the array.
    known
        What factors are compared with.
    in_vain
        Whether nothing that looks at coordinates by themselves fits all of its errors.
    """
    finite = np.isfinite(whole.claimed)
    if (whole.wrong & ~finite).any():
        yield from alone(whole, whole.wrong & ~finite, _asking(not_finite, whole, whole.wrong & ~finite))
    rest = whole.wrong & finite
    if not rest.any():
        return
    found = list(_of_finite(whole, rest, known, in_vain))
    if not found and (rest & (whole.claimed == 0)).sum() > 1 and not _are_few_numbers(whole.claimed[rest]):
        yield from alone(whole, rest & (whole.claimed == 0), _asking(zero, whole, rest & (whole.claimed == 0)))
        found = list(_of_finite(whole, rest & (whole.claimed != 0), known, False))
    yield from found


def _are_few_numbers(claimed: Flat) -> bool:
    """Whether claims are whole numbers, or have few values that several share, among which 0 means nothing."""
    others = claimed[claimed != 0.0]
    if len(others) > 0 and not np.any(others % 1.0):
        return True
    return len(others) >= FEWEST_OF_MOST and 2 * len(np.unique(np.abs(others))) <= len(others)


def _of_finite(whole: Evidence, mask: Flat, known: Known, in_vain: bool) -> Iterator[Explained]:
    """Yield the simplest explanation of some coordinates whose claims are finite."""
    if not mask.any():
        return
    before: tuple[Explaining, ...] = (_asking(zero, whole, mask), functools.partial(no_dependence, value=known.value))
    of_part = of_vector(known)
    first: tuple[Explaining, ...] = (absolute, functools.partial(cut_off, named=at_indices), limited, spread)
    first += (pooled,)
    of_whole: tuple[Explaining, ...] = (rearranged, slipped, of_matrix, by_axis, of_softmax, by_differences)
    of_whole += (orthogonality, of_mixture)
    of_whole += (functools.partial(of_terms, value=known.value),)
    of_whole += (by_neighbours, rotated, of_two_rows, invariance, outer_product, adds_up_to_zero)
    of_whole += (right_along_x,)
    if not np.array_equal(mask, whole.wrong):
        first = of_whole = ()
    found = itertools.chain(
        (one for explain in before for one in alone(whole, mask, explain)),
        (one for explain in first for one in together(whole, explain)),
        (one for explain in of_part[: 0 if in_vain else 3] for one in alone(whole, mask, explain)),
        (one for explain in of_whole[:1] for one in together(whole, explain)),
        (one for explain in of_part[len(of_part) if in_vain else 3 :] for one in alone(whole, mask, explain)),
        (one for explain in of_whole[1:] for one in together(whole, explain)),
        alone(whole, mask, rounded),
    )
    one = next(found, None)
    yield from _of_two_sides(whole, mask, of_part) if one is None else [one]


def _asking(explain: Explaining, whole: Evidence, mask: Flat) -> Explaining:
    """Return what explains coordinates, which asks for more if these are where x is 0, or slopes are the smallest."""
    if mask.all():
        return explain
    if np.array_equal(mask, whole.x == 0.0):
        return lambda part: (found := explain(part)) and asked_at_zeros(found)
    if explain is zero and mask.sum() == 1 and not whole.is_complete:
        return functools.partial(zero, beside=lost(whole, mask))
    if explain is zero and is_scattered(whole, mask):
        return functools.partial(zero, below=limit_of_smallest(whole, mask))
    return explain


def _of_two_sides(whole: Evidence, mask: Flat, of_part: Sequence[Explaining]) -> Iterator[Explained]:
    """Yield one factor, or one constant, for each of two sides; nothing if one has none.

    The sides are where x, or else the slope, is below and above 0, or on which side of the widest gap of all factors,
    or of all errors, a coordinate is.
    """
    if mask.sum() < 2 * FEWEST_OF_A_SIDE:
        return
    with np.errstate(all="ignore"):
        factors, errors = whole.claimed / whole.slope, whole.error
    sides = ((whole.x, 0), (whole.slope, 0), (_from_gap(factors, mask), 0), (_from_gap(errors, mask), 1))
    for values, explain in sides:
        both = [mask & (values < 0), mask & (values > 0)]
        if min(map(np.count_nonzero, both)) < FEWEST_OF_A_SIDE or np.count_nonzero(both[0] | both[1]) < mask.sum():
            continue
        found = [one for side in both for one in alone(whole, side, of_part[explain])]
        if len(found) == len(both):
            yield from found
            return


def of_most(whole: Evidence, explaining: Sequence[Explaining]) -> Iterator[Explained]:
    """Yield one factor, or one constant, that all errors of an array have but a few, and what explains these."""
    with np.errstate(all="ignore"):
        factors = whole.claimed / whole.slope
        off = MARGIN * whole.bar
        of_factors = (factors, np.abs(factors / whole.slope) * off, np.minimum(np.abs(factors), np.abs(factors - 1.0)))
        ways = (of_factors, (whole.error, off, np.abs(whole.error)))
    for explain, (values, allowed, scale) in zip(explaining, ways, strict=True):
        middle = np.median(values[whole.wrong])
        with np.errstate(all="ignore"):
            most = whole.wrong & (np.abs(values - middle) <= 2.0 * allowed)
        few = whole.wrong & ~most
        if not 0 < few.sum() <= MOST_OTHERS * whole.wrong.sum() or most.sum() < FEWEST_OF_MOST:
            continue
        tries = float(math.comb(min(int(whole.wrong.sum()), MOST_COUNTED), min(int(few.sum()), MOST_COUNTED // 4)))
        if is_no_coincidence(2.0 * allowed[most], scale[most], 1, tries) and (found := [*alone(whole, most, explain)]):
            yield from itertools.chain(found, alone(whole, few, explain))
            return


def _from_gap(values: Flat, mask: Flat) -> Flat:
    """Return values less the middle of the widest gap between some of them; zeros if these are not all numbers."""
    ordered = np.sort(values[mask])
    if not np.isfinite(ordered).all():
        return np.zeros_like(values)
    at = int(np.argmax(np.diff(ordered)))
    off: Flat = values - (ordered[at] + ordered[at + 1]) / 2.0
    return off


def of_errors(whole: Evidence, explaining: Sequence[Explaining]) -> Iterator[Explained]:
    """Yield the simplest explanation of the errors of an array among those that look at each by itself."""
    found = (one for explain in explaining for one in alone(whole, whole.wrong, explain))
    yield from itertools.islice(found, 1)


def of_vector(known: Known) -> Sequence[Explaining]:
    """Return what explains coordinates whatever array they are of."""
    by_factor = functools.partial(common_factor, known=known)
    return (by_factor, addition, by_variable, of_slope, factor_and_penalty, whole_numbers)


def first_that_fits(part: Evidence, explaining: Sequence[Explaining]) -> Explanation | None:
    """Return the simplest explanation of these coordinates; of many, a few are tried first."""
    with np.errstate(all="ignore"):
        if len(part.x) > 2 * SCREENED:
            some = _screened(part)
            explaining = [explain for explain in explaining if explain(some) is not None]
        return next(filter(None, (explain(part) for explain in explaining)), None)


def _screened(part: Evidence) -> Evidence:
    """Return those coordinates whose errors are known best, and as many from all over."""
    known = np.nan_to_num(part.bar / np.abs(part.error), nan=np.inf)
    chosen = np.zeros(len(known), bool)
    chosen[np.argpartition(known, SCREENED // 2)[: SCREENED // 2]] = True
    chosen[np.linspace(0, len(known) - 1, SCREENED // 2).astype(int)] = True
    return part.part(chosen)


def alone(whole: Evidence, mask: Flat, explain: Explaining) -> Iterator[Explained]:
    """Yield what explains some coordinates of an array by themselves."""
    found = first_that_fits(whole.part(mask), (explain,))
    if found is not None:
        places = whole.places[mask]
        yield Explained(replace(found, where=place_of(whole, mask), names=(whole.name,)), places)


def together(whole: Evidence, explain: Explaining) -> Iterator[Explained]:
    """Yield what explains an array as a whole."""
    with np.errstate(all="ignore"):
        found = explain(whole)
    if found is not None:
        places = whole.places[whole.wrong]
        yield Explained(replace(found, where=found.where or _where(whole, found), names=(whole.name,)), places)


def _where(whole: Evidence, found: Explanation) -> str:
    """Return the array of an explanation, or the rows, columns or slices of it whose claims it speaks of."""
    # Slopes that are shifted where they were looked at may be right before that: an element may be too many there.
    if not whole.is_complete and found.text.startswith((SHIFTED, EACH)):
        return place_of(whole, whole.wrong)
    place = place_of(whole, whole.wrong) if found.kind in ("limited", "sum") else ""
    # What is said of two rows names them.
    is_told = "[" in place and ":" in place and not (found.kind == "sum" and " for " in place)
    return place.removeprefix("all of ") if is_told else whole.name
