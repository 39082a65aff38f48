"""Reads names of coordinates, as reports give them and as people write them: the one place that takes them apart.

A name is the path of an array, then possibly indices in brackets, then ``.real`` or ``.imag`` for complex numbers:
``W``, ``W[3, 7]``, ``layers.0.bias[-1]``, ``W[3, :]``, ``z[0].imag``, ``['a.b'][2]``.  How paths are made of keys is
said in `problem/coordinates/keys.py`.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from ..nodes import Leaf
from ..numbers import Flat
from ..structure import Layout

# Flat indices: a range for a whole array, which may be long, else a vector.
Places: TypeAlias = range | Flat

# What stands in brackets without a quote is an index; a key in brackets has quotes.
NAME = re.compile(r"(?P<path>.*?)(?:\s*\[(?P<inside>[^\[\]']*)\])?(?:\.(?P<part>real|imag))?", re.S)
INDICES = re.compile(r"[-\s\d,:*]+")
QUOTED = re.compile(r"\['(?:[^'\\]|\\.)*'\]", re.S)
# Of a path: a key in brackets, or what stands between dots.
STEPS = re.compile(r"\.?(?:\['(?:[^'\\]|\\.)*'\]|[^.\[]+|\[)", re.S)


def places_named(layout: Layout, text: str, *, patterns: bool = False) -> Sequence[Places]:
    """Return the flat indices of what a name stands for, one element for each array; none if nothing has the name.

    Parameters
    ----------
    layout
        The structure of all of x.
    text
        The name.
    patterns
        Whether ``*``, ``?`` and ``[ab]`` in a name that nothing has stand for what they stand for in names of files.

    Raises
    ------
    IndexError, ValueError
        If there is such an array, but its indices do not fit.
    """
    text = text.strip()
    if text in layout.names:
        at = layout.names.index(text)
        return [range(at, at + 1)]
    if whole := [_all_of(leaf) for leaf in layout.leaves if text in _paths(leaf, layout.title)]:
        return whole
    read = NAME.fullmatch(text)
    path, inside, part = read.group("path", "inside", "part") if read else (text, None, None)
    exact = [leaf for leaf in layout.leaves if path == layout.title_of(leaf) and (leaf.is_complex or not part)]
    if exact:
        return [_elements(leaf, inside, part, text, layout.title) for leaf in exact]
    if patterns and (found := _matching(layout, text, path, inside, part)):
        return found
    return [range(layout.n)] if text == layout.title else []


def _matching(layout: Layout, text: str, path: str, inside: str | None, part: str | None) -> Sequence[Places]:
    """Return what a name with wildcards stands for."""
    leaves = [leaf for leaf in layout.leaves if _matches(leaf, path, layout.title) and (leaf.is_complex or not part)]
    # As a pattern, W[2, 0] would stand for W2: what may be elements of an array goes first.
    as_elements = bool(leaves) and (inside is None or INDICES.fullmatch(inside)) and bool(inside or part)
    found: list[Places] = (
        [] if as_elements else [_all_of(leaf) for leaf in layout.leaves if _matches(leaf, text, layout.title)]
    )
    if not found and (inside is not None or part):
        found = [_elements(leaf, inside, part, text, layout.title) for leaf in leaves]
    names = [at for at, name in enumerate(layout.names) if fnmatch.fnmatchcase(name, text)]
    return found or [range(at, at + 1) for at in names]


def unknown(layout: Layout, text: str) -> ValueError:
    """Return the error for a name that nothing has."""
    read = NAME.fullmatch(text)
    known = sorted({layout.title_of(leaf) for leaf in layout.leaves} | set(layout.names))
    return ValueError(
        f"x has no {text or 'coordinate without a name'}; {_hint_for(read['path'] if read else text, known)}"
    )


def example_of(leaf: Leaf) -> str:
    """Return the name of an element of an array, for a message."""
    return f"{leaf.path or 'x'}[{', '.join('0' * len(leaf.shape))}]"


def elements(leaf: Leaf, where: Sequence[int | slice], text: str, title: str) -> Flat:
    """Return the flat indices of some elements of an array, of which a complex one has two."""
    array = f"{leaf.path or title} has the shape {leaf.shape}"
    if len(where) > len(leaf.shape):
        raise IndexError(f"{text} has {len(where)} indices, but {array}")
    # Not by indexing an array of all flat indices: it may be long, and one element be meant.
    places = np.zeros(1, np.int64)
    for axis, length in enumerate(leaf.shape):
        try:
            picked = range(length)[where[axis]] if axis < len(where) else range(length)
        except IndexError:
            raise IndexError(f"{text} is out of range: {array}") from None
        places = (places[:, None] * length + np.atleast_1d(np.asarray(picked, np.int64))).reshape(-1)
    if leaf.is_complex:
        places = (2 * places[:, None] + np.arange(2)).reshape(-1)
    return leaf.start + places


def _elements(leaf: Leaf, inside: str | None, part: str | None, text: str, title: str) -> Flat:
    try:
        where = () if inside is None else tuple(_index(one.strip()) for one in inside.split(","))
    except ValueError:
        raise ValueError(f"{text}: indices must be integers or slices, as in {example_of(leaf)}") from None
    places = elements(leaf, where, text, title)
    return places[part == "imag" :: 2] if part else places


def _index(text: str) -> int | slice:
    if text in ("*", ":"):
        return slice(None)
    if ":" in text:
        return slice(*(int(one) if one.strip() else None for one in text.split(":")))
    return int(text)


def _all_of(leaf: Leaf) -> range:
    return range(leaf.start, leaf.stop)


def _paths(leaf: Leaf, title: str) -> Iterator[str]:
    """Yield the path of an array, and of everything that holds it."""
    path = leaf.path or title
    yield path
    for step in list(STEPS.finditer(path))[1:]:
        yield path[: step.start()]


def _matches(leaf: Leaf, pattern: str, title: str) -> bool:
    """Whether a pattern matches an array, or something that holds it; in quotes nothing is a wildcard."""
    pattern = QUOTED.sub(lambda key: re.sub(r"([*?[])", r"[\1]", key[0]), pattern)
    return any(fnmatch.fnmatchcase(path, pattern) for path in _paths(leaf, title))


def _hint_for(path: str, known: Sequence[str]) -> str:
    """Return which of the known names was probably meant, or what names there are."""
    lowered = {one.lower(): one for one in known}
    close = difflib.get_close_matches(path.lower(), lowered, n=1)
    if close:
        return f"did you mean {lowered[close[0]]}?"
    return f"it has {', '.join(known[:5])}{' …' if len(known) > 5 else ''}"
