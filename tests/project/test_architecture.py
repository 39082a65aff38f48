"""The page on the architecture names files and functions that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gradproof

PACKAGE = Path(gradproof.__file__).parent
PAGE = PACKAGE / "ARCHITECTURE.md"
PATH = re.compile(r"`([\w/]+(?:\.py|/))`")
PLACED = re.compile(r"`(\w+)`(?:, `(\w+)`)? in `([\w/]+\.py)`|`([\w/]+\.py)`: `(\w+)`(?:, `(\w+)`)?")


def missing_paths(text: str) -> list[str]:
    """Return the files and folders that a page names and that are not there."""
    found = PATH.findall(text)
    assert found
    return [path for path in found if not (PACKAGE / path).exists()]


def missing_names(text: str) -> list[str]:
    """Return the functions that a page looks for in files which do not have them."""
    missing = []
    for match in PLACED.finditer(text):
        path = PACKAGE / (match[3] or match[4])
        for name in (match[1], match[2], match[5], match[6]):
            if name and not re.search(rf"^(def|class) {name}\b", path.read_text(), re.MULTILINE):
                missing.append(f"{name} in {path.name}")
    return missing


def test_paths():
    assert missing_paths(PAGE.read_text()) == []


def test_names():
    assert len(PLACED.findall(PAGE.read_text())) >= 3
    assert missing_names(PAGE.read_text()) == []


def test_a_wrong_page():
    assert missing_paths("see `engine.py` and `core/elsewhere.py`") == ["core/elsewhere.py"]
    assert missing_names("`tolerance` in `core/evidence/scales.py`") == []
    assert missing_names("`nowhere` in `core/evidence/scales.py`") == ["nowhere in scales.py"]


@pytest.mark.parametrize(
    "room", sorted(path.name for path in (PACKAGE / "core").iterdir() if (path / "__init__.py").exists())
)
def test_every_room_of_the_core_is_named(room):
    assert f"`core/{room}/" in PAGE.read_text()
