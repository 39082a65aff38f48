"""The gradient of a loss checked with the loss in float64 at the same point, whatever its parameters are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from ...problem.numbers import Flat
from ...problem.rounding import ROOTS, UNITS, Agreement, rounded_anew, without_rounding
from ..accumulated import MAIN, Kept, gradient_tensor
from ..backward import Gradient, Loss, as_gradient
from ..calls import may_meet, through
from .lifting import Lifting, low_types

# Where PyTorch keeps the hooks of a tensor: those on its gradient, and those for when it has been added to `grad`.
PRESENT, POSTPONED = "_backward_hooks", "_post_accumulate_grad_hooks"


class CannotBeLiftedError(Exception):
    """The loss cannot be evaluated in float64; the message says why."""


class Precise:
    """A loss in float64, and its gradient as it is claimed in the user's own arithmetic.

    Parameters
    ----------
    torch
        PyTorch.
    parameters
        The user's tensors, by name; they are only read.
    loss
        The loss.

    Attributes
    ----------
    value
        The loss in float64, as an objective without arguments.
    agreement
        How the claim agrees with the gradient in float64; known after the first call of `gradient`.
    may_meet
        Whether kinks may meet at x, of functions such as relu; known after `watch`.
    """

    def __init__(self, torch: Any, parameters: dict[str, Any], loss: Callable[[], Any]) -> None:
        self._torch = torch
        self._parameters = parameters
        self._loss = loss
        self.value = Loss(torch, self._lifted)
        self.own = Gradient(torch, parameters, self._watched)
        self._low: list[Any] = [one.dtype for one in parameters.values() if one.dtype in low_types(torch)]
        self._random = np.random.default_rng(0)
        # The gradient as it is claimed and in float64, from the first look at both until it is asked for.
        self._known: tuple[dict[str, Flat], dict[str, Flat]] | None = None
        self.agreement: Agreement | None = None
        self.may_meet = False

    @cached_property
    def stand_ins(self) -> dict[str, Any]:
        """The float64 tensors that stand for the parameters, by name; made where they are needed."""
        made = {name: _stand_in(self._torch, one) for name, one in self._parameters.items()}
        for name, one in self._parameters.items():
            if getattr(one, MAIN, None) is not None:
                setattr(made[name], MAIN, _stand_in(self._torch, getattr(one, MAIN)).detach().zero_())
        return made

    @cached_property
    def lifting(self) -> Lifting:
        """What evaluates the loss in float64."""
        pairs = [(one, self.stand_ins[name]) for name, one in self._parameters.items()]
        mains = [(getattr(one, MAIN), getattr(other, MAIN)) for one, other in pairs if hasattr(other, MAIN)]
        return Lifting(self._torch, [*pairs, *mains])

    @cached_property
    def _exact(self) -> Gradient:
        # Functions with a backward pass by hand may be called with the parameters themselves.
        return Gradient(self._torch, self.stand_ins, self._lifted, self._backward, also=self._parameters)

    def close(self) -> None:
        """Let go of the float64 tensors, which Python would free only when it looks for circular references."""
        self._known = None
        for name in ("stand_ins", "lifting", "_exact"):
            self.__dict__.pop(name, None)

    @property
    def kind(self) -> str:
        """The lowest precision that the loss computes in; "float64" if there is none below."""
        names = {str(one).removeprefix("torch.") for one in self._low}
        return max(names, key=lambda name: UNITS[name], default="float64")

    @property
    def is_lower(self) -> bool:
        """Whether the loss computes in less than the precision of its parameters, as under autocast."""
        units = [UNITS.get(str(one.dtype).removeprefix("torch."), 0.0) for one in self._parameters.values()]
        return UNITS.get(self.kind, 0.0) > max(units, default=0.0)

    def watch(self) -> float:
        """Return the loss as it is, and note what precisions it computes in, and whether kinks may meet at x."""
        torch = self._torch

        def called(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
            # What compiles a function traces this, too, and knows no numbers.
            if not torch.compiler.is_compiling():
                self.may_meet = self.may_meet or may_meet(torch, function, arguments)
            return function(*arguments, **keywords)

        with through(torch, called):
            return Loss(torch, self._watched)()

    def refuse_what_cannot_be_lifted(self, plain: float) -> None:
        """Raise a CannotBeLiftedError unless the loss in float64 is the same function of all parameters."""
        claimed = self.own()
        try:
            lifted, exact = self.value(), self._in_float64()
        except Exception as problem:
            raise CannotBeLiftedError(f"{type(problem).__name__}: {problem}") from problem
        if self.lifting.lower:
            # Where a part of f moves in coarser steps than the rest, small steps do not see it.
            raise CannotBeLiftedError(f"PyTorch has no float64 for {', '.join(self.lifting.lower)}")
        for number, name in enumerate(self._parameters):
            if number not in self.lifting.read and np.any(claimed[name]):
                raise CannotBeLiftedError(f"{name} is read by what is not a function of PyTorch, or is compiled")
        is_apart = abs(lifted - plain) > self._rounding() * max(abs(lifted), abs(plain))
        # Where the gradient is the same, the loss is a small sum of large terms.
        if is_apart and without_rounding(claimed, exact, self.kind, self._nearby)[1].beyond:
            if abs(self.watch() - plain) > self._rounding() * abs(plain):
                raise CannotBeLiftedError("two calls of it differ")
            raise CannotBeLiftedError(f"there, the loss is {lifted:.6g}, but {plain:.6g} as it is")
        self._known = claimed, exact

    def _rounding(self) -> float:
        """Return by how much of its size the loss may be another in float64, before it counts as another function.

        One that draws other random numbers is, for example.
        """
        return ROOTS * math.sqrt(UNITS.get(self.kind, 0.0))

    def gradient(self) -> dict[str, Flat]:
        """Return the claimed gradient, with what rounding explains taken out."""
        (claimed, exact), self._known = self._known or (self.own(), self._in_float64()), None
        clean, self.agreement = without_rounding(claimed, exact, self.kind, self._nearby)
        return clean

    def notes(self) -> Iterator[str]:
        """Yield what a report says of the evaluation in float64."""
        if self.agreement is not None:
            yield self.agreement.sentence()

    def _lifted(self) -> Any:
        with self.lifting.active():
            return self._loss()

    def _watched(self) -> Any:
        with _watching(self._torch, self._low):
            return self._loss()

    def _backward(self, value: Any) -> None:
        """Do the backward pass with the backward passes that are written by hand in float64, too."""
        engine = self._torch.autograd.Variable._execution_engine
        with self.lifting.active():
            # Not value.backward(): inside of a function of PyTorch nothing is lifted.
            one = self._torch.ones_like(value)
            engine.run_backward((value,), (one,), False, False, (), allow_unreachable=True, accumulate_grad=True)

    def _in_float64(self) -> dict[str, Flat]:
        """Return the gradient of the loss in float64 at the values of the stand-ins."""
        with _without_hooks(self._parameters.values()):
            found = self._exact()
        for name, tensor in self._parameters.items():
            if _hooks_of(tensor):
                found[name] = self._hooked(tensor, self.stand_ins[name], found[name])
        return found

    def _hooked(self, tensor: Any, stand_in: Any, found: Flat) -> Flat:
        """Return what the hooks of a parameter make of its gradient."""
        grad = self._torch.from_numpy(np.array(found))
        for hook in (getattr(tensor, PRESENT, None) or {}).values():
            replaced = hook(grad)
            grad = grad if replaced is None else replaced
        kept = Kept(self._torch, stand_in)
        stand_in.grad = grad
        for hook in (getattr(tensor, POSTPONED, None) or {}).values():
            hook(stand_in)
        found = as_gradient(stand_in, gradient_tensor(stand_in))
        kept.give_back()
        return found

    def _nearby(self) -> dict[str, Flat]:
        """Return the gradient in float64 where x and all that is computed on the way is some roundings off."""
        try:
            self._move()
            with self.lifting.rounding(self._random, self.kind):
                return self._in_float64()
        finally:
            self._follow()

    def _move(self) -> None:
        """Move the stand-ins to other values within a few roundings."""
        for tensor in self.stand_ins.values():
            factors = rounded_anew(self._random, self.kind, tuple(tensor.shape))
            with self._torch.no_grad():
                tensor.mul_(self._torch.from_numpy(np.asarray(factors)))

    def _follow(self) -> None:
        """Let the stand-ins have the values of the user's tensors."""
        with self._torch.no_grad():
            for name, tensor in self.stand_ins.items():
                tensor.copy_(self._parameters[name])


