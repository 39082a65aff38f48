"""Loads the targets of the command line: `file.py:name`, `package.module:name`, `x.npz` and `library.so:symbol`.

For every way in which a target can fail there is a one-line error that names the target and says what was found
instead.  Exceptions of the user's own modules propagate.
"""

from __future__ import annotations

import ctypes
import difflib
import functools
import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .failure import UsageError, one_line

ARRAY_FILES = (".npy", ".npz")
LIBRARY_FILE = re.compile(r"\.(so|dylib|dll)(\.[0-9.]+)?$")
FORMS = "file.py:name, package.module:name or library.so:symbol"
NPY_MAGIC, NPZ_MAGIC, PICKLE_MAGIC = b"\x93NUMPY", b"PK", b"\x80"


def load_objective(target: str) -> Any:
    """Return the function that a target names: a Python object, or a native function."""
    if target.endswith(ARRAY_FILES):
        raise UsageError(f"{target} is a file of arrays, but the objective must be a function: {FORMS}")
    return _load(target)


def load_gradient(target: str) -> Any:
    """Return the function that a target names, or the array in a file."""
    return load_arrays(target) if target.endswith(ARRAY_FILES) else _load(target)


def load_point(target: str) -> Any:
    """Return the array of a .npy file, the named arrays of a .npz file, or the value of a Python name.

    A function is called without arguments, and its result returned.
    """
    if target.endswith(ARRAY_FILES):
        return load_arrays(target)
    place, _, _ = target.rpartition(":")
    if not place or LIBRARY_FILE.search(place):
        raise UsageError(f"{target}: a point is x.npy, x.npz (named arrays), file.py:name or package.module:name")
    point = _load(target)
    return point() if callable(point) else point


def load_point_for(target: str, *functions: Any) -> Any:
    """Return the point, in float64 if one of the functions is a C function."""
    point = load_point(target)
    return as_doubles(point) if any(map(is_native, functions)) else point


def as_doubles(point: Any) -> Any:
    """Return an array or a structure of arrays in float64, as C functions of the command line expect it."""
    if isinstance(point, dict):
        return {key: as_doubles(part) for key, part in point.items()}
    if isinstance(point, (list, tuple)) and any(isinstance(part, np.ndarray) for part in point):
        return [as_doubles(part) for part in point]
    array = np.asarray(point)
    return array.astype(np.float64) if array.dtype == np.float32 else point


def is_native(function: Any) -> bool:
    """Whether a loaded target is a C function."""
    from ..evaluators.compiled.functions import NativeFunction

    return isinstance(function, NativeFunction)


def load_arrays(target: str) -> Any:
    """Return the array of a .npy file, or the named arrays of a .npz file in order; pickled objects are rejected."""
    path = Path(target)
    _require_file(path, target)
    try:
        arrays = _read_arrays(path)
    except UsageError:
        raise
    except OSError as problem:
        raise UsageError(f"{target} cannot be read: {problem.strerror or one_line(problem)}") from None
    except Exception as problem:  # a damaged file may make the reader raise anything
        if "pickle" in str(problem):
            raise UsageError(
                f"{target} holds pickled objects, which are not loaded as they could run code: save numbers instead"
            ) from None
        raise UsageError(f"{target} is truncated or damaged: {one_line(problem)}") from None
    if isinstance(arrays, dict) and not arrays:
        raise UsageError(f"{target} holds no arrays")
    return arrays


def _read_arrays(path: Path) -> Any:
    with path.open("rb") as file:
        start = file.read(len(NPY_MAGIC))
    if not start:
        raise UsageError(f"{path} is empty")
    if start.startswith(NPZ_MAGIC):
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    if not start.startswith((NPY_MAGIC, PICKLE_MAGIC)):
        raise UsageError(f"{path} is not a file written by numpy.save or numpy.savez")
    return np.load(path, allow_pickle=False)


def _load(target: str) -> Any:
    place, _, name = target.rpartition(":")
    if not place or not name:
        raise UsageError(f"{target!r} is not a target: write {FORMS}")
    if LIBRARY_FILE.search(place):
        from ..evaluators.compiled.native import native

        return native(_symbol(place, name))
    if place.endswith(".py"):
        path = Path(place)
        _require_file(path, target)
        return _attribute(_module_of_file(path.resolve()), name, place)
    if not all(part.isidentifier() for part in place.split(".")):
        raise UsageError(f"{target!r} is not a target: write {FORMS}")
    return _attribute(_module_of_name(place), name, place)


def _require_file(path: Path, target: str) -> None:
    if path.is_file():
        return
    if path.exists():
        raise UsageError(f"{target}: {path} is not a file")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"{target}: there is no folder {folder}")
    names = sorted(entry.name for entry in folder.iterdir() if entry.suffix == path.suffix)
    raise UsageError(f"{target}: there is no file {path}{_instead(path.name, names)}")


@functools.cache
def _module_of_file(path: Path) -> ModuleType:
    # As for `python file.py`, so that the file can import its neighbours.
    sys.path.insert(0, str(path.parent))
    # The user's file must not replace a module that already has its name.
    name = path.stem if path.stem not in sys.modules else f"{path.stem}_"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be read as a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as problem:
        del sys.modules[name]
        if isinstance(problem, SyntaxError):
            raise UsageError(f"{problem.filename}, line {problem.lineno}: {problem.msg}") from None
        raise
    return module


def _module_of_name(name: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as problem:
        if problem.name is None or not (name == problem.name or name.startswith(f"{problem.name}.")):
            raise  # the module exists, but imports one that does not
        where = f" in {name.rpartition('.')[0]}" if problem.name == name and "." in name else ""
        raise UsageError(f"there is no module {problem.name}{where}; is it in the current folder?") from None
    except SyntaxError as problem:
        raise UsageError(f"{problem.filename}, line {problem.lineno}: {problem.msg}") from None


def _attribute(module: ModuleType, name: str, place: str) -> Any:
    value: Any = module
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            own = {each: what for each, what in vars(module).items() if not isinstance(what, ModuleType)}
            names = [each for each in own if not each.startswith("_")]
            raise UsageError(f"{place} has no {name}{_instead(name, names)}") from None
    return value


def _symbol(place: str, name: str) -> Any:
    path = Path(place)
    _require_file(path, f"{place}:{name}")
    try:
        library = ctypes.CDLL(str(path.resolve()))
    except OSError as problem:
        raise UsageError(f"{place} cannot be loaded: {one_line(problem)}") from None
    try:
        return getattr(library, name)
    except AttributeError:
        raise UsageError(f'{place} has no symbol {name}; C++ needs extern "C" before the function') from None


def _instead(name: str, names: list[str]) -> str:
    """Return a hint at what exists instead: a similar name, or the first few."""
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not names:
        return ""
    return f"; there is {', '.join(names[:5])}{' …' if len(names) > 5 else ''}"
