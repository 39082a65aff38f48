"""The command `gradproof help`: the pages of the manual, which the package brings along."""

from __future__ import annotations

import argparse
import difflib
import pkgutil
import re
import sys
from typing import Any

from .arguments import DONE
from .failure import UsageError

PACKAGE = __name__.partition(".")[0]
# In the order in which one would read them.
TOPICS = (
    "python",
    "outputs",
    "frameworks",
    "instead",
    "command",
    "c",
    "answers",
    "large",
    "lesson",
    "how",
    "performance",
    "changes",
)
BOLD, PLAIN = "\033[1m", "\033[0m"
# What only the tests of the pages need.
MARK = re.compile(r"^<!-- .* -->\n", re.M)


def add_help(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "help", help="the pages of the manual", description="Prints a page of the manual.", allow_abbrev=False
    )
    command.add_argument("topic", nargs="?", metavar="TOPIC", help=f"one of {', '.join(TOPICS)}")
    command.set_defaults(run=run_help)


def run_help(options: argparse.Namespace) -> int:
    """`gradproof help`."""
    if options.topic is None:
        for topic in TOPICS:
            print(f"gradproof help {topic:12} {title(topic)}")
        return DONE
    if options.topic not in TOPICS:
        close = difflib.get_close_matches(options.topic, TOPICS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(TOPICS)}"
        raise UsageError(f"there is no page {options.topic!r}; {hint}")
    text = page(options.topic)
    print(rendered(text) if sys.stdout is not None and sys.stdout.isatty() else text, end="")
    return DONE


def page(topic: str) -> str:
    """Return a page as Markdown."""
    # Not by its path: the package may be imported from an archive.
    text = pkgutil.get_data(PACKAGE, f"docs/{topic}.md") or b""
    return MARK.sub("", text.decode("utf-8"))


def title(topic: str) -> str:
    """Return the title of a page."""
    return page(topic).partition("\n")[0].lstrip("# ")


def rendered(text: str) -> str:
    """Return a page for a terminal: headings are bold, and code is indented instead of fenced."""
    lines, is_code = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            is_code = not is_code
        elif is_code:
            lines.append(f"    {line}".rstrip())
        elif line.startswith("#"):
            lines.append(f"{BOLD}{line.lstrip('# ')}{PLAIN}")
        else:
            lines.append(re.sub(r"\*\*(.+?)\*\*", rf"{BOLD}\1{PLAIN}", line))
    return "\n".join(lines) + "\n"
