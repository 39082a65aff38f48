"""Which operations of JAX the value of a function passes through that are constant between steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..frameworks.steps import PLACES, ROUNDING
from .interpreting import Interpreter

STEPS = frozenset((*ROUNDING, *PLACES))
# The steps between the parameters and a value; None for a value that does not depend on these.
Passed = frozenset[str] | None


def steps_in(jax: Any, function: Callable[..., Any], given: Any) -> list[str]:
    """Return the names of operations with steps between the parameters of a function and its value.

    There are none in what cannot be traced, such as a function of NumPy.
    """
    try:
        traced = jax.make_jaxpr(function)(given)
        passed = Steps(jax).evaluate(traced.jaxpr, traced.consts, *[frozenset()] * len(traced.jaxpr.invars))
    except Exception:  # an operation of someone else's, or a function that cannot be traced
        return []
    return sorted(_together(passed) or ())


class Steps(Interpreter):
    """What evaluates traced functions with the steps that values have passed in place of the values."""

    def taken(self, _: Any) -> None:
        """Return that constants do not depend on the parameters."""

    def _bound(self, equation: Any, inputs: list[Passed]) -> list[Passed]:
        passed = _together(inputs)
        if passed is not None:
            passed |= STEPS & {equation.primitive.name}
        return [passed] * len(equation.outvars)

    def _shard_map(self, equation: Any, inputs: list[Passed]) -> list[Passed]:
        return self._called(equation.params["jaxpr"])(*inputs)

    def _cond(self, equation: Any, inputs: list[Passed]) -> list[Passed]:
        found = (self._called(one)(*inputs[1:]) for one in equation.params["branches"])
        return [_together([inputs[0], *each]) for each in zip(*found, strict=True)]

    def _while(self, equation: Any, inputs: list[Passed]) -> list[Passed]:
        params = equation.params
        first = params["cond_nconsts"]
        last = first + params["body_nconsts"]
        condition, body = self._called(params["cond_jaxpr"]), self._called(params["body_jaxpr"])

        def turn(carry: list[Passed]) -> list[Passed]:
            ends = condition(*inputs[:first], *carry)
            return [_together([one, *ends]) for one in body(*inputs[first:last], *carry)]

        return _settled(turn, inputs[last:])[0]

    def _scan(self, equation: Any, inputs: list[Passed]) -> list[Passed]:
        held, count = equation.params["num_consts"], equation.params["num_carry"]
        body = self._called(equation.params["jaxpr"])
        carry, found = _settled(
            lambda carry: body(*inputs[:held], *carry, *inputs[held + count :]), inputs[held : held + count]
        )
        return [*carry, *found[count:]]


def _settled(turn: Callable[[list[Passed]], list[Passed]], carry: list[Passed]) -> tuple[list[Passed], list[Passed]]:
    """Return what a loop carries after any number of turns, and what its last one returns."""
    while True:
        found = turn(carry)
        after = [_together(pair) for pair in zip(carry, found[: len(carry)], strict=True)]
        if after == carry:
            return carry, found
        carry = after


def _together(passed: Sequence[Passed]) -> Passed:
    """Return the steps of what depends on several values."""
    some = [one for one in passed if one is not None]
    return frozenset().union(*some) if some else None
