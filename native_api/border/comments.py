"""Comments of C, made of docstrings."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

WIDTH = 110
MARGIN = 15


def comment(paragraphs: list[str]) -> str:
    """Return paragraphs as a comment, on one line where it fits."""
    lines = [line for paragraph in paragraphs for line in _wrapped(paragraph)]
    if len(lines) == 1:
        return f"/* {lines[0].strip()} */"
    return "\n".join(["/*", *(f" * {line}".rstrip() for line in lines), " */"])


def beside(start: str, text: str, column: int, width: int = WIDTH) -> str:
    """Return a line of code with a comment to its right, which goes on below itself."""
    if not text:
        return start
    margin = f"{f'{start} ':<{column}}/* "
    # No line of its own for what ends the comment.
    closed = f"{text}\N{NO-BREAK SPACE}*/"
    lines = textwrap.wrap(closed, width, initial_indent=margin, subsequent_indent=" " * len(margin))
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def contract(function: Callable[..., Any]) -> list[str]:
    """Return a NumPy docstring as paragraphs of a C comment: 'name<tab>meaning' for a parameter."""
    text = (inspect.getdoc(function) or "").replace("`", "")
    sections = re.split(r"\n\n(Parameters|Returns|Notes)\n-+\n", text)
    paragraphs = [" ".join(part.split()) for part in sections[0].split("\n\n")]
    for title, body in zip(sections[1::2], sections[2::2], strict=True):
        if title == "Parameters":
            paragraphs += _entries(body)
        else:
            words = " ".join(" ".join(entry.split("\t")[1:]) or entry for entry in _entries(body))
            paragraphs.append(f"Returns\t{words}" if title == "Returns" else " ".join(body.split()))
    return paragraphs


def meanings(function: Callable[..., Any]) -> dict[str, str]:
    """Return what a docstring says about each parameter, by name."""
    described = (text.partition("\t") for text in contract(function) if "\t" in text)
    return {name: meaning for names, _, meaning in described for name in names.split(", ")}


def _wrapped(paragraph: str) -> list[str]:
    name, separator, text = paragraph.partition("\t")
    if separator:
        own_line = [f"  {name}"] if len(name) > MARGIN - 3 else []
        start = " " * MARGIN if own_line else f"  {name:<{MARGIN - 3}} "
        return own_line + textwrap.wrap(text, WIDTH - 3, initial_indent=start, subsequent_indent=" " * MARGIN)
    return textwrap.wrap(paragraph, WIDTH - 3) or [""]


def _entries(body: str) -> list[str]:
    """Return 'name<tab>meaning' for each entry of a NumPy section: a line at the margin, its meaning indented below."""
    entries: list[list[str]] = []
    for line in body.splitlines():
        if line and not line[0].isspace():
            entries.append([line.split(" : ")[0].strip()])
        elif line.strip() and entries:
            entries[-1].append(line.strip())
    return [f"{name}\t{' '.join(' '.join(text).split())}" if text else name for name, *text in entries]
