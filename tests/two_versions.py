"""Builds the points of long lines into small libraries: for any processor, with a choice, with a spoiled AVX2 part, and
in the plain way.

Run in a process of its own, because the build sets how Numba compiles: python two_versions.py FOLDER
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "native_api"))

import attempts
import build
import processors

SYMBOLS = re.compile(r"gradproof_move_segments")


def make(path, way=attempts.USUAL):
    """Build one library."""
    from gradproof.core.records.abi import all_signatures

    signatures = [one for one in all_signatures() if SYMBOLS.match(one.symbol)]
    machine_code = build.optimised(build.linked_module(signatures, part=True), way)
    build.refuse_foreign_symbols(machine_code)
    path.with_suffix(".o").write_bytes(machine_code)
    build.link(build.find_linker(), path.with_suffix(".o"), path)


def spoiled(body, name, version):
    """Rename as the build does it, and make the wide version reckon wrongly."""
    text = renamed(body, name, version)
    # Half a window is 512 coordinates.
    return re.sub(r"\b512\b", "511", text, count=1) if version == processors.AVX2_ENDING else text


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    build.import_core()
    # The first one: no option of LLVM has been set yet.
    make(folder / "plain.so", attempts.PLAIN)
    make(folder / "choice.so")
    renamed, processors._renamed = processors._renamed, spoiled
    make(folder / "spoiled.so")
    processors.in_versions = lambda llvm, module, names: module
    make(folder / "portable.so")
