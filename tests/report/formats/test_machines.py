"""Reports as Markdown, JUnit's XML, SARIF, annotations, rows, and a plot."""

import functools
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import matplotlib.figure
import numpy as np
import pytest
from everykind import KINDS, half, report_of

import gradproof
from gradproof.report.formats.ci.source import source_of

LEVELS = {"wrong": "error"}


@pytest.fixture(scope="module", params=KINDS)
def report(request):
    return report_of(request.param)


# ---- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown(report):
    text = report.to_markdown()
    assert text.startswith("**")
    assert report.verdict in text.splitlines()[0]
    tables = [line for line in text.splitlines() if line.startswith("|")]
    for line in tables:
        assert len(re.findall(r"(?<!\\)\|", line)) in (5, 6)
    bad = [one for one in report.findings if not one.cause.is_acceptable]
    assert ("| finding |" in text) == bool(bad)
    assert ("| array |" in text) == (len(report.arrays) > 1)


def test_names_are_no_markdown():
    text = report_of("names").to_markdown()
    assert r"| a\|b |" in text
    assert r"\<b\>\&" in text
    assert r"\`c\`" in text


# ---- JUnit -----------------------------------------------------------------------------------------------------------


def test_junit(report):
    root = ET.fromstring(report.to_junit())
    assert root.tag == "testsuites"
    (suite,) = root
    cases = suite.findall("testcase")
    failures = [one.find("failure") for one in cases if one.find("failure") is not None]
    assert len(cases) == int(suite.get("tests")) == int(root.get("tests"))
    assert len(failures) == int(suite.get("failures")) == int(root.get("failures"))
    assert bool(failures) == (report.verdict != "right")
    for one in failures:
        assert one.text == f"{one.get('message')}\n\n{report}"
        assert one.get("type") == report.verdict
    names = {one.name for one in report.arrays}
    assert {one.get("name") for one in cases} <= names | {report.subject}
    assert suite.find("system-out").text == str(report)


@pytest.fixture(scope="module")
def schema():
    """The schema by which Jenkins reads these files, as pytest tests its own with."""
    return pytest.importorskip("xmlschema").XMLSchema(Path(__file__).with_name("junit-10.xsd"))


def test_junit_keeps_to_the_schema(report, schema):
    schema.validate(report.to_junit())


def test_the_schema_sees_what_is_not_junit(schema):
    text = report_of("raising").to_junit()
    assert "<properties>" in text
    for old, new in (('classname="gradproof"', 'class="gradproof"'), (" tests=", " count="), ("system-out", "output")):
        assert not schema.is_valid(text.replace(old, new))


def test_junit_has_a_case_for_each_array():
    (suite,) = ET.fromstring(report_of("full").to_junit())
    failed = {one.get("name"): one.find("failure") is not None for one in suite.findall("testcase")}
    assert failed == {"W1": False, "b1": False, "W2": True}
    assert suite.find("testcase/failure").get("message").startswith("W2: 5 of 5 wrong; claimed = 0.5 × slope")
    (suite,) = ET.fromstring(report_of("names").to_junit())
    assert [one.get("name") for one in suite.findall("testcase")] == ["gradient"]
    (suite,) = ET.fromstring(gradproof.check(lambda x: x @ x, lambda x: -2 * x, np.arange(1.0, 5.0)).to_junit())
    said = "x[3] and 3 more wrong: all of x: claimed = -1 × slope, the sign is wrong"
    assert suite.find("testcase/failure").get("message").startswith(said)


def test_junit_of_what_xml_cannot_hold():
    def f(x):
        if x[0] < 0:
            raise ValueError("\x00 \x1b[31m ]]> <a> \ufffe")
        return float(np.sum(x**1.5))

    report = gradproof.check(f, lambda x: 1.5 * np.sqrt(x), np.array([0.0, 1.0]), names=["\x1b", "]]>"])
    (suite,) = ET.fromstring(report.to_junit())
    assert "]]>" in suite.find("system-out").text


# ---- SARIF -----------------------------------------------------------------------------------------------------------


def test_sarif(report):
    log = json.loads(report.to_sarif(("model code.py", 12)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["tool"]["driver"]["name"] == "gradproof"
    assert len(rules) == len(set(rules))
    assert bool(run["results"]) == (report.verdict != "right")
    for one in run["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
        assert one["level"] == LEVELS.get(one["ruleId"], "warning")
        assert one["message"]["text"]
        (location,) = one["locations"]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "model%20code.py"},
            "region": {"startLine": 12},
        }
    assert len({one["partialFingerprints"]["gradproof/v1"] for one in run["results"]}) == len(run["results"])
    for one in json.loads(report.to_sarif())["runs"][0]["results"]:
        assert "physicalLocation" not in one["locations"][0]


@functools.cache
def sarif_schema():
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema)


