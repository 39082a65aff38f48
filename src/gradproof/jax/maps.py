"""Functions of pytrees as a check calls them: with arrays of NumPy, and with the derivatives that JAX computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..outputs.claimed.claims import ByCovectors, ByTangents, Claims
from ..outputs.covectors import TANGENTS, signed
from ..outputs.products import check_jvp, check_vjp
from ..problem.exceptions import raise_of_signal
from ..problem.numbers import Flat
from ..problem.point import Problem
from ..problem.structure import Layout
from ..report.report import Report
from .trees import Tree

MODES = ("fwd", "rev", "lin")
WORDS = {"rev": "vjp", "fwd": "jvp", "lin": "linearized jvp"}
# Values of f that differ by more than this part of the largest are other values, not rounded otherwise.
DIFFERENT = {"float64": 1e-9, "float32": 1e-3}


class OnTrees:
    """The user's function as a function of the arrays of its pytree, or of its arguments.

    It can be sent to other processes where the function can, and its pytree holds nothing but arrays.

    Parameters
    ----------
    f
        The function.
    built
        Makes the pytree of its arrays.
    taken
        Takes the arrays out of what the function returns, if that is such a pytree.
    is_of_args
        Whether the pytree is the tuple of its arguments.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        built: Callable[[Any], Any],
        taken: Callable[[Any], Any] | None = None,
        *,
        is_of_args: bool,
    ) -> None:
        self.f = f
        self.built = built
        self.taken = taken
        self.is_of_args = is_of_args

    def __call__(self, arrays: Any) -> Any:
        """Return what the function returns."""
        tree = self.built(arrays)
        value = self.f(*tree) if self.is_of_args else self._of_one(tree)
        return value if self.taken is None else self.taken(tuple(value) if self.is_of_args else value)

    def _of_one(self, tree: Any) -> Any:
        """Return the function of a pytree; if it takes the parts of a tuple one by one, say so."""
        try:
            return self.f(tree)
        except Exception as problem:
            raise_of_signal(problem)
            if type(tree) not in (list, tuple) or not self._takes(tree):
                raise
            raise TypeError(
                f"f is called with one pytree, a {type(tree).__name__}, but seems to take its {len(tree)} "
                f"part{'s' * (len(tree) > 1)} as arguments: pass args=(…) in place of the pytree"
            ) from problem

    def _takes(self, arguments: Any) -> bool:
        """Whether the function returns something if it is called with several arguments."""
        try:
            return self.f(*arguments) is not None
        except Exception as problem:  # with arguments that it does not expect, the user's function may raise anything
            raise_of_signal(problem)
            return False


class OfArrays:
    """A function of a pytree as a function of arrays by name; it can be sent to other processes where that can."""

    def __init__(self, f: Callable[..., Any], tree: Tree) -> None:
        self.f = f
        self.tree = tree

    def __call__(self, x: Any) -> Any:
        """Return the value at a point."""
        return self.f(self.tree.build(x))


