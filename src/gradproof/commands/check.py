"""The command `gradproof check`: the verdict on a gradient, as a table or as JSON, and as the exit status."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from typing import Any

from .arguments import (
    add_calling,
    add_colour,
    add_objective,
    add_point,
    calling,
    count,
    painter,
)
from .failure import UsageError, file_named
from .files import require_outputs
from .formats import FORMATS, add_formats, annotate, is_printed, printed, write_formats
from .output import only_the_result

# Options that functions with many outputs do not have.
OF_ONE_OBJECTIVE = ("rows", "save", "resume")
STATUS = {"right": 0, "wrong": 1, "inconclusive": 3}

GRADIENT = "the gradient: g(x) returns an array like x; or a file that holds it, as for --at"
MUTATE = "also plant up to twenty bugs in each array of the gradient, and say which of them this check catches"
ONLY = 'check only these coordinates: "W*", "W[3, :]", "layers.*.bias", or a flat index; may be repeated'
TARGETS = """\
A target is one of
  model.py:loss            a name in a file                 package.module:loss   a name in a module
  ./libmodel.so:loss       a C function:  int32_t loss(const double *x, int64_t n, double *value, void *user)
                           (it returns 0; a gradient writes n values); for others see --signature

exit status: 0 right, 1 wrong, 2 usage or an error, 3 inconclusive
Ctrl-C prints what was found so far; before the first value the status is then 130
a check saved with --save FILE continues with --resume FILE (give --save again to keep saving it)"""


def add_check(commands: Any) -> None:
    """Add the command to the parser."""
    check = commands.add_parser(
        "check",
        help="check your own gradient",
        description="Checks at a point whether a gradient is that of an objective.",
        usage="gradproof check TARGET --gradient TARGET --at POINT [options]\n"
        "       gradproof check TARGET (--vjp | --jvp | --jacobian) TARGET --at POINT [options]",
        epilog=TARGETS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_objective(check)
    _add_claim(check)
    add_point(check)
    _add_rules(check)
    add_calling(check)
    add_formats(check)
    check.add_argument("--mutate", action="store_true", help=MUTATE)
    check.add_argument(
        "--all", action="store_true", help="print every coordinate that is wrong, not only the worst ten"
    )
    check.add_argument("--save", metavar="FILE", help="save the check to this file while it runs")
    check.add_argument("--resume", metavar="FILE", help="continue the check saved in this file")
    check.add_argument("--no-progress", action="store_true", help="no line that shows the progress")
    add_colour(check)
    check.set_defaults(run=run_check)


def _add_claim(check: argparse.ArgumentParser) -> None:
    """Add the options for what is claimed, of which one must be given."""
    claim = check.add_mutually_exclusive_group(required=True)
    claim.add_argument("--gradient", metavar="TARGET", help=GRADIENT)
    claim.add_argument("--vjp", metavar="TARGET", help="of a function with many outputs: vjp(x, cotangent)")
    claim.add_argument("--jvp", metavar="TARGET", help="the same: jvp(x, tangent)")
    claim.add_argument("--jacobian", metavar="TARGET", help="the same: jacobian(x), or a file that holds it")


def _add_rules(check: argparse.ArgumentParser) -> None:
    """Add the options that say what is checked, and by which rules."""
    check.add_argument(
        "--mode", default="auto", metavar="MODE", help="full: every coordinate; lines: random lines; auto (default)"
    )
    check.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the random lines (default 0)")
    check.add_argument("--budget", type=count, metavar="N", help="at most N evaluations of the objective")
    check.add_argument("--time-limit", type=float, metavar="SECONDS", help="stop after this time")
    check.add_argument("--rtol", type=float, metavar="R", help="the relative error that counts as wrong (default 1e-5)")
    check.add_argument("--atol", type=float, metavar="A", help="an absolute error that is allowed (default 0)")
    check.add_argument("--only", action="append", metavar="NAMES", help=ONLY)
    check.add_argument(
        "--held", action="append", metavar="NAMES", help="check all but these, and leave them as they are"
    )
    check.add_argument("--convention", metavar="NAME", help="of complex gradients: pytorch (default), jax or autograd")
    check.add_argument(
        "--sign", type=int, default=1, metavar="SIGN", help="-1 if the gradient is minus the gradient, as a force is"
    )
    check.add_argument("--lower", metavar="BOUND", help="never evaluate the objective below this: a number, or as --at")
    check.add_argument("--upper", metavar="BOUND", help="never evaluate it above this")
    check.add_argument("--rows", type=count, metavar="N", help="number of data points: call f(x, rows) and g(x, rows)")


def run_check(options: argparse.Namespace) -> int:
    """`gradproof check`."""
    require_outputs(options, *FORMATS)
    _require_mutable(options)
    with only_the_result(is_printed(options)):
        report, asked = _checked(options)
        score = _score(report, asked, options) if options.mutate else ""
    # Files first: nobody may read what is printed.
    write_formats(report, options, asked[1])
    print(printed(report, options, asked[1]) or painter(options)(report))
    annotate(report, options, asked[1])
    if score:
        # What is printed for another program stays as it is.
        print(f"\n{score}", file=sys.stderr if is_printed(options) else sys.stdout)
    if options.save is not None and report.stopped_by:
        _say_how_to_go_on(report, options)
    return STATUS[report.verdict]


def _require_mutable(options: argparse.Namespace) -> None:
    """Reject --mutate together with what it has no meaning for, before anything is evaluated."""
    others = ("vjp", "jvp", "jacobian", "rows", "save", "resume")
    if options.mutate and (given := [name for name in others if getattr(options, name) is not None]):
        raise UsageError(f"--mutate is for a --gradient on all rows, checked in one go: it cannot go with --{given[0]}")


def _score(report: Any, asked: tuple[Any, Any, Any], options: argparse.Namespace) -> str:
    """Return the mutation score of the check as text."""
    import gradproof

    if report.verdict == "wrong":
        return "no bugs were planted: the gradient is wrong already"
    if report.stopped_by == "interrupted":
        return ""
    settings = {name: value for name, value in _settings(options).items() if name not in OF_ONE_OBJECTIVE}
    return str(gradproof.mutation_score(*asked, **settings))


def _checked(options: argparse.Namespace) -> tuple[Any, tuple[Any, Any, Any]]:
    """Load what the options name, and check it; return the report, and what was checked."""
    from .targets import loading

    check, claim = _chosen(options)
    function, claimed = loading.load_functions(options.objective, claim, calling(options))
    if check.__name__ != "check" and any(map(loading.is_native, (function, claimed))):
        raise UsageError("C functions have one output each: check their --gradient")
    x = loading.load_point_for(options.at, function, claimed)
    given = {name: getattr(options, name) for name in ("save", "resume")}
    # An empty name is refused as it is.
    files = {name: path and str(file_named(path)) for name, path in given.items() if path is not None}
    return check(function, claimed, x, **_settings(options) | files), (function, claimed, x)


def _chosen(options: argparse.Namespace) -> tuple[Callable[..., Any], str]:
    """Return the check that the options ask for, and the target of what is checked."""
    import gradproof

    found = ((name, getattr(options, name)) for name in ("vjp", "jvp", "jacobian"))
    for name, target in found:
        if target is not None:
            return getattr(gradproof, f"check_{name}"), target
    return gradproof.check, options.gradient


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the keyword arguments of the check."""
    same = ("mode", "seed", "budget", "time_limit", "rtol", "atol", "convention", "sign")
    settings = {name: getattr(options, name) for name in same} | {
        "bounds": _bounds(options),
        "only": _names(options.only),
        "held": _names(options.held),
        "progress": False if options.no_progress else None,
    }
    return settings | {name: value for name in OF_ONE_OBJECTIVE if (value := getattr(options, name)) is not None}


def _say_how_to_go_on(report: Any, options: argparse.Namespace) -> None:
    from ..run.resuming import NOT_SAVED

    if any(warning.startswith(NOT_SAVED) for warning in report.warnings):
        return
    # If --resume occurs twice, the last one counts.
    again = options.words if options.resume == options.save else [*options.words, "--resume", options.save]
    larger = ", with a larger --budget" if report.stopped_by == "budget" else ""
    print(
        f"gradproof: saved in {options.save}; to continue{larger}: {shlex.join(['gradproof', *again])}", file=sys.stderr
    )


def _names(given: list[str] | None) -> list[str | int] | None:
    """Return names and flat indices as `check` takes them."""
    return None if given is None else [int(one) if one.lstrip("-").isdigit() else one for one in given]


def _bounds(options: argparse.Namespace) -> Any:
    from .targets import loading

    def bound(text: str | None) -> Any:
        try:
            return None if text is None else float(text)
        except ValueError:
            return loading.load_point(str(text))

    return None if options.lower is None and options.upper is None else (bound(options.lower), bound(options.upper))
