"""What a call of the user's functions changes beside its result: put back before every call, and at the end."""

from __future__ import annotations

import _random
import ctypes
import functools
import inspect
import random
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import numpy as np

# Attributes of modules of these types count calls, or hold what the last call computed.
PLAIN = (bool, int, float)
# The bytes of the Mersenne twister: 624 words, and how many of them are used up.
TWISTER = 4 * (624 + 1)
# Made once: ctypes makes an anonymous type anew each time.
Twister = ctypes.c_char * TWISTER
# What a report says where a function is random all the same.
RANDOM = (
    "The random generators of PyTorch, NumPy and Python, and the buffers of modules, were put back before every call: "
    "what else is random, such as a generator in an object of your own, must be fixed in the function."
)


class State:
    """The state of modules and of random generators as it is when this is made.

    Buffers such as running means and the vectors of power iterations; tensors and numbers that modules keep as
    attributes; the generators of PyTorch on the CPU and on devices, of NumPy and of Python; and others that modules
    keep as attributes, or functions use.

    Parameters
    ----------
    torch
        PyTorch.
    given
        What the user passes: modules are found in it, and in what functions use from outside.
    """

    def __init__(self, torch: Any, *given: Any) -> None:
        self._torch = torch
        used = [*given, *_in_use(given)]
        modules = list(_modules_among(torch, used))
        # Buffers are modified in place, or replaced by others.
        buffers = {id(one): one for module in modules for one in module._buffers.values() if one is not None}
        self._buffers = [(one, one.detach().clone()) for one in buffers.values()]
        written = (one.weight for one in modules if getattr(one, "max_norm", None) is not None)
        self._written = [(one, one.detach().clone()) for one in written if isinstance(one, torch.nn.Parameter)]
        self._attributes = [(names, _plain(torch, names)) for one in modules for names in (vars(one), one._buffers)]
        kept = [one for names, _ in self._attributes for one in names.values()]
        self._generators = [*_generators(torch), *_states_of(torch, [*kept, *used])]

    def put_back(self) -> None:
        """Put everything back that functions change between two calls."""
        for names, kept in self._attributes:
            for name, value in kept.items():
                if names.get(name) is not value:
                    names[name] = value
        # Even where their version has not moved: batch normalisation does not count what it writes.
        for buffer, copy in self._buffers:
            with self._torch.inference_mode(buffer.is_inference()), self._torch.no_grad():
                buffer.copy_(copy)
        for set_state, state in self._generators:
            set_state(state)

    def before(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """Return a function that is called with the state put back."""

        def called() -> Any:
            self.put_back()
            return function()

        return called

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Put everything back at the end, however it ends."""
        # Twice, because Ctrl-C may arrive on the way into the first `finally`.
        try:
            try:
                yield
            finally:
                self._put_all_back()
        finally:
            self._put_all_back()

    def _put_all_back(self) -> None:
        """Put parameters back, too, that forward passes write to, such as those of embeddings with a largest norm."""
        self.put_back()
        for parameter, copy in self._written:
            with self._torch.no_grad():
                parameter.copy_(copy)


def modules_in(torch: Any, given: Any) -> Iterator[Any]:
    """Yield the modules in what the user passes."""
    return _modules_among(torch, [*given, *_in_use(given)])


def _modules_among(torch: Any, found: Any) -> Iterator[Any]:
    seen: set[int] = set()
    for one in found:
        for module in one.modules() if isinstance(one, torch.nn.Module) else ():
            if id(module) not in seen:
                seen.add(id(module))
                yield module


def _used(function: Any) -> Iterator[Any]:
    """Yield what a function uses from outside."""
    # What `inspect.getclosurevars` finds, at a fraction of the time.
    function = inspect.unwrap(function)
    if inspect.ismethod(function):
        function = function.__func__
    if not isinstance(function, FunctionType):
        return
    try:
        used = [cell.cell_contents for cell in function.__closure__ or ()]
    except ValueError:  # a variable that is not set yet
        return
    yield from used
    names, code = function.__globals__, function.__code__
    yield from [names[name] for name in code.co_names if name in names]


def _in_use(given: Any) -> Iterator[Any]:
    """Yield what functions of the user use from outside."""
    for one in given:
        yield from _used(one)


def _states_of(torch: Any, found: Any) -> Iterator[tuple[Callable[[Any], Any], Any]]:
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


def _plain(torch: Any, names: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in names.items() if isinstance(one, (torch.Tensor, *PLAIN))}


def _generators(torch: Any) -> Iterator[tuple[Callable[[Any], Any], Any]]:
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
