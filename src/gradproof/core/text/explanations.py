"""What was found along longer lines, what explains errors and what causes mean, and what coordinates share."""

from __future__ import annotations

import math

from ..records import codes
from ..records.border import Finding
from ..records.memory import cause_sentence, cause_word, literal
from ..records.text import Text
from .headline import put_noise
from .letters import begin_paragraph, end_paragraph, new_line, put
from .numbers import put_counted, put_measured, put_number, put_value
from .rows import OPEN_TABLE, choose, justified
from .sentences import EQUAL, SHARED, TOGETHER
from .subject import begin_part, finding_at, is_long, put_coordinate, put_name, report_of

NAMES = 3
SHARED_NOTES = 3
INDENT = 4
FACTOR_DIGITS = 6


def put_explanation(text: Text) -> None:
    """Write what wrong coordinates have in common, if there is something."""
    report = report_of(text)
    if report.explanation == codes.EXPLAINED_BY_NOTHING:
        return
    new_line(text)
    put_counted(text, literal("  # wrong coordinates: claimed "), report.explained)
    if report.explanation == codes.EXPLAINED_BY_NOT_FINITE:
        put(text, literal("is not finite"))
        return
    of_x = report.explanation == codes.EXPLAINED_BY_X
    put(text, literal("- slope = ") if of_x else literal("= "))
    if of_x and math.fabs(report.factor - 1.0) <= report.factor_bar:
        put_measured(text, literal("x (± ~)"), report.factor_bar)
        return
    put_value(text, report.factor, justified(text, report.factor, report.factor_bar, FACTOR_DIGITS))
    if report.explanation != codes.EXPLAINED_BY_ZERO:
        put_measured(text, literal(" × x (± ~)") if of_x else literal(" × slope (± ~)"), report.factor_bar)


def put_long_lines(text: Text) -> None:
    """Write a sentence for every line of several coordinates that is wrong or undecided."""
    first = True
    for number in range(text.count):
        finding = finding_at(text, number)
        if is_long(finding):
            begin_item(text, first)
            first = False
            put(text, literal("  "))
            begin_paragraph(text, INDENT)
            put_long_line(text, finding)
            end_paragraph(text)


def begin_item(text: Text, first: bool) -> None:
    """Begin a line, and before the first one a part of the text."""
    if first:
        begin_part(text)
    else:
        new_line(text)


def put_long_line(text: Text, finding: Finding) -> None:
    """Write what was found along a longer line."""
    size = finding.stop - finding.start
    put_name(text, finding.start, finding.stop)
    if finding.sampled > 0:
        put_counted(text, literal(": #"), finding.sampled_wrong)
        put_counted(text, literal(" of # sampled coordinates wrong"), finding.sampled)
        put_counted(text, literal(" (of #)"), size)
    else:
        put_counted(text, literal(": # coordinates, not searched further"), size)
    factor = finding.claimed / finding.slope if finding.slope != 0.0 else math.nan
    bar = math.fabs(factor / finding.slope) * finding.error_bar if finding.slope != 0.0 else math.nan
    if finding.claimed == 0.0:
        put_measured(text, literal("; along the line the claimed slope is 0, the measured one ~"), finding.slope)
    elif math.isfinite(finding.claimed) and math.isfinite(factor) and bar < math.fabs(factor - 1.0):
        put(text, literal("; along the claimed gradient it is "))
        put_number(text, factor, FACTOR_DIGITS)
        put_measured(text, literal(" ± ~ times what it should be"), bar)
    elif not math.isfinite(finding.claimed):
        put_measured(text, literal("; along the line the slope is off by ~"), math.fabs(finding.slope))


def put_explanations(text: Text) -> None:
    """Write what every cause in the report means, and what to do about it."""
    choose(text, OPEN_TABLE)
    first = True
    for cause in range(codes.CAUSE_COUNT):
        if is_told(text, cause):
            first = put_wrong(text, first) if cause == codes.WRONG else put_cause(text, cause, first)


