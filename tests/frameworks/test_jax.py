"""The adapter for JAX: pytrees by their paths; runs where JAX is installed."""

import dataclasses
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradproof
import gradproof.jax

jax = pytest.importorskip("jax")


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Layer:
    W: Any
    b: Any


class Pair(NamedTuple):
    first: Any
    second: Any


@pytest.fixture(params=["float32", "float64"])
def arithmetic(request):
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", request.param == "float64")
    yield request.param
    jax.config.update("jax_enable_x64", before)


def network(fault=1.0):
    """Return a loss with a softplus whose derivative is by hand, and a point of more than 5,000 coordinates."""
    random = np.random.default_rng(3)

    @jax.custom_vjp
    def softplus(z):
        return jax.nn.softplus(z)

    softplus.defvjp(lambda z: (softplus(z), z), lambda z, g: (fault * g * jax.nn.sigmoid(z),))
    rows, targets = random.normal(size=(30, 20)), random.normal(size=30)
    point = {
        "layers": [
            Layer(jax.numpy.array(random.normal(size=shape) / 5), jax.numpy.zeros(shape[1]))
            for shape in ((20, 100), (100, 40))
        ],
        "out": (jax.numpy.array(random.normal(size=40) / 5), 0.5),
    }

    @jax.jit
    def loss(tree):
        first, second = tree["layers"]
        hidden = softplus(jax.numpy.tanh(rows @ first.W + first.b) @ second.W + second.b)
        return jax.numpy.mean((hidden @ tree["out"][0] + tree["out"][1] - targets) ** 2)

    return loss, point


def test_a_pytree_with_a_derivative_by_hand(arithmetic):
    loss, point = network()
    report = gradproof.jax.check(loss, point)
    assert (report.verdict, report.mode, report.arithmetic) == ("right", "lines", arithmetic)
    assert report.name(0) == "layers.0.W[0, 0]"
    assert report.name(report.n - 1) == "out.1"
    loss, point = network(1.05)
    report = gradproof.jax.check(loss, point)
    assert report.verdict == "wrong"
    blocks = {one.name.partition("[")[0] for one in report.findings}
    assert "layers.1.W" in blocks
    assert blocks <= {"layers.0.W", "layers.0.b", "layers.1.W", "layers.1.b"}


def test_a_gradient_by_hand_and_a_computed_one(arithmetic):
    point = Pair(jax.numpy.arange(1.0, 4), {"a": jax.numpy.ones((2, 2))})

    def f(pair):
        return jax.numpy.sum(pair.first**3) + jax.numpy.sum(jax.numpy.sin(pair.second["a"]))

    def gradient(pair):
        return Pair(3 * pair.first**2, {"a": jax.numpy.cos(pair.second["a"])})

    def wrong(pair):
        right = gradient(pair)
        return Pair(right.first, {"a": right.second["a"].at[1, 0].mul(1.2)})

    for given in (None, gradient, gradient(point)):
        assert gradproof.jax.check(f, point, given).verdict == "right"
        gradproof.jax.assert_gradient(f, point, given)
    for given in (wrong, wrong(point)):
        report = gradproof.jax.check(f, point, given)
        assert [one.name for one in report.findings] == ["second.a[1, 0]"]
        with pytest.raises(gradproof.GradientError, match=r"second\.a\[1, 0\]"):
            gradproof.jax.assert_gradient(f, point, given)


def test_names(arithmetic):
    def names(tree):
        report = gradproof.jax.check(lambda t: sum(jax.numpy.sum(x) for x in jax.tree.leaves(t)), tree)
        assert report.verdict == "right"
        return [report.name(index) for index in range(report.n)]

    assert names(jax.numpy.ones(2)) == ["x[0]", "x[1]"]
    assert names(2.0) == ["x"]
    assert names([jax.numpy.ones(1), (1.0,)]) == ["x.0[0]", "x.1.0"]
    assert names({"a.b": 1.0, "a": {"b": 2.0}}) == ["a.b", "['a.b']"]
    assert names({"W[0]": 1.0, "W": jax.numpy.ones(1)}) == ["W[0]", "['W[0]']"]


def test_points_of_numpy_have_the_type_that_jax_gives_them(arithmetic):
    report = gradproof.jax.check(lambda x: jax.numpy.sum(x**2), np.arange(1.0, 4))
    assert (report.verdict, report.arithmetic) == ("right", arithmetic)
    report = gradproof.jax.check(lambda x: jax.numpy.sum(x**2), np.arange(1.0, 4), np.array([2.0, 4.0, 7.0]))
    assert report.wrong.tolist() == [2]


@pytest.mark.parametrize(
    ("point", "gradient", "error", "sentence"),
    [
        ({}, None, ValueError, "the pytree holds no arrays"),
        ({"a": {"n": np.arange(3)}}, None, TypeError, "a.n must be float32 or float64, but is int"),
        ({"a": 1.0}, {"b": 1.0}, ValueError, "the gradient has the structure"),
        ({"a": 1.0}, lambda tree: [1.0], ValueError, "but the point has"),
    ],
)
def test_what_cannot_be_checked_is_refused(point, gradient, error, sentence):
    with pytest.raises(error) as caught:
        gradproof.jax.check(lambda tree: 1.0, point, gradient)
    assert sentence in str(caught.value)


def test_functions_that_can_be_sent_are_evaluated_by_executors(arithmetic):
    # Imported here: the module needs JAX.
    import jax_functions

    if arithmetic == "float32":
        pytest.skip("what a new process has anyway")

    kind = jax.numpy.asarray(1.0).dtype
    tree = {"W": jax.numpy.ones((3, 4), kind) / 7, "b": jax.numpy.arange(4.0, dtype=kind) / 9, "count": 2}
    w = jax.numpy.linspace(0.5, 1, 5, dtype=kind)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        for call, verdict in (
            (lambda **where: gradproof.jax.check(jax_functions.loss, tree, **where), "right"),
            (lambda **where: gradproof.jax.check(jax_functions.of_arguments, args=(w, 3), **where), "right"),
            (lambda **where: gradproof.jax.check(jax_functions.twice_as_steep, w, **where), "wrong"),
        ):
            report = call(executor=pool)
            assert (report.verdict, report.arithmetic) == (verdict, arithmetic)
            assert report.to_json() == call().to_json()
        with pytest.raises(TypeError, match="cannot be sent to the executor's processes"):
            gradproof.jax.check(lambda x: jax.numpy.sum(x**2), w, executor=pool)


def test_refusals_that_lead_right():
    def f(x):
        return jax.numpy.sum(x**2)

    x = jax.numpy.ones(2)
    with pytest.raises(TypeError, match="f must be a function: call check"):
        gradproof.jax.check(x, f)
    with pytest.raises(ValueError, match=r"a pair \(value, the gradient\), as value_and_grad returns it"):
        gradproof.jax.check(f, x, jax.value_and_grad(f))
