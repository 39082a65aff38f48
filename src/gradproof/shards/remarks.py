"""What the result of a check of shards shows beyond its findings, as far as nobody needs all of x for it."""

from __future__ import annotations

from ..core.records import codes
from ..engine import Outcome
from ..report.records import Evidence
from ..report.remarks import inner_tolerance, negated
from ..report.remarks.vacuous import NOTHING, dead, unchanged


def remarks(outcome: Outcome, evidence: Evidence) -> tuple[str, ...]:
    """Return remarks about the result of a check along lines.

    Parameters
    ----------
    outcome
        What the engine found.
    evidence
        The layout of x, the claims and coordinates that were looked at, and the values of f.
    """
    verdict = outcome.report.verdict
    if verdict == codes.VERDICT_RIGHT:
        return tuple(_about_zeros(outcome, evidence))
    if verdict != codes.VERDICT_WRONG:
        return ()
    values = evidence.values
    kept = values.first(values.rounds)[2]
    found = (
        unchanged(values.value, kept, outcome.report.outside, outcome.findings, everywhere=False, in_place=False),
        negated.remark(outcome.findings, evidence.claimed, False, 1),
        inner_tolerance.remark(outcome.findings, values.x),
    )
    return tuple(filter(None, found))


def _about_zeros(outcome: Outcome, evidence: Evidence) -> list[str]:
    """Return remarks about slopes that are all 0, in everything or in an array."""
    if outcome.report.norm == 0.0:
        return [NOTHING]
    leaves = evidence.layout.arrays
    zero = [leaf for leaf, norm in zip(leaves, evidence.blocks[0].tolist(), strict=False) if norm == 0.0]
    return dead(zero, outcome.findings)
