"""The rows of a table: which findings it shows, and what stands in their cells."""

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
    """Choose the first findings that belong into a table, which are the worst, and count all of these."""
    text.table = table
    text.found = 0
    text.rows = 0
    most = KINK_ROWS if table == KINK_TABLE else MOST_ROWS
    for number in range(text.count):
        if belongs(table, finding_at(text, number)):
            text.found += 1
            if text.rows < most:
                text.chosen[text.rows] = number
                text.rows += 1


def belongs(table: int, finding: Finding) -> bool:
    """Return whether a finding belongs into a table; longer lines are in none."""
    if is_long(finding):
        return False
    acceptable = is_acceptable(finding.cause)
    if table == KINK_TABLE:
        return acceptable and finding.kink != 0
    wrong = finding.cause == codes.WRONG
    return wrong if table == WRONG_TABLE else not (wrong or acceptable)


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
    enough = few if text.table == KINK_TABLE else justified(text, finding.slope, finding.error_bar, digits)
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


def justified(text: Text, slope: float, error_bar: float, most: int) -> int:
    """Return how many digits of a slope to show given its error bar: one more than are certain, at least three."""
    if not (math.isfinite(slope) and math.isfinite(error_bar)) or slope == 0.0 or error_bar <= 0.0:
        return most if most < FEW_DIGITS else FEW_DIGITS
    certain = decade(text, slope) - decade(text, error_bar)
    digits = certain + 1 if certain + 1 < most else most
    return digits if digits > FEWEST_DIGITS else FEWEST_DIGITS
