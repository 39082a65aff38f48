"""Reports as JSON: described by the schema, and read back as what they were."""

import json
import math
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from everykind import KINDS, P, report_of

import gradproof
from gradproof import Report
from gradproof.report.formats.json_reading import point_of

SCHEMA = Path(gradproof.__file__).parent / "report" / "formats" / "report.schema.json"
EXPLAINED = 40


@pytest.fixture(scope="module")
def validator():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module", params=KINDS)
def report(request):
    return report_of(request.param)


def explained(report, index):
    try:
        return report.explain(index)
    except IndexError as error:
        return str(error)


def test_the_schema_describes_it(report, validator):
    words = json.loads(report.to_json())
    validator.validate(words)
    assert words["format"] == "gradproof-report/1"
    assert next(iter(words)) == "format"
    known = validator.schema["properties"]
    assert set(words) == set(known) == set(validator.schema["required"])
    for one in words["findings"]:
        assert set(one) == set(validator.schema["$defs"]["finding"]["properties"])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "fine"),
        (("format",), "gradproof-report/2"),
        (("n",), "many"),
        (("findings", 0, "cause"), "bug"),
        (("findings", 0, "slope"), "steep"),
        (("evidence", "structure"), {}),
        (("evidence", "along", 0), {"index": 0}),
    ],
)
def test_the_schema_refuses_what_is_not_one(path, value, validator):
    words = json.loads(report_of("full").to_json())
    place = words
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not validator.is_valid(words)
    with pytest.raises(ValueError, match="report"):
        Report.from_json(json.dumps(words))


def test_it_is_read_back(report):
    text = report.to_json()
    again = Report.from_json(text)
    assert type(again) is Report
    assert str(again) == str(report)
    assert repr(again) == repr(report)
    assert again.to_dict() == report.to_dict()
    assert again.to_json() == text
    assert repr(again.findings) == repr(report.findings)
    assert again.wrong.dtype == np.int64
    assert not again.wrong.flags.writeable
    assert str(pickle.loads(pickle.dumps(again))) == str(report)
    assert Report.from_json(report.to_json(indent=None).encode()).to_json() == text


def test_it_explains(report):
    again = Report.from_json(report.to_json())
    for one, other in zip(report.findings, again.findings, strict=True):
        assert repr(other.ladder) == repr(one.ladder)
        assert explained(again, one.index) == explained(report, one.index)
    if report.n < 1000:
        for index in range(min(report.n + report.held, EXPLAINED)):
            assert explained(again, index) == explained(report, index)


