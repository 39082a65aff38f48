"""Functions of x and rows of the data as functions of x, or of some of its coordinates, as a check calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..evaluators.batched import Batched, batched
from ..problem.numbers import Flat, frozen
from ..problem.point import Problem
from ..problem.structure import Leaf


class OnRows:
    """An objective or a gradient on some rows of the data, as a function of x alone."""

    def __init__(self, function: Callable[..., Any], rows: Flat, what: str) -> None:
        self.function = function
        self.rows = frozen(rows)  # the same array serves every call
        self.what = what

    def __call__(self, x: Any) -> Any:
        """Call the user's function; where it cannot be called like that, say what it was called with."""
        try:
            return self.function(x, self.rows)
        except TypeError as problem:
            # Nothing of the function has run: the call itself is the mistake.
            if problem.__traceback__ is None or problem.__traceback__.tb_next is None:
                raise TypeError(f"with rows=, the {self.what} is called with x and an index array: {problem}") from None
            raise


def on_coordinates(objective: Any, problem: Problem, chosen: Flat) -> Any:
    """Return an objective of x as one of some coordinates of x, flat; the others stay as they are."""
    if isinstance(objective, Batched):
        return batched(OnCoordinates(objective.function, problem, chosen, is_batched=True))
    return OnCoordinates(objective, problem, chosen, is_batched=False)


class OnCoordinates:
    """A function of some coordinates, while the others stay as they are at x."""

    def __init__(self, function: Callable[[Any], Any], problem: Problem, chosen: Flat, *, is_batched: bool) -> None:
        self.function = function
        self.problem = problem
        self.chosen = chosen
        self.is_batched = is_batched

    def __call__(self, part: Flat) -> Any:
        """Call the function with x in the user's structure, or with many of them along a leading axis."""
        layout, x = self.problem.layout, self.problem.x
        if not self.is_batched:
            point = x.copy()
            point[self.chosen] = part
            return self.function(layout.build(point))
        points = np.tile(x, (len(part), 1))
        points[:, self.chosen] = part
        root = layout.root
        whole = points.reshape((len(points), *root.shape)) if isinstance(root, Leaf) else layout.build_batch(points)
        return self.function(whole)
