"""Builds libgradproof, a C library without Python, from the core.

    python native_api/build.py                   the library, into src/gradproof
    python native_api/build.py --declarations    gradproof.h and _declarations.py

The way: Numba turns every exported function into LLVM text; the texts get C names and go into one module; LLVM
optimises it for any x86-64 (or any processor of the machine's family) and writes an object file; a linker makes the
library.  The build ends where the object needs more than libc and libm.
"""

from __future__ import annotations

import os

# The optimiser below does all the work, for a portable processor: Numba's own would aim at the one of this machine.
os.environ["NUMBA_OPT"] = "0"
os.environ.pop("NUMBA_DISABLE_JIT", None)

import argparse
import importlib.util
import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "src" / "gradproof"
FILE_NAMES = {"win32": "gradproof.dll", "darwin": "libgradproof.dylib"}
FILE_NAME = FILE_NAMES.get(sys.platform, "libgradproof.so")

THREADS = ("pthread_create", "pthread_join")
FROM_LIBC = {"malloc", "calloc", "free", "memcpy", "memset", "memmove", "snprintf", "clock_gettime", *THREADS}
FROM_LIBM = {"frexp", "ldexp", "sqrt", "floor", "ceil", "trunc", "rint", "fabs", "copysign", "fmod", "sqrtf", "floorf"}
# Numba's private copies of what every libm has.
RENAMED = {"numba_frexp": "frexp", "numba_ldexp": "ldexp"}
# What starts threads is in libc since glibc 2.34, in a new version and in the first one. It is asked for by
# that, so that the library loads with an older glibc, too, where it has threads if the program brings libpthread.
FIRST_VERSIONS = {"x86_64": "GLIBC_2.2.5", "aarch64": "GLIBC_2.17"}
if platform.libc_ver()[0] == "glibc" and platform.machine() in FIRST_VERSIONS:
    RENAMED |= {name: f'"{name}@{FIRST_VERSIONS[platform.machine()]}"' for name in THREADS}

# Small code at the same speed; what must be inlined all the same is marked in the core.
INLINING_THRESHOLD = 10
# A function that only the library calls saves no registers that its callers do not use.
REGISTERS_BY_CALLER = "-enable-ipra"
NO_LINKER_STATUS = 3
SANITIZED = ("sanitize_address", "sanitize_memory", "sanitize_thread")
BARE_LINKERS = ("ld", "ld.lld")
# One segment for code and constants: pages of their own would pad a small library by a fifth.
SEGMENTS = ("-z noexecstack", "-z noseparate-code", "-z norelro")
ELF_OPTIONS = (f"-soname={FILE_NAME}", "-Bsymbolic", "--hash-style=gnu", "--build-id=none", "-s", *SEGMENTS)
LIBM_PATTERN = "**/libm.so.6"
ELF_SYMBOL_TABLE = 2
ELF_SYMBOL_SIZE = 24


class BuildError(Exception):
    """The library cannot be built; the message says why in one line."""


class NoLinkerError(BuildError):
    """There is nothing on this machine that makes a library of an object file, or what there is does not work."""


def import_core() -> None:
    """Make the core and the compiler importable without running the package, which may need what is built here."""
    if "gradproof" not in sys.modules:
        package = types.ModuleType("gradproof")
        package.__path__ = [str(PACKAGE)]
        sys.modules["gradproof"] = package
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))


def build(directory: Path, say: Callable[[str], None] = print) -> Path:
    """Build the library into a directory, unless it is there and made of the same sources; return its path."""
    import_core()
    import kept

    from gradproof.core.records.abi import all_signatures

    path = directory / FILE_NAME
    if kept.is_fresh(path):
        say(f"gradproof: {path.name} is up to date")
        return path
    linker = find_linker()
    symbols, machine_code = object_file(all_signatures())
    refuse_foreign_symbols(machine_code)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "gradproof.o"
        source.write_bytes(machine_code)
        made = Path(scratch) / FILE_NAME
        link(linker, source, made)
        # A running process may have the old file open: put a new one in its place, do not write into it.
        fresh = path.with_name(f"{FILE_NAME}.new")
        shutil.copyfile(made, fresh)
        fresh.chmod(0o755)
        fresh.replace(path)
    kept.remember(path)
    say(f"gradproof: {path.name}, {path.stat().st_size} bytes, {len(symbols)} functions, linked by {linker[0]}")
    return path


class Linked(NamedTuple):
    """All functions in one module, not optimised yet; the symbols that it exports, and the marks of functions."""

    whole: Any
    target: Any
    symbols: list[str]
    marked: Any


