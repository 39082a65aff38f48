"""JAX's check_grads: its arguments; every entry of a Jacobian instead of one random direction."""

import numpy as np
import pytest

import gradproof
from gradproof import compat
from gradproof.compat.jax import check_grads

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.usefixtures("jax_in_double_precision")
jnp = jax.numpy
X = np.array([0.5, 1.0, -0.75])


def sine(factor):
    @jax.custom_jvp
    def function(x):
        return jnp.sin(x)

    function.defjvp(lambda points, tangents: (function(points[0]), factor * jnp.cos(points[0]) * tangents[0]))
    return function


def failing(*given, **how):
    with pytest.raises(AssertionError) as caught:
        check_grads(*given, **how)
    assert isinstance(caught.value, gradproof.GradientError)
    return [one.name for one in caught.value.report.findings]


@pytest.mark.parametrize("modes", [("fwd",), ("rev",), "lin", ("fwd", "rev")])
def test_a_rule_by_hand(modes):
    for order in (1, 2):
        assert check_grads(sine(1.0), (X,), order, modes) is None
    assert failing(sine(jnp.array([1, 1, 1.001])), (X,), 1, modes) == ["output[2] / x[2]"]
    assert set(failing(sine(-1.0), (X,), 1, modes=modes)) == {f"output[{i}] / x[{i}]" for i in range(3)}


def test_tolerances_that_are_given_keep_their_meaning():
    off = sine(1 + 1e-3)
    for allowed in ({"rtol": 2e-3}, {"atol": 1e-3}, {"rtol": {np.float64: 2e-3}, "eps": 1e-4}):
        check_grads(off, (X,), 1, **allowed)
    for allowed in ({}, {"rtol": 5e-4}, {"atol": 1e-4}, {"rtol": {np.float32: 2e-3}}):
        assert failing(off, (X,), 1, **allowed)


def test_several_arguments_pytrees_and_precisions():
    check_grads(lambda a, b: {"c": a @ b["d"], "n": jnp.argmax(a)}, (np.ones((2, 3)), {"d": X, "k": 3}), order=2)
    check_grads(lambda z: z * jnp.conj(jnp.roll(z, 1)), (X + 1j,), 2)
    jax.config.update("jax_enable_x64", False)
    check_grads(jnp.tanh, (X,), 1)
    assert failing(sine(1.1), (X,), 1)


def test_the_common_name_is_jaxs_where_arguments_are_given():
    assert compat.check_grads(sine(1.0), (X,), 1) is None
    assert compat.check_grads(sine(1.0), args=(X,), order=1, modes=["rev"]) is None
    with pytest.raises(gradproof.GradientError):
        compat.check_grads(sine(1.1), (X,), order=1)


def test_unknown_modes_are_refused():
    with pytest.raises(ValueError, match="modes must hold some of"):
        check_grads(jnp.sin, (X,), 1, modes=("reverse",))


def test_an_array_in_place_of_the_arguments():
    x = jnp.array([0.5, 1.0])
    with pytest.raises(TypeError, match=r"pass \(args,\)"):
        check_grads(jnp.sin, x, 1)
    check_grads(jnp.multiply, x, 1)
    with pytest.raises(TypeError, match=r"not an object of type tuple: call check_grads\(f, args, order\)"):
        check_grads((x,), jnp.sin, 1)


def test_empty_arrays():
    """There is nothing to measure; but what an empty output sends back must be 0."""
    x = jnp.array([0.5, 1.0])
    assert check_grads(jnp.sin, (jnp.ones((0, 3)),), order=2) is None
    assert check_grads(lambda x: x[:0], (x,), order=2) is None

    @jax.custom_vjp
    def nothing(x):
        return x[:0]

    nothing.defvjp(lambda x: (x[:0], None), lambda _, w: (jnp.ones(2),))
    with pytest.raises(AssertionError, match="a product with an empty array is not 0"):
        check_grads(nothing, (x,), order=1, modes=("rev",))
