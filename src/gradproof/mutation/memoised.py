"""A memoised objective: checks of different claims at one point ask for many of the same values."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..evaluators.values import as_value
from ..problem.point import Problem

# The most values that are remembered, of 100 bytes each.
MOST = 1 << 20


class Memoised:
    """An objective that is called once at each point.

    Parameters
    ----------
    objective
        Of x, and possibly of rows; its value must not depend on anything else.
    """

    def __init__(self, objective: Callable[..., Any]) -> None:
        self.objective = objective
        self.calls = 0
        self._known: dict[bytes, Any] = {}

    def __call__(self, *arguments: Any) -> Any:
        """Return the value at a point; an exception of the objective is not remembered."""
        digest = hashlib.blake2b(digest_size=16)
        for part in _bytes_of(arguments):
            digest.update(part)
        key = digest.digest()
        if key in self._known:
            return self._known[key]
        self.calls += 1
        value = np.array(self.objective(*arguments))
        if len(self._known) < MOST:
            self._known[key] = value
        return value

    def value_at(self, problem: Problem) -> float:
        """Return the value at x itself."""
        return as_value(self(problem.layout.build(problem.x.copy())))


def _bytes_of(value: Any) -> Iterator[bytes]:
    """Yield the bytes of all numbers in a structure, with what keeps those of different structures apart."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield repr(key).encode()
            yield from _bytes_of(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _bytes_of(part)
    else:
        yield np.ascontiguousarray(np.asarray(value)).tobytes()
