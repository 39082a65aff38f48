"""What a check along lines would have seen: its power, in words and numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..core.records.border import Report
from ..problem.numbers import Flat
from ..problem.structure import Layout

# A single error of so many bars is seen by every line: |v| >= 1/2, and half of what shows may be the bar itself.
SURE = 4.0
# An error vector whose norm is so many bars shows where the lines give 2 bars of it: one its bar, one the bar's error.
LIKELY = 22.0
PART = 2.0 / LIKELY
MOST_DIGITS = 9
# Between one bar and three the lines are drawn a second time: up to four bars of an error come to that.
PART_OF_A_SECOND_LOOK = 4.0 / LIKELY


def miss_of_one_line(part: float) -> float:
    """Return the probability that a line shows less than `part` of the norm of an error vector, at most.

    Parameters
    ----------
    part
        From 0 to 1.

    Returns
    -------
    float
        sqrt(2) * part, at most 1: a bound for every error vector.  Two equal errors come near to it: their sum is small
        where their signs differ (probability 1/2) and the magnitudes are nearer to each other than
        d = sqrt(2) * part (probability 2 d - d²).

    Notes
    -----
    From the distribution of the directions alone, whatever the objective.  Let the errors e_i, in scales, have the norm
    1.  Along a line they add up to the sum of e_i v_i, where v_i has the density 1/2 on [-3/2, -1/2] and on [1/2, 3/2].
    The density of the sum is nowhere above 1/sqrt(2), and the interval from -part to part is 2 * part long:

    - Where one |e_i| is at least 1/sqrt(2), the density of e_i v_i alone, whatever the others add, is at most
      1 / (2 |e_i|).
    - Else by the inversion of the characteristic function, phi(t) = cos(t) sin(t/2) / (t/2) for one v_i, and Hölder's
      inequality with the exponents p_i = 1 / e_i² > 2, as in Ball, "Cube slicing in R^n", Proceedings of the American
      Mathematical Society 97 (1986), 465-473: the density is at most the largest sqrt(p) / (2 pi) times the integral
      of |phi|**p.  At p = 2 that is 1/sqrt(2) by Parseval's equation; beyond, it is less, which is computed, not
      proved (tests/report/test_power.py).
    """
    return min(1.0, math.sqrt(2.0) * part)


@dataclass(frozen=True)
class BlockPower:
    """What lines would have seen in one named block: `norm` of its claimed gradient, `bar` of the lines over it."""

    name: str
    norm: float
    bar: float

    @property
    def single(self) -> float:
        """The error of one coordinate, times its scale, that would have been seen for certain."""
        return SURE * self.bar


@dataclass(frozen=True)
class Power:
    """The power of a check along lines; all slopes are in units of f, every coordinate moved by its scale.

    The scale of a coordinate is its size, at least a tenth of the root mean square of x in its window of 1,024
    coordinates.  `bar` is the error bar of the slope along a random line, `norm` the Euclidean norm of the claimed
    gradient in these scales, `aligned_bar` and `total` the same along the claimed gradient, where `total` is the sum of
    its absolute values; `parts_bar` the bar of shorter lines, 0 without any; `hidden` what kinks at x may hide along a
    line.
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
    evaluations: int
    gradient_evaluations: int
    blocks: tuple[BlockPower, ...]

    @property
    def relative(self) -> float:
        """The bar, relative to the norm: so far the gradient is right."""
        return self.bar / self.norm if self.norm else math.inf

    @property
    def single(self) -> float:
        """The error of one coordinate, times its scale, that would have been seen for certain."""
        return SURE * (min(self.bar, self.parts_bar) if self.parts_bar else self.bar)

    @property
    def single_relative(self) -> float:
        """The same, relative to the norm."""
        return self.single / self.norm if self.norm else math.inf

    @property
    def any_error(self) -> float:
        """The norm, in scales, of error vectors that would have been seen with `probability`, whatever their shape."""
        return LIKELY * self.bar

    @property
    def any_relative(self) -> float:
        """The same, relative to the norm of the claimed gradient."""
        return self.any_error / self.norm if self.norm else math.inf

    @property
    def probability(self) -> float:
        """With what probability, at least, an error vector of the norm `any_error` would have been seen.

        It is missed where all lines show little of it, or so much that they are drawn again, and then little.
        """
        missed = miss_of_one_line(PART) ** self.lines
        return 1.0 - missed * (1.0 + miss_of_one_line(PART_OF_A_SECOND_LOOK) ** self.lines) if self.lines else 0.0

    @property
    def factor(self) -> float:
        """The common factor of the gradient, less 1, that lines along the claim would have seen."""
        return self.aligned_bar / self.total if self.total and self.aligned_lines else math.inf

    def derived(self) -> dict[str, Any]:
        """Return what follows from the fields, and the statement, by its name."""
        names = ("relative", "single", "single_relative", "any_error", "any_relative", "probability", "factor")
        return {**{name: getattr(self, name) for name in names}, "statement": str(self)}

    def __str__(self) -> str:
        if not self.lines:
            return "no line agreed before the check ended: nothing is known"
        if not self.norm:
            return f"the claimed gradient is 0; a slope of {_short(self.single)} of a coordinate would have been seen"
        lines = f"{self.lines} + {self.aligned_lines} lines" if self.aligned_lines else f"{self.lines} lines"
        if self.parts:
            lines += f", {self.parts} parts with lines of their own"
        gradient = f", {self.gradient_evaluations} of g" if self.gradient_evaluations else ""
        factor = f"; a common factor to {_short(self.factor)}" if self.aligned_lines else ""
        return (
            f"right to {_short(self.relative)} of the gradient's norm{factor}; any single coordinate off by more than "
            f"{_short(self.single_relative)} of it would have been seen for certain, any error vector above "
            f"{_short(self.any_relative)} with probability ≥ {_floor(self.probability)}; {lines}, "
            f"{self.evaluations:,} evaluations of f{gradient}"
        )


def _short(value: float) -> str:
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent and not 0.1 <= value < 1000 else f"{value:.2g}"


def _floor(probability: float) -> str:
    """Return a probability as far as its first digit that is not 9, at least two and at most nine, rounded down."""
    # On use: only reports along lines are printed with it.
    from decimal import ROUND_DOWN, Decimal

    exact = Decimal(min(probability, math.nextafter(1.0, 0.0)))
    digits = min(max(2, -(1 - exact).adjusted()), MOST_DIGITS)
    return str(exact.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN))


def make_power(report: Report, gradient_evaluations: int, layout: Layout, blocks: tuple[Flat, Flat]) -> Power:
    """Return the power that the report of the engine tells, with the named blocks of x."""
    bar = float(report.bar)
    leaves = [leaf for leaf in layout.leaves if leaf.stop > leaf.start]
    known = zip(leaves, *(part.tolist() for part in blocks), strict=True) if len(blocks[0]) else ()
    return Power(
        bar=bar,
        norm=float(report.norm),
        lines=report.lines,
        aligned_bar=float(report.aligned_bar),
        total=float(report.sum),
        aligned_lines=report.aligned_lines,
        parts_bar=float(report.parts_bar),
        parts=report.parts,
        hidden=float(report.hidden),
        evaluations=report.evaluations,
        gradient_evaluations=gradient_evaluations,
        blocks=tuple(BlockPower(leaf.path, norm, own or bar) for leaf, norm, own in known),
    )
