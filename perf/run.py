"""gradproof, its peers, a loop written by hand and the limit, side by side in one run.

python perf/run.py             the whole table, in less than three minutes
python perf/run.py --quick     every row once, in seconds: it shows that they run, not how fast
python perf/run.py --readme    the table, and its best-of in the README
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path

# Threads of the linear algebra would be timed with everything else. Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import readme
import table
from peers import NOTES, missing
from rows import checks, compiled, differences, imports, overhead, size, vectors
from timing import QUICK, THOROUGH, Effort

SUBJECTS = (imports, size, vectors, overhead, compiled, differences, checks)
README = Path(__file__).parent.parent / "README.md"


def main() -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(description="gradproof, its peers, a loop by hand and the limit, side by side.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one turn: shows that every row runs")
    parser.add_argument(
        "--readme", nargs="?", type=Path, const=README, help="write the block of figures into this file"
    )
    arguments = parser.parse_args()
    shown = show(QUICK if arguments.quick else THOROUGH)
    if arguments.readme:
        readme.write(arguments.readme, [row for row in shown if row.in_readme])
    return 0


def show(effort: Effort) -> list[table.Row]:
    """Print one row after the other as it comes, and return all of them."""
    for name in missing():
        print(f"{name} is not installed and left out.")
    print(table.heading())
    shown = []
    for subject in SUBJECTS:
        for row in subject.rows(effort):
            # One turn meets no target and misses none.
            print(table.line(row if effort.fewest > 1 else row._replace(target=math.inf)), flush=True)
            shown.append(row)
    print("", "Medians of paired ratios; smaller is better.", *NOTES, sep="\n")
    return shown


if __name__ == "__main__":
    sys.exit(main())
