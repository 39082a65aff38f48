"""Findings about lines longer than one coordinate: blocks with dense errors, and parts in which nothing was located."""

from __future__ import annotations

import math

from ..evidence.intervals import NO_KINK
from ..lines.decision import leads_nowhere_along
from ..records.border import begin_finding
from ..records.codes import AGREES, WRONG
from ..records.lines import MOST_LONG_FINDINGS, Halving, LineLadder, Lines, Node, write_node


def begin_long_findings(lines: Lines) -> None:
    """Forget the findings about long lines."""
    lines.finding_count = 0


def write_long_finding(lines: Lines, node: Node, cause: int, claim: float, allowed: float) -> None:
    """Write a finding: the claimed slope along a part of a line, and the numerical one.

    A single coordinate that was looked at alone has a finding of its own.
    """
    alone = node.stop - node.start == 1 and is_candidate(lines, node.start)
    if alone or lines.finding_count >= MOST_LONG_FINDINGS:
        return
    finding = lines.long_findings[lines.finding_count]
    lines.finding_count += 1
    begin_finding(finding, node.start, node.stop, cause, NO_KINK, node.bar + allowed)
    finding.claimed = claim
    # Where the claimed slope is not known, the residual slope alone.
    finding.slope = claim + node.residual if math.isfinite(claim) else node.residual
    finding.error_bar = node.bar
    finding.step = math.ldexp(1.0, int(node.exponent))


def is_candidate(lines: Lines, index: int) -> bool:
    """Return whether a coordinate is looked at alone, or has been."""
    if lines.confirming == 0:
        return False
    for number in range(lines.candidates.count):
        if lines.candidates.indices[number] == index:
            return True
    return False


def write_factor(lines: Lines, halving: Halving, allowed: float) -> None:
    """Write what a line along the claim says of a block: wrong where it disagrees, else what its coordinates say.

    At kinks at x what is centered between both slopes need not be the claim: only coordinates can be wrong there.
    """
    ladder = halving.ladder
    bar = factor_bar(ladder)
    in_doubt = lines.failed.gap != 0 or ladder.has_gap != 0
    in_doubt = in_doubt or leads_nowhere_along(lines, ladder.residual, ladder.claims[0] + ladder.residual, bar)
    cause = WRONG if math.fabs(ladder.residual) > bar + allowed and not in_doubt else AGREES
    write_node(halving.node, ladder, bar)
    write_long_finding(lines, halving.node, cause, ladder.claims[0], allowed)


def factor_bar(ladder: LineLadder) -> float:
    """Return the error bar of the residual slope along a claim.

    Of kinks at all distances some cancel in the gaps and changes of a line: what is left of them counts twice.
    """
    return ladder.bar + ladder.rest


def refute_blocks(lines: Lines, index: int) -> None:
    """A coordinate is confirmed wrong: so is the block that holds it."""
    for number in range(lines.finding_count):
        finding = lines.long_findings[number]
        if finding.start <= index < finding.stop:
            finding.cause = WRONG


def any_wrong(lines: Lines) -> bool:
    """Return whether a long line is wrong."""
    for number in range(lines.finding_count):
        if lines.long_findings[number].cause == WRONG:
            return True
    return False


def keep_wrong(lines: Lines) -> None:
    """Forget the findings that are not wrong: blocks next to those that are."""
    kept = 0
    for number in range(lines.finding_count):
        finding = lines.long_findings[number]
        if finding.cause == WRONG:
            lines.long_findings[kept] = finding
            kept += 1
    lines.finding_count = kept
