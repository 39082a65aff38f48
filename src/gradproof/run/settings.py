"""The settings of a check, validated."""

from __future__ import annotations

import functools
import math
import numbers
import os
import time
from typing import Any, NamedTuple

from ..engine import MODES, Options
from ..problem.numbers import as_float, in_short, read_seed, whole
from ..problem.point import EVERYTHING, Choice, Problem, read_problem

# Whether the gradient of a real f of a complex number x + iy is df/dx - i df/dy instead of df/dx + i df/dy.
CONVENTIONS = {"pytorch": False, "jax": True, "autograd": True}
DEFAULT_CONVENTION = "pytorch"


class Settings(NamedTuple):
    """The keyword arguments of `check`, as the user gave them."""

    mode: str = "auto"
    seed: int = 0
    budget: int | None = None
    time_limit: float | None = None
    rtol: float | None = None
    bounds: Any = None
    executor: Any = None
    save: str | os.PathLike[str] | None = None
    resume: str | os.PathLike[str] | None = None
    atol: float | None = None
    only: Any = None
    held: Any = None
    names: Any = None
    convention: str | None = None
    sign: int = 1

    @property
    def choice(self) -> Choice:
        """What of x is to be checked."""
        if self.only is None and self.held is None and self.names is None:
            return EVERYTHING
        return Choice(self.only, self.held, self.names)

    def is_conjugate(self) -> bool:
        """Whether claims for complex coordinates are conjugates; raise an error for an unknown convention."""
        if self.convention is not None and self.convention not in CONVENTIONS:
            known = ", ".join(f'"{name}"' for name in CONVENTIONS)
            raise ValueError(f"convention must be one of {known}, not {in_short(self.convention)}")
        return CONVENTIONS[self.convention or DEFAULT_CONVENTION]

    def read_sign(self) -> int:
        """Return the sign of the claim; raise an error if it is none."""
        if isinstance(self.sign, bool) or self.sign not in (1, -1):
            raise ValueError(f"sign must be 1, or -1 for a claim that is minus the gradient, not {in_short(self.sign)}")
        return int(self.sign)

    def problem(self, x: Any, *, hold: bool = False) -> Problem:
        """Return the problem at the user's x: what of it is checked, and how claims for it are meant.

        With `hold`, integers, text and None in a structure are no coordinates.
        """
        problem = read_problem(x, self.choice, hold=hold)
        if self.convention is not None:
            problem.is_conjugate = self.is_conjugate()
        problem.sign = self.read_sign()
        return problem

    def options(self) -> Options:
        """Return the options of the engine; raise an error if an argument is invalid."""
        given = self.mode, self.seed, self.budget, self.rtol, self.atol
        try:
            return _known_options(*given)
        except TypeError:  # also where something has no hash
            pass
        return _options(*given)

    def deadline(self) -> float | None:
        """Return when the time of a check that begins now is up; None if there is no limit."""
        if self.time_limit is None:
            return None
        seconds = _real(self.time_limit, "time_limit")
        if not seconds > 0:
            raise ValueError(
                f"time_limit must be a positive number of seconds, not {in_short(self.time_limit)}; None sets no limit"
            )
        return time.monotonic() + seconds


def refuse_unknown_precision(precision: Any) -> None:
    """Raise a ValueError unless this is a precision in which f can be evaluated."""
    if precision not in (None, "float64"):
        raise ValueError(f'precision must be "float64", or None to evaluate f as it is, not {in_short(precision)}')


def _options(mode: Any, seed: Any, budget: Any, rtol: Any, atol: Any) -> Options:
    if not isinstance(mode, str) or mode not in MODES:
        raise ValueError(f'mode must be "auto", "full" or "lines", not {in_short(mode)}')
    number = read_seed(seed)
    most = 0 if budget is None else _budget(budget)
    if rtol is not None and not 0 < _real(rtol, "rtol") < 1:
        raise ValueError(f"rtol must be a relative error between 0 and 1, such as 1e-5, not {in_short(rtol)}")
    allowed = 0.0 if atol is None else _real(atol, "atol")
    if not 0 <= allowed < math.inf:
        raise ValueError(f"atol must be an absolute error of 0 or more, such as 1e-8, not {in_short(atol)}")
    return Options(most, number, float(rtol or 0.0), allowed)


# By type as well: True is not 1.
_known_options = functools.lru_cache(maxsize=64, typed=True)(_options)


def _budget(budget: Any) -> int:
    count = whole(budget, "budget must be an integer")
    if count < 1:
        raise ValueError(
            f"budget must be at least 1 evaluation of the objective, not {in_short(budget)}; None sets no limit"
        )
    if count >= 1 << 63:
        raise ValueError("budget must be less than 2**63 evaluations of the objective; None sets no limit")
    return count


def _real(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{what} must be a number, not {in_short(value)}")
    return as_float(value)
