"""Drop-ins for the gradient checks of other libraries: the same arguments and results, with gradproof's differences.

========================================  ========================================
``torch.autograd.gradcheck``              `gradproof.compat.gradcheck`
``torch.autograd.gradgradcheck``          `gradproof.compat.gradgradcheck`
``jax.test_util.check_grads``             `gradproof.compat.jax.check_grads`
``autograd.test_util.check_grads``        `gradproof.compat.autograd.check_grads`
========================================  ========================================

`gradproof.compat.check_grads` is JAX's or autograd's, as it is called.  Steps need no choice (``eps`` is not used), and
tolerances none either; where they are given they allow more than gradproof does by itself.  What cannot be decided does
not pass.  The libraries themselves are imported when a function is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import autograd, jax, torch
from .torch import gradcheck, gradgradcheck

__all__ = ["autograd", "check_grads", "gradcheck", "gradgradcheck", "jax", "torch"]


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
        return jax.check_grads(f, *given, **named)
    return autograd.check_grads(f, *given, **named)


def _is_argnum(value: Any) -> bool:
    """Whether a value is one position of an argument or several, rather than arguments."""
    if isinstance(value, (tuple, list)):
        return bool(value) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
    return isinstance(value, int) and not isinstance(value, bool)
