"""What a right verdict did not vouch for, and the facts on which a verdict rests."""

from __future__ import annotations

import math

from ..records import codes
from ..records.abi import Letters
from ..records.border import MOST_UNSEEN
from ..records.codes import ARITHMETIC_FLOAT32, ARITHMETIC_FLOAT64, MODE_LINES, VERDICT_RIGHT, VERDICT_WRONG
from ..records.memory import literal
from ..records.text import Text
from .headline import put_part_of_all
from .letters import begin_paragraph, end_paragraph, new_line, put
from .numbers import look_alike, put_counted, put_integer, put_measured, put_seed, put_setting, put_value
from .power import put_power
from .sentences import UNIT
from .subject import begin_part, put_block, put_coordinate, report_of

FACT_INDENT = 15
VALUE_DIGITS = 9
# Shares from here on have digits behind the point.
NEARLY_ALL = 99.0


def put_not_vouched(text: Text) -> None:
    """Write what a right verdict did not vouch for, if there is something."""
    report = report_of(text)
    if report.verdict != VERDICT_RIGHT or (report.vouched >= 1.0 and report.unseen == 0):
        return
    new_line(text)
    begin_paragraph(text, 0)
    put(text, literal("not vouched for: "))
    if report.unseen > 0:
        put_unseen(text)
    if report.vouched < 1.0:
        put(text, literal("; only ") if report.unseen > 0 else literal("only "))
        put_percent(text, report.vouched)
        put(text, literal(" % of the coordinates were seen to rtol="))
        put_setting(text, report.rtol)
    end_paragraph(text)


def put_unseen(text: Text) -> None:
    """Write how much could be off by a factor of 2 unseen, and the names of the worst."""
    report = report_of(text)
    of_lines = report.mode == MODE_LINES
    if of_lines and report.blocks == 0:
        put(text, literal("all coordinates together"))
    else:
        put_counted(text, literal("# of "), report.unseen)
        if of_lines:
            put_counted(text, literal("# arrays"), report.blocks)
        else:
            put_counted(text, literal("# coordinates"), report.n)
    put(text, literal(" could be off by a factor 2 unseen"))
    named = 0
    while named < MOST_UNSEEN and report.most_unseen[named] >= 0:
        put(text, literal(": ") if named == 0 else literal(", "))
        if of_lines:
            put_block(text, report.most_unseen[named])
        else:
            put_coordinate(text, report.most_unseen[named])
        named += 1
    if named > 0:
        put(text, literal(", … (worst first)") if report.unseen > named else literal(" (worst first)"))


def put_percent(text: Text, share: float) -> None:
    """Write a share as a percentage, rounded down, so that less than all never looks like all."""
    percent = 100.0 * share
    if percent < NEARLY_ALL:
        put_integer(text, math.floor(percent))
    else:
        put_value(text, math.floor(1000.0 * percent) / 1000.0, 6)


def begin_fact(text: Text, head: Letters) -> None:
    """Begin a fact, on a line of its own, with its name in a column."""
    if text.column > 0:
        new_line(text)
    put(text, head)
    begin_paragraph(text, FACT_INDENT)


def put_facts(text: Text) -> None:
    """Write the facts on which the verdict rests."""
    report = report_of(text)
    begin_part(text)
    if report.mode == MODE_LINES:
        put_atol(text)
        put_power_fact(text)
    else:
        put_tested(text)
        put_atol(text)
        put_resolution(text)
    if report.evaluations > 0:
        begin_fact(text, literal("  objective    "))
        put_value(text, report.value, VALUE_DIGITS)
        put(text, literal(" at x, computed in "))
        put_arithmetic(text)
        end_paragraph(text)
        put_noise_floor(text)
    put_evaluations(text)
    if report.mode == MODE_LINES:
        begin_fact(text, literal("  seed         "))
        put_seed(text, report.seed)
        put(text, literal("; another seed draws other lines"))
        end_paragraph(text)


