"""What can be asked of a single coordinate: its ladder, the pattern of its errors, the sentence on what to do."""

import numpy as np
import pytest
from properties import refuted

import gradproof
from gradproof.report import ladder
from gradproof.report.ladder import (
    FINGERPRINTS,
    FLAT,
    KINK,
    NOISE,
    NOTHING,
    TRUNCATION,
    UNCLEAR,
    Rung,
    fingerprint,
    meaning_of,
)

STEPS = 2.0 ** np.arange(-40, -4, 2)


def rungs(slope, noise=1e-16):
    return [Rung(h, slope(h), slope(h), slope(h), 0.0, 5.66 * noise / h) for h in map(float, STEPS)]


def rounding(h):
    return 2 + 1e-9 * np.sin(1e9 * h) * 1e-3 / h


@pytest.mark.parametrize(
    ("slope", "claimed", "noise", "pattern"),
    [
        (lambda h: 2.0, 3.0, 1e-16, FLAT),
        (lambda h: 2.0 + h * h, 2.01, 1e-16, FLAT),
        (lambda h: 2.0 + 5 * h * h, 2.0, 1e-16, TRUNCATION),
        (lambda h: 2.0 if h < 1e-7 else 2.5 - 0.5e-7 / h, 2.0, 1e-16, KINK),
        (rounding, 2.0, 1e-12, NOISE),
        (lambda h: 2.0, 2.0, 1e-16, NOTHING),
        (lambda h: 2.0 + np.sin(np.log(h) * 40), 2.0, 1e-16, UNCLEAR),
    ],
)
def test_patterns(slope, claimed, noise, pattern):
    assert fingerprint(rungs(slope, noise), claimed) == pattern


def test_every_pattern_has_a_sentence():
    assert all(sentence.endswith(".") for sentence in FINGERPRINTS.values())
    assert fingerprint([], 1.0) == UNCLEAR


def kinked(x):
    return np.sum(np.sin(x)) + 3 * max(x[1] - 0.7 - 1e-12, 0)


X = np.array([0.3, 0.7, -1.2])


def sines(x):
    return float(np.sum(np.sin(x)))


