"""What a finding about a single output knows of the values that it rests on."""

import numpy as np
import pytest

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


def test_what_is_wrong_in_every_coordinate_takes_few_evaluations_more():
    """The outputs of the check's own probes tell which of them is wrong, and whether kinks allow the claims."""
    n = 400
    weights = np.linspace(0.5, 2.0, n)
    x = np.linspace(-1.0, 2.0, n) + 1e-3

    def function(x):
        return np.array([np.sum(weights * np.sin(x)), np.sum(weights * x**2)])

    def jacobian(x):
        return np.stack([weights * np.cos(x), 2 * weights * x])

    right = gradproof.check_vjp(function, lambda x, cotangent: cotangent @ jacobian(x), x, mode="full")
    assert right.verdict == "right"
    assert right.evaluations <= 2.1 * n + 4
    for factor in (1.01, np.array([[1.0], [1.01]])):
        claimed = jacobian(x) * factor
        for report in (
            gradproof.check_vjp(function, lambda x, cotangent, claimed=claimed: cotangent @ claimed, x, mode="full"),
            gradproof.check_jacobian(function, lambda x, claimed=claimed: claimed, x, mode="full"),
        ):
            assert report.verdict == "wrong"
            assert len(report.wrong) >= 0.99 * n
            assert report.evaluations <= right.evaluations + 20 * 64


def test_kinks_allow_claims_beside_errors_in_many_coordinates():
    x = np.where(np.arange(300) % 3 == 0, 0.0, np.linspace(0.5, 2.0, 300))

    def vjp(x, cotangent):
        claimed = cotangent * np.where(x == 0, 0.5, np.sign(x))
        return np.where(np.arange(300) % 3 == 1, 1.01, 1.0) * claimed

    report = gradproof.check_vjp(np.abs, vjp, x, mode="full")
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == list(range(1, 300, 3))


@pytest.mark.parametrize("error", [0.0, 0.02])
def test_curvature_of_many_outputs_is_no_kink(error):
    """The gaps of 150 outputs with curvature of both signs add up to more than the error, at any single step."""
    r = np.random.default_rng(0)
    matrix, scales, x = r.normal(size=(150, 2)), 10.0 ** r.uniform(-3, 2, 150), r.normal(size=2) / 100

    def function(x):
        z = matrix @ x
        return scales * (z**2 + z) + 1e4 * (np.arange(150) % 2)

    def vjp(x, cotangent):
        claimed = (scales * (2 * matrix @ x + 1))[:, None] * matrix
        claimed[120, 1] += error
        return cotangent @ claimed

    report = gradproof.check_vjp(function, vjp, x)
    assert report.verdict == ("wrong" if error else "right")
    assert report.wrong.tolist() == ([1] if error else [])
    assert not len(report.kinks)


MATRIX = np.random.default_rng(5).standard_normal((6, 6))
POINT = np.random.default_rng(6).standard_normal(6)


def residuals(x):
    return np.sin(MATRIX @ x)


def jacobian_with(change):
    """Return the Jacobian of the residuals after a change in place."""

    def jacobian(x):
        claimed = np.cos(MATRIX @ x)[:, None] * MATRIX
        change(claimed)
        return claimed

    return jacobian


def negated(claimed):
    claimed[1] *= -1


def cleared(claimed):
    claimed[3] = 0


def of_another(claimed):
    claimed[1] = claimed[2]


def swapped(claimed):
    claimed[[1, 4]] = claimed[[4, 1]]


def shifted(claimed):
    claimed[:] = np.roll(claimed, 1, axis=0)


def transposed(claimed):
    claimed[:] = claimed.T.copy()


def with_a_block_transposed(claimed):
    claimed[:3, 3:] = claimed[:3, 3:].T.copy()


def cleared_in_part(claimed):
    claimed[3, 2:5] = 0


def with_errors_in_a_row(claimed):
    claimed[2] += np.arange(6) + 1


def with_errors_anywhere(claimed):
    claimed += np.random.default_rng(0).choice([0.0, 0.5], claimed.shape)


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (negated, "factor", "output[1]: claimed = -1 × slope, the sign is wrong"),
        (cleared, "zero", "output[3]: claimed = 0"),
        (cleared_in_part, "zero", "output[3]: claimed = 0"),
        (of_another, "rearranged", "the row of output[1]: claimed = slope of output[2]"),
        (swapped, "rearranged", "the rows of output[1] and output[4]: claimed = slope, swapped"),
        (shifted, "rearranged", "6 rows: claimed = slope of other outputs: that of output[0] is that of output[5]"),
        (transposed, "rearranged", "the Jacobian: claimed = slope, transposed"),
        (
            with_a_block_transposed,
            "rearranged",
            "the block output[0] … output[2] / x[3] … x[5]: claimed = slope",
        ),
        (with_errors_in_a_row, "", ""),
        (with_errors_anywhere, "", ""),
    ],
)
def test_what_wrong_rows_have_in_common(change, kind, told):
    jacobian = jacobian_with(change)
    for report in (
        gradproof.check_jacobian(residuals, jacobian, POINT),
        gradproof.check_vjp(residuals, lambda x, cotangent: cotangent @ jacobian(x), POINT),
        gradproof.check_jvp(residuals, lambda x, tangent: jacobian(x) @ tangent, POINT),
    ):
        assert report.verdict == "wrong"
        if not kind:
            assert report.unexplained
            assert not report.explanations
            continue
        (one,) = report.explanations
        assert one.kind == kind
        assert str(one).startswith(told)
        assert one.share == pytest.approx(1.0)
        assert not report.unexplained
    assert gradproof.check_jacobian(residuals, jacobian_with(lambda claimed: None), POINT).verdict == "right"
