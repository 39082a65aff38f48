"""Objectives of every kind on which a check may go astray, with their right gradients, drawn at random.

Each function takes a seed and returns a `Drawn`: what `gradproof.check` is given.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import gradproof


@dataclass(frozen=True)
class Drawn:
    """An objective, its right gradient at x, and the settings of the check.

    At a kink, any value from `least` to `largest` is right in one coordinate, if the others are as they are.
    """

    objective: Any
    gradient: np.ndarray
    x: np.ndarray
    settings: dict = field(default_factory=dict)
    least: Any = None
    largest: Any = None

    def check(self, claimed=None):
        claimed = self.gradient if claimed is None else claimed
        return gradproof.check(self.objective, claimed, self.x, **self.settings)

    def ends(self, index):
        """Return the least and the largest value that is right in a coordinate."""
        return tuple(float((self.gradient if end is None else end)[index]) for end in (self.least, self.largest))


def noise(x):
    """Return a number from -1 to 1 that looks random, and is always the same for the same x."""
    digest = hashlib.blake2b(np.ascontiguousarray(x, dtype=float).tobytes(), digest_size=6).digest()
    return int.from_bytes(digest, "little") / 2.0**47 - 1


def smooth(random, x):
    """Return a smooth function that varies on a scale of about 1, and its gradient as a function."""
    matrix, shift = random.normal(size=(x.size + 2, x.size)), random.normal(size=x.size + 2)
    weight = random.uniform(0.5, 2, x.size)
    kinds = [
        (lambda z: 0.5 * np.sum((matrix @ z - shift) ** 2), lambda z: matrix.T @ (matrix @ z - shift)),
        (lambda z: np.sum(np.logaddexp(0, matrix @ z)), lambda z: matrix.T @ (1 / (1 + np.exp(-matrix @ z)))),
        (lambda z: np.sum(np.tanh(matrix @ z + shift)), lambda z: matrix.T @ np.cosh(matrix @ z + shift) ** -2.0),
        (lambda z: weight @ np.exp(0.7 * z), lambda z: 0.7 * weight * np.exp(0.7 * z)),
        (lambda z: weight @ np.sin(z + shift[:-2]), lambda z: weight * np.cos(z + shift[:-2])),
    ]
    return kinds[random.integers(len(kinds))]


def start(seed, kind, largest=5):
    """Return random numbers of this seed and kind, and a point at which no coordinate is small."""
    random = np.random.default_rng([seed, kind])
    n = int(random.integers(1, largest + 1))
    return random, random.uniform(0.4, 2, n) * random.choice([-1, 1], n)


def ordinary(seed):
    random, x = start(seed, 1)
    f, g = smooth(random, x)
    return Drawn(lambda z: float(f(z)), g(x), x)


def with_a_constant(seed):
    """f lies far above its changes: its rounding hides small slopes."""
    random, x = start(seed, 2)
    f, g = smooth(random, x)
    if seed % 2:
        constant = 10 ** random.uniform(1, 8)
        return Drawn(lambda z: float(np.float32(constant + f(z))), g(x), x)
    constant = 10 ** random.uniform(5, 16)
    return Drawn(lambda z: float(constant + f(z)), g(x), x)


def of_tiny_arguments(seed):
    """All x are small against the scale on which f varies; some are 0."""
    random, x = start(seed, 3)
    f, g = smooth(random, x)
    tiny = x * 10.0 ** random.uniform(-280, -5) * (random.random(x.size) < 0.8)
    return Drawn(lambda z: float(f(z + x)), g(tiny + x), tiny)


def of_rounded_arguments(seed):
    """f rounds its float64 arguments to float32."""
    random, x = start(seed, 4, 12)
    x = x.astype(np.float32).astype(float)
    f, g = smooth(random, x)
    return Drawn(lambda z: float(f(z.astype(np.float32).astype(float))), g(x), x)


def steep(seed):
    """Flat at x, steep far away, with noise or a jump at x."""
    random, x = start(seed, 5)
    slope, rate, height = random.normal(size=x.size), random.uniform(5, 12), 10 ** random.uniform(-11, -8)
    if seed % 2:
        return Drawn(lambda z: float(np.sum(np.cosh(rate * z)) + slope @ z + height * noise(z)), slope, 0 * x)
    return Drawn(lambda z: float(np.sum(np.cosh(rate * z)) + slope @ z + height * np.count_nonzero(z)), slope, 0 * x)


def on_a_short_scale(seed):
    """f varies on a scale far below |x|, with some noise."""
    random, x = start(seed, 6, 3)
    scale, size = 10 ** random.uniform(-7, -2), 10 ** random.uniform(-9, -2) * random.integers(2)
    offset = random.choice([1.0, 30.0, 2.4e6 * min(1.0, scale * 1e3)]) * x
    f, g = smooth(random, x)
    reached = (offset + scale * x - offset) / scale
    return Drawn(lambda z: float(f((z - offset) / scale) + size * noise(z)), g(reached) / scale, offset + scale * x)


def with_jumps(seed):
    """A jump at x on one side, or jumps near x."""
    random, x = start(seed, 7)
    f, g = smooth(random, x)
    height = 10 ** random.uniform(-6, 1)
    index = int(random.integers(x.size))
    at = x[index] + random.choice([0.0, 1e-8, 1e-5, 1e-2, 0.1])
    kinds = [
        lambda z: float(f(z) + height * (z[index] > at)),
        lambda z: float(f(z) - height * (z[index] < 2 * x[index] - at)),
        lambda z: float(f(z) + height * np.sum(np.floor(3 * z))),
        lambda z: float(f(z) + height * np.argmax(z)),
    ]
    return Drawn(kinds[seed % 4], g(x), x)


def on_stairs(seed):
    """f, or its arguments, are rounded to steps of a millionth to a hundredth."""
    random, x = start(seed, 8)
    f, g = smooth(random, x)
    width = 10 ** random.uniform(-9, -2)
    if seed % 2:
        return Drawn(lambda z: float(width * np.round(f(z) / width)), g(x), x)
    return Drawn(lambda z: float(f(width * np.round(z / width))), g(x), x)


def nearly_constant(seed):
    """f is small against the terms of which it is made."""
    random, x = start(seed, 9)
    depth = random.uniform(2, 40)
    if seed % 4 == 0:
        at = x + depth * np.sign(x)
        return Drawn(lambda z: float(np.sum(1 - np.tanh(np.abs(z)))), -np.sign(x) * np.cosh(at) ** -2.0, at)
    if seed % 4 == 1:
        at = x - depth
        return Drawn(lambda z: float(np.sum(np.log(1 + np.exp(z)))), 1 / (1 + np.exp(-at)), at)
    if seed % 4 == 2:
        x = np.r_[x, 1.0]
        return Drawn(lambda z: float(np.sum(z - z.mean())), 0 * x, x)
    logits = np.r_[x, x[0] + depth]
    parts = np.exp(logits - logits.max())
    parts /= parts.sum()
    claimed = parts.copy()
    claimed[-1] = -parts[:-1].sum()
    return Drawn(lambda z: float(np.log(np.sum(np.exp(z - z.max()))) + z.max() - z[-1]), claimed, logits)


def with_kinks(seed):
    """Kinks at x in one coordinate, or shared by several; the gradient is one of those that are right."""
    random, x = start(seed, 10)
    f, g = smooth(random, x)
    weight = 10 ** random.uniform(-3, 1)
    zero = x * (random.random(x.size) < 0.6)
    part = random.choice([0.0, 0.5, 1.0])
    first, equal = np.eye(x.size)[0], np.full(x.size, x[0])
    flat = zero == 0
    kinds = [
        (
            lambda z: np.sum(np.abs(z)),
            np.sign(zero),
            zero,
            np.where(flat, -1, np.sign(zero)),
            np.where(flat, 1, np.sign(zero)),
        ),
        (lambda z: np.sum(np.maximum(z, 0)), np.where(flat, part, zero > 0), zero, 1.0 * (zero > 0), 1.0 * (zero >= 0)),
        (np.max, first, equal, 0 * x if x.size > 1 else first, 0 * x + 1),
        (lambda z: np.sqrt(z @ z), 0 * x, 0 * x, 0 * x - 1, 0 * x + 1),
    ]
    kink, claimed, at, least, largest = kinds[seed % 4]
    return Drawn(
        lambda z: float(f(z) + weight * kink(z)),
        g(at) + weight * claimed,
        at,
        least=g(at) + weight * least,
        largest=g(at) + weight * largest,
    )


def on_bounds(seed):
    """x lies on its lower or upper bounds, or closely between them."""
    random, x = start(seed, 11)
    f, g = smooth(random, x)
    width = 10 ** random.uniform(-8, -1)
    bounds = [(x, None), (None, x), (x - width, x + width), (x, x + 0.5)][seed % 4]
    return Drawn(lambda z: float(f(z)), g(x), x, {"bounds": bounds})


def with_noise(seed):
    random, x = start(seed, 12)
    f, g = smooth(random, x)
    size = 10 ** random.uniform(-12, -1)
    return Drawn(lambda z: float(f(z) + size * noise(z)), g(x), x)


def in_float32(seed):
    random, x = start(seed, 13)
    f, g = smooth(random, x)
    x = x.astype(np.float32)
    return Drawn(lambda z: np.float32(f(z.astype(float))), g(x.astype(float)), x)


def long_and_smooth(seed):
    random = np.random.default_rng([seed, 14])
    n = int(random.integers(20, 200))
    x, weight = random.normal(size=n), random.uniform(0.3, 3, n)
    units = 10 ** random.uniform(-3, 3, n) if seed % 2 else np.ones(n)
    return Drawn(
        lambda z: float(weight @ np.exp(0.5 * z / units)),
        0.5 * weight * np.exp(0.5 * x) / units,
        x * units,
        {"mode": "lines"},
    )


def long_with_kinks(seed):
    random = np.random.default_rng([seed, 15])
    n = int(random.integers(20, 200))
    x, weight = random.normal(size=n) + 3, random.normal(size=n)
    x[: n // 10] = 0
    slope = np.cos(x)
    return Drawn(
        lambda z: float(weight @ np.maximum(z, 0) + np.sum(np.sin(z))),
        slope + np.where(x > 0, weight, 0),
        x,
        {"mode": "lines"},
        slope + np.where(x > 0, weight, np.minimum(weight, 0)),
        slope + np.where(x > 0, weight, np.maximum(weight, 0)),
    )


def long_with_noise(seed):
    random = np.random.default_rng([seed, 16])
    n = int(random.integers(20, 200))
    x, weight = random.normal(size=n), random.normal(size=n)
    size = 10 ** random.uniform(-12, -2)
    return Drawn(
        lambda z: float(weight @ np.sin(z) + z @ z + size * noise(z)), weight * np.cos(x) + 2 * x, x, {"mode": "lines"}
    )


KINDS = [
    ordinary,
    with_a_constant,
    of_tiny_arguments,
    of_rounded_arguments,
    steep,
    on_a_short_scale,
    with_jumps,
    on_stairs,
    nearly_constant,
    with_kinks,
    on_bounds,
    with_noise,
    in_float32,
]
LONG_KINDS = [long_and_smooth, long_with_kinks, long_with_noise]
