"""Gradient checks for JAX: of functions of pytrees, with the derivatives that JAX computes or those written by hand.

JAX is imported when a function of this module is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..arguments.naming import positional_names
from ..frameworks.float32 import in_float64
from ..frameworks.kinks import with_notes
from ..frameworks.steps import about_steps
from ..frameworks.unseen import with_unseen
from ..problem.rounding import not_evaluated
from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.settings import refuse_unknown_precision
from .gradients import Claimed, OfOneNumber
from .maps import Map, OfArrays, OnTrees, refuse_unknown
from .precise_maps import OfOutputs
from .steps import steps_in
from .trees import Tree, imported, only_arrays

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..run.keywords import Inconclusive, JaxAssertSettings, JaxSettings, Precision

__all__ = ["assert_gradient", "check"]


def check(
    f: Callable[..., Any],
    pytree: Any = None,
    gradient: Any = None,
    *,
    args: Sequence[Any] | None = None,
    modes: Sequence[str] = ("rev",),
    order: int = 1,
    precision: Precision | None = None,
    **settings: Unpack[JaxSettings],
) -> Report:
    """Check the derivatives of a function of a pytree, or of several arguments.

    Parameters
    ----------
    f : callable
        ``f(pytree)`` returns one real number, an array, or a pytree of arrays; it may be jitted.
    pytree : pytree of arrays
        The point: an array, or (nested) dicts, lists, tuples and registered classes of arrays.  Arrays have the type
        that JAX gives them: float32, or float64 if ``jax_enable_x64`` is set; complex numbers are two coordinates each.
        Integers and truth values are held.
    gradient : callable or pytree of arrays, optional
        Of an `f` that returns one real number: ``g(pytree)``, which returns the same structure; or the gradient itself,
        already computed.  The default is what JAX computes.
    args : tuple, optional
        Several arguments instead of one pytree, for ``f(*args)``; the gradient is then ``g(*args)``, and returns a
        tuple.
    modes : sequence of {"rev", "fwd", "lin"}, optional
        Which derivatives of JAX to check: those of ``jax.vjp`` (the default), ``jax.jvp`` or ``jax.linearize``.
    order : int, optional
        With 2, the derivatives of the derivatives are checked, too, in all modes; and so on.
    precision : {"float64"}, optional
        Evaluate `f` in float64 at the same point, whatever it is written for; derivatives stay those that are computed
        as things are.
    **settings
        As for `gradproof.check`: mode, seed, budget, time_limit, rtol, atol, bounds, only, held, progress; for one real
        number also save, resume, and an executor to whose processes `f` can be sent.  Bounds are None, numbers, or
        dicts keyed by the names of the arrays in the report.

    Returns
    -------
    Report
        Coordinates are named after their paths, such as ``layers.0.W[3, 5]``, those of several arguments after the
        parameters of `f`.  Findings about a function with many outputs name both ends, such as
        ``output[2] / W[3, 5]``.  Of several modes and orders it is the worst report, with the counts of all.

    Raises
    ------
    ImportError
        If JAX is not installed.
    TypeError, ValueError
        If an array cannot be checked, or `f` does not return one real number although a gradient is given.

    Notes
    -----
    A rule that computes another value than `f` itself is wrong, whatever its derivative is.

    With ``precision="float64"``, functions and derivatives are traced once as they are, and what was traced is
    evaluated in float64, with the same constants and random numbers.  What rounding explains of a claim is not called
    wrong; a note says to how much it agrees with the same derivative in float64.  Arrays of float16 and bfloat16 are
    always checked so.  What cannot be evaluated in float64 is named, and checked as it is.

    Where a check in float32 cannot decide, or takes 150 evaluations more along lines than a right gradient does, or
    lines disagree but neither a coordinate nor a factor is clearly wrong, it is done in float64 as well, and that
    decides, unless budget, time_limit, save, resume or an executor is given.  So is, from the first, one along lines in
    which f changes, be it in the last bit, with arrays all of whose claims are 0.

    Where arguments of relu, abs, leaky_relu and other functions of single elements are exactly 0, as after a block that
    starts at 0, kinks meet at x, and what automatic differentiation computes need not be a slope of f.  Along lines the
    check then takes the slope that JAX takes at 0 in place of the kink, for these arguments alone, and a note says so;
    where there are loops, or every coordinate is checked, it does so if the gradient disagrees, unless the same is
    given.  A gradient by hand may take other slopes: one that agrees with f as it is stays right, and a note says so.

    What is no array in a pytree, such as an activation function in a module of Equinox, is left alone.

    Examples
    --------
    >>> import jax
    >>> import jax.numpy as jnp
    >>> import gradproof.jax
    >>> pytree = {"W": jnp.array([[0.5, 1.0], [2.0, -1.0]]), "b": jnp.array([0.25, 1.5])}
    >>> gradproof.jax.check(lambda p: jnp.sum(p["W"] ** 2) + jnp.sum(p["b"] ** 2), pytree).verdict
    'right'

    A rule for an array that forgets its cotangent:

    >>> @jax.custom_vjp
    ... def scaled(x, factor):
    ...     return factor * jnp.sin(x)
    >>> def forward(x, factor):
    ...     return scaled(x, factor), (x, factor)
    >>> def backward(kept, cotangent):
    ...     x, factor = kept
    ...     return factor * jnp.cos(x), jnp.sum(cotangent * jnp.sin(x))
    >>> scaled.defvjp(forward, backward)
    >>> report = gradproof.jax.check(scaled, args=(jnp.array([0.5, 1.0]), 2.0))
    >>> report.verdict, sorted(finding.name for finding in report.findings)
    ('wrong', ['output[0] / x[1]', 'output[1] / x[0]'])
    """
    jax = imported()
    refuse_unknown(modes, order)
    if (pytree is None) == (args is None):
        raise TypeError("give one pytree, for f(pytree), or args=, for f(*args)")
    refuse_unknown_precision(precision)
    _refuse_what_does_not_fit(f, gradient, modes, order)
    tops = () if args is None else positional_names(f)
    point, built, taken = only_arrays(jax, pytree if args is None else tuple(args), tops)
    tree = Tree(jax, point, tops=tops)
    objective = OnTrees(f, built, is_of_args=args is not None)
    claimed = OnTrees(gradient, built, taken, is_of_args=args is not None) if callable(gradient) else None
    is_lifted = tree.is_low or (precision is not None and not tree.is_double)
    if not is_lifted:
        tree.refuse_what_has_no_gradient()
    start = Map(jax, objective, tree, point, settings.get("seed", 0)) if gradient is None else None
    checks: OfOneNumber | OfOutputs
    if start is None or _is_gradient(start, modes, order):
        arrays = None if gradient is None or claimed is not None else tree.named(taken(gradient))
        checks = OfOneNumber(jax, OfArrays(objective, tree), Claimed(claimed, arrays), point, dict(settings))
    else:
        checks = OfOutputs(jax, start, modes, order, dict(settings))
    report = with_unseen(_in_its_precision(tree, checks, is_lifted=is_lifted))
    steps = about_steps(report, lambda: steps_in(jax, lambda arrays: objective(tree.fill(arrays)), tree.leaves))
    return with_notes(report, list(steps))


def _in_its_precision(tree: Tree, checks: OfOneNumber | OfOutputs, *, is_lifted: bool) -> Report:
    """Check in float64 where that is asked for, or needed, or float32 leaves doubts; else as things are."""
    note: list[str] = []
    if is_lifted:
        found = checks.again()
        if isinstance(found, Report):
            return found
        note = [not_evaluated(found)]
        tree.refuse_what_has_no_gradient(*note)
    if note or checks.is_of_arrays:
        return with_notes(checks.check(None), note)
    return in_float64(checks.float32_check(), checks.check, checks.again)


def _is_gradient(start: Map, modes: Sequence[str], order: int) -> bool:
    """Whether the derivative of a function is a gradient: that of one real number, in reverse mode."""
    return start.out.is_real_number and tuple(modes) == ("rev",) and order == 1


def _refuse_what_does_not_fit(f: Any, gradient: Any, modes: Sequence[str], order: int) -> None:
    if not callable(f):
        raise TypeError("f must be a function: call check(f, pytree), or check(f, args=(…))")
    if gradient is not None and (tuple(modes) != ("rev",) or order != 1):
        raise TypeError("modes and order are for the derivatives of JAX: leave them out with a gradient")


def assert_gradient(
    f: Callable[..., Any],
    pytree: Any = None,
    gradient: Any = None,
    *,
    inconclusive: Inconclusive = "raise",
    **settings: Unpack[JaxAssertSettings],
) -> Report:
    """Raise an exception unless the derivatives of a function of a pytree are right; for use in tests.

    Parameters
    ----------
    f, pytree, gradient, **settings
        As for `check`, also args, modes and order.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide: raise `InconclusiveError` (the default), or return the report.

    Returns
    -------
    Report
        The report of a gradient that passed.

    Raises
    ------
    GradientError
        If the gradient is wrong; its `report` says where and why.
    InconclusiveError
        If the check could not decide.
    ImportError, TypeError, ValueError
        As for `check`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import gradproof.jax
    >>> gradproof.jax.assert_gradient(lambda x: jnp.sum(x**2), jnp.array([0.5, 1.0, 2.0])).verdict
    'right'
    """
    return right_or_raise(lambda: check(f, pytree, gradient, **settings), inconclusive)
