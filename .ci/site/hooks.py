"""The manual as a static site, for MkDocs (mkdocs.yml): the pages of `gradproof help`, after the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

README = Path(__file__).parents[2] / "README.md"
COMMENT = "<!-- "  # what the tests of the pages need


def on_files(files: Any, config: Any) -> Any:
    """Add the README to the pages."""
    from mkdocs.structure.files import File

    files.append(File.generated(config, "index.md", content=README.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Leave out the comments, which would part a list or a table."""
    return "\n".join(line for line in markdown.splitlines() if not line.startswith(COMMENT))