def _stand_in(torch: Any, tensor: Any) -> Any:
    """Return a new float64 tensor with the values and the strides of a tensor."""
    new = torch.empty_strided(tensor.size(), tensor.stride(), dtype=torch.float64)
    return new.copy_(tensor.detach()).requires_grad_()


def _hooks_of(tensor: Any) -> list[Any]:
    return [kept for name in (PRESENT, POSTPONED) if (kept := getattr(tensor, name, None))]


@contextmanager
def _without_hooks(tensors: Iterable[Any]) -> Iterator[None]:
    """Take the hooks off: they would get a gradient in the user's precision, and make one in float64 of it."""
    taken = [(kept, dict(kept)) for tensor in tensors for kept in _hooks_of(tensor)]
    try:
        for kept, _ in taken:
            kept.clear()
        yield
    finally:
        for kept, hooks in taken:
            kept.update(hooks)


@contextmanager
def _watching(torch: Any, low: list[Any]) -> Iterator[None]:
    """Note which types of less than double precision functions of PyTorch return, those of autocast among them."""
    types = low_types(torch)

    def called(function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
        value = function(*arguments, **keywords)
        if isinstance(value, torch.Tensor) and value.dtype in types and value.dtype not in low:
            low.append(value.dtype)
        return value

    with through(torch, called):
        yield
