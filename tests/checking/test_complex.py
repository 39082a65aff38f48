"""Complex numbers: real and imaginary parts are coordinates; the conventions of gradients are told apart by name."""

from __future__ import annotations

import numpy as np
import pytest

from gradproof import check, check_vjp

RNG = np.random.default_rng(2)
Z = RNG.normal(size=3) + 1j * RNG.normal(size=3)
CONVENTIONS = [("pytorch", False), ("jax", True), ("autograd", True)]


def f(z):
    return float(np.sum(np.abs(z) ** 4) + np.sum((z**3).real))


def g(z):
    """df/dx + i df/dy, from f = |z|^4 + Re z^3."""
    return 4 * np.abs(z) ** 2 * z + np.conj(3 * z**2)


@pytest.mark.parametrize(("convention", "is_conjugate"), CONVENTIONS)
@pytest.mark.parametrize("mode", ["full", "lines"])
def test_real_functions(convention, is_conjugate, mode):
    def claimed(z, factor=1.0):
        return factor * (np.conj(g(z)) if is_conjugate else g(z))

    assert check(f, claimed, Z, convention=convention, mode=mode)
    report = check(f, lambda z: claimed(z, [1, 2, 1]), Z, convention=convention, mode=mode)
    assert report.wrong.tolist() == [2, 3]
    assert {one.name for one in report.findings} == {"x[1].real", "x[1].imag"}


def test_the_other_convention_is_named():
    report = check(f, lambda z: np.conj(g(z)), Z)
    assert report.wrong.tolist() == [1, 3, 5]
    said = (
        "claimed = -1 × slope in imaginary parts, the convention of JAX and autograd; if it is meant, say "
        'convention="jax"'
    )
    assert [one.text for one in report.explanations] == [said]
    assert report.explanations[0].where == "all of x.imag"
    assert report.warnings == ()
    report = check(f, g, Z, convention="jax")
    assert report.explanations[0].text.endswith('say convention="pytorch"')
    # A sign that is wrong in one place only is no convention; neither is another factor.
    for other in (lambda z: np.where([1, 0, 0], -1, 1) * g(z), lambda z: g(z).real + 0.5j * g(z).imag):
        report = check(f, other, Z)
        assert "convention" not in str(report)


def test_parts_are_named_as_in_findings():
    z = np.array([[1 + 2j, 0.5 - 1j], [-1 + 0.25j, 2 + 1j]])

    def off(where, by):
        claimed = g(z)
        claimed[where] *= by
        return check(f, lambda _: claimed, z).explanations[0].where

    assert off(np.s_[1], 1.01) == "all of x[1, :]"
    assert check(f, lambda z: 1.1 * g(z).real + 1j * g(z).imag, z).explanations[0].where == "all of x.real"


def test_a_phase_is_told_apart_from_a_rotation():
    for claimed in (lambda z: 1j * g(z), lambda z: g(z) * np.exp(0.3j * np.arange(3) + 0.2j)):
        (explanation,) = check(f, claimed, Z).explanations
        assert explanation.text.startswith("each number has the modulus of its slope, but another phase")
    report = check(f, lambda z: 1.5j * g(z), Z)
    assert not any("phase" in one.text for one in report.explanations)


def test_structures_and_types():
    x = {"z": Z.reshape(3, 1).astype(np.complex64), "w": np.float32(2.0)}

    def of_both(p):
        assert p["z"].dtype == np.complex64
        assert p["z"].shape == (3, 1)
        return float(p["w"] * np.sum(np.abs(p["z"]) ** 2))

    def gradient(p, factor=2):
        return {"z": factor * p["w"] * p["z"], "w": np.sum(np.abs(p["z"]) ** 2)}

    report = check(of_both, gradient, x)
    assert report
    assert (report.n, report.arithmetic) == (7, "float32")
    report = check(of_both, lambda p: gradient(p, 3), x)
    assert "z[2, 0].imag" in {one.name for one in report.findings}
    assert 6 not in report.wrong
    assert check(lambda z: float(abs(z) ** 2), lambda z: 2 * z, 1 + 2j)
    assert not check(lambda z: float(abs(z) ** 2), lambda z: z, 1 + 2j)


@pytest.mark.parametrize(("convention", "is_conjugate"), CONVENTIONS)
def test_complex_functions(convention, is_conjugate):
    """Of a holomorphic function JAX multiplies with the derivative, PyTorch with its conjugate."""

    def product(z, cotangent, factor=1.0):
        derivative = 2 * z * factor
        return cotangent * (derivative if is_conjugate else np.conj(derivative))

    assert check_vjp(lambda z: z**2, product, Z, convention=convention)
    report = check_vjp(lambda z: z**2, lambda z, c: product(z, c, [1, 1.1, 1]), Z, convention=convention)
    assert report.wrong.tolist() == [2, 3]
    other = {"pytorch": "jax", "jax": "pytorch", "autograd": "pytorch"}[convention]
    assert not check_vjp(lambda z: z**2, product, Z, convention=other)


def test_real_inputs_of_complex_functions():
    x = np.array([0.5, 1.5])

    def function(x):
        return np.exp(1j * x)

    def product(x, cotangent, sign=1.0):
        return np.real(np.conj(cotangent) * sign * 1j * np.exp(1j * x))

    assert check_vjp(function, product, x)
    assert not check_vjp(function, lambda x, c: product(x, c, -1.0), x)


def test_refusals():
    with pytest.raises(ValueError, match=r'convention must be one of "pytorch", "jax", "autograd", not .wirtinger'):
        check(f, g, Z, convention="wirtinger")
    with pytest.raises(TypeError, match="gradient must hold real numbers"):
        check(lambda x: float(np.sum(x**2)), np.ones(3) * 1j, np.ones(3))
