"""The types of what users write by name, for type checkers: the settings of each kind of check, and their words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, TypedDict

from .progress import Progress

Mode: TypeAlias = Literal["auto", "full", "lines"]
Convention: TypeAlias = Literal["pytorch", "jax", "autograd"]
Precision: TypeAlias = Literal["float64"]
Inconclusive: TypeAlias = Literal["raise", "pass"]


class PointSettings(TypedDict, total=False):
    """The settings of a check at any point."""

    args: Any
    mode: Mode
    budget: int | None
    rtol: float | None
    atol: float | None
    bounds: Any
    only: Any
    held: Any
    names: Sequence[str] | None
    convention: Convention | None
    sign: int
    executor: Any


class OutputsSettings(PointSettings, total=False):
    """Those of a check of a function with many outputs."""

    seed: int
    time_limit: float | None
    progress: Progress


class CheckSettings(OutputsSettings, total=False):
    """Those of `check`."""

    precision: Precision | None
    rows: int | None
    save: str | os.PathLike[str] | None
    resume: str | os.PathLike[str] | None


class AlongSettings(PointSettings, total=False):
    """Those of `check_along` that it passes on to each check."""
