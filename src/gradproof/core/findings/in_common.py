"""What wrong coordinates have in common: all claims are their slopes times a factor, or off by a multiple of x."""

from __future__ import annotations

import math

from ..evidence.intervals import NO_KINK
from ..records.border import Finding, Report
from ..records.codes import EXPLAINED_BY_FACTOR, EXPLAINED_BY_NOT_FINITE, EXPLAINED_BY_X, EXPLAINED_BY_ZERO, WRONG
from ..records.engine import ConstEngine, coordinate_of, finding_of
from ..records.floats import larger, power_of_two_above, smaller
from .found import found_alone

# Bars are bounds; a little more allows for the rounding of what is computed from them, and for that of the claims.
MARGIN = 1.5
ROUNDING = 1e-7
# A number that could be anything up to its own size lies in an interval as often as that is long beside it.  Here its
# own interval and the narrowest one meet, from either side.
CHANCE = 4.0
# What fits is told only if errors of another kind would fit this rarely.  The number is adapted to one coordinate, and
# none counts for less than rounding allows: three coordinates are needed.
RARE = 1e-13
# A power of two is not adapted to any of them: it is one of some forty that a factor may be by mistake.
RARE_POWER = 1e-6 / 40.0


def note_explanation(engine: ConstEngine, report: Report) -> None:
    """Write what wrong coordinates that were tested alone have in common, the simplest that there is."""
    if not fits(engine, report, EXPLAINED_BY_FACTOR):
        fits(engine, report, EXPLAINED_BY_X)


def fits(engine: ConstEngine, report: Report, kind: int) -> bool:
    """Return whether one number explains what is wrong, but for kinks, by no coincidence; write it if so.

    Every coordinate has an interval in which the number must lie: these have one in common, or nothing is explained.
    """
    low = -math.inf
    high = math.inf
    chance = 1.0
    count = 0
    finite = 0
    total = 0.0
    for number in range(found_alone(engine)):
        finding = finding_of(engine, number)
        if finding.cause == WRONG and finding.kink == NO_KINK:
            count += 1
            finite += 1 if math.isfinite(finding.claimed) else 0
            total += math.fabs(finding.claimed)
            value, relative = number_of(engine, finding, kind)
            chance *= smaller(CHANCE * relative, 1.0)
            relative *= math.fabs(value)
            # Where one of them says nothing, no number fits: what is not finite, less itself, is not a number.
            low = larger(value - relative, low) + (value - value)
            high = smaller(value + relative, high)
    if finite == 0:
        kind = EXPLAINED_BY_NOT_FINITE
    elif total == 0.0:
        kind = EXPLAINED_BY_ZERO
    elif not (low <= high and is_no_coincidence((low + high) / 2.0, (high - low) / 2.0, chance)):
        return False
    if count > 1:
        report.explanation = kind
        report.explained = count
        report.factor = (low + high) / 2.0
        report.factor_bar = (high - low) / 2.0
    return True


def number_of(engine: ConstEngine, finding: Finding, kind: int) -> tuple[float, float]:
    """Return the number that explains one error alone, and its bar as a part of it."""
    claimed = finding.claimed
    slope = finding.slope
    if kind == EXPLAINED_BY_FACTOR:
        return claimed / slope, MARGIN * finding.error_bar / math.fabs(slope) + ROUNDING
    error = claimed - slope
    return error / coordinate_of(engine, finding.start).x, MARGIN * finding.error_bar / math.fabs(error) + ROUNDING


def is_no_coincidence(factor: float, bar: float, chance: float) -> bool:
    """Return whether errors of another kind would hardly ever fit a number, which is known not to be 0."""
    size = math.fabs(factor)
    is_power = power_of_two_above(size - bar) <= size + bar
    return bar < size and chance <= (RARE_POWER if is_power else RARE)
