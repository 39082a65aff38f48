"""Functions of pytrees with many outputs: reverse and forward mode, several arguments, rules by hand, higher orders."""

import numpy as np
import pytest

import gradproof
import gradproof.jax

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.usefixtures("jax_in_double_precision")
jnp = jax.numpy


def names(report):
    return {one.name for one in report.findings}


def scaled(backward, value=lambda x, factor: factor * jnp.sin(x)):
    """Return factor * sin(x) with a rule by hand."""

    @jax.custom_vjp
    def function(x, factor):
        return factor * jnp.sin(x)

    function.defvjp(lambda x, factor: (value(x, factor), (x, factor)), lambda kept, w: backward(*kept, w))
    return function


X, FACTOR = np.array([0.5, 1.0, -0.75]), 2.0


@pytest.mark.parametrize(
    ("backward", "found"),
    [
        (lambda x, f, w: (f * jnp.cos(x) * w, jnp.sum(jnp.sin(x) * w)), set()),
        (lambda x, f, w: (f * jnp.cos(x) * w, jnp.sum(jnp.sin(x))), {f"output[{i}] / factor" for i in range(3)}),
        (
            lambda x, f, w: (f * jnp.cos(x) * w * jnp.array([1, 1 + 1e-3, 1]), jnp.sum(jnp.sin(x) * w)),
            {"output[1] / x[1]"},
        ),
        (
            lambda x, f, w: (f * jnp.cos(x) * w * jnp.array([1, 1, -1]), jnp.sum(jnp.sin(x) * w)),
            {"output[2] / x[2]"},
        ),
    ],
    ids=["right", "forgets", "scaled", "sign"],
)
def test_a_vjp_by_hand_of_several_arguments(backward, found):
    report = gradproof.jax.check(scaled(backward), args=(X, FACTOR))
    assert report.verdict == ("wrong" if found else "right")
    assert names(report) == found
    if found:
        with pytest.raises(gradproof.GradientError):
            gradproof.jax.assert_gradient(scaled(backward), args=(X, FACTOR))


def test_a_rule_that_returns_another_value():
    def backward(x, factor, w):
        return factor * jnp.cos(x) * w, jnp.sum(jnp.sin(x) * w)

    report = gradproof.jax.check(scaled(backward, lambda x, factor: factor * jnp.sin(x) + 1e-3), args=(X, FACTOR))
    assert report.verdict == "wrong"
    assert report.warnings[0].startswith("jax.vjp computes another value of f than f itself")
    assert "although it agrees with the function in all 4 coordinates" in str(report)


def test_a_jvp_by_hand_in_both_modes():
    @jax.custom_jvp
    def sine(x):
        return jnp.sin(x)

    def rule(factor):
        return lambda points, tangents: (sine(points[0]), factor * jnp.cos(points[0]) * tangents[0])

    for factor, found in ((1.0, set()), (jnp.array([1, 1.001, 1]), {"output[1] / x[1]"})):
        sine.defjvp(rule(factor))
        for modes, subject in ((("rev",), "vjp"), (("fwd",), "jvp"), (("lin",), "linearized jvp")):
            report = gradproof.jax.check(sine, X, modes=modes)
            assert (report.verdict, names(report)) == ("wrong" if found else "right", found)
            assert report.subject == subject
    sine.defjvp(rule(1.0))
    report = gradproof.jax.check(sine, X, modes=("rev", "fwd"))
    assert (report.verdict, report.subject) == ("right", "vjp and jvp")


def test_a_wrong_second_derivative():
    @jax.custom_jvp
    def sine(x):
        return jnp.sin(x)

    sine.defjvp(lambda points, tangents: (sine(points[0]), jax.lax.stop_gradient(jnp.cos(points[0])) * tangents[0]))
    assert gradproof.jax.check(sine, X, modes=("rev", "fwd")).verdict == "right"
    report = gradproof.jax.check(sine, X, order=2)
    assert (report.verdict, report.subject) == ("wrong", "vjp of the vjp")
    assert names(report) == {f"output[{i}] / x[{i}]" for i in range(3)}
    report = gradproof.jax.check(jnp.sin, X, modes=("rev", "fwd"), order=3)
    assert (report.verdict, report.subject) == ("right", "derivatives")
    assert gradproof.jax.check(lambda x: jnp.sum(jnp.sin(x)), X, order=2).verdict == "right"


