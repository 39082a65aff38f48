"""Peers: other packages that check gradients or compute derivatives, where they are installed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from . import by_hand, frameworks, numeric

GRADPROOF = "gradproof"
BY_HAND = "by hand"
CERES = "Ceres-like"
RIDDERS = "Ceres-like, Ridders"
SCIPY = "SciPy"
STATSMODELS = "statsmodels"
COMPLEX_STEP = "complex step"
NUMDIFFTOOLS = "numdifftools"
JACOBI = "jacobi"
TORCH_SLOW = "PyTorch slow"
TORCH = "PyTorch fast"
JAX = "JAX"
LIMIT = "limit"

MODULES = {
    SCIPY: "scipy",
    STATSMODELS: "statsmodels",
    NUMDIFFTOOLS: "numdifftools",
    JACOBI: "jacobi",
    TORCH: "torch",
    JAX: "jax",
}
# Some evaluate so often, or so slowly, that beyond this they would take more of a run than all the rest.
MOST_SLOW = 300
NOTES = (
    "by hand: a loop of centered differences in NumPy (in compiled rows: in Numba) and the largest relative error.",
    "Ceres-like: what the checker of Ceres Solver does, as a loop in C: steps of a fixed relative size; "
    "Ridders: steps that are halved and extrapolated.",
    "SciPy: check_grad and approx_fprime look forward only: n + 1 calls, half of what a centered difference takes.",
    "statsmodels: approx_fprime(centered=True). complex step: its approx_fprime_cs, which needs f to take complex x.",
    f"numdifftools: Gradient; jacobi: jacobi; PyTorch slow: gradcheck; all up to {MOST_SLOW} coordinates.",
    "Along lines, limit: f and g, and for each point x and the gradient read once, the point read and written once. "
    'SciPy: check_grad(direction="random"), a number without a verdict. PyTorch fast: gradcheck(fast_mode=True). JAX: '
    'check_grads(order=1, modes=["rev"]). An alarm at the right gradient, too, counts as nothing seen.',
)


class Peer(NamedTuple):
    """What a peer does with f, its gradient and x; None where it has no public function for it."""

    check: Callable[[Any, Any, Any], Any] | None = None
    forward: Callable[[Any, Any], Any] | None = None
    centered: Callable[[Any, Any], Any] | None = None
    most: int = sys.maxsize  # coordinates


def installed(n: int = MOST_SLOW + 1) -> dict[str, Peer]:
    """Return the peers that are there and take n coordinates, the loop written by hand first."""
    others = {
        SCIPY: Peer(numeric.scipy_check, numeric.scipy_forward),
        STATSMODELS: Peer(numeric.statsmodels_check, numeric.statsmodels_forward, numeric.statsmodels_centered),
        COMPLEX_STEP: Peer(centered=numeric.complex_step),
        NUMDIFFTOOLS: Peer(numeric.numdifftools_check, centered=numeric.numdifftools_slopes, most=MOST_SLOW),
        JACOBI: Peer(numeric.jacobi_check, centered=numeric.jacobi_slopes, most=MOST_SLOW),
        TORCH_SLOW: Peer(frameworks.torch_slow, most=MOST_SLOW),
    }
    absent = set(missing())
    absent |= {with_it for with_it, name in ((COMPLEX_STEP, STATSMODELS), (TORCH_SLOW, TORCH)) if name in absent}
    there = {name: peer for name, peer in others.items() if name not in absent and n <= peer.most}
    return {BY_HAND: Peer(by_hand.check, by_hand.forward, by_hand.centered), **there}


def directional() -> dict[str, Callable[[Any, Any], bool | None]]:
    """Return the peers that check (task, gradient) along a random direction: True, False, or None without a verdict."""
    makers = {SCIPY: numeric.scipy_direction, TORCH: frameworks.torch_fast, JAX: frameworks.jax_check}
    return {name: make for name, make in makers.items() if name not in missing()}


def missing() -> list[str]:
    """Return the peers that are not installed."""
    return [name for name, module in MODULES.items() if importlib.util.find_spec(module) is None]
