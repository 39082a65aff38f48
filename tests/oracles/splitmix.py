"""splitmix64 in whole numbers, with published values, and the directions that are made of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

MASK = 2**64 - 1

# Seed 0: the first outputs of Vigna's splitmix64.c and of Java's SplittableRandom; seed 1234567: those that Rosetta
# Code prints for the same generator.
PUBLISHED = {
    0: [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC, 0x1B39896A51A8749B],
    1234567: [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ],
}


def outputs(seed: int, count: int) -> list[int]:
    """The first outputs of the generator: its state goes on from call to call, as published."""
    state, numbers = seed & MASK, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        numbers.append(z ^ (z >> 31))
    return numbers


def output(seed: int, index: int) -> int:
    """Output number `index`: the state only counts up, so that it can be reached in one step."""
    return outputs(seed + index * 0x9E3779B97F4A7C15, 1)[0]


def direction(seed: int, index: int) -> float:
    """The lowest bit is the sign, the upper 52 the magnitude in [0.5, 1.5); seed 0 is the coordinate itself."""
    if seed == 0:
        return 1.0
    number = output(seed, index)
    size = float(Fraction(1, 2) + Fraction(number >> 12, 2**52))
    return size if number & 1 else -size


class Probe(NamedTuple):
    """One point on a line: which coordinates move, and how far."""

    start: int
    stop: int
    step: float
    seed: int = 0
    floor: float = 0.0
    ratio: float = 0.0


def point(x: Any, probe: Probe, typical: float) -> list[float]:
    """The point of a probe, one coordinate after the other."""
    out = [float(value) for value in x]
    if probe.ratio:
        out[probe.start] += probe.step
        out[probe.stop - 1] += probe.ratio * probe.step
        return out
    for index in range(probe.start, probe.stop):
        scale = 1.0
        if probe.seed:
            scale = max(abs(out[index]) if out[index] else typical, probe.floor)
        out[index] += probe.step * direction(probe.seed, index) * scale
    return out
