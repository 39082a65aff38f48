"""The C border as files: headers for people, compilers and parsers, a Fortran module, cffi's own, and the ABI as data.

Everything comes from the core: prototypes from annotations, comments from docstrings, records, codes and their
sentences from their tables.
"""

from __future__ import annotations

import json
from pathlib import Path

from border import c, description, fortran
from linking import BuildError

# What was committed last; a change that breaks programs needs another number in version.py.
DESCRIPTION = Path(__file__).with_name("abi.json")


def texts() -> dict[str, str]:
    """Return the files of the package's `include`, by name."""
    return {"gradproof.h": c.header_text(), "gradproof_ffi.h": c.ffi_text(), "gradproof.f90": fortran.module_text()}


def write(package: Path, kept: Path = DESCRIPTION) -> None:
    """Write all files, or none: BuildError where programs that were built before would no longer run."""
    today = description.described()
    if kept.exists():
        refuse_breaking(json.loads(kept.read_text(encoding="ascii")), today)
    found = texts()
    (package / "include").mkdir(exist_ok=True)
    for name, text in found.items():
        (package / "include" / name).write_text(text, encoding="ascii")
    write_cffi(package / "_declarations.py")
    kept.write_text(description.text_of(today), encoding="ascii")


def refuse_breaking(old: dict[str, object], new: dict[str, object]) -> None:
    """Raise BuildError where the new ABI breaks programs under the number of the old one."""
    refusals = description.refusals(old, new)
    if refusals:
        number = f"if that must be, raise ABI in src/gradproof/version.py from {old['abi']}"
        raise BuildError(f"programs that were built before would break ({number}): {'; '.join(refusals)}")


def write_cffi(path: Path) -> None:
    """Write the cffi declarations as a module that needs no parser when it is imported."""
    from cffi import FFI

    builder = FFI()
    builder.set_source("gradproof._declarations", None)
    builder.cdef(c.ffi_text())
    builder.emit_python_code(str(path))
