"""The arguments of a function of tensors: those that are checked, by name, and what is held."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..arguments.naming import positional_names
from ..problem.coordinates.keys import Name, as_key
from ..problem.numbers import Flat
from .tensors import Make, Model, are_tensors, can_move, gathered, maker


class Arguments:
    """The arguments of a function, and the parameters of a module.

    Parameters
    ----------
    torch
        PyTorch.
    function
        A callable; the parameters of a module are arguments, too.
    inputs
        A tensor, a list or tuple of arguments, or a dict of arguments by keyword.
    kwargs
        More arguments by keyword.
    only_marked
        Whether tensors that do not require a gradient are held even if none does.

    Attributes
    ----------
    given
        The user's own tensors that are checked, by name.
    x
        Their values.
    are_moved
        Whether it is the user's own tensors that move from point to point.
    """

    are_moved = False

    def __init__(
        self, torch: Any, function: Any, inputs: Any, kwargs: Mapping[str, Any] | None, *, only_marked: bool = False
    ) -> None:
        self._torch = torch
        self._module = function if isinstance(function, torch.nn.Module) else None
        named = {} if kwargs is None else dict(kwargs)
        if isinstance(inputs, dict):
            named = {**inputs, **named}
        alone = not isinstance(inputs, (dict, list, tuple))
        self._args = (inputs,) if alone else () if isinstance(inputs, dict) else tuple(inputs)
        self._kwargs = named
        names = _names(function, len(self._args), alone)
        self._pairs = dict(zip(names, self._args, strict=True))
        if clash := next((name for name in named if name in self._pairs), None):
            raise TypeError(f"{clash} is given twice: in inputs and as a keyword argument")
        are_tensors_alone = self._module is None and not named and are_tensors(torch, self._args)
        pairs = list(self._pairs.items()) if are_tensors_alone else self._read_paths()
        inputs_checked = _marked(pairs, only_marked)
        self._inputs = frozenset(inputs_checked)
        # The parameters of a module, by the names that reports have for them.
        own = {} if self._module is None else {n: p for n, p in self._module.named_parameters() if p.requires_grad}
        self._renamed = {(f"parameters.{name}" if name in self._inputs else name): name for name in own}
        checked = {**inputs_checked, **{shown: own[name] for shown, name in self._renamed.items()}}
        if not checked:
            raise ValueError("there is no floating-point tensor among the inputs: there is nothing to check")
        self.given = checked
        # Whether the function is called with the tensors that are checked, in their order, and with nothing else.
        self._are_all = are_tensors_alone and list(checked) == names
        self._models = {name: Model(torch, name, self._moved(tensor)) for name, tensor in checked.items()}
        self.x: dict[str, Flat] = {name: model.array for name, model in self._models.items()}
        _refuse_two_precisions(self.x)

    def _moved(self, tensor: Any) -> Any:
        """Return the tensor like which those are that move from point to point."""
        return tensor

    def _read_paths(self) -> list[tuple[str, Any]]:
        """Return the tensors in the arguments with their paths, no two of which are the same."""
        self._made, pairs = self._read(strict=False)
        if len({path for path, _ in pairs}) < len(pairs):
            # Keys must be written so that no two tensors have the same name.
            self._made, pairs = self._read(strict=True)
        return pairs

    @cached_property
    def _made(self) -> Make:
        return self._read(strict=False)[0]

    def _read(self, *, strict: bool) -> tuple[Make, list[tuple[str, Any]]]:
        """Return what makes the arguments anew, and the tensors in them with their paths."""
        tree = {Name(name): one for name, one in (*self._pairs.items(), *self._kwargs.items())}
        made = maker(self._torch, tree, strict=strict)
        return made, gathered(made)

    def tensors(self, arrays: Mapping[str, Flat]) -> dict[str, Any]:
        """Return tensors with the values of what is checked, by name, with which the function can be called."""
        return self.new(arrays)

    def new(self, arrays: Mapping[str, Flat]) -> dict[str, Any]:
        """Return new tensors like those that are checked, by name, such as tangents."""
        return {name: model.made(arrays[name]) for name, model in self._models.items()}

    def give_back(self) -> None:
        """Restore the user's tensors; they were never moved."""

    def call(self, function: Any, tensors: Mapping[str, Any]) -> Any:
        """Call the function with these tensors, and with copies of what is held."""
        if self._are_all:
            return function(*tensors.values())

        def replace(path: str, tensor: Any) -> Any:
            return tensors[path] if path in self._inputs else tensor.detach().clone()

        tree = self._made(replace)
        args = tuple(tree[name] for name in self._pairs)
        kwargs = {name: tree[name] for name in self._kwargs}
        if self._module is None:
            return function(*args, **kwargs)
        state = {name: buffer.detach().clone() for name, buffer in self._module.named_buffers()}
        state |= {name: tensors[shown] for shown, name in self._renamed.items()}
        return self._torch.func.functional_call(self._module, state, args, kwargs)


class WideArguments(Arguments):
    """The arguments of a function that is called with float64 tensors in place of the user's."""

    def _moved(self, tensor: Any) -> Any:
        wide = self._torch.complex128 if tensor.is_complex() else self._torch.float64
        return tensor.detach().to(wide)


class OwnArguments(Arguments):
    """The arguments of a function that uses the user's tensors even where it is called with others.

    They are moved themselves, and restored by `give_back`.
    """

    are_moved = True

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.x = {name: array.copy() for name, array in self.x.items()}

    def tensors(self, arrays: Mapping[str, Flat]) -> dict[str, Any]:
        """Return the user's tensors, moved to these values."""
        with self._torch.no_grad():
            for name, tensor in self.new(arrays).items():
                self.given[name].copy_(tensor)
        return dict(self.given)

    def give_back(self) -> None:
        """Restore the user's tensors."""
        self.tensors(self.x)


def _marked(pairs: list[tuple[str, Any]], only_marked: bool) -> dict[str, Any]:
    """Return the inputs that are checked: those that require a gradient, or all that can if none does."""
    every = {as_key(name): one for name, one in pairs if can_move(one)}
    if only_marked or any(one.requires_grad for one in every.values()):
        return {name: one for name, one in every.items() if one.requires_grad}
    return every


def _refuse_two_precisions(arrays: Mapping[str, Flat]) -> None:
    """Raise a TypeError unless all arrays are in single precision, or all in double: steps must be exact in each."""
    by_size = {array.real.itemsize: (name, array) for name, array in arrays.items()}
    if len(by_size) > 1:
        (one, single), (other, double) = by_size[4], by_size[8]
        raise TypeError(
            f"{one} is {single.dtype} but {other} is {double.dtype}: convert them to one precision, or hold one of "
            "them with requires_grad=False"
        )


def _names(function: Any, count: int, alone: bool) -> list[str]:
    """Return what positional arguments are called: the names of the function's parameters where it tells them."""
    names = _parameters_of(function)[:count]
    if alone and not names:
        return ["x"]
    return [*names, *(f"inputs.{number}" for number in range(len(names), count))]


def _parameters_of(function: Any) -> list[str]:
    """Return the names of the positional parameters of a function; none if they are not known."""
    target = getattr(function, "forward", None) or function
    owner: Any = getattr(function, "__self__", None)
    # The `apply` of an autograd.Function, whose `forward` has the parameters, perhaps after a context.
    if getattr(function, "__name__", "") == "apply" and hasattr(owner, "forward"):
        target = owner.forward
    names = positional_names(target)
    return names[1:] if names[:1] == ["ctx"] else names
