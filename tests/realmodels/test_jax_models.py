"""Models of Flax, Equinox and Haiku as they come, in float32: right passes, bugs have their layer.

Each part runs where its library is installed.
"""

import functools

import pytest
from planted import BUGS, factors_of, layers_of

import gradproof.jax

jax = pytest.importorskip("jax")
jnp = jax.numpy
WORDS, WIDTH = 20, 12
TEXT = jax.random.randint(jax.random.key(0), (4, 6), 0, WORDS)


@pytest.fixture(autouse=True)
def single_precision():
    """Other libraries give JAX 64 bits when they are imported."""
    with jax.enable_x64(False):
        yield


def loss_of(scores):
    """The cross entropy of scores for some classes."""
    scores = jax.nn.log_softmax(scores.reshape(-1, scores.shape[-1]))
    places = jnp.arange(len(scores))
    return -scores[places, 3 * places % scores.shape[1]].mean()


def flax():
    nnx = pytest.importorskip("flax.nnx")

    class Language(nnx.Module):
        def __init__(self, rngs):
            self.words = nnx.Embed(WORDS, WIDTH, rngs=rngs)
            self.norm = nnx.LayerNorm(WIDTH, rngs=rngs)
            self.inner = nnx.Linear(WIDTH, 2 * WIDTH, rngs=rngs)
            self.out = nnx.Linear(2 * WIDTH, WORDS, rngs=rngs)

        def __call__(self, text):
            read = jnp.cumsum(self.words(text), axis=1)
            return self.out(jax.nn.gelu(self.inner(self.norm(read))))

    layers = "inner.kernel words.embedding inner.bias out.kernel words.embedding norm.scale"
    return (
        Language(nnx.Rngs(0)),
        lambda module: loss_of(module(TEXT)),
        jax.grad,
        [f"{one}.value" for one in layers.split()],
    )


def equinox():
    eqx = pytest.importorskip("equinox")
    keys = jax.random.split(jax.random.key(0), 4)

    class Recurrent(eqx.Module):
        words: eqx.nn.Embedding
        cell: eqx.nn.GRUCell
        head: eqx.nn.MLP

        def __call__(self, text):
            read = jax.lax.scan(
                lambda state, x: (self.cell(x, state),) * 2, jnp.zeros(WIDTH), jax.vmap(self.words)(text)
            )
            return jax.vmap(self.head)(read[1])

    module = Recurrent(
        eqx.nn.Embedding(WORDS, WIDTH, key=keys[0]),
        eqx.nn.GRUCell(WIDTH, WIDTH, key=keys[1]),
        eqx.nn.MLP(WIDTH, WORDS, WIDTH, 1, activation=jax.nn.gelu, key=keys[2]),
    )
    layers = "cell.weight_hh cell.weight_ih cell.bias head.layers.0.weight words.weight head.layers.1.weight"
    return module, lambda module: loss_of(jax.vmap(module)(TEXT)), eqx.filter_grad, layers.split()


def haiku():
    hk = pytest.importorskip("haiku")

    def network(text):
        read = hk.BatchNorm(True, True, 0.9)(hk.Embed(WORDS, WIDTH)(text), True)
        return hk.nets.MLP([WIDTH, WORDS])(read)

    model = hk.transform_with_state(network)
    parameters, state = model.init(jax.random.key(0), TEXT)
    layers = "mlp/~/linear_1.w mlp/~/linear_0.w mlp/~/linear_1.b mlp/~/linear_0.w embed.embeddings batch_norm.scale"
    return parameters, lambda p: loss_of(model.apply(p, state, None, TEXT)[0]), jax.grad, layers.split()


MODELS = {one.__name__: one for one in (flax, equinox, haiku)}


@functools.cache
def passed(name):
    module, loss, derivative, _ = MODELS[name]()
    return gradproof.jax.check(loss, module, derivative(loss), mode="lines", precision="float64")


@pytest.mark.parametrize("name", MODELS)
def test_the_right_gradient_passes_and_every_array_has_its_factor(name):
    report = passed(name)
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert report.evaluations <= 60 + 2 * len(report.arrays)
    assert all(array.is_right for array in report.arrays)


@pytest.mark.parametrize("number", range(len(BUGS)))
@pytest.mark.parametrize("name", MODELS)
def test_a_bug_is_named_by_its_layer(name, number):
    module, loss, derivative, layers = MODELS[name]()
    bug, layer = list(BUGS)[number], layers[number]

    def gradient(module):
        found, structure = jax.tree_util.tree_flatten_with_path(derivative(loss)(module))
        named = {jax.tree_util.keystr(path, simple=True, separator="."): one for path, one in found}
        named[layer] = BUGS[bug](jnp, named[layer])
        return jax.tree_util.tree_unflatten(structure, named.values())

    report = gradproof.jax.check(loss, module, gradient, mode="lines", precision="float64")
    assert report.verdict == "wrong"
    assert layers_of(report.findings) == {layer}
    if bug == "a hundredth too large":
        assert all(abs(one - 1.01) < 1e-5 for one in factors_of(report.findings))
    if bug == "with a wrong number":
        assert report.wrong.size == 1
