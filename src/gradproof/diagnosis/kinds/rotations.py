"""Claims that are rotated slopes, whose lengths are right, or slopes that a small matrix of neighbours mixes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...problem.numbers import Flat
from ...report.explanation import Explanation
from ...report.remarks.negated import SAME
from ..coincidence import RARE, is_no_coincidence
from ..evidence import MARGIN, Evidence, along_axis
from ..fits import fit

ROUNDING = 1e-9
# Points, quaternions and the like have from two to four coordinates.
FEWEST_OF_GROUP, MOST_OF_GROUP = 2, 4
FEWEST_GROUPS = 3
# The shortest axis along which neighbours are compared, and how many ways of neighbours there are.
FEWEST_ALONG, WAYS = 8, 5.0
# Slopes that count this little beside their neighbours are none: then claims are shifted.
NEAR_NOTHING = 1e-3
# What turns the two parts of complex numbers.
PHASE = "each number has the modulus of its slope, but another phase: is a conjugate missing, or one too many?"
# How many coordinates a rotation vector has.
OF_ROTATION = 3
# Two factors are tried.
TRIES = 2.0
# A normal number lies within a distance of 0 with a probability of at most this, times distance over deviation.
NEAR_ZERO = (2.0 / np.pi) ** 0.5


def rotated(whole: Evidence) -> Explanation | None:
    """Explain the errors of an array by groups of coordinates that are rotated; None if their lengths differ."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or whole.bar.max() <= 0.0:
        return None
    allowed = MARGIN * whole.bar + ROUNDING * np.abs(whole.claimed)
    if np.all(np.abs(np.abs(whole.claimed) - np.abs(whole.slope)) <= allowed):
        return None  # signs
    opposite = np.abs(whole.claimed + whole.slope) <= allowed + SAME * np.abs(whole.slope)
    if np.all(opposite[whole.wrong]):
        return None  # signs as well, of slopes whose error bars are too small
    every = list(_groups(whole.shape))
    for name, groups in every:
        claimed, slope, off, wrong = (each[groups] for each in (whole.claimed, whole.slope, allowed, whole.wrong))
        met = wrong.any(axis=1)
        lengths = [np.linalg.norm(each[met], axis=1) for each in (claimed, slope)]
        tolerance, size = off[met].sum(axis=1), np.linalg.norm((claimed - slope)[met], axis=1)
        if met.sum() < FEWEST_GROUPS or np.any(np.abs(lengths[0] - lengths[1]) > tolerance):
            continue
        # Errors of any kind change lengths by up to their own.
        if is_no_coincidence(tolerance, size, 0, float(len(every))):
            if whole.is_complex and name.endswith(f"axis {len(whole.shape) - 1}"):
                return Explanation("turned", "", PHASE)
            asked = "is a rotation missing, or applied where its inverse should be?"
            return Explanation("turned", "", f"{name} has the length of its slopes, but another direction: {asked}")
    return None