def test_the_words_are_those_of_the_dict(report):
    words = json.loads(report.to_json())
    del words["format"], words["evidence"]
    assert words == report.to_dict()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no report of gradproof: it is not JSON"),
        ("[1, 2", "it is not JSON"),
        ("[1, 2]", 'it has no "format": "gradproof-report/1"'),
        ('{"verdict": "right"}', 'it has no "format"'),
        ('{"format": "gradproof-report/9"}', "its format is 'gradproof-report/9', not 'gradproof-report/1'"),
        ('{"format": "gradproof-report/1"}', "the report is damaged: 'evidence' is missing"),
    ],
)
def test_what_is_none_is_refused_in_one_sentence(text, said):
    with pytest.raises(ValueError, match="report") as caught:
        Report.from_json(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


DAMAGES = {
    "no findings": lambda words: words.pop("findings"),
    "one finding less": lambda words: words["findings"].pop(),
    "an index beyond x": lambda words: words["wrong"].append(10**6),
    "a line beyond x": lambda words: words["findings"][0].update(stop=10**6),
    "another n": lambda words: words.update(n=3),
    "an array less": lambda words: words["evidence"]["structure"]["parts"].pop(),
    "claims are missing": lambda words: words["evidence"]["claimed"].pop(),
    "a text for a number": lambda words: words.update(value="1.0"),
    "truth for a number": lambda words: words.update(value=True),
    "an unknown cause": lambda words: words["findings"][0].update(cause="bug"),
    "no list": lambda words: words.update(kinks=3),
    "a number for a title": lambda words: words["evidence"].update(title=-1),
    "no text for a type": lambda words: words["evidence"].update(dtype={}),
    "a number for a name": lambda words: words["evidence"].update(names=[3]),
    "no name of an array": lambda words: words["evidence"]["structure"]["parts"][0].update(array=[]),
    "beyond all numbers": lambda words: words.update(value=math.inf),
    "an endless share": lambda words: words["explanations"][0].update(share="inf"),
    "a value less": lambda words: words["evidence"]["along"][0]["values"].pop(),
    "a step of 0": lambda words: words["evidence"]["along"][0]["steps"].__setitem__(0, 0),
    "along what is not in x": lambda words: words["evidence"]["along"][0].update(index=10**30),
    "a partner beyond x": lambda words: words["findings"][0].update(partner=10**300),
    "a resolution less": lambda words: words["resolutions"].pop(),
    "a length below 0": lambda words: words["evidence"]["structure"]["parts"][0].update(shape=[-1, -6]),
    "an array of no numbers": lambda words: words["evidence"]["structure"]["parts"][0].update(dtype="U9"),
    "a number for a path": lambda words: words["evidence"]["structure"].update(path=7),
    "ended by nobody": lambda words: words.update(stopped_by="nan"),
    "a kind with a long name": lambda words: words["evidence"]["structure"].update(container="9" * 500),
    "no number of steps": lambda words: words["evidence"]["along"][0].update(steps=None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_refused_in_one_sentence(damage):
    words = json.loads(report_of("full").to_json())
    DAMAGES[damage](words)
    with pytest.raises(ValueError, match=r"^the report is damaged: .") as caught:
        Report.from_json(json.dumps(words))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_every_cut_is_refused():
    text = report_of("only").to_json()
    for length in range(0, len(text) - 1, 97):
        with pytest.raises(ValueError, match="report"):
            Report.from_json(text[:length])


def test_the_point_is_in_it():
    x = point_of(report_of("full").to_json())
    assert list(x) == list(P)
    assert all(np.array_equal(x[name], P[name]) for name in P)
    # With all that was held.
    x = point_of(report_of("only").to_json())
    assert all(np.array_equal(x[name], P[name]) for name in P)
    assert isinstance(point_of(report_of("nested").to_json())["q"], list)
    assert point_of(report_of("complex").to_json()).dtype == np.complex128
    assert point_of(report_of("float32").to_json()).dtype == np.float32
    with pytest.raises(ValueError, match="containers of other types"):
        point_of(report_of("named tuple").to_json())
    with pytest.raises(ValueError, match="only some"):
        point_of(report_of("long, one").to_json())


def test_long_ones_are_short():
    assert len(report_of("long").to_json()) < 50_000
    assert len(report_of("long, one").to_json()) < 10_000


@pytest.mark.parametrize("other", [None, {}, [1.0], np.ones(3)])
def test_what_is_no_text_is_refused(other):
    with pytest.raises(TypeError, match=r"a report is read from text, as that of report\.to_json"):
        Report.from_json(other)


def test_more_levels_than_python_can_follow():
    def nested(leaf, levels):
        return nested([leaf], levels - 1) if levels else leaf

    def sum_of_squares(x):
        while isinstance(x, list):
            (x,) = x
        return float(np.sum(x**2))

    x, limit = np.ones(2), sys.getrecursionlimit()
    report = gradproof.check(sum_of_squares, nested(3 * x, 40), nested(x, 40))
    assert str(Report.from_json(report.to_json())) == str(report)
    try:
        sys.setrecursionlimit(10 * limit)
        deep = gradproof.check(sum_of_squares, nested(3 * x, 600), nested(x, 600))
        text = deep.to_json(indent=None)
    finally:
        sys.setrecursionlimit(limit)
    assert str(deep).startswith("wrong")
    with pytest.raises(ValueError, match="cannot be written as JSON: x has more levels than Python can follow"):
        deep.to_json()
    with pytest.raises(ValueError, match=r"damaged|no report of gradproof"):
        Report.from_json(text)
