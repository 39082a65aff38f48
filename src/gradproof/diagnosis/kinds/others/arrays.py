"""Errors that another array explains: by its slopes and errors first, then by its values."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from ....report.explanation import Explanation
from ...evidence import Evidence
from .pairs import MOST
from .slopes import by_errors, in_place_of_others, summed, swapped
from .values import by_matrices, by_products, by_values

Explaining: TypeAlias = Callable[[Sequence[Evidence], Sequence[Evidence], float], dict[str, Explanation]]
OfOnePair: TypeAlias = Callable[[Evidence, Evidence, float], Iterator[Explanation]]


def _in_pairs(
    explain: OfOnePair, arrays: Sequence[Evidence], every: Sequence[Evidence], tries: float
) -> dict[str, Explanation]:
    """Explain the errors of each array by the first other one that does."""
    found: dict[str, Explanation] = {}
    for one, other in itertools.product(arrays, every):
        if one.name not in found and (first := next(explain(one, other, tries), None)):
            found[one.name] = first
    return found


EXPLAINING: tuple[Explaining, ...] = (
    swapped,
    *(partial(_in_pairs, explain) for explain in (in_place_of_others, summed, by_errors, by_values, by_products)),
    by_matrices,
)


def of_others(arrays: Sequence[Evidence], every: Sequence[Evidence]) -> dict[str, Explanation]:
    """Explain the errors of arrays by other arrays, by their names.

    Parameters
    ----------
    arrays
        Those whose errors have no explanation.
    every
        All arrays, also those that are right.
    """
    if len(arrays) > MOST or len(every) > MOST:
        return {}
    found: dict[str, Explanation] = {}
    for explain in EXPLAINING:
        found |= explain([one for one in arrays if one.name not in found], every, float(len(every) ** 2))
    return found
