"""Whether a loss that is checked in float32 moves with parameters although all of their claims are 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np

from ..evaluators.arrays.inplace import InPlaceEvaluator, problem_in_place
from ..evaluators.objectives import in_place
from ..frameworks.float32 import is_another, moves
from .backward import view


def is_moved_by(tensors: Mapping[str, Any]) -> Callable[[Callable[[], float], Sequence[str], int], bool]:
    """Return what tells whether a loss has another value than at x where some of these tensors are moved."""

    def is_moved(value: Callable[[], float], names: Sequence[str], seed: int) -> bool:
        objective = in_place({name: view(name, tensors[name]) for name in names}, value)
        problem, _ = problem_in_place(objective, None, lambda _: False)
        parts = [problem.x[leaf.start : leaf.stop] for leaf in problem.layout.leaves]
        steps = np.concatenate(list(moves(parts, seed)))
        with closing(InPlaceEvaluator(objective, problem)) as evaluator:
            return is_another([evaluator.value_at(problem.x + sign * steps) for sign in (0, 1, -1, 0)])

    return is_moved
