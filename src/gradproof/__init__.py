"""gradproof says whether a gradient is right, names the coordinates that are wrong, and says why.

>>> import gradproof
>>> report = gradproof.check(objective, gradient, x)
>>> print(report)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .cause import Cause
    from .checking import assert_gradient, check
    from .curves import Curve, Study
    from .differences import (
        Kink,
        centered_difference,
        find_kinks,
        forward_difference,
        max_relative_error,
        noise_floor,
        relative_error,
    )
    from .evaluators import batched, in_place, native
    from .report import Finding, GradientError, InconclusiveError, Report
    from .studying import study
    from .training import check_along
    from .trajectory import Trajectory

__all__ = [
    "Cause",
    "Curve",
    "Finding",
    "GradientError",
    "InconclusiveError",
    "Kink",
    "Report",
    "Study",
    "Trajectory",
    "__version__",
    "assert_gradient",
    "batched",
    "centered_difference",
    "check",
    "check_along",
    "find_kinks",
    "forward_difference",
    "in_place",
    "max_relative_error",
    "native",
    "noise_floor",
    "relative_error",
    "study",
    "zoo",
]

# Every public name and the module that has it: a name is imported when it is first used, so that the import is cheap.
# No module may be called like a public name: importing it would put the module in the place of the function.
_HOMES = {
    "cause": ("Cause",),
    "checking": ("assert_gradient", "check"),
    "curves": ("Curve", "Study"),
    "differences": (
        "Kink",
        "centered_difference",
        "find_kinks",
        "forward_difference",
        "max_relative_error",
        "noise_floor",
        "relative_error",
    ),
    "evaluators": ("batched", "in_place", "native"),
    "report": ("Finding", "GradientError", "InconclusiveError", "Report"),
    "studying": ("study",),
    "training": ("check_along",),
    "trajectory": ("Trajectory",),
}
# Modules and packages of their own; a function of the first two brings JAX or PyTorch along when it is called.
_MODULES = ("jax", "torch", "zoo")
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
