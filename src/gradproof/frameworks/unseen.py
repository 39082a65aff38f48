"""What a right verdict along lines did not see, beside arrays that could be off by a factor of 2."""

from __future__ import annotations

from ..problem.rounding import NOT_EVALUATED
from ..report.power import LIKELY
from ..report.report import Report
from ..report.text.figures import short
from .kinks import with_notes
from .names import listed

NOTE = (
    "Of {count:,} of {total:,} arrays lines saw the factor that is common to all slopes, and no other errors, be they "
    "as large as all slopes together, such as exchanged rows or single entries: {names} (worst first){others}."
)
OTHERS = "; of the others, none below {share} of the norm of their slopes"
# So many bars of random lines an error within an array has where it is seen, whatever its shape.
BARS = 2.0 * LIKELY
ADVICE = ' precision="float64" sees smaller ones.'


def with_unseen(report: Report) -> Report:
    """Return a report that names the arrays in which a right verdict vouches for their factors alone.

    Along its own claim a line sees what is common to an array; errors of another shape only random lines see, whose
    bars are those of all of x.
    """
    if report.verdict != "right" or report.power is None:
        return report
    power = report.power
    others = (one for one in power.blocks if one.norm > 0 and one.name not in power.unseen)
    sizes = {one.name: BARS * one.bar / one.norm for one in others}
    hidden = [name for name, size in sizes.items() if size > 1]
    if not hidden:
        return report
    rest = [size for size in sizes.values() if size <= 1]
    told = {
        "names": listed(sorted(hidden, key=lambda name: -sizes[name])),
        "others": OTHERS.format(share=short(max(rest))) if rest else "",
    }
    note = NOTE.format(count=len(hidden), total=len(power.blocks), **told)
    can_be = report.arithmetic != "float64" and not any(one.startswith(NOT_EVALUATED) for one in report.warnings)
    return with_notes(report, [note + (ADVICE if can_be else "")])
