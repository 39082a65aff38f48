"""Counts that no noise touches: evaluations and rounds of problems, instructions and bytes of the library, modules.

python perf/counts.py             compares with perf/baseline.json; exit status 1 where a count has grown
python perf/counts.py --update    writes what was counted into the baseline
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import gradproof
import instructions
from gradproof.commands.installed.installation import LIBRARY
from problems import PROBLEMS, Problem

Counts = dict[str, dict[str, int]]

BASELINE = Path(__file__).parent / "baseline.json"
# Another compiler, or another linker, makes another file out of the same code; and another C library has other loops.
SLACK = {"bytes": 0.02, "instructions": 0.02}
# Those of Python itself and of NumPy change with their versions; a private name is a part of something else.
MODULES = """
import sys, numpy
before = set(sys.modules)
{}
others = {{name for name in set(sys.modules) - before if not name.startswith(("_", "numpy."))}}
print(len([name for name in others if name.partition(".")[0] not in sys.stdlib_module_names]))
"""
STARTS = {
    "import gradproof": "import gradproof",
    "first check": "import gradproof; gradproof.check(lambda x: x @ x, lambda x: 2 * x, [1.0, 2.0])",
}


class WrongVerdictError(Exception):
    """A problem got another verdict: its counts mean nothing."""


def main() -> int:
    """Count and compare; return the exit status."""
    parser = argparse.ArgumentParser(description="Counts evaluations, bytes and modules, and compares with a baseline.")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="the file to compare with")
    parser.add_argument("--update", action="store_true", help="write what was counted into that file")
    arguments = parser.parse_args()
    try:
        counts = measured()
    except WrongVerdictError as problem:
        print(f"perf/counts.py: {problem}")
        return 1
    if arguments.update:
        arguments.baseline.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
        return 0
    baseline = json.loads(arguments.baseline.read_text(encoding="utf-8"))
    grown, hints = list(growth(counts, baseline)), list(remarks(counts, baseline))
    for line in (*grown, *hints):
        print(line)
    print(f"{sum(map(len, counts.values()))} counts, {len(grown)} grown")
    return 1 if grown else 0


def measured() -> Counts:
    """Return every count, by its subject and its name."""
    counts = {name: of_check(name, make()) for name, make in PROBLEMS.items()}
    counts |= {name: {"modules": modules(program)} for name, program in STARTS.items()}
    if LIBRARY.exists():
        counts["library"] = {"bytes": LIBRARY.stat().st_size}
    return counts | instructions.measured()


def of_check(name: str, problem: Problem) -> dict[str, int]:
    """Return the counts of one check, counted where the functions are called."""
    calls = {"evaluations": 0, "gradient evaluations": 0}

    def objective(x: object) -> object:
        calls["evaluations"] += 1
        return problem.objective(x)

    def gradient(x: object) -> object:
        calls["gradient evaluations"] += 1
        return problem.gradient(x)

    report = gradproof.check(objective, gradient, problem.x)
    if report.verdict != problem.verdict:
        raise WrongVerdictError(f"{name}: the verdict is {report.verdict}, not {problem.verdict}")
    return {**calls, "rounds": report.rounds}


def modules(program: str) -> int:
    """Return how many modules that are neither Python's own nor NumPy's a fresh process has after a program."""
    done = subprocess.run([sys.executable, "-c", MODULES.format(program)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def growth(counts: Counts, baseline: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Say of every count that has grown, or has no baseline, what it was and is."""
    for subject, name, now in each(counts):
        before = baseline.get(subject, {}).get(name)
        if before is None:
            yield f"NEW    {subject}: {now} {name}, not in the baseline; --update adds it"
        elif now > before * (1 + SLACK.get(name, 0)):
            yield f"GROWN  {subject}: {now} {name}, the baseline has {before}"


def remarks(counts: Counts, baseline: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Say what has shrunk, and what is in the baseline only."""
    for subject, name, before in each(baseline):
        now = counts.get(subject, {}).get(name)
        if now is None:
            yield f"gone   {subject}: {name} was not counted; --update drops it if it is gone for good"
        elif now < before * (1 - SLACK.get(name, 0)):
            yield f"shrunk {subject}: {now} {name}, the baseline has {before}; --update keeps the progress"


def each(counts: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str, int]]:
    """Yield every count with its subject and its name."""
    for subject, named in counts.items():
        for name, count in named.items():
            yield subject, name, count


if __name__ == "__main__":
    sys.exit(main())
