"""The verdict in words, and what a right one did not vouch for."""

from __future__ import annotations

import math

from ..records import codes
from ..records.abi import Letters
from ..records.border import Finding
from ..records.codes import MODE_LINES, NONDETERMINISTIC, VERDICT_INCONCLUSIVE, VERDICT_RIGHT, VERDICT_WRONG
from ..records.memory import literal
from ..records.text import Text
from .letters import begin_paragraph, end_paragraph, put
from .numbers import put_count, put_counted, put_measured
from .sentences import (
    DOMAIN_ALONG_LINES,
    NOISE_BEYOND,
    NOISE_OF_ARITHMETIC,
    NOISE_OF_CONSTANT,
    NOISE_OF_ROUNDING,
    RANDOM,
    STEP_LIMITED_ALONG_LINES,
    UNTESTED_ALONG_LINES,
)
from .subject import finding_at, is_long, put_name, report_of

NAMED_BLOCKS = 4
# Behind their first letters, which are capital ones at the beginning of a sentence.
REST_OF_ARITHMETIC = NOISE_OF_ARITHMETIC[1:]
REST_OF_ROUNDING = NOISE_OF_ROUNDING[1:]


def put_headline(text: Text) -> None:
    """Write the verdict."""
    report = report_of(text)
    begin_paragraph(text, 0)
    if report.mode == MODE_LINES:
        put_verdict_of_lines(text)
    elif report.verdict == VERDICT_RIGHT:
        put(text, literal("right: the gradient agrees with the objective in "))
        put_all_coordinates(text)
        if report.kinks > 0:
            put_counted(text, literal(", # of them at or near a kink"), report.kinks)
    elif report.verdict == VERDICT_WRONG:
        put(text, literal("wrong: the gradient is wrong in "))
        put_part_of_all(text, report.wrong)
        put_left(text, literal("; "), True)
    else:
        put(text, literal("inconclusive: nothing is wrong, but "))
        put_part_of_all(text, report.open if report.open > 0 else report.untested)
        put_left(text, literal(" and "), False)
        if report.nondeterministic != 0:
            put(text, literal("; "))
            put(text, literal(RANDOM))
    end_paragraph(text)


def put_all_coordinates(text: Text) -> None:
    """Write that it is about all coordinates."""
    n = report_of(text).n
    if n == 1:
        put(text, literal("the one coordinate"))
    else:
        put_counted(text, literal("all # coordinates"), n)


def put_part_of_all(text: Text, count: int) -> None:
    """Write how many of all coordinates."""
    put_counted(text, literal("# of "), count)
    n = report_of(text).n
    put_counted(text, literal("# coordinate") if n == 1 else literal("# coordinates"), n)


def put_left(text: Text, between: Letters, counted: bool) -> None:
    """Write what could not be decided and what was not tested; the first number may stand there already."""
    report = report_of(text)
    if report.open > 0:
        put_beginning(text, between, report.open, counted)
        put(text, literal("could not be decided"))
    if report.untested > 0:
        put_beginning(text, between, report.untested, counted or report.open > 0)
        put(text, literal("was not tested") if report.untested == 1 else literal("were not tested"))


def put_beginning(text: Text, between: Letters, count: int, counted: bool) -> None:
    """Write how many, behind what stands between; or a space, where that has been said."""
    if counted:
        put(text, between)
        put_count(text, count)
    put(text, literal(" "))


def put_verdict_of_lines(text: Text) -> None:
    """Write the verdict of a check along lines."""
    report = report_of(text)
    if report.verdict == VERDICT_INCONCLUSIVE:
        put(text, literal("inconclusive: nothing is wrong, but "))
        put_reason(text, report.cause)
        return
    if report.verdict == VERDICT_RIGHT:
        put(text, literal("right: the gradient agrees"))
    else:
        put(text, literal("wrong: the gradient disagrees"))
    put_counted(text, literal(" with the objective along random lines through all # coordinates"), report.n)
    if report.verdict == VERDICT_WRONG:
        put(text, literal("; "))
        put_what_is_wrong(text)


def put_reason(text: Text, cause: int) -> None:
    """Write why a check along lines is inconclusive."""
    if cause == codes.STEP_LIMITED:
        put(text, literal(STEP_LIMITED_ALONG_LINES))
    elif cause == codes.DOMAIN:
        put(text, literal(DOMAIN_ALONG_LINES))
    elif cause == NONDETERMINISTIC:
        put(text, literal(RANDOM))
    elif cause == codes.UNTESTED:
        put(text, literal(UNTESTED_ALONG_LINES))
    else:
        put_noise(text, False)


def put_what_is_wrong(text: Text) -> None:
    """Write what lines found: wrong coordinates, and blocks that hold others."""
    report = report_of(text)
    blocks = count_wrong_blocks(text)
    if report.wrong == 0 and blocks > 0:
        off = largest_error(text)
        put_measured(
            text, literal("a slope along a line is off by ~, of which no single coordinate was confirmed"), off
        )
    else:
        put_counted(
            text, literal("# wrong coordinate") if report.wrong == 1 else literal("# wrong coordinates"), report.wrong
        )
        put(text, literal(" confirmed"))
    shown = 0
    for number in range(text.count):
        finding = finding_at(text, number)
        if is_wrong_block(finding) and shown < NAMED_BLOCKS:
            put(text, literal(", errors in ") if shown == 0 else literal(", "))
            put_name(text, finding.start, finding.stop)
            shown += 1
    if blocks > shown:
        put_counted(text, literal(" and # more"), blocks - shown)


def is_wrong_block(finding: Finding) -> bool:
    """Return whether a longer line is wrong."""
    return is_long(finding) and finding.cause == codes.WRONG


def count_wrong_blocks(text: Text) -> int:
    """Return how many longer lines are wrong."""
    count = 0
    for number in range(text.count):
        count += 1 if is_wrong_block(finding_at(text, number)) else 0
    return count


def largest_error(text: Text) -> float:
    """Return how far the slope of a wrong line is off, of all of them the most."""
    largest = -1.0
    for number in range(text.count):
        finding = finding_at(text, number)
        if is_wrong_block(finding):
            claim = finding.claimed if math.isfinite(finding.claimed) else 0.0
            error = math.fabs(finding.slope - claim)
            largest = error if largest < 0.0 or error > largest else largest
    return largest


def put_noise(text: Text, capital: bool) -> None:
    """Write what makes the noise that hides the slope, and the cure; with a capital letter if it begins a sentence."""
    report = report_of(text)
    if report.noise_source == codes.NOISE_FROM_CONSTANT:
        put_measured(text, literal("f is ~"), math.fabs(report.value) / report.change)
        put(text, literal(NOISE_OF_CONSTANT))
    elif report.noise_source == codes.NOISE_FROM_ELSEWHERE:
        put_measured(text, literal("f's noise (~)"), report.noise_floor)
        put(text, literal(NOISE_BEYOND))
    else:
        put(text, literal("T") if capital else literal("t"))
        arithmetic = report.noise_source == codes.NOISE_FROM_ARITHMETIC
        put(text, literal(REST_OF_ARITHMETIC) if arithmetic else literal(REST_OF_ROUNDING))
