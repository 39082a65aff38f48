"""Reports where the encoding of standard output lacks characters that they have."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gradproof
from gradproof.report.text.encoding import ERRORS, PLAIN, columns, for_output
from gradproof.report.text.table import render

SOURCE = Path(gradproof.__file__).parents[1]
TEXT = "0.5 × slope ± 1e-9 … √2 ≥ 1, π·Å² of ü and 層"
PROGRAM = """
import numpy as np
import gradproof
x = {"W": np.arange(1.0, 7.0), "ü": np.ones(2)}
def f(x): return float(np.sum(np.sin(x["W"])) + np.sum(x["ü"] ** 2))
def half(x): return {"W": 0.5 * np.cos(x["W"]), "ü": 2 * x["ü"]}
report = gradproof.check(f, half, x)
print(report)
print(repr(report))
print(report.explain("ü[0]"))
print(gradproof.study(f, x, index=2))
try:
    gradproof.assert_gradient(f, half, x)
except gradproof.GradientError as error:
    print(error)
"""


def printed(encoding):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": encoding, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True)
    return done.stdout.decode(encoding)


def test_print_in_ascii_and_in_utf_8():
    plain, full = printed("ascii"), printed("utf-8")
    assert "all of W: claimed = 0.5 * slope" in plain
    assert " +/- " in plain
    assert "?[0]: claimed 2" in plain
    assert " ± " in full
    assert "ü[0]: claimed 2" in full
    for one, other in {**PLAIN, "ü": "?"}.items():
        full = full.replace(one, other)
    assert plain == full


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("ascii", "0.5 * slope +/- 1e-9 ... sqrt 2 >= 1, pi*Angstrom^2 of ? and ?"),
        ("latin-1", "0.5 × slope ± 1e-9 ... sqrt 2 >= 1, pi·Å² of ü and ?"),
        ("cp1252", "0.5 × slope ± 1e-9 … sqrt 2 >= 1, pi·Å² of ü and ?"),
        ("utf-8", TEXT),
        ("no such encoding", TEXT),
        (None, TEXT),
    ],
)
def test_every_encoding_keeps_what_it_has(monkeypatch, encoding, text):
    class Output:
        pass

    stream = Output()
    stream.encoding = encoding
    monkeypatch.setattr(sys, "stdout", stream)
    assert for_output(TEXT) == text
    monkeypatch.setattr(sys, "stdout", None)
    assert for_output(TEXT) == TEXT


def test_a_stream_with_these_errors():
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii", errors=ERRORS)
    stream.write(TEXT)
    stream.flush()
    assert written.getvalue().decode("ascii").startswith("0.5 * slope +/- 1e-9 ... sqrt 2 >= 1")
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", ERRORS)


def test_reports_are_unchanged_where_nothing_lacks():
    report = gradproof.check(lambda x: np.sum(x**2), lambda x: x, np.ones(2))
    assert "±" in str(report)


def test_a_report_is_as_wide_as_the_terminal_on_which_it_is_printed(monkeypatch):
    report = gradproof.check(lambda x: float(x @ x), lambda x: x, np.array([1e-30, -2e-30]), names=["a" * 20, "b"])
    files = report.to_junit(), report.to_markdown(), report.to_html()
    monkeypatch.setenv("COLUMNS", "64")
    everywhere = str(report)
    assert max(map(len, everywhere.splitlines())) in range(90, 101)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert max(map(len, str(report).splitlines())) in range(56, 65)
    assert (report.to_junit(), report.to_markdown(), report.to_html()) == files
    monkeypatch.setenv("COLUMNS", "300")
    assert str(report) == everywhere
    monkeypatch.setattr(sys, "stdout", None)
    assert str(report) == everywhere
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    sys.stdout.close()
    assert str(report) == everywhere


def test_sentences_fit_into_forty_columns_and_names_stay_whole():
    x = np.linspace(0.5, 2.0, 12).reshape(3, 4)
    report = gradproof.check(lambda x: float(np.sum(x**2)), lambda x: x, x)
    text = render(report, width=30)
    sentences, rows = text.split("  wrong    claimed")[0], text.splitlines()
    assert max(map(len, sentences.splitlines())) <= 40
    assert [one.split("]")[0] for one in rows if one.startswith("  x[2")][:2] == ["  x[2, 3", "  x[2, 2"]


def test_streams_that_are_missing_closed_or_only_write(monkeypatch):
    """A report is text of the usual width for them all."""
    report = gradproof.check(lambda x: float(x @ x), lambda x: x, np.ones(3))
    usual = str(report)
    closed = io.StringIO()
    closed.close()
    for stream in (None, closed, type("Writes", (), {"write": lambda *_: None})()):
        monkeypatch.setattr(sys, "stdout", stream)
        assert str(report) == usual
        assert columns(100) == 100
