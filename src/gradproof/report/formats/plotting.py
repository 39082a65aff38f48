"""Plots the ladders of the worst findings.  matplotlib is imported when something is drawn."""

from __future__ import annotations

import math
from typing import Any

from ..cause import Cause
from ..finding import Finding
from ..records import Record

INSTALL = "drawing needs matplotlib: pip install 'gradproof[plot]'"
SIZE = (8.0, 5.5)
# Colours of ladders, which colour-blind readers can distinguish (Okabe and Ito, 2008).
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = "os^Dv*"


def draw(report: Record, axes: Any = None) -> Any:
    """Draw |slope - claimed| over the step for the worst findings, and what noise may add; return the axes."""
    if axes is None:
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError(INSTALL) from None
        axes = pyplot.figure(figsize=SIZE, layout="constrained").add_subplot()
    drawn = [one for one in report.findings if len(one.ladder) > 1 and math.isfinite(one.claimed)][: len(COLOURS)]
    for one, colour, marker in zip(drawn, COLOURS, MARKERS, strict=False):
        steps, errors = errors_of(one)
        axes.plot(steps, errors, f"{marker}-", color=colour, markersize=4, linewidth=1, label=_label(one))
    if drawn:
        rungs = sorted({(rung.step, rung.error_bar) for one in drawn for rung in one.ladder if rung.error_bar > 0})
        axes.plot([step for step, _ in rungs], [bar for _, bar in rungs], ":", color="0.5", label="noise floor / h")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.legend(fontsize="small")
    axes.set_xlabel("step h")
    axes.set_ylabel("|slope - claimed|")
    axes.set_title(f"{report.verdict}: {len(report.wrong):,} of {report.n:,} coordinates wrong")
    axes.grid(visible=True, which="major", linewidth=0.4, alpha=0.6)
    return axes


def errors_of(one: Finding) -> tuple[list[float], list[float]]:
    """Return the steps of a ladder and |slope - claimed| there, where it is known and not 0."""
    pairs = [(rung.step, abs(rung.slope - one.claimed)) for rung in one.ladder]
    seen = [(step, error) for step, error in pairs if math.isfinite(error) and error > 0]
    return [step for step, _ in seen], [error for _, error in seen]


def _label(one: Finding) -> str:
    # matplotlib reads what stands between two dollars as mathematics.
    name = one.name.replace("$", r"\$")
    return name if one.cause is Cause.WRONG else f"{name} ({one.cause})"
