"""Builds libgradproof, a C library without Python, from the core.

    python native_api/build.py                   the library, into src/gradproof
    python native_api/build.py --declarations    headers, the Fortran module, _declarations.py, and abi.json

The way: Numba turns every exported function into LLVM text; the texts get C names and go into one module; LLVM, in a
process of its own, optimises it for any x86-64 (or any processor of the machine's family) and writes an object file; a
linker makes the library.  The build ends where the object needs more than libc and libm.
"""

from __future__ import annotations

import os

# The optimiser below does all the work, for a portable processor: Numba's own would aim at the one of this machine.
os.environ["NUMBA_OPT"] = "0"
os.environ.pop("NUMBA_DISABLE_JIT", None)

import argparse
import platform
import re
import sys
import tempfile
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attempts
import constants
import prefix
from attempts import Linked
from linking import FILE_NAME, PACKAGE, THREADS, BuildError, NoLinkerError, find_linker, link, refuse_foreign_symbols
from optimiser import optimise, options, prepared_target, sink, test_bits_for_zero

# Numba's private copies of what every libm has.
RENAMED = {"numba_frexp": "frexp", "numba_ldexp": "ldexp"}
# What starts threads is in libc since glibc 2.34, in a new version and in the first one. It is asked for by
# that, so that the library loads with an older glibc, too, where it has threads if the program brings libpthread.
FIRST_VERSIONS = {"x86_64": "GLIBC_2.2.5", "aarch64": "GLIBC_2.17"}
if platform.libc_ver()[0] == "glibc" and platform.machine() in FIRST_VERSIONS:
    RENAMED |= {name: f'"{name}@{FIRST_VERSIONS[platform.machine()]}"' for name in THREADS}

NO_LINKER_STATUS = 3
SANITIZED = ("sanitize_address", "sanitize_memory", "sanitize_thread")


def import_core() -> None:
    """Make the core and the compiler importable without running the package, which may need what is built here."""
    if "gradproof" not in sys.modules:
        package = types.ModuleType("gradproof")
        package.__path__ = [str(PACKAGE)]
        sys.modules["gradproof"] = package


def build(directory: Path, say: Callable[[str], None] = print) -> Path:
    """Build the library into a directory, unless it is there and made of the same sources; return its path."""
    import_core()
    import kept

    from gradproof.core.records.abi import all_signatures

    path = directory / FILE_NAME
    parts = [directory / name for name in prefix.names()]
    if kept.is_fresh(path) and all(part.exists() for part in parts):
        say(f"gradproof: {path.name} is up to date")
        return path
    linker = find_linker()
    linked = linked_module(all_signatures())
    with tempfile.TemporaryDirectory() as scratch:
        source = attempts.object_file(linked, Path(scratch), say)
        link(linker, source, Path(scratch) / FILE_NAME)
        prefix.make(Path(scratch), linked.symbols, source)
        for made in (Path(scratch) / FILE_NAME, *(Path(scratch) / name for name in prefix.names())):
            prefix.put(made, directory / made.relative_to(scratch))
    kept.remember(path)
    say(f"gradproof: {path.name}, {path.stat().st_size} bytes, {len(linked.symbols)} functions, linked by {linker[0]}")
    return path


def optimised(linked: Linked, way: str) -> bytes:
    """Return the object file that LLVM makes of a module."""
    import assembly
    import llvmlite.binding as llvm
    import marks
    import processors

    target = prepared_target(llvm)
    if way == attempts.PLAIN:
        whole = llvm.parse_assembly(attempts.ending_at_exceptions(str(linked.whole)))
        set_linkage(whole, linked.symbols)
    else:
        for option in options(llvm):
            llvm.set_option("gradproof", option)
        whole = processors.asking(llvm, linked.whole)
        set_linkage(whole, linked.symbols)
        whole = with_attributes(llvm, whole, lambda name: marks.attributes(linked.marked, name))
    whole.name = "gradproof"
    # Numba's functions return a status.  The first run finds out that it is always 0, the second one uses that.
    optimise(llvm, whole, target)
    if way == attempts.USUAL:
        sink(llvm, whole, target)
    optimise(llvm, whole, target)
    if way == attempts.USUAL:
        whole = test_bits_for_zero(llvm, whole)
    if sys.platform == "win32":
        for symbol in linked.symbols:
            whole.get_function(symbol).storage_class = "dllexport"
    for value in defined(whole):
        if value.linkage == llvm.Linkage.internal:
            # In the static library they would be names that nobody can use, longer than the code.
            value.linkage = "private"
    whole.verify()
    return assembly.object_file(llvm, target, whole) if way == attempts.USUAL else bytes(target.emit_object(whole))


