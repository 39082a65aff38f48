"""Loads the targets of the command line: `file.py:name`, `package.module:name`, `x.npz` and `library.so:symbol`.

For every way in which a target can fail there is a one-line error that names the target and says what was found
instead.  Exceptions of the user's own modules propagate.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from ..failure import UsageError, current_folder, file_named, one_line
from ..suggestions import did_you_mean
from .arrays import ARRAY_FILES, load_arrays, require_file

LIBRARY_FILE = re.compile(r"\.(so|dylib|dll)(\.[0-9.]+)?$")
FORMS = "file.py:name, package.module:name or library.so:symbol"
MOST_CODE = 1 << 30  # bytes
OBJECTIVE, GRADIENT = "objective", "gradient"
SIGNATURES = {OBJECTIVE: "--signature", GRADIENT: "--gradient-signature"}


class Calling(NamedTuple):
    """How C functions are called: prototypes, None for the library's own; their data; and whether after a trial."""

    objective: str | None = None
    gradient: str | None = None
    user: str | None = None
    trial: bool = True


def load_functions(objective: str, gradient: str | None, calling: Calling) -> tuple[Any, Any]:
    """Return the objective and the gradient, or None for one that is not given."""
    user = None if calling.user is None else load_user(calling.user)
    functions = (
        load_objective(objective, calling, user),
        None if gradient is None else load_gradient(gradient, calling, user),
    )
    if user is not None and not any(map(is_native, functions)):
        raise UsageError(f"--user {calling.user} is for C functions, but there is none: library.so:symbol")
    return functions


def load_objective(target: str, calling: Calling, user: Any) -> Any:
    """Return the function that a target names: a Python object, or a native function."""
    if target.endswith(ARRAY_FILES):
        raise UsageError(f"{target} is a file of arrays, but the objective must be a function: {FORMS}")
    return _load_function(target, OBJECTIVE, calling, user)


def load_gradient(target: str, calling: Calling, user: Any) -> Any:
    """Return the function that a target names, or the array in a file."""
    return _load_function(target, GRADIENT, calling, user)


def _load_function(target: str, role: str, calling: Calling, user: Any) -> Any:
    option, signature = SIGNATURES[role], calling.objective if role == OBJECTIVE else calling.gradient
    place, _, name = target.rpartition(":")
    if place and name and LIBRARY_FILE.search(place):
        from ...evaluators.compiled.native import native
        from ...evaluators.compiled.prototypes import expected

        # Without a signature x is double, whatever the other function takes.
        return native(_symbol(place, name), user, signature=signature or expected(role), trial=calling.trial)
    if signature is not None:
        raise UsageError(f"{option} is for a C function, library.so:symbol, but {target} is none")
    return load_arrays(target) if target.endswith(ARRAY_FILES) else _load(target)


def load_user(target: str) -> Any:
    """Return what C functions receive as their user data: the array of a file, or the value of a Python name."""
    user = load_point(target)
    if isinstance(user, dict):
        raise UsageError(f"--user {target}: a C function receives one array, x.npy, not several with names")
    return np.ascontiguousarray(user) if isinstance(user, np.ndarray) else user


def load_point(target: str) -> Any:
    """Return the array or the named arrays of a file, or the value of a Python name.

    A function is called without arguments, and its result returned.
    """
    if target.endswith(ARRAY_FILES):
        return load_arrays(target)
    place, _, _ = target.rpartition(":")
    if not place or LIBRARY_FILE.search(place):
        raise UsageError(
            f"{target}: a point is a file of numbers ({' '.join(ARRAY_FILES)}), file.py:name or package.module:name"
        )
    point = _load(target)
    return point() if callable(point) else point


def load_point_for(target: str, *functions: Any) -> Any:
    """Return the point, in float64 or float32 if one of the functions is a C function that takes it so."""
    point = load_point(target)
    reals = {function.prototype.reals for function in functions if is_native(function)}
    if not reals:
        return point
    return in_type(point, np.float32 if "float" in reals else np.float64)


