"""The file and the line of a function, where a report about it is shown."""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import Any, NamedTuple


class Source(NamedTuple):
    """A file, relative to the current folder if it lies in it, and a line, counted from 1."""

    file: str
    line: int


def source_of(given: Any) -> Source | None:
    """Return the file and line of a function, or those that are given; None where there are none."""
    if given is None:
        return None
    if isinstance(given, tuple):
        file, line = given
        if line < 1:
            raise ValueError(f"the line of a gradient is counted from 1, not {line}")
        return Source(_relative(Path(file)), int(line))
    function = given
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    # What Numba has compiled keeps the original function.
    function = getattr(function, "py_func", function)
    if not (inspect.isfunction(function) or inspect.ismethod(function) or inspect.isclass(function)):
        function = type(function).__call__
    try:
        file, (_, line) = inspect.getsourcefile(function), inspect.getsourcelines(function)
    except (TypeError, OSError):
        return None
    return None if file is None else Source(_relative(Path(file)), max(line, 1))


def _relative(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()
