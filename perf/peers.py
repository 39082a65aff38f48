"""The others: what checks or differentiates beside gradproof, where it is installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import by_hand

GRADPROOF = "gradproof"
BY_HAND = "by hand"
SCIPY = "SciPy"
STATSMODELS = "statsmodels"
COMPLEX_STEP = "complex step"
LIMIT = "limit"
COLUMNS = (GRADPROOF, BY_HAND, SCIPY, STATSMODELS, COMPLEX_STEP, LIMIT)

MODULES = {SCIPY: "scipy.optimize", STATSMODELS: "statsmodels.tools.numdiff"}
NOTES = (
    "by hand: a loop of centered differences in NumPy (in compiled rows: in Numba) and the largest relative error.",
    "SciPy: check_grad and approx_fprime look forward only: n + 1 calls, half of what a centered difference takes.",
    "statsmodels: approx_fprime(centered=True). complex step: its approx_fprime_cs, which needs f to take complex x.",
)


class Peer(NamedTuple):
    """What a peer does with f, its gradient and x; None where it has no public function for it."""

    check: Callable[[Any, Any, Any], Any] | None = None
    forward: Callable[[Any, Any], Any] | None = None
    centered: Callable[[Any, Any], Any] | None = None


def installed() -> dict[str, Peer]:
    """Return the peers that are there, the loop written by hand first."""
    found = {BY_HAND: Peer(by_hand.check, by_hand.forward, by_hand.centered)}
    absent = missing()
    if SCIPY not in absent:
        found[SCIPY] = _scipy(importlib.import_module(MODULES[SCIPY]))
    if STATSMODELS not in absent:
        found |= _statsmodels(importlib.import_module(MODULES[STATSMODELS]))
    return found


def missing() -> list[str]:
    """Return the peers that are not installed."""
    return [name for name, module in MODULES.items() if importlib.util.find_spec(module.partition(".")[0]) is None]


def _scipy(optimize: Any) -> Peer:
    return Peer(optimize.check_grad, lambda f, x: optimize.approx_fprime(x, f))


def _statsmodels(numdiff: Any) -> dict[str, Peer]:
    def centered(f: Any, x: Any) -> Any:
        return numdiff.approx_fprime(x, f, centered=True)

    def check(f: Any, gradient: Any, x: Any) -> float:
        return float(np.max(by_hand.relative_error(centered(f, x), gradient(x))))

    return {
        STATSMODELS: Peer(check, lambda f, x: numdiff.approx_fprime(x, f), centered),
        COMPLEX_STEP: Peer(centered=lambda f, x: numdiff.approx_fprime_cs(x, f)),
    }
