"""The command `gradproof`: demo, check, study, info.

The exit status is the verdict: 0 right, 1 wrong, 3 inconclusive; 2 is a mistake in the call, or an error.  An error is
one line; a traceback is shown only of what the user's own code raised.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from ..version import __version__
from .failure import ERROR, UsageError, explain, failure

DONE, INTERRUPTED = 0, 130
STATUS = {"right": 0, "wrong": 1, "inconclusive": 3}

TARGETS = """\
A target is one of
  model.py:loss            a name in a file                 package.module:loss   a name in a module
  ./libmodel.so:loss       a C function:  int32_t loss(const double *x, int64_t n, double *value, void *user)
                           (it returns 0; a gradient writes n values)

exit status: 0 right, 1 wrong, 2 usage or an error, 3 inconclusive
Ctrl-C prints what was found until then; before the first value it ends with status 130
a check that was begun with --save FILE goes on where it was with --resume FILE (and --save, to save that, too)"""

START = """\
to begin with:  gradproof demo
your own:       gradproof check model.py:loss --gradient model.py:grad --at x.npy

exit status: 0 right, 1 wrong, 2 usage or an error, 3 inconclusive"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    # Where a character cannot be shown, such as ± in ASCII, the verdict still can.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        options = parser().parse_args(words, argparse.Namespace(words=words))
        if options.command is None:
            raise UsageError("which command? demo, check, study or info (see gradproof --help)")
        status: int = options.run(options)
        print(end="", flush=True)  # sys.stdout may be None: then nothing is printed, and the status says it all
        return status
    except BrokenPipeError:  # who reads has closed; nothing more can be said there, nor flushed at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except KeyboardInterrupt:
        return failure("interrupted", INTERRUPTED)
    except Exception as problem:
        return explain(problem)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Raise the message."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    from .study import add_study

    top = Parser(
        prog="gradproof",
        description="Says whether a gradient is right, names the coordinates that are wrong, and says why.",
        epilog=START,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"gradproof {__version__}")
    commands = top.add_subparsers(title="commands", metavar="demo | check | study | info", dest="command")
    _add_demo(commands)
    _add_check(commands)
    add_study(commands, _count)
    _add_info(commands)
    return top


def _add_demo(commands: Any) -> None:
    demo = commands.add_parser(
        "demo",
        help="a real network on real data: right, then with a bug; and what differences can do",
        description="Checks the backward pass of a small network on real data: as it should be, then with a bug. "
        "Or shows with that network what differences can do.",
        allow_abbrev=False,
    )
    demo.add_argument("name", nargs="?", metavar="NAME", help="which one; `list` shows them")
    _add_colour(demo)
    demo.set_defaults(run=run_demo)


