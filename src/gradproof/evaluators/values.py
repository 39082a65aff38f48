"""Converts what an objective returned to float64."""

from __future__ import annotations

from collections.abc import Sequence
from types import CoroutineType, GeneratorType
from typing import Any

import numpy as np

from ..problem.numbers import Flat, as_float, in_short

PAIR = "if f returns (value, gradient), call check(f, True, x), or pass `lambda x: f(x)[0]`"
# Not its sum: a product with a vector that is forgotten in the derivative is one with ones there, and passes.
MANY = "to check the derivative of a function of several outputs, call"
CALLS = "gradproof.check_vjp(function, vjp, x), or check_jvp or check_jacobian"
# The same for what other libraries return, by the package that it is from.
CALLS_OF_OTHERS = {
    "torch": "gradproof.torch.check(function, inputs)",
    "jax": "gradproof.jax.check(function, args=inputs)",
    "jaxlib": "gradproof.jax.check(function, args=inputs)",
}

PLAIN = frozenset({float, int, np.float64, np.float32})


def as_values(results: Sequence[Any]) -> Flat:
    """Return the results of an objective as float64; raise a clear error unless each is one real number."""
    # Check the types first: NumPy would read None as NaN and "1.5" as 1.5.
    if PLAIN.issuperset(map(type, results)):
        try:
            return np.array(results, np.float64)
        except OverflowError:
            pass
    return np.array([as_value(result) for result in results], np.float64)


def as_value(result: Any) -> float:
    """Return one result of an objective as a float; raise a clear error unless it is one real number."""
    value = number_or_same(result)
    if isinstance(value, float):
        return value
    error = ValueError if getattr(result, "shape", None) else TypeError
    raise error(f"the objective must return one real number, not {_described(result)}")


def number_or_same(result: Any) -> Any:
    """Return a result as a float if it is one real number, else unchanged."""
    if type(result) in PLAIN:
        return as_float(result)
    if isinstance(result, (bool, np.bool_, complex, np.complexfloating, str, bytes)) or result is None:
        return result
    if isinstance(result, (np.ndarray, np.generic)):
        is_one = result.size == 1 and result.dtype.kind in "fiu" and not _is_masked(result)
        return float(result.item()) if is_one else result
    try:
        return as_float(result) if hasattr(result, "__float__") else result
    except Exception:  # arrays of other libraries raise all kinds of exceptions
        return result


def _is_masked(result: Any) -> bool:
    """Whether a result has a mask of NumPy over its value; what is below is none."""
    return bool(np.any(getattr(result, "mask", False)))


def _described(result: Any) -> str:
    if result is None:
        return "None: is a `return` missing?"
    if _is_masked(result):
        return "a masked value: return NaN where f has none"
    if isinstance(result, (complex, np.complexfloating)):
        return f"a complex number ({result!r}): return its real part, or the square of its modulus"
    if isinstance(result, (str, bytes)):
        return f"text ({in_short(result)})"
    if isinstance(result, (bool, np.bool_)):
        return f"{bool(result)}"
    if isinstance(result, CoroutineType):
        result.close()  # so that Python does not say in addition that it was never awaited
        return "a coroutine, as of `async def`: pass `lambda x: asyncio.run(f(x))`"
    if isinstance(result, GeneratorType):
        return "a generator: is a `yield` meant to be a `return`?"
    if isinstance(result, (tuple, list)):
        kind = f"a {type(result).__name__} of length {len(result)}"
        if len(result) == 1:
            return f"{kind}: pass `lambda x: f(x)[0]`"
        call = _call_for(result)
        return f"{kind}: {PAIR}" if len(result) == 2 and call == CALLS else f"{kind}: {MANY} {call}"
    shape = getattr(result, "shape", None)
    if shape:
        return f"an array of shape {tuple(shape)}: {MANY} {_call_for(result)}"
    dtype = getattr(result, "dtype", None)
    return f"an object of type {type(result).__name__}{f' ({dtype})' if dtype is not None else ''}"


def _call_for(result: Any) -> str:
    """Return the call that checks a function of several outputs, of the library that these are from."""
    first = result[0] if isinstance(result, (tuple, list)) and len(result) else result
    return CALLS_OF_OTHERS.get(type(first).__module__.partition(".")[0], CALLS)
