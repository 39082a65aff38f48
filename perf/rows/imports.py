"""Fresh processes: what an import takes beyond NumPy, and how soon the first answer is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from peers import GRADPROOF, SCIPY, STATSMODELS, missing
from table import Row
from timing import Effort, spread_of

MOST_IMPORT = 1.5
MOST_FIRST_ANSWER = 10.0
MOST_FALLBACK = 5.0
TURNS = 11

# How each is imported, with all that it needs for an answer, and a first answer.
PROGRAMS = {
    GRADPROOF: (
        "import gradproof, gradproof.library\ngradproof.library.native()",
        "gradproof.check(objective, gradient, x)",
    ),
    SCIPY: ("from scipy.optimize import check_grad", "check_grad(objective, gradient, x)"),
    STATSMODELS: (
        "from statsmodels.tools.numdiff import approx_fprime",
        "abs(approx_fprime(x, objective, centered=True) - gradient(x)).max()",
    ),
}
PROGRAM = """
import json, sys, time
import numpy as np
x = np.linspace(1.0, 2.0, 10)
objective, gradient = (lambda x: np.sum(x * x)), (lambda x: 2.0 * x)
before, started = set(sys.modules), time.process_time()
{imports}
imported = time.process_time()
{answer}
answered = time.process_time()
new = set(sys.modules) - before
print(json.dumps([1e3 * (imported - started), 1e3 * (answered - imported), len(new), int("numba" in sys.modules)]))
"""


class Start(NamedTuple):
    """What one process said: milliseconds, and what was loaded."""

    imported: float
    answered: float
    modules: float
    numba: float


FALLBACK = """
import time
import numpy as np
import gradproof
x = np.linspace(1.0, 2.0, 10)
assert gradproof.check(lambda x: np.sum(x * x), lambda x: 2.0 * x, x).verdict == "right"
print(time.process_time())
"""


def rows(effort: Effort, *, fallback: bool = False) -> Iterator[Row]:
    """Yield what a start takes; with `fallback` also where no library is there."""
    names = [name for name in PROGRAMS if name not in missing()]
    starts: dict[str, list[Start]] = {name: [] for name in names}
    for name in names if effort.fewest > 1 else ():
        start(name)
    for _ in range(min(TURNS, effort.most)):
        for name in names:
            starts[name].append(start(name))
    typical = {name: Start(*map(spread_of, zip(*all_of, strict=True))) for name, all_of in starts.items()}

    def row(label: str, unit: str, field: str, target: float = float("inf"), in_readme: bool = False) -> Row:
        return Row(label, unit, {name: getattr(one, field) for name, one in typical.items()}, target, in_readme)

    yield row("import, after NumPy", "ms", "imported", MOST_IMPORT, True)
    yield row("first answer after it, n = 10", "ms", "answered", MOST_FIRST_ANSWER, True)
    yield row("modules loaded by both", "modules", "modules")
    yield row("Numba loaded by both", "0: no, 1: yes", "numba", 0.0)
    if fallback:
        yield Row("first answer without a library", "s of the processor", {GRADPROOF: without_library()}, MOST_FALLBACK)


def start(name: str) -> Start:
    """Start a process that imports and answers."""
    imports, answer = PROGRAMS[name]
    program = PROGRAM.format(imports=imports, answer=answer)
    # As an installed package: with the compiled modules that the first process leaves on disk.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return Start(*json.loads(done.stdout))


def without_library() -> float:
    """Return the seconds until the first answer where there is no library, and Numba has nothing on disk."""
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "GRADPROOF_LIBRARY": "python", "NUMBA_CACHE_DIR": empty}
        command = [sys.executable, "-W", "ignore", "-c", FALLBACK]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)
