"""The gradient check of PyTensor: `verify_grad`, with the same signature.

PyTensor is imported when a function of this module is called.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..outputs.products import check_vjp
from ..problem.numbers import Flat
from ..report.raising import GradientError, InconclusiveError, right_or_raise
from ..report.report import Report

# Where PyTensor is given a relative tolerance of 1, or more, it is the absolute one that decides.
LARGEST = float(np.nextafter(1.0, 0.0))
FLOATS = ("float16", "float32", "float64")


def verify_grad(
    fun: Callable[..., Any],
    pt: Sequence[Any],
    n_tests: int = 2,
    rng: Any = None,
    eps: float | None = None,
    out_type: str | None = None,
    abs_tol: float | None = None,
    rel_tol: float | None = None,
    mode: Any = None,
    cast_to_output_type: bool = False,
    no_debug_ref: bool = True,
    *,
    inconclusive: str = "raise",
) -> Report:
    """Check the gradient of a PyTensor function, with the signature of `pytensor.gradient.verify_grad`.

    Parameters
    ----------
    fun : callable
        ``fun(*inputs)`` takes symbolic variables and returns one, or a list of several: an Op, for example.
    pt : list of arrays
        The point, one array for each input, of type float16, float32 or float64.  What is float16 is checked in
        float32.
    n_tests : int, optional
        How many random projections of the outputs to check.
    rng : optional
        A generator that the seeds of the projections are drawn from; by default they are 0, 1, ….
    eps, out_type, cast_to_output_type, no_debug_ref : optional
        Have no effect: steps are chosen from the noise of the function, in the type of its inputs.
    abs_tol, rel_tol : float, optional
        Absolute and relative errors of the gradient of a projection that are allowed.  By default only rounding is,
        and 1e-5 (more in float32).
    mode : optional
        The mode in which PyTensor compiles.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide, as for `gradproof.assert_gradient`.

    Returns
    -------
    Report
        The report of the last projection.

    Raises
    ------
    GradientError
        If the gradient is wrong: a subclass of both `gradproof.GradientError` and `pytensor.gradient.GradientError`,
        with the attributes of both.
    InconclusiveError
        If the check could not decide; a subclass of that.
    ImportError
        If PyTensor is not installed.
    TypeError, ValueError
        If an argument is invalid, as for `gradproof.check_vjp`.

    Examples
    --------
    >>> import numpy as np
    >>> import pytensor.tensor as pt
    >>> from gradproof.compat import verify_grad
    >>> verify_grad(pt.tanh, [np.array([[2.0, 3.0], [-1.0, 0.5]])]).verdict
    'right'
    """
    points = _read(pt)
    function, vjp = _compiled(fun, points, mode)
    x = {f"input {place}": one for place, one in enumerate(points)}
    rtol = None if rel_tol is None else min(rel_tol, LARGEST)
    draw = getattr(rng, "integers", getattr(rng, "randint", None))
    report: Report
    for number in range(max(1, n_tests)):
        seed = number if draw is None else int(draw(2**31))
        checked = functools.partial(check_vjp, function, vjp, x, seed=seed, rtol=rtol, atol=abs_tol)
        try:
            report = right_or_raise(checked, inconclusive)
        except GradientError as error:
            raise _error(error.report, abs_tol, rel_tol) from None
    return report


def _read(pt: Any) -> list[Flat]:
    if not isinstance(pt, (list, tuple)):
        raise TypeError("pt must be a list or a tuple of arrays, one for each input")
    points = [np.array(one) for one in pt]
    for place, one in enumerate(points):
        if one.dtype.name not in FLOATS:
            raise TypeError(f"the inputs must be {', '.join(FLOATS)}, but input {place} is {one.dtype}")
    # In float16 the function would be a staircase, whose slope is 0; its graph is the same in float32.
    return [_widened(one) for one in points]


def _widened(value: Any) -> Flat:
    """Return an array, in float32 instead of float16."""
    array = np.asarray(value)
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _compiled(
    fun: Callable[..., Any], points: Sequence[Flat], mode: Any
) -> tuple[Callable[[dict[str, Flat]], Any], Callable[[dict[str, Flat], Any], dict[str, Flat]]]:
    """Return the function and its product with a cotangent, compiled; both take the inputs as a dict."""
    import pytensor

    inputs = [pytensor.tensor.as_tensor_variable(one).type() for one in points]
    outputs = fun(*inputs)
    is_list = isinstance(outputs, (list, tuple))
    listed = list(outputs) if is_list else [outputs]
    compiled = functools.partial(
        pytensor.function, allow_input_downcast=True, on_unused_input="ignore", mode=mode, accept_inplace=True
    )
    forward = compiled(inputs, listed)
    real = [place for place, one in enumerate(listed) if one.dtype in FLOATS]
    weights = [listed[place].type() for place in real]
    if not real:
        raise TypeError("fun returns nothing in floating point: there is no gradient to check")
    costs = [pytensor.tensor.sum(weight * listed[place]) for place, weight in zip(real, weights, strict=True)]
    gradients = pytensor.grad(pytensor.tensor.add(*costs), inputs, disconnected_inputs="ignore")
    backward = compiled([*inputs, *weights], gradients)

    def function(x: dict[str, Flat]) -> Any:
        values = [_widened(one) for one in forward(*x.values())]
        return values if is_list else values[0]

    def vjp(x: dict[str, Flat], cotangent: Any) -> dict[str, Flat]:
        parts = cotangent if is_list else [cotangent]
        return dict(zip(x, backward(*x.values(), *(parts[place] for place in real)), strict=True))

    return function, vjp


@functools.cache
def _classes() -> tuple[type[GradientError], type[GradientError]]:
    """Return the exceptions for what is wrong and for what is undecided; PyTensor's own is a base of both."""
    from pytensor.gradient import GradientError as Theirs

    class VerifyGradError(GradientError, Theirs):  # type: ignore[misc]  # Theirs is Any where PyTensor is missing
        """What `verify_grad` raises: ours and theirs."""

        def __str__(self) -> str:
            return AssertionError.__str__(self)

        def __reduce__(self) -> tuple[Any, ...]:
            return (_error, (self.report, self.abs_tol, self.rel_tol))

    class VerifyGradInconclusiveError(VerifyGradError, InconclusiveError):
        """The same for a check that could not decide."""

    return VerifyGradError, VerifyGradInconclusiveError


def _error(report: Report, abs_tol: float | None, rel_tol: float | None) -> GradientError:
    """Return the exception for a report, with the attributes that PyTensor's own has."""
    error: Any = _classes()[report.verdict == "inconclusive"](report)
    error.abs_tol, error.rel_tol = abs_tol, rel_tol
    layout = report._evidence.layout
    # Nothing is located where all that is known is that the function is random, say.
    finding = next((one for one in report.findings if not one.cause.is_acceptable), None)
    if finding is not None:
        leaf = layout.leaf_of(finding.index)
        error.arg, error.shape = layout.leaves.index(leaf), leaf.shape
        error.err_pos = finding.index - leaf.start
        error.val1, error.val2 = finding.claimed, finding.slope
        error.abs_err, error.rel_err = finding.error, finding.relative_error
    made: GradientError = error
    return made
