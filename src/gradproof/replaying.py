"""Replays the findings of a report: their own probes again, and what the same check says of them now."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .checking import check
from .problem.numbers import Flat, in_short
from .problem.probes import PROBE
from .report.cause import Cause
from .report.finding import Finding
from .report.report import Report
from .report.text.figures import number, short
from .report.text.table import headline

# Up to this many findings are checked by themselves; for more, or for whole lines, everything is checked again.
MOST = 500
# Rounding differs between machines and versions: values within this many noise floors are the same.
SAME_NOISE = 16.0
ROWS = 40
# At most this many arrays are named where the report belongs to another problem.
SHOWN = 4
SAME = "the same"


class Replayed(NamedTuple):
    """A finding then and now.

    Attributes
    ----------
    then
        The finding of the report.
    claimed
        The claim now.
    slope
        The slope now; NaN if it was not measured because the claim agrees.
    cause
        The cause now.
    differing, probes
        How many values differ of those that the finding rests on, and how many there are; none of a line.
    """

    then: Finding
    claimed: float
    slope: float
    cause: Cause
    differing: int
    probes: int

    @property
    def is_same_claim(self) -> bool:
        """Whether the gradient claims what it claimed."""
        return self.claimed == self.then.claimed or (math.isnan(self.claimed) and math.isnan(self.then.claimed))


class Replay(NamedTuple):
    """What a replay found.

    Attributes
    ----------
    findings
        The findings of the report, then and now.
    report
        The report of the check that was made now.
    """

    findings: tuple[Replayed, ...]
    report: Report

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def replay(report: Report, objective: Any, gradient: Any, x: Any, **settings: Any) -> Replay:
    """Evaluate the probes of a report's findings again, and check their coordinates again by the same rules.

    Parameters
    ----------
    report
        The report.
    objective, gradient, x
        As for `gradproof.check`.
    **settings
        Further arguments of `gradproof.check`; what is None is as it was in the report.

    Raises
    ------
    ValueError
        If the report is about something else than a gradient at this x.
    TypeError
        If it is no report.
    """
    if not isinstance(report, Report):
        raise TypeError(f"replay(report, …) needs a report, as Report.from_json(text) gives, not {in_short(report)}")
    if report.outputs:
        raise ValueError("the report is about a function with many outputs: only those of gradients can be replayed")
    if not report.findings:
        raise ValueError("the report has no findings: there is nothing to replay")
    is_alone = all(not one.is_line for one in report.findings) and len(report.findings) <= MOST
    same: dict[str, Any] = {"rtol": report.rtol, "atol": report.atol or None, "seed": report.seed, "rows": report.rows}
    only = sorted({one.index for one in report.findings})
    same |= {"mode": "full", "only": only} if is_alone else {"mode": report.mode}
    same |= {"sign": report.sign, "convention": report.convention}
    same |= {name: one for name, one in settings.items() if one is not None}
    now = _checked(report, lambda: check(objective, gradient, x, **same))
    if now.n + now.held != report.n + report.held:
        raise ValueError(f"{_of_another(report)}, but x has {now.n + now.held:,}")
    found = tuple(_replayed(one, report, now, objective) for one in report.findings)
    return Replay(found, now)


def _of_another(report: Report) -> str:
    return f"the report belongs to another problem: it is about {report.n + report.held:,} coordinates"


def _checked(report: Report, again: Callable[[], Report]) -> Report:
    """Return the report of a check at what may be no x of these functions: then say so."""
    try:
        return again()
    except Exception as error:
        if isinstance(error, IndexError) and str(error).startswith("only: "):
            raise ValueError(f"{_of_another(report)}, more than x has") from None
        layout = report._evidence.layout
        arrays = ", ".join(f"{layout.title_of(leaf)} of shape {leaf.shape}" for leaf in layout.leaves[:SHOWN])
        if hasattr(error, "add_note"):  # from Python 3.11 on
            error.add_note(f"The x of the report has {arrays}: does the report belong to another problem?")
        raise


def _replayed(then: Finding, report: Report, now: Report, objective: Any) -> Replayed:
    """Return one finding then and now."""
    at_same_place = (one for one in now.findings if (one.start, one.stop) == (then.start, then.stop))
    found = next(at_same_place, None)
    differing, probes = (0, 0) if then.is_line else _values_again(then, report, now, objective)
    if found is not None:
        return Replayed(then, found.claimed, found.slope, found.cause, differing, probes)
    alone = not then.is_line
    claimed = now.claimed(then.index) if alone else math.nan
    is_decided = now.verdict == "right" or (alone and now.power is None and _is_known(now, then.index))
    return Replayed(then, claimed, math.nan, Cause.AGREES if is_decided else Cause.UNTESTED, differing, probes)


def _is_known(now: Report, index: int) -> bool:
    return bool(np.isfinite(now.resolutions[index]))


def _values_again(then: Finding, report: Report, now: Report, objective: Any) -> tuple[int, int]:
    """Return how many values along a coordinate differ from those of the report, and how many there are."""
    at_x, steps, values = then._values.along(then.index)
    if not steps:
        return 0, 0
    known = dict(zip(*now._evidence.values.along(then.index)[1:], strict=True))
    missing = [step for step in steps if step not in known]
    known |= dict(zip(missing, _evaluated(now, then.index, missing, objective), strict=True))
    bar = SAME_NOISE * max(report.noise_floor, now.noise_floor, math.ulp(at_x) if math.isfinite(at_x) else 0.0)
    pairs = [(at_x, now.value), *((value, known[step]) for step, value in zip(steps, values, strict=True))]
    return sum(not _is_same(a, b, bar) for a, b in pairs), len(pairs)


def _is_same(a: float, b: float, bar: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= bar


def _evaluated(now: Report, index: int, steps: Sequence[float], objective: Any) -> list[float]:
    """Return the values of the objective at steps along a coordinate that the check of now did not ask for."""
    if not steps:
        return []
    # Imported on use: where nothing has changed the same steps are asked for.
    from .evaluators.choice import evaluator_for
    from .problem.point import Problem
    from .rows.on_rows import OnRows

    layout = now._evidence.layout
    problem = Problem(layout, now._evidence.values.x)
    probes: Flat = np.zeros(len(steps), PROBE)
    place = layout.place(index)
    probes["start"], probes["stop"], probes["step"] = place, place + 1, steps
    if now.rows is not None:
        objective = OnRows(objective, np.arange(now.rows), "objective")
    evaluator = evaluator_for(objective, problem)
    try:
        return [float(value) for value in evaluator.evaluate(probes)]
    finally:
        evaluator.close()


# ---- Text ------------------------------------------------------------------------------------------------------------


def _lines(found: Replay) -> Iterator[str]:
    bad = [one for one in found.findings if not one.then.cause.is_acceptable]
    still = sum(not one.cause.is_acceptable for one in bad)
    yield headline(found.report)
    if bad:
        yield f"of {len(bad):,} findings of the report that were wrong or open, {still:,} still are"
    yield ""
    rows = [_row(one) for one in found.findings[:ROWS]]
    table = [("finding", "claimed", "slope", "then", "now"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    if len(found.findings) > ROWS:
        yield f"  … and {len(found.findings) - ROWS:,} more"


def _row(one: Replayed) -> tuple[str, ...]:
    then = one.then
    claim = SAME if one.is_same_claim else f"was {number(then.claimed, 6)}, is {number(one.claimed, 6)}"
    return then.name, claim, _slope(one), str(then.cause), str(one.cause)


def _slope(one: Replayed) -> str:
    if one.probes and not one.differing:
        return f"{SAME} ({one.probes} values)"
    was = "-" if math.isnan(one.then.slope) else f"{number(one.then.slope, 6)} ± {short(one.then.error_bar)}"
    slope = one.claimed if math.isnan(one.slope) and one.cause is Cause.AGREES else one.slope
    told = "not measured" if math.isnan(slope) else number(slope, 6)
    values = f" ({one.differing} of {one.probes} values differ)" if one.probes else ""
    return f"was {was}, is {told}{values}"
