"""gradproof tells whether a gradient is right, which coordinates are wrong, and why.

`check(objective, gradient, x)` compares a gradient with slopes of the objective and returns a `Report`.  The report is
true only if the gradient is right; printed, it is a table of what matters, worst first.

Examples
--------
The third component of this gradient has the wrong sign:

>>> import numpy as np
>>> import gradproof
>>> def objective(x):
...     return np.sum(np.sin(x))
>>> def gradient(x):
...     return np.cos(x) * [1, 1, -1]
>>> report = gradproof.check(objective, gradient, np.array([0.5, 1.0, 2.0]))
>>> print(report)
wrong: the gradient is wrong in 1 of 3 coordinates
...
  wrong    claimed      numerical slope       left      right  cause
  x[2]   0.4161468  -0.4161468 ± ...  -0.416147  -0.416147  wrong
...
>>> report.verdict, report.wrong
('wrong', array([2]))

Checking
--------
check, assert_gradient
    Check a gradient; `assert_gradient` raises unless it is right, for use in tests.
check_vjp, check_jvp, check_jacobian, check_hvp, check_adjoint
    Check the derivatives of a function with many outputs.
assert_vjp, assert_jvp, assert_jacobian, assert_hvp, assert_adjoint
    The same as assertions.
check_along
    Check a gradient at several points along a training run.
mutation_score
    Which of twenty bugs, planted in a gradient, a check would catch.
batched, native, in_place, terms
    Objectives of another kind: vectorized, written in C, reading their parameters in place, or returning their terms.
lines, Shard
    A check of a vector that nobody holds as a whole: with MPI, FSDP, Dask, Ray, or on disk.
gradproof.torch, gradproof.jax
    `check` for PyTorch modules and functions of tensors, and for functions of JAX pytrees.
gradproof.compat
    PyTorch's gradcheck, and JAX's and autograd's check_grads, with the same arguments.

Results
-------
Report, Finding, Cause
    What a check found, in all and for one coordinate, and the cause.
GradientError, InconclusiveError
    What `assert_gradient` raises.
Trajectory, Study, Curve, Kink
    What `check_along`, `study` and `find_kinks` return.

Pieces, each useful by itself
-----------------------------
forward_difference, centered_difference
    Numerical gradients, by default with a step chosen from the measured noise.
relative_error, max_relative_error
    Comparison of two gradients.
find_kinks, noise_floor
    Kinks of an objective near a point, and its rounding noise there.
study
    How the error of forward and centered differences depends on the step.
zoo
    Small networks with correct gradients to try a gradient check on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import importer
from .version import __version__

if TYPE_CHECKING:
    from . import jax as jax
    from . import torch as torch
    from . import zoo as zoo
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
    from .evaluators.compiled.native import native
    from .evaluators.objectives import batched, in_place, terms
    from .lesson.curves import Curve
    from .lesson.study import Study
    from .lesson.studying import study
    from .lesson.training import check_along
    from .lesson.trajectory import Trajectory
    from .mutation.score import mutation_score
    from .outputs.adjoint import assert_adjoint, check_adjoint
    from .outputs.hessian import assert_hvp, check_hvp
    from .outputs.jacobian import assert_jacobian, check_jacobian
    from .outputs.products import assert_jvp, assert_vjp, check_jvp, check_vjp
    from .report.cause import Cause
    from .report.finding import Finding
    from .report.raising import GradientError, InconclusiveError
    from .report.report import Report
    from .shards.check import lines
    from .shards.shard import Shard

__all__ = [
    "Cause",
    "Curve",
    "Finding",
    "GradientError",
    "InconclusiveError",
    "Kink",
    "Report",
    "Shard",
    "Study",
    "Trajectory",
    "__version__",
    "assert_adjoint",
    "assert_gradient",
    "assert_hvp",
    "assert_jacobian",
    "assert_jvp",
    "assert_vjp",
    "batched",
    "centered_difference",
    "check",
    "check_adjoint",
    "check_along",
    "check_hvp",
    "check_jacobian",
    "check_jvp",
    "check_vjp",
    "find_kinks",
    "forward_difference",
    "in_place",
    "lines",
    "max_relative_error",
    "mutation_score",
    "native",
    "noise_floor",
    "relative_error",
    "study",
    "terms",
    "zoo",
]

# Every public name by the module that defines it.  Names are imported on first use, to keep `import gradproof` cheap.
# No module of this folder may bear a public name: importing the module would replace the function.
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
    "evaluators.compiled.native": ("native",),
    "evaluators.objectives": ("batched", "in_place", "terms"),
    "lesson.curves": ("Curve",),
    "lesson.study": ("Study",),
    "lesson.studying": ("study",),
    "lesson.training": ("check_along",),
    "lesson.trajectory": ("Trajectory",),
    "mutation.score": ("mutation_score",),
    "outputs.adjoint": ("assert_adjoint", "check_adjoint"),
    "outputs.hessian": ("assert_hvp", "check_hvp"),
    "outputs.jacobian": ("assert_jacobian", "check_jacobian"),
    "outputs.products": ("assert_jvp", "assert_vjp", "check_jvp", "check_vjp"),
    "report.cause": ("Cause",),
    "report.finding": ("Finding",),
    "report.raising": ("GradientError", "InconclusiveError"),
    "report.report": ("Report",),
    "shards.check": ("lines",),
    "shards.shard": ("Shard",),
}
# Public modules.  JAX and PyTorch themselves are imported only when a function of theirs is called.
_MODULES = ("compat", "jax", "torch", "zoo")


# Type checkers know the names from above; with this they would take any other one for granted.
if not TYPE_CHECKING:
    __getattr__ = importer(globals(), _HOMES, _MODULES)


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})
