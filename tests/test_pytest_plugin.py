"""gradproof in pytest and unittest: what a failing test shows, the fixture and the marker, files and properties."""

import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import gradproof
from gradproof.pytest_plugin import _file_name

pytest_plugins = "pytester"

SOURCE = Path(gradproof.__file__).parents[1]
BUG = "all of W: claimed = 0.5 × slope"
TABLE = ("wrong: the gradient is wrong in 6 of 8 coordinates", "W\\[1, 2\\].*wrong")
MODEL = """
import unittest
import numpy as np
import pytest
import gradproof

X = {"W": np.linspace(0.1, 1, 6).reshape(2, 3), "b": np.array([0.5, -1.0])}
def f(x): return float(np.sum(np.sin(x["W"])) + np.sum(x["b"] ** 3))
def right(x): return {"W": np.cos(x["W"]), "b": 3 * x["b"] ** 2}
def half(x): return {**right(x), "W": 0.5 * np.cos(x["W"])}
"""
# Everything that a test imports later is to be the same in every test: what pytester's runs import is forgotten.
with pytest.raises(gradproof.GradientError):
    gradproof.assert_gradient(lambda x: np.sum(x**2), lambda x: x, np.ones(2))


@pytest.fixture
def run(pytester, monkeypatch):
    """Return what runs a test file with the plugin, whether or not this gradproof is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    # What pytest shows of a failure must not depend on where these tests run.
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def call(tests, *options, plugin=("-p", "gradproof.pytest_plugin")):
        pytester.makepyfile(test_model=MODEL + tests)
        return pytester.runpytest_inprocess("--strict-markers", "-p", "no:cacheprovider", *plugin, *options)

    return call


def section(result):
    """Return what the sections of gradproof show."""
    text = result.stdout.str()
    return "\n".join(re.findall(r"^-+ gradproof -+\n(.*?)(?=^[_=]{5})", text, re.M | re.S))


def shows_the_table(result):
    return all(re.search(line, section(result)) for line in TABLE)


FAILING = {
    "a call": "assert gradproof.check(f, half, X)",
    "a variable": "report = gradproof.check(f, half, X); assert report",
    "its verdict": 'report = gradproof.check(f, half, X); assert report.verdict == "right"',
    "a call's verdict": 'assert gradproof.check(f, half, X).verdict == "right"',
    "a message": 'report = gradproof.check(f, half, X); assert report, "of W"',
    "a list": "reports = [gradproof.check(f, half, X)]; assert all(reports)",
    "an array": "report = gradproof.check(f, half, X); np.testing.assert_array_equal(report.wrong, [])",
}


@pytest.mark.parametrize("body", FAILING.values(), ids=FAILING)
def test_a_failing_assertion_shows_the_table(run, body):
    result = run(f"def test_it():\n    {body}\n")
    result.assert_outcomes(failed=1)
    assert shows_the_table(result)
    assert section(result).count(TABLE[0]) == 1


def test_a_report_that_should_not_be_right(run):
    result = run("def test_it():\n    assert not gradproof.check(f, right, X)\n")
    result.assert_outcomes(failed=1)
    assert "right: the gradient agrees with the objective in all 8 coordinates" in section(result)


def test_what_has_nothing_to_do_with_a_report_shows_none(run):
    result = run("""
def test_other():
    report = gradproof.check(f, half, X)
    assert 1 == 2
def test_error():
    report = gradproof.check(f, half, X)
    report.wrong[17]
