"""The command `gradproof study`: errors of difference quotients against the step, as a table and as a plot."""

from __future__ import annotations

import argparse
from typing import Any

from .arguments import (
    DONE,
    add_calling,
    add_objective,
    add_point,
    calling,
    count,
)
from .failure import file_named
from .files import STDOUT, require_outputs, write_file, written
from .output import only_the_result

NOTES = """\
--index is a flat index, or a name as reports show it: "W1[3, 7]" is a coordinate, W1 a block, which is studied along
a random direction. Without --index and --direction, it is a random direction in all of x.
Without --gradient, errors are measured against the best slope that was found.

exit status: 0 done, 2 usage or an error; for a verdict use `gradproof check`"""


def add_study(commands: Any) -> None:
    """Add the command to the parser."""
    study = commands.add_parser(
        "study",
        help="errors of forward and centered differences against the step",
        description="Shows how the errors of forward and centered differences along a line depend on the step.",
        usage="gradproof study TARGET --at POINT [options]",
        epilog=NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_objective(study)
    add_point(study)
    study.add_argument("--gradient", metavar="TARGET", help="the claimed gradient, as for check")
    study.add_argument("--index", metavar="NAME", help="the coordinate or block to study")
    study.add_argument("--direction", metavar="VECTOR", help="random, or a vector like x: a file or name, as --at")
    study.add_argument("--seed", type=count, default=0, metavar="N", help="seed of the random direction (default 0)")
    add_calling(study)
    study.add_argument("--plot", metavar="FILE", help="also draw a plot: .svg, .png or .pdf (needs matplotlib)")
    study.add_argument("--json", metavar="FILE", help="also write the numbers as JSON; - prints only these")
    study.set_defaults(run=run_study)


def run_study(options: argparse.Namespace) -> int:
    """`gradproof study`."""
    _require_outputs(options)
    with only_the_result(options.json == STDOUT):
        found = _studied(options)
    print(found.to_json() if options.json == STDOUT else found)
    if options.json not in (None, STDOUT):
        write_file("--json", options.json, found.to_json())
    if options.plot is not None:
        with written("--plot", options.plot):
            found.save_plot(file_named(options.plot))
    return DONE


def _studied(options: argparse.Namespace) -> Any:
    """Load what the options name, and study it."""
    from ..lesson.studying import study
    from .targets import loading

    objective, gradient = loading.load_functions(options.objective, options.gradient, calling(options))
    x = loading.load_point_for(options.at, objective, gradient)
    index, direction = _index(options.index), _direction(options.direction)
    return study(objective, x, gradient=gradient, index=index, direction=direction, seed=options.seed)


def _require_outputs(options: argparse.Namespace) -> None:
    """Reject output files that could not be written, before the objective is evaluated."""
    require_outputs(options, "json", "plot")
    if options.plot is not None:
        from ..lesson.plotting import require

        require(options.plot)


def _index(text: str | None) -> int | str | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return text


def _direction(text: str | None) -> Any:
    from ..lesson.line import RANDOM
    from .targets import loading

    return text if text in (None, RANDOM) else loading.load_point(str(text))
