"""The nodes of a structure of named arrays: arrays and numbers, containers, and what is held fixed."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .numbers import Flat

Node: TypeAlias = "Leaf | Branch | Held"


class Leaf(NamedTuple):
    """An array or a number in the structure; the `dtype` of a plain Python number is None.

    A complex array is two coordinates for each element, the real part and the imaginary part.
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any] | None
    start: int
    stop: int
    number: bool
    is_complex: bool = False

    def build(self, flat: Flat) -> Any:
        """Return its part of a flat vector: a view in its own shape, or a number."""
        if self.number:
            return _complex(flat[self.start : self.stop])[0] if self.is_complex else flat[self.start]
        part = flat[self.start : self.stop]
        if self.is_complex:
            part = _complex(part)
        return part if len(self.shape) == 1 else part.reshape(self.shape)

    def build_batch(self, points: Flat) -> Any:
        """Return its part of a matrix with one point per row."""
        part = points[:, self.start : self.stop]
        return (_complex(part) if self.is_complex else part).reshape((len(points), *self.shape))

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield its part of each point, as `build` returns it."""
        if self.shape or self.number:
            return iter(self.build_batch(points))
        return map(self.build, points)  # iterating a matrix would give a number instead of a 0-d array

    def fill(self, out: Flat, array: Flat) -> None:
        """Write an array of its shape into its part of a flat vector."""
        part = out[self.start : self.stop]
        if self.is_complex:
            _complex(part)[...] = array.reshape(-1)
        else:
            part[...] = array.reshape(-1)


def _complex(part: Flat) -> Flat:
    """Return pairs of numbers as complex numbers, a view."""
    return part.view(np.complex64 if part.dtype == np.float32 else np.complex128)


class Held:
    """Something in the structure that is no coordinate and stays as it is: integers, truth values, None, text."""

    def __init__(self, path: str, value: Any) -> None:
        self.path = path
        self.value = value

    def build(self, flat: Flat) -> Any:
        """Return what is held."""
        return self.value

    def build_batch(self, points: Flat) -> Any:
        """Return what is held."""
        return self.value

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield what is held, once for each point."""
        return (self.value for _ in points)


class Branch:
    """A dict, list or tuple in the structure; `kind` is "dict", "list" or "tuple"."""

    def __init__(self, path: str, kind: str, keys: tuple[Any, ...], children: tuple[Node, ...], example: Any) -> None:
        self.path = path
        self.kind = kind
        self.keys = keys
        self.children = children
        self.example = example

    def __getstate__(self) -> dict[str, Any]:
        """Return what to pickle: the usual containers are emptied, so that the user's arrays stay behind."""
        state = {name: value for name, value in self.__dict__.items() if name != "assemble"}
        if type(self.example) in (dict, list, tuple):
            state["example"] = type(self.example)()
        elif hasattr(self.example, "_make"):
            state["example"] = self.example._make([None] * len(self.children))
        elif type(self.example) is MappingProxyType:
            state["example"] = None  # which cannot be pickled itself
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.example = MappingProxyType({}) if self.example is None else self.example

    def __deepcopy__(self, memo: dict[int, Any]) -> Branch:
        """Return the branch itself: nothing changes it, and it may have more levels than copies can follow."""
        return self

    def build(self, flat: Flat) -> Any:
        """Return the structure filled with views of a flat vector."""
        return self.assemble(child.build(flat) for child in self.children)

    def build_batch(self, points: Flat) -> Any:
        """Return the structure in which every array has a leading axis for the points."""
        return self.assemble(child.build_batch(points) for child in self.children)

    def rows(self, points: Flat) -> Iterator[Any]:
        """Yield the structure of each point: much cheaper than building each of them."""
        if not self.children:
            return (self.build(point) for point in points)
        return map(self.assemble, zip(*(child.rows(points) for child in self.children), strict=True))

    @functools.cached_property
    def assemble(self) -> Callable[[Iterable[Any]], Any]:
        """A function that makes a new container of the user's own type from its parts."""
        kind, keys = type(self.example), self.keys
        if kind is dict:
            return lambda parts: dict(zip(keys, parts, strict=True))
        if kind in (list, tuple):
            return kind
        # Imported on use: most people have no containers of other types.
        from .given.containers import maker

        return maker(self.example, keys)

    def parts(self, value: Any, what: str, title: str = "x") -> list[Any]:
        """Return the parts of a value in order; raise a clear error if its structure is not that of `title`."""
        where = named(self.path, what)
        if self.kind != "dict":
            if not isinstance(value, (list, tuple)) or len(value) != len(self.children):
                raise ValueError(
                    f"{where} is {described(value)}, but {title} is a {self.kind} of length {len(self.children)}"
                )
            return list(value)
        if not isinstance(value, Mapping):
            raise ValueError(f"{where} is {described(value)}, but {title} is a dict with the keys {listed(self.keys)}")
        if tuple(value) == self.keys:
            return list(value.values())
        held = [key for key, child in zip(self.keys, self.children, strict=True) if isinstance(child, Held)]
        missing = [key for key in self.keys if key not in value and key not in held]
        extra = [key for key in value if key not in self.keys]
        if missing or extra:
            faults = [f"lacks {listed(missing)}"] * bool(missing) + [f"has the extra {listed(extra)}"] * bool(extra)
            raise ValueError(f"{where} {' and '.join(faults)}: {title} has the keys {listed(self.keys)}")
        return [value.get(key) for key in self.keys]


def not_empty(leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
    """Return the arrays and numbers that have coordinates."""
    return tuple(leaf for leaf in leaves if leaf.stop > leaf.start)


def named(path: str, what: str) -> str:
    """Return what a message calls something at a path of a structure."""
    return f"{what}, at {path!r}," if path else what


def described(value: Any) -> str:
    """Return what a message calls a value of the wrong structure."""
    if isinstance(value, Mapping):
        return f"a dict with the keys {listed(value)}"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of length {operator.length_hint(value)}"
    shape = getattr(value, "shape", None)
    return f"an array of shape {tuple(shape)}" if shape is not None else f"of type {type(value).__name__}"


def listed(keys: Any) -> str:
    """Return the first keys of a dict, for a message."""
    words = [repr(key) for key in keys]
    return ", ".join(words[:8]) + (f" and {len(words) - 8} more" if len(words) > 8 else "")