def _groups(shape: tuple[int, ...]) -> Iterator[tuple[str, Flat]]:
    """Yield groups of coordinates with their name, one row of flat indices for each."""
    index = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    for axis, length in enumerate(shape):
        rows = np.moveaxis(index, axis, -1).reshape(-1, length)
        along = along_axis(shape, axis)
        if len(shape) > 1 and FEWEST_OF_GROUP <= length <= MOST_OF_GROUP:
            yield f"each vector{along}", rows
        if length % 2 == 0 and length > FEWEST_OF_GROUP:
            yield f"each pair of neighbours{along}", rows.reshape(-1, 2)
            halves = np.stack([rows[:, : length // 2], rows[:, length // 2 :]], axis=-1)
            yield f"each pair of indices i and i + {length // 2}{along}", halves.reshape(-1, 2)


def by_neighbours(whole: Evidence) -> Explanation | None:
    """Explain an array by one matrix of neighbours between slopes and claims, as a mass matrix is; None if none is."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or whole.bar.max() <= 0.0:
        return None
    claimed, slope, bar = (whole.shaped(each) for each in (whole.claimed, whole.slope, MARGIN * whole.bar))
    for axis, length in enumerate(whole.shape):
        if length < FEWEST_ALONG:
            continue
        of_claims = _fitted(np.moveaxis(claimed, axis, 0), np.moveaxis(slope, axis, 0), np.moveaxis(bar, axis, 0))
        along = along_axis(whole.shape, axis)
        if of_claims is not None:
            asked = "are the claims smoothed, as by the inverse of a mass matrix, or is a step of a stencil missing?"
            return Explanation("neighbours", "", f"slope = {_said(of_claims, 'claim', along)}: {asked}")
        wide = np.moveaxis(bar, axis, 0)
        wide = np.maximum(wide, np.max(wide, axis=0, keepdims=True))
        of_slopes = _fitted(np.moveaxis(slope, axis, 0), np.moveaxis(claimed, axis, 0), 2.0 * wide)
        if of_slopes is not None:
            asked = "is a filter, a mass matrix or a step of a stencil applied that should not be?"
            return Explanation("neighbours", "", f"claimed = {_said(of_slopes, 'slope', along)}: {asked}")
        one_sided = _one_sided(np.moveaxis(slope, axis, 0), np.moveaxis(claimed, axis, 0), 2.0 * wide)
        one_sided = one_sided or _central(np.moveaxis(slope, axis, 0), np.moveaxis(claimed, axis, 0), 2.0 * wide)
        if one_sided:
            asked = "are they averaged, differenced or interpolated, as on a staggered grid?"
            return Explanation("neighbours", "", f"claimed = {one_sided}{along}: {asked}")
    return None


def _central(slope: Flat, claimed: Flat, allowed: Flat) -> str:
    """Return the multiple of the difference of both neighbours that claims are, away from both ends; "" if of none."""
    apart, goal = (slope[2:] - slope[:-2]).ravel(), claimed[1:-1].ravel()
    off = allowed[1:-1].ravel() + ROUNDING * np.abs(goal)
    fitted = fit(apart[:, None], goal, np.maximum(off, 1e-300))
    if fitted is None or not is_no_coincidence(fitted[1], np.abs(goal), 1, WAYS):
        return ""
    return f"{fitted[0][0]:.4g} × (the slope behind - the one before)"


def _one_sided(slope: Flat, claimed: Flat, allowed: Flat) -> str:
    """Return the multiples of a slope and of that on one side that claims are, away from the other end; "" if none."""
    pairs = np.stack([slope[:-1].ravel(), slope[1:].ravel()], axis=1)
    for at, beside, what in ((0, 1, "the one behind"), (1, 0, "the one before")):
        own = slice(0, -1) if at == 0 else slice(1, None)
        goal = claimed[own].ravel()
        off = allowed[own].ravel() + ROUNDING * np.abs(goal)
        fitted = fit(pairs[:, [at, beside]], goal, np.maximum(off, 1e-300))
        if fitted is None:
            continue
        factors, tolerance = fitted
        part = np.abs(factors[1] * pairs[:, beside])
        seen = 2 * int(np.count_nonzero(part > 2.0 * tolerance)) > len(goal)
        scale = np.min(np.abs([goal, part, goal - pairs[:, at]]), axis=0)
        if seen and abs(factors[0]) > NEAR_NOTHING * abs(factors[1]) and is_no_coincidence(tolerance, scale, 2, WAYS):
            return f"{factors[0]:.4g} × slope {'+' if factors[1] > 0 else '-'} {abs(factors[1]):.4g} × {what}"
    return ""


def _fitted(values: Flat, target: Flat, allowed: Flat) -> Flat | None:
    """Return the factors by which values and the sums of their two neighbours make a target, away from both ends."""
    inner, sums = values[1:-1].ravel(), (values[:-2] + values[2:]).ravel()
    goal, off = target[1:-1].ravel(), allowed[1:-1].ravel() + ROUNDING * np.abs(target[1:-1].ravel())
    fitted = fit(np.stack([inner, sums], axis=1), goal, np.maximum(off, 1e-300))
    if fitted is None:
        return None
    factors, tolerance = fitted
    seen = 2 * int(np.count_nonzero(np.abs(factors[1] * sums) > 2.0 * tolerance)) > len(sums)
    # A fit must be much better than the claims, which may be nearly right themselves.
    scale = np.min(np.abs([goal, factors[1] * sums, goal - inner]), axis=0)
    return factors if seen and is_no_coincidence(tolerance, scale, 2, WAYS) else None


def _said(factors: Flat, what: str, along: str) -> str:
    sign = "+" if factors[1] > 0 else "-"
    both = f"(the {what} before + the one behind){along}"
    return f"{factors[0]:.4g} × {what} {sign} {abs(factors[1]):.4g} × {both}"


def _across_x(whole: Evidence) -> Explanation | None:
    """Explain the errors of points that are none along each point itself; None if some are."""
    if len(whole.shape) != 2 or not FEWEST_OF_GROUP <= whole.shape[1] <= MOST_OF_GROUP:
        return None
    terms, bars, wrong = whole.shaped(whole.x * whole.error), whole.shaped(whole.bar * np.abs(whole.x)), whole.wrong
    met = whole.shaped(wrong).any(axis=1) & np.all(terms != 0.0, axis=1)
    total, allowed, size = (
        np.abs(terms.sum(axis=1))[met],
        MARGIN * bars.sum(axis=1)[met],
        np.abs(terms).sum(axis=1)[met],
    )
    if met.sum() < FEWEST_GROUPS or np.any(total > allowed + ROUNDING * size):
        return None
    closest = np.maximum(np.max(total / size), ROUNDING) * size
    if not is_no_coincidence(closest, size, 0, TRIES):
        return None
    asked = "is what depends on their lengths right, and what depends on their directions wrong?"
    return Explanation("along x", "", f"x · claimed is x · slope in each row, but single claims are not: {asked}")


def right_along_x(whole: Evidence) -> Explanation | None:
    """Explain the errors of a vector that are none along x itself, as of a quadratic form; None if there are some."""
    if not whole.is_complete or not np.isfinite(whole.claimed).all() or whole.wrong.sum() < FEWEST_GROUPS:
        return None
    if (across := _across_x(whole)) is not None:
        return across
    claims, slopes = float(whole.claimed @ whole.x), float(whole.slope @ whole.x)
    allowed = MARGIN * float(whole.bar @ np.abs(whole.x)) + ROUNDING * float(np.abs(whole.claimed) @ np.abs(whole.x))
    # A rotation vector is a point of its axis, which the Jacobian of the rotation leaves where it is.
    or_rotation = ", or x a rotation vector whose Jacobian is missing" if len(whole.x) == OF_ROTATION else ""
    for factor, asked in (
        (1.0, f"is a matrix taken for symmetric that is not{or_rotation}?"),
        (0.5, "is one side of a quadratic form missing?"),
    ):
        # Errors where x is 0 add nothing to the sum, whatever they are.
        terms = whole.x * (whole.claimed - factor * whole.slope)
        size = float(np.linalg.norm(terms))
        if abs(claims - factor * slopes) > allowed or abs(slopes) <= allowed or np.count_nonzero(terms) < FEWEST_GROUPS:
            continue
        # A single sum: what counts is how close it is, which is much closer than the bars of so many slopes allow.
        off = max(abs(claims - factor * slopes), ROUNDING * size)
        if TRIES * NEAR_ZERO * off <= RARE * size:
            part = "" if factor == 1.0 else f"{factor:g} × "
            text = f"the sum of x · claimed is {part}that of x · slope, but single claims are not: {asked}"
            return Explanation("along x", "", text)
    return None
