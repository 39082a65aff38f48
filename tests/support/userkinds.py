"""Objectives that users have and no other kind draws: of any size, in mixed units, networks, near the edge of a domain.

Each function takes a seed and returns a `Drawn`, as those in `kinds.py`.
"""

import numpy as np
from kinds import Drawn, smooth, start


def of_any_size(seed):
    """Values of f from 1e-250 to 1e250."""
    random, x = start(seed, 31)
    f, g = smooth(random, x)
    size = 10 ** random.uniform(-250, 250)
    return Drawn(lambda z: float(size * f(z)), size * g(x), x)


def of_mixed_units(seed):
    """Coordinates in units from a millionth to a million."""
    random, x = start(seed, 32, 8)
    f, g = smooth(random, x)
    units = 10 ** random.uniform(-6, 6, x.size)
    point = x * units
    return Drawn(lambda z: float(f(z / units)), g(point / units) / units, point)


def of_float32_arguments(seed):
    """x in float32, f in float64."""
    random, x = start(seed, 33)
    f, g = smooth(random, x)
    x = x.astype(np.float32)
    return Drawn(lambda z: float(f(z.astype(float))), g(x.astype(float)), x)


def of_whole_numbers(seed):
    """At a point of whole numbers up to a thousand."""
    random, x = start(seed, 34)
    f, g = smooth(random, x)
    whole, unit = np.sign(x) * random.integers(1, 1000, x.size), random.choice([100.0, 1000.0])
    return Drawn(lambda z: float(f(z / unit)), g(whole / unit) / unit, whole)


def hugged_by_bounds(seed):
    """Bounds on both sides of x, as near as a hundred roundings of it, each at a distance of its own."""
    random, x = start(seed, 35)
    f, g = smooth(random, x)
    below, above = 10 ** random.uniform(-14, -5, (2, x.size)) * np.abs(x)
    return Drawn(lambda z: float(f(z)), g(x), x, {"bounds": (x - below, x + above)})


def network(random, x, units):
    """A layer of rectifiers, with weight decay, and its gradient at x."""
    weights, shift, out = random.normal(size=(units, x.size)), random.normal(size=units), random.normal(size=units)
    active = weights @ x + shift > 0
    return lambda z: float(out @ np.maximum(weights @ z + shift, 0) + 0.1 * z @ z), weights.T @ (out * active) + 0.2 * x


def rectified(seed):
    """Kinks all around x, none at it."""
    random, x = start(seed, 36, 12)
    return Drawn(*network(random, x, int(random.integers(3, 40))), x)


def near_its_domain(seed):
    """Logarithms, roots and products, whose domain ends near x."""
    random, x = start(seed, 37)
    weight, x = random.uniform(0.5, 2, x.size), 10 ** random.uniform(-8, 2, x.size)
    kinds = [
        (lambda z: float(weight @ np.log(z)), weight / x),
        (lambda z: float(weight @ np.sqrt(z)), 0.5 * weight / np.sqrt(x)),
        (lambda z: float(weight @ (z * np.log(z))), weight * (1 + np.log(x))),
        (lambda z: float(np.prod(z) ** (1 / z.size)), np.prod(x) ** (1 / x.size) / x / x.size),
    ]
    return Drawn(*kinds[seed % 4], x)


def rosenbrock(seed):
    _, x = start(seed, 39, 8)
    x = np.r_[x, 1.0]
    turn = x[1:] - x[:-1] ** 2
    claimed = np.r_[-400 * x[:-1] * turn - 2 * (1 - x[:-1]), 0.0]
    claimed[1:] += 200 * turn
    return Drawn(lambda z: float(np.sum(100 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2)), claimed, x)


def determinant(seed):
    """The logarithm of a determinant, as likelihoods have it."""
    random, x = start(seed, 40, 4)
    parts, x = random.normal(size=(x.size, 6, 6)), np.abs(x)
    parts = parts @ parts.transpose(0, 2, 1)

    def matrix(z):
        return 0.1 * np.eye(6) + np.tensordot(z, parts, 1)

    def objective(z):
        sign, logarithm = np.linalg.slogdet(matrix(z))
        return float(logarithm) if sign > 0 else np.nan

    return Drawn(objective, np.einsum("ij,kji->k", np.linalg.inv(matrix(x)), parts), x)


def of_large_arguments(seed):
    random, x = start(seed, 47)
    f, g = smooth(random, x)
    size = 10 ** random.uniform(3, 200)
    point = size * x
    return Drawn(lambda z: float(f(z / size)), g(point / size) / size, point)


