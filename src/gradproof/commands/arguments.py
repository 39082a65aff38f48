"""Shared by the commands: arguments, output files, reports on a terminal."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..run.atomic_files import write_atomically
from .failure import UsageError, current_folder
from .process.streams import descriptor

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


def require_folder(option: str, path: str | None) -> None:
    """Reject an output file that could not be written, before anything is evaluated."""
    if path is None or path == "-":
        return
    if not path:
        raise UsageError(f"{option} must be the name of a file, not ''")
    with written(option, path):
        if not Path(path).parent.is_dir():
            raise UsageError(f"{option} {path}: there is no folder {Path(path).parent}")
        if Path(path).is_dir():
            raise UsageError(f"{option} {path} is a folder: give the name of a file in it")
        with suppress(FileNotFoundError):
            found = os.stat(path)  # noqa: PTH116 - also refuses a name that is too long
            if _is_output(found):
                raise UsageError(f"{option} {path} is the standard output: give - instead")


def _is_output(found: os.stat_result) -> bool:
    """Whether this is the standard output, led to a file or a pipe: what is printed would go there, too, or be lost."""
    place = descriptor(sys.stdout)
    mine = None if place is None else os.fstat(place)
    return (
        mine is not None
        and (stat.S_ISREG(found.st_mode) or stat.S_ISFIFO(found.st_mode))
        and os.path.samestat(found, mine)
    )


def keep_places(options: argparse.Namespace, *names: str) -> None:
    """Let the files that options name stay where they are, even if the user's code goes to another folder."""
    for name in names:
        if (path := getattr(options, name)) is not None and path != "-":
            setattr(options, name, str(current_folder() / path))


def write_json(found: Any, path: str | None) -> None:
    """Write the result to the file of --json, if there is one."""
    if path is not None and path != "-":
        write_file("--json", path, found.to_json())


def write_file(option: str, path: str, text: str) -> None:
    """Write a text to a file, which at every moment is the old one or the new one as a whole."""
    with written(option, path):
        # The file that a link points to; pipes and devices cannot be replaced.
        target = Path(path).resolve()
        if target.exists() and not target.is_file():
            target.write_text(f"{text}\n", encoding="utf-8")
        else:
            write_atomically(target, [f"{text}\n".encode()])


@contextmanager
def written(option: str, path: str) -> Iterator[None]:
    """Turn a failure to write a file into a one-line error."""
    try:
        yield
    except OSError as problem:
        raise UsageError(f"{option} {path} cannot be written: {problem.strerror}") from None


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
