"""Runs a command in a child process, so that only a verdict is ever taken for one.

An objective may end its process, by exit(0) in C, by STOP in Fortran, by os._exit(0) or by a crash, and the status of
its end would be that of the check.  The child notes its status in memory that both share, once it has one; without that
the status is that of an error.  It is forked before anything is loaded: nothing is imported twice, and there are no
threads yet.
"""

from __future__ import annotations

import mmap
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from ..failure import ERROR, failure
from .spawned import ending_name

# Linux alone: elsewhere a child would outlive a parent that is killed, and libraries of macOS must not be used in one.
POSSIBLE = sys.platform == "linux"
# prctl(2): the signal that a process receives when its parent ends.
PR_SET_PDEATHSIG = 1
ANSWERED = 1
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
# Seconds until a signal that was sent to both has arrived at both.
SOON = 0.01


def run_forked(run: Callable[[], int], what: str) -> int:
    """Return the status of a command, which is run in a child process.

    Parameters
    ----------
    run
        Runs the command and returns its status.
    what
        What there is not, where the process ends without: a verdict, or a study.
    """
    answer = mmap.mmap(-1, 2)
    seen, noted = os.pipe()
    on_child = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (*FORWARDED, signal.SIGCHLD))
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.set_blocking(noted, False)
        signal.set_wakeup_fd(noted, warn_on_full_buffer=False)
        _end_with(parent)
        signal.signal(signal.SIGCHLD, on_child)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        status = run()
        if os.getppid() == parent:  # not in a copy of this process that the user's code has made
            answer[1], answer[0] = status, ANSWERED
        return status
    os.set_blocking(seen, False)
    ending, received = _ended(child, seen)
    if answer[0] == ANSWERED:
        os._exit(answer[1])  # there is nothing to tidy up here, which would take some milliseconds
    if os.WIFSIGNALED(ending) and os.WTERMSIG(ending) in received:
        _end_by(os.WTERMSIG(ending))
    return failure(f"no {what}: the user's code ended the program ({ending_name(os.waitstatus_to_exitcode(ending))})")


def _end_with(parent: int) -> None:
    """Let this process end when its parent does, even if that is killed: it would go on writing its files."""
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(ERROR)


def _ended(child: int, seen: int) -> tuple[int, set[int]]:
    """Wait until the child has ended; return how, and the signals that came, which are its signals.

    `seen` is where the child notes what it has received itself: a terminal sends its signals to both, and so does who
    sends them to a group.  Twice would not be the same, because a second Ctrl-C ends a check at once.
    """
    received: set[int] = set()
    while True:
        came = signal.sigwaitinfo((*FORWARDED, signal.SIGCHLD))
        if came.si_signo == signal.SIGCHLD:
            ended, ending = os.waitpid(child, os.WNOHANG)
            if ended:
                return ending, received
            continue
        received.add(came.si_signo)
        time.sleep(SOON)
        with suppress(BlockingIOError):
            if came.si_signo in os.read(seen, 1 << 16):
                continue
        os.kill(child, came.si_signo)


def _end_by(number: int) -> None:
    """End as the child did, by a signal that was meant for this process."""
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
