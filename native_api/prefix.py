"""The files beside the library that compilers and their tools look for, in `lib` of a prefix.

The package is such a prefix itself (`include` is there, too), and `gradproof native --prefix DIR` copies it.  The files
name each other by relative paths, so that a prefix may be moved.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from linking import FILE_NAME, SHARED_NAME, STATIC_NAME, VERSION, archive

PKG_CONFIG = """\
prefix=${pcfiledir}/../..
libdir=${prefix}/lib
includedir=${prefix}/include

Name: gradproof
Description: Says whether a gradient is right, names the coordinates that are wrong, and says why.
Version: @VERSION@
Libs: -L${libdir} -lgradproof
Libs.private: -lm
Cflags: -I${includedir}
"""

CMAKE = """\
# gradproof::gradproof is the shared library, gradproof::static the static one.
get_filename_component(gradproof_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET gradproof::gradproof)
  add_library(gradproof::gradproof SHARED IMPORTED)
  set_target_properties(gradproof::gradproof PROPERTIES
    IMPORTED_LOCATION "${gradproof_PREFIX}/lib/@SHARED@"
    IMPORTED_SONAME "@SHARED@"
    INTERFACE_INCLUDE_DIRECTORIES "${gradproof_PREFIX}/include")
endif()
if(NOT TARGET gradproof::static AND EXISTS "${gradproof_PREFIX}/lib/@STATIC@")
  add_library(gradproof::static STATIC IMPORTED)
  set_target_properties(gradproof::static PROPERTIES
    IMPORTED_LOCATION "${gradproof_PREFIX}/lib/@STATIC@"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${gradproof_PREFIX}/include")
  if(UNIX)
    set_target_properties(gradproof::static PROPERTIES INTERFACE_LINK_LIBRARIES m)
  endif()
endif()
"""

CMAKE_VERSION = """\
set(PACKAGE_VERSION "@VERSION@")
string(REGEX MATCH "^[0-9]+" gradproof_MAJOR "${PACKAGE_VERSION}")
if(CMAKE_SIZEOF_VOID_P AND NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(PACKAGE_VERSION_UNSUITABLE TRUE)
elseif(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_EXACT TRUE)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
elseif(PACKAGE_VERSION VERSION_GREATER PACKAGE_FIND_VERSION)
  if(NOT PACKAGE_FIND_VERSION_COUNT OR PACKAGE_FIND_VERSION_MAJOR EQUAL gradproof_MAJOR)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
  endif()
endif()
"""

TEXTS = {
    "lib/pkgconfig/gradproof.pc": PKG_CONFIG,
    "lib/cmake/gradproof/gradproof-config.cmake": CMAKE,
    "lib/cmake/gradproof/gradproof-config-version.cmake": CMAKE_VERSION,
}


def names() -> list[str]:
    """Return the paths of all files that `make` writes, in a prefix."""
    # What the linker finds and what the loader finds, where these are two names.
    libraries = dict.fromkeys((f"lib/{SHARED_NAME}", f"lib/{FILE_NAME}"))
    static = [f"lib/{STATIC_NAME}"] * has_archives()
    return [*libraries, *static, *TEXTS]


def has_archives() -> bool:
    """Return whether a static library can be made here."""
    return sys.platform.startswith("linux") or shutil.which("ar") is not None


def make(directory: Path, symbols: Iterable[str], source: Path) -> None:
    """Write the files into a folder that holds the library, of which `source` is the object file."""
    for name in names():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(directory / FILE_NAME, directory / "lib" / SHARED_NAME)
    name_for_linkers(directory / "lib")
    if has_archives():
        archive(symbols, source, directory / "lib" / STATIC_NAME)
    words = {"VERSION": VERSION, "SHARED": SHARED_NAME, "STATIC": STATIC_NAME}
    for name, text in TEXTS.items():
        for word, meaning in words.items():
            text = text.replace(f"@{word}@", meaning)  # noqa: PLW2901
        (directory / name).write_text(text, encoding="ascii")


def put(made: Path, path: Path) -> None:
    """Put a file in its place; a running process may have the old one open, which must not be written into."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    shutil.copy(made, fresh)
    fresh.replace(path)


def name_for_linkers(folder: Path) -> None:
    """Make `-lgradproof` find the library under the name that programs remember.

    A symbolic link does that in a prefix.  A wheel holds none; instead of a third copy, a script of one line, which
    every linker of ELF reads.
    """
    if FILE_NAME.endswith(".so"):
        (folder / FILE_NAME).write_text(f"INPUT({SHARED_NAME})\n", encoding="ascii")
    elif FILE_NAME != SHARED_NAME:
        shutil.copy(folder / SHARED_NAME, folder / FILE_NAME)
