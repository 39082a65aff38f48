"""Rebuilds containers of the user's own types, or refuses types that cannot be rebuilt."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Any, TypeAlias

Make: TypeAlias = Callable[[Iterable[Any]], Any]


def maker(example: Any, keys: tuple[Any, ...]) -> Make:
    """Return a function that makes a container like the example of its parts.

    Parameters
    ----------
    example
        A mapping, a kind of list or a kind of tuple.
    keys
        The keys of a mapping, or the positions in a list or tuple.

    Raises
    ------
    TypeError
        If its type cannot be made of parts.
    """
    if hasattr(example, "_make"):
        made: Make = example._make
        return made
    # Pickled examples are empty, and were tried before.
    parts = [example[key] for key in keys] if len(example) else None
    for make in _ways(example, keys):
        if parts is None or _works(make, parts, example, keys):
            return make
    general = next(plain for plain in (list, tuple, dict) if isinstance(example, plain) or plain is dict)
    raise TypeError(
        f"x has a container of type {type(example).__name__}, which cannot be made of other numbers: pass "
        f"{general.__name__}(…) of it, and make it anew in f if f needs it"
    )


def _ways(example: Any, keys: tuple[Any, ...]) -> Iterator[Make]:
    """Yield ways in which a container of another type may be made: a copy that is filled, or by its constructor."""
    kind: Any = type(example)

    def filled(parts: Iterable[Any]) -> Any:
        container = copy.copy(example)
        for key, part in zip(keys, parts, strict=True):
            container[key] = part
        return container

    if isinstance(example, tuple):
        yield kind
        return
    if kind is not MappingProxyType:
        yield filled
    if not isinstance(example, list):
        yield lambda parts: kind(dict(zip(keys, parts, strict=True)))


def _works(make: Make, parts: list[Any], example: Any, keys: tuple[Any, ...]) -> bool:
    """Whether a way leads to a container of the same type that holds the parts."""
    try:
        made = make(parts)
        return type(made) is type(example) and len(made) == len(keys) and all(map(_is, (made[k] for k in keys), parts))
    except Exception:  # the constructor of the user's type may raise anything
        return False


def _is(one: Any, other: Any) -> bool:
    return one is other