def object_file(signatures: Iterable[Any], *, part: bool = False) -> tuple[list[str], bytes]:
    """Return the exported symbols and one object file that defines them; in a part, not every mark meets a function."""
    import llvmlite.binding as llvm
    import marks
    import processors

    linked = linked_module(signatures, part=part)
    whole = processors.in_versions(llvm, linked.whole, marks.names_of(linked.marked, "multiversioned"))
    set_linkage(whole, linked.symbols)
    for value in defined(whole):
        if value.is_function:
            for attribute in marks.attributes(linked.marked, processors.origin(value.name)):
                value.add_function_attribute(attribute)
    whole.name = "gradproof"
    # Numba's functions return a status.  The first run finds out that it is always 0, the second one uses that.
    for _ in range(2):
        optimise(llvm, whole, linked.target)
    if sys.platform == "win32":
        for symbol in linked.symbols:
            whole.get_function(symbol).storage_class = "dllexport"
    whole.verify()
    return linked.symbols, bytes(linked.target.emit_object(whole))


def linked_module(signatures: Iterable[Any], *, part: bool = False) -> Linked:
    """Compile the functions behind the signatures and link them into one module."""
    import llvmlite.binding as llvm
    import marks
    import modules

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.set_option("gradproof", REGISTERS_BY_CALLER)
    target = portable_target(llvm)
    whole = llvm.parse_assembly(constants_text(target))
    symbols = [function.name for function in whole.functions]
    compiled = modules.compile_all(signatures)
    for text in compiled.texts:
        module = llvm.parse_assembly(with_c_names(text, compiled.entries))
        for value in defined(module):
            # Kept once, where several modules bring it, and not lost where nobody asks for it yet.
            if value.linkage not in (llvm.Linkage.internal, llvm.Linkage.private):
                value.linkage = "weak_odr"
        whole.link_in(module)
    symbols += [symbol for symbol, _ in compiled.entries]
    if not part:
        refuse_unmet_marks(marks.unmet(compiled.marked, {value.name for value in defined(whole)}))
    return Linked(whole, target, symbols, compiled.marked)


def set_linkage(module: Any, symbols: list[str]) -> None:
    """Let only the exported symbols be seen from outside."""
    for value in defined(module):
        value.linkage = "external" if value.name in symbols else "internal"


def write_llvm(path: Path) -> None:
    """Write the module as LLVM text, with every function ready for clang's sanitizers, as -fsanitize=address."""
    import llvmlite.binding as llvm

    from gradproof.core.records.abi import all_signatures

    linked = linked_module(all_signatures())
    set_linkage(linked.whole, linked.symbols)
    # As in the library: what calls Python where a status is not 0 is gone only then.
    for _ in range(2):
        optimise(llvm, linked.whole, linked.target)
    for value in defined(linked.whole):
        if value.is_function:
            for attribute in SANITIZED:
                value.add_function_attribute(attribute)
    path.write_text(str(linked.whole), encoding="utf-8")


def portable_target(llvm: Any) -> Any:
    """Return a target machine for every processor of this family, with code that may lie anywhere in memory."""
    triple = llvm.get_process_triple()
    return llvm.Target.from_triple(triple).create_target_machine(
        cpu="", features="", opt=3, reloc="pic", codemodel="small"
    )


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


def optimise(llvm: Any, module: Any, target: Any) -> None:
    """Run LLVM's optimiser over the module; nothing here lets it change a floating-point result."""
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.inlining_threshold = INLINING_THRESHOLD
    options.loop_vectorization = True
    options.slp_vectorization = True
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)


def constants_text(target: Any) -> str:
    """Return LLVM text of the functions with constant answers: the version and the sentences."""
    from gradproof.core.records import codes
    from gradproof.version import __version__

    major, minor, patch = (int(part) for part in __version__.split("."))
    version = 10000 * major + 100 * minor + patch
    lines = [f'target triple = "{target.triple}"', f'target datalayout = "{target.target_data}"']
    lines += [f"define i32 @gradproof_version() {{ ret i32 {version} }}"]
    lines += _string_text("gradproof_version_string", __version__)
    known = {code: codes.explain(code) for code in codes.CODES}
    lines += _switch_text("gradproof_explain", "i32", known, codes.UNKNOWN_CODE, codes.CALLBACK_CODE)
    for name, function, table, other in (
        ("explain_cause", codes.explain_cause, codes.CAUSES, codes.UNKNOWN_CAUSE),
        ("cause_word", codes.cause_word, codes.CAUSES, codes.UNKNOWN_WORD),
        ("verdict_word", codes.verdict_word, codes.VERDICTS, codes.UNKNOWN_WORD),
    ):
        known = {number: function(number) for number in table}
        lines += _switch_text(f"gradproof_{name}", "i64", known, other, other)
    return "\n".join(lines)


