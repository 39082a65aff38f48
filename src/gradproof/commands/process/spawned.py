"""Runs a command in a spawned process: for systems on which processes cannot be forked.

Its purpose is explained in forked.py, which does the same in a forked process where that is possible.  Here the
child notes its status in a file; without that the status is that of an error.  It outlives a parent that is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..failure import failure

# Where the file stands in which the child notes its status.
ANSWER = "GRADPROOF_ANSWER"
# Terminals send Ctrl-C to the child, too; these are sent to one process.
FORWARDED = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
PROGRAM = "import sys; sys.path[:] = {path!r}; from gradproof.commands.main import main; sys.exit(main())"


def run_spawned(words: list[str], what: str) -> int:
    """Return the status of a command, which is run in a process that is started for it.

    Parameters
    ----------
    words
        The arguments of the command.
    what
        What there is not, where the process ends without: a verdict, or a study.
    """
    import subprocess
    import tempfile

    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    command = [sys.executable, *flags, "-c", PROGRAM.format(path=sys.path), *words]
    with tempfile.TemporaryDirectory(prefix="gradproof-", ignore_cleanup_errors=True) as folder:
        answer = Path(folder, "status")
        children: list[Any] = []
        received = _forward_signals(children)
        children.append(subprocess.Popen(command, env={**os.environ, ANSWER: str(answer)}))
        ending = children[0].wait()
        with suppress(OSError, IndexError):
            return answer.read_bytes()[0]
    if -ending in received:
        signal.signal(-ending, signal.SIG_DFL)
        os.kill(os.getpid(), -ending)
    return failure(f"no {what}: the user's code ended the program ({ending_name(ending)})")


def note_status(run: Callable[[], int], answer: str) -> int:
    """Run a command in the process that was started for it, note its status in a file, and return it."""
    own = os.getpid()
    status = run()
    if os.getpid() == own:  # not in a copy of this process that the user's code has made
        Path(answer).write_bytes(bytes([status]))
    return status


def ending_name(code: int) -> str:
    """Return how a process has ended: its status or, below 0, a signal."""
    if code >= 0:
        return f"exit({code})"
    return signal.Signals(-code).name if -code in list(signal.Signals) else f"signal {-code}"


def _forward_signals(children: list[Any]) -> list[int]:
    """Let a child have the signals that come from now on, and end by them; return the list of those that came."""
    received: list[int] = []

    def forward(number: int, _frame: object) -> None:
        if number != signal.SIGINT:
            received.append(number)
            for child in children:
                child.send_signal(number)

    # What is ignored, as after nohup, stays so in the child.
    for number in {getattr(signal, name, signal.SIGINT) for name in FORWARDED} | {signal.SIGINT}:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, forward)
    return received
