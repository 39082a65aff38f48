"""The block of figures in the manual."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from history import machine
from peers import NOTES
from table import Row, heading, line

BEGIN = "<!-- figures of perf/run.py: begin -->"
END = "<!-- figures of perf/run.py: end -->"
WHAT = "Medians of paired ratios, in brackets their quartiles; smaller is better."


def write(path: Path, rows: Sequence[Row]) -> None:
    """Put the rows between the two marks; what is around them stays as it is."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no block between {BEGIN} and {END}")
    table = ["```text", heading(), *map(line, rows), "```"]
    words = [WHAT, f"Measured on {machine()}.", "", *(f"- {note}" for note in NOTES)]
    block = "\n".join([begin, "", *table, "", *words, "", end])
    path.write_text(f"{before}{block}{after}", encoding="utf-8")
