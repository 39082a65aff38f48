"""The command `gradproof native`: the C library, installed where compilers and their tools look for it."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

from ..arguments import DONE
from ..failure import UsageError


def add_native(commands: Any) -> None:
    """Add the command to the parser."""
    native = commands.add_parser(
        "native",
        help="install the C library",
        description="Installs the C library, shared and static, with its header, a Fortran module, and the files by "
        "which pkg-config and CMake find it. It needs no Python.",
        allow_abbrev=False,
    )
    native.add_argument(
        "--prefix", required=True, metavar="DIR", help="files go into lib and include of this folder, such as ~/.local"
    )
    native.set_defaults(run=run_native)


def run_native(options: argparse.Namespace) -> int:
    """`gradproof native`."""
    from . import installation

    installation.require_library()
    if not options.prefix:  # as by a variable of the shell that is not set: the current folder is "."
        raise UsageError("--prefix must be the name of a folder, not ''")
    prefix = Path(options.prefix).expanduser()
    sources = {path.relative_to(installation.PACKAGE): path for path in installed_files(installation.PACKAGE)}
    try:
        install(sources, prefix)
    except OSError as problem:
        raise UsageError(f"--prefix {prefix} cannot be written: {problem.strerror or problem}") from None
    for name in sources:
        print(prefix / name)
    return DONE


def installed_files(package: Path) -> list[Path]:
    """Return the files of the package that make up a prefix."""
    return sorted(path for part in ("include", "lib") for path in (package / part).rglob("*") if path.is_file())


def install(sources: dict[Path, Path], prefix: Path) -> None:
    """Copy files into a prefix: all of them, or none."""
    folders: list[Path] = []
    fresh: dict[Path, Path] = {}
    try:
        for name, source in sources.items():
            target = prefix / name
            folders += made_folders(target.parent)
            if target.is_dir():
                raise IsADirectoryError(f"{target} is a folder")
            fresh[target] = target.with_name(f"{name.name}.{os.getpid()}.new")
            copy(source, fresh[target])
        # Until here a prefix that was there before is as it was.
        for target, path in fresh.items():
            path.replace(target)
    except BaseException:
        for path in fresh.values():
            path.unlink(missing_ok=True)
        for folder in reversed(folders):
            if not any(folder.iterdir()):
                folder.rmdir()
        raise


def made_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it; return the ones that were not there, the outer ones first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir()
    return missing[::-1]


def copy(source: Path, path: Path) -> None:
    """Copy a file; the name by which linkers find the library becomes a link to the one that programs remember."""
    from . import installation

    if source.name == installation.LIBRARY.name != installation.SHARED_NAME:
        path.symlink_to(installation.SHARED_NAME)
    else:
        shutil.copyfile(source, path)
