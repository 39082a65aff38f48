"""Plots a study: errors against steps on logarithmic axes.  matplotlib is imported when something is drawn."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np

from ..report.text.figures import short
from .curves import Curve, StudyRecord
from .table import kink_in_words

INSTALL = "drawing needs matplotlib: pip install 'gradproof[plot]'"
# Different markers, and colours that colour-blind readers can distinguish (Okabe and Ito, 2008).
STYLES = {"forward": ("#D55E00", "o"), "centered": ("#0072B2", "s")}
SIZE = (8.0, 5.5)
DOTS = 150
# The standard deviation of the noise of a difference quotient, relative to that of one value over h.
SLOPE_NOISE = {"forward": 2.0**0.5, "centered": 0.5**0.5}


def draw(study: StudyRecord, axes: Any = None) -> Any:
    """Draw a study into matplotlib axes, by default those of a new pyplot figure, and return the axes."""
    if axes is None:
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError(INSTALL) from None
        axes = pyplot.figure(figsize=SIZE, layout="constrained").add_subplot()
    for curve in study.curves:
        _draw_curve(axes, study, curve)
    if study.kink is not None and study.kink.distance:
        label = f"kink {kink_in_words(study).partition(':')[0]}"
        axes.axvline(abs(study.kink.distance), color="black", linestyle="-.", linewidth=1, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("step h")
    axes.set_ylabel(f"|slope - {study.against}|")
    kink = " (kink at x)" if study.kink is not None and not study.kink.distance else ""
    axes.set_title(f"Errors of difference quotients along {study.name}{kink}")
    axes.grid(visible=True, which="major", linewidth=0.4, alpha=0.6)
    axes.legend(fontsize="small")
    return axes


def require(path: Any) -> None:
    """Raise the error of `save` if matplotlib is missing or does not support the file name extension."""
    endings = _figure().canvas.get_supported_filetypes()
    ending = PurePath(path).suffix.lstrip(".").lower()
    if ending not in endings:
        raise ValueError(f"{path}: matplotlib cannot write files of this kind; use .svg, .png or .pdf")


def save(study: StudyRecord, path: Any) -> None:
    """Draw a study into a file whose extension selects the format.  Needs neither pyplot nor a screen."""
    require(path)
    import matplotlib

    figure = _figure()
    draw(study, figure.add_subplot())
    # So that the same study gives the same file, and text stays text.
    with matplotlib.rc_context({"svg.hashsalt": "gradproof", "svg.fonttype": "none"}):
        stamp = {"Date": None} if PurePath(path).suffix.lower() == ".svg" else None
        figure.savefig(path, dpi=DOTS, metadata=stamp)


def _figure() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(INSTALL) from None
    return Figure(figsize=SIZE, layout="constrained")


def _draw_curve(axes: Any, study: StudyRecord, curve: Curve) -> None:
    colour, marker = STYLES[curve.formula]
    seen = np.isfinite(curve.errors) & (curve.errors > 0.0)
    lowest = float(curve.errors[seen].min()) if seen.any() else 0.0
    axes.plot(study.steps[seen], curve.errors[seen], marker, color=colour, markersize=4, label=curve.formula)
    if curve.truncation.steps:
        law = curve.truncation.error_low, curve.truncation.error_high
        axes.plot(curve.window, law, color=colour, linewidth=1.5, label=f"order {round(curve.order, 2) + 0.0:.2f}")
    noise = SLOPE_NOISE[curve.formula] * study.noise_floor / study.steps
    above = noise >= lowest / 10.0
    axes.plot(study.steps[above], noise[above], ":", color=colour, linewidth=1, label="noise floor / h")
    if np.isfinite(curve.best_error) and curve.best_error > 0.0:
        label = f"best step {short(curve.best_step)}: {short(curve.best_error)}"
        axes.plot(curve.best_step, curve.best_error, "*", color=colour, markersize=13, markeredgecolor="black",
                  label=label)  # fmt: skip
