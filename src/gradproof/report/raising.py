"""The exceptions that a report becomes if it does not pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .report import Report
from .text.encoding import for_output
from .text.summary import failure


class GradientError(AssertionError):
    """Raised by `assert_gradient` if a gradient is wrong.

    Attributes
    ----------
    report : Report
        Says where the gradient is wrong and why; the message of the exception shows it.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> try:
    ...     gradproof.assert_gradient(lambda x: np.sum(x**2), lambda x: 3 * x, np.array([1.0, 0.5]))
    ... except gradproof.GradientError as error:
    ...     print(error.report.verdict)
    wrong
    """

    # As it is imported, which is also how a traceback names it.
    __module__ = "gradproof"

    def __init__(self, report: Report) -> None:
        # The first line is what the short summary of a test run shows.
        super().__init__(f"{for_output(failure(report))}\n\n{report}")
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.report,))


class InconclusiveError(GradientError):
    """Raised by `assert_gradient` if a check could not decide.

    Attributes
    ----------
    report : Report
        Says what is undecided and what would decide it.

    Examples
    --------
    A budget of two evaluations is too small:

    >>> import numpy as np
    >>> import gradproof
    >>> try:
    ...     gradproof.assert_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, np.array([1.0, 0.5]), budget=2)
    ... except gradproof.InconclusiveError as error:
    ...     print(error.report.untested, error.report.stopped_by)
    2 budget
    """

    __module__ = "gradproof"


def right_or_raise(checked: Callable[[], Report], inconclusive: str) -> Report:
    """Make a report and return it if it passes; raise as `assert_gradient` does if it does not."""
    # For pytest: a failure stands at the line of the test, not in here.
    __tracebackhide__ = True
    if inconclusive not in ("raise", "pass"):
        raise ValueError(f'inconclusive must be "raise" or "pass", not {inconclusive!r}')
    report = checked()
    if report.stopped_by == "interrupted":
        raise KeyboardInterrupt
    if report.verdict == "wrong":
        raise GradientError(report)
    if report.verdict == "inconclusive" and inconclusive == "raise":
        raise InconclusiveError(report)
    return report
