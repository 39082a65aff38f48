"""Signals while the user's arrays are moved: the first that raises ends the round, others wait until they are back.

Python calls the handler of a signal between any two instructions, of a `finally` as well, and it may raise whatever it
likes.  So the handlers are called by one that knows whether arrays are away: a signal that has raised leaves it closed,
and the way back cannot be broken off.  Python calls handlers in the main thread alone; others have nothing to do here.
"""

from __future__ import annotations

import functools
import signal
import sys
import threading
from types import FrameType
from typing import Any

# Which there are takes as long to ask as many objectives take.
numbers = functools.cache(signal.valid_signals)


class Signals:
    """The handlers of all signals, in front of which this one is while a round is under way."""

    def __init__(self) -> None:
        self._inside = False
        self._is_closed = False
        self._handlers: dict[int, Any] = {}
        self._waiting: list[int] = []

    def take(self) -> None:
        """Begin a round: be the handler of every signal that has one in Python."""
        if threading.current_thread() is threading.main_thread():
            for number in numbers():
                handler = signal.getsignal(number)
                if isinstance(handler, Signals):  # one that was left behind, when a signal broke off its way out
                    handler = handler._handlers.get(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self)
        # Not before: a signal that raises meanwhile is the user's affair, and nothing has been moved yet.
        self._inside = True

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal as its own handler does; once one has raised within a round, the others wait."""
        if self._is_closed:
            self._waiting.append(number)
            return
        self._is_closed = self._inside
        self._handlers[number](number, frame)
        self._let_through()

    def close(self) -> None:
        """Let all signals wait from now on, if a round is under way."""
        self._is_closed = self._inside

    def reopen(self) -> None:
        """Go on with the round: what a signal has raised was caught, as by an objective that sets itself an alarm."""
        if self._is_closed:
            self._let_through()

    def give_back(self) -> None:
        """End a round, whose arrays are back: the handlers are those of the user, who also gets what has waited."""
        # First: a handler that is the user's again may raise, and what it leaves behind must let signals through.
        self._inside = self._is_closed = False
        for number, handler in self._handlers.items():
            if signal.getsignal(number) is self:
                signal.signal(number, handler)
        self._let_through()

    def _let_through(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._is_closed = False
        for number in dict.fromkeys(waiting):
            self(number, sys._getframe())
