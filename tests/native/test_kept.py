"""A library is built again when anything that it was made of has changed, and only then."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
kept = pytest.importorskip("kept")

FILES = [
    "package/core/engine.py",
    "package/core/points/near/probes.py",
    "package/machine_code/records.py",
    "package/compiler.py",
    "package/version.py",
    "native_api/build.py",
]


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Return a library, remembered, of a package of its own."""
    package = tmp_path / "package"
    (package / "core" / "points" / "near").mkdir(parents=True)
    (package / "machine_code").mkdir()
    (tmp_path / "native_api").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(kept, "PACKAGE", package)
    monkeypatch.setattr(kept, "HERE", tmp_path / "native_api")
    made = tmp_path / "libgradproof.so"
    made.write_bytes(b"machine code")
    kept.remember(made)
    return made


def test_nothing_else_goes_into_a_library():
    """What the compiler and its folder import of the package."""
    files = [kept.PACKAGE / "compiler.py", *(kept.PACKAGE / "machine_code").glob("*.py")]
    imported = {name for path in files for name in re.findall(r"^ *from \.+(\w+)", path.read_text(), re.MULTILINE)}
    inside = {path.stem for path in files if path.parent.name == "machine_code"}
    assert imported - inside <= set(kept.FOLDERS)


def test_what_is_as_it_was_is_fresh(library):
    assert kept.is_fresh(library)


@pytest.mark.parametrize("name", FILES)
def test_what_has_changed(library, name):
    (library.parent / name).write_text("2")
    assert not kept.is_fresh(library)


@pytest.mark.parametrize("name", ["package/core/new.py", "package/core/points/near/new.py", "native_api/new.py"])
def test_a_new_file(library, name):
    (library.parent / name).write_text("")
    assert not kept.is_fresh(library)


def test_a_file_that_has_moved(library):
    near = library.parent / "package" / "core" / "points" / "near" / "probes.py"
    near.rename(near.parents[1] / near.name)
    assert not kept.is_fresh(library)


def test_a_file_that_is_no_source(library):
    (library.parent / "package" / "core" / "notes.txt").write_text("")
    assert kept.is_fresh(library)


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
