"""The file format of saved checks: written atomically, verified when read.

The file holds data, not code: integers, reals and text, all little-endian.

    magic             8 bytes
    length            8 bytes    of the whole file
    checksum         32 bytes    SHA-256 of the whole file without these 32 bytes
    format            8 bytes    5
    parts                        each a length of 8 bytes, then as many bytes, in the order of `Saved`

An integer has 8 bytes, a real is a double, text is UTF-8, a digest has 32 bytes; a vector is its elements.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import numpy as np

from ..engine import MODES
from ..problem.bounds import Bounds
from ..problem.numbers import Flat, in_short
from ..problem.probes import PROBE
from .atomic_files import beside, sweep, write_atomically

Bytes: TypeAlias = bytes | memoryview

MAGIC = b"\x93GRADPRF"
FORMAT = 5
HEAD = struct.Struct("<8sQ32sQ")
CHECKSUM = slice(16, 48)
LENGTH = struct.Struct("<Q")
INTEGERS, REALS = np.dtype("<i8"), np.dtype("<f8")
NEXT = "\0"
ANEW = "begin a new check"
OTHER_PARTS = "its parts are not those of a saved check"
# Bytes that are read at a time, until the checksum has been compared.
PIECE = 1 << 20


class Saved(NamedTuple):
    """The state of a check between two evaluations.

    `memory` is that of the engine between two rounds, after `told` evaluations; it is empty if `told` is 0.  The values
    of `probes` are known in addition, and are not computed again; `outside` of them belong to points outside the
    bounds, and are no evaluations.  `starts`, `steps`, `kept` and `value` are what `Values` held for the report;
    `notes` are its warnings, separated by null characters; `raised` are the exceptions of the objective, each as type,
    message, count and first point, separated likewise.
    """

    version: str
    mode: str
    n: int
    x: bytes
    claimed: bytes
    bounds: bytes
    seed: int
    rtol: float
    atol: float
    budget: int
    gradient_evaluations: int
    told: int
    outside: int
    memory: Flat
    value: float
    starts: Flat
    steps: Flat
    kept: Flat
    notes: str
    raised: str
    probes: Flat
    values: Flat

    @property
    def evaluations(self) -> int:
        """The number of evaluations of the objective so far."""
        return self.told + len(self.values) - self.outside


TYPES: dict[str, Any] = {
    **dict.fromkeys(("version", "mode", "notes", "raised"), str),
    **dict.fromkeys(("n", "seed", "budget", "gradient_evaluations", "told", "outside"), int),
    **dict.fromkeys(("rtol", "atol", "value"), float),
    **dict.fromkeys(("x", "claimed", "bounds"), bytes),
    **dict.fromkeys(("memory", "starts"), INTEGERS),
    "probes": PROBE.newbyteorder("<"),
    **dict.fromkeys(("steps", "kept", "values"), REALS),
}


def digest(*vectors: Flat) -> bytes:
    """Return the SHA-256 of the dtypes and elements of vectors."""
    known = hashlib.sha256()
    for vector in vectors:
        known.update(vector.dtype.name.encode())
        known.update(_elements(vector, vector.dtype.newbyteorder("<")))
    return known.digest()


def digest_of_bounds(bounds: Bounds | None) -> bytes:
    """Return the digest of the bounds; the digest of nothing if there are none."""
    return digest(*(() if bounds is None else (bounds.lower, bounds.upper)))


def packed(saved: Saved) -> Iterator[Bytes]:
    """Yield the bytes of the file of a check, piece by piece; vectors are not copied."""
    parts: list[Bytes] = []
    for name, value in zip(Saved._fields, saved, strict=True):
        part = _packed(value, TYPES[name])
        parts += [LENGTH.pack(len(part)), part]
    length = HEAD.size + sum(map(len, parts))
    head = HEAD.pack(MAGIC, length, bytes(32), FORMAT)
    yield HEAD.pack(MAGIC, length, _checksum(head, parts), FORMAT)
    yield from parts


def _packed(value: Any, kind: Any) -> Bytes:
    if kind is str:
        return str(value).encode()
    if kind is int:
        return LENGTH.pack(value)
    if kind is float:
        return struct.pack("<d", value)
    return bytes(value) if kind is bytes else _elements(value, kind)


def _elements(vector: Flat, kind: Any) -> Bytes:
    return np.ascontiguousarray(vector, kind).view(np.uint8).data


def _checksum(head: Bytes, parts: Iterable[Bytes]) -> bytes:
    known = hashlib.sha256(head[: CHECKSUM.start])
    known.update(head[CHECKSUM.stop :])
    for part in parts:
        known.update(part)
    return known.digest()


def write(path: Path, saved: Saved) -> None:
    """Write a check to its file, which is whole at every moment.

    Raises
    ------
    OSError, ValueError
        If that fails, or something else has come there in the meantime.
    """
    _refuse_what_is_there(path, path)
    write_atomically(path, packed(saved))


def destination(path: Any) -> Path:
    """Return the path to save a check to, after making sure that this is possible and overwrites nothing else.

    Raises
    ------
    TypeError, ValueError
        If it is not.
    """
    name = _as_path(path, "save")
    try:
        place = Path(os.path.realpath(name))
        if not place.parent.is_dir():
            raise ValueError(f"the check cannot be saved in {path}: there is no folder {place.parent}")
        _refuse_what_is_there(place, path)
        sweep(place.parent)
        with beside(place):
            pass
    except OSError as problem:
        raise ValueError(f"the check cannot be saved in {path}: {problem.strerror}") from None
    return place


def _refuse_what_is_there(place: Path, path: Any) -> None:
    """Raise a ValueError if something is there that is not a saved check; a link there leads round in a circle."""
    if place.is_symlink() or (place.exists() and not place.is_file()):
        raise ValueError(f"the check cannot be saved in {path}, which is not a file: pass the name of a file")
    if place.exists() and place.stat().st_size and _first_bytes(place) != MAGIC:
        raise ValueError(f"{path} exists and is not a saved check: save the check under another name")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(len(MAGIC))


def _as_path(path: Any, what: str) -> str:
    try:
        name = os.fsdecode(path)
    except TypeError:
        raise TypeError(f"{what} must be the name of a file, not {in_short(path)}") from None
    if not name or "\0" in name:
        raise ValueError(f"{what} must be the name of a file, not {in_short(path)}")
    return name


def load(path: Any) -> Saved:
    """Return the check in a file.

    Raises
    ------
    TypeError, ValueError
        If the file is missing, damaged, or not a saved check.
    """
    place = Path(_as_path(path, "resume"))
    try:
        if place.exists() and not place.is_file():
            raise ValueError(f"{path} is not a file: pass the file in which the check was saved")
        with place.open("rb") as stream:
            return _read(stream, path)
    except OSError as problem:
        raise ValueError(f"the saved check {path} cannot be read: {problem.strerror}") from None


def _read(stream: BinaryIO, path: Any) -> Saved:
    """Return the check in an open file, of which no more is read than what a whole one has there."""
    head, size = stream.read(HEAD.size), os.fstat(stream.fileno()).st_size
    if head[: len(MAGIC)] != MAGIC:
        raise ValueError(f"{path} is not a saved check: pass the file in which the check was saved")
    if len(head) < HEAD.size or LENGTH.unpack_from(head, len(MAGIC))[0] != size:
        raise ValueError(f"{path} is damaged: it has {size:,} bytes, which is not the length saved; {ANEW}")
    version = HEAD.unpack(head)[3]
    if version == FORMAT and not _has_all_parts(stream, size):
        raise ValueError(f"{path} is damaged: {OTHER_PARTS}; {ANEW}")
    stream.seek(HEAD.size)
    if _checksum(head, iter(lambda: stream.read(PIECE), b"")) != head[CHECKSUM]:
        raise ValueError(f"{path} is damaged: its checksum does not match its content; {ANEW}")
    if version != FORMAT:
        raise ValueError(f"{path} has the format {version}, but only {FORMAT} can be read; {ANEW}")
    stream.seek(0)
    return unpacked(memoryview(stream.read(size)), path)


def _has_all_parts(stream: BinaryIO, size: int) -> bool:
    """Return whether the lengths of the parts are those of a whole file; only these are read."""
    place = HEAD.size
    for _ in Saved._fields:
        stream.seek(place)
        length = stream.read(LENGTH.size)
        if len(length) < LENGTH.size:
            return False
        place += LENGTH.size + LENGTH.unpack(length)[0]
        if place > size:
            return False
    return place == size


def unpacked(data: memoryview, path: Any) -> Saved:
    """Return the check in the content of a file; raise a ValueError that names the file if there is none."""
    try:
        parts = zip(Saved._fields, _parts(data), strict=True)
        saved = Saved(*(_unpacked(part, TYPES[name]) for name, part in parts))
        if len({len(saved.starts), len(saved.steps), len(saved.kept)}) > 1:
            raise ValueError("the vectors of the kept rounds differ in length")
        if len(saved.probes) != len(saved.values):
            raise ValueError("there is not one value per probe")
        # Where "auto" was asked for, that is settled before a check is saved.
        if saved.mode not in MODES.keys() - {"auto"}:
            raise ValueError("no check goes in this mode")
        return saved
    except (struct.error, ValueError):
        raise ValueError(f"{path} is damaged: {OTHER_PARTS}; {ANEW}") from None


def _parts(data: memoryview) -> Iterator[memoryview]:
    place = HEAD.size
    while place < len(data):
        stop = place + LENGTH.size + LENGTH.unpack_from(data, place)[0]
        if stop > len(data):
            raise ValueError("the last part is incomplete")
        yield data[place + LENGTH.size : stop]
        place = stop


def _unpacked(part: memoryview, kind: Any) -> Any:
    if kind is str:
        return bytes(part).decode()
    if kind is int:
        return LENGTH.unpack(part)[0]
    if kind is float:
        return struct.unpack("<d", part)[0]
    return bytes(part) if kind is bytes else np.frombuffer(part, kind).astype(kind.newbyteorder("="))