def _constant(name: str, text: str) -> tuple[str, str]:
    """Return LLVM text of a constant, and of its address."""
    raw = text.encode() + b"\0"
    escaped = "".join(f"\\{byte:02X}" for byte in raw)
    kind = f"[{len(raw)} x i8]"
    line = f'@{name} = private unnamed_addr constant {kind} c"{escaped}"'
    return line, f"i8* getelementptr inbounds ({kind}, {kind}* @{name}, i64 0, i64 0)"


def _string_text(symbol: str, text: str) -> Iterable[str]:
    line, address = _constant(f"{symbol}.text", text)
    return [line, f"define i8* @{symbol}() {{ ret {address} }}"]


def _switch_text(symbol: str, kind: str, known: dict[int, str], unknown: str, positive: str) -> Iterable[str]:
    texts = {**{f"case{number}": text for number, text in enumerate(known.values())}, "low": unknown, "high": positive}
    constants = {label: _constant(f"{symbol}.{label}", text) for label, text in texts.items()}
    yield from (line for line, _ in constants.values())
    yield f"define i8* @{symbol}({kind} %code) {{"
    cases = " ".join(f"{kind} {code}, label %case{number}" for number, code in enumerate(known))
    yield f"switch {kind} %code, label %other [ {cases} ]"
    yield f"other:\n%above = icmp sgt {kind} %code, 0\nbr i1 %above, label %high, label %low"
    yield from (f"{label}:\nret {address}" for label, (_, address) in constants.items())
    yield "}"


def refuse_unmet_marks(unmet: list[str]) -> None:
    """Raise BuildError where a mark meets nothing: the library would be slower, and nobody would know."""
    if unmet:
        raise BuildError("; ".join(unmet))


def refuse_foreign_symbols(machine_code: bytes) -> None:
    """Raise BuildError where an object file needs what is in neither libc nor libm."""
    needed = {name.partition("@")[0] for name in undefined_symbols(machine_code)}
    foreign = needed - FROM_LIBC - FROM_LIBM
    if foreign:
        raise BuildError(f"the core needs symbols from outside of libc and libm: {', '.join(sorted(foreign))}")


def undefined_symbols(machine_code: bytes) -> set[str]:
    """Return the names that an object file leaves to others (ELF; for other formats the linker is the judge)."""
    if machine_code[:4] != b"\x7fELF":
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
    attempts = link_commands(linker, source, made)
    for command in attempts:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
    reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
    raise NoLinkerError(f"{linker[0]} failed: {reason[0] if reason else f'status {done.returncode}'}")


def link_commands(linker: list[str], source: Path, made: Path) -> list[list[str]]:
    """Return the commands to try, the better one first."""
    output = [str(source), "-o", str(made)]
    if sys.platform == "darwin":
        return [[*linker, "-dynamiclib", f"-Wl,-install_name,@rpath/{FILE_NAME}", *output]]
    if sys.platform == "win32":
        return [[*linker, "-shared", "-s", *output]]
    if linker[0] in BARE_LINKERS:
        libraries = [*(f"-L{place}" for place in library_places()), "-l:libm.so.6", "-l:libc.so.6"]
        bare = [*linker, "-shared", *(word for option in ELF_OPTIONS for word in option.split()), *output]
        # Without them the library still loads into every program that has libm, as Python does.
        return [[*bare, "--as-needed", *libraries], bare]
    # No start files: the library has nothing to set up, and they would add symbols of their own.
    whole = [*linker, "-shared", "-nostdlib", *output, "-Wl,--as-needed", "-lm", "-lc"]
    # Not every linker behind a compiler knows every option: they save bytes, the library works without them.
    return [[*whole, *(f"-Wl,{option.replace(' ', ',')}" for option in ELF_OPTIONS)], [*whole, "-Wl,-s"]]


def library_places() -> list[str]:
    """Return the folders in which this machine keeps libm."""
    roots = (Path("/lib"), Path("/lib64"), Path("/usr/lib"))
    return sorted({str(path.parent) for root in roots for path in root.glob(LIBM_PATTERN)})


def main() -> int:
    """Build what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(description="Builds libgradproof, or the declarations of its functions.")
    parser.add_argument("--declarations", action="store_true", help="write gradproof.h and _declarations.py instead")
    parser.add_argument("--into", type=Path, default=PACKAGE, help="folder for the library; default: the package")
    parser.add_argument("--llvm", type=Path, metavar="FILE", help="write LLVM text for clang's sanitizers instead")
    arguments = parser.parse_args()
    import_core()
    try:
        if arguments.llvm:
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
