"""Objectives that are not plain functions, and the functions that mark them; each kind has its own evaluator.

Most checks have a plain function, and look here only to see that it is none of these.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..problem.numbers import in_short

if TYPE_CHECKING:
    from .compiled.prototypes import Prototype


class InPlace:
    """An objective without arguments and the arrays that it reads; `in_place` makes it."""

    def __init__(self, parameters: Any, function: Callable[[], Any]) -> None:
        self.parameters = parameters
        self.function = function


def in_place(parameters: Any, f: Callable[[], Any]) -> InPlace:
    """Make an objective that reads its parameters in place, for ``check(in_place(parameters, f), g)``.

    The check modifies the user's own arrays and restores them bit for bit, however it ends: normally, by an exception,
    by Ctrl-C, by any other signal or by a limit.  Apart from parameters and gradient it needs memory for a single
    vector, the copy of x from which they are restored, and for a copy of a gradient that is given as one array of up to
    256 MiB.

    Parameters
    ----------
    parameters : ndarray or structure of arrays
        A writable float32 or float64 array with any strides, or a (nested) dict, list or tuple of such arrays, all of
        the same dtype; or of objects that give NumPy a view of their memory.  No two of them may share memory.
    f : callable
        ``f() -> float``, a function of the present values of the parameters.

    Returns
    -------
    InPlace
        To be passed to `check` or `assert_gradient` as the objective.  The gradient is then ``g()``, without arguments,
        which returns the structure of the parameters; or the arrays themselves.  The argument `x` is left out.  Checks
        of many outputs, such as `check_vjp`, take it as the function.

    Raises
    ------
    TypeError
        If `f` is not callable.

    Notes
    -----
    Along lines a gradient that consists of several arrays is copied into one vector.  Arrays that the caller keeps then
    exist twice; those that only ``g()`` held are freed.

    An array is moved by one check at a time: another one that begins in another thread is refused.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check, in_place
    >>> w = np.array([0.5, 1.0, 2.0])
    >>> def loss():
    ...     return np.sum(w**3)
    >>> def gradient():
    ...     return 3 * w**2
    >>> check(in_place(w, loss), gradient).verdict
    'right'
    >>> w
    array([0.5, 1. , 2. ])
    """
    if not callable(f):
        if callable(parameters):
            raise TypeError("in_place() takes the parameters first, then the function: in_place(parameters, f)")
        raise TypeError(f"in_place(parameters, f) needs a function f without arguments, not {in_short(f)}")
    return InPlace(parameters, f)


class Batched:
    """An objective that maps k points, along a leading axis, to k values; `batched` makes it."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function


def batched(function: Callable[[Any], Any]) -> Batched:
    """Mark an objective as vectorized: it evaluates many points in one call.

    Parameters
    ----------
    function : callable
        Maps an array of shape (k, *x.shape) to k values.  If x is a structure, it receives the same structure with a
        leading axis of length k in every array.

    Returns
    -------
    Batched
        To be passed to `check`, `study` and the other functions as the objective.

    Raises
    ------
    TypeError
        If `function` is not callable.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import batched, check
    >>> def objective(points):
    ...     return np.sum(np.sin(points), axis=1)
    >>> check(batched(objective), np.cos, np.array([0.5, 1.0, 2.0])).verdict
    'right'
    """
    if not callable(function):
        raise TypeError(f"batched() takes a function, not an object of type {type(function).__name__}")
    return Batched(function)


class Terms:
    """An objective that returns its terms; `terms` makes it."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function


def terms(function: Callable[[Any], Any]) -> Terms:
    """Mark an objective that returns its terms, such as the losses of samples, instead of their sum.

    Parameters
    ----------
    function : callable
        ``function(x)`` returns an array, or a structure of arrays, of real terms; the objective is their sum.

    Returns
    -------
    Terms
        To be passed to `check` or `assert_gradient` as the objective.  The gradient is that of the sum, in the
        structure of `x`; or an array with one row for each term, of the gradients of all terms.

    Raises
    ------
    TypeError
        If `function` is not callable.

    Notes
    -----
    The difference of two values of a sum is that of its terms, added up with compensation: where large terms cancel, or
    their sum is large, little is lost.  A term whose slopes explain the errors of the gradient is named; with one row
    for each term, so is every wrong entry.

    Examples
    --------
    >>> import numpy as np
    >>> from gradproof import check, terms
    >>> X = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]])
    >>> y = np.array([1.0, 0.0, 2.0])
    >>> def losses(w):
    ...     return (X @ w - y) ** 2
    >>> def gradient(w):
    ...     return 2 * X[1:].T @ (X[1:] @ w - y[1:])  # the first sample is missing
    >>> report = check(terms(losses), gradient, np.array([0.5, 1.0]))
    >>> report.verdict
    'wrong'
    >>> print(report.warnings[0])
    terms[0] is missing in the gradient: its slopes explain all 2 errors.
    """
    if not callable(function):
        raise TypeError(f"terms() takes a function of x, not an object of type {type(function).__name__}")
    return Terms(function)


class TrialCalls:
    """Which first calls of a function have been made, with what an error of its code is to add."""

    def __init__(self) -> None:
        # Imported on use: most checks have no C function.
        from threading import Lock

        self.lock = Lock()
        self.calls: dict[tuple[object, ...], str] = {}


class NativeFunction:
    """Addresses of a C function and its user data, objects that keep both alive, and how many threads may call it.

    `prototype` is the one that the user has given; `tried` is None for a function that is called without a trial.
    """

    def __init__(
        self,
        address: int,
        user: int,
        alive: tuple[Any, ...],
        threads: int | None = 1,
        prototype: Prototype | None = None,
        tried: TrialCalls | None = None,
    ) -> None:
        self.address = address
        self.user = user
        self.alive = alive
        self.threads = threads
        self.prototype = prototype
        self.tried = tried
        # As C calls it, by its role and the type of x.
        self.called: dict[tuple[str, str], Any] = {}
        # Of the last check: the number of coordinates, and how many evaluations took little time; 0 before the first.
        self.at_once = 0, 0

    def __getstate__(self) -> dict[str, Any]:
        """Return what to pickle: pointers of C cannot be."""
        return {**vars(self), "called": {}}


def not_of_x(objective: Any) -> str:
    """Say what stands where a function of x should be."""
    if isinstance(objective, (InPlace, Terms)):
        return "not in_place() or terms(): pass f(x)"
    return f"not an object of type {type(objective).__name__}; wrap a C function in gradproof.native()"


def is_compiled(objective: Any) -> bool:
    """Whether a function was compiled by Numba; answered without importing Numba."""
    dispatcher = sys.modules.get("numba.core.dispatcher")
    return dispatcher is not None and isinstance(objective, dispatcher.Dispatcher)