""")
    result.assert_outcomes(failed=2)
    assert "gradproof ---" not in result.stdout.str()
    assert TABLE[0] not in result.stdout.str()


def test_the_short_summary_names_the_bug(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    result = run("""
def test_assert(): assert gradproof.check(f, half, X)
def test_gradient(): gradproof.assert_gradient(f, half, X)
def test_vjp(): gradproof.assert_vjp(np.sin, lambda x, cotangent: 0 * x, np.ones(3))
def test_inconclusive(): gradproof.assert_gradient(f, right, X, budget=3)
""")
    result.assert_outcomes(failed=4)
    summary = [line for line in result.outlines if line.startswith("FAILED ")]
    assert f" - {BUG}" in summary[0]
    assert f" - {BUG}" in summary[1]
    assert " - all of x: claimed = 0, but f depends on it" in summary[2]
    assert " - gradproof.InconclusiveError: 7 of 8 untested, stopped by budget" in summary[3]


def test_a_narrow_summary_names_the_bug(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = run("""
def test_assert(): assert gradproof.check(f, half, X)
def test_gradient(): gradproof.assert_gradient(f, half, X)
def test_words(): assert gradproof.check(f, half, X), "in words"
def test_right(): assert not gradproof.check(f, right, X)
def test_unexplained(): assert gradproof.check(f, lambda x: right(x) | {"b": right(x)["b"] + [0.0, 0.1234]}, X)
""")
    summary = [line.partition(" - ")[2] for line in result.outlines if line.startswith("FAILED ")]
    assert all(line.startswith(BUG[:30]) for line in summary[:2])
    assert summary[2].startswith("AssertionError: in words")
    assert summary[3].startswith("assert not <gradproof") or summary[3].startswith("AssertionError: assert not <")
    assert summary[4].startswith("b[1] wrong: claimed 3.12340, slope 3")


@pytest.mark.parametrize(
    "call",
    ["gradproof.assert_gradient(f, half, X)", "gradproof.assert_vjp(np.sin, lambda x, c: c, np.ones(3))"],
)
@pytest.mark.parametrize("style", ["auto", "long", "short", "native"])
def test_a_failure_stands_at_the_line_of_the_test(run, call, style):
    result = run(f"def test_it():\n    {call}\n", f"--tb={style}")
    text = result.stdout.str()
    assert call in text
    assert "right_or_raise" not in text
    assert "raising.py" not in text
    assert "products.py" not in text
    assert re.search(r"\[0\]|\[0, 0\]", text)
    assert "right_or_raise" in run(f"def test_it():\n    {call}\n", "--full-trace").stdout.str()


def test_one_line_is_one_line(run):
    result = run("def test_it(): assert gradproof.check(f, half, X)\n", "--tb=line")
    assert TABLE[0] not in result.stdout.str()


SETTINGS = """
@pytest.mark.gradproof(rtol=1e-3, seed=5)
class TestSettings:
    def test_those_of_the_class(self, gradproof):
        report = gradproof.check(f, right, X)
        assert (report.rtol, report.seed) == (1e-3, 5)
    @pytest.mark.gradproof(seed=6)
    def test_nearer_ones_go_first(self, gradproof):
        report = gradproof.check(f, right, X)
        assert (report.rtol, report.seed) == (1e-3, 6)
    def test_those_of_the_call_go_first(self, gradproof):
        assert gradproof.assert_gradient(f, right, X, rtol=1e-4).rtol == 1e-4
    def test_many_outputs(self, gradproof):
        assert gradproof.assert_vjp(np.sin, lambda x, c: c * np.cos(x), np.ones(3)).seed == 5
    def test_of_the_module_itself(self):
        assert gradproof.check(f, right, X).seed == 0
def test_no_marker(gradproof):
    assert gradproof.check(f, right, X).seed == 0
    assert gradproof.Cause.WRONG == "wrong"
    assert gradproof.torch.__class__ is gradproof.__class__
    assert "check_vjp" in dir(gradproof)
@pytest.mark.gradproof(inconclusive="pass", budget=3)
def test_inconclusive(gradproof):
    assert gradproof.assert_gradient(f, right, X).verdict == "inconclusive"
    assert gradproof.check(f, right, X).verdict == "inconclusive"
"""


def test_settings_by_marker(run):
    run(SETTINGS).assert_outcomes(passed=7)


def test_markers_that_are_wrong(run):
    result = run("""
@pytest.mark.gradproof(rtoll=1e-3)
def test_misspelt(gradproof): gradproof.check(f, right, X)
@pytest.mark.gradproof(1e-3)
def test_positional(gradproof): gradproof.check(f, right, X)
""")
    result.assert_outcomes(failed=1, errors=1)
    assert "unexpected keyword argument 'rtoll'" in result.stdout.str()
    assert "takes settings by name, such as rtol=1e-4: (0.001,)" in result.stdout.str()


def test_a_marker_without_the_fixture(run):
    result = run("""