class Map:
    """A function of a pytree at a point.

    Parameters
    ----------
    jax
        JAX.
    f
        The function, of a pytree.
    tree
        The structure of the pytree.
    pytree
        The point.
    seed
        The seed of random cotangents and tangents.

    Attributes
    ----------
    x
        The arrays of the point, by name.
    out
        The structure of the output.
    """

    def __init__(self, jax: Any, f: Callable[[Any], Any], tree: Tree, pytree: Any, seed: int = 0) -> None:
        self._jax = jax
        self.f = f
        self.tree = tree
        self.x = tree.named(pytree)
        self._seed = seed
        value = f(tree.build(self.x))
        self.out = Tree(jax, value, "output")
        if not self.out.has_derivatives:
            raise TypeError("f must return floating-point numbers: an array, or a pytree of arrays")
        self._at_x = self.out.named(value)

    def __call__(self, x: Any) -> Any:
        """Return the outputs as arrays by name."""
        return self.out.named(self.f(self.tree.build(x)), "the output")

    def vjp(self, x: Any, cotangent: Any) -> Any:
        """Return the product with a cotangent."""
        _, pull = self._jax.vjp(self.f, self.tree.build(x))
        return self.tree.named(pull(self.out.moved(cotangent))[0])

    def jvp(self, x: Any, tangent: Any) -> Any:
        """Return the product with a tangent."""
        _, moved = self._jax.jvp(self.f, (self.tree.build(x),), (self.tree.moved(tangent),))
        return self.out.named(moved, "the tangent of the output")

    def linearized(self, x: Any, tangent: Any) -> Any:
        """Return the product with a tangent, from the linearized function."""
        _, push = self._jax.linearize(self.f, self.tree.build(x))
        return self.out.named(push(self.tree.moved(tangent)), "the tangent of the output")

    def claiming(self, mode: str) -> Callable[[Problem, Layout], Claims]:
        """Return what makes the claims of a mode, as checks of functions with many outputs take it."""
        if mode == "rev":
            return lambda problem, layout: ByCovectors(self.vjp, problem, layout)
        product = self.jvp if mode == "fwd" else self.linearized
        return lambda problem, layout: ByTangents(product, problem, layout)

    def check(self, mode: str, settings: dict[str, Any]) -> Report:
        """Check the derivative of a mode."""
        given = {"convention": "jax", **settings}
        if mode == "rev":
            report = check_vjp(self, self.vjp, self.x, **given)
        else:
            report = check_jvp(self, self.jvp if mode == "fwd" else self.linearized, self.x, **given)
        return self.with_value(replace(report, subject=WORDS[mode]), mode)

    def with_value(self, report: Report, mode: str) -> Report:
        """Return the report, wrong if the function has another value where its derivative is computed."""
        tree = self.tree.build(self.x)
        if mode == "rev":
            value, _ = self._jax.vjp(self.f, tree)
        elif mode == "lin":
            value, _ = self._jax.linearize(self.f, tree)
        else:
            value, _ = self._jax.jvp(self.f, (tree,), (self.tree.moved(self._tangent()),))
        found = self.out.named(value, "the output")
        if report.nondeterministic or not _differ(self._at_x, found):
            return report
        note = f"jax.{WORDS[mode]} computes another value of f than f itself: the rule returns a wrong output."
        return replace(report, verdict="wrong", warnings=(note, *report.warnings))

    def _tangent(self) -> Any:
        return _random_like(self.x, self._seed, TANGENTS)

    def derived(self, mode: str) -> Map:
        """Return the derivative as a function of the point: its product with one random cotangent or tangent."""
        if mode == "rev":
            cotangent = self.out.moved(_random_like(self._at_x, self._seed, 0))

            def f(tree: Any) -> Any:
                _, pull = self._jax.vjp(self.f, tree)
                return self._without_nothing(pull(cotangent)[0])

        else:
            tangent = self.tree.moved(self._tangent())

            def f(tree: Any) -> Any:
                if mode == "lin":
                    return self._jax.linearize(self.f, tree)[1](tangent)
                return self._jax.jvp(self.f, (tree,), (tangent,))[1]

        return Map(self._jax, f, self.tree, self.tree.build(self.x), self._seed)

    def _without_nothing(self, tree: Any) -> Any:
        """Return a pytree with None for arrays of JAX's type float0."""
        nothing = self._jax.dtypes.float0
        return self._jax.tree_util.tree_map(lambda leaf: None if leaf.dtype == nothing else leaf, tree)


def every_check(start: Map, modes: Sequence[str], order: int, after: str = "") -> Iterator[tuple[Map, str, str]]:
    """Yield what is to be checked: a function, a mode, and what it is the derivative of, up to an order."""
    for mode in modes:
        yield start, mode, after
        if order > 1:
            yield from every_check(start.derived(mode), modes, order - 1, f" of the {WORDS[mode]}{after}")


def refuse_unknown(modes: Any, order: Any) -> None:
    """Raise a ValueError unless these are modes and an order."""
    if isinstance(modes, str) or not modes or not set(modes) <= set(MODES):
        raise ValueError(f'modes must hold some of "rev", "fwd" and "lin", not {modes!r}')
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ValueError(f"order must be an integer of 1 or more, not {order!r}")


def _random_like(arrays: Any, seed: int, number: int) -> Any:
    """Return random numbers in the shapes of arrays, by name or a single one."""
    if isinstance(arrays, dict):
        return {name: _random_like(one, seed, number + at) for at, (name, one) in enumerate(arrays.items())}
    values = signed(seed, number, arrays.size).reshape(arrays.shape)
    if arrays.dtype.kind == "c":
        values = values + 1j * signed(seed + 1, number, arrays.size).reshape(arrays.shape)
    return values.astype(arrays.dtype)


def _differ(one: Any, other: Any) -> bool:
    """Whether values of f differ by more than rounding; what is not finite is not compared."""
    if isinstance(one, dict):
        return any(_differ(one[name], other[name]) for name in one)
    return _array_differs(np.asarray(one), np.asarray(other))


def _array_differs(one: Flat, other: Flat) -> bool:
    finite = np.isfinite(one)
    unit = DIFFERENT["float32" if one.real.dtype.itemsize == 4 else "float64"]
    size = float(np.max(np.abs(one[finite]), initial=0.0))
    with np.errstate(invalid="ignore"):
        return bool(np.any(~(np.abs(other - one)[finite] <= unit * size)))
