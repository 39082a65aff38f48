"""Kinks detected from values of the loss alone, compared with the activation pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradproof import Kink, find_kinks, study
from gradproof.report.text.figures import number, short

from . import network, patterns
from .network import Array, Parameters

INTRODUCTION = """\
A ReLU switches where its input changes sign: there the loss has a kink. The search for kinks only
uses values of the loss; where the kinks really are, the activation pattern tells.
The network: {file}
"""
LADDER = """\
1. One coordinate, {name}: its nearest kink is at x {sign} {distance}

If no kink is crossed, the gap between the right and the left slope shrinks with the step. If one
is, it does not.
"""
SEARCH = """
2. {count} coordinates, {behind} of them behind the ReLUs, where there are no kinks

A detected kink counts as true if a ReLU switches within 1 % of the detected distance. Changes of
slope are those of the network's own backward pass, from one side of the kink to the other.
"""
SEEN = """
precision: the share of detected kinks that exist. recall: the share of coordinates with a kink
within that distance for which one was detected. nearest: the share of those for which it is the
nearest one. In the median, missed kinks change the slope by less than detected ones."""
# Five rows of W1, all of b1, and b2, at some 60 evaluations per coordinate: a few seconds.
ROWS_OF_W1 = 5
COORDINATE = (3, 7)
STEPS = 2.0 ** -np.arange(4.0, 17.0, 2.0)
RADII = (1e-4, 1e-3, 1e-2, 1e-1)
SAME_PLACE = 0.01
LEAST = 0.8
# The change of slope at a kink is measured this far from it on either side: closer than any other kink.
BESIDE = 1e-9


class Score(NamedTuple):
    """The result of a search for kinks within one distance: counts of coordinates, and median changes of slope."""

    radius: float
    true: int
    found: int
    confirmed: int
    nearest: int
    change_found: float
    change_missed: float

    @property
    def precision(self) -> float:
        """The share of detected kinks that exist; 1 if none was detected."""
        return self.confirmed / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of coordinates with a kink within the distance for which one was detected; 1 if there are none."""
        return self.confirmed / self.true if self.true else 1.0


def run(_show: Callable[[Any], str] = str) -> bool:
    """Print slopes around one kink, and the results of the search; return whether they are as good as they should."""
    print(INTRODUCTION.format(file=network.__file__))
    start = network.start()
    print("\n".join(ladder_rows(start)))
    kept, every = part_of(start)
    print(SEARCH.format(count=len(every), behind=kept["b2"].size))
    objective = objective_of_part(start)
    scores = [score(find_kinks(objective, kept, radius=radius), start, radius) for radius in RADII]
    print("\n".join(_score_rows(scores)))
    print(SEEN)
    return all(one.precision == 1.0 and one.recall >= LEAST for one in scores)


def part_of(parameters: Parameters) -> tuple[Parameters, Array]:
    """Return some of the parameters, and the signed distances of all kinks along each of their coordinates."""
    kept = {"W1": parameters["W1"][:ROWS_OF_W1], "b1": parameters["b1"], "b2": parameters["b2"]}
    every = patterns.distances(parameters)
    in_w1 = every[: kept["W1"].size]
    in_b1 = every[-kept["b1"].size :]
    return kept, np.vstack([in_w1, in_b1, np.full((kept["b2"].size, every.shape[1]), np.inf)])


def objective_of_part(parameters: Parameters) -> Callable[[Parameters], float]:
    """Return the loss as a function of that part, with the other parameters fixed."""

    def objective(kept: Parameters) -> float:
        whole = {**parameters, **kept, "W1": np.vstack([kept["W1"], parameters["W1"][ROWS_OF_W1:]])}
        return network.objective(whole)

    return objective


def score(found: Sequence[Kink], parameters: Parameters, radius: float) -> Score:
    """Compare detected kinks, along the coordinates of `part_of`, with those of the activation pattern.

    A detected kink is confirmed if there is one on the same side within 1 % of its distance.
    """
    _, every = part_of(parameters)
    nearest = every[np.arange(len(every)), np.argmin(np.abs(every), axis=1)]
    there = [one for one in found if np.any(_same(every[one.index], one.distance))]
    missed = set(np.flatnonzero(np.abs(nearest) <= radius).tolist()) - {one.index for one in found}
    return Score(
        radius=radius,
        true=int(np.count_nonzero(np.abs(nearest) <= radius)),
        found=len(found),
        confirmed=len(there),
        nearest=sum(bool(_same(nearest[one.index], one.distance)) for one in there),
        change_found=_median([change_of_slope(parameters, one.index, one.distance) for one in there]),
        change_missed=_median([change_of_slope(parameters, index, float(nearest[index])) for index in missed]),
    )


def change_of_slope(parameters: Parameters, index: int, distance: float) -> float:
    """Return by how much the slope along a coordinate of W1 or b1 changes at a kink, from the backward pass."""
    name, place = ("W1", index) if index < ROWS_OF_W1 * network.HIDDEN else ("b1", index - ROWS_OF_W1 * network.HIDDEN)
    slopes = []
    for side in (-BESIDE, BESIDE):
        moved = {**parameters, name: parameters[name].copy()}
        moved[name].flat[place] += distance + side
        slopes.append(float(network.gradient(moved)[name].flat[place]))
    return abs(slopes[1] - slopes[0])


def _same(true: Any, distance: float) -> Any:
    with np.errstate(invalid="ignore"):
        return np.abs(true - distance) <= SAME_PLACE * abs(distance)


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if len(values) else np.nan


def ladder_rows(parameters: Parameters) -> Iterator[str]:
    """Yield the slopes along one coordinate for each step, with the number of kinks that it really crosses."""
    row, column = COORDINATE
    every = patterns.distances(parameters)[row * network.HIDDEN + column]
    nearest = float(every[np.argmin(np.abs(every))])
    name = f"W1[{row}, {column}]"
    found = study(network.objective, parameters, index=name, steps=STEPS)
    yield LADDER.format(name=name, sign="-" if nearest < 0 else "+", distance=short(abs(nearest)))
    yield f"   {'step h':>8}{'left':>13}{'right':>13}{'gap':>10}{'kinks crossed':>16}"
    for step, left, right in zip(found.steps[::-1], found.left[::-1], found.right[::-1], strict=True):
        crossed = int(np.count_nonzero(np.abs(every) < step))
        gap = short(float(right - left))
        yield f"   {short(float(step)):>8}{number(left, 7):>13}{number(right, 7):>13}{gap:>10}{crossed:>16}"


def _score_rows(scores: list[Score]) -> Iterator[str]:
    yield f"   {'':51}{'change of slope':>25}"
    columns = ("within", "kinks", "found", "precision", "recall", "nearest", "found", "missed")
    yield "   {:>7}{:>8}{:>8}{:>11}{:>8}{:>9}{:>13}{:>12}".format(*columns)
    for one in scores:
        nearest = one.nearest / one.confirmed if one.confirmed else 1.0
        counts = f"{one.radius:>7g}{one.true:8}{one.found:8}{one.precision:11.2f}{one.recall:8.2f}{nearest:9.2f}"
        changes = [short(value) if np.isfinite(value) else "-" for value in (one.change_found, one.change_missed)]
        yield f"   {counts}{changes[0]:>13}{changes[1]:>12}"
