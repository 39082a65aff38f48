"""Losses that are constant between steps, through which a backward pass lets a gradient on purpose."""

import pytest

import gradproof.jax

jax = pytest.importorskip("jax")
jnp = jax.numpy

NOTE = "f calls {} with what depends on the parameters, where f is constant between steps."


def rounded(weight):
    """The weight to 1/8, with the gradient of what it was rounded from."""
    return weight + jax.lax.stop_gradient(jnp.round(8 * weight) / 8 - weight)


@jax.custom_vjp
def sign(x):
    return jnp.sign(x)


sign.defvjp(lambda x: (sign(x), None), lambda _, incoming: (incoming,))


@jax.custom_jvp
def floor(x):
    return jnp.floor(8 * x) / 8


@floor.defjvp
def _(primals, tangents):
    return floor(*primals), tangents[0]


def nearest(weight):
    """The nearer one of two rows, with the gradient of each row."""
    book = jnp.stack([0.1 * jnp.ones(6), -0.1 * jnp.ones(6)])
    places = jnp.square(weight[:, None] - book).sum(2).argmin(1)
    return weight + jax.lax.stop_gradient(book[places] - weight)


def repeated(weight):
    """The weight as it is rounded in a turn before the last one, out of what a loop carries from turn to turn."""

    def turn(carry, count):
        return (carry[1], rounded(carry[1]), count), carry[0]

    (after, _, _), _ = jax.lax.scan(turn, (weight, weight, 0), jnp.arange(3))
    return after


@jax.custom_vjp
def doubled(x):
    return x


doubled.defvjp(lambda x: (x, None), lambda _, incoming: (2 * incoming,))


def plain(weight):
    """The weight beside a step that is not used, and steps of what does not depend on it."""
    counts = jax.lax.while_loop(lambda one: one < 2, lambda one: jnp.sign(one) + one, jnp.ones(()))
    return weight * jnp.round(counts) / 3 + 0 * jax.scipy.special.logsumexp(weight)


def checked(weight_of, last=lambda weight: weight):
    """Return the verdict on a network, the arrays in which it is wrong, and the notes on steps."""
    p = {"first": jnp.linspace(-0.9, 1.1, 24).reshape(4, 6) ** 3, "last": jnp.cos(jnp.arange(12.0)).reshape(6, 2)}
    x = jnp.sin(jnp.arange(20.0)).reshape(5, 4)

    @jax.jit
    def loss(p):
        return jnp.mean((jnp.tanh(x @ weight_of(p["first"])) @ last(p["last"])) ** 2)

    report = gradproof.jax.check(loss, p, mode="lines", precision="float64")
    named = {one.name.partition("[")[0] for one in report.findings if one.cause.name == "WRONG"}
    return report.verdict, named, [one for one in report.warnings if one.startswith("f calls")]


@pytest.mark.parametrize(
    ("name", "weight_of"),
    [("round", repeated), ("sign", sign), ("floor", floor), ("argmin", nearest)],
)
def test_a_straight_through_estimator_is_told_from_what_is_wrong(name, weight_of):
    verdict, named, notes = checked(weight_of)
    assert (verdict, named, len(notes)) == ("wrong", {"first"}, 1)
    assert notes[0].startswith(NOTE.format(name))


@pytest.mark.parametrize(("last", "expected"), [(lambda weight: weight, "right"), (doubled, "wrong")])
def test_what_has_no_steps_on_its_way_to_the_value_has_no_note(last, expected):
    assert checked(plain, last) == (expected, {"last"} if expected == "wrong" else set(), [])
