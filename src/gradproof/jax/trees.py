"""Pytrees: their arrays by name, as arrays of NumPy, and back."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..problem.keys import as_key, distinct, joined, steps_of
from ..problem.numbers import Flat


def imported() -> Any:
    """Return JAX, or say how to install it."""
    try:
        import jax
    except ImportError as problem:
        raise ImportError("gradproof.jax needs JAX: pip install 'gradproof[jax]'") from problem
    return jax


class Tree:
    """The structure of a pytree, and the names of its arrays; integers and truth values in it stay as they are.

    Parameters
    ----------
    jax
        JAX.
    pytree
        The pytree.
    title
        What the names of the arrays of a list or tuple begin with.
    tops
        What the first ones of a tuple are called instead.

    Attributes
    ----------
    names
        The names of the arrays with derivatives; none if the pytree is a single array.
    """

    def __init__(self, jax: Any, pytree: Any, title: str = "x", tops: Sequence[str] = ()) -> None:
        self._jax = jax
        pairs, self.structure = jax.tree_util.tree_flatten_with_path(pytree)
        self._leaves = [leaf for _, leaf in pairs]
        self._kinds: list[np.dtype[Any]] = [jax.numpy.asarray(leaf).dtype for leaf in self._leaves]
        self._places = [place for place, kind in enumerate(self._kinds) if jax.numpy.issubdtype(kind, np.inexact)]
        every = [_path(path, title, tops, strict=False) for path, _ in pairs]
        if len(set(every)) < len(every):  # because keys contain dots
            every = list(distinct(_path(path, title, tops, strict=True) for path, _ in pairs))
        self._every = every
        is_single = len(pairs) == 1 and not pairs[0][0]
        self.names = () if is_single else tuple(as_key(every[place]) for place in self._places)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: all but JAX, and of arrays those that no point brings along."""
        leaves = [0.0 if place in self._places else leaf for place, leaf in enumerate(self._leaves)]
        # In the other process JAX must have float64 where it does here.
        wide = bool(self._jax.config.jax_enable_x64)
        return {**self.__dict__, "_jax": wide, "_leaves": leaves}

    def __setstate__(self, state: dict[str, Any]) -> None:
        jax = imported()
        jax.config.update("jax_enable_x64", state["_jax"])
        self.__dict__.update(state, _jax=jax)

    @property
    def has_derivatives(self) -> bool:
        """Whether there are floating-point numbers in it."""
        return bool(self._places)

    @property
    def is_real_number(self) -> bool:
        """Whether it is a single real number."""
        is_single = not self.names and len(self._leaves) == 1
        return is_single and not np.shape(self._leaves[0]) and self._kinds[0].kind == "f"

    def refuse_what_has_no_gradient(self) -> None:
        """Raise an error unless there are arrays to check, and all of these in precisions that can be."""
        if not self._leaves:
            raise ValueError("the pytree holds no arrays, but a gradient check needs at least one coordinate")
        for place in self._places or [0]:
            kind = self._kinds[place]
            if kind.kind not in "fc" or kind.itemsize < (8 if kind.kind == "c" else 4):
                raise TypeError(
                    f"{self._every[place]} must be float32 or float64, but is {kind}: convert it, or keep it out of "
                    "the pytree if it is not a parameter"
                )

    def build(self, x: Any) -> Any:
        """Return the pytree with copies of these arrays, because the memory behind them changes."""
        given = iter(x[name] for name in self.names) if self.names else iter([x])
        return self._filled(
            [self._jax.numpy.array(next(given), self._kinds[place]) for place in self._places], self._leaves
        )

    def moved(self, x: Any) -> Any:
        """Return tangents or cotangents of the pytree; what has no derivative has those of JAX's type float0."""
        given = iter(x[name] for name in self.names) if self.names else iter([x])
        nothing = [np.zeros(np.shape(leaf), self._jax.dtypes.float0) for leaf in self._leaves]
        return self._filled(
            [self._jax.numpy.asarray(next(given), self._kinds[place]) for place in self._places], nothing
        )

    def _filled(self, arrays: list[Any], rest: list[Any]) -> Any:
        leaves = list(rest)
        for place, array in zip(self._places, arrays, strict=True):
            leaves[place] = array
        return self._jax.tree_util.tree_unflatten(self.structure, leaves)

    def named(self, pytree: Any, what: str = "the gradient") -> Any:
        """Return the arrays of a pytree of this structure by name, as NumPy arrays."""
        leaves, structure = self._jax.tree_util.tree_flatten(pytree)
        if structure != self.structure:
            raise ValueError(f"{what} has the structure {structure}, but the point has {self.structure}")
        chosen = (leaves[place] for place in self._places)
        arrays: list[Flat] = [np.asarray(self._jax.numpy.asarray(leaf)) for leaf in chosen]
        return dict(zip(self.names, arrays, strict=True)) if self.names else arrays[0]


def _path(path: tuple[Any, ...], title: str, tops: Sequence[str], *, strict: bool) -> str:
    """Return the name of an array as `gradproof.check` makes it; in a list or tuple it begins with the title."""
    words = [_word(key, strict=strict) for key in path]
    first = getattr(path[0], "idx", None) if path else None
    if first is not None and first < len(tops):
        words[0] = tops[first]
    elif not path or first is not None:
        words.insert(0, title)
    return functools.reduce(joined, words)


def _word(key: Any, *, strict: bool) -> str:
    """Return one step of a path as text: a key, an index, or the name of an attribute."""
    found = next((getattr(key, kind) for kind in ("key", "idx", "name") if hasattr(key, kind)), key)
    return steps_of([found], strict=strict)[0]
