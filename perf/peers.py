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
TORCH = "PyTorch"
JAX = "JAX"
LIMIT = "limit"
COLUMNS = (GRADPROOF, BY_HAND, SCIPY, STATSMODELS, COMPLEX_STEP, TORCH, JAX, LIMIT)

MODULES = {SCIPY: "scipy.optimize", STATSMODELS: "statsmodels.tools.numdiff"}
# What checks a long gradient along a random direction.
LONG = {SCIPY: "scipy.optimize", TORCH: "torch", JAX: "jax"}
NOTES = (
    "by hand: a loop of centered differences in NumPy (in compiled rows: in Numba) and the largest relative error.",
    "SciPy: check_grad and approx_fprime look forward only: n + 1 calls, half of what a centered difference takes.",
    "statsmodels: approx_fprime(centered=True). complex step: its approx_fprime_cs, which needs f to take complex x.",
    "Along lines, limit: f and g, and for each point x and the gradient read once, the point read and written once. "
    'SciPy: check_grad(direction="random"), a number without a verdict. PyTorch: gradcheck(fast_mode=True). JAX: '
    'check_grads(order=1, modes=["rev"]). An alarm at the right gradient, too, counts as nothing seen.',
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


def directional() -> dict[str, Callable[[Any, Any], bool | None]]:
    """Return the peers that check (task, gradient) along a random direction: True, False, or None without a verdict."""
    absent = [name for name, module in LONG.items() if importlib.util.find_spec(module.partition(".")[0]) is None]
    makers = {SCIPY: _scipy_direction, TORCH: _torch_fast, JAX: _jax_check}
    return {name: make for name, make in makers.items() if name not in absent}


def _scipy_direction(task: Any, gradient: Any) -> None:
    from scipy.optimize import check_grad

    check_grad(task.objective, gradient, task.x, direction="random", seed=1)


def _torch_fast(task: Any, gradient: Any) -> bool:
    import torch

    steps = importlib.import_module("torch.autograd.gradcheck")

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            context.save_for_backward(x)
            return torch.tensor(task.objective(x.detach().numpy()), dtype=torch.float64)

        @staticmethod
        def backward(context: Any, outer: Any) -> Any:
            return outer * torch.from_numpy(gradient(context.saved_tensors[0].numpy()))

    x = torch.from_numpy(task.x).requires_grad_()
    # Where fast mode fails, PyTorch goes through all coordinates one by one to say which: for days. Not here.
    slow = steps._run_slow_mode_and_get_error
    steps._run_slow_mode_and_get_error = lambda *arguments, **settings: "not looked for"
    try:
        return bool(torch.autograd.gradcheck(Function.apply, (x,), fast_mode=True, raise_exception=False))
    finally:
        steps._run_slow_mode_and_get_error = slow


def _jax_check(task: Any, gradient: Any) -> bool:
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    @jax.custom_vjp
    def function(x: Any) -> Any:
        return jax.numpy.asarray(task.objective(np.asarray(x)))

    function.defvjp(lambda x: (function(x), x), lambda x, outer: (outer * gradient(np.asarray(x)),))
    try:
        check_grads(function, (jax.numpy.asarray(task.x),), order=1, modes=["rev"])
    except AssertionError:
        return False
    return True


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
