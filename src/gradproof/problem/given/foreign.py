"""Points of other libraries: refused where the objective would not get back what the user has.

No library is imported for it: types are told by the modules that define them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

# What to pass instead, by the package that defines the type of x.
INSTEAD = {
    "cupy": "x.get()",
    "dask": "x.compute()",
    "pandas": "x.to_numpy()",
    "polars": "x.to_numpy()",
    "tensorflow": "x.numpy()",
    "xarray": "x.to_numpy()",
}

# What an x may consist of without a word: anything else is read by `numpy.asarray`.
READ_AS_THEY_ARE = (np.ndarray, np.generic, int, float, complex, str, bytes, type(None))


def is_frame(value: Any) -> bool:
    """Whether a value is a Series or DataFrame of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame))


def refuse_foreign(x: Any, path: str = "") -> None:
    """Raise a TypeError that says what to pass instead if x, or a part of it, would reach f as another type."""
    if type(x) is np.ndarray:
        return
    if isinstance(x, Mapping):
        for key, part in x.items():
            if type(part) is not np.ndarray:
                refuse_foreign(part, f"{path}.{key}" if path else str(key))
    elif isinstance(x, (list, tuple)):
        for number, part in enumerate(x):
            if type(part) is not np.ndarray and not isinstance(part, (int, float)):
                refuse_foreign(part, f"{path or 'x'}.{number}")
    elif reason := _reason(x):
        raise TypeError(f"{f'x, at {path!r},' if path else 'x'} is {reason}")


def about_conversion(x: Any, path: str = "") -> Iterator[str]:
    """Yield a remark for each part of x that is read as an array of NumPy, which f gets instead."""
    if type(x) is np.ndarray:
        return
    if isinstance(x, Mapping):
        for key, part in x.items():
            if type(part) is not np.ndarray:
                yield from about_conversion(part, f"{path}.{key}" if path else str(key))
    elif isinstance(x, (list, tuple)):
        for number, part in enumerate(x):
            if type(part) is not np.ndarray and not isinstance(part, (int, float)):
                yield from about_conversion(part, f"{path or 'x'}.{number}")
    elif not isinstance(x, READ_AS_THEY_ARE) and type(x).__module__.partition(".")[0] not in ("jax", "jaxlib"):
        yield f"{f'x, at {path!r},' if path else 'x'} is of type {_name_of(type(x))}: f gets it as an array of NumPy."


def about_numbers_alone(value: Any) -> Iterator[str]:
    """Yield the types of parts of a gradient that have more than numbers: labels, units, masks."""
    if type(value) is np.ndarray:
        return
    if isinstance(value, (dict, list, tuple, Mapping)):
        for part in value.values() if isinstance(value, Mapping) else value:
            if type(part) is not np.ndarray and not isinstance(part, (int, float)):
                yield from about_numbers_alone(part)
    elif is_frame(value) or (isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap)):
        yield _name_of(type(value))


def _name_of(kind: type) -> str:
    package = kind.__module__.partition(".")[0]
    return kind.__name__ if package in ("builtins", "__main__") else f"{package}.{kind.__name__}"


def _reason(x: Any) -> str:
    kind, package = type(x), type(x).__module__.partition(".")[0]
    if kind is np.ndarray or kind is np.memmap:
        return ""
    if isinstance(x, np.ndarray):
        return _of_subclass(kind)
    if package == "torch":
        return "a PyTorch tensor: call gradproof.torch.check(function, inputs), which hands out tensors"
    if package in ("jax", "jaxlib"):
        return _of_tracer(kind)
    if kind.__module__.startswith("scipy.sparse"):
        return (
            f"a sparse matrix ({kind.__name__}): pass x.toarray(), or x.data if only the elements that it stores are "
            "parameters, and make the matrix in f"
        )
    if package in INSTEAD:
        return f"of type {package}.{kind.__name__}, which f would get as an array: pass {INSTEAD[package]}{REBUILD}"
    return ""


REBUILD = ", and make it anew in f if f needs it"


def _of_subclass(kind: type) -> str:
    if kind.__module__.startswith("numpy.ma"):
        return (
            "a masked array, which f would get without its mask: pass x.compressed() if only what is not masked is a "
            "parameter, and put it back in f; or x.filled(0)"
        )
    if kind is np.matrix:
        return f"an np.matrix, which f would get as an array: pass np.asarray(x){REBUILD}"
    return f"of type {kind.__name__}, a kind of ndarray that f would get as a plain one: pass np.asarray(x){REBUILD}"


def _of_tracer(kind: type) -> str:
    """Return the reason for a tracer, which stands for an array in jit and grad; JAX's arrays are taken as NumPy's."""
    if "Tracer" not in kind.__name__:
        return ""
    return "a JAX tracer, which has no values: call gradproof.jax.check(f, pytree), outside of jit and grad"
