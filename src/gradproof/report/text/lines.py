"""The parts of a printed report that are specific to checks along lines: headline, power, wrong blocks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ...core.text import sentences
from ..advice import about_noise
from ..cause import Cause
from ..records import Record
from .facts import about_atol, about_held, about_objective, agrees, calls_of
from .figures import filled, number, short

if TYPE_CHECKING:
    from ..finding import Finding

REASONS = {
    Cause.STEP_LIMITED: sentences.STEP_LIMITED_ALONG_LINES,
    Cause.DOMAIN: sentences.DOMAIN_ALONG_LINES,
    Cause.NONDETERMINISTIC: sentences.RANDOM,
    Cause.UNTESTED: sentences.UNTESTED_ALONG_LINES,
}
ENDED_BY = {"budget": "the budget", "time_limit": "the time limit", "interrupted": "Ctrl-C"}
NAMED_BLOCKS = 4


def headline_of_lines(report: Record) -> str:
    """Return the verdict in words, on one line."""
    along = f"along random lines through all {report.n:,} coordinates"
    if report.verdict == "right":
        return f"right: the {agrees(report)} {along}"
    if report.verdict == "inconclusive":
        reason = REASONS.get(report.cause or Cause.UNTESTED)
        return f"inconclusive: nothing is wrong, but {reason or about_noise(report)}"
    long = [one for one in report.findings if one.is_line and one.cause is Cause.WRONG]
    named = f"{len(report.wrong):,} wrong {'coordinate' if len(report.wrong) == 1 else 'coordinates'} confirmed"
    if not len(report.wrong) and long:
        off = max(abs(one.slope - one.claimed) if math.isfinite(one.claimed) else abs(one.slope) for one in long)
        named = f"a slope along a line is off by {short(off)}, of which no single coordinate was confirmed"
    blocks = [one.name for one in long]
    where = f", errors in {', '.join(blocks[:NAMED_BLOCKS])}" if blocks else ""
    if len(blocks) > NAMED_BLOCKS:
        where += f" and {len(blocks) - NAMED_BLOCKS} more"
    return f"wrong: the {report.subject} disagrees with the {report.against} {along}; {named}{where}"


def facts_of_lines(report: Record) -> dict[str, str]:
    """Return the facts on which the verdict rests, by name."""
    power = report.power
    facts = {**about_held(report), **about_atol(report)}
    if power is not None and power.lines:
        facts["power"] = str(power) if report.verdict != "wrong" else f"before the disagreement, {power}"
        if power.hidden:
            facts["kinks at x"] = f"may hide errors of up to {short(power.hidden)} along a line"
    if report.evaluations:
        facts |= about_objective(report)
        facts["noise floor"] = f"{short(report.noise_floor)} (measured)"
        if report.nondeterministic:
            facts["noise floor"] += f"; two calls at x differ by up to {short(report.spread)}"
    calls = calls_of(report)
    if report.stopped_by:
        calls += f"; {ENDED_BY[report.stopped_by]} ended the check"
    return {**facts, "evaluations": calls, "seed": f"{report.seed}; another seed draws other lines"}


def long_lines(report: Record, width: int) -> str:
    """Return a sentence for every line of several coordinates that is wrong or undecided."""
    return "\n".join(filled("  ", one, "    ", width) for one in sentences_of_lines(report))


def sentences_of_lines(report: Record) -> list[str]:
    """Return the same sentences one by one."""
    return [_sentence(one, report) for one in report.findings if one.is_line]


def _count(one: Finding, report: Record) -> int:
    """Return how many coordinates a line has: what is held in between is not part of it."""
    indices = report._evidence.layout.indices
    if indices is None:
        return one.stop - one.start
    first, last = np.searchsorted(indices, (one.start, one.stop))
    return int(last - first)


def _sentence(one: Finding, report: Record) -> str:
    size = _count(one, report)
    sampled = report.sampled[(report.sampled >= one.start) & (report.sampled < one.stop)]
    text = f"{one.name}: "
    if sampled.size:
        wrong = np.count_nonzero(np.isin(sampled, report.wrong))
        text += f"{wrong:,} of {sampled.size:,} sampled coordinates wrong (of {size:,})"
    else:
        text += f"{size:,} coordinates, not searched further"
    if one.claimed == 0:
        text += f"; along the line the claimed slope is 0, the measured one {short(one.slope)}"
    elif math.isfinite(one.factor) and one.factor_bar < abs(one.factor - 1.0):
        factor = f"{number(one.factor, 6)} ± {short(one.factor_bar)}"
        text += f"; along the claimed gradient it is {factor} times what it should be"
    elif not math.isfinite(one.claimed):
        text += f"; along the line the slope is off by {short(abs(one.slope))}"
    return text
