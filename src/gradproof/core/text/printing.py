"""The text of a report, through the C API."""

from __future__ import annotations

from ..machine.options import take_options
from ..records.abi import Integer, Letters, exported, never_inlined
from ..records.border import REPORT_BYTES, ConstFindings, ConstOptions, ConstReport, Options, Report, size_is_bad
from ..records.codes import (
    BAD_CAPACITY,
    BAD_SIZE,
    DONE,
    NOTHING_TOLD,
    NULL_OUTPUT,
    NULL_REPORT,
    VERDICT_INCONCLUSIVE,
    VERDICT_RIGHT,
)
from ..records.memory import copy_bytes, handle, is_null, literal, local_record
from ..records.text import Text
from .explanations import put_explanation, put_explanations, put_long_lines, put_notes
from .facts import put_facts, put_not_vouched
from .headline import put_headline
from .letters import finish, put
from .subject import report_of
from .table import put_tables

# The smallest report that has a verdict, and a finding of the first version.
LEAST_REPORT = 16
LEAST_FINDING = 128


@exported
def print(  # noqa: A001  (the name that C has)
    report: ConstReport,
    findings: ConstFindings,
    capacity: Integer,
    options: ConstOptions,
    buffer: Letters,
    size: Integer,
) -> Integer:
    """Write a report as text, as snprintf does: verdict, facts, and what was found, worst first, in 100 columns.

    The text is what Python prints, to the letter, but for what Python alone knows: calls of a function that computes
    the gradient, exceptions, Ctrl-C, rows of data, warnings about agreement that proves little, factors of arrays along
    their own claims, and the shape of f where it leaves a claim undecided. Of what explains errors Python knows more,
    array by array; here it is what all wrong coordinates have in common, as report->explanation has it.

    Parameters
    ----------
    report : ConstReport
        What a check found.
    findings : ConstFindings
        Its findings; may be NULL.
    capacity : Integer
        Number of findings that there was room for.
    options : ConstOptions
        Names and borders of the blocks of x; without them, or where it is NULL, coordinate 3 is `x[3]`.
    buffer : Letters
        Filled with the text in UTF-8, as many whole characters as fit, and a 0 at their end; may be NULL where `size`
        is 0.
    size : Integer
        Bytes that there is room for, the 0 included.

    Returns
    -------
    Integer
        Bytes of the whole text without the 0, which may be more than there was room for; GRADPROOF_NULL_REPORT;
        GRADPROOF_NULL_OUTPUT; GRADPROOF_BAD_SIZE; GRADPROOF_BAD_CAPACITY; GRADPROOF_NOTHING_TOLD where the report holds
        no verdict; or what is wrong with the options.
    """
    code = code_of_memory(report, findings, capacity, buffer, size)
    if code != DONE:
        return code
    own = local_record(Report)
    copy_bytes(own, report, report.size if report.size < REPORT_BYTES else REPORT_BYTES)
    names = local_record(Options)
    if not VERDICT_RIGHT <= own.verdict <= VERDICT_INCONCLUSIVE:
        return NOTHING_TOLD
    if own.n > 0:
        code = take_options(names, options, own.n)
        if code != DONE:
            return code
    text = local_record(Text)
    text.report = handle(own)
    text.options = handle(names)
    text.letters = buffer
    text.size = size
    if not is_null(findings) and own.findings > 0 and capacity > 0:
        text.findings = handle(findings)
        text.stride = findings[0].size
        text.count = own.findings if own.findings < capacity else capacity
    put_all(text)
    finish(text)
    return text.used


def code_of_memory(report: ConstReport, findings: ConstFindings, capacity: int, buffer: Letters, size: int) -> int:
    """Return the code of what is wrong with the memory that is read or written; 0 where nothing is."""
    if is_null(report):
        return NULL_REPORT
    if is_null(buffer) and size > 0:
        return NULL_OUTPUT
    if size_is_bad(report.size, LEAST_REPORT):
        return BAD_SIZE
    if capacity < 0 or size < 0:
        return BAD_CAPACITY
    if not is_null(findings) and capacity > 0 and size_is_bad(findings[0].size, LEAST_FINDING):
        return BAD_SIZE
    return DONE


@never_inlined
def put_all(text: Text) -> None:
    """Write all parts of the text."""
    if report_of(text).n < 1:
        put(text, literal("inconclusive: the check did not begin"))
        return
    put_headline(text)
    put_not_vouched(text)
    put_explanation(text)
    put_facts(text)
    put_long_lines(text)
    put_tables(text)
    put_explanations(text)
    put_notes(text)
