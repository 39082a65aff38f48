"""Evaluates what JAX traced operation by operation: the ground of what evaluates it in another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

# Operations that have a function inside, which is called with their inputs as it is.
CALLS = ("jaxpr", "call_jaxpr", "fun_jaxpr")


class Interpreter:
    """What evaluates traced functions as they are.

    A method named after an operation, such as ``_scan``, evaluates it.

    Parameters
    ----------
    jax
        JAX.
    """

    def __init__(self, jax: Any) -> None:
        from jax.extend import core

        self._jax = jax
        self._core = core

    def active(self) -> AbstractContextManager[Any]:
        """Return a context in which it evaluates."""
        return nullcontext()

    def evaluate(self, jaxpr: Any, constants: Sequence[Any], *inputs: Any) -> list[Any]:
        """Return the outputs of a traced function."""
        known: dict[Any, Any] = {}

        def read(atom: Any) -> Any:
            return self.taken(atom.val) if isinstance(atom, self._core.Literal) else known[atom]

        known.update(zip(jaxpr.constvars, map(self.taken, constants), strict=True))
        known.update(zip(jaxpr.invars, inputs, strict=True))
        for equation in jaxpr.eqns:
            found = self.outputs(equation, [read(atom) for atom in equation.invars])
            known.update(zip(equation.outvars, found, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def taken(self, value: Any) -> Any:
        """Return a constant of a traced function as it is computed with."""
        return value

    def outputs(self, equation: Any, inputs: list[Any]) -> Sequence[Any]:
        """Return the results of one operation."""
        name, params = equation.primitive.name, equation.params
        if hasattr(self, f"_{name}"):
            found: Sequence[Any] = getattr(self, f"_{name}")(equation, inputs)
            return found
        inner = next((params[key] for key in CALLS if key in params), None)
        if inner is not None and len(self._open(inner)[0].invars) == len(inputs):
            return self._called(inner)(*inputs)
        return self._bound(equation, inputs)

    def _bound(self, equation: Any, inputs: list[Any]) -> Sequence[Any]:
        """Return the results of an operation that JAX does itself."""
        params = {key: self._parameter(one) for key, one in equation.params.items()}
        value = equation.primitive.bind(*inputs, **params)
        several: Sequence[Any] = value if equation.primitive.multiple_results else [value]
        return several

    def _parameter(self, value: Any) -> Any:
        """Return a parameter of an operation."""
        return value

    def _number(self, value: Any) -> Any:
        """Return what decides on a branch."""
        return value

    def _open(self, inner: Any) -> tuple[Any, Sequence[Any]]:
        """Return a traced function and its constants."""
        return (inner.jaxpr, inner.consts) if isinstance(inner, self._core.ClosedJaxpr) else (inner, ())

    def _called(self, inner: Any) -> Callable[..., list[Any]]:
        jaxpr, constants = self._open(inner)
        return lambda *inputs: self.evaluate(jaxpr, constants, *inputs)

    def _cond(self, equation: Any, inputs: list[Any]) -> Any:
        branches = [self._called(one) for one in equation.params["branches"]]
        return self._jax.lax.switch(self._number(inputs[0]), branches, *inputs[1:])

    def _while(self, equation: Any, inputs: list[Any]) -> Any:
        params = equation.params
        first = params["cond_nconsts"]
        last = first + params["body_nconsts"]
        condition, body = self._called(params["cond_jaxpr"]), self._called(params["body_jaxpr"])
        return self._jax.lax.while_loop(
            lambda carry: self._number(condition(*inputs[:first], *carry)[0]),
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

    def _custom_linear_solve(self, equation: Any, inputs: list[Any]) -> Any:
        """The inputs are what each of its functions holds, and then the right-hand side."""
        held = equation.params["const_lengths"]
        first = held.matvec + held.vecmat
        solve = self._called(equation.params["jaxprs"].solve)
        return solve(*inputs[first : first + held.solve], *inputs[sum(held) :])

    def _shard_map(self, equation: Any, inputs: list[Any]) -> Any:
        """Each device has its own part of the inputs, on which the function inside is evaluated."""
        params = equation.params
        names = {one: params[one] for one in ("mesh", "in_specs", "check_vma")}
        # A list of outputs has a list of specifications.
        names["out_specs"] = list(params["out_specs"])
        axes = next(params[one] for one in ("newly_manual_axes", "manual_axes") if one in params)
        return self._jax.shard_map(self._called(params["jaxpr"]), axis_names=set(axes), **names)(*inputs)
