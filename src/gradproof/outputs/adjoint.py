"""The public check that a jvp and a vjp are adjoint: the dot-product test, which takes no differences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..problem.exceptions import raise_of_signal
from ..problem.numbers import Flat, frozen, in_x
from ..problem.point import called
from ..problem.structure import layout_of_output
from ..report.cause import Cause
from ..report.finding import Finding
from ..report.ladder import Values
from ..report.raising import right_or_raise
from ..report.report import Report
from ..run.keywords import OutputsSettings
from ..run.settings import Settings
from .checks import settings_of, without_arguments
from .claimed.claims import CALLED, ByCovectors, ByTangents, tangent_like_x
from .claimed.operators import is_operator, products_of
from .covectors import TANGENTS, signed
from .joining import agreed
from .localisation.halving import halved
from .sums import are_apart

if TYPE_CHECKING:
    from typing_extensions import Unpack

# The number of random pairs of a covector and a tangent.
PAIRS = 3
# The most coordinates and the most outputs of each that are located.
COORDINATES, OUTPUTS = 16, 8


def check_adjoint(jvp: Any, vjp: Any = None, x: Any = None, **settings: Unpack[OutputsSettings]) -> Report:
    """Check that a vector-Jacobian product is the adjoint of a Jacobian-vector product.

    For random covectors w and tangents v, ``w · jvp(x, v)`` must be ``v · vjp(x, w)`` but for rounding.  Where it is
    not, the two are compared on parts of the coordinates and outputs until single entries are found.

    Parameters
    ----------
    jvp : callable, or linear operator
        ``jvp(x, tangent)`` returns the product with a tangent, which has the structure of `x`; a linear function takes
        its argument as tangent and leaves `x` aside.  A ``LinearOperator`` of SciPy, or another object with ``shape``,
        ``matvec`` and ``rmatvec``, stands for both: ``check_adjoint(operator)``, or ``check_adjoint(operator, x)``; and
        so do two of them that should be adjoint.
    vjp : callable
        ``vjp(x, cotangent)`` returns the product with a cotangent, which has the structure of the output.
    x : array_like or structure of arrays
        The point, as for `check_vjp`; of a linear operator it may be left out.
    **settings
        args, seed, rtol, only, held, names: as for `check_vjp`.  The default of `rtol` is the square root of the
        rounding unit, 1.5e-8 in float64 and 3.5e-4 in float32, relative to what is added up.

    Returns
    -------
    Report
        Findings name both ends; `claimed` is what the vjp says of an entry, `slope` what the jvp says.  Which of the
        two is wrong, `check_vjp` and `check_jvp` tell.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, or a result does not have the expected structure.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> A = np.array([[1.0, 2.0, 0.0], [0.0, 3.0, 4.0]])
    >>> x = np.zeros(3)
    >>> gradproof.check_adjoint(lambda x, v: A @ v, lambda x, w: A.T @ w, x).verdict
    'right'
    >>> B = A.copy()
    >>> B[1, 2] = 5.0
    >>> report = gradproof.check_adjoint(lambda x, v: A @ v, lambda x, w: B.T @ w, x)
    >>> report.verdict, [finding.name for finding in report.findings]
    ('wrong', ['output[1] / x[2]'])
    """
    if is_operator(jvp):
        jvp, vjp, x = products_of(jvp, vjp, x)
    elif vjp is None or x is None:
        raise TypeError("check_adjoint takes a jvp, a vjp and x; or a linear operator, which has matvec and rmatvec")
    _refuse_no_functions(jvp, vjp)
    jvp, vjp, rest = without_arguments(jvp, vjp, settings)
    chosen, _ = settings_of(rest)
    return _DotProducts(jvp, vjp, x, chosen).report()


def assert_adjoint(jvp: Any, vjp: Any = None, x: Any = None, **settings: Unpack[OutputsSettings]) -> Report:
    """Raise an exception unless a vjp is the adjoint of a jvp; for use in tests.

    Parameters
    ----------
    jvp, vjp, x, **settings
        As for `check_adjoint`.

    Returns
    -------
    Report
        The report of a pair that passed.

    Raises
    ------
    GradientError, TypeError, ValueError
        As for `assert_gradient`.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof
    >>> gradproof.assert_adjoint(lambda x, v: 2 * v, lambda x, w: 2 * w, np.ones(3)).verdict
    'right'
    """
    return right_or_raise(lambda: check_adjoint(jvp, vjp, x, **settings), "raise")


def _refuse_no_functions(jvp: Any, vjp: Any) -> None:
    for form, one in (("jvp(x, tangent)", jvp), ("vjp(x, cotangent)", vjp)):
        if not callable(one):
            raise TypeError(
                f"check_adjoint takes a function {form}, not an object of type {type(one).__name__}: "
                "for a matrix A write `lambda x, v: A @ v` and `lambda x, w: A.T @ w`"
            )


class _DotProducts:
    """The dot-product test at one point."""

    def __init__(self, jvp: Any, vjp: Any, x: Any, settings: Settings) -> None:
        settings.options()
        if settings.read_sign() < 0:
            raise ValueError("sign= is for checks against a function: here both products are claims")
        self.problem = settings.problem(x, hold=True)
        self.seed = settings.seed
        self.tangents = [signed(self.seed, TANGENTS + number, self.problem.n) for number in range(PAIRS)]
        output = self._output(jvp, vjp)
        self.layout = layout_of_output(output)
        self.columns = ByTangents(jvp, self.problem, self.layout)
        self.rows = ByCovectors(vjp, self.problem, self.layout)
        self.unit = float(np.finfo(self.problem.x.dtype).eps)
        self.rtol = settings.rtol or math.sqrt(self.unit)
        self.covectors = [signed(self.seed, number, self.layout.n) for number in range(PAIRS)]

    def _output(self, jvp: Any, vjp: Any) -> Any:
        """Return the product with a tangent, which has the structure of the output."""
        try:
            return called(CALLED, jvp, *self._arguments(self.tangents[0]))
        except Exception as problem:
            raise_of_signal(problem)
            if self._takes_tangent(vjp):
                raise TypeError(f"{CALLED}, which the vjp seems to take: call check_adjoint(jvp, vjp, x)") from problem
            raise

    def _takes_tangent(self, vjp: Any) -> bool:
        try:
            return vjp(*self._arguments(self.tangents[0])) is not None
        except Exception as problem:  # with arguments that it does not expect, the user's function may raise anything
            raise_of_signal(problem)
            return False

    def _arguments(self, tangent: Flat) -> tuple[Any, Any]:
        return self.problem.copy_of_x()[0], tangent_like_x(self.problem, tangent)

    def report(self) -> Report:
        """Compare the two on random vectors, and locate what differs."""
        findings: list[Finding] = []
        is_wrong = False
        for v, w in zip(self.tangents, self.covectors, strict=True):
            transposed = self.rows.projected(w)
            if self._differ(w * self.columns.product(v), v * transposed):
                is_wrong = True
                findings = list(self._located(v, w, transposed))
                break
        return self._reported(is_wrong, findings)

    def _differ(self, one: Flat, other: Flat) -> bool:
        """Whether two sums that should be equal differ by more than rounding."""
        return are_apart(one, other, self.rtol, self.unit)

    def _located(self, v: Flat, w: Flat, transposed: Flat) -> Iterator[Finding]:
        """Yield a finding for each entry that differs."""

        def by_coordinates(part: Flat) -> bool:
            some = np.zeros_like(v)
            some[part] = v[part]
            return self._differ(w * self.columns.product(some), (v * transposed)[part])

        for index in halved(np.arange(len(v)), by_coordinates, COORDINATES):
            unit = np.zeros_like(v)
            unit[index] = 1.0
            column = self.columns.product(unit)

            def by_outputs(part: Flat, index: int = index, column: Flat = column) -> bool:
                some = np.zeros_like(w)
                some[part] = w[part]
                return self._differ((w * column)[part], np.array([self.rows.projected(some)[index]]))

            for output in halved(np.arange(len(w)), by_outputs, OUTPUTS):
                weight = np.zeros_like(w)
                weight[output] = 1.0
                yield self._finding(index, output, float(self.rows.projected(weight)[index]), float(column[output]))

    def _finding(self, index: int, output: int, claimed: float, slope: float) -> Finding:
        layout = self.problem.layout
        place = int(in_x(layout.indices, index))
        bar = self.rtol * max(abs(claimed), abs(slope))
        return Finding(
            index=place,
            start=place,
            stop=place + 1,
            name=f"{self.layout.name(output)} / {layout.name(index)}",
            cause=Cause.WRONG,
            left=math.nan,
            right=math.nan,
            step=math.nan,
            distance=math.nan,
            claimed=claimed,
            slope=slope,
            error_bar=bar,
            resolution=bar,
            has_kink=False,
            partner=-1,
            output=output,
            _values=Values(self.problem.x, layout.indices),
            _noise=0.0,
        )

    def _reported(self, is_wrong: bool, findings: Sequence[Finding]) -> Report:
        wrong = np.unique(np.array([one.index for one in findings], np.int64))
        notes = list(self.problem.notes)
        if is_wrong and not findings:
            notes.append("The dot products differ, but no single entry was found: see check_vjp and check_jvp.")
        right = agreed(self.problem, self.rtol)
        return replace(
            right,
            verdict="wrong" if is_wrong else "right",
            agreeing=right.n - len(wrong),
            wrong=frozen(wrong),
            findings=tuple(findings),
            evaluations=self.columns.calls + 1,
            gradient_evaluations=self.rows.calls,
            seed=self.seed,
            warnings=tuple(notes),
            vouched=0.0 if is_wrong else 1.0,
            outputs=self.layout.n,
            subject="vjp",
            against="jvp",
        )
