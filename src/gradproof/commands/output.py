"""Keeps standard output free for a result that another program reads."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress

from .process.streams import descriptor, own_streams


@contextmanager
def only_the_result(wanted: bool) -> Iterator[None]:
    """Send what the user's functions print, also those in C, to standard error, where it is wanted.

    Wanted or not, they leave the standard streams as they were.
    """
    if not wanted or sys.stdout is None or sys.stderr is None:
        with own_streams():
            yield
        return
    with own_streams(), _moved(descriptor(sys.stdout), descriptor(sys.stderr)), redirect_stdout(sys.stderr):
        yield


@contextmanager
def _moved(output: int | None, errors: int | None) -> Iterator[None]:
    """Let the file descriptor of the output lead to that of the errors."""
    if output is None or errors is None:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(output)
    os.dup2(errors, output)
    try:
        yield
    finally:
        _flush_c()
        os.dup2(kept, output)
        os.close(kept)


def _flush_c() -> None:
    """Write what C functions have printed and the C library still holds."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)
