"""The formats in which commands write reports: to files, or one of them to the standard output."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from .files import STDOUT, write_file

# Each format by its option: what it is, and how a report is written in it, given the gradient.
FORMATS: dict[str, tuple[str, Callable[[Any, Any], str]]] = {
    "json": ("JSON", lambda report, _: report.to_json()),
    "html": ("a page for a browser", lambda report, _: report.to_html()),
    "markdown": ("Markdown", lambda report, _: report.to_markdown()),
    "junit": ("JUnit's XML", lambda report, _: report.to_junit()),
    "sarif": ("SARIF, for code scanners", lambda report, gradient: report.to_sarif(gradient)),
}


def add_formats(command: argparse.ArgumentParser) -> None:
    """Add an option for each format."""
    for name, (what, _) in FORMATS.items():
        only = "; - prints it instead of the table" if name == "json" else "; - as for --json"
        command.add_argument(f"--{name}", metavar="FILE", help=f"also write the report as {what}{only}")
    command.add_argument(
        "--github", action="store_true", help="print an annotation for GitHub's runners, as they ask for themselves"
    )


def printed(report: Any, options: argparse.Namespace, gradient: Any) -> str:
    """Return the report in the format that is to be printed instead of the table; "" if there is none."""
    chosen = (write for name, (_, write) in FORMATS.items() if getattr(options, name) == STDOUT)
    return next((write(report, blamed(gradient)) for write in chosen), "")


def is_printed(options: argparse.Namespace) -> bool:
    """Whether the standard output is a report in one of the formats, and nothing else."""
    return any(getattr(options, name) == STDOUT for name in FORMATS)


def write_formats(report: Any, options: argparse.Namespace, gradient: Any) -> None:
    """Write the files."""
    for name, (_, write) in FORMATS.items():
        path = getattr(options, name)
        if path is not None and path != STDOUT:
            write_file(f"--{name}", path, write(report, blamed(gradient)))


def annotate(report: Any, options: argparse.Namespace, gradient: Any) -> None:
    """Print the annotation for GitHub, if it is wanted."""
    if (options.github or os.environ.get("GITHUB_ACTIONS") == "true") and (said := report.to_github(blamed(gradient))):
        # Runners read both; what is printed for another program stays as it is.
        print(said, file=sys.stderr if is_printed(options) else sys.stdout)


def blamed(gradient: Any) -> Any:
    """Return the function whose file and line are shown; None for arrays and functions in C."""
    from .targets import loading

    return gradient if callable(gradient) and not loading.is_native(gradient) else None
