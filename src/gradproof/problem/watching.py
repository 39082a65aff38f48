"""Watches arrays of the user that are too large to be copied: a check notices if they change."""

from __future__ import annotations

import functools

import numpy as np

from .numbers import Flat

# Vectors of up to this many bytes are copied: what the user's code writes to its own array then has no effect.
COPIED_BYTES = 1 << 28
# The number of words that are mixed and summed at a time; they fit into the second-level cache.
CHUNK = 1 << 14
COLUMNS = 64
# splitmix64's constant, which is odd, so that no bit of a sum is lost.
FACTOR, WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1
# The largest prime below 2^64.
PRIME = (1 << 64) - 59
SIGN_TO_THE_MIDDLE = np.uint64(31)


class ChangedError(ValueError):
    """An array that a check reads in place has changed."""


class Watch:
    """The arrays that a check reads in place."""

    # What the user calls an array, the array, and the fingerprint that it must keep; of most checks there is none.
    borrowed: tuple[tuple[str, Flat, int], ...] = ()

    def own(self, flat: Flat, name: str) -> Flat:
        """Return a copy that only the check holds or, if that would be too large, the vector itself, watched.

        Parameters
        ----------
        flat
            A vector of the user.
        name
            What the user calls it.
        """
        if flat.nbytes <= COPIED_BYTES:
            copy: Flat = flat.copy()
            return copy
        self.borrowed = (*self.borrowed, (name, flat, fingerprint(flat)))
        return flat

    def look(self) -> None:
        """Raise `ChangedError` if one of the arrays has changed."""
        for name, array, known in self.borrowed:
            if fingerprint(array) != known:
                raise ChangedError(
                    f"{name} changed during the check: f, or something that it calls, modifies this array, which was "
                    f"not copied because it has {array.nbytes / 2**20:,.0f} MiB; pass a copy of it"
                )


def fingerprint(array: Flat, total: int = 0) -> int:
    """Return a weighted sum over the bits of an array, which is different if the array has changed.

    It reads some 2 GB per second and, unlike a comparison with a copy, needs little memory.

    Parameters
    ----------
    array
        An array of any type and shape; it is copied if it is not contiguous.
    total
        The fingerprint of what precedes it.
    """
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    whole = data.size // (8 * COLUMNS) * (8 * COLUMNS)
    words = data[:whole].view(np.uint64)
    memory, weights = np.empty(min(CHUNK, words.size), np.uint64), _weights()
    for start in range(0, words.size, CHUNK):
        part = words[start : start + CHUNK]
        mixed = memory[: part.size]
        # The highest bit of a sum only counts parity, so two signs would cancel: let each one count further down, too.
        np.right_shift(part, SIGN_TO_THE_MIDDLE, out=mixed)
        np.bitwise_xor(mixed, part, out=mixed)
        columns = np.add.reduce(mixed.reshape(-1, COLUMNS), axis=0)
        total = (total * FACTOR + int(np.dot(columns, weights))) & WORD
    rest = int.from_bytes(data[whole:].tobytes(), "little") % PRIME
    return (total * FACTOR + rest) & WORD


@functools.cache
def _weights() -> Flat:
    """Return the weights of the columns."""
    weights: Flat = np.arange(1, 2 * COLUMNS, 2, dtype=np.uint64) * np.uint64(FACTOR)
    return weights
