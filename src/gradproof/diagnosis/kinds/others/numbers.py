"""Names of factors that are made of f(x), or of a single number of x."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

# exp(f) of larger values is no number that a gradient is multiplied with.
LARGEST_LOGARITHM = 30.0


def of_number(size: float, error: float, numbers: Mapping[str, float]) -> Iterator[str]:
    """Yield what a factor is that a single number of x makes, such as a scale or a temperature, or its logarithm."""
    for name, number in numbers.items():
        forms = {name: abs(number), f"{name}²": number * number}
        if abs(number) < LARGEST_LOGARITHM:
            forms |= {f"exp({name})": math.exp(number), f"exp(2 {name})": math.exp(2.0 * number)}
        for form, made in forms.items():
            if made and abs(size - made) <= error:
                yield f"{form}: is {form} a factor too often, or 1/{form} missing?"
            if made and abs(size - 1.0 / made) <= error:
                yield f"1/{form}: is {form} missing, or 1/{form} a factor too often?"


def of_value(factor: float, error: float, value: float) -> Iterator[str]:
    """Yield the names of factors that have to do with f(x): a root, a logarithm or an exponential was left out."""
    if not (math.isfinite(value) and value):
        return
    known = {
        2.0 * value: "2 f(x), the gradient of f²: is the derivative of a square root missing?",
        value: "f(x), the gradient of f²/2: is the derivative of a norm missing?",
        1.0 / value: "1/f(x), the gradient of log f?",
    }
    if value > 0.0:
        known[0.5 / math.sqrt(value)] = "1/(2 √f(x)), the gradient of √f?"
    if abs(value) < LARGEST_LOGARITHM:
        known[math.exp(value)] = "exp(f(x)), the gradient of exp(f): is the derivative of a logarithm missing?"
        known[-math.exp(-value)] = "-exp(-f(x)), the gradient of exp(-f): of a likelihood, for its logarithm?"
    yield from (name for one, name in known.items() if abs(factor - one) <= error)
