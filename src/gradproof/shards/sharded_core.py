"""The core as plain Python where x lies in shards, which answer in place of its loops over all of x.

Everything else, all that decides, is the same source as that of the library, and works on the same memory.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.door.start import engine_start
from ..core.lines.norms import Measures, count_zeros, is_in_float32, median_slope, norms, scale_norms
from ..core.machine.line_scales import add_small, add_zeros
from ..core.machine.line_start import look_over
from ..core.machine.rounds import tell
from ..core.points.directions import typical_size
from ..core.records.codes import DONE
from ..core.records.lines import Lines
from ..core.search.candidates import add_candidate
from ..interpreted.replacing import Replacing
from ..problem.numbers import Flat
from .all_shards import Absent, typical_of
from .question import Part


def _look_over(lines: Lines, x: Absent, claimed: Absent, sizes: Flat) -> int:
    seen = x.all_shards.overview
    lines.unfit_claims = seen.unfit
    lines.empty_size = x.all_shards.empty_size
    for index in seen.first_unfit:
        add_candidate(lines, index)
    return DONE


def _norms(lines: Lines, x: Absent, claimed: Absent, start: int, stop: int) -> Measures:
    return x.all_shards.measures(_part(lines, start, stop))


def _scale_norms(lines: Lines, x: Absent) -> tuple[float, float]:
    return x.all_shards.scales(_part(lines, 0, x.all_shards.n))


def _part(lines: Lines, start: int, stop: int) -> Part:
    return Part(int(start), int(stop), int(lines.scales), float(lines.floor))


def _median_slope(lines: Lines, x: Absent, claimed: Absent, sample: Flat) -> float:
    return x.all_shards.median(int(lines.scales), float(lines.floor))


def _add_small(lines: Lines, x: Absent, claimed: Absent) -> None:
    for index in x.all_shards.small(float(lines.floor), float(lines.norm)):
        add_candidate(lines, index)


def _add_zeros(lines: Lines, x: Absent, zeros: int, most: int) -> None:
    for index in x.all_shards.zeros(most):
        add_candidate(lines, index)


# All functions of the core that go through x or the claim in a check along lines.
IN_SHARDS: dict[Callable[..., Any], Callable[..., Any]] = {
    add_small: _add_small,
    add_zeros: _add_zeros,
    count_zeros: lambda x, n: x.all_shards.overview.zeros,
    is_in_float32: lambda claimed, n: claimed.all_shards.overview.in_float32,
    look_over: _look_over,
    median_slope: _median_slope,
    norms: _norms,
    scale_norms: _scale_norms,
    typical_size: lambda sizes, count: typical_of(sizes),
}


@functools.cache
def in_shards(name: str) -> Callable[..., int]:
    """Return `engine_start` or `tell` for vectors that lie in shards; it does not warn of what C does silently."""
    functions: dict[str, Callable[..., int]] = {"engine_start": engine_start, "tell": tell}
    return np.errstate(all="ignore")(Replacing(IN_SHARDS).copy(functions[name]))
