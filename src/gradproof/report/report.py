"""The report of a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .formats.methods import Written

if TYPE_CHECKING:
    from ..problem.coordinates.lookup import Index
    from .finding import Finding


# Its fields and its constructor are those of the record, which is a dataclass.
class Report(Written):
    """The result of a check: ``print(report)`` shows it, and it is true only for the verdict "right".

    Attributes
    ----------
    verdict : {"right", "wrong", "inconclusive"}
        "wrong" if at least one coordinate is wrong; "inconclusive" if none is, but not everything could be decided.
    wrong, kinks : ndarray of int64
        Sorted flat indices of the coordinates that are wrong, and of those with a kink at or near x.
    findings : tuple of Finding
        The evidence for whatever does not simply agree, for the first 8,192 coordinates of that kind, worst first:
        what is wrong, with the largest errors first, then what is undecided, then kinks.
    n, tested, agreeing, undecided, untested : int
        Numbers of coordinates.
    evaluations, gradient_evaluations, rounds : int
        How often the objective and the gradient were called, and in how many rounds.
    value : float
        f(x).
    noise_floor : float
        Rounding noise of f near x, in units of f.
    noise_measured : bool
        Whether `noise_floor` was measured; if False, the rounding error of f(x) was assumed and proved sufficient.
    arithmetic : {"float64", "float32", "coarser than float32"}
        The arithmetic in which f computes, as its values show.
    nondeterministic : bool
        Whether calls of f at x gave different values.
    spread : float
        By how much they differed, in units of f.
    resolution : float
        The smallest error that would have been detected in every decided coordinate.  Along lines: the smallest error
        of a single coordinate, times its scale, that is certain to be detected.
    resolutions : ndarray of float64
        The same for each coordinate; NaN if untested.  Empty along lines.
    power : Power or None
        What the lines would have detected; None in mode "full".
    sampled : ndarray of int64
        Along lines, the coordinates that were tested one by one.
    cause : Cause or None
        Along lines, why the verdict is inconclusive; else None.
    rtol : float
        The relative error that counted as wrong.
    atol : float
        The absolute error of a claimed component that was allowed, in the unit of the gradient.
    vouched : float
        The share of the coordinates, from 0 to 1, that agree and were *seen to rtol*: an error of ten tolerances (rtol
        times the claim, rounding, and `atol`) would have been detected.  A tolerance excuses errors up to rtol, and
        noise may add some of them; ten times it must not pass.  A claim of 0 is compared with the tolerance of the
        largest component.  Along lines: the share of the coordinates in arrays where an error bar is no more than twice
        rtol times the norm of the claim in the array (without named arrays: in all of x); 0 unless the verdict is
        "right".
    unseen : int
        The number of coordinates that agree and could be off by a factor of 2 unseen: their resolution is larger than
        their claim, which is not 0.  Along lines: the number of such arrays (see `power.unseen`).
    mode : {"full", "lines"}
        The mode that was used.
    seed : int
        The seed of the random lines.
    stopped_by : {"", "budget", "time_limit", "interrupted"}
        What ended the check early, if anything did.
    warnings : tuple of str
        Remarks about the objective, the gradient or the check.
    rows : int or None
        The number of data points, if given.
    held : int
        The number of coordinates that `only` or `held` left out; `n` does not count them.  Indices are those of all of
        x, and the `resolutions` of what was held are NaN.
    outputs : int
        The number of outputs that took part, of a function with many; 0 for an objective.
    subject, against : str
        What was checked, such as "gradient" or "vjp", and what it was compared with, such as "objective".
    explanations : tuple of Explanation
        What explains the errors of a wrong gradient, array by array, where something simple does; printed, such as
        ``all of W2: claimed = 0.5 × slope``.
    unexplained : tuple of str
        Where the errors are that no simple explanation fits, such as ``all of W1``.
    sign : {1, -1}
        -1 if the gradient function returns minus the gradient; claims in the report are gradients.
    convention : {"pytorch", "jax", "autograd"}
        The convention of the gradient for complex coordinates.
    exceptions : tuple of Raised
        What the objective raised away from x, one record for each type of exception; such points are missing values.
    outside : int
        The number of points that were left out because they lie outside `bounds`; `evaluations` does not count them.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> report = check(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) * [1, 1, -1], x)
    >>> report
    <gradproof.Report wrong: x[2] of 3: claimed = -1 × slope, the sign is wrong...>
    >>> bool(report), report.wrong
    (False, array([2]))
    >>> print(report.findings[0].cause.explanation)
    The slope is measured clearly and the claimed value is not it: look for the bug in the gradient.

    At a bound, points beyond it are left out; without bounds, an objective that raises there is reported:

    >>> def f(x):
    ...     if x[0] < 0:
    ...         raise ValueError("x[0] is negative")
    ...     return np.sum(x**1.5)
    >>> x = np.array([0.0, 1.0])
    >>> report = check(f, lambda x: 1.5 * np.sqrt(x), x, bounds=(0, None))
    >>> report.outside > 0, report.exceptions
    (True, ())
    >>> for raised in check(f, lambda x: 1.5 * np.sqrt(x), x).exceptions:
    ...     print(raised)
    The objective raised ValueError (x[0] is negative) at ... away from x (first at x[0] - 0.000122), where...
    """

    def explain(self, index: Index | Finding) -> str:
        """Return the evidence for one coordinate as text: its slopes, what their pattern means, and what to do.

        Parameters
        ----------
        index : int, str, tuple or Finding
            The coordinate: its name as in the table, such as ``"W1[3, 7]"``, or its flat index in x, or a finding of
            this report; for x that is a single array also a tuple of indices, else one like ``("W1", 3, 7)``.  Negative
            ones count from the end.

        Returns
        -------
        str
            A table with one line for each step, and an explanation.

        Raises
        ------
        IndexError
            If `index` is out of range, or names what was not checked.
        TypeError, ValueError
            If `index` is something else, or the name of no coordinate or of several.

        Examples
        --------
        >>> import numpy as np
        >>> from gradproof import check
        >>> x = np.array([0.5, 1.0, 2.0])
        >>> report = check(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) * [1, 1, 1.1], x)
        >>> print(report.explain("x[2]"))
        x[2]: claimed -0.457761520, measured -0.4161468... ± ...
        ...
          |slope - claimed| is the same at every step: the mark of a bug in the gradient.
        ...
        """
        # Imported on use: most reports are never printed.
        from .text.encoding import for_output
        from .text.explaining import explain

        return for_output(explain(self, self._flat(index)))

    def __bool__(self) -> bool:
        """Return whether the gradient is right; an inconclusive check does not pass."""
        return self.verdict == "right"

    def __str__(self) -> str:
        from .text.encoding import columns, for_output
        from .text.table import WIDTH, render

        return for_output(render(self, width=columns(WIDTH)))

    def __repr__(self) -> str:
        from .text.encoding import for_output
        from .text.summary import one_line

        return for_output(one_line(self))
