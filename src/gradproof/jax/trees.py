"""Pytrees: their arrays by name, as arrays of NumPy, and back."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..problem.coordinates.keys import as_key, distinct, joined, steps_of
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
        self._kinds: list[Any] = [_kind_of(jax, leaf) for leaf in self._leaves]
        self._places = [
            place
            for place, kind in enumerate(self._kinds)
            if kind is not None and jax.numpy.issubdtype(kind, np.inexact)
        ]
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
        return is_single and not np.shape(self._leaves[0]) and getattr(self._kinds[0], "kind", "") == "f"

    @property
    def precisions(self) -> set[str]:
        """The types of the arrays with derivatives."""
        return {str(self._kinds[place]) for place in self._places}

    @property
    def is_low(self) -> bool:
        """Whether there are arrays in which NumPy takes no small steps."""
        return bool(self.precisions & {"float16", "bfloat16"})

    @property
    def is_double(self) -> bool:
        """Whether all of them are in double precision."""
        return self.precisions <= {"float64", "complex128"}

    @property
    def leaves(self) -> list[Any]:
        """The arrays with derivatives."""
        return [self._jax.numpy.asarray(self._leaves[place]) for place in self._places]

    def listed(self, x: Any) -> list[Any]:
        """Return arrays by name, or a single one, as a list."""
        return [x[name] for name in self.names] if self.names else [x]

    def refuse_what_has_no_gradient(self, note: str = "") -> None:
        """Raise an error unless there are arrays to check, and all of these in precisions that can be.

        With a note, the error ends with it.
        """
        if not self._leaves:
            raise ValueError("the pytree holds no arrays, but a gradient check needs at least one coordinate")
        for place in self._places or [0]:
            kind = self._kinds[place]
            if kind is None or kind.kind not in "fc" or kind.itemsize < (8 if kind.kind == "c" else 4):
                raise TypeError(
                    f"{self._every[place]} must be float32 or float64, but is {kind}: convert it, or keep it out of "
                    f"the pytree if it is not a parameter{f'; {note}' if note else ''}"
                )

    def build(self, x: Any) -> Any:
        """Return the pytree with copies of these arrays, because the memory behind them changes."""
        return self.fill(self.arrays(x))

    def arrays(self, x: Any) -> list[Any]:
        """Return copies of these arrays, as JAX has them."""
        given = zip(self.listed(x), self._places, strict=True)
        return [self._jax.numpy.array(one, self._kinds[place]) for one, place in given]

    def fill(self, arrays: list[Any]) -> Any:
        """Return the pytree with these arrays; what has no derivative stays as it is."""
        return self._filled(arrays, self._leaves)

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

    def chosen(self, pytree: Any, what: str = "the gradient") -> list[Any]:
        """Return the arrays with derivatives of a pytree of this structure."""
        leaves, structure = self._jax.tree_util.tree_flatten(pytree)
        if structure != self.structure:
            if type(pytree) is tuple and len(pytree) == 2 and self._is_like(pytree[1]):
                raise ValueError(f"{what} is a pair (value, {what}), as value_and_grad returns it: pass jax.grad(f)")
            raise ValueError(f"{what} has the structure {structure}, but the point has {self.structure}")
        return [leaves[place] for place in self._places]

    def _is_like(self, pytree: Any) -> bool:
        return bool(self._jax.tree_util.tree_structure(pytree) == self.structure)

    def named(self, pytree: Any, what: str = "the gradient") -> Any:
        """Return the arrays of a pytree of this structure by name, as NumPy arrays."""
        arrays: list[Flat] = [np.asarray(self._jax.numpy.asarray(leaf)) for leaf in self.chosen(pytree, what)]
        return dict(zip(self.names, arrays, strict=True)) if self.names else arrays[0]


def only_arrays(jax: Any, pytree: Any, tops: Sequence[str]) -> tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the arrays of a pytree, how it is made of such arrays, and how they are taken out of another one.

    Modules of Equinox hold activation functions and rates of dropout beside their arrays; these stay what they are.
    """
    pairs, structure = jax.tree_util.tree_flatten_with_path(pytree)
    held = (bool, int, float, complex) if _is_of_equinox(pytree) else ()
    is_array = [_kind_of(jax, leaf) is not None and not isinstance(leaf, held) for _, leaf in pairs]
    if all(is_array):
        return pytree, _as_it_is, _as_it_is
    names = [_path(path, "x", tops, strict=True) for path, _ in pairs]

    def built(arrays: Any) -> Any:
        leaves = [
            arrays[name] if is_one else leaf for name, is_one, (_, leaf) in zip(names, is_array, pairs, strict=True)
        ]
        return jax.tree_util.tree_unflatten(structure, leaves)

    def taken(tree: Any) -> Any:
        found = {
            _path(path, "x", tops, strict=True): leaf for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]
        }
        return {name: found.get(name) for name, is_one in zip(names, is_array, strict=True) if is_one}

    return taken(pytree), built, taken


def _as_it_is(tree: Any) -> Any:
    return tree


def _kind_of(jax: Any, leaf: Any) -> Any:
    """Return the type of a leaf as JAX has it; None for what is no array, such as an activation function."""
    kind = getattr(leaf, "dtype", None)
    if kind is not None and jax.dtypes.issubdtype(kind, jax.dtypes.extended):  # a key of a random generator
        return kind
    try:
        return jax.numpy.asarray(leaf).dtype
    except TypeError:
        return None


def _is_of_equinox(pytree: Any) -> bool:
    """Return whether a pytree is a module of Equinox, whose gradients leave numbers out that are no arrays."""
    equinox = sys.modules.get("equinox")
    return equinox is not None and isinstance(pytree, equinox.Module)


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
