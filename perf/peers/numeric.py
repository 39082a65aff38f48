"""Peers that differentiate numerically. Each is imported on use: it may not be installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import by_hand

Slopes = Callable[[Any, Any], Any]


def checked_by(slopes: Slopes) -> Callable[[Any, Any, Any], float]:
    """Return the check that a person makes of numerical slopes: the largest relative error."""
    return lambda f, gradient, x: float(np.max(by_hand.relative_error(slopes(f, x), gradient(x))))


def scipy_check(f: Any, gradient: Any, x: Any) -> Any:
    from scipy.optimize import check_grad

    return check_grad(f, gradient, x)


def scipy_direction(task: Any, gradient: Any) -> None:
    from scipy.optimize import check_grad

    check_grad(task.objective, gradient, task.x, direction="random", seed=1)


def scipy_forward(f: Any, x: Any) -> Any:
    from scipy.optimize import approx_fprime

    return approx_fprime(x, f)


def statsmodels_forward(f: Any, x: Any) -> Any:
    from statsmodels.tools.numdiff import approx_fprime

    return approx_fprime(x, f)


def statsmodels_centered(f: Any, x: Any) -> Any:
    from statsmodels.tools.numdiff import approx_fprime

    return approx_fprime(x, f, centered=True)


def complex_step(f: Any, x: Any) -> Any:
    from statsmodels.tools.numdiff import approx_fprime_cs

    return approx_fprime_cs(x, f)


def numdifftools_slopes(f: Any, x: Any) -> Any:
    from numdifftools import Gradient

    return Gradient(f)(x)


def jacobi_slopes(f: Any, x: Any) -> Any:
    from jacobi import jacobi

    return jacobi(f, x)[0]


statsmodels_check = checked_by(statsmodels_centered)
numdifftools_check = checked_by(numdifftools_slopes)
jacobi_check = checked_by(jacobi_slopes)
