"""Where kinks meet at x, as those of relu after a block that starts at 0, JAX's own slopes are what is checked."""

import re

import pytest

import gradproof.jax
from gradproof.frameworks import float32
from gradproof.report.cause import Cause

jax = pytest.importorskip("jax")
jnp = jax.numpy


@jax.custom_jvp
def rectified(x):
    return jnp.where(x > 0, x, 0.0)


@rectified.defjvp
def _(primals, tangents):
    return rectified(primals[0]), tangents[0] * (primals[0] > 0)


@jax.custom_vjp
def by_hand(x):
    return jnp.maximum(x, 0)


by_hand.defvjp(lambda x: (by_hand(x), x), lambda x, incoming: (incoming * (x > 0),))


@jax.custom_vjp
def a_hundredth_more(x):
    return x


a_hundredth_more.defvjp(lambda x: (x, None), lambda _, incoming: (1.01 * incoming,))

ACTIVATIONS = {
    "relu": jax.nn.relu,
    "relu6": jax.nn.relu6,
    "leaky_relu": lambda x: jax.nn.leaky_relu(x, 0.1),
    "abs": jnp.abs,
    "rectified": rectified,
    "by_hand": by_hand,
}


def residual(dtype, activation=jax.nn.relu, wrong="", loop=None):
    """Return a loss and its parameters: numbers of which many are 0, a block that starts at 0, and what follows."""
    keys = jax.random.split(jax.random.key(0), 5)

    def layer(key, rows, columns):
        return {"W": jax.random.normal(key, (rows, columns), dtype) / 2, "b": jnp.full(columns, 0.1, dtype)}

    parameters = {"first": layer(keys[0], 3, 8), "block": layer(keys[1], 8, 8), "last": layer(keys[2], 8, 2)}
    parameters |= {"scale": jnp.zeros(8, dtype), "shift": jnp.zeros(8, dtype)}
    x, y = jax.random.normal(keys[3], (24, 3), dtype), jax.random.normal(keys[4], (24, 2), dtype)

    def linear(p, x):
        return x @ p["W"] + p["b"]

    def loss(p):
        p = {name: jax.tree.map(a_hundredth_more, one) if name == wrong else one for name, one in p.items()}

        def block(x, _=None):
            return activation(x + p["scale"] * jnp.tanh(linear(p["block"], x)) + p["shift"]), None

        x_after, _ = (loop or block_once)(block, jax.nn.relu(linear(p["first"], x)))
        return jnp.mean((linear(p["last"], x_after) - y) ** 2)

    return jax.jit(loss), parameters


def block_once(block, x):
    return block(x)


def is_told(report):
    return any(one.startswith("Kinks meet at x") for one in report.warnings)


@pytest.fixture(autouse=True)
def double_precision(request):
    """Other libraries give JAX 64 bits when they are imported."""
    with jax.enable_x64("float32" not in request.node.name):
        yield


LOOPS = {
    "scan": lambda block, x: jax.lax.scan(jax.checkpoint(block), x, length=2),
    "cond": lambda block, x: jax.lax.cond(x.sum() > 0, block, lambda h: (h, None), x),
}


@pytest.mark.parametrize(
    ("activation", "dtype", "precision", "mode"),
    [
        *((name, "float64", None, "lines") for name in ("leaky_relu", "abs", "rectified", "by_hand")),
        ("relu", "float64", None, "full"),
        ("relu6", "float32", "float64", "lines"),
        ("relu", "float32", None, "lines"),
    ],
)
def test_a_block_that_starts_at_0(activation, dtype, precision, mode):
    loss, parameters = residual(dtype, ACTIVATIONS[activation])
    report = gradproof.jax.check(loss, parameters, mode=mode, precision=precision)
    assert (report.verdict, is_told(report)) == ("right", True)
    assert any(f"arguments of {activation} " in one for one in report.warnings)
    name = "last" if mode == "full" else "scale"
    loss, parameters = residual(dtype, ACTIVATIONS[activation], wrong=name)
    report = gradproof.jax.check(loss, parameters, mode=mode, precision=precision)
    assert report.verdict == "wrong"
    assert {re.split("[.[]", one.name)[0] for one in report.findings if one.cause is Cause.WRONG} == {name}


@pytest.mark.parametrize("loop", LOOPS)
def test_kinks_in_loops_and_branches(loop):
    loss, parameters = residual("float64", loop=LOOPS[loop])
    report = gradproof.jax.check(loss, parameters, mode="lines")
    assert (report.verdict, is_told(report)) == ("right", True)
    loss, parameters = residual("float64", wrong="last", loop=LOOPS[loop])
    assert gradproof.jax.check(loss, parameters, mode="lines").verdict == "wrong"


@jax.custom_jvp
def absolute(x):
    """The absolute value, whose derivative is 7 at 0."""
    return jnp.abs(x)


