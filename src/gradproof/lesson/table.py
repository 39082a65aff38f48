"""Renders a study as text: the fits, and the slopes at some of the steps; 100 columns at most."""

from __future__ import annotations

import math
import textwrap

from ..report.ladder import NOTHING, TRUNCATION, UNCLEAR
from ..report.text.figures import number, short
from ..report.text.table import WIDTH
from .curves import Curve, StudyRecord
from .orders import Fit

ROWS = 16
DIGITS = 12
KEY, COLUMN = 13, 40
COLUMNS = ("step h", "forward", "error", "centered", "error")


def render(study: StudyRecord) -> str:
    """Return a study as text."""
    parts = [_facts(study), _fits(study), _slopes(study), _meaning(study)]
    return "\n\n".join(part for part in parts if part)


def _facts(study: StudyRecord) -> str:
    calls = f"{study.evaluations:,} of the objective"
    if study.gradient_evaluations:
        calls += f", {study.gradient_evaluations} of the gradient"
    facts = {
        "along": study.name,
        "objective": f"{number(study.value, 9)} at x, computed in {study.arithmetic}",
        "slope": _slope(study),
        "noise floor": short(study.noise_floor),
        "kink": kink_in_words(study),
        "evaluations": calls,
    }
    return "\n".join(f"{key:{KEY}}{value}" for key, value in facts.items())


def _slope(study: StudyRecord) -> str:
    """Return the slope against which errors are measured, with as many digits as are certain."""
    if study.against == "claimed":
        return f"{number(study.slope, DIGITS)}, claimed"
    if not math.isfinite(study.slope):
        return "none was found"
    certain = DIGITS
    if study.slope and study.error_bar:
        certain = min(DIGITS, max(2, math.ceil(math.log10(abs(study.slope) / study.error_bar))) + 1)
    return f"{number(study.slope, certain)} ± {short(study.error_bar)}, the best that was found"


def kink_in_words(study: StudyRecord) -> str:
    """Describe the nearest kink: its position, and the slopes on its two sides."""
    if study.kink is None:
        return f"none found within {short(float(study.steps[-1]))}"
    distance = study.kink.distance
    place = "at x" if distance == 0 else f"at x {'-' if distance < 0 else '+'} {short(abs(distance))}"
    return f"{place}: slope {number(study.kink.left, 6)} on its left, {number(study.kink.right, 6)} on its right"


def _fits(study: StudyRecord) -> str:
    rows = [
        ("", *(curve.formula for curve in study.curves)),
        ("truncation", *(_order(curve.truncation) for curve in study.curves)),
        ("rounding", *(_order(curve.noise) for curve in study.curves)),
        ("best step", *(_best(curve) for curve in study.curves)),
    ]
    return "\n".join(f"{key:{KEY}}{first:{COLUMN}}{second}".rstrip() for key, first, second in rows)


def _order(fit: Fit) -> str:
    if not fit.steps:
        return "dominates at no steps"
    # Rounded first, to avoid -0.00.
    return f"order {round(fit.order, 2) + 0.0:.2f} on {short(fit.low)} … {short(fit.high)}"


def _best(curve: Curve) -> str:
    if math.isnan(curve.best_step):
        return "none"
    return f"{short(curve.best_step)}, error {short(curve.best_error)}"


def _slopes(study: StudyRecord) -> str:
    every = max(1, math.ceil(len(study.steps) / ROWS))
    rows = [COLUMNS]
    for place in range(len(study.steps) - 1, -1, -every):
        cells = [short(float(study.steps[place]))]
        for curve in study.curves:
            cells += [_cell(curve.slopes[place], 10), _cell(curve.errors[place], 0)]
        rows.append((cells[0], cells[1], cells[2], cells[3], cells[4]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)


def _cell(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return "-"
    return number(float(value), digits) if digits else short(float(value))


def _meaning(study: StudyRecord) -> str:
    sentences = []
    if not math.isfinite(study.slope):
        sentences.append(
            "f has no value on one side of x, or its slopes do not converge: give a gradient to measure errors against."
        )
    if study.kink is not None and study.kink.distance == 0:
        sentences.append("f has a kink at x: it has no slope there, and no step brings the two formulas closer to one.")
    elif study.kink is not None:
        sides = "Forward and centered" if study.kink.distance > 0 else "Backward and centered"
        away = short(abs(study.kink.distance))
        sentences.append(f"{sides} differences cross the kink with every step above {away}; smaller steps do not.")
    # With a kink nearby, these explanations would not be the whole truth.
    if study.explanation and not (study.kink is not None and study.fingerprint in (UNCLEAR, TRUNCATION, NOTHING)):
        sentences.append(study.explanation)
    sentences += study.warnings
    return "\n".join("\n".join(textwrap.wrap(sentence, WIDTH)) for sentence in sentences)
