"""Eight numbers at once: the operations of loops over long vectors, for processors that are wide enough.

The bodies say what happens in plain Python; the compiler replaces each function by an operation of the machine, as
those of `memory.py`, and `machine_code/lanes.py` lists them by name.  The same lanes on every processor: sums of them
have the same bits.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

import numpy as np

from ..records.abi import ConstVector, Integer, Pointer, Real, Vector


class Lanes(Protocol):
    """Eight float64."""

    def __add__(self, other: Lanes, /) -> Lanes: ...
    def __sub__(self, other: Lanes, /) -> Lanes: ...
    def __mul__(self, other: Lanes, /) -> Lanes: ...
    def __truediv__(self, other: Lanes, /) -> Lanes: ...


class Choices(Protocol):
    """Eight answers, yes or no."""

    def __and__(self, other: Choices, /) -> Choices: ...
    def __or__(self, other: Choices, /) -> Choices: ...


class WordLanes(Protocol):
    """Eight words of 32 bits, which wrap around."""

    def __add__(self, other: WordLanes, /) -> WordLanes: ...
    def __sub__(self, other: WordLanes, /) -> WordLanes: ...
    def __mul__(self, other: WordLanes, /) -> WordLanes: ...
    def __xor__(self, other: WordLanes, /) -> WordLanes: ...
    def __and__(self, other: WordLanes, /) -> WordLanes: ...
    def __rshift__(self, other: WordLanes, /) -> WordLanes: ...


# Sums that run side by side, so that a processor need not wait for one addition before it begins the next.
LANES = 8


def are_wide() -> bool:
    """Return whether the processor at hand has instructions for eight numbers: if not, one by one is as fast."""
    return True


def all_lanes(value: Real) -> Lanes:
    """Return the same number in all lanes."""
    return cast(Lanes, np.full(LANES, value))


def lanes_at(vector: ConstVector, index: Integer) -> Lanes:
    """Return eight elements of a vector in float64, from one with this index on."""
    return cast(Lanes, np.array(cast(Any, vector)[index : index + LANES], np.float64))


def put_lanes(vector: Vector, index: Integer, lanes: Lanes) -> None:
    """Set eight elements of a vector, from one with this index on."""
    cast(Any, vector)[index : index + LANES] = lanes


def sizes_of(lanes: Lanes) -> Lanes:
    """Return the numbers without their signs."""
    return cast(Lanes, np.abs(cast(Any, lanes)))


def larger_of(a: Lanes, b: Lanes) -> Lanes:
    """Return a where a > b, else b: also where one of the two is NaN."""
    first, second = cast(Any, a), cast(Any, b)
    return cast(Lanes, np.where(first > second, first, second))


def are_below(a: Lanes, b: Lanes) -> Choices:
    """Return where a < b."""
    return cast(Choices, np.less(cast(Any, a), cast(Any, b)))


def are_at_most(a: Lanes, b: Lanes) -> Choices:
    """Return where a <= b."""
    return cast(Choices, np.less_equal(cast(Any, a), cast(Any, b)))


def chosen(choices: Choices, a: Lanes, b: Lanes) -> Lanes:
    """Return a where it is chosen, else b."""
    return cast(Lanes, np.where(cast(Any, choices), cast(Any, a), cast(Any, b)))


def all_chosen() -> Choices:
    """Return yes in all lanes."""
    return cast(Choices, np.full(LANES, True))


def are_all(choices: Choices) -> bool:
    """Return whether all answers are yes."""
    return bool(np.all(cast(Any, choices)))


def turned_by(lanes: Lanes, signs: Lanes) -> Lanes:
    """Return numbers with the signs of others; where one of those is 0 or NaN, as it is."""
    own, by = cast(Any, lanes), cast(Any, signs)
    return cast(Lanes, np.where(by > 0.0, np.abs(own), np.where(by < 0.0, -np.abs(own), own)))


def with_first(lanes: Lanes, term: Real) -> Lanes:
    """Return lanes to the first of which a number is added."""
    added: Any = np.array(lanes)
    added[0] += term
    return cast(Lanes, added)


def sum_of(lanes: Lanes) -> Real:
    """Return the sum of all lanes, always in the same order."""
    a, b, c, d, e, f, g, h = cast(Any, lanes).tolist()
    total: float = ((a + e) + (c + g)) + ((b + f) + (d + h))
    return total


def all_words(word: np.uint32) -> WordLanes:
    """Return the same word in all lanes."""
    return cast(WordLanes, np.full(LANES, word, np.uint32))


def counted_words() -> WordLanes:
    """Return the words 0 to 7."""
    return cast(WordLanes, np.arange(LANES, dtype=np.uint32))


def room_for_words(count: Integer) -> Pointer[int]:
    """Return room for so many words, as signed numbers, that lives until the function returns which asks for it."""
    return cast(Pointer[int], np.empty(count, np.int32))


def put_words(room: Pointer[int], index: Integer, words: WordLanes) -> None:
    """Keep eight words, from one with this index on; those with the highest bit are negative numbers."""
    cast(Any, room)[index : index + LANES] = cast(Any, words).view(np.int32)