@pytest.mark.gradproof(seed=3)
def test_without(): pass
@pytest.mark.gradproof(seed=3)
def test_with(gradproof): pass
""")
    result.assert_outcomes(passed=2)
    assert result.stdout.str().count("PytestWarning: @pytest.mark.gradproof is for tests that use the fixture") == 1


FILES = """
@pytest.mark.parametrize("factor", [0.5, 1.0])
def test_factor(factor):
    assert gradproof.check(f, lambda x: {**right(x), "W": factor * right(x)["W"]}, X)
def test_two(gradproof):
    gradproof.check(f, right, X)
    gradproof.assert_gradient(f, half, X)
def test_passes(gradproof):
    gradproof.check(f, half, X)
def test_other(): assert 1 == 2
class TestCase(unittest.TestCase):
    def test_true(self):
        report = gradproof.check(f, half, X)
        self.assertTrue(report)
"""
WRITTEN = {
    "test_model.py.test_factor-0.5": "wrong",
    "test_model.py.test_two": "right",
    "test_model.py.test_two.2": "wrong",
    "test_model.py.TestCase.test_true": "wrong",
}


def files_are_right(folder):
    found = {path.stem: json.loads(path.read_text())["verdict"] for path in folder.glob("*.json")}
    assert {re.sub(r"-[0-9a-f]{8}", "", name): verdict for name, verdict in found.items()} == WRITTEN
    assert len(list(folder.iterdir())) == 2 * len(WRITTEN)
    text = (folder / "test_model.py.test_two.2.txt").read_text(encoding="utf-8")
    assert text.startswith(TABLE[0])


def test_reports_of_failing_tests_are_written(run, pytester):
    result = run(FILES, "--gradproof-report", "deep/reports")
    result.assert_outcomes(failed=4, passed=2)
    files_are_right(pytester.path / "deep" / "reports")
    shown = re.findall(r"^report written to (.*)$", section(result), re.M)
    assert len(shown) == len(WRITTEN)
    assert all(Path(one).is_file() for one in shown)


def test_reports_that_cannot_be_written_change_no_outcome(run, pytester):
    (pytester.path / "taken").write_text("")
    result = run(FILES, "--gradproof-report", "taken")
    result.assert_outcomes(failed=4, passed=2)
    assert len(re.findall(r"^report not written to .*taken.*: File exists$", section(result), re.M)) == len(WRITTEN)
    assert shows_the_table(result)


@pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="pytest-xdist is not installed")
def test_reports_of_several_processes(run, pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")]))
    result = run(FILES, "--gradproof-report", "reports", "-n", "2", "-p", "xdist")
    result.assert_outcomes(failed=4, passed=2)
    files_are_right(pytester.path / "reports")
    assert shows_the_table(result)


def test_passing_tests_write_and_show_nothing(run, pytester):
    result = run(SETTINGS, "--gradproof-report", "reports")
    result.assert_outcomes(passed=7)
    assert not (pytester.path / "reports").exists()
    assert "gradproof" not in result.stdout.str().replace("gradproof.pytest_plugin", "")


def test_an_expected_failure_is_none(run, pytester):
    result = run(
        "@pytest.mark.xfail\ndef test_it(): assert gradproof.check(f, half, X)\n", "--gradproof-report", "reports"
    )
    result.assert_outcomes(xfailed=1)
    assert not (pytester.path / "reports").exists()


def test_names_of_files():
    assert _file_name("tests/test_a.py::TestA::test_b") == "tests-test_a.py.TestA.test_b"
    names = [_file_name(f"test_a.py::test[{one}]") for one in ("a/b", "a:b", "ü", "x" * 400, "x" * 401, "../..")]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w.=+-]{1,160}", name, re.ASCII) for name in names)


def test_properties(run, pytester):
    run(FILES, "--junitxml=out.xml", "-o", "junit_family=xunit1")
    cases = {case.get("name"): case for case in ET.parse(pytester.path / "out.xml").iter("testcase")}
    found = {name: {one.get("name"): one.get("value") for one in case.iter("property")} for name, case in cases.items()}
    assert found["test_other"] == {}
    assert found["test_factor[1.0]"] == {}
    assert found["test_factor[0.5]"] == found["test_true"]
    direct = found["test_factor[0.5]"]
    assert list(direct) == [f"gradproof.{one}" for one in ("verdict", "n", "wrong", "evaluations", "explanation")]
    assert (direct["gradproof.verdict"], direct["gradproof.n"], direct["gradproof.wrong"]) == ("wrong", "8", "6")
    assert direct["gradproof.explanation"].startswith(BUG)
    two = found["test_two"]
    assert (two["gradproof.verdict"], two["gradproof.2.verdict"]) == ("right", "wrong")
    assert "gradproof.explanation" not in two
    assert found["test_passes"]["gradproof.verdict"] == "wrong"
    assert TABLE[0] in cases["test_true"].find("failure").text


TEARDOWN = """
@pytest.fixture
def broken():
    yield
    raise OSError