def test_pytrees_in_and_out_and_what_is_held():
    point = {"x": X, "which": np.array([0, 2]), "layers": [(X[:2], True)]}

    def function(tree):
        (y, flag) = tree["layers"][0]
        return {"y": (jnp.outer(tree["x"], y) * flag,), "order": jnp.argsort(tree["x"]), "z": tree["x"][tree["which"]]}

    report = gradproof.jax.check(function, point, modes=("rev", "fwd"))
    assert (report.verdict, report.n, report.outputs) == ("right", 5, 8)
    assert [report.name(index) for index in range(5)] == ["layers.0.0[0]", "layers.0.0[1]", "x[0]", "x[1]", "x[2]"]

    def stopped(tree):
        return function({**tree, "x": jax.lax.stop_gradient(tree["x"])}) | {"z": tree["x"][tree["which"]]}

    report = gradproof.jax.check(stopped, point, only="x")
    assert (report.verdict, report.held) == ("wrong", 2)
    assert all(name.startswith("y.0[") for name in names(report))
    # One real number, with integers in the point.
    assert gradproof.jax.check(lambda tree: jnp.sum(tree["x"][tree["which"]] ** 2), point).verdict == "right"


def test_complex_numbers_have_jaxs_convention():
    z = np.array([1 + 2j, 0.5 - 1j])

    def function(z):
        return z * jnp.roll(jnp.conj(z), 1) * jnp.abs(z)

    assert gradproof.jax.check(function, z, modes=("rev", "fwd"), order=2).verdict == "right"
    assert gradproof.jax.check(lambda z: jnp.sum(jnp.abs(z) ** 2), z).verdict == "right"
    assert gradproof.jax.check(lambda z: jnp.sum(jnp.abs(z) ** 2), z, 2 * z.conj()).verdict == "right"
    report = gradproof.jax.check(lambda z: jnp.sum(jnp.abs(z) ** 2), z, 2 * z)
    assert report.wrong.tolist() == [1, 3]

    @jax.custom_vjp
    def square(z):
        return z**2

    square.defvjp(lambda z: (z**2, z), lambda z, w: (2 * jnp.conj(z) * w,))
    report = gradproof.jax.check(square, z)
    assert report.verdict == "wrong"
    assert "output[0].real / x[0].imag" in names(report)


def test_a_gradient_by_hand_of_several_arguments():
    def f(x, y):
        return jnp.sum(x**2) * y

    def gradient(x, y):
        return 2 * x * y, jnp.sum(x**2)

    assert gradproof.jax.check(f, None, gradient, args=(X, 3.0)).verdict == "right"
    report = gradproof.jax.check(f, None, lambda x, y: (2 * x * y, 2 * jnp.sum(x**2)), args=(X, 3.0))
    assert names(report) == {"y"}


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({}, TypeError, "give one pytree, for f(pytree), or args="),
        ({"pytree": X, "args": (X,)}, TypeError, "give one pytree, for f(pytree), or args="),
        ({"pytree": X, "modes": "rev"}, ValueError, "modes must hold some of"),
        ({"pytree": X, "modes": ("back",)}, ValueError, "modes must hold some of"),
        ({"pytree": X, "order": 0}, ValueError, "order must be an integer of 1 or more"),
        ({"pytree": X, "gradient": X, "order": 2}, TypeError, "leave them out with a gradient"),
    ],
)
def test_what_cannot_be_checked_is_refused(given, error, sentence):
    with pytest.raises(error) as caught:
        gradproof.jax.check(lambda x, *args: x, **given)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(("factor", "verdict", "wrong"), [(1.0, "right", []), (1.5, "wrong", [0, 1, 2])])
def test_arrays_of_float16_are_checked_in_float64(factor, verdict, wrong):
    sine = jax.custom_vjp(jnp.sin)
    sine.defvjp(lambda x: (jnp.sin(x), x), lambda x, weights: (factor * weights * jnp.cos(x),))
    report = gradproof.jax.check(sine, args=(X.astype(np.float16),))
    assert (report.verdict, report.wrong.tolist(), report.arithmetic) == (verdict, wrong, "float64")


def test_functions_without_floating_point_outputs_are_refused():
    with pytest.raises(TypeError, match="f must return floating-point numbers"):
        gradproof.jax.check(jnp.argmax, X)


@pytest.mark.parametrize("pytree", [(0.5, 2.0), [0.5, 2.0]])
def test_arguments_in_place_of_a_pytree_are_told_where_they_belong(pytree):
    pytree = jax.tree.map(jnp.asarray, pytree)
    with pytest.raises(TypeError, match=r"takes? its 2 parts as arguments: pass args=\(…\)"):
        gradproof.jax.check(lambda x, y: x * y**2, pytree)
    with pytest.raises(TypeError, match=r"its 1 part as arguments"):
        gradproof.jax.check(jnp.sin, (jnp.array([0.5, 1.0]),))
    with pytest.raises(ZeroDivisionError):
        gradproof.jax.check(lambda pair: 1 / 0, pytree)
    assert gradproof.jax.check(lambda pair: pair[0] * pair[1] ** 2, pytree).verdict == "right"
    assert gradproof.jax.check(lambda x, y: x * y**2, args=pytree).verdict == "right"
