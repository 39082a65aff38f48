"""splitmix64 and lowbias32 in whole numbers, with published values, and the directions that are made of them."""

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


def lowbias32(number: int, key: int = 0) -> int:
    """Wellons' hash of 32 bits; a key goes into its middle."""
    number &= 0xFFFFFFFF
    number = ((number ^ (number >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    number = ((number ^ (number >> 15) ^ key) * 0x846CA68B) & 0xFFFFFFFF
    return number ^ (number >> 16)


def direction(seed: int, index: int) -> float:
    """Of the 16 bits of a coordinate the lowest is the sign, the others the magnitude in [0.5, 1.5); seed 0 is itself.

    A window of 1,024 coordinates has a key of 64 bits; a hash of 32 bits serves the places p and 512 + p.
    """
    if seed == 0:
        return 1.0
    key = output(seed, index // 1024)
    place = index % 1024
    number = lowbias32((key & 0xFFFFFFFF) + (place % 512) * 0x9E3779B9, key >> 32)
    half = number >> 16 if place >= 512 else number & 0xFFFF
    size = float(Fraction(1, 2) + Fraction(half >> 1, 2**15))
    return size if half & 1 else -size


class Probe(NamedTuple):
    """One point on a line: which coordinates move, and how far."""

    start: int
    stop: int
    step: float
    seed: int = 0
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
            scale = abs(out[index]) if out[index] else typical
        out[index] += probe.step * direction(probe.seed, index) * scale
    return out


class LongProbe(NamedTuple):
    """One point on a long line: scales have a floor, and on an aligned line every claimed value predicts growth."""

    start: int
    stop: int
    step: float
    seed: int
    floor: float = 0.1
    aligned: bool = False


def long_direction(probe: LongProbe, index: int, claim: float) -> Fraction:
    """Sign and magnitude of a coordinate on a long line; the hash's own sign where the claim has none."""
    v = Fraction(direction(probe.seed, index))
    if probe.aligned and claim > 0:
        return abs(v)
    return -abs(v) if probe.aligned and claim < 0 else v


def long_point(x: Any, claimed: Any, sizes: Any, probe: LongProbe) -> list[Fraction]:
    """The point of a probe on a long line, exactly: sizes are those of the windows of 1,024 coordinates."""
    out = [Fraction(float(value)) for value in x]
    for index in range(probe.start, probe.stop):
        scale = max(abs(out[index]), Fraction(probe.floor) * Fraction(float(sizes[index // 1024])))
        out[index] += Fraction(probe.step) * long_direction(probe, index, float(claimed[index])) * scale
    return out
