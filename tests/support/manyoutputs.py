"""A function with many outputs and closed-form products, right and wrong."""

from __future__ import annotations

import numpy as np

RNG = np.random.default_rng(7)
W = 0.3 * RNG.normal(size=(6, 5))
X = RNG.normal(size=5)


def function(x):
    return np.tanh(W @ x)


def jacobian(x):
    return (1 - np.tanh(W @ x) ** 2)[:, None] * W


def vjp(x, cotangent):
    return jacobian(x).T @ cotangent


def jvp(x, tangent):
    return jacobian(x) @ tangent


def with_entry(matrix, row, column, factor):
    """The matrix with one entry that is wrong."""
    other = np.array(matrix)
    other[row, column] *= factor
    return other


def two_arrays(p):
    """Two named arrays from two named arrays."""
    return {"y": np.tanh(p["W"] @ p["b"]), "z": p["W"].sum(axis=0) ** 2}


def vjp_of_two(p, cotangent):
    inner = cotangent["y"] * (1 - np.tanh(p["W"] @ p["b"]) ** 2)
    columns = 2 * cotangent["z"] * p["W"].sum(axis=0)
    return {"W": np.outer(inner, p["b"]) + columns, "b": p["W"].T @ inner}


POINT = {"W": RNG.normal(size=(3, 4)), "b": RNG.normal(size=4)}


def names(report):
    return [finding.name for finding in report.findings]