def test_sarif_fits_its_schema(report):
    for where in ({}, {"gradient": ("model code.py", 12)}, {"gradient": half}):
        assert not [one.message for one in sarif_schema().iter_errors(json.loads(report.to_sarif(**where)))]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("version",), "2.0.0"),
        (("runs", 0, "tool"), {}),
        (("runs", 0, "results", 0, "level"), "wrong"),
        (("runs", 0, "results", 0, "message"), {}),
        (("runs", 0, "results", 0, "rule"), "wrong"),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
    ],
)
def test_the_schema_of_sarif_refuses_what_is_none(place, value):
    log = json.loads(report_of("full").to_sarif(half))
    *way, last = place
    functools.reduce(lambda part, key: part[key], way, log)[last] = value
    assert not sarif_schema().is_valid(log)


def test_sarif_names_what_is_wrong():
    (run,) = json.loads(report_of("full").to_sarif(half))["runs"]
    (result,) = run["results"]
    assert result["ruleId"] == "wrong"
    assert result["locations"][0]["logicalLocations"] == [{"name": "W2", "kind": "member"}]
    text = result["message"]["text"]
    assert text.startswith("W2[2] is wrong: claimed 1.438523, measured 2.877045 ± ")
    assert "and 4 more of W2. all of W2: claimed = 0.5 × slope" in text
    assert len(result["properties"]["findings"]) == 5


# ---- The place of a function -----------------------------------------------------------------------------------------


class Model:
    def gradient(self, x):
        return x

    def __call__(self, x):
        return x


def test_the_place_of_a_function(monkeypatch):
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()

    def line_of(function):
        source = source_of(function)
        assert Path(source.file).name == "test_machines.py"
        return lines[source.line - 1].strip()

    assert line_of(test_markdown) == "def test_markdown(report):"
    assert line_of(Model().gradient) == "def gradient(self, x):"
    assert line_of(Model()) == "def __call__(self, x):"
    assert line_of(functools.partial(test_markdown, None)) == "def test_markdown(report):"
    assert line_of(functools.lru_cache(test_markdown)) == "def test_markdown(report):"
    monkeypatch.chdir(Path(__file__).parent)
    assert source_of(test_markdown).file == "test_machines.py"
    for nothing in (None, np.sin, len, np.ones(3), 3):
        assert source_of(nothing) is None
    assert source_of(("a/b.py", 3)) == ("a/b.py", 3)
    with pytest.raises(ValueError, match="the line of a gradient is counted from 1, not 0"):
        report_of("full").to_sarif(("a/b.py", 0))


# ---- Annotations -----------------------------------------------------------------------------------------------------


def test_annotations(report):
    text = report.to_github(("a,b:c.py", 3))
    assert "\n" not in text
    if report.verdict == "right":
        assert text == ""
        return
    level = "error" if report.verdict == "wrong" else "warning"
    assert text.startswith(f"::{level} file=a%2Cb%3Ac.py,line=3,title=gradproof::{report.verdict}: ")
    assert not re.search(r"%(?!0A|0D|25|2C|3A)", text)
    assert report.to_github().startswith(f"::{level} title=gradproof::")


def test_an_annotation_has_a_line_for_each_sentence():
    report = gradproof.check(
        lambda p: float(np.sum(np.sin(p["a"])) + np.sum(np.exp(p["b"]))),
        lambda p: {"a": -np.cos(p["a"]), "b": 0 * p["b"]},
        {"a": np.linspace(0.3, 1.1, 5), "b": np.linspace(0.2, 0.9, 4)},
    )
    first, *said = report.to_github().split("%0A")
    assert first.endswith("::wrong: the gradient is wrong in 9 of 9 coordinates")
    assert said[0].startswith("all of a: claimed = -1 × slope, the sign is wrong (explains")
    assert said[1].startswith(
        "all of b: claimed = 0, but f depends on it: is a path detached, or was it never written?"
    )
    assert said[2].startswith("a: 5 of 5 wrong")


# ---- Rows and plots --------------------------------------------------------------------------------------------------


def test_rows(report):
    rows = report.table()
    assert [row["name"] for row in rows] == [one.name for one in report.findings]
    assert len({tuple(row) for row in rows}) <= 1
    for row, one in zip(rows, report.findings, strict=True):
        assert type(row["cause"]) is str
        assert row["cause"] == one.cause.value
        assert row["array"] in {each.name for each in report.arrays}
        assert repr(row["claimed"]) == repr(one.claimed)


def test_rows_are_those_of_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(report_of("full").table())
    assert frame["cause"].tolist() == ["wrong"] * 5
    assert frame["error"].is_monotonic_decreasing
    assert pandas.DataFrame(report_of("right").table()).empty


def test_a_plot(report):
    axes = report.plot(matplotlib.figure.Figure().add_subplot())
    drawn = [one for one in report.findings if len(one.ladder) > 1 and np.isfinite(one.claimed)][:6]
    assert len(axes.get_lines()) == len(drawn) + bool(drawn)
    assert axes.get_title().startswith(report.verdict)
    axes.figure.canvas.draw()


def test_a_plot_of_names_with_dollars():
    x = np.array([1.0, 2.0])
    report = gradproof.check(lambda x: float(np.sum(x**2)), 3 * x, x, names=["$\\frac{$", "$"])
    report.plot(matplotlib.figure.Figure().add_subplot()).figure.canvas.draw()
