"""Functions at points where kinks meet, with the slope in place of each kink that automatic differentiation takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..frameworks.kinks import Linearised
from .interpreting import CALLS, Interpreter

# Operations that have kinks, and with them those that functions of single elements are made of.
KINKED = frozenset(("abs", "max", "min", "clamp", "select_n"))
COMPARING = ("gt", "ge", "lt", "le", "eq", "ne", "and", "or", "not")
PLAIN = ("mul", "add", "sub", "neg", "div", "square", "integer_pow", "copy", "convert_element_type", "broadcast_in_dim")
SMOOTH = frozenset(("exp", "expm1", "log1p", "tanh", "logistic", "erf", "sign", *COMPARING, *PLAIN))
# How far from 0 one-sided slopes are taken, and what part of the larger one they then differ by at a kink.
NEAR, APART = 2.0**-12, 1e-3
LOOPS = ("cond", "while", "scan")
# Up to this part, values of the same function differ by rounding.
SAME = 1e-3


class Element(NamedTuple):
    """A function of single elements: which of its inputs it is of, and the slope that JAX takes at 0."""

    place: int
    slope: float


class LinearisedFunction(Linearised):
    """A function of arrays by name that is linear where kinks meet at x.

    Only slopes between those of the two sides are taken: another one is an error of a rule.

    Parameters
    ----------
    jax
        JAX.
    traced
        The function of arrays, as it was traced.
    own
        What evaluates it.
    listed
        Makes copies of arrays by name, as JAX has them, in a list.
    x
        The arrays by name at x.
    """

    def __init__(self, jax: Any, traced: Any, own: Interpreter, listed: Callable[[Any], list[Any]], x: Any) -> None:
        self._own = own
        self._listed = listed
        interpreter = Linearising(jax, traced.jaxpr, own)

        def evaluated(now: list[Any], then: list[Any]) -> Any:
            pairs = zip(now, then, strict=True)
            return interpreter.evaluate(traced.jaxpr, traced.consts, *pairs)[0][0]

        with own.active():
            self._point = listed(x)
            # So loops are those of Python, and the number of zeros is known.
            with jax.disable_jit():
                evaluated(self._point, self._point)
            self._compiled = jax.jit(evaluated)
        interpreter.looks = False
        self.count = interpreter.count
        self.names = interpreter.names

    def __call__(self, *point: Any) -> float:
        """Return the value at another point."""
        with self._own.active():
            return float(self._compiled(self._listed(*point), self._point))


def linearised(
    objective: Callable[[Any], Any],
    x: Any,
    traced: Callable[[], Any],
    made: Callable[[Any], LinearisedFunction],
    *,
    at_once: bool = False,
) -> LinearisedFunction | None:
    """Return the linearised form of a function of arrays by name; None if it cannot be had.

    Not all of what users trace can be evaluated operation by operation, such as what is spread over several devices.

    Parameters
    ----------
    objective
        The function.
    x
        The arrays by name at x.
    traced
        Traces it.
    made
        Makes the linearised form of what was traced.
    at_once
        Whether this is before anything disagreed: then only where there may be kinks and it takes no loops of Python.
    """
    try:
        found = traced()
        if at_once and (any(map(_has_loops, found.jaxpr.eqns)) or not any(map(_has_kinks, found.jaxpr.eqns))):
            return None
        linear = made(found)
        is_same = not linear.count or math.isclose(linear(x), float(objective(x)), rel_tol=SAME)
    except Exception:  # an operation of someone else's, or a function that cannot be traced
        return None
    return linear if is_same else None


class Linearising(Interpreter):
    """What evaluates functions at two points at once: where it is asked for, and x, whose zeros tell where kinks are.

    While it looks, it notes which operations have such zeros.

    Parameters
    ----------
    jax
        JAX.
    jaxpr
        The traced function.
    own
        What evaluates an operation at one point.
    """

    def __init__(self, jax: Any, jaxpr: Any, own: Interpreter) -> None:
        super().__init__(jax)
        self._jaxpr = jaxpr
        self._own = own
        self._elements: dict[int, Element | None] = {}
        self.looks = True
        self.count = 0
        self.names: dict[str, None] = {}

    def taken(self, value: Any) -> Any:
        """Return a constant, at both points."""
        one = self._own.taken(value)
        return one, one

    def outputs(self, equation: Any, inputs: list[Any]) -> Sequence[Any]:
        """Return the results of one operation, at both points."""
        place = _place_of_elements(self._core, equation)
        if place is not None and self.looks:
            self._look(equation, place, inputs[place][1])
        element = self._elements.get(id(equation))
        if element is None:
            return super().outputs(equation, inputs)
        [(now, then)] = self._bound(equation, inputs)
        given, at_x = inputs[element.place]
        return [(self._jax.numpy.where(at_x == 0, (element.slope * given).astype(now.dtype), now), then)]

    def _bound(self, equation: Any, inputs: list[Any]) -> Sequence[Any]:
        both = [self._own.outputs(equation, list(one)) for one in zip(*inputs, strict=True)]
        return list(zip(*both, strict=True)) if both else [self.taken(one) for one in self._own.outputs(equation, [])]

    def _number(self, value: Any) -> Any:
        return value[0]

    def _look(self, equation: Any, place: int, at_x: Any) -> None:
        """Note an operation if it has a kink at 0, and arguments there at x."""
        count = int((at_x == 0).sum())
        if not count:
            return
        if id(equation) not in self._elements:
            slope = self._slope(equation, place)
            self._elements[id(equation)] = None if slope is None else Element(place, slope)
        if self._elements[id(equation)] is not None:
            self.count += count
            self.names[_name_of(equation)] = None

    def _slope(self, equation: Any, place: int) -> float | None:
        """Return the slope that JAX takes at 0; None if there is no kink, or the slope is none of it."""
        jnp, variable = self._jax.numpy, equation.invars[place]
        parts = {"constvars": [], "invars": [variable], "outvars": equation.outvars, "eqns": [equation]}
        alone = self._core.jaxpr_as_fun(self._core.ClosedJaxpr(self._jaxpr.replace(**parts), []))

        def function(x: Any) -> Any:
            return alone(jnp.full(variable.aval.shape, x, variable.aval.dtype))[0].ravel()[0]

        below, above = (float(function(side * NEAR)) / (side * NEAR) for side in (-1, 1))
        at = float(self._jax.grad(function)(jnp.zeros((), variable.aval.dtype)))
        around = APART * max(abs(below), abs(above))
        is_kink = float(function(0.0)) == 0 and abs(above - below) > around
        return at if is_kink and min(below, above) - around <= at <= max(below, above) + around else None


def _place_of_elements(core: Any, equation: Any) -> int | None:
    """Return which input an operation is of, if it is one of single elements that may have kinks; else None."""
    places = [place for place, atom in enumerate(equation.invars) if not isinstance(atom, core.Literal)]
    if len(places) != 1 or len(equation.outvars) != 1:
        return None
    given, found = equation.invars[places[0]].aval, equation.outvars[0].aval
    if getattr(given, "shape", None) != getattr(found, "shape", 0) or given.dtype != found.dtype:
        return None
    if getattr(given.dtype, "kind", "") not in "fV" or not _is_of_elements(equation):
        return None
    return places[0] if _has_kinks(equation) else None


def _name_of(equation: Any) -> str:
    """Return the name of an operation, or that of the function that it calls."""
    traced = getattr(_inner(equation), "debug_info", None)
    own = equation.params.get("name") or getattr(traced, "func_name", None)
    return str(own or equation.primitive.name)


def _inner(equation: Any) -> Any:
    """Return the function that an operation calls, as it was traced; None if it calls none."""
    inner = next((equation.params[key] for key in CALLS if key in equation.params), None)
    return getattr(inner, "jaxpr", inner)


def _inside(equation: Any) -> list[Any] | None:
    """Return the operations of the function inside of an operation that calls it; None if it does not."""
    inner = _inner(equation)
    return None if inner is None else list(inner.eqns)


def _is_of_elements(equation: Any) -> bool:
    """Whether an operation does the same with every element, and with none of the others."""
    name = equation.primitive.name
    if (inside := _inside(equation)) is not None:
        return name not in LOOPS and all(map(_is_of_elements, inside))
    return name in KINKED | SMOOTH and (name != "broadcast_in_dim" or not equation.invars[0].aval.shape)


def _has_kinks(equation: Any) -> bool:
    inside = _inside(equation)
    return equation.primitive.name in KINKED if inside is None else any(map(_has_kinks, inside))


def _has_loops(equation: Any) -> bool:
    return equation.primitive.name in LOOPS or any(map(_has_loops, _inside(equation) or []))