def has_all_ladders(report, x):
    """The pairs of all coordinates come in rounds of many; every value is that of f at the point of its rung."""
    for index in (0, x.size // 2, x.size - 1):
        assert report.ladder(index)
        for rung in report.ladder(index):
            sides = [sines(np.where(np.arange(x.size) == index, x + step, x)) for step in (rung.step, -rung.step)]
            taken = [x[index] + step - x[index] for step in (rung.step, -rung.step)]
            assert [rung.right, rung.left] == [(f - sines(x)) / h for f, h in zip(sides, taken, strict=True)]


@pytest.mark.parametrize("unsorted", [ladder.KEPT_UNSORTED, 0])
def test_ladders_of_many_coordinates(unsorted, monkeypatch):
    monkeypatch.setattr(ladder, "KEPT_UNSORTED", unsorted)
    x = np.random.default_rng(7).normal(size=ladder.LARGE)
    slopes = np.cos(x)
    right = gradproof.check(sines, slopes, x, mode="full")
    assert right.verdict == "right"
    has_all_ladders(right, x)
    slopes[-1] *= 1.01
    wrong = gradproof.check(sines, slopes, x, mode="full")
    assert wrong.wrong.tolist() == [x.size - 1]
    has_all_ladders(wrong, x)
    monkeypatch.setattr(ladder.Values, "_take", lambda *_: None)
    refuted(has_all_ladders, gradproof.check(sines, slopes, x, mode="full"), x)


def test_a_wrong_coordinate_is_flat():
    report = gradproof.check(kinked, np.cos(X) * np.array([1.0, 1.0, 1.01]), X)
    assert report.wrong.tolist() == [2]
    [finding] = [one for one in report.findings if one.cause is gradproof.Cause.WRONG]
    assert fingerprint(finding.ladder, finding.claimed) == FLAT
    assert all(one.slope == pytest.approx(np.cos(-1.2), rel=1e-3) for one in finding.ladder)
    text = report.explain(2)
    assert text.startswith("x[2]: claimed 0.36598")
    assert FINGERPRINTS[FLAT] in text
    assert "look for the bug" in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_kink_that_was_crossed_drops():
    report = gradproof.check(kinked, np.cos(X), X)
    assert report.verdict == "right"
    [finding] = report.findings
    assert finding.cause is gradproof.Cause.KINK_CROSSED
    rows = finding.ladder
    assert repr(rows) == repr(report.ladder(1))
    assert [one.step for one in rows] == sorted(one.step for one in rows)
    assert fingerprint(rows, finding.claimed) == KINK
    assert FINGERPRINTS[KINK] in report.explain(1)


def test_a_wrong_value_beside_a_kink_has_no_excuse():
    """Larger steps cross the kink, and the error drops there; closer to x it stays: a bug all the same."""
    claimed = np.cos(X)
    claimed[1] *= 1.01
    report = gradproof.check(lambda x: np.sum(np.sin(x)) + 3 * max(x[1] - 0.7 - 1e-12, 0), claimed, X)
    assert report.wrong.tolist() == [1]
    assert fingerprint(report.ladder(1), claimed[1]) == KINK
    text = report.explain(1)
    assert "look for the bug" in text
    assert "larger steps cross a kink" not in text
    assert "drops suddenly, but what f shows closest to x still contradicts" in text


def test_a_coordinate_of_a_block_that_is_wrong():
    """The block is wrong; of its coordinates those that were tested alone say what they are themselves."""
    x = {"a": np.linspace(0.5, 1, 3000), "b": np.linspace(1, 2, 3000)}
    claimed = {"a": 2 * x["a"], "b": 2.02 * x["b"]}
    report = gradproof.check(lambda p: np.sum(p["a"] ** 2) + np.sum(p["b"] ** 2), claimed, x, mode="lines")
    untested = next(index for index in range(3000, 6000) if index not in report.sampled)
    text = report.explain(untested)
    assert ", measured " not in text
    assert "part of b. wrong: " in text
    assert "mode=" in report.explain(1)
    sampled = int(report.wrong[0])
    assert f"measured {2 * x['b'][sampled - 3000]:.5}" in report.explain(sampled)


def test_a_coordinate_of_an_array_that_is_not_vouched_for():
    x = {"W": np.ones(9000, np.float32), "b": np.full(9, 1e-6, np.float32)}
    claimed = {"W": 2 * x["W"], "b": 2 * x["b"]}
    report = gradproof.check(lambda p: np.sum(p["W"] ** 2) + np.sum(p["b"] ** 2), claimed, x)
    assert report.verdict == "right"
    assert "But b could be off by a factor 2 unseen." in report.explain(9003)
    assert "unseen" not in report.explain(3)


@pytest.mark.parametrize("pattern", FINGERPRINTS)
@pytest.mark.parametrize("cause", gradproof.Cause)
def test_a_pattern_never_contradicts_the_cause(pattern, cause):
    sentence = meaning_of(pattern, cause)
    assert sentence.endswith(".")
    assert not (cause is gradproof.Cause.WRONG and ("nothing more" in sentence or "cross a kink" in sentence))
    assert not (cause.is_acceptable and "bug" in sentence)
    # Its twin: where nothing is contradicted, the meaning stands there.
    if cause is gradproof.Cause.NOISE_LIMITED:
        assert sentence == FINGERPRINTS[pattern]


def test_a_coordinate_without_a_finding():
    report = gradproof.check(kinked, np.cos(X), X)
    row = report.ladder(0)[0]
    assert row.left == pytest.approx(np.cos(0.3), rel=1e-4)
    assert row.gap == pytest.approx(0, abs=1e-4)
    assert "agrees" in report.explain(0)


def test_steps_of_float32_are_those_really_taken():
    x = X.astype(np.float32)
    report = gradproof.check(lambda w: np.sum(w.astype(np.float64) ** 2), 3 * x, x)
    assert report.wrong.tolist() == [0, 1, 2]
    for index in range(3):
        assert report.ladder(index)[0].slope == pytest.approx(2 * x[index], rel=1e-4)


def test_unknown_coordinates():
    report = gradproof.check(kinked, np.cos(X), X)
    for index in (-4, 3):
        with pytest.raises(IndexError, match="from 0 to 2"):
            report.explain(index)
    with pytest.raises(TypeError):
        report.explain(1.5)


def test_two_claims_on_one_kink():
    def largest(x):
        return max(x[0], x[1]) + x[2] ** 2

    x = np.array([1.0, 1.0, 2.0])
    assert gradproof.check(largest, np.array([0.25, 0.75, 4.0]), x).verdict == "right"
    report = gradproof.check(largest, np.array([1.0, 1.0, 4.0]), x)
    assert report.wrong.tolist() == [0, 1]
    assert [one.partner for one in report.findings if one.cause is gradproof.Cause.WRONG] == [1, 0]
    assert "x[0] and x[1] share a kink" in str(report)
    assert "share a kink" in report.explain(1)
