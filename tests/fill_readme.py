"""Puts what the commands of the README print into it:  python tests/fill_readme.py"""

import contextlib
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from gradproof import demos
from gradproof.commands import main as command

README = Path(__file__).parent.parent / "README.md"
# How the commands begin whose output is shown below the mark of that name.
COMMANDS = {
    "study": "gradproof study gradproof.demos.network:objective",
    "forward": "gradproof demo forward-or-centered",
    "kinks": "gradproof demo kinks",
    "fewer_points": "gradproof demo fewer-points",
    "training": "gradproof demo training",
    "million": "gradproof demo million",
}


def printed(name: str) -> str:
    """Return what a command of the README prints; nothing is drawn."""
    lines = README.read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(COMMANDS[name]))
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        command.main(shlex.split(line.partition(" --plot")[0])[1:])
    return output.getvalue()


def cut(text: str, first: str, end: str = "") -> str:
    """Return the lines from the one that begins with `first` on, up to the one that begins with `end`."""
    start = text.index(f"\n{first}") + 1 if not text.startswith(first) else 0
    return (text[start : text.index(f"\n{end}", start)] if end else text[start:]).rstrip() + "\n"


def the_failing_report() -> str:
    """Return the second report of the demo: from its verdict to the words that follow it."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        demos.run(demos.DEFAULT)
    return cut(output.getvalue(), "wrong: ", "What this means")


# What stands below the mark of each name.  Of a study the slopes are left out: half of them are noise.
OUTPUTS: dict[str, Callable[[], str]] = {
    "demo": the_failing_report,
    "study": lambda: cut(printed("study"), "along", " step h"),
    "forward": lambda: cut(printed("forward"), "1. "),
    "kinks": lambda: cut(printed("kinks"), "2. "),
    "fewer_points": lambda: cut(printed("fewer_points"), "A ReLU network"),
    "training": lambda: cut(printed("training"), "1. ", "   Step"),
    "million": lambda: cut(printed("million"), "1. ", "What this means"),
}


def filled(readme: str) -> str:
    """Return the text of the README with the output of today."""
    for name, output in OUTPUTS.items():
        block = re.compile(rf"(?<=<!-- output: {name} -->\n```text\n).*?(?=^```$)", re.M | re.S)
        if not block.search(readme):
            raise ValueError(f"the README has no block <!-- output: {name} -->")
        before, after = block.split(readme, maxsplit=1)
        readme = before + output() + after
    return readme


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
