"""One check at a time moves an array: two in different threads would each restore the point of the other.

A check within another one, in the same thread, is over before the outer one moves on; it finds the arrays where the
outer one left them, and leaves them there.
"""

from __future__ import annotations

import threading
import weakref

from .memory import Arrays, sharing

# Those under way.  A set is changed and listed in one step, while a lock would not survive a signal that raises.
HOLDS: set[weakref.ref[Hold]] = set()


class Hold:
    """The user's arrays, which one check moves until it is closed.

    Raises
    ------
    ValueError
        If a check in another thread moves one of them.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.thread = threading.get_ident()
        self._own = weakref.ref(self, HOLDS.discard)
        # First be seen, then look: of two checks that begin at the same time at least one sees the other.
        HOLDS.add(self._own)
        for each in list(HOLDS):
            other = each()
            if other is not None and other.thread != self.thread and (name := _shared(arrays, other.arrays)):
                self.close()
                raise ValueError(
                    f"a check in another thread is moving {name} in place, and would restore it to another point: "
                    "check one after the other, or give each its own copy"
                )

    def close(self) -> None:
        """Let others move the arrays."""
        HOLDS.discard(self._own)


def _shared(arrays: Arrays, others: Arrays) -> str:
    """Return the name of an array of which another check moves an element; "" if there is none."""
    first = next(sharing((*arrays.blocks, *others.blocks)), None)
    layout = arrays.layout
    return "" if first is None else layout.title_of(layout.leaf_of(arrays.blocks[first[0]].start))
