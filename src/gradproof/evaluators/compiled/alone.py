"""Rounds of machine code that the library goes through alone, as long as they are short."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine import ROUND, Engine
from ...library import doubles, ffi
from ...problem.numbers import Flat
from .threads import BESIDE, WORTH_STARTING

# In seconds: what the library may take before Python looks for Ctrl-C again.
LONGEST = 0.02
# The most evaluations while nothing is known of how long they take: f(x) alone.
FIRST = 1
# So many times as many may follow those that took no more than what is beside them, where threads might share more.
LEAP = 256


class Alone:
    """Has the library go through rounds, so many in one call that it does not take long.

    Longer ones are left to the caller, who cuts them into chunks, or shares them among threads.

    Parameters
    ----------
    threads
        How many threads the caller has.
    """

    def __init__(self, threads: int) -> None:
        self._longest, self._leap = (LONGEST, ROUND) if threads == 1 else (WORTH_STARTING, LEAP)
        self._most = FIRST
        # What an evaluation took in the last call; 0 where that cannot be told from what is beside it.
        self.seconds = 0.0
        self._values = np.empty(ROUND)
        self._told = ffi.new("int64_t[2]")

    def run(self, engine: Engine, called: Any, point: Any, keep: Callable[[Flat, Flat], None]) -> tuple[int, bool]:
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
        """
        told, values = self._told, doubles(self._values)
        while True:
            told[0], began = 0, time.perf_counter()
            try:
                code = engine.run(called.pointer, called.user, point, values, self._most, told)
            finally:
                if count := told[0]:
                    keep(engine.told_alone(count), self._values[:count].copy())
            if count:
                self.seconds = max(time.perf_counter() - began - BESIDE, 0.0) / count
                self._most = min(
                    ROUND, int(self._longest / self.seconds) if self.seconds > 0.0 else self._leap * self._most
                )
            if code or not count or not 0 < told[1] <= self._most:
                return code, told[1] > 0
