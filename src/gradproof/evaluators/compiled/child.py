"""Calls a C function once in a child process, and says how that ended.

The child is a copy of this process (fork), so that whatever the function refers to is there.  It calls the function
with buffers that were made before, notes in shared memory that the call has returned, and ends at once: nothing of this
process is run or written a second time at its end.  What it prints is kept from the terminal.

Where a copy is not possible or not safe, there is no such call: on Windows, and on macOS, whose own libraries must not
be used in one.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import math
import mmap
import os
import select
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

POSSIBLE = hasattr(os, "fork") and sys.platform not in ("darwin", "emscripten", "ios", "wasi")
# Imported here: in a copy of this process, an import may wait for a thread that is not there.
resource: Any = importlib.import_module("resource") if POSSIBLE else None
# Filters of warnings belong to all threads.
_forking = threading.Lock()
# Seconds that the call may take. A check makes many such calls, so that one more is little even where each is slow.
LIMIT = 60.0
# Seconds of sleep after which a child waits for ever for a thread that was not copied with it, or for something else.
STUCK = 0.5
# What the child may have written to its error output, at most, in characters of a message.
MESSAGE = 200
FATAL = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGALRM")
HEAD = 16  # bytes: two words, how far the call is, and its code
BEGUN, RETURNED = 1, 2


class Ending(NamedTuple):
    """How the call ended: `code` if it returned, else what happened instead, and what was written about it."""

    code: int | None
    what: str = ""
    written: str = ""


def shared(size: int) -> mmap.mmap:
    """Return memory that a child shares with this process: `HEAD` bytes for `call_in_child`, the rest for its call."""
    return mmap.mmap(-1, HEAD + size)


def call_in_child(call: Callable[[], int], memory: mmap.mmap) -> Ending | None:
    """Run a call in a child process; None if that says nothing about the call.

    Parameters
    ----------
    call
        Calls the function, and returns its code.
    memory
        From `shared`.
    """
    alone = _threads() == 1
    reading, writing = os.pipe()
    written = os.memfd_create("gradproof") if hasattr(os, "memfd_create") else os.open(os.devnull, os.O_RDWR)
    leave_at_exit = _leaving_at_exit()
    child = 0
    try:
        # Python, and JAX, warn of threads that are not copied; `STUCK` is about them.
        with _forking, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child = os.fork()
        if child == 0:
            _be_the_child(call, memory, written, leave_at_exit)
        os.close(writing)
        writing = -1
        status, child = _wait(child, reading, alone), 0
        return _ending(status, memory, written) if memory[0] else None
    except TooLongError:
        return Ending(None, f"has not returned after {LIMIT:g} s")
    except (OSError, RuntimeError, NoAnswerError):  # there cannot be another process, or not from here
        return None
    finally:
        for descriptor in (reading, writing, written):
            if descriptor >= 0:
                os.close(descriptor)
        if child > 0:
            _end(child)


class NoAnswerError(Exception):
    """The child could not finish, for reasons that are its own."""


class TooLongError(Exception):
    """The call takes too long."""


def _be_the_child(
    call: Callable[[], int], memory: mmap.mmap, written: int, leave_at_exit: Callable[[], Any]
) -> NoReturn:
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor, target in ((null, 0), (null, 1), (written, 2)):
            os.dup2(descriptor, target)
        # What this process does at signals is not for the child: not the tracebacks of faulthandler either.
        for name in FATAL:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.alarm(math.ceil(LIMIT) + 1)  # it does not outlive this process for long, whatever happens to that
        _write_no_core()
        leave_at_exit()
        memory[0] = BEGUN
        code = call()
        memory[8:HEAD] = int(code).to_bytes(8, "little", signed=True)
        memory[0] = RETURNED
    finally:
        os._exit(0)


def _write_no_core() -> None:
    with contextlib.suppress(OSError, ValueError):
        # One byte: Linux takes 0 as "as large as you like" where cores are sent to a program.
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (0 if hard == 0 else 1, hard))


@functools.cache
def _leaving_at_exit() -> Callable[[], Any]:
    """Return what makes exit() leave at once: destructors and open files are those of this process, too."""
    import ctypes

    try:
        library = ctypes.CDLL(None)
        on_exit, leave = library.on_exit, ctypes.cast(library._exit, ctypes.c_void_p)
    except (OSError, AttributeError):
        return lambda: None
    on_exit.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    return lambda: on_exit(leave, None)


def _wait(child: int, reading: int, alone: bool) -> int | None:
    """Return the status of the child when it has ended; None if somebody else took it."""
    began = worked = time.monotonic()
    work = b""
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    while True:
        try:
            ended, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:  # SIGCHLD is ignored, or handled by somebody who waits
            return None
        if ended:
            return status
        now = time.monotonic()
        before, work = work, _work_of(child)
        if work != before or not work.startswith(b"S"):
            worked = now
        if now - began > LIMIT:
            raise TooLongError
        if not alone and now - worked > STUCK:
            raise NoAnswerError
        if poll.poll(50):  # milliseconds
            time.sleep(1e-4)  # it has closed everything: it is about to end


def _work_of(process: int) -> bytes:
    """Return the state and the processor time of a process, as Linux writes them; where there are none, it runs."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return b" ".join((fields[0], *fields[11:13]))
    except (OSError, IndexError):
        return b"R"


def _threads() -> int:
    """Return the number of threads of this process, those of libraries, too; 0 if it is not known."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return 0


def _ending(status: int | None, memory: mmap.mmap, written: int) -> Ending:
    if memory[0] == RETURNED:
        return Ending(int.from_bytes(memory[8:HEAD], "little", signed=True))
    text = _text(written)
    if status is None:
        return Ending(None, "did not return", text)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        known = number in list(signal.Signals)
        return Ending(None, f"ended with {signal.Signals(number).name if known else f'signal {number}'}", text)
    return Ending(None, f"called exit({os.WEXITSTATUS(status)})", text)


def _text(written: int) -> str:
    """Return the end of what the child has written to its error output, on one line."""
    try:
        os.lseek(written, 0, os.SEEK_SET)
        text = " ".join(os.read(written, 1 << 16).decode(errors="replace").split())
    except OSError:
        return ""
    return text if len(text) <= MESSAGE else f"... {text[-MESSAGE:]}"


def _end(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
