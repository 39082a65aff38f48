"""A file with a line for every run of the table: what it was on which commit and machine.

Figures of different machines differ; the ratios of one run, ours to the limit or to the best of the others, do so less.
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peers import GRADPROOF
from table import Row

HERE = Path(__file__).parent


def note(path: Path, rows: Sequence[Row]) -> None:
    """Add a line about these rows to a file."""
    line: dict[str, Any] = {"commit": commit(), "machine": machine(), "rows": {row.name: entry(row) for row in rows}}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def entry(row: Row) -> dict[str, Any]:
    """Return the figures of a row, and how many times the smallest of the others is in ours; None without others."""
    others = [figure for name, figure in row.figures.items() if name != GRADPROOF and figure > 0]
    ours = row.figures.get(GRADPROOF)
    ratio = ours / min(others) if others and ours is not None else None
    return {"unit": row.unit, "figures": dict(row.figures), "ratio": ratio}


def commit() -> str:
    """Return the commit of the tree, "" where there is none."""
    words = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine() -> str:
    """Return what tells this kind of machine from others."""
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
