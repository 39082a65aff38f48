"""JAX: the gradient of a function of a pytree of arrays, by `jax.grad` or by hand.

JAX is imported when a function of this module is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .checking import check as check_gradient
from .checking import right_or_raise
from .problem.numbers import Flat
from .report.report import Report


def check(f: Callable[[Any], Any], pytree: Any, gradient: Any = None, **settings: Any) -> Report:
    """Say whether a gradient of f is right, and by the paths of the pytree where it is wrong.

    Parameters
    ----------
    f
        `f(pytree)` returns one real number; it may be jitted.
    pytree
        The point: an array, or dicts, lists, tuples and registered classes of arrays, nested or not.  Arrays have the
        type that JAX gives them: float32, and float64 where `jax_enable_x64` is set.
    gradient
        `g(pytree)`, or a pytree computed at the point, of the same structure; by default `jax.grad(f)`.
    **settings
        As of `gradproof.check`: mode, seed, budget, time_limit, rtol, bounds, progress, save, resume.  Bounds are None,
        numbers, or keyed by the names of the report.

    Returns
    -------
    Report
        Coordinates have names from the paths, such as `layers.0.W[3, 5]`.

    Raises
    ------
    ImportError
        Where JAX is not installed.
    TypeError, ValueError
        Where an array is not what it must be, or f does not return one real number.
    """
    jax = _jax()
    tree = _tree(jax, pytree)
    by_jax = gradient is None
    claimed = jax.grad(f) if by_jax else gradient
    return check_gradient(
        lambda x: f(tree.build(x)),
        (lambda x: tree.named(claimed(tree.build(x)))) if callable(claimed) else tree.named(claimed),
        tree.named(pytree),
        **settings,
    )


def assert_gradient(
    f: Callable[[Any], Any], pytree: Any, gradient: Any = None, *, inconclusive: str = "raise", **settings: Any
) -> Report:
    """Raise `GradientError` where the gradient is wrong, `InconclusiveError` where the check could not decide.

    Parameters
    ----------
    f, pytree, gradient, **settings
        As for `check`.
    inconclusive
        "raise", or "pass" to let through what could not be decided.

    Returns
    -------
    Report
        Of a gradient that passed.

    Raises
    ------
    GradientError, InconclusiveError
        With the report.
    """
    return right_or_raise(lambda: check(f, pytree, gradient, **settings), inconclusive)


class _Tree(NamedTuple):
    """How the user's pytree looks: its structure, and the name of every array in it; none where it is one array."""

    jax: Any
    structure: Any
    names: tuple[str, ...]

    def build(self, x: Any) -> Any:
        """Return the user's pytree with JAX's own copies of the arrays: the memory behind x moves on."""
        arrays = [self.jax.numpy.array(part) for part in (x.values() if self.names else [x])]
        return self.jax.tree_util.tree_unflatten(self.structure, arrays)

    def named(self, pytree: Any) -> Any:
        """Return the arrays of a pytree of this structure by their names, as NumPy sees them."""
        leaves, structure = self.jax.tree_util.tree_flatten(pytree)
        if structure != self.structure:
            raise ValueError(f"the gradient has the structure {structure}, but the point has {self.structure}")
        arrays = [np.asarray(self.jax.numpy.asarray(leaf)) for leaf in leaves]
        return dict(zip(self.names, arrays, strict=True)) if self.names else arrays[0]


def _jax() -> Any:
    try:
        import jax
    except ImportError as problem:
        raise ImportError("gradproof.jax needs JAX: pip install 'gradproof[jax]'") from problem
    return jax


def _tree(jax: Any, pytree: Any) -> _Tree:
    pairs, structure = jax.tree_util.tree_flatten_with_path(pytree)
    if not pairs:
        raise ValueError("the pytree holds no arrays: a gradient check needs at least one coordinate")
    for path, leaf in pairs:
        _refuse_what_has_no_gradient(jax, _path(path), leaf)
    if not pairs[0][0]:
        return _Tree(jax, structure, ())
    names = tuple(_path(path) for path, _ in pairs)
    if len(set(names)) < len(names):  # keys with points in them
        names = tuple(jax.tree_util.keystr(path) for path, _ in pairs)
    return _Tree(jax, structure, names)


def _path(path: tuple[Any, ...]) -> str:
    """Return the name of an array, as `gradproof.check` makes it: of a list or tuple it begins with x."""
    words = [_word(key) for key in path]
    return ".".join(words if path and not hasattr(path[0], "idx") else ["x", *words])


def _word(key: Any) -> str:
    """Return what the user calls one step of a path: a key, an index, or the name of an attribute."""
    return str(next((getattr(key, kind) for kind in ("key", "idx", "name") if hasattr(key, kind)), key))


def _refuse_what_has_no_gradient(jax: Any, name: str, leaf: Any) -> None:
    kind: Flat = jax.numpy.asarray(leaf)
    if not jax.numpy.issubdtype(kind.dtype, np.floating) or kind.dtype.itemsize < 4:
        raise TypeError(
            f"{name} is {kind.dtype}: float32 and float64 can be checked; keep what is no parameter out of the pytree, "
            "and convert what has fewer bits"
        )
