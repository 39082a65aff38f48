"""The gradient of a function of a pytree checked with the function in float64 at the same point."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..checking import check as check_gradient
from ..frameworks.float32 import goes_along_lines
from ..frameworks.kinks import with_linearised_kinks, with_notes
from ..problem.numbers import Flat
from ..problem.rounding import EVALUATED, UNITS, Agreement, rounded_anew, without_rounding
from ..report.report import Report
from .lifting import Lifting, wide
from .linearised import LinearisedFunction, linearised
from .trees import Tree


class Precise:
    """A function of a pytree in float64, and its gradient as it is claimed in the user's own arithmetic.

    Parameters
    ----------
    jax
        JAX.
    tree
        The structure of the pytree.
    objective
        The function of the pytree.
    gradient
        Its claimed gradient, of the arrays of the pytree by name.
    """

    def __init__(self, jax: Any, tree: Tree, objective: Callable[[Any], Any], gradient: Callable[[Any], Any]) -> None:
        self._jax = jax
        self._tree = tree
        self._gradient = gradient
        self._random = np.random.default_rng(0)
        self.kind = max(tree.precisions, key=lambda name: UNITS.get(name, 0.0))
        self._value = self._lifted(objective)
        self._exact = self._lifted(gradient)
        self.agreement: Agreement | None = None

    def _lifted(self, function: Callable[[Any], Any]) -> Lifted:
        return Lifted(self._jax, lambda arrays: function(self._tree.fill(arrays)), self._tree.leaves)

    def value(self, x: Any) -> Any:
        """Return the function in float64."""
        return self._value(self._tree.listed(x))[0]

    def linearised(self, x: Any, *, at_once: bool = False) -> LinearisedFunction | None:
        """Return the function with the slopes that JAX takes where kinks meet at x; None if it cannot be had."""
        jax, value = self._jax, self._value

        def made(traced: Any) -> LinearisedFunction:
            own = Lifting(jax)
            return LinearisedFunction(
                jax, traced, own, lambda at: [jax.numpy.array(one) for one in self._tree.listed(at)], x
            )

        return linearised(self.value, x, lambda: value.traced, made, at_once=at_once)

    def gradient(self, x: Any) -> Any:
        """Return the claimed gradient, with what rounding explains taken out."""
        own = self._named(self._gradient(self._tree.fill(self._tree.leaves)))
        point = self._tree.listed(x)
        clean, self.agreement = without_rounding(
            own, self._named(self._exact(point)), self.kind, lambda: self._nearby(point)
        )
        return clean if self._tree.names else clean[""]

    def _named(self, arrays: list[Any]) -> dict[str, Flat]:
        arrays = [np.asarray(one) for one in arrays]
        return {name: one.astype(wide(one.dtype)) for name, one in zip(self._tree.names or ("",), arrays, strict=True)}

    def _nearby(self, point: list[Any]) -> dict[str, Flat]:
        moved = [one * rounded_anew(self._random, self.kind, one.shape) for one in point]
        return self._named(self._exact.rounded(partial(rounded_anew, self._random, self.kind), moved))


class Lifted:
    """A function of lists of arrays that was traced as it is, as a function of such lists in float64.

    Parameters
    ----------
    jax
        JAX.
    function
        The function.
    given
        The lists by which it is traced.

    Attributes
    ----------
    traced
        The function as it was traced.
    """

    def __init__(self, jax: Any, function: Callable[..., Any], *given: list[Any]) -> None:
        self._jax = jax
        self.traced = jax.make_jaxpr(function)(*given)
        self._compiled = jax.jit(self._evaluator(Lifting(jax)))

    def _evaluator(self, lifting: Lifting) -> Callable[..., list[Any]]:
        return lambda *arrays: lifting.evaluate(self.traced.jaxpr, self.traced.consts, *arrays)

    def __call__(self, *lists: list[Any]) -> list[Any]:
        """Return what the function returns, in float64."""
        return self._called(self._compiled, lists)

    def rounded(self, factors: Callable[[tuple[int, ...]], Any], *lists: list[Any]) -> list[Any]:
        """Return the same with what operations return multiplied by factors next to 1 of their shapes."""
        return self._called(self._evaluator(Lifting(self._jax, factors)), lists)

    def _called(self, function: Callable[..., list[Any]], lists: tuple[list[Any], ...]) -> list[Any]:
        with self._jax.enable_x64(True):
            given = [self._jax.numpy.asarray(one) for each in lists for one in each]
            return [np.asarray(one) for one in function(*given)]


def reason_of(problem: Exception) -> str:
    """Return in one line why something cannot be evaluated in float64."""
    return f"{type(problem).__name__}: {str(problem).partition(chr(10))[0]}"


def check_in_float64(
    jax: Any,
    tree: Tree,
    objective: Callable[[Any], Any],
    claimed: Callable[[Any], Any] | None,
    settings: dict[str, Any],
) -> Report | str:
    """Check a gradient with the function in float64; return instead why that cannot be done."""
    point = [np.asarray(one).astype(wide(one.dtype)) for one in tree.leaves]
    x = dict(zip(tree.names, point, strict=True)) if tree.names else point[0]
    if jax.tree_util.tree_map(np.shape, objective(tree.fill(tree.leaves))) != ():
        return "this needs an f that returns one real number"
    if not tree.precisions <= set(UNITS) | {"float64"}:
        return "complex numbers are checked as they are"

    def gradient(pytree: Any) -> list[Any]:
        if claimed is not None:
            return tree.chosen(claimed(pytree))
        found: list[Any] = jax.grad(lambda arrays: objective(tree.fill(arrays)))(tree.chosen(pytree))
        return found

    try:
        precise = Precise(jax, tree, objective, gradient)
        precise.value(x)
        precise.gradient(x)
    except Exception as problem:  # an operation of someone else's, or a function that cannot be traced
        return reason_of(problem)
    along_lines = goes_along_lines(sum(one.size for one in point), settings)
    report = with_linearised_kinks(
        precise.value,
        settings,
        lambda value: check_gradient(value, precise.gradient, x, **{"convention": "jax", **settings}),
        lambda: precise.linearised(x),
        at_once=precise.linearised(x, at_once=True) if along_lines else None,
        is_own=claimed is None,
    )
    notes = [EVALUATED]
    if precise.agreement is not None:
        notes.append(precise.agreement.sentence())
    return with_notes(report, notes)
