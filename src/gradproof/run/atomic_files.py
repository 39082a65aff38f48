"""Atomic writing of files: a new file gets its name only once it is complete."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

# A file without a name is gone with its process.  Elsewhere it has one of these, which does not depend on that of the
# file, because that may be as long as names may be.
NAMELESS = hasattr(os, "O_TMPFILE") and os.link in os.supports_dir_fd and Path("/proc/self/fd").is_dir()
PREFIX, SUFFIX = ".gradproof.", ".part"
# Seconds without a write after which such a file is nobody's: its process was killed, here or on another machine.
LEFT = 60.0
# A disk or a quota that is full, or a limit on the size of files.
NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))


def write_atomically(path: Path, pieces: Iterable[Any]) -> None:
    """Write a file atomically: at every moment it is completely old or completely new, and it keeps mode and owner.

    One with several names (hard links) keeps them, too: it is overwritten, because another file would have one name;
    room for that is made sure of first.

    Raises
    ------
    OSError
        If that fails; the old file remains.
    """
    before = path.stat() if path.exists() else None
    if before is not None and before.st_nlink > 1:
        parts = list(pieces)
        with path.open("r+b") as stream:
            _make_room(stream, before.st_size, sum(map(len, parts)))
            stream.writelines(parts)
            stream.truncate()
            stream.flush()
            os.fsync(stream.fileno())
        return
    with beside(path) as (stream, give_name):
        stream.writelines(pieces)
        if before is not None and os.name == "posix":
            with contextlib.suppress(OSError):  # only root can give files away
                os.fchown(stream.fileno(), before.st_uid, before.st_gid)
            os.fchmod(stream.fileno(), stat.S_IMODE(before.st_mode))
        give_name()
    if os.name == "posix":  # so that the new name survives a power failure, too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _make_room(stream: BinaryIO, before: int, length: int) -> None:
    """Have the file system set aside what a file is to grow by; where it cannot, leave the file as it was."""
    if length <= before or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(stream.fileno(), before, length - before)
    except OSError as problem:
        stream.truncate(before)
        if problem.errno in NO_ROOM:  # other file systems cannot say
            raise


@contextlib.contextmanager
def beside(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """Yield a new file in the folder of another one, and what gives it the name of that."""
    hidden = path.with_name(f"{PREFIX}{os.getpid()}.{threading.get_ident()}{SUFFIX}")
    stream, has_name = _opened(hidden)

    def give_name() -> None:
        stream.flush()
        os.fsync(stream.fileno())
        if not has_name:
            # Only with a folder is a link followed; that of an absolute path is not used.
            descriptor = stream.fileno()
            os.link(f"/proc/self/fd/{descriptor}", hidden, src_dir_fd=descriptor, follow_symlinks=True)
        stream.close()
        hidden.replace(path)

    try:
        yield stream, give_name
    finally:
        stream.close()
        hidden.unlink(missing_ok=True)


def _opened(hidden: Path) -> tuple[BinaryIO, bool]:
    """Return a new file, and whether it has the name."""
    if NAMELESS:
        with contextlib.suppress(OSError):  # not every file system can do that
            return open(os.open(hidden.parent, os.O_TMPFILE | os.O_WRONLY, 0o666), "wb"), False  # noqa: PTH123
    hidden.unlink(missing_ok=True)  # of a process with the same number
    return hidden.open("xb"), True


def sweep(folder: Path) -> None:
    """Remove what processes that were killed have left in a folder."""
    for entry in os.scandir(folder):
        if entry.name.startswith(PREFIX) and entry.name.endswith(SUFFIX):
            with contextlib.suppress(OSError):
                if time.time() - entry.stat().st_mtime > LEFT:
                    Path(entry).unlink()
