"""The command `gradproof replay`: the findings of a report, evaluated again."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from .arguments import add_calling, add_objective, calling
from .check import GRADIENT, STATUS
from .failure import UsageError
from .process.streams import own_streams

NOTES = """\
The probes on which each finding rests are evaluated again, and its coordinate is checked again by the same rules.
x is taken from the report, which holds it unless it is long; --at gives it otherwise.

exit status: that of the check made now: 0 right, 1 wrong, 2 usage or an error, 3 inconclusive"""


# Bytes; a report of a million coordinates has some hundred million.
MOST_TEXT = 1 << 31
BEGINNING = 1 << 12


def add_replay(commands: Any) -> None:
    """Add the command to the parser."""
    replay = commands.add_parser(
        "replay",
        help="the findings of a saved report, evaluated again",
        description="Says for each finding of a report whether the slope and the claim are still the same.",
        usage="gradproof replay REPORT.json TARGET --gradient TARGET [options]",
        epilog=NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    replay.add_argument("report", metavar="REPORT", help="a report that check wrote with --json")
    add_objective(replay)
    replay.add_argument("--gradient", required=True, metavar="TARGET", help=GRADIENT)
    replay.add_argument("--at", metavar="POINT", help="x, as for check; by default that of the report")
    replay.add_argument("--convention", metavar="NAME", help="of complex gradients; by default that of the report")
    replay.add_argument("--sign", type=int, metavar="SIGN", help="as for check; by default that of the report")
    add_calling(replay)
    replay.set_defaults(run=run_replay)


def run_replay(options: argparse.Namespace) -> int:
    """`gradproof replay`."""
    from ..replaying import replay
    from .targets import loading

    text = _text_of(options.report)
    report = _read(text, options.report)
    with own_streams():
        objective, gradient = loading.load_functions(options.objective, options.gradient, calling(options))
        if options.at is None:
            x = _point_of(text, options.report)
        else:
            x = loading.load_point_for(options.at, objective, gradient)
        found = replay(report, objective, gradient, x, convention=options.convention, sign=options.sign, progress=False)
    print(found)
    return STATUS[found.report.verdict]


def _text_of(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            if (size := os.fstat(file.fileno()).st_size) > MOST_TEXT:
                raise UsageError(f"{path} has {size:,} bytes, which no report has")
            start = file.read(BEGINNING)
            # A device may have no end.
            rest = b"" if b"\0" in start else file.read(MOST_TEXT)
        return (start + rest).decode("utf-8")
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no report of gradproof: it is not text") from None


def _read(text: str, path: str) -> Any:
    from ..report.report import Report

    try:
        return Report.from_json(text)
    except ValueError as problem:
        raise UsageError(f"{path}: {problem}") from None


def _point_of(text: str, path: str) -> Any:
    from ..report.formats.json_reading import point_of

    try:
        return point_of(text)
    except ValueError as problem:
        raise UsageError(f"{path} does not hold x: {problem}; give it with --at") from None