def test_both(broken): assert gradproof.check(f, half, X)
"""


@pytest.mark.parametrize("processes", [0, 2])
def test_properties_where_the_schema_allows_a_test_none(run, pytester, monkeypatch, processes):
    """They are those of the suite then, of tests that fail and that pass."""
    several = ("-n", "2", "-p", "xdist") if processes else ()
    if processes:
        pytest.importorskip("xdist")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")]))
    result = run(FILES + TEARDOWN, "--junitxml=out.xml", *several)
    result.assert_outcomes(passed=2, failed=5, errors=1)
    file = pytester.path / "out.xml"
    pytest.importorskip("xmlschema").XMLSchema(Path(__file__).parent / "report/formats/junit-10.xsd").validate(file)
    found = {one.get("name"): one.get("value") for one in ET.parse(file).iterfind("testsuite/properties/property")}
    assert not list(ET.parse(file).iterfind(".//testcase//property"))
    assert found["test_model.py::test_factor[0.5]: gradproof.wrong"] == "6"
    assert found["test_model.py::test_passes: gradproof.verdict"] == "wrong"
    assert found["test_model.py::test_two: gradproof.2.verdict"] == "wrong"
    assert found["test_model.py::TestCase::test_true: gradproof.explanation"].startswith(BUG)
    assert found["test_model.py::test_both: gradproof.verdict"] == "wrong"
    assert not [name for name in found if "test_other" in name]


def test_unittest_alone():
    """Without pytest, the message of a failure has the repr."""
    report = gradproof.check(lambda x: np.sum(x**2), lambda x: x, np.array([1.0, 0.5]))
    with pytest.raises(AssertionError, match=r"<gradproof\.Report wrong: x\[0\] and 1 more of 2: .*> is not true"):
        unittest.TestCase().assertTrue(report)  # noqa: PT009


@pytest.fixture
def installed(pytester, monkeypatch):
    """A distribution of the name, with the entry points of pyproject.toml, so that pytest finds the plugin itself."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(pytester.path / "site"), str(SOURCE)]))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "")
    information = pytester.path / "site" / "gradproof-9.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: gradproof\nVersion: 9\n")
    (information / "entry_points.txt").write_text("[pytest11]\ngradproof = gradproof.pytest_plugin\n")
    # pytest rewrites the assertions of all files of a distribution that has plugins.
    (information / "RECORD").write_text("gradproof/__init__.py,,\ngradproof/pytest_plugin.py,,\n")


@pytest.mark.usefixtures("installed")
def test_as_it_is_installed(pytester):
    pytester.makepyfile(test_model=MODEL + "def test_it(gradproof): assert gradproof.check(f, half, X)\n")
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    assert shows_the_table(result)


@pytest.mark.usefixtures("installed")
def test_it_can_be_turned_off(pytester):
    pytester.makepyfile(
        test_model=MODEL + "def test_it(): gradproof.assert_gradient(f, half, X)\ndef test_fixture(gradproof): pass\n"
    )
    result = pytester.runpytest_subprocess("-p", "no:gradproof", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=1, errors=1)
    text = result.stdout.str()
    assert "fixture 'gradproof' not found" in text
    assert f"gradproof.GradientError: W[0, 0] and 5 more wrong: {BUG}" in text
    assert "raising.py" not in text


def test_the_entry_point_is_declared():
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert '[project.entry-points.pytest11]\ngradproof = "gradproof.pytest_plugin"\n' in project
    assert importlib.metadata.EntryPoint("gradproof", "gradproof.pytest_plugin", "pytest11").load().NAME == "gradproof"


def test_it_is_light():
    program = """
import sys
import gradproof.pytest_plugin
heavy = {"numpy", "numba", "gradproof.checking", "gradproof.core", "gradproof.report", "gradproof.library"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": str(SOURCE)})
