"""Equal values: f may be smooth along every coordinate alone, and yet have a kink where some of them are equal.

The second largest of three equal values moves with none of them alone, and with all of them together.  What is known of
the coordinates one by one then neither proves their claims nor refutes them.  Along the line on which all of them move
by the same step the slope of a differentiable f is the sum of their slopes: where it is not, the claims must agree with
the line together.
"""

from __future__ import annotations

import math

from ..evidence.intervals import NO_KINK
from ..evidence.scales import UNIT_FLOAT64, line_size, smallest_step
from ..records import codes
from ..records.engine import Engine, Slot, coordinate_of, finding_of
from ..records.floats import larger, smaller, spacing
from . import phases
from .outcome import new_finding
from .shared_line import ABOVE_SMALLEST, SUM_ROUNDING, ask_first_pair, begin_line

# Two equal values have the kinks of a maximum, which each of them shows alone.
FEWEST_EQUAL = 3
# Groups that are tested in a check, and coordinates from which a group is looked for.
MOST_GROUPS = 8
MOST_STARTS = 64
# Noise that has not been measured may be larger than assumed by this factor.
UNMEASURED = 16.0
# The error of a rounded coordinate, in units of its last place.
HALF_UNIT = 0.5


def begin_equal_values(engine: Engine) -> None:
    """Begin with the first coordinate."""
    engine.sweep.phase = phases.EQUAL_VALUES
    engine.sweep.equal_values.next = 0
    engine.sweep.equal_values.groups = 0
    engine.sweep.equal_values.starts = 0


def open_next_group(engine: Engine, slot: Slot) -> bool:
    """Put the line over the next group of equal values into a slot; return False after the last one."""
    equal = engine.sweep.equal_values
    # Between coordinates that lines have found lie others.
    plain = engine.unit == UNIT_FLOAT64 and engine.nondeterministic == 0 and engine.mode != codes.MODE_LINES
    while plain and equal.next < engine.sweep.count and equal.groups < MOST_GROUPS:
        index = equal.next
        equal.next = index + 1
        first = index
        last = last_of_run(engine, index)
        if last < index + FEWEST_EQUAL - 1 and raises_doubt(engine, index) and equal.starts < MOST_STARTS:
            equal.starts += 1
            first, last = ends_of_group(engine, index)
        if last >= first + FEWEST_EQUAL - 1 and are_smooth(engine, first, last):
            equal.groups += 1
            open_group(engine, slot, first, last)
            return True
    return False


def value_of(engine: Engine, index: int) -> float:
    """Return the value of a coordinate."""
    return coordinate_of(engine, index).x


def last_of_run(engine: Engine, index: int) -> int:
    """Return the last one of neighbouring equal values that begin at a coordinate; itself where they began before."""
    value = value_of(engine, index)
    if index > 0 and value_of(engine, index - 1) == value:
        return index
    last = index
    while last + 1 < engine.sweep.count and value_of(engine, last + 1) == value:
        last += 1
    return last


def raises_doubt(engine: Engine, index: int) -> bool:
    """Return whether a claim was refuted, or is 0: f may move with this coordinate only together with others."""
    coordinate = coordinate_of(engine, index)
    return coordinate.cause == codes.WRONG or (coordinate.cause == codes.AGREES and coordinate.claimed == 0.0)


def ends_of_group(engine: Engine, index: int) -> tuple[int, int]:
    """Return the first and the last coordinate with the value of this one; itself twice where the group is known.

    It is known where an earlier coordinate has led to it, where all are neighbours, or where they are too few.
    """
    first = index
    last = index
    members = 0
    value = value_of(engine, index)
    for other in range(engine.sweep.count):
        if value_of(engine, other) == value:
            if other < index and raises_doubt(engine, other):
                return index, index
            first = other if other < first else first
            last = other
            members += 1
    if members < FEWEST_EQUAL or members == last - first + 1:
        return index, index
    return first, last


def are_smooth(engine: Engine, first: int, last: int) -> bool:
    """Return whether all coordinates of a range are decided, and none has a kink; other ranges are not tested."""
    for index in range(first, last + 1):
        coordinate = coordinate_of(engine, index)
        if coordinate.kink != NO_KINK or (coordinate.cause == codes.WRONG and coordinate.finding < 0):
            return False
        if coordinate.cause != codes.AGREES and coordinate.cause != codes.WRONG:
            return False
    return True


def open_group(engine: Engine, slot: Slot, first: int, last: int) -> None:
    """Open the line on which a range moves by one step; its slope should be the sum of those that are known."""
    begin_line(engine, slot, first, last)
    slot.size = math.inf
    total = 0.0
    allowed = 0.0
    rounding = 0.0
    for index in range(first, last + 1):
        coordinate = coordinate_of(engine, index)
        slope = coordinate.claimed
        bar = coordinate.resolution
        if coordinate.cause == codes.WRONG:
            slope = finding_of(engine, coordinate.finding).slope
            bar = finding_of(engine, coordinate.finding).error_bar
        total += slope
        allowed += bar + SUM_ROUNDING * math.fabs(slope)
        rounding += HALF_UNIT * math.fabs(slope) * spacing(coordinate.x)
        slot.size = smaller(line_size(engine, coordinate.x), slot.size)
        slot.lowest = larger(ABOVE_SMALLEST * smallest_step(engine, coordinate.x), slot.lowest)
    slot.claimed = total
    slot.tolerance = allowed
    noise = engine.noise if engine.noise_measured != 0 else UNMEASURED * engine.noise
    slot.noise = larger(rounding, noise)
    ask_first_pair(engine, slot)


def weigh_group(engine: Engine, slot: Slot) -> None:
    """See whether the claims agree with a line whose slope is not the sum of the slopes of its coordinates.

    If they do, what refuted single claims is withdrawn; if they do not, and none was refuted, they are wrong together.
    """
    first = slot.start
    last = slot.stop - 1
    value = value_of(engine, first)
    claim = 0.0
    refuted = False
    for index in range(first, last + 1):
        claim += coordinate_of(engine, index).claimed
        refuted = refuted or (value_of(engine, index) == value and coordinate_of(engine, index).cause == codes.WRONG)
    agrees = slot.slope.low - slot.tolerance <= claim <= slot.slope.high + slot.tolerance
    for index in range(first, last + 1):
        if value_of(engine, index) == value and (agrees or not refuted):
            note_group(engine, index, last if index != last else first, agrees)


def note_group(engine: Engine, index: int, partner: int, agrees: bool) -> None:
    """Note of a coordinate that only together with a partner its claim says something."""
    coordinate = coordinate_of(engine, index)
    if agrees and coordinate.cause != codes.WRONG:
        return
    coordinate.cause = codes.STEP_LIMITED if agrees else codes.WRONG
    number = coordinate.finding if coordinate.finding >= 0 else new_finding(engine, index)
    if number >= 0:
        finding = finding_of(engine, number)
        finding.cause = coordinate.cause
        finding.partner = partner
        if math.isnan(finding.slope):
            finding.slope = coordinate.claimed
            finding.error_bar = coordinate.resolution
