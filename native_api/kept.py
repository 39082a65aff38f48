"""Whether a library that was built earlier was made of what is here now: then it need not be built again."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "src" / "gradproof"
# What goes into a library beside the build: the core, its compiler, and the version that the library tells.
FOLDERS = ("core", "machine_code")
FILES = ("compiler.py", "version.py")


def is_fresh(library: Path) -> bool:
    """Whether the library is there, unchanged, and made of what is here now."""
    mark = _mark(library)
    return library.is_file() and mark.is_file() and mark.read_text(encoding="ascii") == _words(library)


def remember(library: Path) -> None:
    """Write down what the library was made of, beside it."""
    _mark(library).write_text(_words(library), encoding="ascii")


def _mark(library: Path) -> Path:
    return library.with_name(f"{library.name}.made-of")


def _words(library: Path) -> str:
    return f"{_sources()} {hashlib.sha256(library.read_bytes()).hexdigest()}\n"


def _sources() -> str:
    """Return a digest of the sources, the compiler and the platform."""
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}".encode())
    for name in ("numba", "llvmlite"):
        digest.update(f" {name} {metadata.version(name)}".encode())
    own = [(HERE, path) for path in sorted(HERE.glob("*.py"))]
    parts = [PACKAGE / name for name in FILES]
    parts += [path for name in FOLDERS for path in sorted((PACKAGE / name).rglob("*.py"))]
    for folder, path in (*own, *((PACKAGE, part) for part in parts)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
