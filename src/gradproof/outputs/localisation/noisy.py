"""Whether noise alone makes a part of the output stand out: small differences of large numbers, as of log_softmax.

How noisy they are, their size does not tell, nor what is claimed of them; a check of their own would climb a ladder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...problem.numbers import Flat
from .screen import Parts, Suspicion

# Steps that are as many times longer than that at which a claim stands out are too short for curvature to show.
FAR = (1024.0, 1536.0, 2560.0)
# At one of them a claim that is right is off by this factor less, at least.
FALLS = 128.0
# Steps about as long, at which noise is another one: at a shorter one unless the outputs have not moved from there on.
BESIDE = (7 / 8, 3 / 2, 3)
# Noise changes what a claim is off by more than this part of it.
CHANGES = 0.5


def is_noise(
    suspicion: Suspicion, parts: Parts, at: Any, outputs: Callable[[float], Flat], rtol: float, atol: float
) -> bool:
    """Return whether a claim that stands out is off by noise: not by as much over a longer step, nor at a near one.

    Or by so little that it passes.

    What an error is off by stays the same.  In float32 steps are too long to tell: False.

    Parameters
    ----------
    suspicion
        What stands out.
    parts
        The parts of the output, with their claims.
    at
        Where its coordinate is at x: a number of NumPy, of the type of x.
    outputs
        Returns all outputs where it has another value.
    rtol, atol
        The relative and the absolute error that pass.
    """
    if at.dtype != np.float64:
        return False
    claimed = float(parts.column(suspicion.coordinate)[suspicion.part])
    support, weights = parts.covector(suspicion.part)

    def off(step: float) -> float:
        low, high = at - step, at + step
        change = outputs(high)[support] - outputs(low)[support]
        return float(np.add.reduce(weights * change) / (high - low) - claimed)

    here = off(suspicion.step)
    if abs(here) <= atol * np.abs(weights).min():
        return True
    allowed = max(abs(here) / FALLS, rtol * abs(claimed))
    if not any(abs(off(part * suspicion.step)) <= allowed for part in FAR):
        return False
    return any(abs(off(part * suspicion.step) - here) > CHANGES * abs(here) for part in BESIDE)
