"""Puts what commands print into the README and the pages of the manual:  python tests/fill_readme.py"""

import contextlib
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from gradproof import demos
from gradproof.commands import main as command

ROOT = Path(__file__).parent.parent
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "src" / "gradproof" / "docs").glob("*.md")))
# Of the failing report, so many lines after the first two blocks.
ROWS = 4
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
    """Return what a command of the documents prints; nothing is drawn."""
    lines = (line for document in DOCUMENTS for line in document.read_text(encoding="utf-8").splitlines())
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
    """Return the beginning of the second report of the demo: the verdict, the facts, and the worst rows."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        demos.run(demos.DEFAULT)
    report = cut(output.getvalue(), "wrong: ", "What this means")
    head, _, table = report.partition("\n  wrong  ")
    return f"{head}\n  wrong  {''.join(table.splitlines(keepends=True)[:ROWS])}  …\n"


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


BLOCK = re.compile(r"(<!-- output: (\w+) -->\n```text\n)(.*?)(?=^```$)", re.M | re.S)


def filled(text: str) -> str:
    """Return a document with the output of today."""
    return BLOCK.sub(lambda block: block[1] + (OUTPUTS[block[2]]() if block[2] in OUTPUTS else block[3]), text)


if __name__ == "__main__":
    for document in DOCUMENTS:
        document.write_text(filled(document.read_text(encoding="utf-8")), encoding="utf-8")
