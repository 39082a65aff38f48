"""Builds the points of long lines and relative errors into small libraries: for any processor, with a choice, with a
spoiled wide part, and in the plain way.

Run in a process of its own, because the build sets how Numba compiles: python two_versions.py FOLDER
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "native_api"))

import attempts
import build
import processors

SYMBOLS = re.compile(r"gradproof_(move_segments|relative_error)")


def linked():
    """Return what all of them are made of."""
    from gradproof.core.records.abi import all_signatures

    return build.linked_module([one for one in all_signatures() if SYMBOLS.match(one.symbol)], part=True)


def make(path, whole, way=attempts.USUAL):
    """Build one library."""
    machine_code = build.optimised(whole, way)
    build.refuse_foreign_symbols(machine_code)
    path.with_suffix(".o").write_bytes(machine_code)
    build.link(build.find_linker(), path.with_suffix(".o"), path)


def spoiled(llvm, module):
    """Ask about the processor as the build does it, and make what is wide reckon wrongly."""
    asked = str(asking(llvm, module))
    return llvm.parse_assembly(asked.replace("fsub <8 x double>", "fadd <8 x double>"))


def portable(llvm, module):
    """Answer as a processor does that is not wide."""
    asked = str(asking(llvm, module))
    return llvm.parse_assembly(asked.replace("%wide = icmp eq i32 %state, 2", "%wide = icmp eq i32 %state, 3"))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    build.import_core()
    whole = linked()
    # The first one: no option of LLVM has been set yet.
    make(folder / "plain.so", whole, attempts.PLAIN)
    make(folder / "choice.so", whole)
    asking = processors.asking
    for name, processors.asking in (("spoiled", spoiled), ("portable", portable)):
        make(folder / f"{name}.so", whole)
