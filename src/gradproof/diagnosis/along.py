"""Along lines: factors of whole arrays, which their own lines have measured, in place of those of a few coordinates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..report.cause import Cause
from ..report.explanation import Explanation
from ..report.finding import Finding
from ..report.records import Record
from ..report.summaries.arrays import is_common
from .coincidence import is_near
from .evidence import MARGIN, Evidence
from .kinds.factors import NEAR, said, shown
from .kinds.names import SIMPLE, Known, name_of
from .kinds.values import ZERO
from .searching import Explained

# A factor along a line says what it is only if it is known this well, relatively.
KNOWN = 1e-3
# How rarely a factor of another kind is as close to one that means something.
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
    wrong = _wrong_lines(report)
    long = [one for one in wrong if _is_known(one, len(wrong))]
    layout = report._evidence.layout
    every = next((one for one in long if one.stop - one.start == layout.total), None)
    if every is not None and _is_of_all(every, found, arrays, report):
        names = tuple(layout.title_of(leaf) for leaf in layout.leaves)
        where = "everything" if len(names) > 1 else f"all of {names[0]}"
        return [_explained(every, (where, names), arrays, known)]
    long = [one for one in long if one is not every]
    lines = {one.name: one for one in long if one.factor}  # coordinates tell themselves that claims are 0
    of_all = {each.name: each for each in arrays if each.name in lines and _fits(each, lines[each.name].factor)}
    looked_at = {each.name for each in arrays}
    measured = {**lines, arrays[0].name: every} if every and len(layout.leaves) == len(arrays) == 1 else lines
    array_of = {one.name: layout.title_of(layout.leaf_of(layout.place(one.start))) for one in long}
    return [
        *(
            one
            for one in found
            if not set(one.explanation.names) <= set(of_all) and not _is_contradicted(one, arrays, measured)
        ),
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


def _is_known(one: Finding, tries: int) -> bool:
    """Whether the factor of a line is known well, or is a simple one; that of an array that claims nothing is 0."""
    return math.isfinite(one.factor) and (one.factor_bar <= KNOWN * abs(one.factor) or _is_simple(one, tries))


def _is_simple(one: Finding, tries: int) -> bool:
    """Whether a factor, of so many, is one of the simplest by no coincidence."""
    off = min(abs(one.factor - simple) for simple in SIMPLE)
    return off <= one.factor_bar and is_near(off, abs(one.factor - 1.0), tries * len(SIMPLE), CHANCE)


def _is_meant(one: Finding, tries: int) -> bool:
    """Whether a factor, of so many, is a number that somebody may have written.

    Errors of any kind have some factor along their own claim, and those of arrays that are alike nearly the same one.
    """
    bar, inverse, above = one.factor_bar, 1.0 / one.factor, one.factor - 1.0
    written = (
        (one.factor, bar),
        (inverse, bar / abs(one.factor) * abs(inverse)),
        (above, bar if abs(above) < 1.0 else math.inf),
    )
    return _is_simple(one, tries) or any(_is_round(number, error, len(written) * tries) for number, error in written)


def _is_round(number: float, error: float, tries: int) -> bool:
    """Whether a number, of so many, is whole or has a single digit, by no coincidence."""
    if not number or not math.isfinite(number) or not math.isfinite(1.0 / number):
        return False
    digit = 10.0 ** min(math.floor(math.log10(abs(number))), 0)
    off = abs(number - digit * round(number / digit))
    return off <= error < digit / 2.0 and is_near(off, digit, tries, CHANCE)


def _is_of_all(every: Finding, found: Sequence[Explained], arrays: Sequence[Evidence], report: Record) -> bool:
    """Whether the factor along the whole claim is that of each array and of each coordinate that was looked at."""
    if not every.factor or not is_common(every, report):
        return False
    told = any(one.explanation.kind == "factor" for one in found)
    return (told or _is_meant(every, 1)) and all(_fits(each, every.factor) for each in arrays)


def _is_contradicted(one: Explained, arrays: Sequence[Evidence], lines: Mapping[str, Finding]) -> bool:
    """Whether coordinates have a simple factor only with wider bars, and lines through their arrays have another."""
    factor = one.explanation.number
    if one.explanation.kind != "factor" or factor not in SIMPLE:
        return False
    told = [each.part(np.isin(each.places, one.places)) for each in arrays if each.name in one.explanation.names]
    others = (lines[each.name] for each in told if each.name in lines and not _fits(each, factor))
    return any(abs(line.factor - factor) > MARGIN * line.factor_bar + NEAR * abs(factor) for line in others)


def _fits(array: Evidence, factor: float) -> bool:
    """Whether all that is wrong of an array has a factor."""
    claimed, slope, bar = (each[array.wrong] for each in (array.claimed, array.slope, array.bar))
    if not np.isfinite(claimed).all():
        return False
    return bool(np.all(np.abs(claimed - factor * slope) <= abs(factor) * (MARGIN * bar + NEAR * np.abs(slope))))


def _of_lines_alone(long: Sequence[tuple[Finding, str]], known: Known) -> Iterator[Explained]:
    """Yield factors of arrays of which no coordinate was looked at: those that somebody may have written."""
    for one, name in long:
        if one.factor == 0.0:
            yield Explained(Explanation("zero", one.name, ZERO, 0.0, names=(name,)), np.zeros(0, np.int64))
        elif _is_meant(one, len(long)):
            yield _explained(one, (one.name, (name,)), [], known)


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
