"""A file with a line for every run of the table: what it was on which commit and machine.

Figures of different machines differ; the ratios of one run, ours to the limit or to the best of the others, do so less.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peers import GRADPROOF, LIMIT
from table import Row
from timing import Figure

HERE = Path(__file__).parent
# Of one processor, where the system is Linux.
CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def note(path: Path, rows: Sequence[Row]) -> None:
    """Add a line about these rows to a file."""
    line: dict[str, Any] = {"commit": commit(), "machine": machine(), "rows": {row.name: entry(row) for row in rows}}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def entry(row: Row) -> dict[str, Any]:
    """Return the figures of a row, and what its ratio is: ours to the limit, or else to the smallest of the others.

    It is None without others. A goal is one for ours, and so is put on the same scale.
    """
    others = [figure for name, figure in row.figures.items() if name != GRADPROOF and figure > 0]
    ours, least = row.figures[GRADPROOF], row.figures.get(LIMIT) or min(others, default=None)
    said: dict[str, Any] = {"unit": row.unit, "figures": dict(row.figures), "ratio": least and ours / least}
    if isinstance(ours, Figure):
        said["quartiles"] = [ours.low, ours.high]
    if math.isfinite(row.target):
        said |= {"goal": row.target, "met": row.is_met}
    return said


def commit() -> str:
    """Return the commit of the tree, "" where there is none."""
    words = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine() -> str:
    """Return what tells this kind of machine from others."""
    cores = f"{os.cpu_count()} cores of {_processor()}{_caches()}"
    return f"{platform.system()} {platform.machine()}, {cores}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in words.splitlines() if line.startswith("model name")), "")


def _caches() -> str:
    """Return the sizes of the caches for data, the nearest one first: they say as much of long vectors as the cores."""
    found = sorted(CACHES.glob("index*/size"))
    data = [size for size in found if size.with_name("type").read_text(encoding="utf-8").strip() != "Instruction"]
    sizes = [size.read_text(encoding="utf-8").strip() for size in data]
    return f" with caches of {', '.join(sizes)}" if sizes else ""
