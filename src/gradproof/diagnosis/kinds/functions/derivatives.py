"""Functions of x by which claims and slopes differ if a derivative was forgotten, or taken for another."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator

import numpy as np

from ....problem.numbers import Flat

MISSING = "is the derivative of {} missing?"


def table(x: Flat) -> tuple[list[str], Flat]:
    """Return what claims are, and the quotients of claims and slopes that say so, the commonest first: one row each."""
    groups = (_activations(x), _of_positive(x))
    texts, rows = zip(*_singly(x, groups[0]), strict=True)
    mixed = [text for group in groups for text in _mixed_up(tuple(group))]
    return [*texts, *mixed], np.concatenate([np.array(rows), *map(_quotients, groups)])


@functools.cache
def _mixed_up(names: tuple[str, ...]) -> list[str]:
    """Return what claims are if the derivative of one function is taken in place of that of another, for each pair."""
    pairs = itertools.product(names, names)
    return [f"slope, as if the derivative of {one} stood for that of {other}" for one, other in pairs]


def _quotients(group: dict[str, Flat]) -> Flat:
    """Return the quotients of derivatives, one row for each pair; NaN for those of a derivative by itself."""
    every = np.array(list(group.values()))
    rows = every[:, None] / every[None]
    rows[np.arange(len(every)), np.arange(len(every))] = np.nan
    pairs: Flat = rows.reshape(-1, every.shape[1])
    return pairs


def _singly(x: Flat, right: dict[str, Flat]) -> Iterator[tuple[str, Flat]]:
    is_log = "the slope by log(x), or is x a factor too often?" if (x > 0).all() else "is x a factor too often?"
    yield f"slope × x: {is_log}", x
    yield "slope / x: is a factor x missing, or 1/x, the derivative of log(x), a factor too often?", 1.0 / x
    yield f"slope / 2x: {MISSING.format('a square')}", 0.5 / x
    yield "slope × 2x: is it the slope by x's root, or the derivative of a square twice?", 2.0 * x
    yield "-slope × x²: the slope by 1/x?", -(x**2)
    yield "-slope / x²: is the derivative of 1/x a factor too often?", -1.0 / x**2
    yield "slope × exp(x): is the derivative of exp(x) a factor too often?", np.exp(x)
    yield "slope × exp(-x): the slope by exp(x), or is the derivative of exp(x) missing?", np.exp(-x)
    yield f"-slope × x: {is_log.removesuffix('?')}, and the sign wrong?", -x
    yield from _forgotten(x, right)
    for name, taken, values in _taken_wrongly(x):
        yield f"slope, as if {taken} stood for the derivative of {name}", values / right[name]


def _forgotten(x: Flat, right: dict[str, Flat]) -> Iterator[tuple[str, Flat]]:
    """Yield quotients if a derivative was forgotten, or is a factor too often."""
    s = "with s = sigmoid(x)"
    yield f"slope × s(1 - s) {s}", right["sigmoid"]
    yield f"slope / (s(1 - s)) {s}: is the sigmoid's derivative missing?", 1.0 / right["sigmoid"]
    yield "slope × (1 - tanh(x)²)", right["tanh"]
    yield f"slope / (1 - tanh(x)²): {MISSING.format('tanh')}", 1.0 / right["tanh"]
    yield "slope × x(1 - x): the slope by the logit of x?", x * (1.0 - x)
    yield f"slope × (1 + x): {MISSING.format('log(1 + x)')}", 1.0 + x
    yield "slope / (1 + x)", 1.0 / (1.0 + x)
    yield "slope × (1 - x)", 1.0 - x
    yield "slope / (1 - x)", 1.0 / (1.0 - x)
    yield f"slope × 2√x: {MISSING.format('√x')}", 2.0 * np.sqrt(x)
    for name in ("sin", "cos", "arctan", "arcsin", "artanh", "the normal distribution", "softplus"):
        yield f"slope / the derivative of {name}: is that missing?", 1.0 / right[name]
        yield f"slope × the derivative of {name}: is that a factor too often?", right[name]


def _activations(x: Flat) -> dict[str, Flat]:
    """Return derivatives that are taken for each other."""
    sigmoid, normal = 1.0 / (1.0 + np.exp(-x)), np.exp(-(x**2) / 2.0) / math.sqrt(2.0 * math.pi)
    tanh = np.tanh(np.log1p(np.exp(x)))
    return {
        "sigmoid": sigmoid * (1.0 - sigmoid),
        "tanh": 1.0 - np.tanh(x) ** 2,
        "softplus": sigmoid,
        "swish": sigmoid * (1.0 + x * (1.0 - sigmoid)),
        "gelu": _below(x) + x * normal,
        "gelu by tanh": _by_tanh(x),
        "mish": tanh + x * (1.0 - tanh**2) * sigmoid,
        "exp": np.exp(x),
        "arctan": 1.0 / (1.0 + x**2),
        "artanh": 1.0 / (1.0 - x**2),
        "arcsin": 1.0 / np.sqrt(1.0 - x**2),
        "sin": np.cos(x),
        "cos": -np.sin(x),
        "the normal distribution": normal,
        "its logarithm": normal / _below(x),
    }


def _of_positive(x: Flat) -> dict[str, Flat]:
    """Return derivatives for positive x that are taken for each other."""
    return {
        "log(x)": 1.0 / x,
        "log(1 + x)": 1.0 / (1.0 + x),
        "log(1 - x)": -1.0 / (1.0 - x),
        "logit(x)": 1.0 / (x * (1.0 - x)),
        "√x": 0.5 / np.sqrt(x),
        "1/x": -1.0 / x**2,
        "1/√x": -0.5 * x**-1.5,
    }


def _taken_wrongly(x: Flat) -> Iterator[tuple[str, str, Flat]]:
    """Yield what is taken in place of a derivative: its input stands for its output, or a term of it is missing."""
    sigmoid, tanh = 1.0 / (1.0 + np.exp(-x)), np.tanh(x)
    again = 1.0 / (1.0 + np.exp(-sigmoid))
    yield "sigmoid", "x(1 - x)", x * (1.0 - x)
    yield "sigmoid", "its derivative at sigmoid(x)", again * (1.0 - again)
    yield "tanh", "1 - x²", 1.0 - x**2
    yield "tanh", "its derivative at tanh(x)", 1.0 - np.tanh(tanh) ** 2
    yield "tanh", "tanh(x)", tanh
    yield "tanh", "1 - tanh(x)", 1.0 - tanh
    yield "exp", "x", x
    yield "exp", "exp(x) - 1", np.exp(x) - 1.0
    yield "exp", "x + 1", x + 1.0
    yield "softplus", "1 - exp(-x)", -np.expm1(-x)
    yield "softplus", "sigmoid(-x)", 1.0 - sigmoid
    yield "gelu", "the normal distribution alone", _below(x)
    outer = np.tanh(np.log1p(np.exp(x)))
    yield "mish", "one of its two terms", outer
    yield "mish", "one of its two terms", x * (1.0 - outer**2) * sigmoid
    yield "swish", "one of its two terms", x * sigmoid * (1.0 - sigmoid)


def _below(x: Flat) -> Flat:
    """Return the normal distribution."""
    return np.array([0.5 * math.erfc(-one / math.sqrt(2.0)) for one in x.tolist()])


def _by_tanh(x: Flat) -> Flat:
    """Return the derivative of the approximation of gelu by tanh."""
    scale = math.sqrt(2.0 / math.pi)
    tanh = np.tanh(scale * (x + 0.044715 * x**3))
    slope: Flat = 0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh**2) * scale * (1.0 + 3.0 * 0.044715 * x**2)
    return slope
