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
    from .checking import assert_gradient, check
    from .differences import (
        Kink,
        centered_difference,
        find_kinks,
        forward_difference,
        max_relative_error,
        noise_floor,
        relative_error,
    )
    from .evaluators.arrays.inplace import in_place
    from .evaluators.batched import batched
    from .evaluators.compiled.native import native
    from .lesson.curves import Curve
    from .lesson.study import Study
    from .lesson.studying import study
    from .lesson.training import check_along
    from .lesson.trajectory import Trajectory
    from .report.cause import Cause
    from .report.records import Finding
    from .report.report import GradientError, InconclusiveError, Report

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
# Nothing directly in this folder may be called like a public name: importing it would put the module in its place.
_HOMES = {
    "checking": ("assert_gradient", "check"),
    "differences": (
        "Kink",
        "centered_difference",
        "find_kinks",
        "forward_difference",
        "max_relative_error",
        "noise_floor",
        "relative_error",
    ),
    "evaluators.arrays.inplace": ("in_place",),
    "evaluators.batched": ("batched",),
    "evaluators.compiled.native": ("native",),
    "lesson.curves": ("Curve",),
    "lesson.study": ("Study",),
    "lesson.studying": ("study",),
    "lesson.training": ("check_along",),
    "lesson.trajectory": ("Trajectory",),
    "report.cause": ("Cause",),
    "report.records": ("Finding",),
    "report.report": ("GradientError", "InconclusiveError", "Report"),
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
