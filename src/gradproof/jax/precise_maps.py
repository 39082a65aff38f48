"""The derivatives of functions of pytrees checked with the function in float64 at the same point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..frameworks.float32 import Float32Check
from ..outputs.products import check_jvp, check_vjp
from ..outputs.several import together
from ..problem.numbers import Flat
from ..problem.rounding import EVALUATED, UNITS, Agreement, rounded_anew, without_rounding
from ..report.report import Report
from .lifting import wide
from .maps import WORDS, Map, every_check
from .precise import Lifted, reason_of
from .trees import Tree


class PreciseMap:
    """A function of a pytree in float64, and products with its derivative as they are claimed in its own arithmetic.

    Parameters
    ----------
    jax
        JAX.
    own
        The function in its own arithmetic.
    mode
        Which derivative: "rev", "fwd" or "lin".
    """

    def __init__(self, jax: Any, own: Map, mode: str) -> None:
        self._jax = jax
        self._own = own
        self._mode = mode
        self._random = np.random.default_rng(0)
        # The worst one of all products.
        self._agreement: Agreement | None = None
        tree, out = own.tree, own.out
        self.kind = max(tree.precisions | out.precisions, key=lambda name: UNITS.get(name, 0.0))
        arrays = tree.listed(own.x)
        value = own.f(tree.fill(tree.leaves))
        # What a product takes a direction of, and what it is like.
        self._given, self._found = (out, tree) if mode == "rev" else (tree, out)
        directions = out.listed(out.named(value)) if mode == "rev" else arrays
        self._value = Lifted(jax, lambda point: out.chosen(own.f(tree.fill(point)), "the output"), arrays)
        self._product = Lifted(jax, self._traced, arrays, directions)
        self._point: list[Flat] = [one.astype(wide(one.dtype)) for one in arrays]
        # What cannot be evaluated raises an exception here.
        self._value(self._point)
        self._product(self._point, directions)

    def _traced(self, point: list[Any], direction: list[Any]) -> list[Any]:
        own, tree = self._own, self._own.tree.fill(point)
        moved = self._given.moved(by_name(self._given, direction))
        if self._mode == "rev":
            found = self._jax.vjp(own.f, tree)[1](moved)[0]
        elif self._mode == "lin":
            found = self._jax.linearize(own.f, tree)[1](moved)
        else:
            found = self._jax.jvp(own.f, (tree,), (moved,))[1]
        return self._found.chosen(found)

    def __call__(self, x: Any) -> Any:
        """Return the outputs in float64 as arrays by name."""
        return by_name(self._own.out, self._value(self._own.tree.listed(x)))

    def product(self, x: Any, direction: Any) -> Any:
        """Return a product as it is claimed at the user's own point, with what rounding explains taken out."""
        own, given = self._own, self._given.listed(direction)
        claim = {"rev": own.vjp, "fwd": own.jvp, "lin": own.linearized}[self._mode]
        claimed = [np.asarray(one) for one in self._found.listed(claim(own.x, direction))]
        clean, agreement = without_rounding(
            numbered([one.astype(wide(one.dtype)) for one in claimed]),
            numbered(self._product(own.tree.listed(x), given)),
            self.kind,
            lambda: numbered(self._product.rounded(self._rounded, self._nearby(), given)),
        )
        self._agreement = agreement.worse(self._agreement)
        return by_name(self._found, list(clean.values()))

    def _nearby(self) -> list[Flat]:
        return [one * self._rounded(one.shape) for one in self._point]

    def _rounded(self, shape: tuple[int, ...]) -> Flat:
        return rounded_anew(self._random, self.kind, shape)

    def check(self, settings: dict[str, Any]) -> Report:
        """Check the derivative."""
        check = check_vjp if self._mode == "rev" else check_jvp
        point = by_name(self._own.tree, self._point)
        report = check(self, self.product, point, **{"convention": "jax", **settings})
        report = self._own.with_value(replace(report, subject=WORDS[self._mode]), self._mode)
        notes = [EVALUATED] if self._agreement is None else [EVALUATED, self._agreement.sentence()]
        return replace(report, warnings=(*report.warnings, *notes))


def by_name(tree: Tree, arrays: list[Any]) -> Any:
    """Return arrays by their names in a pytree; a single array alone."""
    return dict(zip(tree.names, arrays, strict=True)) if tree.names else arrays[0]


def numbered(arrays: list[Flat]) -> dict[str, Flat]:
    """Return arrays by their numbers."""
    return {str(number): array for number, array in enumerate(arrays)}


class OfOutputs:
    """The derivatives of a function with many outputs in several modes and orders.

    Parameters
    ----------
    jax
        JAX.
    start
        The function.
    modes, order
        Which derivatives.
    settings
        Those of the user.
    """

    is_of_arrays = False

    def __init__(self, jax: Any, start: Map, modes: Sequence[str], order: int, settings: dict[str, Any]) -> None:
        self._jax = jax
        self._start = start
        self._modes = modes
        self._order = order
        self._settings = settings

    def check(self, _: Float32Check | None) -> Report:
        """Check them as things are; nothing ends these checks."""
        every = every_check(self._start, self._modes, self._order)
        return _together((one.check(mode, self._settings), after) for one, mode, after in every)

    def again(self) -> Report | str:
        """Check them in float64; return instead why that cannot be done."""
        start = self._start
        if not start.tree.precisions | start.out.precisions <= {*UNITS, "float64"}:
            return "complex numbers are checked as they are"
        checks = every_check(start, self._modes, self._order)
        try:
            every = [(PreciseMap(self._jax, one, mode), after) for one, mode, after in checks]
        except Exception as problem:  # an operation of someone else's, or a function that cannot be traced
            return reason_of(problem)
        return _together((one.check(self._settings), after) for one, after in every)

    def float32_check(self) -> Float32Check:
        """Return what says where float64 decides."""
        return Float32Check(self._start, {}, self._settings, lambda *_: False)


def _together(reports: Iterable[tuple[Report, str]]) -> Report:
    """Return one report of several, each with what it is the derivative of."""
    return together([replace(one, subject=f"{one.subject}{after}") for one, after in reports])
