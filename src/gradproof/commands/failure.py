"""Error messages of the command: one line, or the traceback of the user's own code."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType

ERROR = 2
PACKAGE = sys.modules[__name__.partition(".")[0]].__path__[0] + os.sep
EXPECTED = (TypeError, ValueError, IndexError, OSError, RuntimeError, ImportError, MemoryError)


class UsageError(Exception):
    """A mistake in the command line; its message is one line."""


def explain(problem: BaseException) -> int:
    """Print what went wrong and return the exit status."""
    theirs = users_part(problem.__traceback__)
    if isinstance(problem, UsageError) or theirs is None:
        kind = "" if isinstance(problem, (UsageError, *EXPECTED)) else f"{type(problem).__name__}: "
        return failure(kind + one_line(problem))
    traceback.print_exception(type(problem), problem, theirs)
    return ERROR


def failure(message: str, status: int = ERROR) -> int:
    """Print the one line of an error and return the exit status."""
    print(f"gradproof: {message}", file=sys.stderr)
    return status


@functools.cache
def current_folder() -> Path:
    """Return the folder in which the command began, which may have been removed; its cache is cleared before that."""
    try:
        return Path.cwd()
    except OSError:
        raise UsageError("the current folder is not there any more: go to one that is") from None


def file_named(name: str) -> Path:
    """Return the file that an option names, even if the user's code has gone to another folder."""
    if Path(name).is_absolute():
        return Path(name)
    folder = current_folder()
    with suppress(OSError):
        if Path.cwd() == folder:
            return Path(name)
    return folder / name


def one_line(problem: BaseException) -> str:
    """Return the message of an exception on one line, or its type if it has none."""
    return " ".join(str(problem).split()) or type(problem).__name__


def users_part(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the first frame of the user's own code on; None if there is none."""
    while trace is not None and not _is_users(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    return trace


def _is_users(file: str) -> bool:
    # Frames of the standard library and NumPy within a call of this package are not the user's code.
    folders = (PACKAGE, str(Path(os.__file__).parent) + os.sep, "<frozen ")
    others = file.startswith(folders) and "site-packages" not in file
    return not (others or file.startswith(PACKAGE) or f"{os.sep}numpy{os.sep}" in file)
