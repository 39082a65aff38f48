"""Findings about lines longer than one coordinate: blocks with dense errors, parts that could not be located."""

from __future__ import annotations

import math

from .abi import Engine, Reals
from .codes import AGREES, WRONG
from .evidence import NO_KINK
from .linestate import LINE_FINDINGS, LONG_FINDINGS, MOST_LONG_FINDINGS
from .structs import (
    FINDING_CAUSE,
    FINDING_CLAIMED,
    FINDING_DISTANCE,
    FINDING_ERROR_BAR,
    FINDING_KINK,
    FINDING_LEFT,
    FINDING_PARTNER,
    FINDING_RESOLUTION,
    FINDING_RIGHT,
    FINDING_SLOPE,
    FINDING_START,
    FINDING_STEP,
    FINDING_STOP,
    FINDING_WORDS,
)


def begin_long_findings(engine: Engine) -> None:
    """Forget the findings about long lines."""
    engine[LINE_FINDINGS] = 0


def long_finding(number: int) -> int:
    """Return the place of a finding about a long line."""
    return LONG_FINDINGS + FINDING_WORDS * number


def write_long_finding(
    engine: Engine,
    reals: Reals,
    start: int,
    stop: int,
    cause: int,
    claim: float,
    residual: float,
    bar: float,
    allowed: float,
    exponent: int,
) -> None:
    """Write a finding: the claimed slope along the line, and the numerical one."""
    number = engine[LINE_FINDINGS]
    if number >= MOST_LONG_FINDINGS:
        return
    engine[LINE_FINDINGS] = number + 1
    place = long_finding(number)
    engine[place + FINDING_START] = start
    engine[place + FINDING_STOP] = stop
    engine[place + FINDING_CAUSE] = cause
    engine[place + FINDING_KINK] = NO_KINK
    engine[place + FINDING_PARTNER] = -1
    reals[place + FINDING_CLAIMED] = claim
    # Where the claimed slope is not known, the residual slope alone.
    reals[place + FINDING_SLOPE] = claim + residual if math.isfinite(claim) else residual
    reals[place + FINDING_LEFT] = math.nan
    reals[place + FINDING_RIGHT] = math.nan
    reals[place + FINDING_ERROR_BAR] = bar
    reals[place + FINDING_STEP] = math.ldexp(1.0, int(exponent))
    reals[place + FINDING_RESOLUTION] = bar + allowed
    reals[place + FINDING_DISTANCE] = math.nan


def write_factor(
    engine: Engine,
    reals: Reals,
    start: int,
    stop: int,
    claim: float,
    residual: float,
    bar: float,
    allowed: float,
    exponent: int,
) -> None:
    """Write what a line along the claim says of a block: wrong where it disagrees, else what its coordinates say."""
    cause = WRONG if math.fabs(residual) > bar + allowed else AGREES
    write_long_finding(engine, reals, start, stop, cause, claim, residual, bar, allowed, exponent)


def holds(engine: Engine, number: int, index: int) -> bool:
    """Return whether a coordinate lies in the line of a finding."""
    place = long_finding(number)
    return engine[place + FINDING_START] <= index < engine[place + FINDING_STOP]


def refute_blocks(engine: Engine, index: int) -> None:
    """A coordinate is confirmed wrong: so is the block that holds it."""
    for number in range(engine[LINE_FINDINGS]):
        if holds(engine, number, index):
            engine[long_finding(number) + FINDING_CAUSE] = WRONG


def any_wrong(engine: Engine) -> bool:
    """Return whether a long line is wrong."""
    for number in range(engine[LINE_FINDINGS]):
        if engine[long_finding(number) + FINDING_CAUSE] == WRONG:
            return True
    return False


def keep_wrong(engine: Engine) -> None:
    """Forget the findings that are not wrong: blocks at the border of what is."""
    kept = 0
    for number in range(engine[LINE_FINDINGS]):
        place = long_finding(number)
        if engine[place + FINDING_CAUSE] == WRONG:
            for word in range(FINDING_WORDS):
                engine[long_finding(kept) + word] = engine[place + word]
            kept += 1
    engine[LINE_FINDINGS] = kept
