"""The power of a check along lines: which errors it would have detected, in numbers and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .text.figures import short

# Every line detects a single error of this many bars: |v| >= 1/2, and half of what shows may be the bar itself.
SURE = 4.0
# An error vector is detected if a line shows 2 bars of it, one for the bar itself, one for the error of the measured
# slope, and what rtol allows besides: this many times the vector's norm does it, if it is at least this part of it.
LIKELY = 11.0
PART = 1.0 / LIKELY
MOST_DIGITS = 9
# Along a random line rtol allows this many times itself of the norm (core/lines/decision.py).
ALLOWED_BY_RTOL = 3.0
# Disagreements between one bar and three are checked on a second set of lines; errors of up to four bars get there.
PART_OF_A_SECOND_LOOK = 2.0 / LIKELY


def miss_of_one_line(part: float) -> float:
    """Return an upper bound on the probability that a line shows less than `part` of the norm of an error vector.

    Parameters
    ----------
    part
        From 0 to 1.

    Returns
    -------
    float
        sqrt(2) * part, at most 1: a bound for every error vector.  Two equal errors come close to it: their sum is
        small if their signs differ (probability 1/2) and their magnitudes differ by less than d = sqrt(2) * part
        (probability 2 d - d²).

    Notes
    -----
    The bound follows from the distribution of the directions alone, for any objective.  Let the errors e_i, in scales,
    have norm 1.  Along a line they add up to the sum of e_i v_i, where v_i has density 1/2 on [-3/2, -1/2] and on
    [1/2, 3/2].  The density of the sum never exceeds 1/sqrt(2), and the interval from -part to part has length
    2 * part:

    - If one |e_i| is at least 1/sqrt(2), the density of e_i v_i alone is at most 1 / (2 |e_i|), whatever the others
      add.
    - Otherwise, invert the characteristic function, phi(t) = cos(t) sin(t/2) / (t/2) for one v_i, and apply Hölder's
      inequality with the exponents p_i = 1 / e_i² > 2, as in Ball, "Cube slicing in R^n", Proceedings of the American
      Mathematical Society 97 (1986), 465-473: the density is at most the largest sqrt(p) / (2 pi) times the integral
      of |phi|**p.  At p = 2 that is 1/sqrt(2) by Parseval's theorem; for larger p it is less, which is computed, not
      proved (tests/report/test_power.py).
    """
    return min(1.0, math.sqrt(2.0) * part)


@dataclass(frozen=True)
class BlockPower:
    """The power of a check along lines in one named block.

    Attributes
    ----------
    name : str
        The name of the block.
    norm : float
        Euclidean norm of its claimed gradient, each component times the scale of its coordinate.
    bar : float
        Error bar of the lines through it, in units of f.
    factor : float
        The smallest error common to all its components, relative to them, that would have been detected: by lines along
        the claimed gradient, where it shows as it is, or by random lines, of which four miss an error of ten bars with
        a probability of at most 0.34 %.  Above 1 they could all be off by a factor of 2 unseen.
    ratio : float
        Its claimed slope along its own claimed gradient, over the measured one: the factor by which the claim is off, 1
        where it is right.  NaN if it was not measured.
    ratio_bar : float
        The error bar of `ratio`.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> p = {"W": np.ones((5, 3)), "b": np.ones(5)}
    >>> report = check(lambda p: np.sum(p["W"] ** 2) + np.sum(p["b"]), {"W": 2 * p["W"], "b": p["b"]}, p, mode="lines")
    >>> [block.name for block in report.power.blocks]
    ['W', 'b']
    >>> all(block.single > block.bar for block in report.power.blocks)
    True
    >>> all(abs(block.ratio - 1) < block.ratio_bar < 1e-5 for block in report.power.blocks)
    True
    """

    name: str
    norm: float
    bar: float
    factor: float = 0.0
    ratio: float = math.nan
    ratio_bar: float = math.nan

    @property
    def single(self) -> float:
        """The smallest error of a single coordinate, times its scale, that is certain to be detected."""
        return SURE * self.bar


def has_ratio(block: BlockPower) -> bool:
    """Return whether the ratio of a block says something: its bar is smaller than it is, or than 1."""
    return block.ratio_bar < max(abs(block.ratio), 1.0)


@dataclass(frozen=True)
class Power:
    """The power of a check along lines: which errors it would have detected; ``str(power)`` says it in a sentence.

    Slopes along lines are in units of f: every coordinate moves by its scale, which is its size, or a tenth of the root
    mean square of x in its window of 1,024 coordinates if that is larger.  Where most of the claimed slopes would then
    be those of a few coordinates, a millionth as large as the others, the scale of each is its size, whatever it is.
    Where x is below a thousandth and f does not move on that scale, no scale is below 1.

    Attributes
    ----------
    bar : float
        Error bar of the slope along a random line.
    norm : float
        Euclidean norm of the claimed gradient, each component times the scale of its coordinate.
    lines : int
        The number of random lines.
    aligned_bar, total, aligned_lines : float, float, int
        Error bar, claimed slope (the sum of absolute values) and number of the lines along the claimed gradient.
    parts_bar, parts : float, int
        Error bar and number of the shorter lines through parts of x; 0 if there were none.
    hidden : float
        The error that kinks at x may hide along a line.
    seen, seen_factor : float, float
        What lines disagreed by, although no coordinate is to blame, because `rtol` allows it: the largest disagreement
        along a random line, which `bar` includes, and the common factor of the claims, which `factor` includes; 0 and
        1 if nothing was seen.
    resolution : float
        Four error bars, or three times what `rtol` allows of the largest claimed slope if that is more.
    rtol : float
        The relative error that counts as wrong.
    evaluations, gradient_evaluations : int
        How often the objective and the gradient were called.
    blocks : tuple of BlockPower
        The same for each named block of x.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> x = np.linspace(-1, 1, 10_000)
    >>> power = check(lambda x: np.sum(x**3), 3 * x**2, x).power
    >>> print(power)
    right to ... of the gradient's norm (... in units of f); ...
    >>> power.relative < 1e-5 and power.factor < 1e-5 and power.probability > 0.99
    True

    An error of a single coordinate is detected if it exceeds `single`, any other if its norm exceeds `any_error`; at a
    kink at x a coordinate has a resolution of its own, in its finding:

    >>> power.bar < power.single < power.any_error
    True
    >>> power.relative < power.single_relative < power.any_relative
    True

    In float32 the slopes of a small array may be hidden: it could be off by a factor of 2 unseen.

    >>> p = {"W": np.ones(9000, np.float32), "b": np.full(9, 1e-6, np.float32)}
    >>> def objective(p):
    ...     return np.sum(p["W"] ** 2) + np.sum(p["b"] ** 2)
    >>> check(objective, {"W": 2 * p["W"], "b": 2 * p["b"]}, p).power.unseen
    ('b',)
    """

    bar: float
    norm: float
    lines: int
    aligned_bar: float
    total: float
    aligned_lines: int
    parts_bar: float
    parts: int
    hidden: float
    seen: float
    seen_factor: float
    resolution: float
    rtol: float
    evaluations: int
    gradient_evaluations: int
    blocks: tuple[BlockPower, ...]

    @property
    def relative(self) -> float:
        """`bar` relative to `norm`: to this accuracy the gradient is right."""
        return self.bar / self.norm if self.norm else math.inf

    @property
    def single(self) -> float:
        """The smallest error of a single coordinate, times its scale, that is certain to be called wrong."""
        return self.resolution

    @property
    def single_relative(self) -> float:
        """`single` relative to `norm`."""
        return self.single / self.norm if self.norm else math.inf

    @property
    def any_error(self) -> float:
        """The norm, in scales, above which an error vector of any shape is called wrong with `probability`.

        Smaller ones are seen, too, but may be spread over x as `rtol` allows.
        """
        return LIKELY * (2.0 * self.bar + ALLOWED_BY_RTOL * self.rtol * self.norm)

    @property
    def any_relative(self) -> float:
        """`any_error` relative to `norm`."""
        return self.any_error / self.norm if self.norm else math.inf

    @property
    def probability(self) -> float:
        """A lower bound on the probability that an error vector of norm `any_error` is detected (Ball, 1986).

        It is missed if all lines show little of it, or just enough to draw a second set of lines that shows little.
        """
        missed = miss_of_one_line(PART) ** self.lines
        return 1.0 - missed * (1.0 + miss_of_one_line(PART_OF_A_SECOND_LOOK) ** self.lines) if self.lines else 0.0

    @property
    def unseen(self) -> tuple[str, ...]:
        """The names of the blocks whose components could all be off by a factor of 2 unseen, worst first.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> x = np.linspace(-1, 1, 10_000)
        >>> check(lambda p: np.sum(p["x"] ** 3), {"x": 3 * x**2}, {"x": x}).power.unseen
        ()
        """
        hidden = sorted((block for block in self.blocks if block.factor > 1), key=lambda block: -block.factor)
        return tuple(block.name for block in hidden)

    @property
    def factor(self) -> float:
        """The smallest relative error common to all components that lines along the claimed gradient would detect."""
        return self.aligned_bar / self.total if self.total and self.aligned_lines else math.inf

    def derived(self) -> dict[str, Any]:
        """Return the properties of this object, and ``str(power)`` as "statement", as a dict.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> x = np.linspace(-1, 1, 10_000)
        >>> list(check(lambda x: np.sum(x**3), 3 * x**2, x).power.derived())[:3]
        ['relative', 'single', 'single_relative']
        """
        names = ("relative", "single", "single_relative", "any_error", "any_relative", "probability", "factor")
        return {**{name: getattr(self, name) for name in names}, "unseen": self.unseen, "statement": str(self)}

    def __str__(self) -> str:
        if not self.lines:
            return "the check ended before any line agreed: nothing is known"
        if not self.norm:
            return (
                f"the claimed gradient is 0; a slope of {short(self.single)} in a coordinate would have been detected"
            )
        lines = f"{self.lines} + {self.aligned_lines} lines" if self.aligned_lines else f"{self.lines} lines"
        if self.parts:
            lines += f", {self.parts} parts with their own lines"
        gradient = f", {self.gradient_evaluations} of g" if self.gradient_evaluations else ""
        factor = f"; a common factor is 1 to within {short(self.factor)}" if self.aligned_lines else ""
        return (
            f"right to {short(self.relative)} of the gradient's norm ({short(self.bar)} in units of f){factor}; any "
            f"single coordinate off by more than {short(self.single_relative)} of it would certainly have been "
            f"detected, any error vector above {short(self.any_relative)} with probability ≥ "
            f"{_floor(self.probability)}; {lines}, "
            f"{self.evaluations:,} evaluations of f{gradient}{self._seen()}"
        )

    def _seen(self) -> str:
        """Return what lines saw and rtol allows, as text."""
        seen = [f"a common factor of {self.seen_factor:.{MOST_DIGITS}g}"] if self.seen_factor != 1.0 else []
        if self.seen:
            seen.append(f"a disagreement of {short(self.seen / self.norm)} of the norm along random lines")
        return f"; {' and '.join(seen)} {'was' if len(seen) == 1 else 'were'} seen, below rtol" if seen else ""


def _floor(probability: float) -> str:
    """Format a probability, rounded down after its first digit that is not 9: two to nine digits."""
    # Imported on use: only reports along lines need it.
    from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

    # Not in the context of the thread, in which the user's code may ask for two digits or for exceptions.
    context = Context(28, ROUND_HALF_EVEN, traps=[])
    exact = Decimal(min(probability, math.nextafter(1.0, 0.0)))
    digits = min(max(2, -context.subtract(Decimal(1), exact).adjusted()), MOST_DIGITS)
    return str(exact.quantize(Decimal((0, (1,), -digits)), ROUND_DOWN, context))
