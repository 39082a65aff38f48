"""The states of random generators: of PyTorch, NumPy and Python, and of the user's own."""

from __future__ import annotations

import _random
import ctypes
import functools
import random
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

# The bytes of the Mersenne twister: 624 words, and how many of them are used up.
TWISTER = 4 * (624 + 1)
# Made once: ctypes makes an anonymous type anew each time.
Twister = ctypes.c_char * TWISTER


def states_of(torch: Any, found: Any) -> Iterator[tuple[Callable[[Any], Any], Any]]:
    """Yield the same for random generators of the user's own among what was found."""
    for one in found:
        if isinstance(one, torch.Generator):
            yield one.set_state, one.get_state()
        elif isinstance(one, random.Random):
            yield one.setstate, one.getstate()
        elif isinstance(one, np.random.RandomState):
            yield one.set_state, one.get_state(legacy=False)
        elif isinstance(one, np.random.Generator):
            yield functools.partial(setattr, one.bit_generator, "state"), one.bit_generator.state


def generators(torch: Any) -> Iterator[tuple[Callable[[Any], Any], Any]]:
    """Yield how the state of each random generator is set, and the state."""
    yield torch.default_generator.set_state, torch.random.get_rng_state()
    if torch.cuda.is_initialized():
        yield torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        yield torch.mps.set_rng_state, torch.mps.get_rng_state()
    yield _generator_of_numpy()
    yield _generator_of_python()


def _generator_of_numpy() -> tuple[Callable[[Any], Any], Any]:
    """Return what sets the state of NumPy's generator if something was drawn since, and the state.

    To get or to set it takes ten times as long as all else that is put back where there are no modules; to compare its
    memory with what that was takes next to nothing.
    """
    numpys: Any = np.random  # whose types leave this function out
    generator = numpys.get_bit_generator()
    # The second number of a pair from a normal distribution is drawn without a trace in the memory of the twister.
    if not isinstance(generator, np.random.MT19937) or _has_second_number():
        return np.random.set_state, np.random.get_state(legacy=False)
    memory = Twister.from_address(generator.ctypes.state_address)

    def set_state(kept: bytes, _owner_of_memory: Any = generator) -> None:
        if memory.raw != kept:
            *words, used = np.frombuffer(kept, np.uint32)
            np.random.set_state(("MT19937", np.array(words), int(used), 0, 0.0))

    return set_state, memory.raw


def _has_second_number() -> bool:
    """Whether NumPy's generator holds the second number of a pair from a normal distribution."""
    # Its random functions are methods of the one that they share.
    generator, place = getattr(np.random.random_sample, "__self__", None), _place_of_second_number()
    if place is None or type(generator) is not np.random.RandomState:
        return bool(np.random.get_state(legacy=False)["has_gauss"])
    return bool(ctypes.c_int.from_address(id(generator) + place).value)


@functools.cache
def _place_of_second_number() -> int | None:
    """Return where in the memory of a generator of NumPy it says whether it holds such a number; None if unknown."""
    if sys.implementation.name != "cpython":
        return None
    other, number = np.random.RandomState(0), 0.71828
    memory = (ctypes.c_char * np.random.RandomState.__basicsize__).from_address(id(other))
    without, state = memory.raw, other.get_state(legacy=False)
    other.set_state({**state, "has_gauss": 1, "gauss": number})
    # A flag, and the number itself.
    place = memory.raw.find(struct.pack("id", 1, number))
    return place if place >= 0 and without[place : place + 4] == bytes(4) else None


def _generator_of_python() -> tuple[Callable[[Any], Any], Any]:
    """Return what sets the state of Python's generator if something was drawn since, and the state.

    To get or to set it takes as long as many a small function; its memory, where it is found, tells that nothing was
    drawn.
    """
    generator: Any = getattr(random.setstate, "__self__", None)
    is_known = type(generator) is random.Random and _is_memory_known()
    if not is_known:
        return random.setstate, random.getstate()
    memory = _memory_of(generator)

    def set_state(kept: tuple[bytes, Any]) -> None:
        raw, second = kept
        if memory.raw != raw or generator.gauss_next != second:
            random.setstate((generator.VERSION, _words(raw), second))

    return set_state, (memory.raw, generator.gauss_next)


@functools.cache
def _is_memory_known() -> bool:
    """Whether a generator of Python's random module holds its state where it should."""
    if sys.implementation.name != "cpython" or _random.Random.__basicsize__ < object.__basicsize__ + TWISTER:
        return False
    other = random.Random(0)
    return other.getstate() == (other.VERSION, _words(_memory_of(other).raw), None)


def _memory_of(generator: random.Random) -> Any:
    """Return the memory of a generator of Python's random module."""
    return Twister.from_address(id(generator) + object.__basicsize__)


def _words(memory: bytes) -> tuple[int, ...]:
    """Return the state that the memory of a generator of Python holds."""
    used, *words = np.frombuffer(memory, np.uint32).tolist()
    return (*words, used)
