"""Gradient checks for JAX: the gradient of a function of a pytree, by `jax.grad` or written by hand.

JAX is imported when a function of this module is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .checking import check as check_gradient
from .problem.numbers import Flat
from .report.raising import right_or_raise
from .report.report import Report


def check(f: Callable[[Any], Any], pytree: Any, gradient: Any = None, **settings: Any) -> Report:
    """Check a gradient of a function of a pytree.

    Parameters
    ----------
    f : callable
        ``f(pytree)`` returns one real number; it may be jitted.
    pytree : pytree of arrays
        The point: an array, or (nested) dicts, lists, tuples and registered classes of arrays.  Arrays have the type
        that JAX gives them: float32, or float64 if ``jax_enable_x64`` is set.
    gradient : callable or pytree of arrays, optional
        ``g(pytree)``, which returns the same structure; or the gradient itself, already computed.  The default is
        ``jax.grad(f)``.
    **settings
        As for `gradproof.check`: mode, seed, budget, time_limit, rtol, atol, bounds, progress, save, resume.  Bounds
        are None, numbers, or dicts keyed by the names of the arrays in the report.

    Returns
    -------
    Report
        Coordinates are named after their paths, such as ``layers.0.W[3, 5]``.

    Raises
    ------
    ImportError
        If JAX is not installed.
    TypeError, ValueError
        If an array cannot be checked, or `f` does not return one real number.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import gradproof.jax
    >>> pytree = {"W": jnp.array([[0.5, 1.0], [2.0, -1.0]]), "b": jnp.array([0.25, 1.5])}
    >>> gradproof.jax.check(lambda p: jnp.sum(p["W"] ** 2) + jnp.sum(p["b"] ** 2), pytree).verdict
    'right'
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
    """Raise an exception unless a gradient of a function of a pytree is right; for use in tests.

    Parameters
    ----------
    f, pytree, gradient, **settings
        As for `check`.
    inconclusive : {"raise", "pass"}, optional
        What to do if the check cannot decide: raise `InconclusiveError` (the default), or return the report.

    Returns
    -------
    Report
        The report of a gradient that passed.

    Raises
    ------
    GradientError
        If the gradient is wrong; its `report` says where and why.
    InconclusiveError
        If the check could not decide.
    ImportError, TypeError, ValueError
        As for `check`.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import gradproof.jax
    >>> gradproof.jax.assert_gradient(lambda x: jnp.sum(x**2), jnp.array([0.5, 1.0, 2.0])).verdict
    'right'
    """
    return right_or_raise(lambda: check(f, pytree, gradient, **settings), inconclusive)


class _Tree(NamedTuple):
    """The structure of the user's pytree, and the names of its arrays; no names if it is a single array."""

    jax: Any
    structure: Any
    names: tuple[str, ...]

    def build(self, x: Any) -> Any:
        """Return the user's pytree with copies of the arrays, because the memory behind x changes."""
        arrays = [self.jax.numpy.array(part) for part in (x.values() if self.names else [x])]
        return self.jax.tree_util.tree_unflatten(self.structure, arrays)

    def named(self, pytree: Any) -> Any:
        """Return the arrays of a pytree of this structure by name, as NumPy arrays."""
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
        raise ValueError("the pytree holds no arrays, but a gradient check needs at least one coordinate")
    for path, leaf in pairs:
        _refuse_what_has_no_gradient(jax, _path(path), leaf)
    if not pairs[0][0]:
        return _Tree(jax, structure, ())
    names = tuple(_path(path) for path, _ in pairs)
    if len(set(names)) < len(names):  # because keys contain dots
        names = tuple(jax.tree_util.keystr(path) for path, _ in pairs)
    return _Tree(jax, structure, names)


def _path(path: tuple[Any, ...]) -> str:
    """Return the name of an array as `gradproof.check` makes it; in a list or tuple it begins with x."""
    words = [_word(key) for key in path]
    return ".".join(words if path and not hasattr(path[0], "idx") else ["x", *words])


def _word(key: Any) -> str:
    """Return one step of a path as text: a key, an index, or the name of an attribute."""
    return str(next((getattr(key, kind) for kind in ("key", "idx", "name") if hasattr(key, kind)), key))


def _refuse_what_has_no_gradient(jax: Any, name: str, leaf: Any) -> None:
    kind: Flat = jax.numpy.asarray(leaf)
    if not jax.numpy.issubdtype(kind.dtype, np.floating) or kind.dtype.itemsize < 4:
        raise TypeError(
            f"{name} must be float32 or float64, but is {kind.dtype}: convert it, or keep it out of the pytree if it "
            "is not a parameter"
        )
