"""Puts what `gradproof demo` prints of its bug into the README:  python tests/fill_readme.py"""

import contextlib
import io
from pathlib import Path

from gradproof import demos

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- output: demo -->\n```text\n", "```\n"


def the_failing_report():
    """Return the second report of the demo: from its verdict to the words that follow it."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        demos.run(demos.DEFAULT)
    text = output.getvalue()
    return text[text.index("\nwrong: ") + 1 : text.index("What this means")].rstrip() + "\n"


def filled(readme):
    """Return the text of the README with the report of today."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + the_failing_report() + rest[rest.index(END) :]


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
