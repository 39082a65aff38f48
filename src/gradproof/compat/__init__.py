"""The gradient checks of other libraries, with their signatures: a test-suite changes one import.

Each function takes the arguments of the one that it replaces, and returns or raises what it does; the check behind it
is that of gradproof, and its report is at hand.  Steps need no choice, and tolerances none either; where tolerances are
given they allow more than gradproof does by itself.  What cannot be decided does not pass.  The libraries themselves
are imported when a function is called.

PyTorch, JAX, autograd
----------------------
gradcheck, gradgradcheck
    As in `torch.autograd`.
check_grads
    As in `jax.test_util` (`gradproof.compat.jax.check_grads`) or in `autograd.test_util`
    (`gradproof.compat.autograd.check_grads`), as it is called.

SciPy
-----
check_grad, approx_fprime, check_derivative
    As in `scipy.optimize`; the distances are floats that carry a `report`.

PyTensor
--------
verify_grad
    As in `pytensor.gradient`.

OpenMDAO
--------
check_partials, assert_partials
    The partial derivatives of a component, or of every component of a problem.

ASE
---
check_forces, assert_forces, check_stress
    Forces and stresses of a calculator against its energy.

statsmodels
-----------
`gradproof.compat.statsmodels` has `approx_fprime`, `approx_fprime_cs` and `approx_hess` of `statsmodels.tools.numdiff`,
whose arguments have another order than SciPy's.

Examples
--------
>>> import numpy as np
>>> from gradproof.compat import check_grad
>>> assert check_grad(lambda x: np.sum(np.sin(x)), np.cos, np.array([0.5, 1.0])) < 1e-6
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..lazy import importer

if TYPE_CHECKING:
    from .ase import assert_forces, check_forces, check_stress
    from .openmdao import assert_partials, check_partials
    from .pytensor import verify_grad
    from .scipy import approx_fprime, check_derivative, check_grad
    from .shared.distance import Distance
    from .torch import gradcheck, gradgradcheck

__all__ = [
    "Distance",
    "approx_fprime",
    "assert_forces",
    "assert_partials",
    "check_derivative",
    "check_forces",
    "check_grad",
    "check_grads",
    "check_partials",
    "check_stress",
    "gradcheck",
    "gradgradcheck",
    "verify_grad",
]

# Every public name by the module that defines it; imported on first use, as the libraries that they belong to are.
_HOMES = {
    "ase": ("assert_forces", "check_forces", "check_stress"),
    "openmdao": ("assert_partials", "check_partials"),
    "pytensor": ("verify_grad",),
    "scipy": ("approx_fprime", "check_derivative", "check_grad"),
    "shared.distance": ("Distance",),
    "torch": ("gradcheck", "gradgradcheck"),
}
_MODULES = ("ase", "autograd", "jax", "openmdao", "pytensor", "scipy", "statsmodels", "torch")


__getattr__ = importer(globals(), _HOMES, _MODULES)


def __dir__() -> list[str]:
    return sorted(__all__)


def check_grads(f: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Check derivatives as JAX's or autograd's function of this name does.

    Parameters
    ----------
    f : callable
        The function.
    *given, **named
        ``check_grads(f, args, order, ...)`` is JAX's, `gradproof.compat.jax.check_grads`;
        ``check_grads(f, modes=..., order=...)(*args)`` is autograd's, `gradproof.compat.autograd.check_grads`, also
        with an `argnum` of integers in the second place.

    Returns
    -------
    None or callable
        None from JAX's form; a function of the arguments from autograd's.

    Raises
    ------
    GradientError, TypeError, ValueError
        As for these.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from gradproof.compat import check_grads
    >>> check_grads(jnp.sin, (jnp.array([0.5, 1.0]),), order=1)
    """
    if "args" in named or (given and not _is_argnum(given[0])):
        from . import jax

        return jax.check_grads(f, *given, **named)
    from . import autograd

    return autograd.check_grads(f, *given, **named)


def _is_argnum(value: Any) -> bool:
    """Whether a value is one position of an argument or several, rather than arguments."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
    return isinstance(value, int) and not isinstance(value, bool)