def by_a_series(seed):
    """A sum that ends once its terms are small: f jumps where one term more is taken."""
    random, x = start(seed, 48)
    tolerance, weight = 10 ** random.uniform(-14, -8), random.uniform(0.5, 2, x.size)

    def objective(z):
        total, term, number, added = 0.0, np.ones(z.size), 0, np.inf
        while abs(added) >= tolerance or number <= 6:
            number += 1
            term = term * z / number
            added = float(weight @ term)
            total += added
        return total

    return Drawn(objective, weight * np.exp(x), x)


def of_terms_that_cancel(seed):
    random, x = start(seed, 49)
    f, g = smooth(random, x)
    large = 10 ** random.uniform(0, 12)
    return Drawn(lambda z: float((large + f(z)) - large), g(x), x)


def robust(seed):
    """A robust loss of small residuals, whose values are steps of rounding, beside a penalty that has none."""
    random, x = start(seed, 50, 8)
    matrix, part = random.normal(size=(int(random.integers(1, 20)), x.size)), 10 ** random.uniform(-6, 0)
    x *= 10 ** random.uniform(-4, 0)
    residuals = matrix @ x
    root = np.sqrt(1 + residuals**2)
    kinds = [
        (lambda z: np.sum(np.log(1 + (matrix @ z) ** 2)), 2 * residuals / (1 + residuals**2)),
        (lambda z: np.sum(np.sqrt(1 + (matrix @ z) ** 2) - 1), residuals / root),
        (lambda z: np.sum(1 - np.cos(matrix @ z)), np.sin(residuals)),
    ]
    loss, slopes = kinds[seed % 3]
    return Drawn(lambda z: float(loss(z) + part * np.sum(np.sin(z))), slopes @ matrix + part * np.cos(x), x)


def long_start(seed, kind, largest=200):
    """Return random numbers, a long point, and the weights of sines."""
    random = np.random.default_rng([seed, kind])
    n = int(random.integers(20, largest))
    return random, random.normal(size=n), random.normal(size=n)


def waves(weight):
    """Return a smooth function of many coordinates, and its gradient as a function."""
    return lambda z: float(weight @ np.sin(z) + 0.5 * z @ z), lambda z: weight * np.cos(z) + z


def long_and_rectified(seed):
    random, x, _ = long_start(seed, 41)
    return Drawn(*network(random, x, int(random.integers(10, 100))), x, {"mode": "lines"})


def long_of_any_size(seed):
    random, x, weight = long_start(seed, 42)
    f, g = waves(weight)
    size = 10 ** random.uniform(-200, 200)
    return Drawn(lambda z: float(size * f(z)), size * g(x), x, {"mode": "lines"})


def long_in_float32(seed):
    """x in float32, and f in float64 or float32."""
    _, x, weight = long_start(seed, 43)
    f, g = waves(weight)
    x, kind = x.astype(np.float32), float if seed % 2 else np.float32
    return Drawn(lambda z: kind(f(z.astype(float))), g(x.astype(float)), x, {"mode": "lines"})


def long_with_a_constant(seed):
    random, x, weight = long_start(seed, 44)
    f, g = waves(weight)
    constant = 10 ** random.uniform(2, 14)
    return Drawn(lambda z: float(constant + f(z)), g(x), x, {"mode": "lines"})


def long_and_nearly_constant(seed):
    """f varies by 1e-14 to 1e-5 of itself, and by no more over any step."""
    random, x, _ = long_start(seed, 45, 60)
    matrix, part = random.normal(size=(20, x.size)), 10 ** random.uniform(-14, -5)
    x *= 10.0 ** random.integers(-3, 1)
    matrix /= np.max(np.abs(x))
    turned = np.tanh(matrix @ x)
    claimed = matrix.T @ (-part / (1 + part * turned) ** 2 * (1 - turned**2))
    return Drawn(lambda z: float(np.sum(1 / (1 + part * np.tanh(matrix @ z)))), claimed, x, {"mode": "lines"})


USER_KINDS = [
    of_any_size,
    of_mixed_units,
    of_float32_arguments,
    of_whole_numbers,
    hugged_by_bounds,
    rectified,
    near_its_domain,
    rosenbrock,
    determinant,
    of_large_arguments,
    by_a_series,
    of_terms_that_cancel,
    robust,
    long_and_rectified,
    long_of_any_size,
    long_in_float32,
    long_with_a_constant,
    long_and_nearly_constant,
]
