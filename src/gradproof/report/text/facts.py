"""What a printed report calls the functions, and facts that reports of every mode have."""

from __future__ import annotations

from ...core.text import sentences
from ..records import Record
from .figures import setting


def agrees(report: Record) -> str:
    """Return that the gradient, or what else was checked, agrees: without where."""
    verb = "agree" if " and " in report.subject or report.subject == "derivatives" else "agrees"
    return f"{report.subject} {verb} with the {report.against}"


def about_objective(report: Record) -> dict[str, str]:
    """Return what is known of the values of the function, as a fact."""
    if not report.outputs:
        return {"objective": f"{report.value:.9g} at x, computed in {report.arithmetic}"}
    what = "1 output" if report.outputs == 1 else f"{report.outputs:,} outputs, added up with random weights"
    return {"function": f"{what}, computed in {report.arithmetic}"}


def calls_of(report: Record) -> str:
    """Return how often the functions were called, and how many points were left out, as text."""
    calls = f"{report.evaluations:,} of the {report.against}"
    if report.gradient_evaluations:
        calls += f", {report.gradient_evaluations} of the {report.subject}"
    if report.outside:
        calls += f"; {report.outside:,} {'point' if report.outside == 1 else 'points'} outside the bounds left out"
    return calls


def about_held(report: Record) -> dict[str, str]:
    """Return the fact that coordinates were held, if any were."""
    if not report.held:
        return {}
    return {"held": f"{report.held:,} of {report.n + report.held:,} coordinates, which were not checked"}


def about_atol(report: Record) -> dict[str, str]:
    """Return the absolute error that was allowed, as a fact; nothing if there was none."""
    if not report.atol:
        return {}
    return {"atol": f"an error of {setting(report.atol)} {sentences.UNIT} is allowed in every coordinate"}
