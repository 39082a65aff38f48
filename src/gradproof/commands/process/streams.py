"""Standard streams that outlive their readers: a pipe that is closed, or a full disk for errors, changes no status."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
            raise OSError(problem.errno, problem.strerror, "standard output") from None


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


@contextmanager
def own_streams() -> Iterator[None]:
    """Put the standard streams back that the user's code meanwhile replaces, closes, or leads elsewhere.

    Its own output is its own affair, but nobody would see the report.
    """
    streams = sys.stdout, sys.stderr
    descriptors = [descriptor(stream) for stream in streams]
    kept = [None if place is None else os.dup(place) for place in descriptors]
    try:
        yield
    finally:
        for place, copy in zip(descriptors, kept, strict=True):
            # The user's code may have closed everything.
            with suppress(OSError):
                if place is not None and copy is not None:
                    os.dup2(copy, place)
                    os.close(copy)
        sys.stdout, sys.stderr = (_open(*pair) for pair in zip(streams, descriptors, strict=True))


def descriptor(stream: object) -> int | None:
    """Return the file descriptor of a stream; None if it has none, as in tests and notebooks."""
    try:
        return int(stream.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


def _open(stream: Any, place: int | None) -> Any:
    """Return a stream, or another one like it where it has been closed."""
    if place is None or not stream.closed:
        return stream
    kind = Lasting if place == 1 else LastingErrors
    return io.TextIOWrapper(
        io.BufferedWriter(kind(place, "w", closefd=False)), encoding=stream.encoding, errors=stream.errors
    )


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