@absolute.defjvp
def _(primals, tangents):
    return absolute(primals[0]), tangents[0] * jnp.where(primals[0] == 0, 7.0, jnp.sign(primals[0]))


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_rule_that_is_wrong_at_a_kink_alone(mode):
    x = jnp.where(jnp.arange(40) % 3 == 0, 0.0, jax.random.normal(jax.random.key(0), (40,)))
    assert gradproof.jax.check(lambda x: jnp.abs(x).sum(), x, mode=mode).verdict == "right"
    report = gradproof.jax.check(lambda x: absolute(x).sum(), x, mode=mode)
    assert report.verdict == "wrong"
    assert set(report.wrong.tolist() or [one.index for one in report.findings]) <= set(range(0, 40, 3))


def test_what_float32_cannot_decide_is_decided_in_float64():
    def loss(x, function=lambda x: x):
        return 1000 + jnp.sum(jnp.sin(function(x))) / 1000

    def is_told(report):
        return any(one.endswith("it was done in float64.") for one in report.warnings)

    x = jnp.linspace(0.1, 1, 6)
    report = gradproof.jax.check(loss, x)
    assert (report.verdict, is_told(report)) == ("right", True)
    assert gradproof.jax.check(loss, x, budget=5_000).verdict == "inconclusive"
    report = gradproof.jax.check(lambda x: loss(x, a_hundredth_more), x)
    assert (report.verdict, is_told(report), report.wrong.tolist()) == ("wrong", True, list(range(6)))
    report = gradproof.jax.check(loss, x, jax.grad(lambda x: loss(x, a_hundredth_more)))
    assert (report.verdict, is_told(report)) == ("wrong", True)


@pytest.mark.parametrize(("slope", "verdict"), [(1.0, "right"), (0.0, "right"), (7.0, "wrong")])
def test_a_gradient_by_hand_may_take_other_slopes(slope, verdict):
    p = {"a": jnp.zeros(40), "b": jnp.linspace(0.5, 1, 40)}

    def loss(p):
        return jnp.abs(p["a"]).sum() + jnp.sin(p["b"]).sum()

    report = gradproof.jax.check(loss, p, lambda p: {"a": jnp.full(40, slope), "b": jnp.cos(p["b"])}, mode="lines")
    assert (report.verdict, is_told(report)) == (verdict, True)
    takes_others = any(one.endswith("takes there, in a: it takes others, or is wrong.") for one in report.warnings)
    assert takes_others == (slope == 0)
    assert {one.name.partition("[")[0] for one in report.findings if one.cause is Cause.WRONG} <= {"a"}


@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_a_map_that_float32_cannot_decide_is_decided_in_float64(factor):
    @jax.custom_vjp
    def rule(x):
        return x

    rule.defvjp(lambda x: (x, None), lambda _, incoming: (factor * incoming,))
    x = jnp.linspace(0.1, 1, 6)
    report = gradproof.jax.check(lambda x: 1000 + jnp.sin(rule(x)) / 1000, x)
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float64")
    assert any(one.endswith("it was done in float64.") for one in report.warnings)
    if factor != 1:
        assert {one.name for one in report.findings} == {f"output[{place}] / x[{place}]" for place in range(6)}


@pytest.mark.parametrize("weight", [0.0, 1e-6])
def test_a_claim_of_0_that_lines_in_float32_do_not_see(weight):
    random = jax.random.split(jax.random.key(0), 3)
    x, p = jax.random.normal(random[0], (8, 6)), {"W": jax.random.normal(random[1], (6, 12))}
    p["frozen"] = jax.random.normal(random[2], (4,))

    def loss(p):
        return jnp.square(jnp.tanh(x @ p["W"])).mean() + weight * jax.lax.stop_gradient(p["frozen"]).sum()

    report = gradproof.jax.check(loss, p, mode="lines")
    is_alive = any("f changes with arrays all of whose claims are 0 (frozen)" in one for one in report.warnings)
    assert is_alive == (weight != 0)
    assert (report.verdict, report.arithmetic) == (("wrong", "float64") if weight else ("right", "float32"))
    named = {one.name.partition("[")[0] for one in report.findings if one.cause is Cause.WRONG}
    assert named == ({"frozen"} if weight else set())


@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_what_takes_long_in_float32_is_done_in_float64(monkeypatch, factor):
    monkeypatch.setattr(float32, "LATE", -90)
    x, p = jax.random.normal(jax.random.key(0), (8, 6)), {"W": jax.random.normal(jax.random.key(1), (6, 12))}

    def loss(p):
        return jnp.square(jnp.tanh(x @ p["W"])).mean()

    def gradient(p):
        return {"W": factor * jax.grad(loss)(p)["W"]}

    report = gradproof.jax.check(loss, p, gradient, mode="lines")
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float64")
    assert any(one.startswith("In float32 the check had not come to an end") for one in report.warnings)
    # Within limits of the user, nothing ends it.
    assert gradproof.jax.check(loss, p, gradient, mode="lines", time_limit=60.0).arithmetic == "float32"
