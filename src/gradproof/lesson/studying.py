"""The function `study`: slopes along one line over many steps, and what their errors show."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..differences import Kink, NoiseFloor, find_kinks, noise_floor
from ..evaluators.choice import evaluator_for, gradient_function
from ..problem.claim import claimed_gradient
from ..problem.numbers import Flat, as_numbers, frozen, read_seed
from ..problem.point import Problem, read_problem
from ..problem.probes import probes_at_x
from ..report.ladder import NOISE_BAR, Rung, fingerprint
from . import orders
from .curves import Curve
from .line import Line, read_line
from .study import Study

# From a quarter of the size of x down to where only rounding is left; powers of two, so that x + h is exact.
COARSEST, FINEST, FINEST_FLOAT32 = -2, -48, -21
# A claimed slope is itself rounded, by a few units in the last place.
ROUNDINGS = 4.0
# The noise of two values over h or over 2h.
NOISE_PARTS = {"forward": 1.0, "centered": 0.5}


class Seen(NamedTuple):
    """The slopes of one formula, what noise may add to each, and which steps cross no known kink."""

    steps: Flat
    slopes: Flat
    bars: Flat
    smooth: Flat


class Reference(NamedTuple):
    """The slope against which errors are measured, and its error bar."""

    slope: float
    error_bar: float


def study(
    f: Any,
    x: Any,
    *,
    gradient: Any = None,
    index: Any = None,
    direction: Any = None,
    steps: Any = None,
    seed: int = 0,
) -> Study:
    """Measure how the errors of forward and centered differences depend on the step, along one line through x.

    Parameters
    ----------
    f : callable
        The objective, of any kind that `check` accepts but `in_place` and `terms`.
    x : array_like or structure of arrays
        The point, in any structure that `check` accepts.  It is never modified.
    gradient : callable or array_like, optional
        The claimed gradient, as for `check`, against which errors are measured.  By default they are measured against
        the best slope found by extrapolation [1]_.
    index : int or str, optional
        What to vary: a flat index; or the name of a coordinate, such as ``"W1[3, 7]"``, or of a block, such as
        ``"W1"``, ``"W1[3]"`` or ``"layers.0"``.  The default is all of `x`.
    direction : "random" or array_like, optional
        The direction within the block: "random" (the default for a block), or a vector v in the structure of `x`.
    steps : array_like, optional
        Positive steps h; along a direction v the points are ``x ± h v``.  The default is 47 powers of two (20 for
        float32), from a quarter of the size of `x` downwards.
    seed : int, optional
        Seed of the random direction.

    Returns
    -------
    Study
        ``print(study)`` shows a table, ``study.plot()`` draws the errors.

    Raises
    ------
    ValueError, TypeError, IndexError
        If an argument is invalid, f(x) is not finite, or f does not return one real number.  Exceptions of `f` at x
        propagate; at other points they count as missing values.

    Notes
    -----
    A study takes about 250 evaluations: two for each step, and others to find kinks and to measure the noise.

    References
    ----------
    .. [1] C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software 4, 75-76
       (1982).

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import study
    >>> found = study(lambda x: np.sum(np.sin(x)), np.array([0.5, 1.0, 2.0]), gradient=np.cos, index=2)
    >>> round(found.forward.order), round(found.centered.order)
    (1, 2)
    >>> found.forward.best_error > found.centered.best_error
    True
    >>> print(found)
    along        x[2]
    ...
    truncation   order 1.00 on ...   order 2.00 on ...
    ...
    """
    problem = read_problem(x)
    line = read_line(f, problem, index, direction, read_seed(seed))
    ladder, ahead, behind = _ladder(steps, line, problem)
    at_x, slopes = _slopes(line, ladder, ahead, behind)
    floor, kink = _noise_and_kink(line, float(ladder[-1]))
    claimed, gradient_calls = _claimed(gradient, problem, line)
    bars = NOISE_BAR * floor.noise / ladder
    smooth = _smooth(ladder, kink)
    seen = {
        formula: Seen(ladder, slopes[formula], bars * part, smooth[formula]) for formula, part in NOISE_PARTS.items()
    }
    reference = _reference(seen["centered"], claimed, problem)
    return Study(
        **line.place._asdict(),
        n=problem.n,
        value=at_x,
        steps=frozen(ladder),
        left=frozen(slopes["backward"]),
        right=frozen(slopes["forward"]),
        claimed=claimed,
        **reference._asdict(),
        against="claimed" if math.isfinite(claimed) else "best slope",
        forward=_curve("forward", seen["forward"], reference),
        centered=_curve("centered", seen["centered"], reference),
        noise_floor=floor.noise,
        arithmetic=floor.arithmetic,
        kink=kink,
        fingerprint=_fingerprint(ladder, slopes, bars, claimed),
        evaluations=line.calls,
        gradient_evaluations=gradient_calls,
        seed=seed,
        warnings=tuple(problem.notes),
    )


def _ladder(steps: Any, line: Line, problem: Problem) -> tuple[Flat, Flat, Flat]:
    """Return the steps, from fine to coarse, that move x to both sides, and the actual moves to the right and left."""
    if steps is None:
        finest = FINEST_FLOAT32 if problem.is_float32 else FINEST
        wanted = line.size * 2.0 ** np.arange(finest, COARSEST + 1)
    else:
        wanted = _steps(steps)
    right, left = (np.array([_taken(line, problem, side * step) for step in wanted]) for side in (1, -1))
    moves = (right != 0.0) & (left != 0.0)
    if not moves.any():
        raise ValueError(f"steps up to {wanted[-1]:g} are too small to move x along {line.place.name}: use larger ones")
    return wanted[moves], right[moves], left[moves]


def _steps(steps: Any) -> Flat:
    wanted: Flat = np.unique(as_numbers(steps, "steps").astype(np.float64).reshape(-1))
    if not wanted.size:
        raise ValueError("steps must not be empty; None means powers of two that suit x")
    allowed = np.isfinite(wanted) & (wanted > 0)
    if not allowed.all():
        raise ValueError(f"steps must be positive and finite, not {wanted[~allowed][0]:g}")
    return wanted


def _taken(line: Line, problem: Problem, step: float) -> float:
    """Return the step that an evaluator actually takes when asked for `step`."""
    reached = (line.at.astype(np.float64) + step / line.size).astype(line.at.dtype)
    return line.taken(reached, problem.x)


def _slopes(line: Line, ladder: Flat, ahead: Flat, behind: Flat) -> tuple[float, dict[str, Flat]]:
    """Return f(x) and the difference quotients over the steps actually taken; NaN where f has no value."""
    evaluator = evaluator_for(line.objective, read_problem(line.at))
    at_x = float(evaluator.evaluate(_probes(np.zeros(0), at_x=True))[0])
    if not math.isfinite(at_x):
        raise ValueError(f"f(x) must be finite for a study at x, but is {at_x}")
    right, left = evaluator.evaluate(_probes(np.concatenate((ladder, -ladder)) / line.size)).reshape(2, -1)
    with np.errstate(all="ignore"):
        slopes = {
            "forward": (right - at_x) / ahead,
            "backward": (left - at_x) / behind,
            "centered": (right - left) / (ahead - behind),
        }
    return at_x, {name: np.where(np.isfinite(part), part, np.nan) for name, part in slopes.items()}


def _probes(steps: Flat, *, at_x: bool = False) -> Flat:
    """Return probes of a function of one variable, optionally preceded by one at x itself."""
    probes = probes_at_x(len(steps) + at_x)
    probes["stop"][at_x:] = 1
    probes["step"][at_x:] = steps
    return probes


def _noise_and_kink(line: Line, largest: float) -> tuple[NoiseFloor, Kink | None]:
    """Return the noise floor along the line, and the nearest kink within the largest step."""
    with np.errstate(all="ignore"):  # outside of the domain no kink is found; warnings would not help
        floor = noise_floor(line.objective, line.at)
        found = find_kinks(line.objective, line.at, radius=largest / line.size)
    if not found:
        return floor, None
    distance, left, right = found[0].distance * line.size, found[0].left / line.size, found[0].right / line.size
    return floor, Kink(line.place.start, line.place.name, distance, left, right)


def _claimed(gradient: Any, problem: Problem, line: Line) -> tuple[float, int]:
    """Return the claimed slope along the line, NaN if there is none, and how often the gradient was called."""
    if gradient is None:
        return math.nan, 0
    claimed, count = claimed_gradient(gradient_function(gradient, problem), problem)
    slope = line.claimed(claimed)
    if not math.isfinite(slope):
        problem.note(f"The claimed slope is {slope}: errors are measured against the best slope found instead.")
        return math.nan, count
    return slope, count


def _reference(centered: Seen, claimed: float, problem: Problem) -> Reference:
    """Return the slope against which errors are measured, with its error bar."""
    if math.isfinite(claimed):
        return Reference(claimed, ROUNDINGS * float(np.finfo(problem.x.dtype).eps) * abs(claimed))
    # Beyond a kink, slopes may agree with each other but not with the slope at x.
    steps, slopes, bars, smooth = centered
    return Reference(*orders.best_slope(steps[smooth], slopes[smooth], bars[smooth]))


def _curve(formula: str, seen: Seen, reference: Reference) -> Curve:
    """Return the errors of one formula, with the fits to them."""
    steps, slopes, bars, smooth = seen
    with np.errstate(all="ignore"):  # of slopes next to 0, or beyond all numbers
        errors = np.abs(slopes - reference.slope)
        truncation = orders.fit_truncation(steps, np.where(smooth, errors, np.nan), bars + reference.error_bar)
        noise = orders.fit_noise(steps, errors, bars, truncation, reference.slope)
        best = orders.best_step(steps, errors, bars)
    return Curve(formula, frozen(slopes), frozen(errors), truncation, noise, *best)


def _smooth(ladder: Flat, kink: Kink | None) -> dict[str, Flat]:
    """Return for each formula which steps stay within the smooth piece around x.

    A kink at x, or closer than the finest steps can resolve, is ignored.
    """
    everywhere = np.ones(len(ladder), bool)
    inside = ladder < abs(kink.distance) if kink is not None else everywhere
    if kink is None or np.count_nonzero(inside) < orders.FEWEST:
        return {"forward": everywhere, "centered": everywhere}
    return {"forward": inside if kink.distance > 0.0 else everywhere, "centered": inside}


def _fingerprint(ladder: Flat, slopes: dict[str, Flat], bars: Flat, claimed: float) -> str:
    if not math.isfinite(claimed):
        return ""
    rows = zip(ladder, slopes["backward"], slopes["forward"], slopes["centered"], bars, strict=True)
    rungs = [Rung(step, left, right, slope, right - left, bar) for step, left, right, slope, bar in rows]
    return fingerprint(rungs, claimed)
