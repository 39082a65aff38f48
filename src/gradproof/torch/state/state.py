"""What a call of the user's functions changes beside its result: put back before every call, and at the end."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FunctionType
from typing import Any

from ...report.report import Report
from .generators import generators, states_of
from .written import SHORTENED, Frozen, has_longest

# Attributes of modules of these types count calls, or hold what the last call computed.
PLAIN = (bool, int, float)
# So often, at most, a row is shortened until rounding makes it no longer than the largest norm.
MOST_CALLS = 8
# What a report says where a function is random all the same.
RANDOM = (
    "The random generators of PyTorch, NumPy and Python, and the buffers of modules, were put back before every call: "
    "what else is random, such as a generator in an object of your own, must be fixed in the function."
)


class State:
    """The state of modules and of random generators as it is when this is made.

    Buffers such as running means and the vectors of power iterations; tensors and numbers that modules keep as
    attributes; parameters that require no gradient, as far as functions write to them; the generators of PyTorch on the
    CPU and on devices, of NumPy and of Python; and others that modules keep as attributes, or functions use.

    Parameters
    ----------
    torch
        PyTorch.
    given
        What the user passes: modules are found in it, and in what functions use from outside.

    Attributes
    ----------
    frozen
        The parameters that require no gradient.
    """

    def __init__(self, torch: Any, *given: Any) -> None:
        self._torch = torch
        used = [*given, *_in_use(given)]
        modules = list(_modules_among(torch, used))
        # Buffers are modified in place, or replaced by others.
        buffers = {id(one): one for module in modules for one in module._buffers.values() if one is not None}
        self._buffers = [(one, one.detach().clone()) for one in buffers.values()]
        normed = [one for one in modules if getattr(one, "max_norm", None) is not None]
        written = (one.weight for one in normed)
        self._written = [(one, one.detach().clone()) for one in written if isinstance(one, torch.nn.Parameter)]
        self._has_longest = any(map(partial(has_longest, torch), normed))
        self._attributes = [(names, _plain(torch, names)) for one in modules for names in (vars(one), one._buffers)]
        kept = [one for names, _ in self._attributes for one in names.values()]
        self._generators = [*generators(torch), *states_of(torch, [*kept, *used])]
        self.frozen = Frozen(torch, modules)

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
        self.frozen.put_back()

    def before(self, function: Callable[[], Any]) -> Callable[[], Any]:
        """Return a function that is called with the state put back."""

        def called() -> Any:
            self.put_back()
            return self.frozen.call(function)

        return called

    def settle(self, function: Callable[[], Any]) -> None:
        """Call a function until embeddings shorten no row any more.

        By rounding a shortened row may be longer than the largest norm, and is shortened again at the next call.
        """
        for _ in range(MOST_CALLS if self._has_longest else 0):
            before = [parameter.detach().clone() for parameter, _ in self._written]
            function()
            if all(map(self._torch.equal, before, (parameter for parameter, _ in self._written))):
                return

    def about_written(self, report: Report) -> Iterator[str]:
        """Yield notes where a gradient is not right, and what the function writes to may be the reason."""
        yield from self.frozen.about_written(report)
        if report.verdict != "right" and self._has_longest:
            yield SHORTENED

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


def _plain(torch: Any, names: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in names.items() if isinstance(one, (torch.Tensor, *PLAIN))}