def make_object(folder: Path, way: str) -> None:
    """Optimise what lies in a folder, where this process may end of it."""
    import llvmlite.binding as llvm

    machine_code = optimised(attempts.read(llvm, folder), way)
    refuse_foreign_symbols(machine_code)
    (folder / attempts.OBJECT).write_bytes(machine_code)


def linked_module(signatures: Iterable[Any], *, part: bool = False) -> Linked:
    """Compile the functions behind the signatures and link them; in a part, not every mark meets a function."""
    import llvmlite.binding as llvm
    import marks
    import modules
    import phrases

    whole = llvm.parse_assembly(constants.module_text(prepared_target(llvm)))
    symbols = [function.name for function in whole.functions if not function.is_declaration]
    compiled = modules.compile_all(signatures)
    for text in (*compiled.texts, phrases.module_text(compiled.numbers, constants.kept_texts())):
        module = llvm.parse_assembly(with_c_names(text, compiled.entries))
        for value in defined(module):
            # Kept once, where several modules bring it, and not lost where nobody asks for it yet.
            if value.linkage not in (llvm.Linkage.internal, llvm.Linkage.private):
                value.linkage = "weak_odr"
        whole.link_in(module)
    symbols += [symbol for symbol, _ in compiled.entries]
    if not part:
        refuse_unmet_marks(marks.unmet(compiled.marked, {value.name for value in defined(whole)}))
    return Linked(whole, symbols, compiled.marked)


def set_linkage(module: Any, symbols: list[str]) -> None:
    """Let only the exported symbols be seen from outside."""
    for value in defined(module):
        value.linkage = "external" if value.name in symbols else "internal"


def with_attributes(llvm: Any, module: Any, of_defined: Callable[[str], list[str]]) -> Any:
    """Return a module whose functions have attributes, those of libc among them.

    Calls of libc and libm go to addresses that the loader writes: no piece of code for each of them.
    """
    import marks

    inside = {value.name for value in defined(module)}
    by_address = ["nonlazybind"] if sys.platform.startswith("linux") else []

    def attributes(name: str) -> list[str]:
        if name in inside:
            return of_defined(name)
        return [] if name.startswith("llvm.") else by_address

    return llvm.parse_assembly(marks.with_attributes(str(module), attributes))


def write_llvm(path: Path) -> None:
    """Write the module as LLVM text, with every function ready for clang's sanitizers, as -fsanitize=address."""
    import llvmlite.binding as llvm

    from gradproof.core.records.abi import all_signatures

    for option in options(llvm):
        llvm.set_option("gradproof", option)
    linked = linked_module(all_signatures())
    set_linkage(linked.whole, linked.symbols)
    # As in the library: what calls Python where a status is not 0 is gone only then.
    for _ in range(2):
        optimise(llvm, linked.whole, prepared_target(llvm))
    sanitized = with_attributes(llvm, linked.whole, lambda _: list(SANITIZED))
    path.write_text(str(sanitized), encoding="utf-8")


def with_c_names(text: str, entries: Iterable[tuple[str, str]]) -> str:
    """Return LLVM text with the C names of exported functions, and of what every libm has."""
    for symbol, name in entries:
        if name in text:
            text = re.sub(rf'@"?{re.escape(name)}"?(?=\W)', f"@{symbol}", text)
    for private, public in RENAMED.items():
        text = re.sub(rf"@{private}\b", f"@{public}", text)
    # Numba keeps its functions apart for its own sake.  A harmless attribute takes the place: deleting the word could
    # leave an empty group, which does not parse.
    return re.sub(r"\bnoinline\b", '"gradproof-inlined"', text)


def defined(module: Any) -> list[Any]:
    """Return the functions and variables that a module defines."""
    return [value for value in (*module.functions, *module.global_variables) if not value.is_declaration]


def refuse_unmet_marks(unmet: list[str]) -> None:
    """Raise BuildError where a mark meets nothing: the library would be slower, and nobody would know."""
    if unmet:
        raise BuildError("; ".join(unmet))


def main() -> int:
    """Build what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(description="Builds libgradproof, or the declarations of its functions.")
    parser.add_argument("--declarations", action="store_true", help="write the headers and their like instead")
    parser.add_argument("--into", type=Path, default=PACKAGE, help="folder for the library; default: the package")
    parser.add_argument("--llvm", type=Path, metavar="FILE", help="write LLVM text for clang's sanitizers instead")
    parser.add_argument("--optimise", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--way", choices=attempts.WAYS, default=attempts.USUAL, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    import_core()
    try:
        if arguments.optimise:
            make_object(arguments.optimise, arguments.way)
        elif arguments.llvm:
            write_llvm(arguments.llvm)
        elif arguments.declarations:
            import declarations

            declarations.write(PACKAGE)
        else:
            build(arguments.into)
    except BuildError as problem:
        print(f"native_api/build.py: {problem}", file=sys.stderr)
        return NO_LINKER_STATUS if isinstance(problem, NoLinkerError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
