"""Draws the file that perf/run.py --history writes: what became of every row, commit by commit.

python perf/plot.py history.jsonl                        history.svg, a panel for every row
python perf/plot.py history.jsonl --rows 'lines|point'   the rows whose names match
python perf/plot.py history.jsonl --out history.png      in another format

A panel shows our ratio to the limit, or to the best of the others where there is no limit, or our figure where there is
nothing beside it; each machine has a line of its own, and the goal is dashed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from peers import GRADPROOF

COLUMNS = 4
# Inches of a panel.
WIDE, HIGH = 3.6, 1.9


class Mark(NamedTuple):
    """What a run said of a row: where it stands among the commits, our ratio with its quartiles, and the goal."""

    place: int
    ratio: float
    low: float
    high: float
    goal: float | None


class Panel(NamedTuple):
    """A row: in which unit its marks are, and these by machine."""

    unit: str
    marks: dict[str, list[Mark]]


def main() -> int:
    """Draw the file; return the exit status."""
    parser = argparse.ArgumentParser(description="Draws what became of every row, commit by commit.")
    parser.add_argument("history", type=Path, help="the file that perf/run.py --history writes")
    parser.add_argument("--out", type=Path, help="the picture, in the format of its suffix")
    parser.add_argument("--rows", default="", metavar="REGEX", help="only rows whose names match")
    arguments = parser.parse_args()
    runs = [json.loads(line) for line in arguments.history.read_text(encoding="utf-8").splitlines() if line]
    panels = {name: panel for name, panel in read(runs).items() if re.search(arguments.rows, name)}
    if not panels:
        print(f"{arguments.history} has no such rows.")
        return 1
    out = arguments.out or arguments.history.with_suffix(".svg")
    draw(panels, commits(runs), out)
    print(f"{out}: {len(panels)} rows of {len(runs)} runs")
    return 0


def commits(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the commits in the order of their first runs."""
    return list(dict.fromkeys(run["commit"] for run in runs))


def read(runs: Sequence[Mapping[str, Any]]) -> dict[str, Panel]:
    """Return the rows of all runs by their names."""
    places = {commit: place for place, commit in enumerate(commits(runs))}
    panels: dict[str, Panel] = {}
    for run in runs:
        for name, entry in run["rows"].items():
            ours, ratio = entry["figures"][GRADPROOF], entry["ratio"]
            panel = panels.setdefault(name, Panel(entry["unit"] if ratio is None else "ratio", {}))
            scale = ratio / ours if ratio and ours else 1.0
            low, high = entry.get("quartiles", (ours, ours))
            goal = entry["goal"] * scale if "goal" in entry else None
            mark = Mark(places[run["commit"]], ours * scale, low * scale, high * scale, goal)
            panel.marks.setdefault(run["machine"], []).append(mark)
    return panels


def draw(panels: Mapping[str, Panel], labels: Sequence[str], out: Path) -> None:
    """Draw a panel for every row."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    lines = -(-len(panels) // COLUMNS)
    figure, axes = pyplot.subplots(lines, COLUMNS, figsize=(COLUMNS * WIDE, lines * HIGH), squeeze=False)
    machines = list(dict.fromkeys(machine for panel in panels.values() for machine in panel.marks))
    for place, (axis, (name, panel)) in enumerate(zip(axes.flat, panels.items(), strict=False)):
        draw_one(axis, panel, machines)
        axis.set_title(name, fontsize=6)
        axis.set_ylabel(panel.unit, fontsize=6)
        axis.tick_params(labelsize=6)
        # Commits only below the last panel of each column: they are the same for all.
        axis.set_xticks(range(len(labels)), labels if place + COLUMNS >= len(panels) else [], rotation=90)
    for axis in axes.flat[len(panels) :]:
        axis.remove()
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside lower center", fontsize=7)
    figure.tight_layout(rect=(0, min(0.5, 0.3 * (len(machines) + 1) / (lines * HIGH)), 1, 1))
    figure.savefig(out)
    pyplot.close(figure)


def draw_one(axis: Any, panel: Panel, machines: Sequence[str]) -> None:
    """Draw the marks of a row: a line for each machine, the same colour everywhere, and the goal that was last."""
    for number, machine in enumerate(machines):
        marks = sorted(panel.marks.get(machine, []))
        places, ratios = [mark.place for mark in marks], [mark.ratio for mark in marks]
        spread = [[mark.ratio - mark.low for mark in marks], [mark.high - mark.ratio for mark in marks]]
        axis.errorbar(places, ratios, yerr=spread, fmt="o-", color=f"C{number}", ms=2.5, lw=1, label=machine)
        if marks and marks[-1].goal is not None:
            axis.axhline(marks[-1].goal, color=f"C{number}", ls="--", lw=0.8)
    axis.set_ylim(bottom=0)


if __name__ == "__main__":
    sys.exit(main())
