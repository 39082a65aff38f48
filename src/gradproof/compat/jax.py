"""JAX's check_grads, with gradproof's differences; JAX is imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..arguments.naming import positional_names
from ..jax.maps import Map, every_check, refuse_unknown
from ..jax.trees import Tree, imported
from ..outputs.function import has_no_numbers
from ..report.raising import GradientError
from .shared.tolerances import Tolerances

__all__ = ["check_grads"]


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int,
    modes: Sequence[str] | str = ("fwd", "rev"),
    atol: Any = None,
    rtol: Any = None,
    eps: float | None = None,
) -> None:
    """Check derivatives as ``jax.test_util.check_grads`` does, with its arguments.

    Parameters
    ----------
    f : callable
        ``f(*args)`` returns an array, or a pytree of arrays.
    args : tuple
        The arguments; arrays of floating-point and complex numbers in them are checked, whatever else is held.
    order : int
        Derivatives up to this order are checked.
    modes : sequence of {"fwd", "rev", "lin"}, or one of them, optional
        Which derivatives: of ``jax.jvp``, ``jax.vjp``, ``jax.linearize``.
    atol, rtol : float or dict, optional
        Without them gradproof decides, which finds relative errors of 1e-5, and more in single precision; absolute
        errors of up to 1e-9 in double and 1e-5 in single precision pass.  Where one is given, entries of the Jacobian
        with ``|claimed - measured| <= atol + rtol * |measured|`` pass as well.  A dict gives it by dtype.
    eps : float, optional
        Not needed: steps are chosen from what is measured.

    Raises
    ------
    GradientError
        If a derivative is wrong, or could not be decided; an AssertionError, whose `report` says where and why.
    TypeError, ValueError
        As for `gradproof.jax.check`.

    Notes
    -----
    Every entry of the Jacobian is checked, not a single random direction.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from gradproof.compat.jax import check_grads
    >>> check_grads(jnp.sin, (jnp.array([0.5, 1.0]),), order=2)
    """
    jax = imported()
    if not callable(f):
        kind = type(f).__name__
        raise TypeError(f"f must be a function, not an object of type {kind}: call check_grads(f, args, order)")
    modes = (modes,) if isinstance(modes, str) else modes
    refuse_unknown(modes, order)
    point = tuple(args)
    tree = Tree(jax, point, tops=positional_names(f))
    tree.refuse_what_has_no_gradient()
    start = _start(jax, f, tree, point, is_array=hasattr(args, "dtype"))
    arrays = list(start.x.values())
    tolerances = Tolerances(_resolved(atol, arrays), _resolved(rtol, arrays))
    value = start(start.x)
    vjp, jvp = start.vjp if "rev" in modes else None, start.jvp if set(modes) - {"rev"} else None
    if has_no_numbers(start.x, value, vjp, jvp):
        return
    for one, mode, _ in every_check(start, modes, order):
        report = one.check(mode, {"atol": tolerances.floor(one.x)})
        if not report and not tolerances.excuse(report, one, one.claiming(mode), one.x, is_conjugate=True):
            raise GradientError(report)


def _start(jax: Any, f: Callable[..., Any], tree: Tree, point: tuple[Any, ...], *, is_array: bool) -> Map:
    """Return the function at the point; if an array in place of the arguments is the reason why it fails, say so."""
    try:
        return Map(jax, lambda tree: f(*tree), tree, point)
    except TypeError as problem:
        if not is_array:
            raise
        raise TypeError(
            f"args must be a tuple of the arguments of f, not an array: pass (args,); {problem}"
        ) from problem


def _resolved(tolerance: Any, arrays: Sequence[Any]) -> float | None:
    """Return one tolerance: of a dict by dtype, the largest of those that concern the arguments."""
    if tolerance is None or not isinstance(tolerance, Mapping):
        return tolerance
    by_kind = {np.dtype(kind): value for kind, value in tolerance.items()}
    return max((by_kind[array.dtype] for array in arrays if array.dtype in by_kind), default=None)
