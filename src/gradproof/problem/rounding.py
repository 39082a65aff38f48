"""A claimed gradient beside the same gradient in float64: what of it is rounding in the arithmetic of the claim."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .numbers import Flat

# Half the spacing of numbers at 1, the largest relative error of one rounding.
UNITS = {"float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}
# Differences below these are lost: the smallest numbers that the types hold.
SMALLEST = {"float32": 2.0**-149, "float16": 2.0**-24, "bfloat16": 2.0**-133}
# A component may differ by this many times the root of the unit (1e-3 in float32), relative to itself or to the root
# mean square of its array: half of the digits may be lost in sums whose terms cancel, and no bug is worth less.
ROOTS = 4
# Where all terms cancel, as for a bias before a normalisation, nothing but rounding is left: that of terms which are of
# the size of other arrays of the gradient, from sums of some thousands of them.
TERMS = 128
# Half the width, in roundings, of the region around x that counts as rounding of x: those within f move no less.
REACH = 4
# What a report says of a check in float64.
EVALUATED = "f was evaluated in float64, at the same point."
# A rounding may move an argument of relu or max across its kink, and the gradient jumps.  As often is the gradient
# computed at points that lie within a few roundings of x, to see by how much.
NEIGHBOURS = 4
# What is beyond as good as an arithmetic can be: this many roundings, relative to the norm.
AS_GOOD = 64


class Agreement(NamedTuple):
    """How a claimed gradient agrees with the same gradient in float64.

    Parameters
    ----------
    kind
        The arithmetic of the claim.
    relative
        The norm of the differences that are explained, relative to the norm of the gradient.
    beyond
        The number of components that differ by more than rounding.
    arrays
        The names of the arrays that hold such components.
    """

    kind: str
    relative: float
    beyond: int
    arrays: tuple[str, ...]

    def sentence(self) -> str:
        """Return what a report says of it."""
        if self.beyond:
            where = ", ".join(self.arrays[:5]) + ", …" * (len(self.arrays) > 5)
            return (
                f"{self.beyond} components of the gradient in {self.kind} differ from the same gradient in float64 by "
                f"more than rounding explains{f', in {where}' if where else ''}."
            )
        good = self.relative <= AS_GOOD * UNITS[self.kind]
        ending = f"as good as {self.kind} can be" if good else f"rounding in {self.kind} explains that"
        return f"The gradient in {self.kind} agrees with the same gradient in float64 to {self.relative:.1g}: {ending}."


def not_evaluated(reason: str) -> str:
    """Return what a report says where f cannot be evaluated in float64."""
    return f"f could not be evaluated in float64, but only as it is: {reason}."


def rounded_anew(random: np.random.Generator, kind: str, shape: tuple[int, ...]) -> Flat:
    """Return factors that move numbers of a type to others within their rounding."""
    reach = REACH * UNITS[kind]
    factors: Flat = 1 + random.uniform(-reach, reach, shape)
    return factors


def without_rounding(
    claimed: Mapping[str, Flat],
    exact: Mapping[str, Flat],
    kind: str,
    nearby: Callable[[], Mapping[str, Flat]] | None = None,
) -> tuple[dict[str, Flat], Agreement]:
    """Return a claimed gradient with its rounding errors taken out, and how large they are.

    A component that differs from the same one in float64 by no more than rounding explains is replaced by that;
    all others stay as they are claimed.

    Parameters
    ----------
    claimed, exact
        The gradient as it is claimed, and the same gradient computed in float64, by the names of arrays.
    kind
        The lowest precision in which the claim is computed: a name in `UNITS`.
    nearby
        Returns the gradient in float64 at another point within the rounding of x.
    """
    beyond = {name: _beyond(claimed[name], one, exact, kind) for name, one in exact.items()}
    if nearby is not None and any(one.any() for one in beyond.values()):
        for _ in range(NEIGHBOURS):
            for name, moved in nearby().items():
                # Where a kink is crossed, the claim is a gradient on one of its two sides, or of some of several.
                varied = np.abs(moved - exact[name])
                beyond[name] &= np.abs(claimed[name] - exact[name]) > ROOTS / 2 * varied
    clean = {name: np.where(beyond[name], claimed[name], one) for name, one in exact.items()}
    rest = math.sqrt(sum(_square(clean[name] - np.asarray(claimed[name], np.float64)) for name in clean))
    size = math.sqrt(sum(_square(one) for one in exact.values()))
    count = sum(int(one.sum()) for one in beyond.values())
    arrays = tuple(name for name, one in beyond.items() if one.any() and name)
    return clean, Agreement(kind, rest / size if size else rest, count, arrays)


def _beyond(claimed: Flat, one: Flat, exact: Mapping[str, Flat], kind: str) -> Any:
    """Return a mask of the components that differ by more than rounding."""
    own = math.sqrt(_square(one) / max(one.size, 1))
    largest = max(math.sqrt(_square(other) / max(other.size, 1)) for other in exact.values())
    with np.errstate(invalid="ignore"):
        allowed = ROOTS * math.sqrt(UNITS[kind]) * np.maximum(np.abs(one), own)
        allowed += TERMS * UNITS[kind] * largest + SMALLEST[kind]
        return np.asarray(~(np.abs(np.asarray(claimed, np.float64) - one) <= allowed))


def _square(array: Flat) -> float:
    """Return the sum of the squares of the finite elements."""
    flat = np.asarray(array, np.float64)
    return float(np.sum(flat * flat, where=np.isfinite(flat)))
