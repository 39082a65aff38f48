"""Random covectors and tangents: signs are random, magnitudes uniform in [0.5, 1.5), never all ones."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..problem.numbers import Flat
from ..problem.structure import Layout
from .sums import norm

# Numbers of the sequences of random numbers of a seed; those of covectors begin at 0, one for each array of the output.
TANGENTS = 1 << 20
# The largest magnitude of a random number.
LARGEST = 1.5
# The most vectors that are kept for the next check, and the most numbers of each: half a megabyte.
KEPT, FEW = 64, 1024


class Covector(NamedTuple):
    """Weights of the outputs, one for each; `support`: those whose weight is not 0, in order; `name`: the array's."""

    name: str
    weights: Flat
    support: Flat

    @property
    def chosen(self) -> Flat | slice:
        """The support as an index: a slice where it is all outputs, which need not be copied then."""
        return slice(None) if len(self.support) == len(self.weights) else self.support


@functools.lru_cache(maxsize=KEPT)
def _drawn(seed: int, number: int, count: int) -> Flat:
    """Return the numbers of `signed`: to make a generator takes longer than many a check of a few outputs."""
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, seed >> 32, number]))
    signs = np.where(random.integers(0, 2, count) == 0, -1.0, 1.0)
    if (signs == signs[:1]).all():
        signs[1::2] *= -1.0
    drawn: Flat = random.uniform(0.5, LARGEST, count) * signs
    return drawn


def signed(seed: int, number: int, count: int) -> Flat:
    """Return `count` random numbers of either sign, with magnitudes uniform in [0.5, 1.5).

    A vector of ones is blind to an error that adds up to 0, and to a backward pass that forgets its incoming gradient;
    a magnitude near 0 would hide what it multiplies.  Both signs occur, unless there is only one number.
    """
    draw = _drawn if count <= FEW else _drawn.__wrapped__
    numbers: Flat = draw(seed, number, count).copy()  # the user's functions may write to it
    return numbers


def covectors(layout: Layout, usable: Flat, seed: int) -> list[Covector]:
    """Return one random covector for each array of the output; outputs that are not usable have the weight 0.

    Parameters
    ----------
    layout
        The structure of the output.
    usable
        Whether each output takes part.
    seed
        The seed of the check.
    """
    found = []
    for number, leaf in enumerate(layout.leaves):
        support = leaf.start + usable[leaf.start : leaf.stop].nonzero()[0]
        if len(support):
            weights = np.zeros(layout.n)
            weights[support] = signed(seed, number, leaf.stop - leaf.start)[support - leaf.start]
            found.append(Covector(layout.title_of(leaf), weights, support))
    return found


def balancing(parts: Sequence[Covector], at_x: Flat) -> list[float]:
    """Return the power of two that makes the projection of each array at x about as large as the largest."""
    sizes = [norm(one.weights[one.support] * at_x[one.support]) for one in parts]
    largest = max(sizes)
    return [
        2.0 ** round(math.log2(largest / size)) if 0 < size < math.inf and largest < math.inf else 1.0 for size in sizes
    ]


def combined(parts: Sequence[Covector], at_x: Flat, title: str, *, is_balanced: bool = True) -> Covector:
    """Return one covector for all arrays of the output, in which none drowns in the rounding of another.

    Each array is multiplied as `balancing` says, unless `is_balanced` says that they stay as they are.
    """
    if len(parts) == 1:
        return parts[0]
    scales = balancing(parts, at_x) if is_balanced else [1.0] * len(parts)
    weights = np.add.reduce([scale * one.weights for scale, one in zip(scales, parts, strict=True)])
    return Covector(title, weights, np.concatenate([one.support for one in parts]))
