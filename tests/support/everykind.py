"""Reports of every kind, each by a name, with their gradients right or wrong on purpose."""

from __future__ import annotations

import collections
from functools import cache

import numpy as np

import gradproof
from gradproof import Report

RNG = np.random.default_rng(7)
P = {"W1": RNG.normal(size=(6, 5)), "b1": RNG.normal(size=26), "W2": RNG.normal(size=5)}
X = np.array([0.5, 1.0, 2.0])
LONG = RNG.normal(size=300_000)
# Longer vectors that are not finite have all of their claims in a report.
NOT_SO_LONG = LONG[:10_000]
Pair = collections.namedtuple("Pair", "a b")


def loss(p):
    return float(np.sum(p["W1"] ** 3) + np.sum(np.sin(p["b1"])) + np.sum(p["W2"] ** 2))


def grad(p, **factors):
    right = {"W1": 3 * p["W1"] ** 2, "b1": np.cos(p["b1"]), "W2": 2 * p["W2"]}
    return {name: part * factors.get(name, 1.0) for name, part in right.items()}


def not_finite(p):
    claimed = grad(p)
    claimed["b1"][3], claimed["W1"][0, 0] = np.nan, np.inf
    return claimed


def outputs(x):
    return np.array([np.sin(x).sum(), np.abs(x - 1.0).sum(), (x**2).sum()])


def jacobian(x):
    claimed = np.stack([np.cos(x), np.sign(x - 1.0), 2 * x])
    claimed[2, 2] *= 2
    return claimed


def on_rows(x, rows):
    return float(np.sum(np.abs(x[0] - np.arange(10)[rows])) + np.sum(x**2))


def gradient_on_rows(x, rows):
    return np.array([np.sum(np.sign(x[0] - np.arange(10)[rows])), 0.0]) + 2 * x


def raising(x):
    if x[0] < 0:
        raise ValueError("x[0] <is> negative & 'bad'")
    return float(np.sum(x**1.5))


def cube(x):
    return float(np.sum(x * x * x))


def half(p):
    return grad(p, W2=0.5)


KINDS = {
    "right": lambda: gradproof.check(loss, grad, P),
    "full": lambda: gradproof.check(loss, half, P),
    "lines": lambda: gradproof.check(loss, half, P, mode="lines"),
    "right along lines": lambda: gradproof.check(loss, grad, P, mode="lines"),
    "budget": lambda: gradproof.check(loss, grad, P, budget=20),
    "only": lambda: gradproof.check(loss, half, P, only=["W2", "b1[3]"]),
    "not finite": lambda: gradproof.check(loss, not_finite, P),
    "not finite along lines": lambda: gradproof.check(loss, not_finite, P, mode="lines"),
    "long, not finite": lambda: gradproof.check(
        cube, 1.5 * NOT_SO_LONG**2 + np.where(np.arange(len(NOT_SO_LONG)) == 5, np.nan, 0), NOT_SO_LONG
    ),
    "long": lambda: gradproof.check(cube, 1.5 * LONG**2, LONG),
    "long, one": lambda: gradproof.check(cube, 3 * LONG**2 * np.where(np.arange(len(LONG)) == 777, 2, 1), LONG),
    "complex": lambda: gradproof.check(lambda z: np.sum(np.abs(z) ** 2), lambda z: 3 * z, X + 1j),
    "rows": lambda: gradproof.check(on_rows, gradient_on_rows, np.array([3.0 + 1e-9, 1.0]), rows=10),
    "outputs": lambda: gradproof.check_jacobian(outputs, jacobian, X),
    "vjp": lambda: gradproof.check_vjp(outputs, lambda x, c: jacobian(x).T @ c, X),
    "float32": lambda: gradproof.check(cube, 6 * X.astype(np.float32) ** 2, X.astype(np.float32)),
    "random": lambda: gradproof.check(lambda x: cube(x) + 1e-3 * RNG.normal(), 6 * X**2, X),
    "raising": lambda: gradproof.check(raising, lambda x: 1.5 * np.sqrt(x), np.array([0.0, 1.0])),
    "kink": lambda: gradproof.check(lambda x: np.sum(np.abs(x - 1.0)), lambda x: np.sign(x - 1.0), X),
    "root": lambda: gradproof.check(lambda x: np.sum(np.sqrt(np.abs(x - 1.0))), np.array([-0.7, 3.0, 0.5]), X),
    "names": lambda: gradproof.check(cube, 6 * X**2, X, names=["a|b", "<b>&\"'", "`c`"]),
    "named tuple": lambda: gradproof.check(lambda p: cube(p.a) + p.b, lambda p: Pair(6 * p.a**2, 1.0), Pair(X, 2.0)),
    "nested": lambda: gradproof.check(lambda p: cube(p["q"][0]), lambda p: {"q": [6 * p["q"][0] ** 2]}, {"q": [X]}),
}


@cache
def report_of(kind: str) -> Report:
    """Return the report of a kind; the same one every time."""
    with np.errstate(all="ignore"):
        return KINDS[kind]()
