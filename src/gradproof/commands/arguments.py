"""Shared by the commands: arguments, and reports on a terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

DONE = 0


def add_objective(command: argparse.ArgumentParser) -> None:
    """Add the argument for the objective."""
    command.add_argument("objective", metavar="TARGET", help="the objective: f(x) gives a number")


def add_point(command: argparse.ArgumentParser) -> None:
    """Add the option for the point."""
    command.add_argument(
        "--at",
        required=True,
        metavar="POINT",
        help="x: a Python name, or a file with an array (.npy, .txt, .csv, .json; .bin, .f64, .f32: raw, "
        "little-endian) or with a dict of arrays (.npz, .json)",
    )


def add_calling(command: argparse.ArgumentParser) -> None:
    """Add the options that say how C functions are called."""
    command.add_argument(
        "--signature",
        metavar="PROTOTYPE",
        help='of an objective in C: "double f(const double *x)", "double f(int n, const double *x)", '
        '"double f(const double *x, int n)", also with float, void *user, or n by address as in Fortran',
    )
    command.add_argument(
        "--gradient-signature",
        metavar="PROTOTYPE",
        help='of a gradient in C: "void g(const double *x, double *out)", also with n',
    )
    command.add_argument(
        "--user", metavar="DATA", help="what C functions receive as user: a file or a name, as for --at"
    )
    command.add_argument("--no-trial", action="store_true", help="no first call of C functions in a child process")


def calling(options: argparse.Namespace) -> Any:
    """Return what these options say."""
    from .targets.loading import Calling

    return Calling(options.signature, options.gradient_signature, options.user, not options.no_trial)


def add_colour(command: argparse.ArgumentParser) -> None:
    """Add the option to turn colours off."""
    command.add_argument("--no-colour", "--no-color", action="store_true", help="no colour, as with NO_COLOR=1")


def count(text: str) -> int:
    """Read an integer, also in the form 1e5."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
        if number.is_integer():
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not an integer")


def painter(options: argparse.Namespace) -> Callable[[Any], str]:
    """Return a function that renders reports: for a terminal in its width, with a coloured verdict if wanted.

    Output to a file or another program is always the same.
    """
    every = getattr(options, "all", False)
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    if not every and not on_terminal:
        return str
    plain = not on_terminal or options.no_colour or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"

    def painted(report: Any) -> str:
        from ..report.text.encoding import columns
        from ..report.text.table import WIDTH, render

        return render(report, colour=not plain, width=columns(WIDTH), every=every)

    return painted
