"""What a finding about a single output knows of the values that it rests on."""

import numpy as np

import gradproof

X = np.array([0.75, 0.5, 0.25])


def claimed(x, cotangent):
    return cotangent * 20 * np.cos(20 * x)


def test_an_open_entry_has_its_ladder_and_can_be_printed():
    report = gradproof.check_vjp(lambda x: (np.sin(20 * x) + 1e13) - 1e13, claimed, X)
    assert report.verdict == "inconclusive"
    assert {one.index for one in report.findings} == {0, 1, 2}
    assert any(one.output == one.index > 0 for one in report.findings)
    for one in report.findings:
        assert any(one.output < 0 or abs(rung.slope - claimed(X, np.ones(3))[one.index]) < 5 for rung in one.ladder)
    assert str(report).startswith("inconclusive: nothing is wrong, but 3 of 3 coordinates could not be decided")


def test_a_wrong_entry_has_the_slopes_of_its_output():
    report = gradproof.check_vjp(lambda x: np.sin(20 * x), lambda x, w: claimed(x, w) * [1, 1, 1.1], X)
    (one,) = report.findings
    assert (one.index, one.output) == (2, 2)
    assert min(abs(rung.slope - 20 * np.cos(20 * 0.25)) for rung in one.ladder) < 1e-3
    assert "output[2] / x[2]" in str(report)
