"""How a finding begins: every field is written, whatever the memory held."""

import numpy as np
import pytest
from properties import refuted

from gradproof.core.records.border import FINDING_BYTES, Finding, begin_finding

BEGINNING = {
    "size": FINDING_BYTES,
    "start": 3, "stop": 7, "cause": 5, "kink": 1, "claimed": np.nan, "slope": np.nan, "left": np.nan, "right": np.nan,
    "error_bar": np.inf, "step": np.nan, "resolution": 0.25, "distance": np.nan, "partner": -1,
    "sampled": 0, "sampled_wrong": 0,
}  # fmt: skip


def begins(begin):
    words = np.full(len(BEGINNING), 12345, np.int64)
    begin(Finding.from_buffer(words), 3, 7, 5, 1, 0.25)
    row = words.view(np.dtype(Finding))[0]
    assert row.dtype.names == tuple(BEGINNING)
    for name, value in BEGINNING.items():
        assert row[name] == pytest.approx(value, nan_ok=True), name


def test_beginning():
    begins(begin_finding)


def test_beginning_twin():
    def forgetful(finding, *rest):
        partner = finding.partner
        begin_finding(finding, *rest)
        finding.partner = partner

    refuted(begins, forgetful)
