"""A note on functions that are constant between steps, through which a backward pass may let a gradient on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..report.report import Report
from .names import listed

# Functions whose slopes are all 0, by the names that they have in PyTorch and in JAX.
ROUNDING = ("round", "floor", "ceil", "sign")
PLACES = ("argmax", "argmin")
NOTE = (
    "f calls {names} with what depends on the parameters, where f is constant between steps. Where the backward pass "
    "lets a gradient through, as a straight-through estimator does on purpose, that is not the gradient of f: to check "
    "all else, check the loss without the steps."
)


def about_steps(report: Report, names: Callable[[], Sequence[str]]) -> Iterator[str]:
    """Yield a note where a gradient was not found to be right, and f has steps.

    Parameters
    ----------
    report
        The report of the check.
    names
        Returns the names of the functions that f calls, and that have steps.
    """
    if report.verdict == "right" or report.stopped_by or report.nondeterministic:
        return
    if found := names():
        yield NOTE.format(names=listed(found))
