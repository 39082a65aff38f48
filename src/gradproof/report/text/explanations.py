"""What the causes in a report mean and what to do about them, below its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...core.text.sentences import SAME_VALUE, SHARED, TOGETHER
from ..advice import advice, is_wrong_together
from ..cause import Cause
from ..formats.known import FewNumbers
from ..records import Record
from ..shape import Shape, shape_of
from .figures import filled, listed

if TYPE_CHECKING:
    from ..finding import Finding

NAMES = 3
# The most explanations that are shown.
MOST = 4


def why(report: Record, width: int) -> str:
    """Return what explains the errors, array by array, a line or two for each."""
    shown = list(map(str, report.explanations[:MOST]))
    more = len(report.explanations) - MOST
    shown += [f"… and {more} more explanations"] if more > 0 else []
    return "\n".join(filled("  ", one, "    ", width) for one in [*shown, *unexplained(report)])


def unexplained(report: Record) -> list[str]:
    """Return a line about errors that no simple explanation fits, if there are any: where they are, what they break."""
    if not report.unexplained:
        return []
    # Imported on use, here and below: of a right gradient nothing is unexplained.
    from ..explanation import TOO_FEW

    few = [one.removesuffix(TOO_FEW) for one in report.unexplained if one.endswith(TOO_FEW)]
    many = [one for one in report.unexplained if not one.endswith(TOO_FEW)]
    said = [f"no simple explanation fits the errors in {_listed(many)}{_only_there(report)}"] if many else []
    said += [f"too few errors to tell what they have in common: {_listed(few)}"] if few else []
    return said + observed(report)


def observed(report: Record) -> list[str]:
    """Return the remarks on invariances that claims break, which are redundant next to an explanation."""
    if report.verdict != "wrong" or not report.warnings:
        return []
    from ..explanation import OBSERVED

    return [note for note in report.warnings if note.endswith(OBSERVED)]


def _listed(places: Sequence[str]) -> str:
    more = len(places) - MOST
    return f"{'; '.join(places[:MOST])}{f'; and {more:,} more arrays' if more > 0 else ''}"


def _only_there(report: Record) -> str:
    """Return what it means that other arrays are right, if there are any, and not too many to be named."""
    if report.power is not None or report.explanations:
        return ""
    from ..summaries.arrays import arrays_of

    arrays = arrays_of(report)
    right = [one.name for one in arrays if one.is_right]
    if not right or sum(one.wrong > 0 for one in arrays) + len(right) < len(arrays):
        return ""
    names = listed(right[:NAMES], len(right))
    return f". {names} {'is' if len(right) == 1 else 'are'} right: look at what only the others depend on"


def not_finite(report: Record, width: int) -> str:
    """Return which claims are NaN or infinite, unless an explanation says it; what is right has none."""
    if report.verdict == "right" or any(one.kind == "not finite" for one in report.explanations):
        return ""
    claimed = report._evidence.claimed
    # A report that was read from a file holds all claims if one of them is not finite.
    if isinstance(claimed, FewNumbers):
        return ""
    places = np.flatnonzero(~np.isfinite(claimed))
    if not places.size:
        return ""
    missing = np.isnan(claimed[places])
    what = "NaN" if missing.all() else "not finite" if missing.any() else "infinite"
    names = listed([report._evidence.layout.name(int(place)) for place in places[:NAMES]], places.size)
    are = "claim is" if places.size == 1 else "claims are"
    return filled("  ", f"{places.size:,} {are} {what}: {names}", "    ", width)


def explanations(report: Record, undecided: Sequence[Finding], width: int) -> str:
    """Return a sentence for each cause in a report; of those findings that are passed it knows the shape of f."""
    return "\n".join(filled(f"  {cause}: ", said, "    ", width) for cause, said in meanings(report, undecided))


def meanings(report: Record, undecided: Sequence[Finding]) -> list[tuple[Cause, str]]:
    """Return each cause in a report with what it means and what to do about it."""
    causes = {one.cause for one in report.findings} - {Cause.AGREES, Cause.UNTESTED}
    if report.untested and report.stopped_by:
        causes.add(Cause.UNTESTED)
    if report.nondeterministic:
        causes.add(Cause.NONDETERMINISTIC)
    return [(cause, said) for cause in Cause if cause in causes for said in _of(cause, report, undecided)]


def shared_kink(one: Finding, report: Record) -> str:
    """Return a sentence about a claimed value that something is to be said of only together with its partner's."""
    both = f"{one.name} and {report.name(one.partner)}"
    if one.cause is Cause.WRONG:
        return f"{both}{SHARED}"
    return f"{both}{SAME_VALUE}"


def _of(cause: Cause, report: Record, undecided: Sequence[Finding]) -> Iterator[str]:
    if cause is Cause.WRONG:
        yield from _of_wrong(report)
        return
    shapes: dict[str, list[tuple[Finding, Shape]]] = {}
    looked_at = [one for one in undecided if one.cause is cause]
    for one in looked_at:
        if (shape := shape_of(one)).kind:
            shapes.setdefault(shape.kind, []).append((one, shape))
    known = sum(map(len, shapes.values()))
    if known < len(looked_at) or not known:
        yield advice(cause, report)
    for found in shapes.values():
        yield f"{_names([one for one, _ in found])}: {found[0][1].sentence}."
    others = sum(one.cause is cause for one in report.findings) - len(looked_at)
    if known and known == len(looked_at) and others:
        yield f"report.explain(index) says it of the other {others:,}."


def _of_wrong(report: Record) -> Iterator[str]:
    wrong = [one for one in report.findings if one.cause is Cause.WRONG]
    together = [one for one in wrong if is_wrong_together(one)]
    if len(together) < max(len(wrong), len(report.wrong)):
        yield Cause.WRONG.explanation
    if together:
        yield f"{_names(together)}: {TOGETHER}."


def _names(found: Sequence[Finding]) -> str:
    return listed([one.name for one in found[:NAMES]], len(found))
