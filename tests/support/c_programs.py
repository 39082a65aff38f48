"""Compiling and running small programs against the library, for the tests of the C API."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from gradproof.commands.installed import installation

COMPILER = os.environ.get("CC") or shutil.which("cc")


def compiled(source: Path, program: Path, *options: str, compiler: str | None = COMPILER) -> Path:
    flags = [*shlex.split(installation.compile_flags()), "-O1", "-Wall", "-Wextra", "-Werror", *options]
    link = shlex.split(installation.link_flags())
    subprocess.run([compiler, *flags, str(source), "-o", str(program), *link], check=True)
    return program


def output_of(program: Path, status: int = 0) -> str:
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == status, done.stderr
    return done.stdout
