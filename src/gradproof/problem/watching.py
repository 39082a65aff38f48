"""Arrays of the user that are read in place, because a copy would be too large: a check notices when they change."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .numbers import Flat

# Up to so many bytes a vector is copied: what user code writes to the user's own array then changes nothing.
COPIED_BYTES = 1 << 28
# Words that are mixed and summed at a time, in the second level of cache.
CHUNK = 1 << 15
COLUMNS = 64
# splitmix64's constant: odd, so that no bit of a sum is lost.
FACTOR, WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1
# The largest prime below 2^64.
PRIME = (1 << 64) - 59
WEIGHTS = np.arange(1, 2 * COLUMNS, 2, dtype=np.uint64) * np.uint64(FACTOR)
SIGN_TO_THE_MIDDLE = np.uint64(31)


class ChangedError(ValueError):
    """An array that a check reads in place has been written to."""


class Borrowed(NamedTuple):
    """An array of the user's, what it is to them, and the fingerprint that it must keep."""

    name: str
    array: Flat
    fingerprint: int


class Watch:
    """The arrays that a check reads where the user has them."""

    def __init__(self) -> None:
        self._borrowed: list[Borrowed] = []

    def own(self, flat: Flat, name: str) -> Flat:
        """Return a vector that nobody else writes to: a copy, or, where that would be too large, itself, watched.

        Parameters
        ----------
        flat
            A vector of the user's.
        name
            What the user calls it.
        """
        if flat.nbytes <= COPIED_BYTES:
            copy: Flat = flat.copy()
            return copy
        self._borrowed.append(Borrowed(name, flat, fingerprint(flat)))
        return flat

    def look(self) -> None:
        """Raise `ChangedError` where one of the arrays is not what it was."""
        for name, array, known in self._borrowed:
            if fingerprint(array) != known:
                raise ChangedError(
                    f"{name} was changed while the check read it: something that f calls writes to this array, which "
                    f"was not copied because it has {array.nbytes / 2**20:,.0f} MiB; give the check a copy of it"
                )


def fingerprint(array: Flat, total: int = 0) -> int:
    """Return a sum over the bits of an array, weighted by their places: another one says that something changed.

    It reads some 2 GB a second and takes no memory worth mentioning, unlike a comparison with a copy.

    Parameters
    ----------
    array
        Of any type and shape; what is not contiguous is copied.
    total
        The fingerprint of what stands before it.
    """
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    whole = data.size // (8 * COLUMNS) * (8 * COLUMNS)
    words = data[:whole].view(np.uint64)
    memory = np.empty(min(CHUNK, words.size), np.uint64)
    for start in range(0, words.size, CHUNK):
        part = words[start : start + CHUNK]
        mixed = memory[: part.size]
        # The highest bit of a sum knows only odd and even: two signs would cancel, so each one counts further down too.
        np.right_shift(part, SIGN_TO_THE_MIDDLE, out=mixed)
        np.bitwise_xor(mixed, part, out=mixed)
        columns = np.add.reduce(mixed.reshape(-1, COLUMNS), axis=0)
        total = (total * FACTOR + int(np.dot(columns, WEIGHTS))) & WORD
    rest = int.from_bytes(data[whole:].tobytes(), "little") % PRIME
    return (total * FACTOR + rest) & WORD
