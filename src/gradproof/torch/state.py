"""What a call of the user's functions changes beside its result: put back before every call, and at the end."""

from __future__ import annotations

import _random
import ctypes
import inspect
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

# Attributes of modules of these types count calls, or hold what the last call computed.
PLAIN = (bool, int, float)
# The bytes of the Mersenne twister: 624 words, and how many of them are used up.
TWISTER = 4 * (624 + 1)
# What a report says where a function is random all the same.
RANDOM = (
    "The random generators of PyTorch, NumPy and Python, and the buffers of modules, were put back before every call: "
    "what else is random, such as a generator of your own, must be fixed in the function."
)


class State:
    """The state of modules and of random generators as it is when this is made.

    Buffers such as running means and the vectors of power iterations; tensors and numbers that modules keep as
    attributes; the generators of PyTorch on the CPU and on devices, of NumPy and of Python.

    Parameters
    ----------
    torch
        PyTorch.
    given
        What the user passes: modules are found in it, and in what functions use from outside.
    """

    def __init__(self, torch: Any, *given: Any) -> None:
        self._torch = torch
        modules = list(_modules(torch, given))
        # Buffers are modified in place, or replaced by others.
        buffers = {id(one): one for module in modules for one in module._buffers.values() if one is not None}
        self._buffers = [(one, one.detach().clone()) for one in buffers.values()]
        self._attributes = [(names, _plain(torch, names)) for one in modules for names in (vars(one), one._buffers)]
        self._generators = list(_generators(torch))

    def put_back(self) -> None:
        """Put everything back."""
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
                self.put_back()
        finally:
            self.put_back()


def _modules(torch: Any, given: Any) -> Iterator[Any]:
    """Yield the modules in what the user passes."""
    seen: set[int] = set()
    for one in given:
        for found in (one, *_used(one)):
            for module in found.modules() if isinstance(found, torch.nn.Module) else ():
                if id(module) not in seen:
                    seen.add(id(module))
                    yield module


def _used(function: Any) -> Iterator[Any]:
    """Yield what a function uses from outside."""
    try:
        used = inspect.getclosurevars(inspect.unwrap(function))
    except (TypeError, ValueError):  # not a function of Python, or one whose variables are not set yet
        return
    yield from used.nonlocals.values()
    yield from used.globals.values()


def _plain(torch: Any, names: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in names.items() if isinstance(one, (torch.Tensor, *PLAIN))}


def _generators(torch: Any) -> Iterator[tuple[Callable[[Any], Any], Any]]:
    """Yield how the state of each random generator is set, and the state."""
    yield torch.default_generator.set_state, torch.random.get_rng_state()
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        yield torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        yield torch.mps.set_rng_state, torch.mps.get_rng_state()
    yield _generator_of_numpy()
    yield _generator_of_python()


def _generator_of_numpy() -> tuple[Callable[[Any], Any], Any]:
    """Return what sets the state of NumPy's generator if something was drawn since, and the state.

    To set it takes ten times as long as all else that is put back where there are no modules; to compare its memory
    with what that was takes next to nothing.
    """
    numpys: Any = np.random  # whose types leave this function out
    generator, state = numpys.get_bit_generator(), np.random.get_state(legacy=False)
    # The second number of a pair from a normal distribution is drawn without a trace in that memory.
    if not isinstance(generator, np.random.MT19937) or state["has_gauss"]:
        return np.random.set_state, state
    memory = (ctypes.c_char * TWISTER).from_address(generator.ctypes.state_address)
    kept = memory.raw

    def set_state(state: Any, _owner_of_memory: Any = generator) -> None:
        if memory.raw != kept:
            np.random.set_state(state)

    return set_state, state


def _generator_of_python() -> tuple[Callable[[Any], Any], Any]:
    """Return what sets the state of Python's generator if something was drawn since, and the state.

    To set it takes as long as many a small function; its memory, where it is found, tells that nothing was drawn.
    """
    generator, state = getattr(random.setstate, "__self__", None), random.getstate()
    memory = _memory_of(generator, state)
    if memory is None:
        return random.setstate, state
    kept = memory.raw

    def set_state(state: Any) -> None:
        if memory.raw != kept or getattr(generator, "gauss_next", None) != state[2]:
            random.setstate(state)

    return set_state, state


def _memory_of(generator: Any, state: tuple[Any, ...]) -> Any:
    """Return the memory of a generator of Python's random module; None unless it holds the state as it should."""
    start = object.__basicsize__
    if sys.implementation.name != "cpython" or type(generator) is not random.Random:
        return None
    if _random.Random.__basicsize__ < start + TWISTER:
        return None
    memory = (ctypes.c_char * TWISTER).from_address(id(generator) + start)
    used, *words = np.frombuffer(memory.raw, np.uint32).tolist()
    return memory if (*words, used) == state[1] else None
