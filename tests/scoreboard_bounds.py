"""Reads the rows of a scoreboard and fails where the verdicts are worse than allowed.

    python tests/scoreboard_bounds.py ROWS [--alarms PERCENT] [--misses PERCENT] [--inconclusive PERCENT]

Rows are made where a folder `scoreboard` with labelled gradients is at hand, by one command in the folder that holds it
(`--quick` for a sample; all of them take two minutes on two cores):

    python -W ignore -m scoreboard.score --out ROWS

A row is a line of JSON: `label` ("right", "wrong" or "undecidable"), `v` (the verdict: "pass", "fail",
"inconclusive" or "crash"), `mut_x` (whether x came back changed), `case` (its name).  A crash or a changed x is never
allowed; neither is a file without rows.
"""

import argparse
import json
import sys
from pathlib import Path

ALARMS, MISSES, INCONCLUSIVE = 0.0, 0.0, 1.0  # percent
SHOWN = 10


def faults_of(rows):
    """Return the cases of each kind of fault, and how many cases the kind is counted among."""
    right = [row for row in rows if row.get("label") == "right"]
    wrong = [row for row in rows if row.get("label") == "wrong"]
    return {
        "false alarms": (named(right, "fail"), len(right)),
        "misses": (named(wrong, "pass"), len(wrong)),
        "inconclusive": (named(right + wrong, "inconclusive"), len(right) + len(wrong)),
        # A row without a label is a case that could not even be made.
        "crashes": (named(rows, "crash") + [row["case"] for row in rows if "label" not in row], len(rows)),
        "x changed": ([row["case"] for row in rows if row.get("mut_x")], len(rows)),
    }


def named(rows, verdict):
    return [row["case"] for row in rows if row.get("v") == verdict]


def broken(faults, allowed):
    """Return the kinds of which there are more than the allowed percentage; a kind without cases proves nothing."""
    return [kind for kind, (cases, total) in faults.items() if total == 0 or 100 * len(cases) > allowed[kind] * total]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Fails where the rows of a scoreboard are worse than allowed.")
    parser.add_argument("rows", type=Path)
    parser.add_argument("--alarms", type=float, default=ALARMS)
    parser.add_argument("--misses", type=float, default=MISSES)
    parser.add_argument("--inconclusive", type=float, default=INCONCLUSIVE)
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.rows.read_text(encoding="utf-8").splitlines()]
    allowed = {"false alarms": options.alarms, "misses": options.misses, "inconclusive": options.inconclusive}
    allowed |= {"crashes": 0.0, "x changed": 0.0}
    faults = faults_of(rows)
    failed = broken(faults, allowed)
    for kind, (cases, _) in faults.items():
        for case in cases[:SHOWN]:
            print(f"{kind}: {case}")
    counts = ", ".join(f"{kind} {len(cases)} of {total}" for kind, (cases, total) in faults.items())
    over = f"; out of bounds: {', '.join(failed)}" if failed else ""
    print(f"scoreboard: {counts}{over}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
