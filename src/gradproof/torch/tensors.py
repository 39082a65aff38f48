"""Tensors inside of structures: found and replaced, made from arrays of NumPy and turned into them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

from ..problem.coordinates.keys import joined, steps_of
from ..problem.numbers import Flat


def imported() -> Any:
    """Return PyTorch, or say how to install it."""
    try:
        import torch
    except ImportError as problem:
        raise ImportError("gradproof.torch needs PyTorch: pip install 'gradproof[torch]'") from problem
    return torch


# Called with what replaces a tensor, given its path and itself.
Make: TypeAlias = Callable[[Callable[[str, Any], Any]], Any]


def maker(torch: Any, value: Any, path: str = "", *, strict: bool = False) -> Make:
    """Return a function that makes this structure anew, with every tensor replaced, as often as it is wanted.

    Anything but dicts, lists and tuples stays as it is.  With `strict`, keys are written so that all paths differ.
    """
    if isinstance(value, torch.Tensor):
        return lambda replace: replace(path, value)
    if isinstance(value, dict):
        keys = zip(value, steps_of(value, strict=strict), strict=True)
        makers = {key: maker(torch, value[key], joined(path, step), strict=strict) for key, step in keys}
        kind: Any = type(value)
        if kind is dict:
            return lambda replace: {key: make(replace) for key, make in makers.items()}
        return lambda replace: kind({key: make(replace) for key, make in makers.items()})
    if isinstance(value, (list, tuple)):
        names = getattr(value, "_fields", range(len(value)))
        steps = [
            maker(torch, part, joined(path, str(name)), strict=strict) for name, part in zip(names, value, strict=True)
        ]
        if isinstance(value, list):
            return lambda replace: [make(replace) for make in steps]
        assemble: Any = getattr(value, "_make", tuple)
        return lambda replace: assemble([make(replace) for make in steps])
    return lambda replace: value


def replaced(torch: Any, value: Any, replace: Callable[[str, Any], Any]) -> Any:
    """Return a structure in which every tensor is replaced by what `replace` makes of its path and itself."""
    return maker(torch, value)(replace)


def tensors_of(torch: Any, value: Any) -> list[tuple[str, Any]]:
    """Return the tensors in a structure with their paths, in order."""
    if isinstance(value, torch.Tensor):
        return [("", value)]
    if type(value) is tuple and are_tensors(torch, value):
        return [(str(number), one) for number, one in enumerate(value)]
    return gathered(maker(torch, value))


def are_tensors(torch: Any, values: Iterable[Any]) -> bool:
    """Whether all of these are tensors."""
    return all(isinstance(one, torch.Tensor) for one in values)


def gathered(make: Make) -> list[tuple[str, Any]]:
    """Return the tensors in a structure that `maker` has read, with their paths, in order."""
    found: list[tuple[str, Any]] = []
    make(lambda path, tensor: found.append((path, tensor)))
    return found


def can_move(tensor: Any) -> bool:
    """Whether a tensor has elements that take small steps, in whatever precision."""
    return bool(tensor.is_floating_point() or tensor.is_complex())


@functools.cache
def _known() -> tuple[frozenset[Any], Any]:
    """Return the types that NumPy has, too, in which a check can take small steps, and the layout of dense tensors."""
    torch = imported()
    return frozenset((torch.float64, torch.float32, torch.complex128, torch.complex64)), torch.strided


@functools.cache
def _type_of(dtype: np.dtype[Any]) -> Any:
    """Return the type of the tensors that PyTorch makes of arrays of this type."""
    return imported().from_numpy(np.empty(0, dtype)).dtype


def as_array(name: str, tensor: Any) -> Flat:
    """Return a tensor as an array of NumPy, a view where it is one already; a TypeError names what cannot be one."""
    types, strided = _known()
    if tensor.dtype not in types:
        raise TypeError(
            f"{name} is {tensor.dtype}: a check needs float32, float64, complex64 or complex128, such as "
            f"{'x.cdouble()' if tensor.is_complex() else 'x.double()'}"
        )
    if tensor.is_meta:
        raise ValueError(f"{name} is on meta: it has no values")
    dense = tensor if tensor.layout is strided else tensor.to_dense()
    array: Flat = dense.numpy(force=True)  # detached
    return array


def numbers_of(value: Any) -> Iterator[Flat]:
    """Yield the arrays in a structure of NumPy arrays, in order; None and whatever else is held are passed over."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers_of(part)
    elif isinstance(value, (np.ndarray, np.generic)):
        yield np.asarray(value)


class Model:
    """What new tensors are made like: the type, the device and the strides of a tensor of the user's.

    Parameters
    ----------
    torch
        PyTorch.
    name
        The name of the tensor, in reports and error messages.
    tensor
        The user's tensor, of which nothing is changed.
    """

    def __init__(self, torch: Any, name: str, tensor: Any) -> None:
        if tensor.layout is not torch.strided:
            raise TypeError(f"{name} is {tensor.layout}: pass its values, and make the sparse tensor in the function")
        self._torch = torch
        self._dtype, self._device = tensor.dtype, tensor.device
        self.array = as_array(name, tensor)
        self._strides = None if tensor.is_contiguous() or not self._is_apart(tensor) else tensor.stride()
        self._shape = tensor.shape
        self._is_plain = tensor.is_cpu and _type_of(self.array.dtype) is self._dtype

    def _is_apart(self, tensor: Any) -> bool:
        """Whether no two elements share memory: those of an expanded tensor do."""
        if any(stride == 0 and size > 1 for stride, size in zip(tensor.stride(), tensor.shape, strict=True)):
            return False
        torch = self._torch
        numbered = torch.arange(tensor.numel()).reshape(tensor.shape)
        spread = torch.empty_strided(tensor.shape, tensor.stride(), dtype=numbered.dtype).copy_(numbered)
        return bool(torch.equal(spread, numbered))

    def made(self, array: Flat) -> Any:
        """Return a new tensor with these values."""
        # A copy: the array's memory changes from point to point, and the user's function may write to it.
        tensor = self._torch.from_numpy(np.array(array, order="C"))
        if not (self._is_plain and array.dtype is self.array.dtype):
            tensor = tensor.to(dtype=self._dtype, device=self._device)
        if self._strides is None:
            return tensor
        spread = self._torch.empty_strided(self._shape, self._strides, dtype=self._dtype, device=self._device)
        return spread.copy_(tensor)
