"""From an object file to what people link with: the shared library, and a static one."""

from __future__ import annotations

import importlib.util
import os
import runpy
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "gradproof"
# Not imported: the package may need what is built here.
VERSIONS = runpy.run_path(str(PACKAGE / "version.py"))
VERSION: str = VERSIONS["__version__"]
ABI: int = VERSIONS["ABI"]
FILE_NAMES = {"win32": "gradproof.dll", "darwin": "libgradproof.dylib"}
FILE_NAME = FILE_NAMES.get(sys.platform, "libgradproof.so")
# The name that a program remembers: with another ABI another name, so that an old program never meets a new library.
SHARED_NAMES = {"win32": "gradproof.dll", "darwin": f"libgradproof.{ABI}.dylib"}
SHARED_NAME = SHARED_NAMES.get(sys.platform, f"libgradproof.so.{ABI}")
STATIC_NAME = "libgradproof.a"
VERSION_SCRIPT = f"GRADPROOF_{ABI} {{ global: gradproof_*; local: *; }};\n"

THREADS = ("pthread_create", "pthread_join")
FROM_LIBC = {"malloc", "calloc", "free", "memcpy", "memset", "memmove", "clock_gettime", "snprintf", *THREADS}
FROM_LIBM = {"frexp", "ldexp", "sqrt", "floor", "ceil", "trunc", "rint", "fabs", "copysign", "fmod", "sqrtf", "floorf"}

BARE_LINKERS = ("ld", "ld.lld")
# One segment for code and constants: pages of their own would pad a small library by a fifth. Nor does what is written
# begin a page in the file: where it lies in memory, the page size of the machine decides.
SEGMENTS = ("-z noexecstack", "-z noseparate-code", "-z norelro", "-z common-page-size=16")
# With the index of the tables for unwinding: an exception of the objective finds its way through the library.
SONAME = (f"-soname={SHARED_NAME}", "--eh-frame-hdr")
ELF_OPTIONS = (*SONAME, "-Bsymbolic-functions", "--hash-style=gnu", "--build-id=none", "-s", *SEGMENTS)
# No room for entries that other tools might write into the table of the loader; GNU ld alone knows the option.
NO_ROOM = "--spare-dynamic-tags=0"
LIBM_PATTERN = "**/libm.so.6"
ELF_MAGIC = b"\x7fELF"
ELF_SYMBOL_TABLE = 2
ELF_SYMBOL_SIZE = 24

ARCHIVE_MAGIC = b"!<arch>\n"
ARCHIVE_HEADER = 60


class BuildError(Exception):
    """The library cannot be built; the message says why in one line."""


class NoLinkerError(BuildError):
    """There is nothing on this machine that makes a library of an object file, or what there is does not work."""


def refuse_foreign_symbols(machine_code: bytes) -> None:
    """Raise BuildError where an object file needs what is in neither libc nor libm."""
    # Without the version of a name, where it asks for one.
    needed = {name.partition("@")[0] for name in undefined_symbols(machine_code)}
    foreign = needed - FROM_LIBC - FROM_LIBM
    if foreign:
        raise BuildError(f"the core needs symbols from outside of libc and libm: {', '.join(sorted(foreign))}")


def undefined_symbols(machine_code: bytes) -> set[str]:
    """Return the names that an object file leaves to others (ELF; for other formats the linker is the judge)."""
    if machine_code[:4] != ELF_MAGIC:
        return set()
    start, size, count = (*struct.unpack_from("<Q", machine_code, 0x28), *struct.unpack_from("<HH", machine_code, 0x3A))
    sections = [struct.unpack_from("<IIQQQQIIQQ", machine_code, start + size * number) for number in range(count)]
    names = set()
    for _, kind, _, _, place, length, link_to, _, _, _ in sections:
        if kind != ELF_SYMBOL_TABLE:
            continue
        strings = sections[link_to][4]
        for entry in range(place + ELF_SYMBOL_SIZE, place + length, ELF_SYMBOL_SIZE):
            name, _, _, section = struct.unpack_from("<IBBH", machine_code, entry)
            if section == 0:
                names.add(machine_code[strings + name : machine_code.index(b"\0", strings + name)].decode())
    return names