def put_tested(text: Text) -> None:
    """Write how many coordinates were tested."""
    report = report_of(text)
    begin_fact(text, literal("  tested       "))
    put_part_of_all(text, report.tested)
    if report.untested > 0 and report.stopped_by > 0:
        put(text, literal(", then "))
        put_what_ended(text)
    end_paragraph(text)


def put_what_ended(text: Text) -> None:
    """Write what ended the check."""
    stopped_by = report_of(text).stopped_by
    if stopped_by == codes.STOPPED_BY_BUDGET:
        put(text, literal("the budget"))
    elif stopped_by == codes.STOPPED_BY_TIME_LIMIT:
        put(text, literal("the time limit"))
    else:
        put(text, literal("the caller"))
    put(text, literal(" ended the check"))


def put_atol(text: Text) -> None:
    """Write the absolute error that was allowed, if there was one."""
    report = report_of(text)
    if report.atol != 0.0:
        begin_fact(text, literal("  atol         "))
        put(text, literal("an error of "))
        put_setting(text, report.atol)
        put(text, literal(" "))
        put(text, literal(UNIT))
        put(text, literal(" is allowed in every coordinate"))
        end_paragraph(text)


def put_resolution(text: Text) -> None:
    """Write which errors would have been detected."""
    report = report_of(text)
    if not report.resolution > 0.0:
        return
    begin_fact(text, literal("  resolution   "))
    put_measured(text, literal("errors over ~ would be detected"), report.resolution)
    if not (math.isnan(report.usual_resolution) or look_alike(text, report.usual_resolution, report.resolution)):
        decided = report.open + report.untested == 0
        put(text, literal(" everywhere") if decided else literal(" where decided"))
        put_measured(text, literal(", over ~ in half the coordinates"), report.usual_resolution)
    put(text, literal(" "))
    put(text, literal(UNIT))
    if report.compared > 0:
        put_measured(text, literal("; relative to the slope, over ~"), report.usual_relative)
        put(text, literal(" in half of them") if report.compared > 1 else literal(""))
    end_paragraph(text)


def put_arithmetic(text: Text) -> None:
    """Write the arithmetic in which f computes."""
    arithmetic = report_of(text).arithmetic
    if arithmetic == ARITHMETIC_FLOAT64:
        put(text, literal("float64"))
    else:
        put(text, literal("float32") if arithmetic == ARITHMETIC_FLOAT32 else literal("coarser than float32"))


def put_noise_floor(text: Text) -> None:
    """Write the noise of f, and where it comes from."""
    report = report_of(text)
    begin_fact(text, literal("  noise floor  "))
    put_measured(text, literal("~"), report.noise_floor)
    if report.noise_measured != 0 or report.mode == MODE_LINES:
        put(text, literal(" (measured)"))
    else:
        put(text, literal(" (assumed; no need to measure it)"))
    if report.nondeterministic != 0:
        put_measured(text, literal("; two calls at x differ by up to ~"), report.spread)
    end_paragraph(text)


def put_evaluations(text: Text) -> None:
    """Write how often the objective was called."""
    report = report_of(text)
    begin_fact(text, literal("  evaluations  "))
    put_counted(text, literal("# of the objective"), report.evaluations)
    if report.outside > 0:
        put_counted(text, literal("; # point") if report.outside == 1 else literal("; # points"), report.outside)
        put(text, literal(" outside the bounds left out"))
    if report.mode == MODE_LINES and report.stopped_by > 0:
        put(text, literal("; "))
        put_what_ended(text)
    end_paragraph(text)


def put_power_fact(text: Text) -> None:
    """Write what lines would have detected, if there were any."""
    report = report_of(text)
    if report.lines == 0:
        return
    begin_fact(text, literal("  power        "))
    if report.verdict == VERDICT_WRONG:
        put(text, literal("before the disagreement, "))
    put_power(text)
    end_paragraph(text)
    if report.hidden != 0.0:
        begin_fact(text, literal("  kinks at x   "))
        put_measured(text, literal("may hide errors of up to ~ along a line"), report.hidden)
        end_paragraph(text)