def in_type(point: Any, dtype: type[np.floating[Any]]) -> Any:
    """Return an array or a structure of arrays of numbers in a type, as C functions expect it."""
    if isinstance(point, dict):
        return {key: in_type(part, dtype) for key, part in point.items()}
    if isinstance(point, (list, tuple)) and any(isinstance(part, np.ndarray) for part in point):
        return [in_type(part, dtype) for part in point]
    array = np.asarray(point)
    return array.astype(dtype) if array.dtype in (np.float32, np.float64) and array.dtype != dtype else point


def is_native(function: Any) -> bool:
    """Whether a loaded target is a C function."""
    from ...evaluators.objectives import NativeFunction

    return isinstance(function, NativeFunction)


def _load(target: str) -> Any:
    place, _, name = target.rpartition(":")
    if target.isidentifier():
        raise UsageError(f"{target!r} does not say where it is: write file.py:{name} or package.module:{name}")
    if not place or not name:
        raise UsageError(f"{target!r} is not a target: write {FORMS}")
    if place.endswith(".py"):
        path = file_named(place)
        require_file(path, target)
        if (size := path.stat().st_size) > MOST_CODE:
            raise UsageError(f"{path} has {size:,} bytes, which no Python file has")
        return _attribute(_module_of_file(path.resolve()), name, place)
    if not all(part.isidentifier() for part in place.split(".")):
        raise UsageError(f"{target!r} is not a target: write {FORMS}")
    return _attribute(_module_of_name(place), name, place)


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
            raise _unreadable(problem, path) from None
        if isinstance(problem, ImportError) and "no known parent package" in str(problem):
            raise UsageError(f"{path.name} has relative imports: {_as_module(path)}") from None
        raise
    return module


def _as_module(path: Path) -> str:
    """Return how a file is named that is part of a package."""
    name, folder = path.stem, path.parent
    while (folder / "__init__.py").exists() and folder.name:
        name, folder = f"{folder.name}.{name}", folder.parent
    return f"write {name}:name, in the folder {folder}"


def _module_of_name(name: str) -> ModuleType:
    sys.path.insert(0, str(current_folder()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as problem:
        if problem.name is None or not (name == problem.name or name.startswith(f"{problem.name}.")):
            raise  # the module exists, but imports one that does not
        where = f" in {name.rpartition('.')[0]}" if problem.name == name and "." in name else ""
        raise UsageError(f"there is no module {problem.name}{where}; is it in the current folder?") from None
    except SyntaxError as problem:
        raise _unreadable(problem, name) from None


def _unreadable(problem: SyntaxError, place: str | Path) -> UsageError:
    """Return the error for what is not Python; of null bytes Python says neither the file nor the line."""
    line = "" if problem.lineno is None else f", line {problem.lineno}"
    return UsageError(f"{problem.filename or place}{line}: {problem.msg}")


def _attribute(module: ModuleType, name: str, place: str) -> Any:
    value: Any = module
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError:
            own = {each: what for each, what in vars(module).items() if not isinstance(what, ModuleType)}
            names = [each for each in own if not each.startswith("_")]
            raise UsageError(f"{place} has no {name}{did_you_mean(name, names)}") from None
    return value


def _symbol(place: str, name: str) -> Any:
    path = file_named(place)
    require_file(path, f"{place}:{name}")
    try:
        library = ctypes.CDLL(str(path.resolve()))
    except OSError as problem:
        raise UsageError(f"{place} cannot be loaded: {one_line(problem)}") from None
    from .symbols import meant, symbols

    known = symbols(path)
    try:
        function = getattr(library, name)
    except AttributeError:
        raise UsageError(f"{place} has no symbol {name}{meant(name, known)}") from None
    if known.get(name):
        raise UsageError(f"{place}:{name} is a variable, not a function")
    return function
