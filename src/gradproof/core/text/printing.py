"""The door to the text of a report."""

from __future__ import annotations

from ..records.abi import Integer, Letters, exported
from ..records.border import ConstOptions, Findings, Report
from ..records.codes import BAD_ARGUMENT, VERDICT_INCONCLUSIVE, VERDICT_RIGHT
from ..records.memory import handle, is_null, literal, local_record
from ..records.text import Text
from .explanations import put_explanations, put_long_lines, put_notes
from .facts import put_facts, put_not_vouched
from .headline import put_headline
from .letters import finish, put
from .subject import report_of
from .table import put_tables


@exported
def print(  # noqa: A001  (the name that C has)
    report: Report, findings: Findings, capacity: Integer, options: ConstOptions, buffer: Letters, size: Integer
) -> Integer:
    """Write a report as text, as snprintf does: verdict, facts, and what was found, worst first, in 100 columns.

    The text is what Python prints, to the letter, but for what Python alone knows: calls of a function that computes
    the gradient, exceptions, rows of data, warnings about agreement that proves little, and the shape of f where it
    leaves a claim undecided.

    Parameters
    ----------
    report : Report
        What a check found.
    findings : Findings
        Its findings; may be NULL.
    capacity : Integer
        Number of findings that there was room for.
    options : ConstOptions
        Names and borders of the blocks of x; without them, or where it is NULL, coordinate 3 is `x[3]`.
    buffer : Letters
        Filled with the text in UTF-8, as much of it as fits, and a 0 at its end; may be NULL where size is 0.
    size : Integer
        Bytes that there is room for, the 0 included.

    Returns
    -------
    Integer
        Bytes of the whole text without the 0, which may be more than there was room for; or GRADPROOF_BAD_ARGUMENT.
    """
    if is_null(report) or capacity < 0 or size < 0 or (size > 0 and is_null(buffer)):
        return BAD_ARGUMENT
    if not VERDICT_RIGHT <= report.verdict <= VERDICT_INCONCLUSIVE:
        return BAD_ARGUMENT
    text = local_record(Text)
    text.report = handle(report)
    text.options = handle(options)
    text.letters = buffer
    text.size = size
    if not is_null(findings):
        text.findings = handle(findings)
        text.count = report.findings if report.findings < capacity else capacity
    put_all(text)
    finish(text)
    return text.used


def put_all(text: Text) -> None:
    """Write all parts of the text."""
    if report_of(text).n < 1:
        put(text, literal("inconclusive: the check did not begin"))
        return
    put_headline(text)
    put_not_vouched(text)
    put_facts(text)
    put_long_lines(text)
    put_tables(text)
    put_explanations(text)
    put_notes(text)
