"""What is claimed of the derivatives of a function: a product with covectors, a product with tangents, or a matrix."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...problem.claim import NOT_LINEAR, Claimed, Product
from ...problem.coordinates.chosen import Chosen
from ...problem.exceptions import raise_of_signal
from ...problem.numbers import Flat
from ...problem.point import Problem, called
from ...problem.structure import Layout
from ..covectors import signed

# Jacobians of up to this many numbers are kept, column by column, if they come from products with tangents.
KEPT = 1 << 22
# The most outputs that get a product each; of more, those that disagree are found by halving.
ONE_BY_ONE = 64


CALLED = "the jvp is called with x and a tangent"


class Claims(ABC):
    """The claimed Jacobian, in whatever way it is given.

    Attributes
    ----------
    word
        What the user calls it, in reports.
    calls
        How often the user's function was called beyond what the checks themselves count.
    """

    word = "derivative"

    def __init__(self) -> None:
        self.calls = 0

    def gradient(self, weights: Flat) -> Claimed | Product:
        """Return the claimed gradient of the projection on a covector, as `gradproof.check` takes it."""
        return Claimed(self.projected(weights), 0)

    @abstractmethod
    def projected(self, weights: Flat) -> Flat:
        """Return the claimed gradient of the projection on a covector, flat."""

    @property
    def matrix(self) -> Any:
        """All claims as a matrix, if they are known one by one; else None."""
        return None

    def remark(self) -> str:
        """Return what the claims show by themselves, whatever the function; "" if they show nothing."""
        return ""

    def in_other_convention(self, weights: Flat) -> Flat | None:
        """Return `projected` as if claims for complex numbers were meant in the other convention; None if unknown."""
        return None

    def are_cheap(self, outputs: int) -> bool:
        """Whether the claims for so many outputs may be looked at one by one."""
        return True

    @abstractmethod
    def columns(self, indices: Sequence[int], outputs: Flat) -> Flat:
        """Return the claimed derivatives of some outputs by some coordinates, one row for each output."""


class ByCovectors(Claims):
    """Claims by a vector-Jacobian product: ``vjp(x, cotangent)`` returns what has the structure of x.

    Attributes
    ----------
    form, instead
        What the product must be, and what to call with a matrix or a vector in its place.
    """

    word = "vjp"
    form = "vjp must be a function vjp(x, cotangent)"
    instead = (
        "for a matrix call check_jacobian(function, matrix, x), for what one cotangent c gave "
        "check(lambda x: np.sum(c * function(x)), gradient, x)"
    )

    def __init__(self, vjp: Callable[[Any, Any], Any], problem: Problem, layout: Layout) -> None:
        super().__init__()
        if not callable(vjp):
            raise TypeError(f"{self.form}, not an object of type {type(vjp).__name__}; {self.instead}")
        self._vjp = vjp
        self._problem = problem
        self._layout = layout

    def gradient(self, weights: Flat) -> Product:
        """Return the product with a covector as a function of x."""
        cotangent = weights.astype(self._layout.dtype)
        if self._problem.is_conjugate:
            self._layout.conjugate(cotangent)
        return Product(self.word, self._vjp, self._layout, cotangent)

    def projected(self, weights: Flat) -> Flat:
        """Return the product with a covector, flat."""
        self.calls += 1
        x, _ = self._problem.copy_of_x()
        value = self.gradient(weights)(x)
        try:
            flat = self._problem.layout.flatten(value, f"the {self.word}'s result", absent=[])
        except (TypeError, ValueError) as error:
            # Imported on use: most results fit.
            from ...problem.given.results import explained

            raise explained(error, value, self._problem.layout, self.word) from None
        if self._problem.is_conjugate:
            self._problem.layout.conjugate(flat)
        return self._problem.sign * flat

    def in_other_convention(self, weights: Flat) -> Flat:
        """Return the product as if cotangents and gradients were conjugates, or none if they are taken for such."""
        self._problem.is_conjugate = not self._problem.is_conjugate
        try:
            return self.projected(weights)
        finally:
            self._problem.is_conjugate = not self._problem.is_conjugate

    def remark(self) -> str:
        """Return whether the product forgets its cotangent, or is not linear in it; "" if it is."""
        weights = signed(0, 0, self._layout.n)
        one, other = self.projected(weights), self.projected(-2 * weights)
        if not (np.isfinite(one).all() and np.isfinite(other).all()):
            return ""
        forgets = bool(np.array_equal(one, other) and one.any())
        if not forgets and self._are_multiples(one, other):
            return ""
        if self._takes_vector_first(weights):
            return f"The {self.word} is called with x and a vector, but seems to take them in the other order."
        if forgets:
            return f"The {self.word} is the same for every cotangent: it forgets its incoming gradient."
        return NOT_LINEAR

    def _are_multiples(self, one: Flat, other: Flat) -> bool:
        """Whether products with a vector and with -2 times it are those of something linear."""
        unit, largest = float(np.finfo(self._problem.x.dtype).eps), float(np.max(np.abs(one), initial=0.0))
        one, other = (one / largest, other / largest) if largest else (one, other)  # squares that have a value
        return bool(np.linalg.norm(other + 2 * one) <= unit**0.5 * np.linalg.norm(one))

    def _takes_vector_first(self, weights: Flat) -> bool:
        """Whether the product is linear in its first argument, if it is called with the vector there."""
        try:
            found = []
            for vector in (weights, -2 * weights):
                value = self._vjp(self._layout.build(vector.astype(self._layout.dtype)), self._problem.copy_of_x()[0])
                found.append(self._problem.layout.flatten(value, self.word, absent=[]))
        except Exception as problem:  # with arguments that it does not expect, the user's function may raise anything
            raise_of_signal(problem)
            return False
        return bool(found[0].any()) and self._are_multiples(*found)

    def are_cheap(self, outputs: int) -> bool:
        """Whether the claims for so many outputs may be looked at one by one: each costs a call."""
        return outputs <= ONE_BY_ONE

    def columns(self, indices: Sequence[int], outputs: Flat) -> Flat:
        """Return the claimed derivatives of some outputs, one call for each."""
        return np.array([self.projected(_unit(self._layout.n, int(one)))[list(indices)] for one in outputs])


class ByTangents(Claims):
    """Claims by a Jacobian-vector product: ``jvp(x, tangent)`` returns what has the structure of the output."""

    word = "jvp"

    def __init__(self, jvp: Callable[[Any, Any], Any], problem: Problem, layout: Layout) -> None:
        super().__init__()
        if not callable(jvp):
            kind = type(jvp).__name__
            instead = "for a matrix call check_jacobian(function, matrix, x)"
            raise TypeError(f"jvp must be a function jvp(x, tangent), not an object of type {kind}; {instead}")
        self._jvp = jvp
        self._problem = problem
        self._layout = layout
        self._kept: Flat | None = None

    def product(self, tangent: Flat) -> Flat:
        """Return the product with a tangent, flat."""
        self.calls += 1
        x, _ = self._problem.copy_of_x()
        vector = tangent_like_x(self._problem, tangent)
        try:
            value = called(CALLED, self._jvp, x, vector)
        except Exception as problem:
            raise_of_signal(problem)
            if self._takes_cotangent():
                seems = f"{CALLED}, but seems to take a cotangent: gradproof.check_vjp checks a vjp"
                raise TypeError(seems) from problem
            raise
        try:
            return self._problem.sign * self._layout.flatten(value, "the jvp's result", absent=[])
        except (TypeError, ValueError) as error:
            if isinstance(value, (tuple, list)) and len(value) == 2 and np.shape(value[1]) == self._shape:
                which = "if that is the output and the product, as of jax.jvp, return the second alone"
                raise type(error)(f"the jvp returned a {type(value).__name__} of length 2: {which}") from None
            raise

    @property
    def _shape(self) -> tuple[int, ...] | None:
        """The shape of an output that is one array."""
        return getattr(self._layout.root, "shape", None)

    def _takes_cotangent(self) -> bool:
        """Whether the product is like x, and x not like the output, if it is called with what is like the output."""
        x = self._problem.copy_of_x()[0]
        if not isinstance(x, np.ndarray) or self._shape is None or x.shape == self._shape:
            return False
        try:
            shape: tuple[int, ...] = np.shape(self._jvp(x, self._layout.build(signed(0, 0, self._layout.n))))
            return bool(shape == x.shape)
        except Exception as problem:  # the user's function may raise anything
            raise_of_signal(problem)
            return False

    def column(self, index: int) -> Flat:
        """Return the claimed derivatives of all outputs by one coordinate."""
        if self._kept is not None:
            kept: Flat = self._kept[:, index]
            return kept
        return self.product(_unit(self._problem.n, index))

    @property
    def matrix(self) -> Any:
        """All claims as a matrix, if they are few enough to be kept."""
        return self._kept

    def projected(self, weights: Flat) -> Flat:
        """Return the gradient of the projection, one product for each coordinate."""
        n = self._problem.n
        if self._kept is None and n * self._layout.n <= KEPT:
            self._kept = np.stack([self.product(_unit(n, index)) for index in range(n)], axis=1)
        return np.array([float(np.add.reduce(_weighed(weights, self.column(index)))) for index in range(n)])

    def columns(self, indices: Sequence[int], outputs: Flat) -> Flat:
        """Return the claimed derivatives of some outputs by some coordinates."""
        return np.stack([self.column(int(index))[outputs] for index in indices], axis=1)


class ByMatrix(Claims):
    """Claims by a matrix with one row for each output and one column for each coordinate."""

    word = "Jacobian"

    def __init__(self, matrix: Any, calls: int = 0) -> None:
        super().__init__()
        self.calls = calls
        self._matrix = matrix

    @property
    def matrix(self) -> Any:
        """The claims, one row for each output and one column for each coordinate."""
        return self._matrix

    def projected(self, weights: Flat) -> Flat:
        """Return the gradient of the projection."""
        used = np.flatnonzero(weights)
        rows = self._matrix if len(used) == len(weights) else self._matrix[used]
        return np.asarray(rows.T @ weights[used], np.float64).reshape(-1)

    def columns(self, indices: Sequence[int], outputs: Flat) -> Flat:
        """Return the claimed derivatives of some outputs by some coordinates."""
        part = self._matrix[:, list(indices)][outputs]
        return np.asarray(part.toarray() if hasattr(part, "toarray") else part, np.float64)


def tangent_like_x(problem: Problem, tangent: Flat) -> Any:
    """Return a tangent in the structure of x; it is 0 for coordinates that are held."""
    flat, layout = tangent.astype(problem.x.dtype), problem.layout
    if isinstance(layout, Chosen):
        return Chosen(layout.every, np.zeros_like(layout.x), layout.chosen).build(flat)
    return layout.build(flat)


def _unit(count: int, index: int) -> Flat:
    unit = np.zeros(count)
    unit[index] = 1.0
    return unit


def _weighed(weights: Flat, column: Flat) -> Flat:
    """Return the products that add up to a projection; what is not finite only counts where its weight does."""
    return np.multiply(weights, column, out=np.zeros_like(weights), where=weights != 0)