def find_linker() -> list[str]:
    """Return the command of a linker: a C compiler, a linker alone, or the one that comes with ziglang."""
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        if name and shutil.which(name.split()[0]):
            return name.split()
    if sys.platform.startswith("linux"):
        for name in BARE_LINKERS:
            if shutil.which(name):
                return [name]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise NoLinkerError("no C compiler or linker was found (cc, ld, ld.lld, or the package ziglang)")


def link(linker: list[str], source: Path, made: Path) -> None:
    """Link an object file into a shared library."""
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "versions"
        script.write_text(VERSION_SCRIPT, encoding="ascii")
        for command in link_commands(linker, source, made, script):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return
    reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
    raise NoLinkerError(f"{linker[0]} failed: {reason[0] if reason else f'status {done.returncode}'}")


def link_commands(linker: list[str], source: Path, made: Path, script: Path) -> list[list[str]]:
    """Return the commands to try, the better one first."""
    output = [str(source), "-o", str(made)]
    if sys.platform == "darwin":
        numbers = [f"-Wl,-compatibility_version,{ABI}", f"-Wl,-current_version,{ABI}"]
        return [[*linker, "-dynamiclib", f"-Wl,-install_name,@rpath/{SHARED_NAME}", *numbers, *output]]
    if sys.platform == "win32":
        return [[*linker, "-shared", "-s", *output]]
    options = [*ELF_OPTIONS, f"--version-script={script}"]
    if linker[0] in BARE_LINKERS:
        libraries = [*(f"-L{place}" for place in library_places()), "-l:libm.so.6", "-l:libc.so.6"]
        bare = [*linker, "-shared", *(word for option in options for word in option.split()), *output]
        # Without them the library still loads into every program that has libm, as Python does.
        return [[*bare, NO_ROOM, "--as-needed", *libraries], [*bare, "--as-needed", *libraries], bare]
    # No start files: the library has nothing to set up, and they would add symbols of their own.
    whole = [*linker, "-shared", "-nostdlib", *output, "-Wl,--as-needed", "-lm", "-lc"]
    # Not every linker behind a compiler knows every option: the others save bytes, the library works without them.
    needed = [f"-Wl,{option}" for option in (*SONAME, f"--version-script={script}", "-s")]
    short = [*whole, *(f"-Wl,{option.replace(' ', ',')}" for option in options)]
    return [[*short, f"-Wl,{NO_ROOM}"], short, [*whole, *needed]]


def library_places() -> list[str]:
    """Return the folders in which this machine keeps libm."""
    roots = (Path("/lib"), Path("/lib64"), Path("/usr/lib"))
    return sorted({str(path.parent) for root in roots for path in root.glob(LIBM_PATTERN)})


def archive(symbols: Iterable[str], source: Path, made: Path) -> None:
    """Put an object file into a static library."""
    machine_code = source.read_bytes()
    if machine_code[:4] == ELF_MAGIC:
        made.write_bytes(archive_bytes(sorted(symbols), machine_code))
        return
    done = subprocess.run(["ar", "rcs", str(made), str(source)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoLinkerError(f"ar failed: {done.stderr.strip() or f'status {done.returncode}'}")


def archive_bytes(symbols: list[str], machine_code: bytes) -> bytes:
    """Return an archive of one object file, with the index of its symbols, as System V has it.

    The linker alone is needed to build gradproof: `ar` may not be there.
    """
    names = b"".join(symbol.encode() + b"\0" for symbol in symbols)
    index_size = 4 + 4 * len(symbols) + len(names)
    place = len(ARCHIVE_MAGIC) + ARCHIVE_HEADER + index_size + index_size % 2
    index = struct.pack(f">{1 + len(symbols)}I", len(symbols), *([place] * len(symbols))) + names
    return ARCHIVE_MAGIC + _member("/", index) + _member("gradproof.o/", machine_code)


def _member(name: str, content: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)
