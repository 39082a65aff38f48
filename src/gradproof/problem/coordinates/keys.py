"""Makes the names of arrays of the keys that lead to them, so that no two arrays of a structure have the same name.

Keys and positions are joined by dots: ``layers.0.bias``.  A key that a name would not show stands in brackets and
quotes, as in JSONPath: ``a['W[0]'].b``.  That is one that is empty, holds brackets, quotes or what cannot be printed,
or begins or ends with a space.  Where two arrays would still have the same name, so does every key of x that is no
word: of ``{"a.b": …, "a": {"b": …}}`` the first is ``['a.b']``, and of ``{1: …, "1": …}`` the second ``['1']``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..nodes import Branch, Leaf, Node

WORD = r"[^\W\d]\w*"
UNCLEAR = "[]'"
# Of a complex number.
PARTS = ("real", "imag")
ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def steps_of(keys: Iterable[Any], *, strict: bool) -> list[str]:
    """Return for each key of a dict what it adds to a name.

    Parameters
    ----------
    keys
        The keys.
    strict
        Whether every key that is no word is set in brackets.
    """
    if not strict:
        return [_plain(key) for key in keys]
    return list(distinct(_strict(key) for key in keys))


class Name(str):
    """A key that is the name of an array already, in brackets where it has to be."""

    __slots__ = ()


def as_key(name: str) -> str:
    """Return the name of an array as a key of a dict that has nothing but arrays: the array keeps its name."""
    return Name(name) if _is_unclear(name) else name


def joined(path: str, step: str) -> str:
    """Return the name of what lies a step below a path."""
    return f"{path}.{step}" if path and not step.startswith("[") else f"{path}{step}"


def have_clashes(root: Node) -> bool:
    """Whether two parts of a structure have the same name."""
    nodes = list(_below(root))
    paths = [node.path for node in nodes if node.path]
    parts = [f"{node.path}.{part}" for node in nodes if isinstance(node, Leaf) and node.is_complex for part in PARTS]
    return len(set(paths)) < len(paths) or not set(parts).isdisjoint(paths)


def distinct(names: Iterable[str]) -> Iterator[str]:
    """Yield names, numbered from the second one on where they occur again."""
    seen: set[str] = set()
    for name in names:
        other, count = name, 1
        while other in seen:
            count += 1
            other = f"{name}#{count}"
        seen.add(other)
        yield other


def _plain(key: Any) -> str:
    text = str(key)
    return _quoted(text) if _is_unclear(text) and not isinstance(key, Name) else text


def _strict(key: Any) -> str:
    if isinstance(key, Name):
        return str(key)
    if isinstance(key, str):
        return key if re.fullmatch(WORD, key) else _quoted(key)
    text = str(key)
    return text if text.isdecimal() else f"[{text}]"


def _is_unclear(text: str) -> bool:
    if text.isidentifier():  # what most keys are
        return False
    return not text or not text.isprintable() or text != text.strip() or any(mark in text for mark in UNCLEAR)


def _quoted(text: str) -> str:
    return "['" + "".join(map(_escaped, text)) + "']"


def _escaped(letter: str) -> str:
    return ESCAPES.get(letter) or (letter if letter.isprintable() else f"\\u{ord(letter):04x}")


def _below(node: Node) -> Iterator[Node]:
    """Yield a node, and all nodes below it."""
    yield node
    if isinstance(node, Branch):
        for child in node.children:
            yield from _below(child)
