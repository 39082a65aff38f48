"""Every format of reports that are made up at random: of any numbers, names and causes."""

import json
import xml.etree.ElementTree as ET

import madeup
import numpy as np
import pytest
from htmlpages import read

from gradproof import Report


@pytest.mark.parametrize("kind", [madeup.full, madeup.along_lines])
@pytest.mark.parametrize("seed", range(0, 120, 10))
def test_formats_of_any_report(kind, seed):
    for one in range(seed, seed + 10):
        with np.errstate(all="ignore"):
            report = kind(np.random.default_rng([one, 11])).python()
        text = report.to_json()
        again = Report.from_json(text)
        assert str(again) == str(report)
        assert again.to_json() == text
        assert again.to_dict() == report.to_dict()
        read(report.to_html())
        read(report._repr_html_())
        (suite,) = ET.fromstring(report.to_junit())
        assert bool(int(suite.get("failures"))) == (report.verdict != "right")
        assert json.loads(report.to_sarif())["runs"][0]["results"] or report.verdict == "right"
        assert bool(report.to_github()) == (report.verdict != "right")
        assert report.to_markdown()
        for array in report.arrays if kind is madeup.full else ():
            assert array.wrong + array.undecided + array.untested + array.right == array.n
