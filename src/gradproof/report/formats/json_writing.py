"""Writes a report as JSON, with the evidence that its text and its explanations need."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

from ...problem.numbers import Flat, place_among
from ..finding import Finding
from ..ladder import Values
from ..records import Record
from .known import FewNumbers
from .plain import plain
from .structure import ranges_of, structure_of

FORMAT = "gradproof-report/1"
# Along lines x and the claimed gradient are written as a whole up to this many coordinates: some ten megabytes.
MOST_NUMBERS = 1 << 18
# Up to this many, all values along coordinates are written, beyond that only those of findings.
MOST_VALUES = 1 << 14

Along: TypeAlias = dict[int, tuple[Flat, Flat]]


def document(report: Record, words: dict[str, Any]) -> dict[str, Any]:
    """Return all that a file in this format holds, as plain Python values.

    Parameters
    ----------
    report
        The report.
    words
        Its public fields, as plain values.
    """
    return {"format": FORMAT, **words, "evidence": plain(_evidence(report))}


def _evidence(report: Record) -> dict[str, Any]:
    kept = report._evidence
    layout = kept.layout
    every = getattr(layout, "every", layout)
    told = sorted({one.index for one in report.findings})
    is_known = not any(isinstance(one, FewNumbers) for one in (kept.claimed, kept.values.x))
    is_whole = is_known and (report.power is None or report.n <= MOST_NUMBERS)
    return {
        "title": layout.title,
        "structure": structure_of(every.root),
        "names": list(every.names),
        "chosen": ranges_of(layout.indices),
        "x": kept.values.x if is_whole else _some(kept.values.x, layout.indices, told),
        "held_at": _all_of_x(layout),
        "dtype": np.dtype(kept.values.x.dtype).name,
        "claimed": kept.claimed
        if is_whole or not _is_finite(kept.claimed)
        else _some(kept.claimed, layout.indices, told),
        "noise_source": kept.noise_source,
        "change": kept.change,
        "usual": kept.usual,
        "value": kept.values.value,
        "along": list(_along(kept.values, layout.indices, told)),
        "findings": [_own(one, kept.values, report.noise_floor) for one in report.findings],
    }


def _is_finite(claimed: Any) -> bool:
    """Whether no claim is NaN or infinite; of those that a file did not hold it is known."""
    return isinstance(claimed, FewNumbers) or bool(np.isfinite(claimed).all())


def _some(values: Flat, indices: Flat | None, told: Iterable[int]) -> dict[str, float]:
    """Return the coordinates of a long vector that are mentioned."""
    return {str(index): float(values[place_among(indices, index)]) for index in told}


def _all_of_x(layout: Any) -> Any:
    """Return all of x if some of it was held where it is, unless it is long."""
    return layout.x if layout.indices is not None and len(layout.x) <= MOST_NUMBERS else None


def _along(values: Values, indices: Flat | None, told: Iterable[int]) -> Iterator[dict[str, Any]]:
    """Yield the steps and values along coordinates, in the order in which they were asked for."""
    grouped = grouped_by_coordinate(values)
    total = sum(len(steps) for steps, _ in grouped.values())
    places = sorted(grouped) if total <= MOST_VALUES else [place_among(indices, index) for index in told]
    for place in places:
        if place in grouped:
            steps, found = grouped[place]
            yield {"index": place if indices is None else int(indices[place]), "steps": steps, "values": found}


def grouped_by_coordinate(values: Values) -> Along:
    """Return the steps and values of each coordinate that was probed, among those that were checked."""
    starts, steps, found = values.first(values.rounds)
    if not len(starts):
        return {}
    order = np.argsort(starts, kind="stable")
    breaks = np.flatnonzero(np.diff(starts[order])) + 1
    parts = (np.split(each[order], breaks) for each in (starts, steps, found))
    return {int(start[0]): (step, value) for start, step, value in zip(*parts, strict=True)}


def _own(finding: Finding, values: Values, noise: float) -> dict[str, Any]:
    """Return the evidence of a finding that comes from a separate check instead of that of the report."""
    own: dict[str, Any] = {}
    if not _is_same(finding._noise, noise):
        own["noise"] = finding._noise
    if finding._values is not values:
        at_x, steps, found = finding._values.along(finding.index)
        own |= {"value": at_x, "steps": steps, "values": found}
        own["x"] = finding._values.x_at(finding.index) if steps else math.nan
    return own


def _is_same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))
