"""Detects what proves little: all that agrees is zero, a block is dead, a regulariser explains it, f ignores x."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ...problem.nodes import Leaf
from ...problem.numbers import Flat, is_zero
from ...problem.structure import Layout

# Quotients of claimed value and coordinate that differ by less than this, relatively, count as one factor.
SAME = 1e-9
FEWEST = 2
# In a longer block, the first coordinates usually rule a common factor out.
LONG = 4096
# Long blocks are read in pieces of this size, which need little memory.
PIECE = 1 << 18
# The most blocks that have a remark each; the most names in the remark about more.
LISTED = 3
# How the remark begins that goes before all others: it is about f, not about the gradient.
UNCHANGED = "f does not change with "
NOTHING = (
    "Everything that agrees is 0, both claimed and measured: a gradient that always returns 0 would pass, too. Check "
    "at a point where the objective changes."
)


def remarks(layout: Layout, x: Flat, claimed: Flat, acceptable: Flat | bool, findings: Flat) -> list[str]:
    """Return remarks about agreement that tests nothing, with the names of the blocks.

    Parameters
    ----------
    layout
        The structure of x.
    x, claimed
        The point and the claimed gradient, n values each.
    acceptable
        Whether each claimed value agrees with the objective, n values; or whether all do.
    findings
        The findings of the engine, those about kinks among them.
    """
    if acceptable is not True and not np.count_nonzero(acceptable):
        return []
    # Where a claim is wrong, zeros need not pass.
    if np.all(acceptable) and is_zero(claimed):
        return [NOTHING]
    blocks = layout.arrays
    if len(blocks) < 2:
        return []
    zero = [one for one in blocks if _agrees(one, acceptable) and not claimed[one.start : one.stop].any()]
    return [*dead(zero, findings), *_regularised(blocks, x, claimed, acceptable)]


def unchanged(value: float, values: Flat, outside: int, findings: Flat, *, everywhere: bool, in_place: bool) -> str:
    """Return a remark if f has the value that it has at x wherever a single coordinate was moved, else "".

    Parameters
    ----------
    value
        f(x).
    values
        The values where one coordinate was moved; NaN where f has none.
    outside
        How many points were left out because they lie outside the bounds.
    findings
        The findings of the engine, those along lines of several coordinates among them.
    everywhere
        Whether every coordinate was moved.
    in_place
        Whether f reads its parameters in place.
    """
    known = values[~np.isnan(values)]
    if not known.size or values.size - known.size > outside or not (known == value).all():
        return ""
    if (np.abs(findings["slope"]) > findings["error_bar"]).any():
        return ""  # along a line it changes
    where = "these arrays" if in_place else "x"
    if not everywhere:
        where += ", at least not with the coordinates that were moved one by one"
    hint = (
        "Does it read copies of them? Then pass the arrays that it reads."
        if in_place
        else "Are its parameters kept elsewhere? Then check gradproof.in_place(parameters, f)."
    )
    return f"{UNCHANGED}{where}: at all {known.size:,} points it has the same value as at x, to the bit. {hint}"


def dead(leaves: Sequence[Leaf], findings: Flat) -> list[str]:
    """Return remarks about the blocks all of whose slopes are 0: one for each, or one for all if they are many.

    At a kink at x the slopes on both sides are not 0, even if a claim of 0 is acceptable there.

    Parameters
    ----------
    leaves
        The blocks that agree with claims of 0.
    findings
        The findings of the engine, those about kinks among them.
    """
    starts = findings["start"]
    leaves = [one for one in leaves if not ((one.start <= starts) & (starts < one.stop)).any()]
    if len(leaves) <= LISTED:
        return [_dead(one.path, "is dead", one.stop - one.start) for one in leaves]
    names = ", ".join(one.path for one in leaves[:LISTED])
    return [_dead(f"{names} and {len(leaves) - LISTED} more", "are dead", sum(one.stop - one.start for one in leaves))]


def _dead(names: str, are_dead: str, count: int) -> str:
    its = "its" if are_dead.startswith("is") else "their"
    return (
        f"{names} {are_dead} here: all {count:,} of {its} slopes are 0, as claimed and as far as could be measured. "
        f"{its.capitalize()} agreement tests nothing, and what was detached by mistake may look the same: check at a "
        "point where it matters."
    )


def _agrees(leaf: Leaf, acceptable: Flat | bool) -> bool:
    return acceptable if isinstance(acceptable, bool) else bool(acceptable[leaf.start : leaf.stop].all())


def _regularised(blocks: Sequence[Leaf], x: Flat, claimed: Flat, acceptable: Flat | bool) -> Iterator[str]:
    proportional = {leaf.path: _factor(x[leaf.start : leaf.stop], claimed[leaf.start : leaf.stop]) for leaf in blocks}
    if all(proportional.values()):
        return  # the whole objective is a sum of squares
    for leaf in blocks:
        factor = proportional[leaf.path]
        if factor and _agrees(leaf, acceptable):
            yield (
                f"{leaf.path}: its gradient is {factor:.6g} times {leaf.path} itself, as that of a regulariser alone. "
                "If anything else should contribute to it, that was not tested."
            )


def _first_two_differ(x: Flat, claimed: Flat) -> bool:
    """Whether the first two coordinates rule a common factor out, as they do in most blocks: seen without an array."""
    if x.size < FEWEST:
        return False
    (here, there), (claim, other) = x[:2].tolist(), claimed[:2].tolist()
    return bool(here and there) and abs(other / there - claim / here) > SAME * abs(claim / here)


def _factor(x: Flat, claimed: Flat) -> float:
    """Return the factor by which the claimed values are proportional to the coordinates; 0 if they are not."""
    if _first_two_differ(x, claimed) or (x.size > LONG and not _factor(x[:LONG], claimed[:LONG])):
        return 0.0
    with np.errstate(all="ignore"):
        return _common_factor(x, claimed)


def _common_factor(x: Flat, claimed: Flat) -> float:
    first, count = math.nan, 0
    for start in range(0, x.size, PIECE):
        here, claims = x[start : start + PIECE], claimed[start : start + PIECE]
        moving = here != 0
        if claims[~moving].any():
            return 0.0
        quotients = claims[moving] / here[moving].astype(np.float64)
        first = float(quotients[0]) if quotients.size and count == 0 else first
        if not np.all(np.abs(quotients - first) <= SAME * abs(first)):
            return 0.0
        count += quotients.size
    return first if count >= FEWEST and math.isfinite(first) else 0.0
