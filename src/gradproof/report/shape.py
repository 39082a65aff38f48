"""The shape of f near x that keeps a coordinate undecided, recognised from its values: stairs, a jump, a root, a tie.

A claim may stay undecided because f has no slope there that a claim could be compared with.  Which shape it is decides
what to do, and the values along the coordinate show it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..core.text.sentences import EQUAL
from .cause import Cause
from .text.figures import short

if TYPE_CHECKING:
    from .finding import Finding

# At least this many of the finest steps must show the same; fewer may do so by chance.
FEWEST = 3
# Rounding does not move f by this many units of its arithmetic at the first step that moves it at all: steps grow by
# factors of 4, and f on from there by a small power of them.
UNITS_OF_A_STAIR = 256.0
UNIT_FLOAT32, UNIT_FLOAT64 = 2.0**-24, 2.0**-53
# Changes within this factor are one size.
SAME = 2.0
# Steps of one kind must span this factor: those that close in on a jump are all alike.
SPAN = 16.0
# What stands out of the noise, in standard deviations of it.
CLEAR = 16.0
# A jump is at x if it lies within this many spacings of x, where steps begin, or within this part of the largest step.
AT_X, PART = 1024.0, 2.0**-40
# The two sides of an isolated value differ by less than this part of it at the finest steps.
ALONE = 2.0**-20
# Behind a kink, f goes on at least as steeply as to the first step that moves it; from one to the next of the first so
# many points, stairs fall back to less than this part.
SLOWER, SECANTS = 0.9, 4
# Where f varies within its noise, its slope has changed by half this far above the finest step that is clear.
SOON = 4096.0
# A vertical tangent: |slope| grows like a power of 1/h between these, those of a slope and of a jump.
POWERS = (0.1, 0.9)
FEWEST_POWERS = 6
UNDECIDED = (Cause.NOISE_LIMITED, Cause.STEP_LIMITED)


class Shape(NamedTuple):
    """A shape of f near x: its kind, and what it means for a claim, without a full stop."""

    kind: str
    sentence: str


class Side(NamedTuple):
    """The changes of f on one side of x, at the finest steps first: ``sign`` is 1 to the right."""

    sign: int
    steps: tuple[float, ...]
    changes: tuple[float, ...]

    @property
    def slopes(self) -> tuple[float, ...]:
        """The one-sided difference quotients."""
        return tuple(self.sign * change / step for step, change in zip(self.steps, self.changes, strict=True))

    @property
    def flat(self) -> int:
        """How many of the finest steps do not move f at all."""
        return next((at for at, change in enumerate(self.changes) if change), len(self.changes))


NONE = Shape("", "")


def shape_of(finding: Finding) -> Shape:
    """Return the shape of f that keeps a finding undecided; `NONE` if it is decided, or its values show none."""
    if finding.cause not in UNDECIDED or finding.is_line or finding.rows is not None:
        return NONE
    if finding.partner >= 0:
        return Shape("equal", EQUAL)
    at_x, steps, values = finding._values.along(finding.index)
    sides = [_side(sign, at_x, steps, values) for sign in (-1, 1)]
    x = finding._values.x_at(finding.index)
    return (
        _stairs(sides, at_x, values, is_zero=finding.claimed == 0)
        or _jump(sides, finding._noise, math.ulp(x))
        or _vertical(sides, finding._noise)
        or _restless(sides, finding._noise)
        or _narrow(sides, finding._noise)
        or NONE
    )


def _side(sign: int, at_x: float, steps: Sequence[float], values: Sequence[float]) -> Side:
    found = sorted({abs(h): v - at_x for h, v in zip(steps, values, strict=True) if h * sign > 0}.items())
    finite = [(step, change) for step, change in found if math.isfinite(change)]
    return Side(sign, tuple(step for step, _ in finite), tuple(change for _, change in finite))


# ---- Stairs ----------------------------------------------------------------------------------------------------------


def _stairs(sides: Sequence[Side], at_x: float, values: Sequence[float], *, is_zero: bool) -> Shape | None:
    """Return the shape of an f that is constant near x and moves in steps further away."""
    known = np.array([at_x, *values])
    with np.errstate(over="ignore"):
        unit = UNIT_FLOAT32 if np.array_equal(known.astype(np.float32), known) else UNIT_FLOAT64
    flat = [side for side in sides if side.flat >= FEWEST]
    moving = [side for side in flat if side.flat < len(side.steps)]
    if not any(_is_stair(side, unit * UNITS_OF_A_STAIR * abs(at_x)) for side in moving):
        return None
    if len(flat) < len(sides) and not any(_jumps(side, 0.0) for side in sides if side not in flat):
        return None
    within = min(side.steps[side.flat - 1] for side in flat)
    height = min(abs(side.changes[side.flat]) for side in moving)
    trend = _trend(sides)
    follows = f", its trend {short(trend)}" if trend else ""
    where = (
        "" if len(flat) == len(sides) else f" on the {'right' if flat[0].sign > 0 else 'left'} of x, with a jump at x"
    )
    what = (
        f"Its slope is 0, as is claimed{follows}: right if the steps are meant"
        if is_zero
        else f"Its slope is 0{follows}: claim 0 if the steps are meant"
    )
    return Shape(
        "stairs",
        f"f is piecewise constant here{where}: steps of up to {short(within)} do not move it at all, larger ones by "
        f"{short(height)} or more. {what}, as those of round are; if not, smooth f, or compute it with more digits",
    )


def _is_stair(side: Side, rounding: float) -> bool:
    """Whether f jumps at the end of its flat piece: after a kink it would continue at least as steeply as it began."""
    first = side.flat
    if not abs(side.changes[first]) > rounding:
        return False
    points = [(side.steps[first - 1], 0.0), (side.steps[first], side.changes[first])]
    for step, change in zip(side.steps[first + 1 :], side.changes[first + 1 :], strict=True):
        if step - points[-1][0] >= SAME * (points[-1][0] - points[-2][0]):
            points.append((step, change))
    pieces = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in itertools.pairwise(points[:SECANTS])]
    up = math.copysign(1.0, side.changes[first])
    return any(up * after < SLOWER * up * before for before, after in itertools.pairwise(pieces))


def _trend(sides: Sequence[Side]) -> float:
    """Return the slope at the coarsest steps, if they agree about it; else 0."""
    coarsest = [slope for side in sides for slope in side.slopes[-FEWEST:]]
    if not coarsest or not min(coarsest) * max(coarsest) > 0:
        return 0.0
    sizes = sorted(map(abs, coarsest))
    return math.copysign(float(np.median(sizes)), coarsest[0]) if sizes[-1] <= SAME * sizes[0] else 0.0


# ---- Jumps, roots, and what varies at every step ---------------------------------------------------------------------


def _jump(sides: Sequence[Side], noise: float, spacing: float) -> Shape | None:
    """Return the shape of an f whose finest steps all move it by one amount."""
    found = [side for side in sides if _jumps(side, CLEAR * noise)]
    if not found:
        return None
    finest = max(side.steps[0] for side in found)
    near = max(AT_X * spacing, PART * max(side.steps[-1] for side in found))
    if finest <= near and _are_one(sides, CLEAR * noise):
        return Shape(
            "alone",
            "f has a value of its own at x, as a comparison by == gives it: on both sides of x it is another one, by "
            f"{short(found[0].changes[0])}, so there is no slope; check at a point beside x, or make f continuous",
        )
    place = "at x" if finest <= near else f"within {short(finest)} of x, or varies that fast"
    amounts = " and ".join(f"{short(side.changes[0])} to the {'right' if side.sign > 0 else 'left'}" for side in found)
    return Shape(
        "jump",
        f"f jumps {place}: all of the finest steps change it by {amounts}, so its slope grows as they shrink, and no "
        "claim is confirmed there; check beside the jump, or make f continuous",
    )


def _jumps(side: Side, noise: float) -> bool:
    """Whether the finest steps of a side, over a factor `SPAN`, move f by one amount above the noise."""
    near = [change for step, change in zip(side.steps, side.changes, strict=True) if step <= SPAN * side.steps[0]]
    if len(near) < FEWEST or not side.steps[-1] >= SPAN * side.steps[0] or min(near) * max(near) <= 0:
        return False
    sizes = [abs(change) for change in near]
    return min(sizes) > noise and max(sizes) <= SAME * min(sizes)


def _are_one(sides: Sequence[Side], noise: float) -> bool:
    """Whether f jumps on both sides of x by one amount, as the finest steps show it: only the value at x is another."""
    if not all(_jumps(side, noise) for side in sides):
        return False
    left, right = (side.changes[0] for side in sides)
    return abs(right - left) <= max(noise, ALONE * abs(left))


def _vertical(sides: Sequence[Side], noise: float) -> Shape | None:
    """Return the shape of an f whose slope grows as a power of the step shrinks, which no finite slope does."""
    powers = [power for side in sides if (power := _power(side, CLEAR * noise))]
    if not powers:
        return None
    return Shape(
        "vertical",
        f"the slope of f grows without end as the step shrinks, like h^-{short(max(powers))}, as that of a root does "
        "where it is 0: no finite claim is its slope; check at a point beside it, or keep f away from it",
    )


def _power(side: Side, noise: float) -> float:
    """Return p if the slopes of a side grow steadily like h^-p toward x; 0 if not."""
    clear = [
        (step, abs(slope))
        for step, change, slope in zip(side.steps, side.changes, side.slopes, strict=True)
        if abs(change) > noise
    ]
    finest = clear[: len(clear) // 2]
    if len(finest) < FEWEST_POWERS or len(clear) < len(side.steps) // 2:
        return 0.0
    steps, slopes = (np.log([pair[at] for pair in finest]) for at in (0, 1))
    each = -np.diff(slopes) / np.diff(steps)
    lowest, highest = POWERS
    steady = bool(np.all((each >= lowest) & (each <= highest)))
    return float((slopes[0] - slopes[-1]) / (steps[-1] - steps[0])) if steady else 0.0


def _restless(sides: Sequence[Side], noise: float) -> Shape | None:
    """Return the shape of an f that moves at every step by about its noise, whatever the step."""
    moved = [abs(change) for side in sides for change in side.changes]
    steps = [step for side in sides for step in side.steps]
    if len(moved) < FEWEST_POWERS or not noise > 0 or max(steps) < SPAN**3 * min(steps):
        return None
    if not (noise / CLEAR < float(np.median(moved)) and max(moved) <= CLEAR * noise):
        return None
    if float(np.count_nonzero(moved)) < len(moved):
        return None
    return Shape(
        "restless",
        f"f moves by about {short(noise)} whatever the step, from {short(min(steps))} to {short(max(steps))}, which "
        "hides the slope: tighten the tolerance of a solver inside of f, or fix its random seed; if f has neither, it "
        f"varies within {short(min(steps))} of x, and needs other units or a smoother form",
    )


def _narrow(sides: Sequence[Side], noise: float) -> Shape | None:
    """Return the shape of an f whose slope has changed soon above the finest step that stands out of its noise."""
    ends = [end for side in sides if side.steps and (end := _ends(side, CLEAR * noise))]
    if not ends or len(ends) < sum(len(side.steps) > 0 for side in sides):
        return None
    finest, changed = min(ends)[0], max(end for _, end in ends)
    return Shape(
        "narrow",
        f"f's noise ({short(noise)}) hides the slope: steps below {short(finest)} do not stand out of it, and by "
        f"{short(changed)} the slope is another one; make f less noisy (the tolerance of a solver, a random seed, "
        "sums that cancel), or smoother",
    )


def _ends(side: Side, noise: float) -> tuple[float, float] | None:
    """Return the finest step that is clear, and the one by which the slope has changed; None if it stays."""
    first = next((at for at, change in enumerate(side.changes) if abs(change) > noise), len(side.steps))
    for step, slope in zip(side.steps[first + 1 :], side.slopes[first + 1 :], strict=True):
        if abs(slope - side.slopes[first]) >= abs(side.slopes[first]) / 2:
            return (side.steps[first], step) if step <= SOON * side.steps[first] else None
    return None
