"""A function with many outputs along a few directions, which is a function of as many coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.points.directions import WINDOW
from ...evaluators.lines import windows
from ...problem.numbers import Flat
from ...problem.point import Problem
from ...report.report import Report
from ...run.settings import Settings
from ..checks import OutputsCheck
from ..claimed.claims import ByMatrix, ByTangents
from ..covectors import TANGENTS, signed
from ..function import Function

# The number of random lines through all of x, and the most named arrays that get a line each.
LINES, ARRAYS = 4, 64
# A coordinate moves by its size, or by this part of what is typical of its window.
FLOOR = 0.1
# So often a function with many outputs is called at x.
AT_X = 2


def scales(x: Flat) -> Flat:
    """Return by how much each coordinate moves along a line, where it moves by its size."""
    sizes = FLOOR * np.repeat(windows(x), WINDOW)[: x.size]
    usual = float(np.median(sizes[sizes > 0])) if (sizes > 0).any() else 1.0
    return np.fmax(np.abs(x), np.where(sizes > 0, sizes, usual))


def directions(problem: Problem, seed: int) -> list[Flat]:
    """Return random directions: some through all of x, and one through each of its arrays."""
    sizes, leaves = scales(problem.x), problem.layout.arrays
    found = [sizes * signed(seed, TANGENTS + number, problem.n) for number in range(LINES)]
    for number, leaf in enumerate(leaves if 1 < len(leaves) <= ARRAYS else ()):
        one = np.zeros(problem.n)
        drawn = signed(seed, TANGENTS + LINES + number, leaf.stop - leaf.start)
        one[leaf.start : leaf.stop] = sizes[leaf.start : leaf.stop] * drawn
        found.append(one)
    return found


class Directions:
    """Checks products with tangents along any directions, each of which counts as a coordinate.

    Parameters
    ----------
    check
        The check of the function, whose point, settings and count of calls it shares.
    claims
        The products.
    """

    def __init__(self, check: OutputsCheck, claims: ByTangents) -> None:
        self._check = check
        self._claims = claims

    def report(
        self, lines: Sequence[Flat], outputs: Flat | slice = slice(None), *, only_verdict: bool = False
    ) -> tuple[Report, Flat]:
        """Return the report of some outputs along these lines, and what is claimed: a column for each of them."""
        function, problem, given = self._check.function, self._check.problem, self._check.settings
        matrix, moves = np.stack([self._claims.product(line)[outputs] for line in lines], axis=1), np.stack(lines)

        def moved(steps: Flat) -> Flat:
            with np.errstate(all="ignore"):
                at_x = not steps.any()
                found: Flat = function.at_x if at_x else function(problem.layout.build(problem.x + steps @ moves))
            some: Flat = found[outputs].copy()
            return some

        # Its first values, at x, are known.
        budget = None if function.budget is None else max(function.budget - function.calls, 1) + AT_X
        settings = Settings("full", given.seed, budget, given.time_limit, given.rtol, executor=None, atol=given.atol)
        point = settings.problem(np.zeros(len(lines)))
        along = Function(moved, point, None)
        along.usable = function.usable[outputs]
        check: Any = OutputsCheck(along, ByMatrix(matrix), point, settings, self._check.progress)
        return check.run(only_verdict=only_verdict), matrix
