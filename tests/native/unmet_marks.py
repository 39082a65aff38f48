"""Compiles a part of the core as if it were a library, so that some marks meet nothing, and prints the complaint.

Run in a process of its own, because the build sets how Numba compiles: python unmet_marks.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "native_api"))

import build

SYMBOL = "gradproof_move_segments"

if __name__ == "__main__":
    build.import_core()
    from gradproof.core.records import abi

    @abi.kernel
    def nobody_calls_this(value: float) -> float:
        return value

    try:
        build.linked_module(signature for signature in abi.all_signatures() if signature.symbol == SYMBOL)
    except build.BuildError as problem:
        print(problem)
