"""Whatever looks at the core as a whole sees all of it, in folders of any depth and wherever it lies itself."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from gradproof import compiler, core
from gradproof.core.records import abi

CORE = Path(core.__file__).parent


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a package with a core in two folders."""
    package = tmp_path / "package_with_folders"
    for place in ("core/points/near", "core/records"):
        (package / place).mkdir(parents=True)
    for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
        (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


@pytest.mark.parametrize("place", ["", "records"])
def test_functions_are_found_in_every_folder(package, place):
    shutil.copy(CORE / "records" / "abi.py", package / "core" / place / "abi.py")
    own = f"{package.name}.core.{place}".rstrip(".") + ".abi"
    for name in ("points/near/deep", "points/second", "first"):
        text = f"from {own} import exported, kernel\n\n@exported\n@kernel\ndef {Path(name).name}():\n    pass\n"
        (package / "core" / f"{name}.py").write_text(text)
    found = importlib.import_module(own)
    assert list(found.exported_functions()) == ["first", "deep", "second"]
    assert [one.__name__ for one in found.marked_functions()["kernel"]] == ["first", "deep", "second"]


def test_every_file_of_the_core_is_imported():
    """A folder without __init__.py would be left out."""
    abi.import_all()
    parts = [path.relative_to(CORE).with_suffix("").parts for path in CORE.rglob("*.py")]
    names = {".".join((abi.CORE, *(part for part in place if part != "__init__"))) for place in parts}
    assert len(names) > 50
    assert not names - set(sys.modules)


def test_functions_in_folders_are_compiled():
    def function():
        pass

    for module, is_core in (("gradproof.core.points.near", True), ("gradproof.core.abi", True), ("gradproof", False)):
        function.__module__ = module
        assert compiler._is_core(function) is is_core
    assert compiler.CORE == abi.CORE == "gradproof.core"


def change(package):
    (package / "core/points/near/deep.py").write_text("2")


def add(package):
    (package / "core/points/near/new.py").touch()


def move(package):
    (package / "core/points/near/deep.py").rename(package / "core/points/deep.py")


def change_the_compiler(package):
    (package / "compiler.py").write_text("2")


@pytest.mark.parametrize("happening", [change, add, move, change_the_compiler])
def test_the_digest_changes(package, happening):
    (package / "core/points/near/deep.py").write_text("1")
    (package / "compiler.py").write_text("1")
    before = compiler._digest(package / "compiler.py", package / "core")
    assert compiler._digest(package / "compiler.py", package / "core") == before
    happening(package)
    assert compiler._digest(package / "compiler.py", package / "core") != before


def test_the_digest_is_that_of_the_core_and_its_compiler():
    parts = [CORE.parent / "compiler.py", CORE, CORE.parent / "machine_code"]
    assert compiler._core_digest() == compiler._digest(*parts)
    assert compiler._core_digest() != compiler._digest(*parts[:2])
