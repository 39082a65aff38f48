"""A library is built again when anything that it was made of has changed, and only then."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "native_api"))
kept = pytest.importorskip("kept")


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Return a library, remembered, of a package of its own."""
    core = tmp_path / "package" / "core"
    core.mkdir(parents=True)
    for path in (core / "engine.py", core.parent / "compiler.py", core.parent / "version.py"):
        path.write_text("1")
    monkeypatch.setattr(kept, "PACKAGE", core.parent)
    made = tmp_path / "libgradproof.so"
    made.write_bytes(b"machine code")
    kept.remember(made)
    return made


def test_what_is_as_it_was_is_fresh(library):
    assert kept.is_fresh(library)


@pytest.mark.parametrize("name", ["core/engine.py", "compiler.py", "version.py"])
def test_what_has_changed(library, name):
    (library.parent / "package" / name).write_text("2")
    assert not kept.is_fresh(library)


def test_a_new_file_in_the_core(library):
    (library.parent / "package" / "core" / "new.py").write_text("")
    assert not kept.is_fresh(library)


def test_another_compiler(library, monkeypatch):
    monkeypatch.setattr(kept.metadata, "version", lambda name: "0.0")
    assert not kept.is_fresh(library)


def test_a_library_of_another_origin(library):
    library.write_bytes(b"other code")
    assert not kept.is_fresh(library)


@pytest.mark.parametrize("name", ["libgradproof.so", "libgradproof.so.made-of"])
def test_what_is_not_there(library, name):
    (library.parent / name).unlink()
    assert not kept.is_fresh(library)
