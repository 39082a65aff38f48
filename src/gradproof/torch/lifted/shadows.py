"""The float64 tensors that stand for the user's in an evaluation in float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def double_of(torch: Any, kind: Any) -> Any:
    """Return the type in double precision that stands for a type of less."""
    return torch.complex128 if kind.is_complex else torch.float64


class Shadows:
    """Float64 tensors for tensors of lower precision, by the memory of these: aliases and views are seen through.

    Parameters
    ----------
    torch
        PyTorch.
    replaced
        Pairs of a tensor of the user's and the float64 tensor that stands for it.

    Attributes
    ----------
    read
        The numbers of the pairs that were read.
    """

    def __init__(self, torch: Any, replaced: Sequence[tuple[Any, Any]]) -> None:
        self._torch = torch
        self._numbers = {id(one): number for number, (one, _) in enumerate(replaced)}
        self._replaced = list(replaced)
        # Several may lie in one memory.
        self._places: dict[Any, list[int]] = {}
        for number, (one, _) in enumerate(replaced):
            self._places.setdefault(_memory(one), []).append(number)
        self.read: set[int] = set()
        # Copies of what is no parameter, by memory: what is written to during an evaluation stays written until its
        # end.  Each with the tensor whose memory it is, which keeps that from being used for another.
        self._copies: dict[Any, _Copy] = {}

    def lifted(self, tensor: Any) -> Any:
        """Return the float64 tensor that stands for a tensor."""
        number = self._numbers.get(id(tensor))
        if number is not None:
            self.read.add(number)
            return self._replaced[number][1]
        place = _memory(tensor)
        if place in self._places and (number := self._number_at(place, tensor)) is not None:
            self.read.add(number)
            return _same_view(tensor, *self._replaced[number])
        double = double_of(self._torch, tensor.dtype)
        if tensor.dtype is double:
            return tensor
        # What is computed from others has a history, which a copy would not have.
        if place is None or (tensor.requires_grad and not tensor.is_leaf):
            return tensor.to(double)
        return self._copy_of(tensor, place)

    def _number_at(self, place: Any, tensor: Any) -> int | None:
        """Return which pair a view is of."""
        offset = tensor.storage_offset()
        for number in self._places[place]:
            one = self._replaced[number][0]
            reach = sum((size - 1) * stride for size, stride in zip(one.size(), one.stride(), strict=True))
            if one.storage_offset() <= offset <= one.storage_offset() + reach:
                return number
        return None

    def known(self, tensor: Any) -> Any:
        """Return the copy that stands for a tensor, or the tensor itself if there is none."""
        copy = self._copies.get(_memory(tensor))
        return tensor if copy is None else copy.view(tensor)

    def forget(self) -> None:
        """Drop the copies that cannot serve another evaluation: what was written to, and what was not read."""
        self._copies = {place: copy for place, copy in self._copies.items() if copy.is_as_new()}
        for copy in self._copies.values():
            copy.is_read = False

    def _copy_of(self, tensor: Any, place: Any) -> Any:
        copy = self._copies.get(place)
        if copy is None or copy.is_outdated(tensor):
            copy = self._copies[place] = _Copy(self._torch, tensor)
        return copy.view(tensor)


class _Copy:
    """A float64 copy of the memory behind a tensor."""

    def __init__(self, torch: Any, tensor: Any) -> None:
        # A leaf of the user's is a leaf here, too: the loss may take derivatives with respect to it.
        self._is_leaf = tensor.requires_grad
        count = tensor.untyped_storage().nbytes() // tensor.element_size()
        with torch.no_grad():
            whole = tensor if self._is_leaf else tensor.detach().as_strided((count,), (1,), 0)
            self._values = whole.detach().to(double_of(torch, tensor.dtype))
        if self._is_leaf:
            self._values.requires_grad_()
        self._whole = whole
        self._version, self._copied_version = _version(whole), _version(self._values)
        self.is_read = True

    def view(self, tensor: Any) -> Any:
        """Return the copy of a tensor in this memory."""
        self.is_read = True
        if tensor is self._whole:
            return self._values
        if self._is_leaf:
            return _same_view(tensor, self._whole, self._values)
        if tensor.requires_grad and not self._values.requires_grad:
            self._values.requires_grad_()
        return self._values.as_strided(tensor.size(), tensor.stride(), tensor.storage_offset())

    def is_outdated(self, tensor: Any) -> bool:
        """Whether the memory was written to since."""
        return self._version is None or self._version != _version(tensor)

    def is_as_new(self) -> bool:
        """Whether the copy was read, but not written to, in an evaluation."""
        is_constant = not self._is_leaf and not self._values.requires_grad
        return self.is_read and is_constant and self._copied_version == _version(self._values)


def _memory(tensor: Any) -> Any:
    """Return what identifies the memory behind a tensor; None if it has none of its own."""
    try:
        storage = tensor.untyped_storage()
        return (str(tensor.device), storage.data_ptr(), tensor.is_complex()) if storage.data_ptr() else None
    except (RuntimeError, NotImplementedError):  # sparse tensors, and those inside of torch.func
        return None


def _version(tensor: Any) -> int | None:
    try:
        return int(tensor._version)
    except RuntimeError:  # made in inference mode
        return None


def _same_view(tensor: Any, one: Any, other: Any) -> Any:
    """Return of `other`, which is like `one`, what a tensor in the memory of `one` is of that."""
    offset = tensor.storage_offset() - one.storage_offset() + other.storage_offset()
    return other.as_strided(tensor.size(), tensor.stride(), offset)
