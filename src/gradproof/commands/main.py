"""The command `gradproof`: demo, check, replay, study, native, info, help.

The exit status is the verdict: 0 right, 1 wrong, 3 inconclusive; 2 means a mistake in the call, or an error.  Errors
are one line; tracebacks are shown only for exceptions of the user's own code.
"""

from __future__ import annotations

import argparse
import difflib
import io
import os
import platform
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from typing import Any, NoReturn

from ..report.text.encoding import ERRORS
from ..version import __version__
from .arguments import DONE, add_colour, painter
from .check import add_check
from .failure import ERROR, UsageError, current_folder, explain, failure
from .installed.native import add_native
from .pages import add_help
from .process.forked import POSSIBLE, run_forked
from .process.spawned import ANSWER, note_status, run_spawned
from .process.streams import keep_streams
from .replay import add_replay
from .study import add_study
from .suggestions import did_you_mean

INTERRUPTED = 130
COMMANDS = ("demo", "check", "replay", "study", "native", "info", "help")
# What the commands give that run the user's code.
RESULTS = {"check": "verdict", "replay": "verdict", "study": "study"}

START = """\
to begin with:      gradproof demo
your own gradient:  gradproof check model.py:loss --gradient model.py:grad --at x.npy
the manual:         gradproof help

exit status: 0 right, 1 wrong, 2 usage or an error, 3 inconclusive"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; without arguments as the program that was called."""
    if arguments is not None:
        return _status(list(arguments))
    keep_streams()
    words = sys.argv[1:]
    answer = os.environ.pop(ANSWER, None)
    if answer is not None:
        return note_status(lambda: _program(words), answer)
    what = RESULTS.get(words[0]) if words else None
    if what and POSSIBLE:
        return run_forked(lambda: _program(words), what)
    return run_spawned(words, what) if what and sys.executable else _program(words)


def _program(words: list[str]) -> int:
    try:
        return _status(words)
    except SystemExit as asked:  # for help
        try:
            print(end="", flush=True)
        except OSError as problem:
            return explain(problem)
        return int(asked.code or 0)


def _status(words: list[str]) -> int:
    # If a character such as ± cannot be shown, something like it can.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)
    current_folder.cache_clear()
    with suppress(UsageError):  # where it is gone, and nobody asks for it
        current_folder()
    try:
        _require_command(words)
        options = parser().parse_args(words, argparse.Namespace(words=words))
        if options.command is None:
            raise UsageError(
                f"a command is missing: {', '.join(COMMANDS[:-1])} or {COMMANDS[-1]} (see gradproof --help)"
            )
        status = _run(options)
        print(end="", flush=True)  # works even if sys.stdout is None
        return status
    except KeyboardInterrupt:
        return failure("interrupted", INTERRUPTED)
    except SystemExit:  # of the parser, after it has printed help
        raise
    except BaseException as problem:  # of the user's code: a status of Python's own must not pass for a verdict
        return explain(problem)


def _run(options: argparse.Namespace) -> int:
    try:
        status: int = options.run(options)
        return status
    except SystemExit as problem:  # a status chosen by the user's code must not pass for a verdict
        what = RESULTS.get(options.command, "result")
        ending = f"SystemExit: {problem}" if str(problem) else "SystemExit"
        raise UsageError(f"no {what}: the user's code ended the program ({ending})") from None


def _require_command(words: Sequence[str]) -> None:
    """Reject a command that there is not."""
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        raise UsageError(
            f"there is no command {words[0]}{did_you_mean(words[0], [*COMMANDS], len(COMMANDS))} (see gradproof --help)"
        )


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, with what was probably meant."""

    words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse arguments; what is not known is an error of the command that it was given to."""
        self.words = list(args or ())
        known, others = super().parse_known_args(args, namespace)
        if others:
            self.error(f"unrecognized arguments: {' '.join(others)}")
        return known, others

    def error(self, message: str) -> NoReturn:
        """Raise a `UsageError` with the message."""
        raise UsageError(f"{self._misspelt() or message} (see {self.prog} --help)")

    def _misspelt(self) -> str:
        """Return what is wrong with the first option that there is not, if it is like one that there is."""
        known = list(self._option_string_actions)
        given = (word.partition("=")[0] for word in self.words if word.startswith("--") and word != "--")
        for option in given:
            if option not in known and (close := difflib.get_close_matches(option, known, n=1)):
                return f"there is no option {option}; did you mean {close[0]}?"
        return ""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = Parser(
        prog="gradproof",
        description="Tells whether a gradient is right, which coordinates are wrong, and why.",
        epilog=START,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"gradproof {__version__}")
    commands = top.add_subparsers(title="commands", metavar=" | ".join(COMMANDS), dest="command")
    _add_demo(commands)
    add_check(commands)
    add_replay(commands)
    add_study(commands)
    add_native(commands)
    _add_info(commands)
    add_help(commands)
    return top


def _add_demo(commands: Any) -> None:
    demo = commands.add_parser(
        "demo",
        help="a real network on real data, correct and with a bug; lessons on differences",
        description="Checks the backward pass of a small network on real data, first correct, then with a bug. "
        "Other demos show what finite differences can and cannot do.",
        allow_abbrev=False,
    )
    demo.add_argument("name", nargs="?", metavar="NAME", help="the demo to run; `list` lists them")
    add_colour(demo)
    demo.set_defaults(run=run_demo)


def _add_info(commands: Any) -> None:
    info = commands.add_parser(
        "info",
        help="versions, and flags for a C compiler",
        description="Shows the version, the library in use, and how a C compiler finds it.",
        allow_abbrev=False,
    )
    info.add_argument("--cflags", action="store_true", help="print the flags for a C compiler")
    info.add_argument("--libs", action="store_true", help="print the flags for a linker")
    info.add_argument("--prefix", action="store_true", help="print the folder that holds lib and include")
    info.set_defaults(run=run_info)


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
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"choose one of {', '.join(names)}"
        raise UsageError(f"there is no demo {name!r}; {hint}")
    return DONE if demos.run(name, painter(options)) else ERROR


def run_info(options: argparse.Namespace) -> int:
    """`gradproof info`."""
    from .installed import installation

    if options.prefix:
        installation.require_library()
        print(installation.PACKAGE)
        return DONE
    if options.cflags or options.libs:
        flags = [installation.compile_flags()] * options.cflags
        flags += [installation.link_flags() for _ in range(options.libs)]
        print(" ".join(flags))
        return DONE
    python = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    rows = {"gradproof": __version__, "library": installation.description(), "python": python}
    for name in ("numpy", "numba", "cffi"):
        rows[name] = _version(name)
    for name, value in rows.items():
        print(f"{name:10} {value}")
    return DONE


def _version(distribution: str) -> str:
    # From the metadata, because importing Numba takes a second.
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
