"""Standard streams that outlive their readers: a pipe that is closed, or a full disk for errors, changes no status."""

from __future__ import annotations

import io
import os
import sys
from typing import Any


class Lasting(io.FileIO):
    """A file descriptor to write to, until nobody reads it any more; what is written then is lost, and nothing else.

    So `| head -1` keeps the status of a check, and an objective that prints is no other objective for it.  Other
    failures are raised once, not again at exit.
    """

    forgiven: type[OSError] = BrokenPipeError

    def write(self, data: Any) -> int:
        """Write bytes; return how many were taken."""
        try:
            return int(super().write(data) or 0)
        except OSError as problem:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            if isinstance(problem, self.forgiven):
                return memoryview(data).nbytes
            raise


class LastingErrors(Lasting):
    """The same for errors: whatever keeps them from being shown must not change the status."""

    forgiven = OSError


def keep_streams() -> None:
    """Make the standard streams of this process lasting ones."""
    # On Windows, a console is no file.
    if os.name != "posix":
        return
    _fill_descriptors()
    sys.stdout = _lasting(sys.stdout, Lasting)
    sys.stderr = _lasting(sys.stderr, LastingErrors)


def _fill_descriptors() -> None:
    """Open what is closed, so that no file that is opened later is taken for a standard stream."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest one that is free


def _lasting(stream: Any, kind: type[Lasting]) -> Any:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(kind(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
