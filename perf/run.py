"""gradproof, its peers, a loop written by hand and the limit, side by side in one run.

python perf/run.py             the whole table, in less than four minutes
python perf/run.py --long      the same with what takes long: vectors of a hundred million, lines of ten million
                               coordinates, a whole check in C of ten thousand, and a start without the library
python perf/run.py --only X    one subject, such as lines
python perf/run.py --quick     every row once, in seconds: it shows that they run, not how fast
python perf/run.py --readme    the table, and what matters most of it in the manual
python perf/run.py --history F the table, and a line about it in a file with one for every run, which perf/plot.py draws
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
from rows import c_callers, checks, compiled, demanding, differences, imports, overhead, size, threads, workers
from rows.long import lines, points, vectors
from timing import QUICK, THOROUGH, Effort

SUBJECTS: dict[str, Callable[[Effort], Iterator[table.Row]]] = {
    "imports": imports.rows,
    "size": size.rows,
    "vectors": vectors.rows,
    "points": points.rows,
    "overhead": overhead.rows,
    "compiled": compiled.rows,
    "c": c_callers.rows,
    "differences": differences.rows,
    "checks": checks.rows,
    "demanding": demanding.rows,
    "lines": lines.rows,
    "threads": threads.rows,
    "workers": workers.rows,
}
LONG: dict[str, Callable[[Effort], Iterator[table.Row]]] = {
    "imports": functools.partial(imports.rows, fallback=True),
    "vectors": functools.partial(vectors.rows, longest=True),
    "points": functools.partial(points.rows, longest=True),
    "c": functools.partial(c_callers.rows, whole=True),
    "lines": functools.partial(lines.rows, big=True),
}
README = Path(__file__).parent.parent / "src" / "gradproof" / "docs" / "performance.md"


def main() -> int:
    """Print the table; return the exit status."""
    parser = argparse.ArgumentParser(description="gradproof, its peers, a loop by hand and the limit, side by side.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one turn: shows that every row runs")
    parser.add_argument(
        "--readme", nargs="?", type=Path, const=README, help="write the block of figures into this file"
    )
    parser.add_argument("--long", action="store_true", help="what takes minutes, too")
    parser.add_argument("--history", type=Path, metavar="FILE", help="add a line about this run to a file")
    parser.add_argument("--only", choices=sorted(SUBJECTS), help="the rows of one subject")
    arguments = parser.parse_args()
    subjects = SUBJECTS | LONG if arguments.long else SUBJECTS
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
            shown.append(row if effort.fewest > 1 else row._replace(target=math.inf))
            print(table.line(shown[-1]), flush=True)
    missed = [row.name for row in shown if not row.is_met]
    print("", f"{len(shown)} rows; missed: {len(missed)}", *missed, sep="\n")
    print("", readme.WHAT, *NOTES, sep="\n")
    return shown


if __name__ == "__main__":
    sys.exit(main())
