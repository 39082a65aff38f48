"""The types of what users write by name, for type checkers: the settings of each kind of check, and their words."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

from .progress import Progress

Mode: TypeAlias = Literal["auto", "full", "lines"]
Convention: TypeAlias = Literal["pytorch", "jax", "autograd"]
Precision: TypeAlias = Literal["float64"]
Inconclusive: TypeAlias = Literal["raise", "pass"]


class SharedSettings(TypedDict, total=False):
    """The settings that all kinds of checks share."""

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


class PointSettings(SharedSettings, total=False):
    """The settings of a check at any point."""

    args: Any


class OutputsSettings(PointSettings, total=False):
    """Those of a check of a function with many outputs."""

    seed: int
    time_limit: float | None
    progress: Progress


class MutationSettings(OutputsSettings, total=False):
    """Those of the checks of a mutation score."""

    precision: Precision | None


class CheckSettings(OutputsSettings, total=False):
    """Those of `check`."""

    precision: Precision | None
    rows: int | None
    save: str | os.PathLike[str] | None
    resume: str | os.PathLike[str] | None


class AlongSettings(PointSettings, total=False):
    """Those of `check_along` that it passes on to each check."""


class TorchSettings(CheckSettings, total=False):
    """Those of `gradproof.torch.assert_gradient`, which it passes on."""

    loss: Callable[[], Any] | None
    kwargs: Mapping[str, Any] | None
    forward: bool


class JaxSettings(SharedSettings, total=False):
    """Those of `gradproof.jax.check` besides its own."""

    seed: int
    time_limit: float | None
    progress: Progress
    save: str | os.PathLike[str] | None
    resume: str | os.PathLike[str] | None


class JaxAssertSettings(JaxSettings, total=False):
    """Those of `gradproof.jax.assert_gradient`, which it passes on."""

    args: Sequence[Any] | None
    modes: Sequence[str]
    order: int
    precision: Precision | None
