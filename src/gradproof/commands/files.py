"""The files that commands write, each of which is refused before anything is evaluated if it cannot be written."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..run.atomic_files import write_atomically
from .failure import UsageError, file_named
from .process.streams import descriptor

STDOUT = "-"
# The options that name files, or functions in files, which a report must not be written over.
KEPT = (
    *("objective", "gradient", "vjp", "jvp", "jacobian", "at", "lower", "upper", "direction", "user"),
    *("save", "resume"),
)


def require_outputs(options: argparse.Namespace, *names: str) -> None:
    """Reject files that could not be written, or hold something else, before anything is evaluated."""
    places: dict[Any, str] = {}
    kept = _kept(options)
    for name in names:
        path = getattr(options, name)
        if path is None:
            continue
        if path != STDOUT:
            _require_writable(f"--{name}", path)
        place = path if path == STDOUT else _place(path)
        if place in places:
            where = "the standard output" if path == STDOUT else path
            raise UsageError(f"--{places[place]} and --{name} cannot both be written to {where}")
        if place in kept:
            raise UsageError(f"--{name} {path} would be written over what {kept[place]} names: give another file")
        places[place] = name


def _kept(options: argparse.Namespace) -> dict[Any, str]:
    """Return the files that other options name, and which option it is."""
    kept = {}
    for name in KEPT:
        given = str(getattr(options, name, None) or "")
        owner = given.rpartition(":")[0]
        for path in {given, owner, owner.replace(".", os.sep) + ".py"} - {""}:
            with suppress(OSError, ValueError):  # a text that names no file
                if (name == "save" and path == given) or Path(path).is_file():
                    kept[_place(path)] = "TARGET" if name == "objective" else f"--{name}"
    return kept


def _place(path: str) -> Any:
    """Return what is the same for all names of a file, and for links to it."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return str(Path(path).resolve())
    return found.st_dev, found.st_ino


def _require_writable(option: str, path: str) -> None:
    """Reject an output file for which there is no folder, or whose name is none."""
    if not path:
        raise UsageError(f"{option} must be the name of a file, not ''")
    with written(option, path):
        if not Path(path).parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {Path(path).parent}")
        if Path(path).is_dir():
            raise UsageError(f"{option} {path} is a folder: give the name of a file in it")
        with suppress(FileNotFoundError):
            found = os.stat(path)  # noqa: PTH116 - also refuses a name that is too long
            if _is_output(found):
                raise UsageError(f"{option} {path} is the standard output: give - instead")


def _is_output(found: os.stat_result) -> bool:
    """Whether this is the standard output, led to a file or a pipe: what is printed would go there, too, or be lost."""
    place = descriptor(sys.stdout)
    mine = None if place is None else os.fstat(place)
    return (
        mine is not None
        and (stat.S_ISREG(found.st_mode) or stat.S_ISFIFO(found.st_mode))
        and os.path.samestat(found, mine)
    )


def write_file(option: str, path: str, text: str) -> None:
    """Write a text to a file, which at every moment is the old one or the new one as a whole."""
    with written(option, path):
        # The file that a link points to; pipes and devices cannot be replaced.
        target = file_named(path).resolve()
        if target.exists() and not target.is_file():
            target.write_text(f"{text}\n", encoding="utf-8")
        else:
            write_atomically(target, [f"{text}\n".encode()])


@contextmanager
def written(option: str, path: str) -> Iterator[None]:
    """Turn a failure to write a file into a one-line error."""
    try:
        yield
    except OSError as problem:
        raise UsageError(f"{option} {path} cannot be written: {problem.strerror}") from None
