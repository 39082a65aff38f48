"""The programs of perf/, run as a user runs them, and a clock for their timing."""

import os
import subprocess
import sys
from pathlib import Path

import gradproof

PERF = Path(__file__).parents[2] / "perf"
SOURCE = Path(gradproof.__file__).parents[1]


def run(script, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, str(PERF / script), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


class MadeUpClock:
    """A clock that moves when somebody runs for so many seconds."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def runs(self, *seconds):
        left = iter(seconds)

        def run():
            self.now += next(left)

        return run
