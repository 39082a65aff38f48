"""autograd's check_grads, with gradproof's differences; autograd is imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

import numpy as np

from ..outputs.claimed.claims import ByCovectors, ByTangents
from ..outputs.covectors import TANGENTS, signed
from ..outputs.function import has_no_numbers
from ..outputs.products import check_jvp, check_vjp
from ..problem.point import read_problem
from ..problem.structure import layout_of_output
from ..report.raising import GradientError
from .shared.tolerances import FLOOR, Tolerances

__all__ = ["check_grads"]

MODES = ("fwd", "rev")
NUMBERS = (float, complex)


def check_grads(
    f: Callable[..., Any],
    argnum: int | Sequence[int] = 0,
    modes: Sequence[str] | str = ("fwd", "rev"),
    order: int = 2,
    *,
    atol: float | None = None,
    rtol: float | None = None,
) -> Callable[..., None]:
    """Check derivatives as ``autograd.test_util.check_grads`` does: ``check_grads(f, modes=["rev"])(*args)``.

    Parameters
    ----------
    f : callable
        ``f(*args, **kwargs)`` returns an array; or a dict, list or tuple of arrays, made by those of
        ``autograd.builtins``, for autograd does not follow others.
    argnum : int or sequence of int, optional
        Which arguments are checked; the first by default.
    modes : sequence of {"fwd", "rev"}, or one of them, optional
        Whether to check ``make_jvp`` and ``make_vjp``.
    order : int, optional
        Derivatives up to this order are checked.
    atol, rtol : float, optional
        As for `gradproof.compat.jax.check_grads`; autograd's own function has none.

    Returns
    -------
    callable
        A function of the arguments, which returns None if all is right.

    Raises
    ------
    GradientError
        By the function that is returned, if a derivative is wrong, or could not be decided; an AssertionError, whose
        `report` says where and why.
    ImportError
        By the function that is returned, if autograd is not installed.

    Examples
    --------
    >>> import autograd.numpy as anp
    >>> from gradproof.compat.autograd import check_grads
    >>> check_grads(lambda x, y: anp.outer(anp.sin(x), y), (0, 1))(anp.array([0.5, 1.0]), anp.array([2.0, 0.25]))
    """
    numbers = argnum if isinstance(argnum, Sequence) else [argnum]
    if any(isinstance(one, str) for one in numbers):
        raise TypeError("give modes by name, modes=[...]: the second argument is argnum")
    if not all(isinstance(one, (int, np.integer)) for one in numbers):
        raise TypeError("argnum must be the number of an argument, or several: call check_grads(f)(*args)")
    modes = (modes,) if isinstance(modes, str) else modes
    if not set(modes) <= set(MODES):
        raise ValueError(f'modes must hold some of "fwd" and "rev", not {list(modes)!r}')

    @wraps(f)
    def check(*args: Any, **kwargs: Any) -> None:
        places = [argnum] if isinstance(argnum, int) else list(argnum)

        def of_chosen(x: Any) -> Any:
            chosen = dict(zip(places, [x] if isinstance(argnum, int) else x, strict=True))
            return f(*(chosen.get(place, one) for place, one in enumerate(args)), **kwargs)

        x = args[argnum] if isinstance(argnum, int) else tuple(_as_part(args[place]) for place in places)
        _check(of_chosen, x, modes, order, Tolerances(atol, rtol))

    return check


def _check(f: Callable[[Any], Any], x: Any, modes: Sequence[str], order: int, tolerances: Tolerances) -> None:
    """Check a function of one argument, and its derivatives up to an order."""
    core = _imported()

    def vjp(x: Any, cotangent: Any) -> Any:
        return core.make_vjp(f, x)[0](cotangent)

    def jvp(x: Any, tangent: Any) -> Any:
        return core.make_jvp(f, x)(tangent)[1]

    value = f(x)
    if has_no_numbers(x, value, vjp if "rev" in modes else None, jvp if "fwd" in modes else None):
        return
    single = read_problem(x, hold=True).is_float32
    settings: dict[str, Any] = {"convention": "autograd", "atol": FLOOR["float32" if single else "float64"]}
    for mode, check, claims, product in (("fwd", check_jvp, ByTangents, jvp), ("rev", check_vjp, ByCovectors, vjp)):
        if mode not in modes:
            continue
        report = check(f, product, x, **settings)
        if not report and not tolerances.excuse(report, f, partial(claims, product), x, is_conjugate=True):
            raise GradientError(report)
        if order > 1:
            vector = _random_like(x if mode == "fwd" else value, TANGENTS if mode == "fwd" else 0)
            _check(_of_pair(product), (x, vector), modes, order - 1, tolerances)


def _as_part(argument: Any) -> Any:
    """Return one of several arguments: a tuple of plain numbers would be read as a single array."""
    return np.asarray(argument) if isinstance(argument, NUMBERS) else argument


def _of_pair(product: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda pair: product(*pair)


def _random_like(value: Any, number: int) -> Any:
    """Return random numbers in the structure of a value."""
    layout = layout_of_output(value)
    return layout.build(signed(0, number, layout.n).astype(layout.dtype))


def _imported() -> Any:
    try:
        import autograd.core
    except ImportError as problem:
        raise ImportError("gradproof.compat.autograd needs autograd: pip install autograd") from problem
    return autograd.core
