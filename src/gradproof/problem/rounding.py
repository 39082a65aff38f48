"""Compares a claimed gradient with the same gradient in float64: how much of it is rounding in lower precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
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
NOT_EVALUATED = "f could not be evaluated in float64"
# A rounding may move an argument of relu or max across its kink, and the gradient jumps; and it takes digits away where
# terms cancel, as beside a probability of nearly 1.  As often is the gradient computed in float64 as rounding might
# have left it, to see by how much.
NEIGHBOURS = 4
# What is beyond as good as an arithmetic can be: this many roundings, relative to the norm.
AS_GOOD = 64
# Where rounding explains this part of an array, it explains a factor of 2, too.
HIDDEN = 0.5
# As many components are compared in one go.
BLOCK = 1 << 16


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
    most
        The largest norm of the differences that are explained in an array, relative to the norm of the array.
    where
        The name of that array.
    """

    kind: str
    relative: float
    beyond: int
    arrays: tuple[str, ...]
    most: float = 0.0
    where: str = ""

    def worse(self, other: Agreement | None) -> Agreement:
        """Return this agreement, or another one that is worse."""
        return self if other is None else max(self, other, key=lambda one: (one.beyond, one.relative))

    def sentence(self) -> str:
        """Return what a report says of it."""
        if self.beyond:
            where = ", ".join(self.arrays[:5]) + ", …" * (len(self.arrays) > 5)
            return (
                f"{self.beyond} components of the gradient in {self.kind} differ from the same gradient in float64 by "
                f"more than rounding explains{f', in {where}' if where else ''}. The same backward pass has other "
                "values there in float64: what is computed in lower precision alone is wrong, or loses its digits."
            )
        good = self.relative <= AS_GOOD * UNITS[self.kind]
        ending = f"as good as {self.kind} can be" if good else f"rounding in {self.kind} explains that"
        most = ""
        if self.where and self.most > max(_explained_at_once(self.kind), self.relative):
            most = f"; {self.where} by itself to {self.most:.1g}"
        agrees = f"agrees with the same gradient in float64 to {self.relative:.1g}{most}"
        hides = (
            f" A factor of 2 that {self.kind} alone brings into {self.where} would pass, too."
            if self.most >= HIDDEN
            else ""
        )
        return f"The gradient in {self.kind} {agrees}: {ending}.{hides}"


def not_evaluated(reason: str) -> str:
    """Return what a report says where f cannot be evaluated in float64."""
    return f"{NOT_EVALUATED}, but only as it is: {reason}."


def rounded_anew(random: np.random.Generator, kind: str, shape: tuple[int, ...]) -> Flat:
    """Return factors that move numbers of a type to others within their rounding."""
    reach = REACH * UNITS[kind]
    factors: Flat = 1 + random.uniform(-reach, reach, shape)
    return factors


def without_rounding(
    claimed: Mapping[str, Flat],
    exact: Mapping[str, Flat],
    kind: str,
    nearby: Callable[[], Mapping[str, Flat]],
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
        Returns the gradient in float64 as rounding might have left it: at another point within the rounding of x, and
        with rounding in what is computed on the way, where that can be reached.
    """
    typical = {name: math.sqrt(_square(one) / max(one.size, 1)) for name, one in exact.items()}
    cancelled = TERMS * UNITS[kind] * max(typical.values()) + SMALLEST[kind]
    beyond = _beyond(claimed, exact, _explained_at_once(kind), typical, cancelled)
    if beyond:
        _take_out_rounding(beyond, claimed, exact, nearby)
        beyond = {name: mask for name, mask in beyond.items() if mask.any()}
    clean = {name: np.where(beyond[name], claimed[name], one) if name in beyond else one for name, one in exact.items()}
    rests = {name: math.sqrt(_square(claimed[name], one)) for name, one in clean.items()}
    sizes = {name: one * math.sqrt(exact[name].size) for name, one in typical.items()}
    rest, size = math.hypot(*rests.values()), math.hypot(*sizes.values())
    count = sum(int(mask.sum()) for mask in beyond.values())
    # Where all terms of an array cancel, nothing of it but rounding is left.
    apart = {name: rests[name] / one for name, one in sizes.items() if typical[name] > cancelled}
    where = max(apart, key=lambda name: apart[name], default="")
    relative = rest / size if size else rest
    return clean, Agreement(kind, relative, count, tuple(filter(None, beyond)), apart.get(where, 0.0), where)


def _take_out_rounding(
    beyond: dict[str, Any],
    claimed: Mapping[str, Flat],
    exact: Mapping[str, Flat],
    nearby: Callable[[], Mapping[str, Flat]],
) -> None:
    """Take the components out of masks that rounding explains, by kinks that it crosses or digits that it takes away.

    Where a kink is crossed, the claim is a gradient on one of its two sides, or of some of several.  Of many kinks each
    neighbour crosses others than the claim does: then an array as a whole differs no more than theirs do.
    """
    norms = dict.fromkeys(beyond, 0.0)
    for _ in range(NEIGHBOURS):
        moved = nearby()
        for name, mask in beyond.items():
            varied = np.abs(moved[name] - exact[name])
            norms[name] = max(norms[name], math.sqrt(_square(varied)))
            # What is not finite no rounding explains.
            explained = np.abs(claimed[name] - exact[name]) <= ROOTS / 2 * varied
            np.logical_and(mask, ~explained, out=mask)
    for name, mask in beyond.items():
        if math.sqrt(_square(claimed[name], exact[name])) <= ROOTS * norms[name]:
            np.logical_and(mask, ~np.isfinite(claimed[name]), out=mask)


def _beyond(
    claimed: Mapping[str, Flat], exact: Mapping[str, Flat], explained: float, typical: Mapping[str, float], least: float
) -> dict[str, Any]:
    """Return masks of the components that differ by more than rounding, of the arrays that have such."""
    found = {}
    for name, one in exact.items():
        mask = np.empty(one.shape, bool)
        for own, right, is_beyond in _blocks(claimed[name], one, mask):
            allowed = explained * np.maximum(np.abs(right), typical[name]) + least
            with np.errstate(invalid="ignore"):
                is_beyond[...] = ~(np.abs(own - right) <= allowed)
        if mask.any():
            found[name] = mask
    return found


def _explained_at_once(kind: str) -> float:
    """Return by how much of its size a component may differ without a look at what rounding does to it."""
    return ROOTS * math.sqrt(UNITS[kind])


def _square(array: Flat, other: Any = 0.0) -> float:
    """Return the sum of the squares of the finite elements of an array, or of its differences from another one."""
    total = 0.0
    for one, less in _blocks(array, other):
        with np.errstate(invalid="ignore"):
            apart = one - less
        total += float(np.sum(apart * apart, where=np.isfinite(apart)))
    return total


def _blocks(one: Any, other: Any, mask: Any = None) -> Iterator[Any]:
    """Go through two arrays in float64, and a mask to be written: block by block, so that no further one is made."""
    given, kinds = ([one, other], [np.float64] * 2) if mask is None else ([one, other, mask], [np.float64] * 2 + [bool])
    access = [["readonly"], ["readonly"], ["writeonly"]][: len(given)]
    flags = ["external_loop", "buffered", "zerosize_ok"]
    iterator: Any = np.nditer  # its annotations know of access to a single array alone
    with iterator(given, flags, access, kinds, buffersize=BLOCK) as blocks:
        yield from blocks
