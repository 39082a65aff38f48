"""The power of a check along lines: which errors it would have detected."""

from __future__ import annotations

import math

from ..records.floats import smaller
from ..records.memory import literal
from ..records.text import MOST_DIGITS, Text
from .letters import put
from .numbers import put_counted, put_digit, put_measured, put_value, take_digits
from .subject import report_of

# As report/power.py has them.
LIKELY = 11.0
ALLOWED_BY_RTOL = 3.0
PART = 1.0 / LIKELY
PART_OF_A_SECOND_LOOK = 2.0 / LIKELY
# Digits of a probability behind the point, and of a factor.
FEWEST_PLACES = 2
MOST_PLACES = 9
TOP = 9
# The largest number below 1: nothing is certain.
BELOW_1 = 1.0 - 2.0**-53
# More lines make no difference that these digits show.
MOST_LINES = 64

NOTHING_CLAIMED = "the claimed gradient is 0; a slope of ~ in a coordinate would have been detected"
SINGLE = "; any single coordinate off by more than ~ of it would certainly have been detected"


def put_power(text: Text) -> None:
    """Write what lines would have detected."""
    report = report_of(text)
    if report.norm == 0.0:
        put_measured(text, literal(NOTHING_CLAIMED), report.resolution)
        return
    put_measured(text, literal("right to ~ of the gradient's norm"), report.bar / report.norm)
    put_measured(text, literal(" (~ in units of f)"), report.bar)
    if report.aligned_lines > 0:
        factor = report.aligned_bar / report.sum if report.sum != 0.0 else math.inf
        put_measured(text, literal("; a common factor is 1 to within ~"), factor)
    put_measured(text, literal(SINGLE), report.resolution / report.norm)
    vector = LIKELY * (2.0 * report.bar + ALLOWED_BY_RTOL * report.rtol * report.norm)
    put_measured(text, literal(", any error vector above ~ with probability ≥ "), vector / report.norm)
    put_rounded_down(text, probability(report.lines))
    put_lines(text)
    put_seen(text)


def put_lines(text: Text) -> None:
    """Write how many lines there were, and what they took."""
    report = report_of(text)
    put_counted(text, literal("; #"), report.lines)
    if report.aligned_lines > 0:
        put_counted(text, literal(" + #"), report.aligned_lines)
    put(text, literal(" lines"))
    if report.parts > 0:
        put_counted(text, literal(", # parts with their own lines"), report.parts)
    put_counted(text, literal(", # evaluations of f"), report.evaluations)


def put_seen(text: Text) -> None:
    """Write what lines saw and rtol allows."""
    report = report_of(text)
    factor = report.seen_factor != 0.0 and report.seen_factor != 1.0
    if factor:
        put(text, literal("; a common factor of "))
        put_value(text, report.seen_factor, MOST_PLACES)
    if report.seen != 0.0:
        put(text, literal(" and ") if factor else literal("; "))
        put_measured(text, literal("a disagreement of ~ of the norm along random lines"), report.seen / report.norm)
    if factor or report.seen != 0.0:
        put(text, literal(" were") if factor and report.seen != 0.0 else literal(" was"))
        put(text, literal(" seen, below rtol"))


def probability(lines: int) -> float:
    """Return a lower bound on the probability that an error vector is detected, as report/power.py derives it."""
    missed = 1.0
    missed_again = 1.0
    for _ in range(lines if lines < MOST_LINES else MOST_LINES):
        missed *= math.sqrt(2.0) * PART
        missed_again *= math.sqrt(2.0) * PART_OF_A_SECOND_LOOK
    return smaller(1.0 - missed * (1.0 + missed_again), BELOW_1)


def put_rounded_down(text: Text, value: float) -> None:
    """Write a probability from 0.1 to 1, rounded down after its first digit that is not 9."""
    take_digits(text, value, MOST_DIGITS)
    places = 1
    while places < MOST_PLACES and text.digits[places - 1] == TOP:
        places += 1
    places = places if places > FEWEST_PLACES else FEWEST_PLACES
    put(text, literal("0."))
    for place in range(places):
        put_digit(text, text.digits[place])
