"""gradproof, its peers, a loop written by hand and the limit, side by side in one run.

python perf/run.py             the whole table, in less than three minutes
python perf/run.py --long      the same with checks of ten million coordinates, a minute more
python perf/run.py --only X    one subject, such as lines
python perf/run.py --quick     every row once, in seconds: it shows that they run, not how fast
python perf/run.py --readme    the table, and its best-of in the manual
python perf/run.py --history F the table, and a line about it in a file that holds one for every run
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

# Threads of the linear algebra would be timed with everything else. Before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import history
import readme
import table
from peers import NOTES, missing
from rows import checks, compiled, differences, imports, lines, overhead, size, vectors, workers
from timing import QUICK, THOROUGH, Effort

SUBJECTS: dict[str, Callable[[Effort], Iterator[table.Row]]] = {
    "imports": imports.rows,
    "size": size.rows,
    "vectors": vectors.rows,
    "overhead": overhead.rows,
    "compiled": compiled.rows,
    "differences": differences.rows,
    "checks": checks.rows,
    "lines": lines.rows,
    "workers": workers.rows,
}
README = Path(__file__).parent.parent / "src" / "gradproof" / "docs" / "performance.md"


def main() -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(description="gradproof, its peers, a loop by hand and the limit, side by side.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one turn: shows that every row runs")
    parser.add_argument(
        "--readme", nargs="?", type=Path, const=README, help="write the block of figures into this file"
    )
    parser.add_argument("--long", action="store_true", help="checks along lines of ten million coordinates, not one")
    parser.add_argument("--history", type=Path, metavar="FILE", help="add a line about this run to a file")
    parser.add_argument("--only", choices=sorted(SUBJECTS), help="the rows of one subject")
    arguments = parser.parse_args()
    subjects = dict(SUBJECTS)
    if arguments.long:
        subjects["lines"] = functools.partial(lines.rows, big=True)
    if arguments.only:
        subjects = {arguments.only: subjects[arguments.only]}
    shown = show(QUICK if arguments.quick else THOROUGH, subjects)
    if arguments.readme:
        readme.write(arguments.readme, [row for row in shown if row.in_readme])
    if arguments.history:
        history.note(arguments.history, shown)
    return 0


def show(effort: Effort, subjects: Mapping[str, Callable[[Effort], Iterator[table.Row]]]) -> list[table.Row]:
    """Print one row after the other as it comes, and return all of them."""
    for name in missing():
        print(f"{name} is not installed and left out.")
    print(table.heading())
    shown = []
    for rows in subjects.values():
        for row in rows(effort):
            # One turn meets no target and misses none.
            print(table.line(row if effort.fewest > 1 else row._replace(target=math.inf)), flush=True)
            shown.append(row)
    print("", "Medians of paired ratios; smaller is better.", *NOTES, sep="\n")
    return shown


if __name__ == "__main__":
    sys.exit(main())
