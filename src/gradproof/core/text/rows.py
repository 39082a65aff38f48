"""The rows of a table: which findings it shows, worst first, and what stands in their cells."""

from __future__ import annotations

import math

from ..records import codes
from ..records.border import Finding
from ..records.codes import is_acceptable
from ..records.memory import cause_word, literal
from ..records.text import MOST_ROWS, Text
from .letters import put
from .numbers import decade, put_measured, put_number
from .subject import finding_at, is_long

WRONG_TABLE = 0
OPEN_TABLE = 1
KINK_TABLE = 2
# The fewer rows of the last one: nothing is to be done about kinks.
KINK_ROWS = 5
# Relative errors are compared in steps of this part.
STEPS = 1000.0

CLAIMED = 0
SLOPE = 1
LEFT = 2
RIGHT = 3
KINK = 4
CAUSE = 5
# Digits of one-sided slopes, and of slopes whose error bar says nothing.
FEW_DIGITS = 6
FEWEST_DIGITS = 3


def choose(text: Text, table: int) -> None:
    """Choose the findings that a table shows, and count all that belong into it."""
    text.table = table
    text.found = 0
    text.rows = 0
    most = KINK_ROWS if table == KINK_TABLE else MOST_ROWS
    for number in range(text.count):
        finding = finding_at(text, number)
        if belongs(table, finding):
            text.found += 1
            place = text.rows
            while place > 0 and comes_before(table, finding, finding_at(text, text.chosen[place - 1])):
                if place < most:
                    text.chosen[place] = text.chosen[place - 1]
                place -= 1
            if place < most:
                text.chosen[place] = number
                text.rows += 1 if text.rows < most else 0


def belongs(table: int, finding: Finding) -> bool:
    """Return whether a finding belongs into a table; longer lines are in none."""
    if is_long(finding):
        return False
    acceptable = is_acceptable(finding.cause)
    if table == KINK_TABLE:
        return acceptable and finding.kink != 0
    wrong = finding.cause == codes.WRONG
    return wrong if table == WRONG_TABLE else not (wrong or acceptable)


def comes_before(table: int, a: Finding, b: Finding) -> bool:
    """Return whether a finding comes before another one; where they are equal, in the order of x."""
    first_a, first_b = rank(table, a), rank(table, b)
    if first_a != first_b:
        return first_a > first_b
    if table == WRONG_TABLE and size_of_error(a) != size_of_error(b):
        return size_of_error(a) > size_of_error(b)
    return a.start < b.start


def rank(table: int, finding: Finding) -> float:
    """Return the number by which a table is ordered, the largest first."""
    if table == WRONG_TABLE:
        error = relative_error(finding)
        return float(math.floor(STEPS * error)) if error < math.inf else error
    if table == KINK_TABLE:
        return -math.fabs(finding.distance) if math.isfinite(finding.distance) else -math.inf
    return finding.resolution if math.isfinite(finding.resolution) else math.inf


def size_of_error(finding: Finding) -> float:
    """Return how far a claim is off; infinity where that is no number."""
    error = math.fabs(finding.claimed - finding.slope)
    return error if math.isfinite(error) else math.inf


def relative_error(finding: Finding) -> float:
    """Return the error relative to the larger one of the two slopes; infinity where one of them is not finite."""
    error = size_of_error(finding)
    if not (math.isfinite(error) and math.isfinite(finding.claimed)):
        return math.inf
    size = math.fabs(finding.claimed)
    if math.fabs(finding.slope) > size:
        size = math.fabs(finding.slope)
    return error / size if size > 0.0 else 0.0


def put_head(text: Text, column: int) -> None:
    """Write the head of a column."""
    if column == CLAIMED:
        put(text, literal("claimed"))
    elif column == SLOPE:
        put(text, literal("numerical slope"))
    elif column == LEFT:
        put(text, literal("left"))
    elif column == RIGHT:
        put(text, literal("right"))
    else:
        put(text, literal("kink") if column == KINK else literal("cause"))


def put_cell(text: Text, finding: Finding, column: int, digits: int) -> None:
    """Write what a finding has in a column."""
    few = digits if digits < FEW_DIGITS else FEW_DIGITS
    enough = few if text.table == KINK_TABLE else justified(text, finding, digits)
    if column == CLAIMED:
        put_number(text, finding.claimed, enough)
    elif column == SLOPE:
        put_known(text, finding.slope, enough)
        if math.isfinite(finding.error_bar) and math.isfinite(finding.slope):
            put_measured(text, literal(" ± ~"), finding.error_bar)
    elif column == LEFT:
        put_known(text, finding.left, few)
    elif column == RIGHT:
        put_known(text, finding.right, few)
    elif column == KINK:
        put_distance(text, finding.distance)
    else:
        put(text, cause_word(finding.cause))


def put_known(text: Text, value: float, digits: int) -> None:
    """Write a measured number; a dash if nothing could be measured."""
    if math.isnan(value):
        put(text, literal("-"))
    else:
        put_number(text, value, digits)


def put_distance(text: Text, distance: float) -> None:
    """Write where a kink is."""
    put(text, literal("at x"))
    if distance != 0.0:
        put_measured(text, literal(" - ~") if distance < 0.0 else literal(" + ~"), math.fabs(distance))


def justified(text: Text, finding: Finding, most: int) -> int:
    """Return how many digits of a slope to show given its error bar: one more than are certain, at least three."""
    slope = finding.slope
    error_bar = finding.error_bar
    if not (math.isfinite(slope) and math.isfinite(error_bar)) or slope == 0.0 or error_bar <= 0.0:
        return most if most < FEW_DIGITS else FEW_DIGITS
    certain = decade(text, slope) - decade(text, error_bar)
    digits = certain + 1 if certain + 1 < most else most
    return digits if digits > FEWEST_DIGITS else FEWEST_DIGITS
