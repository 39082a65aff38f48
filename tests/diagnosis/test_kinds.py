"""Bugs that packages shipped, each in a small objective: explained by their kind, and their right twins are right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradproof import check
from gradproof.diagnosis.evidence import Evidence
from gradproof.diagnosis.kinds.arrangements.rearranged import rearranged
from gradproof.diagnosis.kinds.axes import Rows, _factors
from gradproof.diagnosis.kinds.names import Known, name_of

RNG = np.random.default_rng(42)
X20, POSITIVE = RNG.normal(size=20), RNG.uniform(0.2, 3.0, 20)
WEIGHTS = np.linspace(0.5, 2.0, 20)
SQUARE, OTHER = RNG.normal(size=(5, 5)), RNG.normal(size=(10, 4))
POINTS = RNG.normal(size=(10, 4))
SHIFTED = SQUARE + 4 * np.eye(5)
UNEVEN = np.random.default_rng(14).normal(size=20)
CUBE = np.random.default_rng(9).normal(size=(3, 3, 3))
GATHERED = (np.arange(20) * 7 + 11) % 20 // 2 * 2 + 1
CANCELLING = np.where(np.arange(20) % 2, -1.0, 1.0) * (1 + np.arange(20) // 2) / np.tanh(X20)
SYMMETRIC = (SQUARE + SQUARE.T) / 4 + np.diag([1.0, 2.0, 3.0, 4.0, 5.0])
WEIGHING = np.outer(np.arange(5.0), np.arange(5.0)) + np.diag([2.0, -1.0, 0.5, 1.0, 3.0])
MASS = (4 * np.eye(20) + np.eye(20, k=1) + np.eye(20, k=-1)) / 6
TURN = np.linalg.qr(np.random.default_rng(5).normal(size=(4, 4)))[0]
FORM = np.random.default_rng(6).normal(size=(8, 8))
TILT = np.random.default_rng(8).normal(size=(5, 5))
VECTOR, DIRECTION = RNG.normal(size=8), RNG.normal(size=8)
INPUTS, LABELS = RNG.normal(size=(24, 5)), np.eye(4)[RNG.integers(0, 4, 24)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def to_digits(values):
    """Values to two digits, as they are printed."""
    return np.array([float(f"{value:.2g}") for value in values])


def of_8_bits(values):
    """Values with the four binary digits of a small arithmetic."""
    digits, power = np.frexp(values)
    return np.ldexp(np.round(16 * digits), power - 4)


def by_element(function, derivative, wrong, x=X20):
    """A sum of weighted values, its gradient, and that with another derivative."""
    return (
        x,
        lambda x: float(np.sum(WEIGHTS * function(x))),
        lambda x: WEIGHTS * derivative(x),
        lambda x: WEIGHTS * wrong(x),
    )


def cross_entropy(changed):
    """Softmax regression, and a change of what is handed back from the scores."""

    def f(p):
        return float(-np.sum(LABELS * np.log(softmax(INPUTS @ p["W"] + p["b"]))))

    def gradient(p, change=lambda d: d):
        errors = change(softmax(INPUTS @ p["W"] + p["b"]) - LABELS)
        return {"W": INPUTS.T @ errors, "b": errors.sum(axis=0)}

    return {"W": OTHER[:5], "b": OTHER[5]}, f, gradient, lambda p: gradient(p, changed)


def normalised(keeps_mean, keeps_variance):
    """Columns that are normalised, and a gradient that takes their means or variances for constants."""

    def values(x):
        return (x - x.mean(axis=0)) / x.std(axis=0)

    def gradient(x, mean=True, variance=True):
        out = OTHER - mean * OTHER.mean(axis=0) - variance * values(x) * (OTHER * values(x)).mean(axis=0)
        return out / x.std(axis=0)

    return POINTS, lambda x: np.sum(OTHER * values(x)), gradient, lambda x: gradient(x, keeps_mean, keeps_variance)


def unit_rows(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def of_rows(x):
    along = np.sum(OTHER * unit_rows(x), axis=1, keepdims=True)
    return (OTHER - unit_rows(x) * along) / np.linalg.norm(x, axis=1, keepdims=True)


def of_cosine(x):
    return DIRECTION / np.linalg.norm(x) - x * (DIRECTION @ x) / np.linalg.norm(x) ** 3


def of_pieces(p):
    values = np.tanh(p["scale"] * WEIGHTS[:4] + p["shift"])
    return {"scale": (1 - values**2) * WEIGHTS[:4], "shift": 1 - values**2}


def by_form(change):
    """A sum of sines of a linear form, its gradient, and what is made of that."""

    def gradient(x):
        return FORM.T @ np.cos(FORM @ x)

    return VECTOR, lambda x: float(np.sum(np.sin(FORM @ x))), gradient, lambda x: change(gradient(x), x)


def of_scaled(p):
    inner = 1 - np.tanh(p["x"] * p["s"]) ** 2
    return {"x": inner * p["s"], "s": np.array([inner @ p["x"]])}


def symmetric(x):
    """The triangles of slopes of a function of x that is not symmetric."""
    return np.cos(x) * np.arange(1, 26).reshape(5, 5)


def swapped(values):
    values[1, 2], values[3, 0] = values[3, 0], values[1, 2]
    return values


def middle(x):
    return (x + x.T) / 2


def product(x, place):
    """One of the three terms of the slope of sum(x³ W): W before, between or after squares of x."""
    before = np.linalg.matrix_power(x, place) @ WEIGHING @ np.linalg.matrix_power(x, 2 - place)
    return middle(before)


def by_eigenvalues(x):
    """The slope of sum(x³ W) as if the eigenvectors of x were constants."""
    values, vectors = np.linalg.eigh(x)
    within = (vectors.T @ WEIGHING @ vectors).diagonal()
    return vectors @ np.diag(3 * values**2 * within) @ vectors.T


def without(row, times):
    def change(errors):
        weights = np.ones((24, 1))
        weights[row] = times
        return weights * errors

    return change


def mse(x):
    return np.mean((x - DIRECTION) ** 2)


def normal(x):
    return np.array([0.5 * math.erfc(-one / math.sqrt(2)) for one in x])


def gelu(x):
    return x * normal(x)


def gelu_slope(x):
    return normal(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def by_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def slope_of(function, x):
    """By complex numbers: an oracle that shares nothing with what is tested."""
    return np.imag(function(x + 1e-30j)) / 1e-30


TABLE = np.random.default_rng(3).normal(size=(12, 6))
LIMITS = np.array([0.2, 0.4, 0.3, 0.5, 0.7, 0.6])


def cut_off(slope, limit=0.4):
    return np.clip(slope, -limit, limit)


def only_signs(slope):
    return 0.4 * np.sign(slope)


def in_column_2(x, bug):
    return np.where(np.arange(6) == 2, bug(np.sin(2 * x)), np.sin(2 * x))


BUGS = {
    "root forgotten": (
        (
            VECTOR,
            lambda x: np.sqrt(mse(x)),
            lambda x: (x - DIRECTION) / 8 / np.sqrt(mse(x)),
            lambda x: (x - DIRECTION) / 4,
        ),
        ("factor", "× slope, 2 f(x), the gradient of f²: is the derivative of a square root missing?"),
    ),
    "norm forgotten": (
        (VECTOR, np.linalg.norm, lambda x: x / np.linalg.norm(x), lambda x: x),
        ("factor", "× slope, f(x), the gradient of f²/2"),
    ),
    "logarithm forgotten": (
        (VECTOR, lambda x: np.log(np.sum(np.exp(x))), lambda x: softmax(x[None])[0], np.exp),
        ("factor", "× slope, exp(f(x)), the gradient of exp(f)"),
    ),
    "mean for a sum, over what is no axis": (
        cross_entropy(lambda d: d / 24),
        ("factor", "everything: claimed = 1/24 × slope: a mean over 24 for a sum"),
    ),
    "variance": (
        (VECTOR, lambda x: np.var(x, ddof=1), lambda x: 2 * (x - x.mean()) / 7, lambda x: 2 * (x - x.mean()) / 8),
        ("factor", "claimed = 7/8 × slope, for example a variance divided by N = 8, or by N - 1"),
    ),
    "logarithm of a scale": (
        (
            {"scale": np.array([0.83]), "b": VECTOR},
            lambda p: float(np.exp(p["scale"][0]) + np.sum(p["b"] ** 2)),
            lambda p: {"scale": np.exp(p["scale"]), "b": 2 * p["b"]},
            lambda p: {"scale": np.exp(p["scale"]) * p["scale"], "b": 2 * p["b"]},
        ),
        ("scaled by x", "scale: claimed = slope × x: the slope by log(x), or is x a factor too often?"),
    ),
    "power": (
        by_element(lambda x: x**4, lambda x: 4 * x**3, lambda x: 12 * x**2, POSITIVE),
        ("scaled by x", "claimed = 3 × slope / x"),
    ),
    "output for input": (
        by_element(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)), lambda x: x * (1 - x)),
        ("scaled by x", "claimed = slope, as if x(1 - x) stood for the derivative of sigmoid"),
    ),
    "derivative at the output": (
        by_element(np.tanh, lambda x: 1 - np.tanh(x) ** 2, lambda x: 1 - np.tanh(np.tanh(x)) ** 2),
        ("scaled by x", "slope, as if its derivative at tanh(x) stood for the derivative of tanh"),
    ),
    "another activation": (
        by_element(lambda x: np.log1p(np.exp(x)), sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
        ("scaled by x", "slope, as if the derivative of sigmoid stood for that of softplus"),
    ),
    "scores for probabilities": (
        (
            X20,
            lambda x: np.sum(np.logaddexp(0, x) - x * (WEIGHTS > 1)),
            lambda x: sigmoid(x) - (WEIGHTS > 1),
            lambda x: x - (WEIGHTS > 1),
        ),
        ("addition", "claimed = slope + (x - sigmoid(x)): is x taken for sigmoid(x)?"),
    ),
    "normaliser forgotten": (
        (
            POSITIVE,
            lambda x: np.sum(WEIGHTS / x + 3 * np.log(x)),
            lambda x: 3 / x - WEIGHTS / x**2,
            lambda x: -WEIGHTS / x**2,
        ),
        ("addition", "claimed = slope - 3 × 1/x: is the derivative of c log(x) missing?"),
    ),
    "penalties swapped": (
        (
            X20,
            lambda x: np.sum(x**4 + 0.3 * np.abs(x) + 0.35 * x**2),
            lambda x: 4 * x**3 + 0.3 * np.sign(x) + 0.7 * x,
            lambda x: 4 * x**3 + 0.7 * np.sign(x) + 0.3 * x,
        ),
        ("addition", "claimed = slope - 0.4 × x + 0.4 × sign(x), two penalties?"),
    ),
    "projection forgotten": (
        (
            VECTOR,
            lambda x: float(DIRECTION @ x / np.linalg.norm(x)),
            of_cosine,
            lambda x: DIRECTION / np.linalg.norm(x),
        ),
        ("addition", "where f does not depend on the size of x: is the derivative of a norm missing?"),
    ),
    "projections of rows forgotten": (
        (
            POINTS,
            lambda x: np.sum(OTHER * unit_rows(x)),
            of_rows,
            lambda x: OTHER / np.linalg.norm(x, axis=1, keepdims=True),
        ),
        ("rows", "a factor for each index of axis 0 × x"),
    ),
    "statistics as constants": (
        normalised(False, False),
        ("rows", "c and d for each index of axis 1: are a mean or a variance taken for constants?"),
    ),
    "mean as a constant": (normalised(False, True), ("rows", "the same all along axis 0")),
    "a row of the data is missing": (cross_entropy(without(7, 0.0)), ("outer product", "W: claimed - slope is one")),
    "a row of the data is doubled": (cross_entropy(without(0, 2.0)), ("outer product", "W: claimed - slope is one")),
    "a stress for a slope": (
        (SQUARE, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.cos(x) @ x.T),
        ("matrix", "x: claimed = slope @ x.T, like a stress"),
    ),
    "a Cauchy stress for a slope": (
        (SHIFTED, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.cos(x) @ x.T / np.linalg.det(x)),
        ("matrix", "x: claimed = slope @ x.T / det(x), like a Cauchy stress"),
    ),
    "another stress for a slope": (
        (SHIFTED, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.linalg.solve(x, np.cos(x))),
        ("matrix", "x: claimed = x⁻¹ @ slope, like a second Piola-Kirchhoff stress"),
    ),
    "symmetrised": (
        (SQUARE, lambda x: np.sum(np.sin(x)), np.cos, lambda x: (np.cos(x) + np.cos(x).T) / 2),
        ("matrix", "x: claimed = (slope + slope.T) / 2: is the slope of a symmetric matrix meant?"),
    ),
    "a triangle of a symmetric matrix": (
        (
            SQUARE,
            lambda x: float(np.sum(np.sin(x) * np.arange(1, 26).reshape(5, 5))),
            symmetric,
            lambda x: np.triu(symmetric(x) + symmetric(x).T * (1 - np.eye(5))),
        ),
        ("matrix", "x: claimed = the upper triangle of slope + slope.T, the diagonal once"),
    ),
    "off-diagonals once": (
        (SQUARE, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.cos(x) * (1 + np.eye(5)) / 2),
        ("factor", "x off its diagonal: claimed = 0.5 × slope"),
    ),
    "cut off": (
        (X20 * 3, lambda x: np.sum(x**2), lambda x: 2 * x, lambda x: np.clip(2 * x, -1.5, 1.5)),
        ("limited", "x: claimed = slope, cut off at ±1.5"),
    ),
    "cut off above": (
        (X20 * 3, lambda x: np.sum(x**2), lambda x: 2 * x, lambda x: np.minimum(2 * x, 1.5)),
        ("limited", "x: claimed = slope, cut off above 1.5"),
    ),
    "column cut off": (
        (TABLE, lambda x: np.sum(np.sin(x) ** 2), lambda x: np.sin(2 * x), lambda x: in_column_2(x, cut_off)),
        ("limited", "x[:, 2]: claimed = slope, cut off at ±0.4"),
    ),
    "columns cut off, each at its own": (
        (TABLE, lambda x: np.sum(np.sin(x) ** 2), lambda x: np.sin(2 * x), lambda x: cut_off(np.sin(2 * x), LIMITS)),
        ("limited", "x: claimed = slope, cut off at a limit for each index of axis 1: ±0.2, ±0.4, ±0.3, ±0.5, …"),
    ),
    "cut off below all slopes": (
        by_element(np.sin, np.cos, lambda x: np.clip(WEIGHTS * np.cos(x), -0.001, 0.001) / WEIGHTS),
        ("limited", "claimed = 0.001 × sign(slope): is only its sign left, or is it cut off at ±0.001, below all of"),
    ),
    "sign only, in a column": (
        (TABLE, lambda x: np.sum(np.sin(x) ** 2), lambda x: np.sin(2 * x), lambda x: in_column_2(x, only_signs)),
        ("limited", "x[:, 2]: claimed = 0.4 × sign(slope): only its sign is left"),
    ),
    "sign only": (
        (X20, lambda x: np.sum(x**2), lambda x: 2 * x, lambda x: 0.5 * np.sign(x)),
        ("limited", "x: claimed = 0.5 × sign(slope)"),
    ),
    "sign lost": (
        (X20, lambda x: np.sum(x**2), lambda x: 2 * x, lambda x: np.abs(2 * x)),
        ("limited", "x: claimed = |slope|, the sign is lost"),
    ),
    "summed over too many axes": (
        (VECTOR, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.full(8, np.cos(x).sum())),
        ("limited", ", the sum of all slopes of x: is it taken over too many axes?"),
    ),
    "kept as integers": (
        (3 * X20, lambda x: np.sum(x**3), lambda x: 3 * x**2, lambda x: np.trunc(3 * x**2)),
        ("rounded", "every wrong claim is an integer beside its slope: is it kept as integers?"),
    ),
    "small ones underflow": (
        (X20, lambda x: np.sum(UNEVEN * x), lambda x: UNEVEN + 0 * x, lambda x: np.where(abs(UNEVEN) > 0.4, UNEVEN, 0)),
        ("zero", "claimed = 0 where |slope| < 0.4: do small ones underflow, or are only the largest kept?"),
    ),
    "kept to levels": (
        (3 * X20, lambda x: np.sum(x**3), lambda x: 3 * x**2, lambda x: np.round(96 * x**2) / 32),
        ("rounded", "every wrong claim is the multiple of 1/32 beside its slope: is it quantised?"),
    ),
    "rounded to decimals": (
        (3 * X20, lambda x: np.sum(x**3), lambda x: 3 * x**2, lambda x: np.round(3 * x**2, 2)),
        ("rounded", "every wrong claim is its slope to 2 decimals: is it rounded?"),
    ),
    "rounded to digits": (
        (POSITIVE, lambda x: np.sum(x**5), lambda x: 5 * x**4, lambda x: to_digits(5 * x**4)),
        ("rounded", "every wrong claim is its slope to 2 digits: is it rounded?"),
    ),
    "8 bits": (
        (POSITIVE, lambda x: np.sum(x**5), lambda x: 5 * x**4, lambda x: of_8_bits(5 * x**4)),
        ("rounded", "every claim is a number of an arithmetic of 8 bits, off by its rounding"),
    ),
    "another order of the axes": (
        (CUBE, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.cos(x).transpose(1, 2, 0)),
        ("rearranged", "x: claimed = slope, with its axes in the order (1, 2, 0)"),
    ),
    "half the slope times a power of an exponential": (
        by_element(np.sin, np.cos, lambda x: 0.5 * np.cos(x) * np.exp(-2 * x)),
        ("scaled by x", "claimed = 0.5 × slope × exp(-2x): is a power of exp(x) missing, or a factor too often?"),
    ),
    "never unscaled": (
        (X20, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.cos(x) * 2.0**40),
        ("factor", "all of x: claimed = 1.09951e+12 × slope: a loss scale of 2^40?"),
    ),
    "a prefix of a unit": (
        (X20, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.cos(x) * 1e15),
        ("factor", "claimed = 1,000,000,000,000,000 × slope: is a prefix of a unit lost, such as femto or peta?"),
    ),
    "accumulated from the other end": (
        (
            VECTOR,
            lambda x: np.sum(np.sin(np.cumsum(x))),
            lambda x: np.cumsum(np.cos(np.cumsum(x))[::-1])[::-1],
            lambda x: np.cumsum(np.cos(np.cumsum(x))),
        ),
        ("rearranged", "x: claimed = slope, accumulated from the other end"),
    ),
    "two coordinates swapped": (
        (
            SQUARE,
            lambda x: float(np.sum(np.sin(x))),
            np.cos,
            lambda x: swapped(np.cos(x)),
        ),
        ("rearranged", "x: claimed = slope, with [1, 2] and [3, 0] swapped"),
    ),
    "gelu's approximation": (
        by_element(gelu, gelu_slope, lambda x: slope_of(by_tanh, x)),
        ("scaled by x", "slope, as if the derivative of gelu by tanh stood for that of gelu"),
    ),
    "a term of a product": (
        by_element(gelu, gelu_slope, normal),
        ("scaled by x", "as if the normal distribution alone stood for the derivative of gelu"),
    ),
    "1/x for 1/(1 + x)": (
        by_element(np.log1p, lambda x: 1 / (1 + x), lambda x: 1 / x, POSITIVE),
        ("scaled by x", "slope, as if the derivative of log(x) stood for that of log(1 + x)"),
    ),
    "logarithm of 1 + x forgotten": (
        (
            POSITIVE,
            lambda x: np.sum((np.log1p(x) - WEIGHTS) ** 2),
            lambda x: 2 * (np.log1p(x) - WEIGHTS) / (1 + x),
            lambda x: 2 * (np.log1p(x) - WEIGHTS),
        ),
        ("scaled by x", "claimed = slope × (1 + x): is the derivative of log(1 + x) missing?"),
    ),
    "a Gaussian that is missing": (
        by_element(lambda x: np.exp(-(x**2)), lambda x: -2 * x * np.exp(-(x**2)), lambda x: -x),
        ("scaled by x", "claimed = 0.5 × slope × exp(x²)"),
    ),
    "change of variables counted twice": (
        (
            X20,
            lambda x: np.sum(np.sin(sigmoid(x)) - np.log(sigmoid(x)) - np.log(1 - sigmoid(x))),
            lambda x: np.cos(sigmoid(x)) * sigmoid(x) * (1 - sigmoid(x)) - 1 + 2 * sigmoid(x),
            lambda x: np.cos(sigmoid(x)) * sigmoid(x) * (1 - sigmoid(x)) - 2 + 4 * sigmoid(x),
        ),
        ("addition", "slope - (1 - 2 sigmoid(x)): is the derivative of c log(s(1 - s)) with s = sigmoid(x)"),
    ),
    "not accumulated": (
        (
            VECTOR,
            lambda x: np.sum(np.sin(np.cumsum(x))),
            lambda x: np.cumsum(np.cos(np.cumsum(x))[::-1])[::-1],
            lambda x: np.cos(np.cumsum(x)),
        ),
        ("rearranged", "x: claimed = slope, not accumulated from the end"),
    ),
    "shifted by three": (
        (X20, lambda x: WEIGHTS @ np.sin(x), lambda x: WEIGHTS * np.cos(x), lambda x: np.roll(WEIGHTS * np.cos(x), 3)),
        ("rearranged", "x: claimed = slope, shifted by 3"),
    ),
    "gathered where it should be scattered": (
        (
            X20,
            lambda x: WEIGHTS @ np.sin(x),
            lambda x: WEIGHTS * np.cos(x),
            lambda x: (WEIGHTS * np.cos(x))[GATHERED],
        ),
        ("rearranged", "x: each claim is the slope of another coordinate: that of [11] stands at [0]"),
    ),
    "inverse of what is not transposed": (
        (
            SHIFTED,
            lambda x: float(np.sum(SQUARE * np.linalg.inv(x))),
            lambda x: -np.linalg.inv(x).T @ SQUARE @ np.linalg.inv(x).T,
            lambda x: -np.linalg.inv(x) @ SQUARE @ np.linalg.inv(x),
        ),
        ("matrix", "x: claimed = x⁻¹ @ x.T @ slope @ x.T @ x⁻¹: is x solved with where its transpose should be"),
    ),
    "half of a smoothness penalty": (
        (
            POINTS,
            lambda x: float(np.sum(np.sin(x)) + np.sum(np.diff(x, axis=0) ** 2)),
            lambda x: np.cos(x) - 2 * np.diff(x, axis=0, append=x[-1:]) + 2 * np.diff(x, axis=0, prepend=x[:1]),
            lambda x: np.cos(x) + 2 * np.diff(x, axis=0, prepend=x[:1]),
        ),
        (
            "addition",
            "claimed = slope + 2 × (next x - x) along axis 0: is a difference of neighbours missing, one-sided",
        ),
    ),
    "ends of a smoothness penalty joined": (
        (
            OTHER,
            lambda x: float(np.sum(np.diff(x, axis=0) ** 2)),
            lambda x: -2 * np.diff(x, axis=0, append=x[-1:]) + 2 * np.diff(x, axis=0, prepend=x[:1]),
            lambda x: 4 * x - 2 * np.roll(x, 1, axis=0) - 2 * np.roll(x, -1, axis=0),
        ),
        ("sum", "x: the errors add up to 0 over axis 0, as those of a term between 0 and 9 do"),
    ),
    "determinant forgotten": (
        (
            SHIFTED,
            lambda x: float(np.sum(np.sin(x)) - 3 * np.linalg.slogdet(x)[1]),
            lambda x: np.cos(x) - 3 * np.linalg.inv(x).T,
            np.cos,
        ),
        ("matrix", "x: claimed = slope + 3 × x⁻ᵀ: is the derivative of a log-determinant missing"),
    ),
    "what two arrays share": (
        (
            {"a": POINTS, "b": OTHER},
            lambda p: float(np.sum(np.sin(p["a"]) + np.exp(p["b"]) + (p["a"] - p["b"]) ** 3)),
            lambda p: {
                "a": np.cos(p["a"]) + 3 * (p["a"] - p["b"]) ** 2,
                "b": np.exp(p["b"]) - 3 * (p["a"] - p["b"]) ** 2,
            },
            lambda p: {"a": np.cos(p["a"]), "b": np.exp(p["b"])},
        ),
        ("others", "the errors of a and b are the same but for their signs: is the derivative wrong of something that"),
    ),
    "the other side's slope": (
        (
            {"a": POINTS, "b": OTHER},
            lambda p: float(np.sum(np.sin(p["a"]) + np.exp(p["a"] + p["b"]))),
            lambda p: {"a": np.cos(p["a"]) + np.exp(p["a"] + p["b"]), "b": np.exp(p["a"] + p["b"])},
            lambda p: {"a": np.cos(p["a"]), "b": np.exp(p["a"] + p["b"])},
        ),
        ("others", "a: claimed = slope - that of b: is a part that they share missing, or counted twice?"),
    ),
    "rounding of terms that cancel": (
        (
            X20,
            lambda x: float(CANCELLING @ np.tanh(x) + 0.01),
            lambda x: CANCELLING * (1 - np.tanh(x) ** 2),
            lambda x: 0.9 * CANCELLING * (1 - np.tanh(x) ** 2),
        ),
        ("factor", "all of x: claimed = 0.9"),
    ),
    "loss scale, seen from afar": (
        cross_entropy(lambda d: 65536 * d),
        ("factor", "× slope: a loss scale of 2^16"),
    ),
    "border forgotten": (
        (POINTS, lambda x: np.sum(np.sin(x)), np.cos, lambda x: np.pad(np.cos(x)[1:-1, 1:-1], 1)),
        ("zero", "x on its border: claimed = 0, but f depends on it"),
    ),
    "mean over what is masked": (
        (
            POINTS,
            lambda x: float(np.sum(np.sin(x)) / 27),
            lambda x: np.cos(x) / 27,
            lambda x: np.cos(x) / 40,
        ),
        ("factor", "27/40 × slope: a mean over all of x, where one over 27 is meant, or the other way round?"),
    ),
    "arrays swapped": (
        (
            {"scale": VECTOR[:4], "shift": VECTOR[4:]},
            lambda p: np.sum(np.tanh(p["scale"] * WEIGHTS[:4] + p["shift"])),
            of_pieces,
            lambda p: dict(zip(p, reversed(of_pieces(p).values()), strict=True)),
        ),
        ("rearranged", "scale: claimed = the slope of shift: are the two swapped?"),
    ),
    "all but a penalty detached": (
        (
            VECTOR,
            lambda x: np.sum((x - DIRECTION) ** 4) + 0.03 * np.sum(x**2),
            lambda x: 4 * (x - DIRECTION) ** 3 + 0.06 * x,
            lambda x: 0.06 * x,
        ),
        ("x alone", "all of x: claimed = 0.06 × x: is only the part of an L2 penalty left, and the rest detached?"),
    ),
    "all but a divergence detached": (
        (
            VECTOR,
            lambda x: np.sum((np.exp(x) - x) / 2 + (x - DIRECTION) ** 4),
            lambda x: (np.exp(x) - 1) / 2 + 4 * (x - DIRECTION) ** 3,
            lambda x: (np.exp(x) - 1) / 2,
        ),
        ("x alone", "all of x: claimed = 0.5 × exp(x) - 0.5, of which the slopes are no multiple"),
    ),
    "another array for its transpose": (
        (
            {"A": OTHER[:6], "B": POINTS[:4]},
            lambda p: np.sum(np.sin(p["A"] @ p["B"])),
            lambda p: {"A": np.cos(p["A"] @ p["B"]) @ p["B"].T, "B": p["A"].T @ np.cos(p["A"] @ p["B"])},
            lambda p: {"A": np.cos(p["A"] @ p["B"]) @ p["B"], "B": p["A"].T @ np.cos(p["A"] @ p["B"])},
        ),
        ("others", "A: claimed = slope @ B.T⁻¹ @ B: does B stand where its transpose should, or the other way round?"),
    ),
    "eigenvectors for constants": (
        (
            SYMMETRIC,
            lambda x: np.sum(np.linalg.matrix_power(middle(x), 3) * WEIGHING),
            lambda x: product(x, 0) + product(x, 1) + product(x, 2),
            by_eigenvalues,
        ),
        (
            "matrix",
            "claimed = the slope's part by the eigenvalues of x: is the derivative of its eigenvectors missing?",
        ),
    ),
    "inverse of a mass matrix": (
        (
            X20,
            lambda x: np.sum(np.sin(x) * WEIGHTS),
            lambda x: np.cos(x) * WEIGHTS,
            lambda x: np.linalg.solve(MASS, np.cos(x) * WEIGHTS),
        ),
        (
            "neighbours",
            "x: slope = 0.6667 × claim + 0.1667 × (the claim before + the one behind): are the claims smoothed, as",
        ),
    ),
    "filtered": (
        (
            X20,
            lambda x: np.sum(np.sin(x) * WEIGHTS),
            lambda x: np.cos(x) * WEIGHTS,
            lambda x: MASS @ (np.cos(x) * WEIGHTS),
        ),
        (
            "neighbours",
            "x: claimed = 0.6667 × slope + 0.1667 × (the slope before + the one behind): is a filter, a mass matrix",
        ),
    ),
    "rotated the wrong way": (
        (
            POINTS,
            lambda x: np.sum(np.sin(x @ TURN) * OTHER),
            lambda x: (np.cos(x @ TURN) * OTHER) @ TURN.T,
            lambda x: (np.cos(x @ TURN) * OTHER) @ TURN,
        ),
        (
            "mixture",
            "x: claimed = slope @ one matrix, a rotation: is it missing, or applied where its inverse should be",
        ),
    ),
    "quadratic form, taken for symmetric": (
        (VECTOR, lambda x: x @ FORM @ x, lambda x: (FORM + FORM.T) @ x, lambda x: 2 * FORM @ x),
        (
            "along x",
            "x: the sum of x · claimed is that of x · slope, but single claims are not: is a matrix taken for symm",
        ),
    ),
    "quadratic form of three numbers": (
        (
            VECTOR[:3],
            lambda x: x @ FORM[:3, :3] @ x,
            lambda x: (FORM + FORM.T)[:3, :3] @ x,
            lambda x: 2 * FORM[:3, :3] @ x,
        ),
        (
            "along x",
            "x: the sum of x · claimed is that of x · slope, but single claims are not: is a matrix taken for "
            "symmetric that is not, or x a rotation vector whose Jacobian is missing?",
        ),
    ),
    "quadratic form, one side": (
        (VECTOR, lambda x: x @ FORM @ x, lambda x: (FORM + FORM.T) @ x, lambda x: FORM @ x),
        (
            "along x",
            "x: the sum of x · claimed is 0.5 × that of x · slope, but single claims are not: is one side of a q",
        ),
    ),
    "rows overwritten": (
        (
            {"E": POINTS},
            lambda p: np.sum(np.sin(p["E"])[[0, 1, 1, 2, 5, 5, 5]]),
            lambda p: {"E": np.cos(p["E"]) * np.bincount([0, 1, 1, 2, 5, 5, 5], minlength=10)[:, None]},
            lambda p: {"E": np.cos(p["E"]) * np.isin(np.arange(10), [0, 1, 2, 5])[:, None]},
        ),
        ("rows", "E: claimed = slope × a factor for each index of axis 0, at 1, 5: 0.5, 0.3333"),
    ),
    "where x is negative": (
        by_element(lambda x: np.where(x > 0, x, 0.1 * x), lambda x: np.where(x > 0, 1, 0.1), lambda x: 1.0 * (x > 0)),
        ("zero", "x where x < 0: claimed = 0, but f depends on it"),
    ),
    "a term of x is lost": (
        by_element(lambda x: x**2 + np.sin(x) / WEIGHTS, lambda x: 2 * x + np.cos(x) / WEIGHTS, lambda x: 2 * x),
        ("addition", "claimed = slope - cos(x): is the derivative of c sin(x) missing?"),
    ),
    "the derivative of an inverse sine is missing": (
        by_element(
            lambda x: np.arcsin(np.tanh(x) / 2),
            lambda x: (1 - np.tanh(x) ** 2) / 2 / np.sqrt(1 - np.tanh(x) ** 2 / 4),
            lambda x: (1 - np.tanh(x) ** 2) / 2 / np.sqrt(1 - np.tanh(x) ** 2 / 4) * 3.7 * np.sqrt(1 + x**2),
        ),
        ("scaled by x", "claimed = 3.7 × slope × √(1 + x²)"),
    ),
    "a sigmoid's derivative is applied once more": (
        (
            X20,
            lambda x: float(-np.sum(np.log(sigmoid(WEIGHTS * x)))),
            lambda x: -WEIGHTS * sigmoid(-WEIGHTS * x),
            lambda x: -WEIGHTS * sigmoid(-WEIGHTS * x) * (1 - WEIGHTS * sigmoid(-WEIGHTS * x)),
        ),
        ("of the slope", "claimed = slope × (1 - |slope|): is the derivative of a sigmoid applied once more?"),
    ),
    "slopes are squared": (
        by_element(np.sin, np.cos, lambda x: 3 * WEIGHTS * np.cos(x) ** 2),
        ("of the slope", "claimed = 3 × slope²: is it squared?"),
    ),
    "values in place of derivatives": (
        by_element(lambda x: x**3 - x, lambda x: 3 * x**2 - 1, lambda x: x**3 - x),
        ("values", "the claims add up to f(x): are they the values of its terms, not their derivatives?"),
    ),
    "residuals in place of a gradient": (
        (
            VECTOR,
            lambda x: float(np.sum((FORM @ x - DIRECTION) ** 2)) / 2,
            lambda x: FORM.T @ (FORM @ x - DIRECTION),
            lambda x: FORM @ x - DIRECTION,
        ),
        ("values", "half the squares of the claims add up to f(x): are they residuals, not multiplied with"),
    ),
    "multiplied with the values": (
        (
            X20,
            lambda x: float(np.sum(np.exp(WEIGHTS * np.sin(x)))),
            lambda x: np.exp(WEIGHTS * np.sin(x)) * WEIGHTS * np.cos(x),
            lambda x: np.exp(2 * WEIGHTS * np.sin(x)) * WEIGHTS * np.cos(x),
        ),
        ("values", "claimed = slope × a number for each coordinate, which add up to f(x)"),
    ),
    "a bias has the sum of the weights'": (
        (
            {"W": OTHER, "b": OTHER[0]},
            lambda p: float(np.sum(np.sin(p["W"])) + np.sum(np.tanh(p["b"]))),
            lambda p: {"W": np.cos(p["W"]), "b": 1 - np.tanh(p["b"]) ** 2},
            lambda p: {"W": np.cos(p["W"]), "b": np.cos(p["W"]).sum(axis=0)},
        ),
        ("others", "claimed = the slope of W, summed over axis 0: is its gradient reduced to this?"),
    ),
    "a factor that a length names, of one coordinate": (
        (
            {"x": X20, "s": np.array([1.37])},
            lambda p: float(np.sum(np.tanh(p["x"] * p["s"]))),
            of_scaled,
            lambda p: {**of_scaled(p), "s": of_scaled(p)["s"] / 20},
        ),
        ("factor", "s: claimed = 1/20 × slope: a mean for a sum over 20, as of x, or a factor 20 missing?"),
    ),
    "a count is missing, of one coordinate": (
        (
            {"s": np.array([0.2371])},
            lambda p: float(np.sum(X20**2) / 2 * np.exp(-2 * p["s"][0]) + 20 * p["s"][0]),
            lambda p: {"s": np.array([20 - np.sum(X20**2) * np.exp(-2 * p["s"][0])])},
            lambda p: {"s": np.array([-np.sum(X20**2) * np.exp(-2 * p["s"][0])])},
        ),
        ("addition", "s: claimed = slope - 20, a whole number: is a count missing?"),
    ),
    "one coordinate is penalised": (
        (
            {"b": np.array([0.7318])},
            lambda p: float(np.sum(np.sin(WEIGHTS * p["b"][0]))) / 20,
            lambda p: {"b": np.array([np.mean(WEIGHTS * np.cos(WEIGHTS * p["b"][0]))])},
            lambda p: {"b": np.array([np.mean(WEIGHTS * np.cos(WEIGHTS * p["b"][0])) + 1.5 * p["b"][0]])},
        ),
        ("addition", "b: claimed = slope + 1.5 × x: is this part of an L2 penalty not in the objective"),
    ),
    "two coordinates share a factor": (
        (
            VECTOR,
            lambda x: float(np.sum(np.sin(x))),
            np.cos,
            lambda x: np.cos(x) * np.where(np.isin(np.arange(8), [2, 5]), 0.731, 1.0),
        ),
        ("factor", "x[2] and x[5]: claimed = 0.731 × slope"),
    ),
    "a term has the wrong sign beside a constant": (
        (
            X20,
            lambda x: float(np.sum(x + 3 * WEIGHTS * np.exp(-x))),
            lambda x: 1 - 3 * WEIGHTS * np.exp(-x),
            lambda x: 1 + 3 * WEIGHTS * np.exp(-x),
        ),
        ("factor", "claimed = -1 × slope + 2, as if all had that factor but a part that is 1 everywhere"),
    ),
    "a third is no root of nine": (
        (X20[:9], lambda x: float(np.sum(np.sin(3 * x))), lambda x: 3 * np.cos(3 * x), lambda x: np.cos(3 * x)),
        ("factor", "claimed = 1/3 × slope: a mean over 3 for a sum, or a factor 3 missing?"),
    ),
    "the weights of two classes are swapped": (
        (
            X20,
            lambda x: float(np.sum(np.where(X20 > 0.2, 4, 1) * np.log1p(np.exp(np.where(X20 > 0.2, -x, x))))),
            lambda x: np.where(X20 > 0.2, -4, 1) * sigmoid(np.where(X20 > 0.2, -x, x)),
            lambda x: np.where(X20 > 0.2, -1, 4) * sigmoid(np.where(X20 > 0.2, -x, x)),
        ),
        ("factor", "x where the slope is > 0: claimed = 4 × slope"),
    ),
    "1 - tanh for 1 - tanh²": (
        by_element(np.tanh, lambda x: 1 - np.tanh(x) ** 2, lambda x: 1 - np.tanh(x)),
        ("scaled by x", "claimed = slope, as if 1 - tanh(x) stood for the derivative of tanh"),
    ),
    "a loss scale is shown whole": (
        by_element(np.sin, np.cos, lambda x: 65536 * np.cos(x)),
        ("factor", "claimed = 65536 × slope: a loss scale of 2^16?"),
    ),
    "projected on a sphere": (
        by_form(lambda g, x: g - x * (g @ x) / (x @ x)),
        ("addition", "x, so that the claims have no part along x: is the gradient projected?"),
    ),
    "its mean subtracted": (
        by_form(lambda g, x: g - g.mean()),
        ("addition", "so that the claims have the sum 0: is their mean subtracted, or is a part missing"),
    ),
    "normalised": (
        by_form(lambda g, x: g / np.linalg.norm(g)),
        ("factor", "× slope; its norm is 1: is it normalised?"),
    ),
    "a slope that ends at 0.3, divided by that": (
        by_element(
            lambda x: np.where(np.abs(x) < 0.3, x**2 / 2, 0.3 * np.abs(x) - 0.045) / WEIGHTS,
            lambda x: np.clip(x, -0.3, 0.3) / WEIGHTS,
            lambda x: np.clip(x, -0.3, 0.3) / 0.3 / WEIGHTS,
        ),
        ("factor", "all of x: claimed = 3.333333 × slope"),
    ),
    "a prior with another mean than 0": (
        by_element(np.sin, np.cos, lambda x: np.cos(x) + 4 * (x - 1) / WEIGHTS),
        ("addition", "claimed = slope + 4 × (x - 1): is a quadratic penalty, such as a normal prior, not in the"),
    ),
    "two penalties that are not in f": (
        by_element(np.sin, np.cos, lambda x: np.cos(x) + (0.3 * x + 0.1 * np.sign(x)) / WEIGHTS),
        ("addition", "all of x: claimed = slope + 0.3 × x + 0.1 × sign(x), two penalties?"),
    ),
    "backwards in time, times its step": (
        by_element(np.sin, np.cos, lambda x: 0.05 * (WEIGHTS * np.cos(x))[::-1] / WEIGHTS),
        ("rearranged", "x: claimed = 0.05 × slope, reversed"),
    ),
    "twice the transposed": (
        (
            SQUARE,
            lambda x: float(np.sum(TILT * np.sin(x))),
            lambda x: TILT * np.cos(x),
            lambda x: 2 * (TILT * np.cos(x)).T,
        ),
        ("rearranged", "x: claimed = 2 × slope, transposed"),
    ),
    "a factor of all rows, one of which is lost": (
        (
            POINTS,
            lambda x: float(np.sum(OTHER * np.sin(x))),
            lambda x: OTHER * np.cos(x),
            lambda x: OTHER * np.cos(x) / 8 * (np.arange(10) != 6)[:, None],
        ),
        ("rows", "x: claimed = 0.125 × slope, but 0 at index 6 of axis 0"),
    ),
    "a factor, in one place with the wrong sign": (
        by_element(np.sin, np.cos, lambda x: np.where(np.arange(20) == 13, -0.37, 0.37) * np.cos(x)),
        ("factor", "all of x but x[13]: claimed = 0.37 × slope"),
    ),
    "divided by its largest entry": (
        by_form(lambda g, x: g / np.abs(g).max()),
        ("factor", "× slope; its largest entry is 1: is it normalised?"),
    ),
    "a net force subtracted": (
        (
            POINTS,
            lambda x: float(np.sum(np.sin(x * OTHER))),
            lambda x: OTHER * np.cos(x * OTHER),
            lambda x: OTHER * np.cos(x * OTHER) - (OTHER * np.cos(x * OTHER)).mean(axis=0),
        ),
        ("rows", "is the same all along axis 0, so that the claims have the sum 0 along it: is their mean subtracted?"),
    ),
    "a coupling is lost": (
        (
            {"a": POINTS, "b": OTHER},
            lambda p: float(np.sum(np.sin(p["a"])) + 0.7 * np.sum(p["a"] * p["b"])),
            lambda p: {"a": np.cos(p["a"]) + 0.7 * p["b"], "b": 0.7 * p["a"]},
            lambda p: {"a": np.cos(p["a"]), "b": 0.7 * p["a"]},
        ),
        ("others", "a: claimed = slope - 0.7 × b: is a term of the two missing, or counted twice?"),
    ),
    "a pull to another array is lost": (
        (
            {"a": POINTS, "b": OTHER},
            lambda p: float(np.sum(np.sin(p["a"])) + np.sum(p["b"] ** 3) + 0.3 * np.sum((p["a"] - p["b"]) ** 2)),
            lambda p: {"a": np.cos(p["a"]) + 0.6 * (p["a"] - p["b"]), "b": 3 * p["b"] ** 2 + 0.6 * (p["b"] - p["a"])},
            lambda p: {"a": np.cos(p["a"]), "b": 3 * p["b"] ** 2 + 0.6 * (p["b"] - p["a"])},
        ),
        ("others", "a: claimed = slope - 0.6 × (a - b): is a term of the two missing, or counted twice?"),
    ),
    "a factor that is another array is missing": (
        (
            {"a": POINTS, "b": OTHER},
            lambda p: float(np.sum(np.sin(p["a"]) * p["b"] ** 2)),
            lambda p: {"a": np.cos(p["a"]) * p["b"] ** 2, "b": 2 * np.sin(p["a"]) * p["b"]},
            lambda p: {"a": np.cos(p["a"]) * p["b"], "b": 2 * np.sin(p["a"]) * p["b"]},
        ),
        ("others", "a: claimed = slope / b: is that factor missing, or there too often?"),
    ),
    "a factor that is lost on the way is no variance": (
        by_element(np.sin, np.cos, lambda x: np.cos(x) / 1.1),
        ("factor", "claimed = 10/11 × slope, for example something divided by 1.1, or a variance divided by N = 11"),
    ),
    "residuals for the gradient of their mean square": (
        (X20, lambda x: float(np.mean((x - WEIGHTS) ** 2)), lambda x: (x - WEIGHTS) / 10, lambda x: WEIGHTS - x),
        (
            "factor",
            "a sum over 10 for a mean, or a factor 1/10 missing, such as the 2/20 in the derivative of a mean of",
        ),
    ),
    "differences of neighbours with the wrong sign, of given lengths": (
        (
            X20,
            lambda x: float(np.sum(np.sin(x)) + np.sum((np.diff(x) - 1) ** 2)),
            lambda x: np.cos(x) - 2 * np.diff(x, append=x[-1] + 1) + 2 * np.diff(x, prepend=x[0] - 1),
            lambda x: np.cos(x) + 2 * np.diff(x, append=x[-1] + 1) - 2 * np.diff(x, prepend=x[0] - 1),
        ),
        ("addition", "+ 4 × (next x - x) - 4 × (x - x before) + 4 at the last and - 4 at the first: is a difference"),
    ),
    "claims that are not symmetric": (
        (
            SQUARE,
            lambda x: float(np.sum(WEIGHING * np.sin((x + x.T) / 2))),
            lambda x: WEIGHING * np.cos((x + x.T) / 2),
            lambda x: WEIGHING * np.cos((x + x.T) / 2) + TILT - TILT.T,
        ),
        (
            "matrix",
            "x: (claimed + claimed.T) / 2 = slope, but the claims are not symmetric: is their symmetric part not",
        ),
    ),
    "no variance": (
        by_element(np.sin, np.cos, lambda x: 1.1 * np.cos(x)),
        ("factor", "x: claimed = 1.1 × slope (explains"),
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_bugs_are_explained_by_their_kinds(name):
    (x, f, right, wrong), (kind, words) = BUGS[name]
    assert check(f, right, x)
    report = check(f, wrong, x)
    assert report.verdict == "wrong"
    assert report.explanations[0].kind == kind
    assert words in str(report.explanations[0])
    assert words in " ".join(" ".join(str(report).splitlines()[:5]).split())


def test_what_f_does_not_depend_on_is_told_where_nothing_else_is():
    def claimed(scores):
        return softmax(scores) * (LABELS[:10] - 0.5 * softmax(scores))

    def right(scores):
        chosen = np.sum(LABELS[:10] * softmax(scores), axis=1, keepdims=True)
        return softmax(scores) * (LABELS[:10] - chosen)

    def f(scores):
        return float(np.sum(LABELS[:10] * softmax(scores)))

    assert check(f, right, POINTS)
    report = check(f, claimed, POINTS)
    assert report.explanations == ()
    assert report.unexplained == ("all of x",)
    assert [note for note in report.warnings if note.startswith(SHIFTED)]
    assert SHIFTED[:20] in " ".join(str(report).splitlines()[:3])
    assert " ".join(str(report).split()).count(SHIFTED) == 1


SHIFTED = "x: f does not change where the same is added all along axis 1, so that the slopes add up to 0 along axis 1"
SCALED = "x: f does not change where all of it grows by a factor, but the claims say that it does"


def centred(x):
    return x - x.mean(axis=1, keepdims=True)


def of_centred(x):
    return float(np.sum(np.sin(PAIRS * centred(x))))


PAIRS = RNG.normal(size=(12, 2))


def test_a_mean_that_is_not_subtracted():
    def left(x):
        return PAIRS * np.cos(PAIRS * centred(x))

    assert check(of_centred, lambda x: centred(left(x)), PAIRS + 1.0)
    report = check(of_centred, left, PAIRS + 1.0)
    assert [one.kind for one in report.explanations] == ["invariance"]
    assert str(report.explanations[0]).startswith("x: the errors are the same all along axis 1, and f does not change")
    assert not report.unexplained


@pytest.mark.parametrize("count", [1, 2, 3, 5, 60])
def test_random_errors_are_no_broken_invariance(count):
    """They keep their places; that f ignores something is a note, and only where most of the claims are wrong."""
    point, weights = RNG.normal(size=(2, 12, 5))

    def shares(x):
        return np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)

    for f, slopes, note in (
        (lambda x: float(np.sum(weights * x) / np.linalg.norm(x)), None, SCALED),
        (
            lambda x: float(np.sum(weights * shares(x))),
            lambda x: weights - np.sum(weights * x, 1, keepdims=True),
            SHIFTED,
        ),
    ):
        size = np.linalg.norm(point)
        right = weights / size - point * np.sum(weights * point) / size**3
        right = right if slopes is None else shares(point) * slopes(shares(point))
        assert check(f, right, point)
        for seed in range(10):
            random, claims = np.random.default_rng(seed), right.copy()
            claims.flat[random.choice(60, count, replace=False)] += random.normal(size=count)
            report = check(f, claims, point)
            assert report.explanations == ()
            assert len(report.unexplained) == 1
            assert any(told.startswith(note) for told in report.warnings) == (count == 60)


def test_rows_that_nothing_explains_are_named():
    claims = np.cos(SQUARE)
    claims[[1, 3]] = RNG.normal(size=(2, 5))
    report = check(lambda x: float(np.sum(np.sin(x))), claims, SQUARE)
    assert report.explanations == ()
    assert report.unexplained == ("all of x[i, :] for 2 of 5 i: 1, 3",)


def test_a_single_coordinate_at_a_round_number_has_no_function_of_it():
    report = check(lambda x: float(np.sum(np.exp(x))), lambda x: np.exp(x) * [1, 3, 1], np.array([0.3, 3.0, 0.7]))
    assert [one.kind for one in report.explanations] == ["factor"]


@pytest.mark.parametrize("size", [1e300, -1e300, 1e-300, 1e-320, np.inf])
@pytest.mark.parametrize("shape", [(1,), (4, 4)])
def test_claims_of_any_size_have_a_report(size, shape):
    x = np.random.default_rng(6).normal(size=shape)
    for claims in (np.full(shape, size), size * np.cos(x)):
        report = check(lambda x: float(np.sum(np.sin(x))), claims, x)
        assert report.verdict == "wrong"
        assert str(report)


@pytest.mark.parametrize(
    ("mask", "x", "where"),
    [
        (np.arange(20) > 6, X20, "x[7:]"),
        ((np.arange(20) > 4) & (np.arange(20) < 12), X20, "x[5:12]"),
        (np.arange(20) % 3 == 1, X20, "x at every index 3 i + 1"),
        (np.abs(X20) > 0.9, X20, "x where |x| > "),
        (np.cos(X20) < 0.8, X20, "x where |x| > "),
        (np.arange(20) % 5 < 2, np.where(np.arange(20) % 5 < 2, 0.5, X20), "x where x equals another entry"),
        (np.isin(np.arange(20), [0, 3, 4, 9, 15, 19]), X20, "x, in 6 of 20 coordinates"),
        (np.arange(20) != 11, X20, "all of x but x[11]"),
        (np.isin(np.arange(20), [0, 3, 15]), X20, "x[0], x[3] and x[15]"),
        (np.arange(40).reshape(10, 4) // 4 > 6, POINTS, "all of x[7:, :]"),
        (np.arange(10)[:, None] > np.arange(4), POINTS, "x below its diagonal"),
    ],
)
def test_where_errors_without_a_pattern_are(mask, x, where):
    noise = np.random.default_rng(8).normal(size=x.shape)
    report = check(lambda x: float(np.sum(np.sin(x))), np.where(mask, np.cos(x) + noise, np.cos(x)), x)
    assert np.array_equal(report.wrong, np.flatnonzero(mask))
    assert report.explanations == ()
    (told,) = report.unexplained
    assert told.startswith(where)


def test_of_too_few_errors_no_pattern_is_missed():
    claims = np.cos(X20)
    claims[3] += 0.123
    report = check(lambda x: float(np.sum(np.sin(x))), claims, X20)
    assert report.explanations == ()
    assert report.unexplained == ("x[3], too few to tell",)
    first = str(report).splitlines()[1]
    assert first == "  too few errors to tell what they have in common: x[3]"
    claims[[5, 8]] -= [0.4, 0.7]
    report = check(lambda x: float(np.sum(np.sin(x))), claims, X20)
    assert "no simple explanation fits the errors in x[3], x[5] and x[8]" in str(report).splitlines()[1]


def test_arrays_that_are_right_tell_where_to_look():
    p = {"W": OTHER, "b": VECTOR, "c": DIRECTION}
    right = {name: np.cos(value) for name, value in p.items()}

    def f(p):
        return float(sum(np.sum(np.sin(value)) for value in p.values()))

    noise = np.random.default_rng(8).normal(size=OTHER.shape)
    report = check(f, right | {"W": right["W"] + noise}, p)
    words = "no simple explanation fits the errors in all of W. b, c are right: look at what only the others depend on"
    assert words in " ".join(" ".join(str(report).splitlines()[:3]).split())


def test_claims_that_are_almost_nothing_lack_no_penalty_and_no_pair():
    tiny = 1e-3 * np.random.default_rng(4).normal(size=(8, 3))
    x = np.random.default_rng(5).normal(size=(8, 3))

    def of_pairs(x):
        return float(np.sum(np.sqrt(np.sum((x[:, None] - x) ** 2, axis=-1) + 0.1)))

    assert check(of_pairs, tiny, x).explanations == ()
    assert check(lambda x: float(np.sum(x**2)), tiny, x).explanations == ()
    lacking = check(lambda x: float(np.sum(x**2 + np.sin(x))), np.cos(x), x)
    assert "claimed = slope - 2 × x: is the part of an L2 penalty missing?" in str(lacking.explanations[0])


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e6, "1,000,000: is a prefix of a unit lost, such as micro or mega, a sum over 1,000,000 for a mean"),
        (1e-9, "1/1,000,000,000: is a prefix of a unit lost, such as nano or giga"),
        (1 / 365, "1/(years in days): is a unit not converted?"),
        (1 / 252, "1/252, a mean over 252 for a sum"),
        (math.pi / 30, "rpm in rad/s: is a unit not converted?"),
        (0.8, ""),
        (6 / 7, ""),
        (0.9, "9/10, for example a variance divided by N = 10, or by N - 1"),
    ],
)
def test_names_of_factors(factor, words):
    name = name_of(factor, 1e-9 * factor, Known({5: "b", 10: "W"}))
    assert name.startswith(words)
    assert bool(name) == bool(words)
    assert name_of(1 / 365, 1e-9, Known({365: "the rows"})) == "1/365, a mean for a sum over the rows?"


@pytest.mark.parametrize(("error", "words"), [(1e-3, "π"), (0.05, "")])
def test_factors_that_are_badly_known_have_no_name_but_that_of_a_length(error, words):
    assert name_of(math.pi, error * math.pi, Known({10: "x"})) == words
    assert name_of(32.3, error * 32.3, Known({32: "the rows"})).startswith("a sum for a mean" if error > 0.01 else "")


def test_zeros_among_few_numbers_are_no_path_that_is_lost():
    whole = np.round(2 * np.random.default_rng(1).normal(size=20))
    assert (whole == 0).sum() > 2
    for claims, kinds in ((whole, []), (1.3 * whole, []), (np.where(whole, UNEVEN, 0.0), ["zero"])):
        report = check(lambda x: float(np.sum(WEIGHTS * np.sin(x))), claims, X20)
        assert [one.kind for one in report.explanations] == kinds


@pytest.mark.parametrize(("count", "told"), [(3, False), (9, True)])
def test_errors_of_two_sizes_have_the_signs_of_few_numbers_by_chance(count, told):
    x, weights = X20[:count] - np.median(X20[:count]) + 0.01, WEIGHTS[:count]
    claims = weights * np.cos(x) + 0.4 * np.sign(x)
    for more in (0.0, 0.7):
        report = check(lambda x: float(np.sum(weights * np.sin(x))), claims + more, x)
        assert bool(report.explanations) == told


def test_a_single_round_claim_is_no_power_of_its_slope():
    x = np.array([0.83, 1.37, 2.21, 0.58])
    for claimed, told in ((-1.0, []), (0.83**3, ["scaled by x"])):
        report = check(lambda x: float(np.sum(x**3) / 3), np.where(np.arange(4) == 0, claimed, x**2), x)
        assert [one.kind for one in report.explanations] == told


def test_slopes_in_another_order_are_told_where_some_of_them_are_badly_known():
    places = np.arange(20)
    slope = np.random.default_rng(2).normal(size=20)
    # The bars of the others would hide what these slopes are.
    bars = np.where(places % 2, 0.4, 1e-5)
    for claimed, told in ((slope[::-1], True), (slope[np.argsort(np.sin(places))] + 0.01, False)):
        part = Evidence("", (20,), 0, places, slope, claimed, slope, bars, places >= 0, places >= 0)
        assert (rearranged(part) is not None) == told


def test_rows_that_are_right_are_no_evidence_for_the_factors_of_others():
    slope, bar = np.random.default_rng(0).normal(size=(2, 8, 4)) + 3.0
    claimed = slope.copy()
    claimed[2] *= -7.0
    for claims, off, is_told in (
        (claimed, 1e-7, True),
        (claimed + np.eye(8, 4, -2), 1e-7, False),
        (claimed, 0.9, False),
    ):
        bars = np.where(np.arange(8)[:, None] == 2, off * bar, 0.0)
        rows = Rows(0, 2, slope, claims, slope, bars, claims - slope)
        assert bool(_factors(rows)) == is_told


def test_round_claims_that_are_not_near_their_slopes_are_not_rounded():
    claims = np.random.default_rng(10).normal(size=(3, 20))
    for each in (np.round(claims[0], 1), np.round(32 * claims[1]) / 32, of_8_bits(claims[2])):
        assert check(lambda x: float(np.sum(np.sin(x))), each, X20).explanations == ()


@pytest.mark.parametrize("size", [1e9, 1e12, 1e20])
def test_claims_far_away_have_no_factor_by_chance(size):
    for seed in range(8):
        random = np.random.default_rng(seed)
        claims = size * random.normal(size=6) * np.exp(random.normal(size=6))
        report = check(lambda x: float(np.sum(np.sin(x))), claims, X20[:6])
        assert report.verdict == "wrong"
        assert report.explanations == ()
    told = check(lambda x: float(np.sin(x[0])), np.where(np.arange(6) > 0, claims, np.cos(X20[:6])), X20[:6])
    assert [one.kind for one in told.explanations] == ["no dependence"]


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (np.array([181, 101, 203, 87]) / 256, "a number of bfloat16, and a multiple of 1/256 beside its slope"),
        (np.arange(2, 200, 5) / 256, "the multiple of 1/256 beside its slope: is it quantised?"),
    ],
)
def test_of_few_claims_a_step_may_be_an_arithmetic(claims, words):
    slope = claims + np.random.default_rng(12).uniform(-1.0, 1.0, len(claims)) / 600.0
    report = check(lambda x: float(np.sum(slope * x)), claims, np.random.default_rng(13).normal(size=len(claims)))
    (told,) = report.explanations
    assert words in told.text


@pytest.mark.parametrize("lost", [np.arange(40).reshape(10, 4) // 4 == 3, RNG.random((10, 4)) < 0.4])
def test_claims_of_0_are_those_of_the_smallest_slopes_only_if_they_are(lost):
    weights = np.where(lost, 0.1, 3.0) if lost[3].all() else np.ones((10, 4))
    report = check(lambda x: float(np.sum(weights * np.sin(x))), lambda x: ~lost * weights * np.cos(x), POINTS)
    (told,) = report.explanations
    assert told.text == "claimed = 0, but f depends on it: is a path detached, or was it never written?"


def test_errors_where_x_is_0_are_none_along_x_by_chance():
    x = np.where(np.arange(20) % 4, X20, 0.0)
    noise = np.where(np.arange(20) % 4, 0.0, np.random.default_rng(15).normal(size=20))
    assert check(lambda x: float(np.sum(WEIGHTS * np.sin(x))), WEIGHTS * np.cos(x) + noise, x).explanations == ()