def is_told(text: Text, cause: int) -> bool:
    """Return whether a cause is one of the report."""
    report = report_of(text)
    if cause == codes.UNTESTED:
        return report.untested > 0 and report.stopped_by > 0
    if cause == codes.NONDETERMINISTIC and report.nondeterministic != 0:
        return True
    for number in range(text.count):
        if finding_at(text, number).cause == cause:
            return cause != codes.AGREES
    return False


def begin_explanation(text: Text, cause: int, first: bool) -> None:
    """Begin a paragraph about a cause."""
    begin_item(text, first)
    put(text, literal("  "))
    put(text, cause_word(cause))
    put(text, literal(": "))
    begin_paragraph(text, INDENT)


def put_wrong(text: Text, first: bool) -> bool:
    """Write what is to be said of claims that are wrong: alone, or only together; return whether nothing was."""
    wrong = 0
    together = 0
    for number in range(text.count):
        finding = finding_at(text, number)
        wrong += 1 if finding.cause == codes.WRONG else 0
        together += 1 if shares(finding, codes.WRONG) else 0
    if together < wrong or together < report_of(text).wrong:
        begin_explanation(text, codes.WRONG, first)
        put(text, cause_sentence(codes.WRONG))
        end_paragraph(text)
        first = False
    if together > 0:
        begin_explanation(text, codes.WRONG, first)
        named = 0
        for number in range(text.count):
            if shares(finding_at(text, number), codes.WRONG):
                named = put_one_of(text, number, named)
        put_others(text, together)
        put(text, literal(TOGETHER))
        put(text, literal("."))
        end_paragraph(text)
        first = False
    return first


def shares(finding: Finding, cause: int) -> bool:
    """Return whether a finding has this cause, and is about a kink that it shares with another coordinate."""
    return finding.cause == cause and finding.partner >= 0


def put_one_of(text: Text, number: int, named: int) -> int:
    """Write the name of a finding, unless enough have been named; return how many are now."""
    if named >= NAMES:
        return named
    if named > 0:
        put(text, literal(", "))
    finding = finding_at(text, number)
    put_name(text, finding.start, finding.stop)
    return named + 1


def put_others(text: Text, count: int) -> None:
    """Write how many there are besides those that were named."""
    if count > NAMES:
        put_counted(text, literal(" and # more"), count - NAMES)
    put(text, literal(": "))


def put_cause(text: Text, cause: int, first: bool) -> bool:
    """Write what a cause means; of coordinates with equal values, what hides their slopes."""
    looked_at = 0
    equal = 0
    for row in range(text.rows):
        finding = finding_at(text, text.chosen[row])
        looked_at += 1 if finding.cause == cause else 0
        equal += 1 if is_equal(finding, cause) else 0
    if equal < looked_at or equal == 0:
        begin_explanation(text, cause, first)
        if cause == codes.NOISE_LIMITED:
            put_noise(text, True)
            put(text, literal("."))
        else:
            put(text, cause_sentence(cause))
        end_paragraph(text)
        first = False
    if equal > 0:
        begin_explanation(text, cause, first)
        named = 0
        for row in range(text.rows):
            if is_equal(finding_at(text, text.chosen[row]), cause):
                named = put_one_of(text, text.chosen[row], named)
        put_others(text, equal)
        put(text, literal(EQUAL))
        put(text, literal("."))
        end_paragraph(text)
    return False


def is_equal(finding: Finding, cause: int) -> bool:
    """Return whether a finding is open for this cause because other coordinates have the same value."""
    return shares(finding, cause) and (cause == codes.NOISE_LIMITED or cause == codes.STEP_LIMITED)


def put_notes(text: Text) -> None:
    """Write which wrong coordinates share a kink."""
    written = 0
    for number in range(text.count):
        finding = finding_at(text, number)
        pair = shares(finding, codes.WRONG) and finding.partner > finding.start and not is_long(finding)
        if pair and written < SHARED_NOTES:
            begin_item(text, written == 0)
            written += 1
            put(text, literal("  note: "))
            begin_paragraph(text, INDENT)
            put_coordinate(text, finding.start)
            put(text, literal(" and "))
            put_coordinate(text, finding.partner)
            put(text, literal(SHARED))
            end_paragraph(text)
