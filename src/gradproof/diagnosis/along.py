"""Along lines: factors of whole arrays, which their own lines have measured, in place of those of a few coordinates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ..report.cause import Cause
from ..report.explanation import Explanation
from ..report.finding import Finding
from ..report.records import Record
from .coincidence import is_no_coincidence
from .evidence import MARGIN, Evidence
from .kinds.factors import NEAR, said, shown
from .kinds.names import SIMPLE, Known, name_of
from .kinds.values import ZERO
from .searching import Explained

# A factor along a line says what it is only if it is known this well, relatively.
KNOWN = 1e-3
# Factors of arrays that have nothing to do with each other, as upstream of a bug, agree this rarely.
CHANCE = 0.01


def of_lines(found: Sequence[Explained], arrays: Sequence[Evidence], report: Record, known: Known) -> list[Explained]:
    """Return explanations in which a factor that a line through a whole array has, or one through all of x, is its own.

    Parameters
    ----------
    found
        The explanations of single coordinates.
    arrays
        What is known of these.
    report
        The report of a check along lines.
    known
        What factors may be.
    """
    long = [one for one in _wrong_lines(report) if _is_known(one)]
    layout = report._evidence.layout
    every = next((one for one in long if one.stop - one.start == layout.total), None)
    if every is not None and every.factor and all(_fits(each, every) for each in arrays):
        names = tuple(layout.title_of(leaf) for leaf in layout.leaves)
        where = "everything" if len(names) > 1 else f"all of {names[0]}"
        return [_explained(every, (where, names), arrays, known)]
    long = [one for one in long if one is not every]
    lines = {one.name: one for one in long if one.factor}  # coordinates tell themselves that claims are 0
    of_all = {each.name: each for each in arrays if each.name in lines and _fits(each, lines[each.name])}
    looked_at = {each.name for each in arrays}
    array_of = {one.name: layout.title_of(layout.leaf_of(layout.place(one.start))) for one in long}
    return [
        *(one for one in found if not set(one.explanation.names) <= set(of_all)),
        *(_explained(lines[name], (f"all of {name}", (name,)), [each], known) for name, each in of_all.items()),
        *_of_lines_alone([(one, array_of[one.name]) for one in long if array_of[one.name] not in looked_at], known),
    ]


def share_of(one: Explanation, report: Record) -> float:
    """Return the share of the error along their own lines that an explanation of arrays has; NaN if they have none.

    Parameters
    ----------
    one
        The explanation.
    report
        The report of a check along lines.
    """
    if one.where == "everything":
        return 1.0
    errors = {each.name: abs(each.claimed - each.slope) for each in _wrong_lines(report)}
    largest = max(errors.values(), default=0.0)  # the square of what is beyond 1e154 has no value
    sizes = {name: (error / largest) ** 2 for name, error in errors.items()} if largest > 0.0 else errors
    total = sum(sizes.values())
    wanted = (one.where,) if one.where in sizes else one.names
    if not set(wanted) <= set(sizes) or not 0.0 < total < math.inf:
        return math.nan
    return sum(sizes[name] for name in wanted) / total


def _wrong_lines(report: Record) -> list[Finding]:
    return [one for one in report.findings if one.cause is Cause.WRONG and one.is_line]


def _is_known(one: Finding) -> bool:
    """Whether the factor of a line is known well; that of an array that claims nothing is exactly 0."""
    return math.isfinite(one.factor) and one.factor_bar <= KNOWN * abs(one.factor)


def _fits(array: Evidence, line: Finding) -> bool:
    """Whether all that is wrong of an array has the factor of a line."""
    claimed, slope, bar = (each[array.wrong] for each in (array.claimed, array.slope, array.bar))
    if not np.isfinite(claimed).all():
        return False
    return bool(
        np.all(np.abs(claimed - line.factor * slope) <= abs(line.factor) * (MARGIN * bar + NEAR * np.abs(slope)))
    )


def _of_lines_alone(long: Sequence[tuple[Finding, str]], known: Known) -> Iterator[Explained]:
    """Yield factors of arrays of which no coordinate was looked at: those that several share, or that have a name."""
    for one, name in long:
        others = [other for other, _ in long if other is not one]
        if one.factor == 0.0:
            yield Explained(Explanation("zero", one.name, ZERO, 0.0, names=(name,)), np.zeros(0, np.int64))
        elif _is_shared(one, others) or any(abs(one.factor - simple) <= one.factor_bar for simple in SIMPLE):
            yield _explained(one, (one.name, (name,)), [], known)


def _is_shared(one: Finding, others: Sequence[Finding]) -> bool:
    """Whether other arrays have the factor of an array, and that is no coincidence: many are near 1, or badly known."""
    bars = [one.factor_bar + other.factor_bar for other in others]
    alike = [bar for other, bar in zip(others, bars, strict=True) if abs(one.factor - other.factor) <= bar]
    scale = np.full(len(alike), abs(one.factor - 1.0))
    return bool(alike) and is_no_coincidence(np.array(alike), scale, 0, len(others), CHANCE)


def _explained(
    line: Finding, where: tuple[str, tuple[str, ...]], arrays: Sequence[Evidence], known: Known
) -> Explained:
    """Return the factor of a line as an explanation of some arrays."""
    error = max(line.factor_bar, NEAR * abs(line.factor))
    name = name_of(line.factor, error, known)
    along = "" if arrays else " along its own claim"
    text = said(shown(line.factor, line.factor_bar), name, along)
    places = np.concatenate([np.zeros(0, np.int64), *(each.places[each.wrong] for each in arrays)])
    return Explained(Explanation("factor", where[0], text, line.factor, names=where[1]), places)
