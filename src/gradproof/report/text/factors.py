"""The factor of each named array along its own claimed gradient, as a check along lines measured it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ..cause import Cause
from ..records import Record
from .figures import filled, number, short

if TYPE_CHECKING:
    from ..power import BlockPower

MOST = 10
# Upstream of a bug at least this share of the arrays is off: errors fade on the way to the first ones.
UPSTREAM = 0.5
# Explanations that a bug further on may have; what is added to claims, for example, is a bug of each array.
FADING = ("factor", "zero", "not finite")
# A factor that all arrays share takes one line.
COMMON = "along its own claim everything is {factor} times what it should be: {count:,} arrays share this factor"


def about_factors(report: Record) -> dict[str, str]:
    """Return how well the factors of a right gradient are known, as a fact."""
    known = _known(report)
    if report.verdict != "right" or len(known) < 2:
        return {}
    worst = max(known, key=lambda one: one.ratio_bar)
    least = f"1 to within {short(worst.ratio_bar)} in {worst.name}"
    rest = f", to within {short(sorted(one.ratio_bar for one in known)[len(known) // 2])} at the median"
    return {"factors": f"along its own claim each of {len(known):,} arrays agrees; its factor is {least}{rest}"}


def factors(report: Record, width: int) -> str:
    """Return the factors of a wrong gradient, worst first, and what is said of the other arrays."""
    known, off = _known_and_off(report)
    lines = []
    if off and not _of_all(report, len(known)):
        room = max(len(one.name) for one in off[:MOST])
        lines = [f"  {'array':<{room}}  claimed / measured slope, along its own claim"]
        lines += [f"  {one.name:<{room}}  {_told(one)}" for one in off[:MOST]]
        if len(off) > MOST:
            lines.append(f"  … and {len(off) - MOST:,} more")
    return "\n".join([*lines, *(filled("  ", one, "    ", width) for one in sentences_of_factors(report))])


def sentences_of_factors(report: Record) -> list[str]:
    """Return what the factors of a wrong gradient say together: that they are one, or where the bug may be."""
    known, off = _known_and_off(report)
    if not off:
        return []
    if of_all := _of_all(report, len(known)):
        return [of_all]
    names = {one.name for one in off}
    rest = [one for one in known if one.name not in names]
    return _about_rest(known, off, rest, all(one.kind in FADING for one in report.explanations))


def _known_and_off(report: Record) -> tuple[list[BlockPower], list[BlockPower]]:
    """Return the arrays whose factors are known, and those that are off, worst first, if the gradient is wrong."""
    known = _known(report)
    if report.verdict != "wrong" or len(known) < 2:
        return known, []
    wrong = {one.name for one in report.findings if one.is_line and one.cause is Cause.WRONG}
    return known, sorted((one for one in known if _is_off(one, wrong, report.rtol)), key=_severity)


def _of_all(report: Record, count: int) -> str:
    """Return that all of so many arrays share a factor; "" if they do not."""
    from ..summaries.arrays import is_common

    for one in report.findings:
        whole = one.stop - one.start == report._evidence.layout.total
        if whole and one.factor_bar < abs(one.factor) and is_common(one, report):
            return COMMON.format(factor=f"{number(one.factor, 6)} ± {short(one.factor_bar)}", count=count)
    return ""


def _known(report: Record) -> list[BlockPower]:
    if report.power is None:
        return []
    from ..power import has_ratio  # which is there: the report has a power

    return [one for one in report.power.blocks if has_ratio(one)]


def _is_off(one: BlockPower, wrong: Collection[str], rtol: float) -> bool:
    """Whether an array is wrong along its claim: confirmed, or so clearly off that it need not be."""
    # Imported on use: only checks along lines know factors.
    from ...core.lines.decision import CLEAR_BARS

    bars = 1.0 if one.name in wrong else CLEAR_BARS
    return abs(one.ratio - 1.0) > bars * one.ratio_bar + rtol


def _severity(one: BlockPower) -> float:
    """Return the error of the slope relative to the claim, negative, so that the worst one comes first."""
    return -abs(1.0 - 1.0 / one.ratio) if one.ratio else -math.inf


def _told(one: BlockPower) -> str:
    return f"{number(one.ratio, 6)} ± {short(one.ratio_bar)}"


def _about_rest(
    known: Sequence[BlockPower], off: Sequence[BlockPower], rest: Sequence[BlockPower], may_fade: bool
) -> list[str]:
    """Return what is said of the arrays that are not off, and where the bug may be if its errors fade on their way."""
    if not rest:
        return []
    worst = max(abs(one.ratio - 1.0) + one.ratio_bar for one in rest)
    others = "the other array" if len(rest) == 1 else f"the other {len(rest):,} arrays"
    said = [f"right along its claim, to {short(worst)} or better: {others}"]
    names = {one.name for one in off}
    first = max(number for number, one in enumerate(known) if one.name in names) + 1
    # Of three or more, so that it is no chance that nothing after them is off.
    if may_fade and UPSTREAM * first <= len(off) > 1 and first < len(known) and (len(off) > 2 or first == len(off)):
        where = "look for the bug in the backward pass there, or just before it"
        said.append(f"everything from {known[first].name} on is right along its claim: {where}")
    return said