def _add_check(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help="check your own gradient",
        description="Says whether a gradient is the gradient of an objective, at a point.",
        usage="gradproof check TARGET --gradient TARGET --at POINT [options]",
        epilog=TARGETS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    check.add_argument("objective", metavar="TARGET", help="the objective: f(x) gives a number")
    check.add_argument(
        "--gradient", required=True, metavar="TARGET", help="g(x) gives an array like x; or a .npy or .npz file of it"
    )
    check.add_argument(
        "--at", required=True, metavar="POINT", help="x: a .npy file, a .npz file (a dict of arrays), or a Python name"
    )
    check.add_argument("--mode", default="auto", metavar="MODE", help="full: every coordinate; auto (default)")
    check.add_argument("--seed", type=int, default=0, metavar="N", help="of the random lines (default 0)")
    check.add_argument("--budget", type=_count, metavar="N", help="at most N evaluations of the objective")
    check.add_argument("--time-limit", type=float, metavar="SECONDS", help="at most so long")
    check.add_argument("--rtol", type=float, metavar="R", help="the relative error that counts as wrong (1e-5)")
    check.add_argument("--lower", metavar="BOUND", help="the objective is not evaluated below: a number, or as --at")
    check.add_argument("--upper", metavar="BOUND", help="nor above")
    check.add_argument("--rows", type=_count, metavar="N", help="data points: f(x, rows), g(x, rows) get row numbers")
    check.add_argument("--json", metavar="FILE", help="write the report there, too; - prints it instead of the table")
    check.add_argument("--save", metavar="FILE", help="keep the check there while it goes on")
    check.add_argument("--resume", metavar="FILE", help="go on with the check that was saved there")
    check.add_argument("--no-progress", action="store_true", help="no progress bar")
    _add_colour(check)
    check.set_defaults(run=run_check)


def _add_info(commands: Any) -> None:
    info = commands.add_parser(
        "info",
        help="versions, and flags for a C compiler",
        description="Says which version this is, which library serves, and how a C compiler finds it.",
        allow_abbrev=False,
    )
    info.add_argument("--cflags", action="store_true", help="print what a C compiler needs")
    info.add_argument("--libs", action="store_true", help="print what a linker needs")
    info.set_defaults(run=run_info)


def _add_colour(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-colour", "--no-color", action="store_true", help="no colour, as with NO_COLOR=1")


def _count(text: str) -> int:
    """Read a whole number, also as 1e5."""
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
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")


def run_demo(options: argparse.Namespace) -> int:
    """`gradproof demo`."""
    from .. import demos

    name = options.name or demos.DEFAULT
    if name == "list":
        for each, what in demos.summaries().items():
            print(f"{each:20} {what}")
        return DONE
    names = (*demos.NAMES, *demos.LESSONS)
    if name not in names:
        raise UsageError(f"there is no demo {name!r}; there is {', '.join(names)}")
    return DONE if demos.run(name, painter(options)) else ERROR


def run_check(options: argparse.Namespace) -> int:
    """`gradproof check`."""
    from ..checking import check
    from . import loading

    if options.json not in (None, "-") and not Path(options.json).parent.is_dir():
        raise UsageError(f"--json {options.json}: there is no folder {Path(options.json).parent}")
    try:
        objective = loading.load_objective(options.objective)
        gradient = loading.load_gradient(options.gradient)
        x = loading.load_point(options.at)
        if loading.is_native(objective) or loading.is_native(gradient):
            x = loading.as_doubles(x)
        report = check(
            objective,
            gradient,
            x,
            mode=options.mode,
            seed=options.seed,
            budget=options.budget,
            time_limit=options.time_limit,
            rtol=options.rtol,
            bounds=_bounds(options),
            rows=options.rows,
            progress=False if options.no_progress else None,
            save=options.save,
            resume=options.resume,
        )
    except SystemExit as problem:  # a status that the user's code chose must not pass for a verdict
        raise UsageError(f"no verdict: the user's code ended the program (SystemExit: {problem})") from None
    status = _publish(report, options)
    if options.save is not None and report.stopped_by:
        _say_how_to_go_on(report, options)
    return status


def _publish(report: Any, options: argparse.Namespace) -> int:
    if options.json == "-":
        print(report.to_json())
    else:
        print(painter(options)(report))
    if options.json not in (None, "-"):
        try:
            Path(options.json).write_text(report.to_json() + "\n", encoding="utf-8")
        except OSError as problem:
            raise UsageError(f"--json {options.json} cannot be written: {problem.strerror}") from None
    return STATUS[report.verdict]


def _say_how_to_go_on(report: Any, options: argparse.Namespace) -> None:
    from ..run.resuming import NOT_SAVED

    if any(warning.startswith(NOT_SAVED) for warning in report.warnings):
        return
    # Of two --resume the last one counts.
    again = options.words if options.resume == options.save else [*options.words, "--resume", options.save]
    larger = ", with a larger --budget" if report.stopped_by == "budget" else ""
    print(f"gradproof: saved in {options.save}; to go on{larger}: {shlex.join(['gradproof', *again])}", file=sys.stderr)


def _bounds(options: argparse.Namespace) -> Any:
    from . import loading

    def bound(text: str | None) -> Any:
        try:
            return None if text is None else float(text)
        except ValueError:
            return loading.load_point(str(text))

    return None if options.lower is None and options.upper is None else (bound(options.lower), bound(options.upper))


def run_info(options: argparse.Namespace) -> int:
    """`gradproof info`."""
    from .. import library

    if options.cflags or options.libs:
        flags = [library.compile_flags()] * options.cflags + [library.link_flags() for _ in range(options.libs)]
        print(" ".join(flags))
        return DONE
    python = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    rows = {"gradproof": __version__, "library": library.description(), "python": python}
    for name in ("numpy", "numba", "cffi"):
        rows[name] = _version(name)
    for name, value in rows.items():
        print(f"{name:10} {value}")
    return DONE


def _version(distribution: str) -> str:
    # From the metadata: an import of Numba would take a second.
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def painter(options: argparse.Namespace) -> Callable[[Any], str]:
    """Return what turns a report into text: for a terminal as wide as that, its verdict in colour where that is wanted.

    What goes to a file or to another program is always the same.
    """
    if sys.stdout is None or not sys.stdout.isatty():
        return str
    plain = options.no_colour or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"

    def painted(report: Any) -> str:
        from ..report.text.table import WIDTH, render

        columns = shutil.get_terminal_size(fallback=(WIDTH, 24)).columns
        return render(report, colour=not plain, width=min(columns, WIDTH))

    return painted
