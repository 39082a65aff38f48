"""Renders a report as text: the verdict, the facts behind it, and what matters, worst first; 100 columns at most."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...core.text.sentences import UNIT
from ..cause import Cause
from ..records import Record, resolutions_of
from ..remarks.vacuous import UNCHANGED
from .arrays import about_arrays
from .explanations import explanations, not_finite, observed, shared_kink, why
from .factors import about_factors, factors
from .facts import about_atol, about_held, about_objective, agrees, calls_of
from .figures import decade, filled, number, short
from .lines import ENDED_BY, REASONS, facts_of_lines, headline_of_lines, long_lines
from .vouching import not_vouched_for

if TYPE_CHECKING:
    from ..finding import Finding

WIDTH = 100
# Sentences have as few columns as that; tables do not, whose names would be cut.
NARROWEST, NARROWEST_TABLE = 40, 60
ROWS = 10
KINK_ROWS = 5
SHARED = 3
NAME_ROOM = 24
# Numbers of digits to try until the table is narrow enough.
DIGITS = (9, 7, 5, 4)
# Columns to leave out on a terminal too narrow for all of them.
LEFT_OUT = ("left", "right")
COLOURS = {"right": "32", "wrong": "31", "inconclusive": "33"}
# The same in words.
STYLES = {"right": "bold green", "wrong": "bold red", "inconclusive": "bold yellow"}


def render(report: Record, *, colour: bool = False, width: int = WIDTH, every: bool = False) -> str:
    """Return a report as text of at most `width` columns; with `colour`, its verdict is coloured.

    Sentences have 40 columns or more, tables 60.  With `every`, its tables have all the rows.
    """
    few, fewer = (len(report.findings), len(report.findings)) if every else (ROWS, KINK_ROWS)
    width, wide = max(width, NARROWEST), max(width, NARROWEST_TABLE)
    coordinates = [one for one in report.findings if not one.is_line]
    head = filled("", headline(report), "", width)
    missing = filled("", not_vouched_for(report) or about_f(report), "", width)
    if colour:
        head = f"\033[1;{COLOURS[report.verdict]}m{head}\033[0m"
    wrong = [one for one in coordinates if one.cause is Cause.WRONG]
    undecided = [one for one in coordinates if one.cause.is_open]
    kinks = [one for one in coordinates if one.has_kink and one.cause.is_acceptable]
    settled = [one for one in coordinates if one.rows is not None and one.cause.is_acceptable]
    hidden_kinks = len(report.kinks) - sum(one.has_kink for one in wrong + undecided)
    parts = [
        "\n".join(part for part in (head, missing, why(report, width), not_finite(report, width)) if part),
        _joined(facts(report), width),
        factors(report, width),
        long_lines(report, width),
        _table("wrong", wrong, few, len(report.wrong), _slopes, wide),
        _table("undecided", undecided, few, report.undecided, _slopes, wide),
        _table("settled", sorted(settled, key=_fewness), fewer, len(settled), _settled_on(report.rows), wide),
        _table("kinks", kinks, fewer, max(hidden_kinks, len(kinks)), _kinks, wide),
        explanations(report, undecided[:few], width),
        _notes(report, wrong, width),
    ]
    return "\n\n".join(part for part in parts if part)


def headline(report: Record) -> str:
    """Return the verdict in words, on one line."""
    if report.power is not None:
        return headline_of_lines(report)
    if report.verdict == "right":
        at_kinks = f", {len(report.kinks):,} of them at or near a kink" if len(report.kinks) else ""
        return f"right: the {agrees(report)} in {_all(report.n)}{at_kinks}"
    left = [(report.undecided, "could not be decided"), (report.untested, _was(report.untested) + " not tested")]
    parts = [f"{count:,} {what}" for count, what in left if count]
    if report.verdict == "wrong":
        where = f"is wrong in {len(report.wrong):,} of {_coordinates(report.n)}"
        if not len(report.wrong) and not parts:
            where = f"is wrong, although it agrees with the {report.against} in {_all(report.n)}: see the notes"
        return "; ".join([f"wrong: the {report.subject} {where}", *parts])
    if not parts:
        return "inconclusive: nothing is wrong, but not everything was checked: see the notes"
    first, *rest = parts
    count, _, what = first.partition(" ")
    open_ones = f"{count} of {_coordinates(report.n)} {' and '.join([what, *rest])}"
    why = f"; {REASONS[Cause.NONDETERMINISTIC]}" if report.nondeterministic else ""
    return f"inconclusive: nothing is wrong, but {open_ones}{why}"


def facts(report: Record) -> dict[str, str]:
    """Return the facts on which the verdict rests, by name."""
    if report.power is not None:
        return {**about_arrays(report), **about_factors(report), **facts_of_lines(report)}
    tested = f"{report.tested:,} of {_coordinates(report.n)}"
    if report.untested and report.stopped_by:
        tested += f", then {ENDED_BY[report.stopped_by]} ended the check"
    noise = f"{short(report.noise_floor)} ({'measured' if report.noise_measured else 'assumed; no need to measure it'})"
    known = {**about_arrays(report), "tested": tested, **about_held(report), **about_atol(report)}
    if report.resolution > 0:
        known["resolution"] = _resolution(report)
    if report.evaluations and report.rounds:
        known |= {**about_objective(report), "noise floor": noise}
    if report.nondeterministic:
        known["noise floor"] += f"; two calls at x differ by up to {short(report.spread)}"
    known["evaluations"] = calls_of(report)
    return known


def _joined(known: dict[str, str], width: int) -> str:
    return "\n".join(filled(f"  {key:<11}  ", value, " " * 15, width) for key, value in known.items())


def _resolution(report: Record) -> str:
    median, relative, compared = report._evidence.usual or _usual(report)
    worst = short(report.resolution)
    usual = short(median) if math.isfinite(median) else worst
    of_slopes = f"; relative to the slope, over {short(relative)}" if compared else ""
    of_slopes += " in half of them" if compared > 1 else ""
    if usual == worst:
        return f"errors over {worst} would be detected {UNIT}{of_slopes}"
    where = "where decided" if report.undecided or report.untested else "everywhere"
    return f"errors over {worst} would be detected {where}, over {usual} in half the coordinates {UNIT}{of_slopes}"


def _usual(report: Record) -> tuple[float, float, int]:
    """Return what the engine says of usual resolutions, for those that fewer rows have changed since."""
    claimed = np.abs(np.asarray(report._evidence.claimed, np.float64))
    resolutions = resolutions_of(report)
    known = np.isfinite(resolutions)
    chosen = known & np.isfinite(claimed) & (claimed > 0)
    with np.errstate(over="ignore"):
        relative = float(np.median(resolutions[chosen] / claimed[chosen])) if chosen.any() else math.nan
    median = float(np.median(resolutions[known])) if known.any() else math.nan
    return median, relative, int(np.count_nonzero(chosen))


def _slopes(one: Finding, digits: int) -> dict[str, str]:
    enough = _justified(one.slope, one.error_bar, digits)
    slope = _known(one.slope, enough)
    if math.isfinite(one.error_bar) and math.isfinite(one.slope):
        slope += f" ± {short(one.error_bar)}"
    return {
        "claimed": number(one.claimed, enough),
        "numerical slope": slope,
        "left": _known(one.left, min(digits, 6)),
        "right": _known(one.right, min(digits, 6)),
        "cause": str(one.cause) + (f", on {one.rows:,} rows" if one.rows else ""),
    }


def _settled_on(rows: int | None) -> Callable[[Finding, int], dict[str, str]]:
    def cells(one: Finding, digits: int) -> dict[str, str]:
        shown = _slopes(one, digits)
        return {key: shown[key] for key in ("claimed", "numerical slope")} | {
            "cause": f"{one.cause}: settled on {one.rows:,} of {rows:,} rows"
        }

    return cells


def _kinks(one: Finding, digits: int) -> dict[str, str]:
    shown = min(digits, 6)
    return {
        "claimed": number(one.claimed, shown),
        "left": _known(one.left, shown),
        "right": _known(one.right, shown),
        "kink": "at x" if one.distance == 0 else f"at x {'-' if one.distance < 0 else '+'} {short(abs(one.distance))}",
        "cause": str(one.cause),
    }


def _table(
    title: str,
    found: Sequence[Finding],
    rows: int,
    total: int,
    cells: Callable[[Finding, int], dict[str, str]],
    width: int,
) -> str:
    shown = found[:rows]
    if not shown:
        return f"{title}: {total:,}" if total and title != "kinks" else ""
    longest = max(len(one.name) for one in shown)
    for digits, left_out in (*((digits, ()) for digits in DIGITS), (DIGITS[-1], LEFT_OUT)):
        lines = [{key: text for key, text in cells(one, digits).items() if key not in left_out} for one in shown]
        widths = {key: max(len(key), *(len(line[key]) for line in lines)) for key in lines[0]}
        room = width - 2 - sum(each + 2 for each in widths.values())
        if room >= min(longest, NAME_ROOM * width // WIDTH):
            break
    room = max(min(longest, room), len(title))
    text = [_line(title, {key: key for key in widths}, widths, room)]
    text += [_line(_cut(one.name, room), line, widths, room) for one, line in zip(shown, lines, strict=True)]
    if total > len(shown):
        # A check keeps only the findings of the coordinates that it settles first; worse ones may follow.
        kept = f"; only the first {len(found):,} found were kept" if total > len(found) else ""
        text.append(f"  … and {total - len(shown):,} more{kept}")
    return "\n".join(text)


def _line(name: str, cells: dict[str, str], widths: dict[str, int], room: int) -> str:
    """Return one line: names and causes flush left, numbers flush right."""
    padded = (f"{cells[key]:<{width}}" if key == "cause" else f"{cells[key]:>{width}}" for key, width in widths.items())
    return f"  {name:<{room}}  {'  '.join(padded)}".rstrip()


def _cut(name: str, room: int) -> str:
    """Shorten a name in the middle: its end identifies the coordinate."""
    if len(name) <= room:
        return name
    tail = max(1, (room - 1) * 2 // 3)
    return f"{name[: room - 1 - tail]}…{name[-tail:]}"


def _notes(report: Record, wrong: Sequence[Finding], width: int) -> str:
    return "\n".join(filled("  note: ", note, "    ", width) for note in notes(report, wrong))


def notes(report: Record, wrong: Sequence[Finding]) -> list[str]:
    """Return the remarks below the tables, given the coordinates that are wrong."""
    shared = [shared_kink(one, report) for one in wrong if one.partner > one.index][:SHARED]
    told = (about_f(report), *observed(report))
    return [*shared, *map(str, report.exceptions), *(note for note in report.warnings if note not in told)]


def about_f(report: Record) -> str:
    """Return the first note if it says that f is not the function that the gradient belongs to, else ""."""
    first = report.warnings[0] if report.warnings else ""
    return first if first.startswith(UNCHANGED) else ""


def _fewness(one: Finding) -> tuple[int, int]:
    return (one.rows or 0, one.index)


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _all(n: int) -> str:
    return "the one coordinate" if n == 1 else f"all {n:,} coordinates"


def _coordinates(n: int) -> str:
    return "1 coordinate" if n == 1 else f"{n:,} coordinates"


def _known(value: float, digits: int) -> str:
    """Format a measured number; a dash if nothing could be measured."""
    return "-" if math.isnan(value) else number(value, digits)


def _justified(slope: float, error_bar: float, most: int) -> int:
    """Return how many digits of a slope to show given its error bar: one more than are certain, at least three."""
    if not (math.isfinite(slope) and math.isfinite(error_bar)) or slope == 0 or error_bar <= 0:
        return min(most, 6)
    certain = decade(slope) - decade(error_bar)
    return max(3, min(certain + 1, most))
