"""Loads arrays from files: of NumPy, of text, of JSON, and raw."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from ..failure import UsageError, file_named, one_line
from ..suggestions import did_you_mean

# Raw numbers, little-endian as on nearly every machine that writes them.
RAW = {".bin": "<f8", ".f64": "<f8", ".f32": "<f4"}
TEXT = (".txt", ".csv")
ARRAY_FILES = (".npy", ".npz", *TEXT, ".json", *RAW)
# What is wrong with a file that cannot be read.
WRONG = {**dict.fromkeys(TEXT, "is no table of numbers"), ".json": "is no JSON"}
# The most bytes that are read: as many as there is memory, and of text, which takes many times its own, fewer.
MOST = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 1 << 40
MOST_TEXT = 1 << 31
NPY_MAGIC, NPZ_MAGICS, PICKLE_MAGIC = b"\x93NUMPY", (b"PK\3\4", b"PK\5\6"), b"\x80"


def load_arrays(target: str) -> Any:
    """Return the array of a file, or its named arrays in order; pickled objects are rejected."""
    path = file_named(target)
    require_file(path, target)
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
        what = WRONG.get(path.suffix, "is truncated or damaged")
        raise UsageError(f"{target} {what}: {one_line(problem)}") from None
    if isinstance(arrays, (dict, list)) and not arrays:
        raise UsageError(f"{target} holds no arrays")
    return arrays


def _read_arrays(path: Path) -> Any:
    with path.open("rb") as file:
        start = file.read(len(NPY_MAGIC))
    if not start:
        raise UsageError(f"{path} is empty")
    most = MOST_TEXT if path.suffix in WRONG else MOST
    if (size := path.stat().st_size) > most:
        raise UsageError(f"{path} has {size:,} bytes, more than can be read: {most:,}")
    if path.suffix in RAW:
        return _read_raw(path)
    if path.suffix in TEXT:
        return _read_text(path)
    if path.suffix == ".json":
        return _read_json(path)
    if start.startswith(NPZ_MAGICS):
        with np.load(path, allow_pickle=False) as arrays:
            _require_own_names(path, arrays.files)
            return dict(arrays)
    if not start.startswith((NPY_MAGIC, PICKLE_MAGIC)):
        raise UsageError(f"{path} is not a file written by numpy.save or numpy.savez")
    return np.load(path, allow_pickle=False)


def _require_own_names(path: Path, names: list[str]) -> None:
    """Refuse names for which NumPy would return the same array."""
    known: set[str] = set()
    for name in names:
        if name in known or name.removesuffix(".npy") in known or f"{name}.npy" in known:
            raise UsageError(f"{path} holds two arrays by the name {name.removesuffix('.npy')}: rename one of them")
        known.add(name)


def _read_text(path: Path) -> Any:
    """Return the numbers of a text file, without a first line of names; one column or one row is a vector."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    # A comment may hold a comma.
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    delimiter = "," if "," in first else ";" if ";" in first else None
    names = first.split(delimiter)
    is_header = bool(names) and not any(map(_is_number, names))
    rows = lines[lines.index(first) + 1 :] if is_header else lines
    if not any(line.strip() for line in rows):
        raise UsageError(f"{path} holds no numbers")
    return np.atleast_1d(np.loadtxt(rows, delimiter=delimiter))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text.strip()
    return True


def _read_json(path: Path) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        known = dict(pairs)
        if len(known) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(f"{path} has two values by the name {twice}: rename one of them")
        return known

    return _as_arrays(json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=unique))


def _as_arrays(value: Any) -> Any:
    """Return lists of numbers as arrays, wherever they are; anything else stays as it is."""
    if isinstance(value, dict):
        return {key: _as_arrays(part) for key, part in value.items()}
    if not isinstance(value, list):
        return float(value) if type(value) is int else value
    try:
        array = np.array(value)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    return array.astype(np.float64) if array.dtype.kind in "iuf" else [_as_arrays(part) for part in value]


def _read_raw(path: Path) -> Any:
    kind = np.dtype(RAW[path.suffix])
    if (size := path.stat().st_size) % kind.itemsize:
        raise UsageError(f"{path} has {size:,} bytes, which are no whole number of {kind.name}")
    return np.fromfile(path, kind).astype(kind.newbyteorder("="), copy=False)


def require_file(path: Path, target: str) -> None:
    """Reject a path that is no file, with a hint at what there is."""
    if path.is_file():
        return
    if path.exists():
        raise UsageError(f"{target}: {path} is not a file")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"{target}: there is no folder {folder}")
    names = sorted(entry.name for entry in folder.iterdir() if entry.suffix == path.suffix)
    raise UsageError(f"{target}: there is no file {path}{did_you_mean(path.name, names)}")
