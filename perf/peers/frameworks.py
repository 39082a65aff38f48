"""The checks of PyTorch and JAX, for objectives in NumPy. Each is imported on use: it may not be installed."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np


def torch_slow(f: Any, gradient: Any, x: Any) -> bool:
    """Check every coordinate."""
    import torch

    return bool(torch.autograd.gradcheck(_torch_function(f, gradient), (_leaf(x),), raise_exception=False))


def torch_fast(task: Any, gradient: Any) -> bool:
    """Check along one random direction."""
    import torch

    steps = importlib.import_module("torch.autograd.gradcheck")
    function = _torch_function(task.objective, gradient)
    # Where fast mode fails, PyTorch goes through all coordinates one by one to say which: for days. Not here.
    slow = steps._run_slow_mode_and_get_error
    steps._run_slow_mode_and_get_error = lambda *arguments, **settings: "not looked for"
    try:
        return bool(torch.autograd.gradcheck(function, (_leaf(task.x),), fast_mode=True, raise_exception=False))
    finally:
        steps._run_slow_mode_and_get_error = slow


def _leaf(x: Any) -> Any:
    import torch

    return torch.from_numpy(x.copy()).requires_grad_()


def _torch_function(f: Any, gradient: Any) -> Any:
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            context.save_for_backward(x)
            return torch.tensor(f(x.detach().numpy()), dtype=torch.float64)

        @staticmethod
        def backward(context: Any, outer: Any) -> Any:
            return outer * torch.from_numpy(gradient(context.saved_tensors[0].numpy()))

    return Function.apply


def jax_check(task: Any, gradient: Any) -> bool:
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
