"""One task of an executor."""

from __future__ import annotations

from typing import Any

from ...problem.exceptions import Raised
from ...problem.numbers import Flat


class Task:
    """A batch of probes sent to a worker: in flight, or with its values, or neither if it is to be evaluated here."""

    def __init__(self, probes: Flat) -> None:
        self.probes = probes
        self.numbers: list[int] = []
        self.tries = 0
        self.sent = 0.0
        self.future: Any = None
        # Those that have not answered for so long that the task was sent again.
        self.overdue: list[Any] = []
        self.values: Flat | None = None
        self.raised: tuple[Raised, ...] = ()

    def cancel(self) -> None:
        """Cancel the task if no worker has started it."""
        for future in (self.future, *self.overdue):
            cancel = getattr(future, "cancel", None)
            if cancel is not None:
                cancel()
