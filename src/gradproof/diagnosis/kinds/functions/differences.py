"""Errors made of differences of neighbours in x, first or second ones, or of sums of neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from ....problem.numbers import Flat
from ....report.explanation import Explanation
from ...coincidence import is_no_coincidence
from ...evidence import MARGIN, Evidence, along_axis
from ...fits import fit
from ..additions import ROUNDING, are_seen, term

Columns: TypeAlias = Callable[[Flat], Iterator[tuple[str, Flat]]]

# As many errors for each column that may be fitted.
FEWEST_OF_EACH = 2
# The shortest axes that have neighbours, and that bend.
FEWEST_ALONG, FEWEST_OF_BENDING = 3, 5
# The difference of both ends, and within what its factor is that of other differences, relatively.
ENDS, SAME = "(x - x at the other end)", 1e-4
# This many ways of neighbours are tried.
TRIES = 4.0


def by_differences(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by differences of neighbours in x, which smoothness has; None if none fit."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or whole.bar.max() <= 0.0:
        return None
    if max(whole.shape, default=0) < FEWEST_ALONG or not np.isfinite(whole.x).all():
        return None
    return next(filter(None, (_fitted(whole, columns, asked) for columns, asked in WAYS)), None)


def _fitted(whole: Evidence, columns_of: Columns, asked: str) -> Explanation | None:
    """Return what multiples of some columns errors are; None if they are none."""
    columns = dict(columns_of(whole.shaped(whole.x)))
    wrong = whole.wrong
    if not columns or np.count_nonzero(wrong) < FEWEST_OF_EACH * len(columns):
        return None
    allowed = MARGIN * whole.bar + ROUNDING * np.abs(whole.claimed)
    fitted = fit(np.stack(list(columns.values()), axis=1), whole.error, allowed)
    if fitted is None or not are_seen(whole.claimed[wrong], fitted[1][wrong]):
        return None
    if not is_no_coincidence(fitted[1][wrong], np.abs(whole.error[wrong]), len(columns), TRIES):
        return None
    found = list(zip(fitted[0].tolist(), columns.items(), strict=True))
    terms = [(number, name) for number, (name, each) in found if np.any(np.abs(number * each) > fitted[1])]
    said = [term(number, name) for number, name in terms if name != ENDS or _are_joined(number, terms)]
    if len(said) < len(terms):
        last = float(columns[ENDS][-1] * dict(zip(columns, fitted[0].tolist(), strict=True))[ENDS])
        said.append(f"{term(last, '1')} at the last and {term(-last, '1')} at the first")
    return Explanation("addition", "", f"claimed = slope {' '.join(said)}: {asked}")


def _are_joined(number: float, terms: Sequence[tuple[float, str]]) -> bool:
    """Whether both ends of a vector are neighbours: their factor, which two errors cannot tell, is that of others."""
    return any(name != ENDS and abs(abs(number) - abs(other)) <= SAME * abs(other) for other, name in terms)


def _bending(x: Flat) -> Iterator[tuple[str, Flat]]:
    """Yield the derivative of half the squares of second differences along each axis."""
    for axis, length in enumerate(x.shape):
        if length < FEWEST_OF_BENDING:
            continue
        second = np.diff(np.moveaxis(x, axis, 0), n=2, axis=0)
        none = np.zeros_like(second[:2])
        back = np.diff(np.concatenate([none, second, none]), n=2, axis=0)
        yield (
            f"(second differences of second differences of x){along_axis(x.shape, axis)}",
            np.moveaxis(back, 0, axis).ravel(),
        )


def _sums(x: Flat) -> Iterator[tuple[str, Flat]]:
    """Yield the sums of the neighbours along each axis."""
    for axis, length in enumerate(x.shape):
        if length < FEWEST_ALONG:
            continue
        rows = np.moveaxis(x, axis, 0)
        none = np.zeros_like(rows[:1])
        both = np.concatenate([none, rows[:-1]]) + np.concatenate([rows[1:], none])
        yield f"(x before + next x){along_axis(x.shape, axis)}", np.moveaxis(both, 0, axis).ravel()


def _differences(x: Flat) -> Iterator[tuple[str, Flat]]:
    """Yield the differences to neighbours along each axis, and of both ends."""
    for axis, length in enumerate(x.shape):
        if length < FEWEST_ALONG:
            continue
        rows = np.moveaxis(x, axis, 0)
        steps, none = np.diff(rows, axis=0), np.zeros_like(rows[:1])
        ends = np.concatenate([rows[:1] - rows[-1:], np.zeros_like(rows[2:]), rows[-1:] - rows[:1]])
        for name, part in (
            ("(next x - x)", np.concatenate([steps, none])),
            ("(x - x before)", np.concatenate([none, steps])),
            (ENDS, ends),
        ):
            yield f"{name}{along_axis(x.shape, axis)}", np.moveaxis(part, 0, axis).reshape(-1)


WAYS: tuple[tuple[Columns, str], ...] = (
    (_differences, "is a difference of neighbours missing, one-sided, too much, or between other ends?"),
    (_bending, "is the derivative of a penalty of curvature missing, or not in the objective?"),
    (_sums, "is the part of the neighbours missing, or twice there?"),
)
