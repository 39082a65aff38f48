"""The change of f that the claimed gradient foretells for a point, summed in a fixed order."""

from __future__ import annotations

from ..records.abi import ConstVector, Vector, always_inlined, kernel, multiversioned_float64
from ..records.floats import widened
from ..records.sums import LANES


@always_inlined
def foretold(x: ConstVector, claimed: ConstVector, point: ConstVector, index: int) -> float:
    """Return the change that one claimed value foretells for the step really taken."""
    return widened(claimed[index]) * (widened(point[index]) - widened(x[index]))


@kernel
@multiversioned_float64
def foretold_change(x: ConstVector, claimed: ConstVector, start: int, stop: int, point: Vector) -> float:
    """Return the change that the claim foretells for some coordinates of a point, in eight lanes.

    They are written out, because a function that is handed over would keep Numba from storing what it compiles.
    """
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    e = 0.0
    f = 0.0
    g = 0.0
    h = 0.0
    index = start
    while index + LANES <= stop:
        a += foretold(x, claimed, point, index)
        b += foretold(x, claimed, point, index + 1)
        c += foretold(x, claimed, point, index + 2)
        d += foretold(x, claimed, point, index + 3)
        e += foretold(x, claimed, point, index + 4)
        f += foretold(x, claimed, point, index + 5)
        g += foretold(x, claimed, point, index + 6)
        h += foretold(x, claimed, point, index + 7)
        index += LANES
    while index < stop:
        a += foretold(x, claimed, point, index)
        index += 1
    return ((a + e) + (c + g)) + ((b + f) + (d + h))
