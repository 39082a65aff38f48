"""Rounds of machine code that the library goes through alone, as long as they are short."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine import ROUND, Engine
from ...library import doubles, ffi
from ...problem.numbers import Flat
from .threads import BESIDE

# In seconds: what the library may take before Python looks for Ctrl-C again.
LONGEST = 0.02
# What it takes beside evaluations, for each coordinate: of the first rounds, which are short, that is most of the time.
EACH = 1.5e-7
# The most evaluations while nothing is known of how long they take: f(x) alone.
FIRST = 1
# At most so many times as many may follow in the next call.
LEAP = 256


class Alone:
    """Has the library go through rounds, so many in one call that it does not take long.

    Longer ones are left to the caller, who cuts them into chunks, or shares them among threads.

    Parameters
    ----------
    n
        The number of coordinates.
    """

    def __init__(self, n: int) -> None:
        self._beside = BESIDE + EACH * n
        self._most = FIRST
        # What an evaluation took in the last call; 0 where that cannot be told from what is beside it.
        self.seconds = 0.0
        self._values = np.empty(ROUND)
        self._told = ffi.new("int64_t[2]")

    def run(
        self, engine: Engine, called: Any, point: Any, keep: Callable[[Flat, Flat], None], most: int | None = None
    ) -> tuple[int, bool]:
        """Go through rounds; return the code of the objective that ended them, and whether there are more.

        Parameters
        ----------
        engine
            The check.
        called
            The objective: its address, and what is handed to it.
        point
            A pointer to the point that moves.
        keep
            Receives probes and their values, also of a call after which Ctrl-C comes.
        most
            How many evaluations there may be, in a single call, where the caller knows.
        """
        told, values = self._told, doubles(self._values)
        while True:
            told[0], began = 0, time.perf_counter()
            try:
                code = engine.run(called.pointer, called.user, point, values, most or self._most, told)
            finally:
                if count := told[0]:
                    keep(engine.told_alone(count), self._values[:count].copy())
            if count:
                self.seconds = max(time.perf_counter() - began - self._beside, 0.0) / count
                soon = int(LONGEST / self.seconds) if self.seconds > 0.0 else ROUND
                self._most = min(ROUND, LEAP * self._most, soon)
            if code or most or not count or not 0 < told[1] <= self._most:
                return code, told[1] > 0
