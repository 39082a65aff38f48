"""What `.ci/run` uses beside other people's tools: the comparison of two builds, licences, pins, the site's pages."""

from __future__ import annotations

import re
import runpy
import zipfile
from pathlib import Path

import pytest

from gradproof.commands import pages

ROOT = Path(__file__).parents[2]
CI = ROOT / ".ci"
RUN = (CI / "run").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

same_files = runpy.run_path(str(CI / "same_files.py"))
licences = runpy.run_path(str(CI / "licences.py"))


@pytest.fixture
def builds(tmp_path):
    """Return a wheel, and the folder where another build of it is installed."""
    wheel, installed = tmp_path / "one.whl", tmp_path / "site"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {"gradproof/a.py": "a", "gradproof/b.so": "b", "gradproof-1.dist-info/RECORD": "1"}.items():
            archive.writestr(name, text)
            (installed / name).parent.mkdir(parents=True, exist_ok=True)
            (installed / name).write_text(text)
    return wheel, installed


def test_two_builds_of_the_same(builds):
    (builds[1] / "gradproof-1.dist-info" / "RECORD").write_text("what an installer adds")
    assert same_files["differences"](*builds) == []


def test_two_builds_that_differ(builds):
    (builds[1] / "gradproof" / "a.py").write_text("A")
    (builds[1] / "gradproof" / "b.so").unlink()
    assert same_files["differences"](*builds) == ["gradproof/a.py", "gradproof/b.so"]


def test_licences():
    permissive = licences["PERMISSIVE"].search
    assert all(map(permissive, ["MIT", "BSD License", "MIT-0", "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception"]))
    assert not any(map(permissive, ["unknown", "GPL-3.0-only", "LGPL v3", "Proprietary", "SUBMIT"]))


def test_the_oldest_versions_are_those_that_are_tried():
    declared = dict(re.findall(r'"(numpy|numba|cffi)>=([\d.]+)"', PROJECT))
    assert set(declared) == {"numpy", "numba", "cffi"}
    # Where the library is built and where it runs.
    for name, version in declared.items():
        assert PROJECT.count(f'"{name}>={version}"') == 2
        assert re.search(rf"{name}=={re.escape(version)}(\.0)?\b", RUN)
    (python,) = re.findall(r'requires-python = ">=([\d.]+)"', PROJECT)
    assert f'"$(python_of {python})" -m venv' in RUN


def test_everything_that_the_tests_install_is_pinned():
    pinned = set(re.findall(r"^([\w.-]+)==\S+$", (CI / "requirements.txt").read_text(encoding="utf-8"), re.M))
    groups = re.findall(r"^(?:dependencies|test|docs|dev) = \[(.*)\]$", PROJECT, re.M)
    names = {name for group in groups for name in re.findall(r'"([\w-]+)', group)} - {"gradproof"}
    assert len(names) > 10
    assert names <= pinned


def test_the_site_has_every_page():
    site = (ROOT / ".ci" / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.findall(r"^  - (\w+)\.md$", site, re.M) == list(pages.TOPICS)
