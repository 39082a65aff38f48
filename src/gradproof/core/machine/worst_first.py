"""The order of findings, the worst first, and the worst of them in memory that may not hold all.

While findings are taken they are a heap whose first one is the mildest: where there is no more room, it makes way for a
worse one.  Sorting the heap then takes no memory either.
"""

from __future__ import annotations

import math

from ..evidence.intervals import NO_KINK
from ..records.border import Finding, Findings
from ..records.codes import WRONG, is_acceptable
from ..records.floats import larger
from ..records.memory import as_words
from ..records.record import words_of

# What is wrong comes before what is open, that before kinks, and these before what simply agrees; of what is wrong or
# open, lines of several coordinates before single ones.
AGREEING = 0.0
AT_KINK = 1.0
OPEN = 2.0
OPEN_LINE = 3.0
FALSE = 4.0
FALSE_LINE = 5.0
# Relative errors are compared in steps of a thousandth: where a factor is wrong, they differ by rounding alone, and the
# largest error comes first.
STEPS = 1000.0
FINDING_WORDS = words_of(Finding)


def severity(finding: Finding, start: int) -> tuple[float, float, float, float, float]:
    """Return what a finding is compared by, which is larger for a worse one; `start` is its first coordinate in x.

    Wrong ones go by their relative error, then by their error; open ones by their resolution; kinks by their distance,
    the nearest first.  What is not finite is the worst.  Between equals, the first coordinate comes first.
    """
    size = finding.stop - finding.start
    cause = finding.cause
    kind = AGREEING
    first = 0.0
    second = 0.0
    if cause == WRONG:
        kind = FALSE_LINE if size > 1 else FALSE
        second = error_of(finding, size > 1)
        first = relative(finding, second)
    elif not is_acceptable(cause):
        kind = OPEN_LINE if size > 1 else OPEN
        first = finding.resolution if math.isfinite(finding.resolution) else math.inf
    elif finding.kink != NO_KINK:
        kind = AT_KINK
        first = -math.fabs(finding.distance) if math.isfinite(finding.distance) else -math.inf
    return kind, first, second, -float(start), -float(size)


def error_of(finding: Finding, is_long: bool) -> float:
    """Return how far the claim is off; along a line on which it is not known, the slope is what it is off by."""
    known = math.isfinite(finding.claimed) or not is_long
    error = math.fabs(finding.claimed - finding.slope) if known else math.fabs(finding.slope)
    return error if math.isfinite(error) else math.inf


def relative(finding: Finding, error: float) -> float:
    """Return an error relative to the larger of claim and slope, in whole steps."""
    if not math.isfinite(error + finding.claimed):
        return math.inf
    size = larger(math.fabs(finding.claimed), math.fabs(finding.slope))
    return float(math.floor(STEPS * (error / size) + 0.5)) if size > 0.0 else 0.0


def is_milder(findings: Findings, one: int, other: int) -> bool:
    """Return whether one of two findings is milder than the other."""
    here = findings[one]
    there = findings[other]
    return severity(here, here.start) < severity(there, there.start)


def keep_worst(findings: Findings, kept: int, capacity: int, finding: Finding, start: int) -> int:
    """Put a finding among those that are kept, if it is one of the worst that fit; return how many there are."""
    place = kept
    if kept >= capacity:
        if capacity < 1 or severity(finding, start) < severity(findings[0], findings[0].start):
            return kept
        place = 0
    size = finding.stop - finding.start
    findings[place] = finding
    findings[place].start = start
    findings[place].stop = start + size
    if kept >= capacity:
        sink(findings, kept)
        return kept
    rise(findings, kept)
    return kept + 1


def rise(findings: Findings, place: int) -> None:
    """Move the last finding of a heap to where it belongs."""
    while place > 0 and is_milder(findings, place, (place - 1) // 2):
        swap(findings, place, (place - 1) // 2)
        place = (place - 1) // 2


def sink(findings: Findings, count: int) -> None:
    """Move the first finding of a heap to where it belongs."""
    place = 0
    below = 1
    while below < count:
        if below + 1 < count and is_milder(findings, below + 1, below):
            below += 1
        if not is_milder(findings, below, place):
            return
        swap(findings, below, place)
        place = below
        below = 2 * place + 1


def sort_worst_first(findings: Findings, count: int) -> None:
    """Sort a heap: the mildest one goes to the end, again and again."""
    for last in range(count - 1, 0, -1):
        swap(findings, 0, last)
        sink(findings, last)


def swap(findings: Findings, one: int, other: int) -> None:
    """Swap two findings, word by word: there is no memory for a third one."""
    here = as_words(findings[one])
    there = as_words(findings[other])
    for k in range(FINDING_WORDS):
        word = here[k]
        here[k] = there[k]
        there[k] = word
