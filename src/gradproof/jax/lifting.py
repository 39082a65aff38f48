"""Evaluates what JAX traced in float32 or less in float64: operation by operation, with everything else as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# What a type becomes; those that are not here stay.
WIDER = {"float32": "float64", "float16": "float64", "bfloat16": "float64", "complex64": "complex128"}
# The numbers of bits of exponents and mantissas.
HELD = {"float32": (8, 23), "float16": (5, 10), "bfloat16": (8, 7)}
# Operations that have a function inside, which is called with their inputs as it is.
CALLS = ("jaxpr", "call_jaxpr", "fun_jaxpr")


def wide(kind: Any) -> Any:
    """Return the type in which what has a type is computed."""
    return np.dtype(WIDER[str(kind)]) if str(kind) in WIDER else kind


class Lifting:
    """What evaluates traced functions in float64; to be used where JAX has 64 bits.

    Parameters
    ----------
    jax
        JAX.
    factors
        Returns factors of a shape, for what operations return: the errors of rounding in a lower precision.
    """

    def __init__(self, jax: Any, factors: Callable[[tuple[int, ...]], Any] | None = None) -> None:
        from jax.extend import core

        self._jax = jax
        self._core = core
        self._factors = factors

    def evaluate(self, jaxpr: Any, constants: Sequence[Any], *inputs: Any) -> list[Any]:
        """Return the outputs of a traced function."""
        known: dict[Any, Any] = {}

        def read(atom: Any) -> Any:
            return self.lifted(atom.val) if isinstance(atom, self._core.Literal) else known[atom]

        known.update(zip(jaxpr.constvars, map(self.lifted, constants), strict=True))
        known.update(zip(jaxpr.invars, map(self.lifted, inputs), strict=True))
        for equation in jaxpr.eqns:
            found = map(self.lifted, self._outputs(equation, [read(atom) for atom in equation.invars]))
            known.update(zip(equation.outvars, map(self._moved, equation.outvars, found), strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def lifted(self, value: Any) -> Any:
        """Return a number or an array in the type in which it is computed."""
        kind = getattr(value, "dtype", None)
        return value if kind is None or str(kind) not in WIDER else self._jax.numpy.asarray(value, wide(kind))

    def _moved(self, traced: Any, value: Any) -> Any:
        """Return the result of an operation with an error of rounding; numbers that lower precision holds have none."""
        if self._factors is None or str(traced.aval.dtype) not in WIDER or value.dtype != np.float64:
            return value
        is_held = value == self._jax.lax.reduce_precision(value, *HELD[str(traced.aval.dtype)])
        # Counts, masks and what is compared with a number stay as they are.
        return self._jax.numpy.where(is_held, value, value * self._factors(value.shape))

    def _outputs(self, equation: Any, inputs: list[Any]) -> Sequence[Any]:
        name, params = equation.primitive.name, equation.params
        if hasattr(self, f"_{name}"):
            found: Sequence[Any] = getattr(self, f"_{name}")(equation, inputs)
            return found
        inner = next((params[key] for key in CALLS if key in params), None)
        if inner is not None and len(self._open(inner)[0].invars) == len(inputs):
            return self._called(inner)(*inputs)
        value = equation.primitive.bind(*inputs, **{key: self._parameter(one) for key, one in params.items()})
        several: Sequence[Any] = value if equation.primitive.multiple_results else [value]
        return several

    def _open(self, inner: Any) -> tuple[Any, Sequence[Any]]:
        """Return a traced function and its constants."""
        return (inner.jaxpr, inner.consts) if isinstance(inner, self._core.ClosedJaxpr) else (inner, ())

    def _called(self, inner: Any) -> Callable[..., list[Any]]:
        jaxpr, constants = self._open(inner)
        return lambda *inputs: self.evaluate(jaxpr, constants, *inputs)

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

    def _cond(self, equation: Any, inputs: list[Any]) -> Any:
        branches = [self._called(one) for one in equation.params["branches"]]
        return self._jax.lax.switch(inputs[0], branches, *inputs[1:])

    def _while(self, equation: Any, inputs: list[Any]) -> Any:
        params = equation.params
        first = params["cond_nconsts"]
        last = first + params["body_nconsts"]
        condition, body = self._called(params["cond_jaxpr"]), self._called(params["body_jaxpr"])
        return self._jax.lax.while_loop(
            lambda carry: condition(*inputs[:first], *carry)[0],
            lambda carry: body(*inputs[first:last], *carry),
            inputs[last:],
        )

    def _scan(self, equation: Any, inputs: list[Any]) -> Any:
        params = equation.params
        held, count = params["num_consts"], params["num_carry"]
        body = self._called(params["jaxpr"])

        def step(carry: Any, row: Any) -> tuple[Any, Any]:
            found = body(*inputs[:held], *carry, *row)
            return found[:count], found[count:]

        carry, rows = self._jax.lax.scan(
            step,
            inputs[held : held + count],
            inputs[held + count :],
            length=params["length"],
            reverse=params["reverse"],
        )
        return [*carry, *rows]
