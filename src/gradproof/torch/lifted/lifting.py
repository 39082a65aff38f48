"""Evaluates what was written for float32 or less in float64: every function of PyTorch gets float64 tensors."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

import numpy as np

from ...arguments.mapping import mapped
from ...problem.rounding import rounded_anew
from ..calls import through
from .draws import draws
from .replacements import REPLACED
from .roundings import rounded
from .shadows import Shadows, double_of

# Properties that are tensors, so that what reads them must see the float64 tensor.
VIEWS = ("T", "mT", "H", "mH", "real", "imag")
# Methods that convert to a precision.
CONVERSIONS = ("float", "half", "bfloat16", "double")
# The frames between the code that reads a property and the method that answers.
CALLERS = 6


def low_types(torch: Any) -> tuple[Any, ...]:
    """Return the types of real numbers that have less than double precision."""
    return (torch.float32, torch.bfloat16, torch.float16)


class Lifting:
    """Evaluates functions in float64, with float64 tensors in place of the user's.

    Parameters
    ----------
    torch
        PyTorch.
    replaced
        Pairs of a tensor of the user's, which is never touched, and the float64 tensor that stands for it.
    drawn
        The type of random numbers where there are no such pairs.

    Attributes
    ----------
    read
        The numbers of the pairs that were read.
    lower
        The names of the functions that have no float64, and were evaluated as they are.
    """

    def __init__(self, torch: Any, replaced: Sequence[tuple[Any, Any]], drawn: Any = None) -> None:
        self._torch = torch
        self.low = low_types(torch)
        # What is checked in float32 draws its random numbers so, whatever the others are.
        kinds = [one.dtype for one, _ in replaced if one.dtype in self.low]
        self.drawn = kinds[0] if kinds else drawn or torch.float64
        # Parameters that are float64 already are replaced, too.
        has_double = any(one.dtype is torch.float64 for one, _ in replaced)
        self._lifted = (*self.low, torch.complex64, *([torch.float64] if has_double else []))
        self._shadows = Shadows(torch, replaced)
        self.lower: dict[str, None] = {}
        self._rounding: Callable[[], AbstractContextManager[None]] | None = None
        # A circle of the two would keep the tensors until Python looks for circles.
        lifting = weakref.proxy(self)

        def called(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
            return lifting.call(function, arguments, keywords)

        self._mode = through(torch, called)

    @property
    def read(self) -> set[int]:
        """The numbers of the pairs that were read."""
        return self._shadows.read

    @contextmanager
    def active(self) -> Iterator[None]:
        """Evaluate what is called inside in float64."""
        torch = self._torch
        default = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64)
        rounding = self._rounding or nullcontext
        try:
            with eager(torch), draws(torch, self.drawn), rounding(), self._mode:
                yield
        finally:
            torch.set_default_dtype(default)
            self._shadows.forget()

    @contextmanager
    def rounding(self, random: np.random.Generator, kind: str) -> Iterator[None]:
        """Evaluate what is called inside with errors as large as those of rounding in a lower precision."""
        self._rounding = partial(rounded, self._torch, kind, partial(rounded_anew, random, kind))
        try:
            yield
        finally:
            self._rounding = None

    def call(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        """Call a function of PyTorch with float64 tensors; as it is where it has no float64."""
        with self._torch._C.DisableTorchFunctionSubclass():
            return self._called(function, arguments, keywords)

    def _called(self, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        name = getattr(function, "__name__", "")
        if name in ("__get__", "__set__"):
            return self._property(function, name, arguments)
        if name == "requires_grad_" and self._is_wrapped(arguments[0]):
            # What torch.func derives with respect to is this tensor, in its own precision, and not a copy.
            self.lower["torch.func.grad"] = None
            return function(*arguments, **keywords)
        called = REPLACED.get(name, function)
        if name in CONVERSIONS and self._is_method(function, name):
            called = self._torch.Tensor.double
            keywords = {key: value for key, value in keywords.items() if key == "memory_format"}
        try:
            return called(*mapped(arguments, self._up), **mapped(keywords, self._up))
        except (RuntimeError, TypeError, ValueError) as problem:
            try:
                value = function(*mapped(arguments, self._down), **mapped(keywords, self._down))
            except Exception:  # precision was not the reason
                raise problem from None
            self.lower[name] = None
            return value

    def _is_wrapped(self, tensor: Any) -> bool:
        """Whether a tensor is one of torch.func that is not in float64."""
        functorch = getattr(self._torch._C, "_functorch", None)
        return functorch is not None and tensor.dtype in self.low and functorch.is_functorch_wrapped_tensor(tensor)

    def _is_method(self, function: Any, name: str) -> bool:
        return function is getattr(self._torch.Tensor, name)

    def _property(self, function: Any, kind: str, arguments: Any) -> Any:
        """Read or set a property: the precision is said to be what the user's code expects."""
        name = getattr(getattr(function, "__self__", None), "__name__", "")
        if kind == "__get__" and name in VIEWS:
            return function(self._up(arguments[0]), *arguments[1:])
        if kind == "__get__" and name == "data":
            # Unlike `data` this counts what is written to it.
            return self._up(arguments[0]).detach()
        if kind == "__get__" and name == "grad":
            return function(self._shadows.known(arguments[0]), *arguments[1:])
        value = function(*arguments)
        return self._said(value) if kind == "__get__" and name == "dtype" else value

    def _said(self, kind: Any) -> Any:
        """Return the type that a tensor has for whoever asks: in float64 for PyTorch's own code, as ever for others."""
        torch = self._torch
        if kind not in (*self.low, torch.complex64, torch.float64, torch.complex128):
            return kind
        asks: str = sys._getframe(CALLERS).f_globals.get("__name__", "")
        if asks.partition(".")[0] == "torch":
            return double_of(torch, kind)
        return self._lower(kind)

    def _lower(self, kind: Any) -> Any:
        """Return the type of the user's that a type in double precision stands for."""
        torch = self._torch
        if kind is torch.float64:
            return self.drawn
        is_lower = kind is torch.complex128 and self.drawn is not torch.float64
        return torch.complex64 if is_lower else kind

    def _up(self, value: Any) -> Any:
        if isinstance(value, self._torch.Tensor):
            return self._shadows.lifted(value) if value.dtype in self._lifted else value
        is_lower = isinstance(value, self._torch.dtype) and value in self._lifted
        return double_of(self._torch, value) if is_lower else value

    def _down(self, value: Any) -> Any:
        """Return an argument as a function without float64 gets it."""
        value = self._up(value)
        if isinstance(value, self._torch.Tensor):
            kind = self._lower(value.dtype)
            return value if kind is value.dtype else value.to(kind)
        return self._lower(value) if isinstance(value, self._torch.dtype) else value


@contextmanager
def eager(torch: Any) -> Iterator[None]:
    """Run compiled functions as they were written: what was compiled is for another precision."""
    # Otherwise nothing can be compiled; to import it would take a second.
    if "torch._dynamo" not in sys.modules or not hasattr(torch.compiler, "set_stance"):
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield
