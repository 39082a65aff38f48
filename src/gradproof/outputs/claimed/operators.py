"""Claims by a linear operator, as SciPy has them: products with tangents, and with covectors where it has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...problem.numbers import Flat, as_numbers
from ...problem.point import Problem
from ...problem.structure import Layout
from .claims import ByTangents
from .matrices import WHAT, complex_shape


class ByOperator(ByTangents):
    """Claims by a linear operator: ``matvec`` for columns, and ``rmatvec`` for covectors where it has one.

    Attributes
    ----------
    has_adjoint
        Whether it has both, as far as is known.
    """

    word = "Jacobian"

    def __init__(self, operator: Any, problem: Problem, layout: Layout) -> None:
        super().__init__(lambda _, tangent: None, problem, layout)
        every, shape = problem.whole.layout, tuple(operator.shape)
        expected = complex_shape(layout, every) or (layout.n, every.n)
        if shape not in (expected, (layout.n, every.n)):
            raise ValueError(
                f"the operator has the shape {shape}, but {expected} is expected: one row for each output, one column "
                "for each coordinate"
            )
        if expected == (layout.n, every.n) and np.dtype(operator.dtype or float).kind == "c":
            as_numbers(np.empty(0, operator.dtype), WHAT)  # which says that they should be real
        self._operator = operator
        self.has_adjoint = True
        # Whether a row, or a column, stands for two numbers: the real and the imaginary part.
        self._by_row, self._by_column = layout.n > shape[0], every.n > shape[1]

    def product(self, tangent: Flat) -> Flat:
        """Return the product with a tangent, flat."""
        self.calls += 1
        indices, every = self._problem.layout.indices, tangent
        if indices is not None:
            every = np.zeros(self._problem.layout.total)
            every[indices] = tangent
        # What is claimed of a real function are gradients, whose sign of the imaginary part is a convention.
        is_conjugated = self._by_column and not self._by_row and not self._problem.is_conjugate
        vector = _complex(every, is_conjugated) if self._by_column else every
        return self._problem.sign * _real(self._operator.matvec(vector), self._by_row)

    def projected(self, weights: Flat) -> Flat:
        """Return the product with a covector; from those with tangents where there is no other."""
        try:
            found = self._operator.rmatvec(_complex(weights) if self._by_row else weights)
        except NotImplementedError:
            self.has_adjoint = False
            return super().projected(weights)
        self.calls += 1
        every = self._problem.sign * _real(found, self._by_column)
        if self._by_column and not self._by_row and not self._problem.is_conjugate:
            every[1::2] *= -1.0
        indices = self._problem.layout.indices
        return every if indices is None else every[indices]


def is_operator(given: Any) -> bool:
    """Whether something is a linear operator with an adjoint, as SciPy's have: by what it offers."""
    return all(callable(getattr(given, name, None)) for name in ("matvec", "rmatvec")) and hasattr(given, "shape")


def products_of(
    operator: Any, vjp: Any = None, x: Any = None
) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], Any]:
    """Return the products of a linear operator with tangents and with cotangents, and a point: zeros by default.

    Instead of its own adjoint another operator may be given, or the point in its place.
    """
    if callable(vjp) and not is_operator(vjp):
        raise TypeError("a linear operator has its own adjoint: leave the vjp out, or give both as functions of two")
    other, x = (vjp, x) if is_operator(vjp) or x is not None else (None, vjp)
    adjoint = operator.rmatvec if other is None else other.matvec
    rows, columns = operator.shape
    kind = np.dtype(getattr(operator, "dtype", None) or float)
    x = np.zeros(columns, kind if kind.kind in "fc" else np.float64) if x is None else np.asarray(x)
    if x.size != columns:
        raise ValueError(
            f"x holds {x.size} numbers, but the operator takes {columns}: its shape is ({rows}, {columns})"
        )

    def transposed(_: Any, cotangent: Any) -> Any:
        try:
            return np.reshape(adjoint(np.ravel(cotangent)), x.shape)
        except NotImplementedError as problem:
            raise TypeError("the operator has no rmatvec: there is no adjoint to check") from problem

    return lambda _, tangent: operator.matvec(np.ravel(tangent)), transposed, x


def _complex(parts: Flat, is_conjugated: bool = False) -> Flat:
    """Return the complex numbers whose real and imaginary parts alternate."""
    numbers: Flat = parts[0::2] + (-1j if is_conjugated else 1j) * parts[1::2]
    return numbers


def _real(numbers: Any, is_in_parts: bool) -> Flat:
    """Return numbers as a flat vector: the real and imaginary parts of each, or the real part alone."""
    flat = np.asarray(numbers).reshape(-1)
    if not is_in_parts:
        return flat.real.astype(np.float64)
    return np.ascontiguousarray(flat, np.complex128).view(np.float64)
