"""Rounds of compiled objectives that the library runs by itself, as long as they are short."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ...engine import ROUND, Engine
from ...library import doubles, ffi
from ..evaluator import Keep
from ..objectives import NativeFunction
from .threads import BESIDE

# Seconds that a call of the library may take before Python looks for Ctrl-C again.
LONGEST = 0.02
# Seconds that an evaluation takes in the core; of a quick objective it is most of the time of the first, short rounds.
EACH = 1.5e-7
# The most evaluations while nothing is known about their time: f(x) alone.
FIRST = 1
# The next call may evaluate at most this many times as often.
LEAP = 256


class LibraryRounds:
    """Has the library run rounds: as many in one call as take little time.

    Longer rounds are left to the caller, who splits them into chunks or among threads.

    Parameters
    ----------
    function
        The objective, which remembers from one check to the next how many of its evaluations take little time.
    n
        The number of coordinates.
    longest
        The most seconds of a call.
    """

    def __init__(self, function: NativeFunction, n: int, longest: float = LONGEST) -> None:
        self._function = function
        self._n = n
        self._longest = longest
        known_n, at_once = function.at_once
        self._most = at_once if known_n == n and at_once else FIRST
        # Seconds of an evaluation in the last call; 0 where the overhead hides them.
        self.seconds = 0.0
        self._values = np.empty(ROUND)
        self._told = ffi.new("int64_t[2]")

    def run(self, engine: Engine, called: Any, point: Any, keep: Keep) -> tuple[int, bool]:
        """Run rounds; return the code with which the objective ended them, and whether there are more.

        Parameters
        ----------
        engine
            The check.
        called
            The objective: its address, and what is handed to it.
        point
            A pointer to the memory of the points.
        keep
            Receives probes and their values, even if Ctrl-C follows the call.
        """
        told, values = self._told, doubles(self._values)
        while True:
            told[0], began = 0, time.perf_counter()
            try:
                code = engine.run(called.pointer, called.user, point, values, self._most, told)
            finally:
                if count := told[0]:
                    keep(engine.told_by_library(count), self._values[:count].copy())
            if count:
                self.seconds = max((time.perf_counter() - began - BESIDE) / count - EACH, 0.0)
                soon = int(self._longest / self.seconds) if self.seconds > 0.0 else ROUND
                self._most = min(ROUND, LEAP * self._most, soon)
                self._function.at_once = self._n, min(self._most, LEAP)
            if code or not count or not 0 < told[1] <= self._most:
                return code, told[1] > 0
