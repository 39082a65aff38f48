"""Evaluates what JAX traced in float32 or less in float64: operation by operation, with everything else as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from .interpreting import Interpreter

# What a type becomes; those that are not here stay.
WIDER = {"float32": "float64", "float16": "float64", "bfloat16": "float64", "complex64": "complex128"}
# The numbers of bits of exponents and mantissas.
HELD = {"float32": (8, 23), "float16": (5, 10), "bfloat16": (8, 7)}


def wide(kind: Any) -> Any:
    """Return the type in which what has a type is computed."""
    return np.dtype(WIDER[str(kind)]) if str(kind) in WIDER else kind


class Lifting(Interpreter):
    """What evaluates traced functions in float64; to be used where it is active.

    Parameters
    ----------
    jax
        JAX.
    factors
        Returns factors of a shape, for what operations return: the errors of rounding in a lower precision.
    """

    def __init__(self, jax: Any, factors: Callable[[tuple[int, ...]], Any] | None = None) -> None:
        super().__init__(jax)
        self._factors = factors

    def active(self) -> AbstractContextManager[Any]:
        """Return a context in which JAX has 64 bits."""
        found: AbstractContextManager[Any] = self._jax.enable_x64(True)
        return found

    def evaluate(self, jaxpr: Any, constants: Sequence[Any], *inputs: Any) -> list[Any]:
        """Return the outputs of a traced function."""
        return super().evaluate(jaxpr, constants, *map(self.taken, inputs))

    def taken(self, value: Any) -> Any:
        """Return a number or an array in the type in which it is computed."""
        kind = getattr(value, "dtype", None)
        return value if kind is None or str(kind) not in WIDER else self._jax.numpy.asarray(value, wide(kind))

    def outputs(self, equation: Any, inputs: list[Any]) -> Sequence[Any]:
        """Return the results of one operation."""
        found = map(self.taken, super().outputs(equation, inputs))
        return list(map(self._moved, equation.outvars, found))

    def _moved(self, traced: Any, value: Any) -> Any:
        """Return the result of an operation with an error of rounding; numbers that lower precision holds have none."""
        if self._factors is None or str(traced.aval.dtype) not in WIDER or value.dtype != np.float64:
            return value
        is_held = value == self._jax.lax.reduce_precision(value, *HELD[str(traced.aval.dtype)])
        # Counts, masks and what is compared with a number stay as they are.
        return self._jax.numpy.where(is_held, value, value * self._factors(value.shape))

    def _parameter(self, value: Any) -> Any:
        """Return a parameter of an operation: types, and functions inside, such as the sum of a scattered addition."""
        if isinstance(value, np.dtype):
            return wide(value)
        if not isinstance(value, (self._core.Jaxpr, self._core.ClosedJaxpr)):
            return value
        shapes = [
            self._jax.ShapeDtypeStruct(one.aval.shape, wide(one.aval.dtype)) for one in self._open(value)[0].invars
        ]
        # Of what is called from inside of an operation rounding is left out.
        again = self._jax.make_jaxpr(Lifting(self._jax)._called(value))(*shapes)
        return again if isinstance(value, self._core.ClosedJaxpr) else again.jaxpr

    def _convert_element_type(self, equation: Any, inputs: list[Any]) -> list[Any]:
        return [self._jax.numpy.asarray(inputs[0], wide(equation.params["new_dtype"]))]

    def _reduce_precision(self, equation: Any, inputs: list[Any]) -> list[Any]:
        return inputs

    def _bitcast_convert_type(self, equation: Any, inputs: list[Any]) -> list[Any]:
        """The bits are those of the type that was traced: random numbers are made of them."""
        own = self._jax.numpy.asarray(inputs[0], equation.invars[0].aval.dtype)
        return [self._jax.lax.bitcast_convert_type(own, equation.params["new_dtype"])]
