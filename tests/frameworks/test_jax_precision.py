"""JAX functions in float64 at the same point, and pytrees that hold more than arrays; runs where JAX is installed."""

import pytest

import gradproof.jax

jax = pytest.importorskip("jax")
jnp = jax.numpy

KEY = jax.random.key(0)
X = jax.random.normal(jax.random.key(1), (10, 6), jnp.float32)


@pytest.fixture(autouse=True)
def single_precision():
    """Other libraries give JAX 64 bits when they are imported."""
    with jax.enable_x64(False):
        yield


def parameters(kind=None):
    """Return the parameters of a small network."""
    one = jax.random.split(KEY, 2)
    made = {"W": jax.random.normal(one[0], (6, 8)), "b": jnp.ones(8) / 10, "V": jax.random.normal(one[1], (8, 3))}
    return jax.tree_util.tree_map(lambda array: array.astype(kind or array.dtype), made)


@jax.custom_vjp
def scaled(x):
    return jnp.tanh(x)


scaled.defvjp(lambda x: (jnp.tanh(x), x), lambda x, incoming: (1.01 * incoming * (1 - jnp.tanh(x) ** 2),))


@jax.custom_vjp
def ten_thousandth(x):
    return jnp.tanh(x)


ten_thousandth.defvjp(lambda x: (jnp.tanh(x), x), lambda x, incoming: (1.0001 * incoming * (1 - jnp.tanh(x) ** 2),))


def network(p, function=jax.nn.relu):
    """Casts, random numbers from a key, and an output that single precision rounds."""
    hidden = function((X @ p["W"] + p["b"]).astype(jnp.float32))
    hidden = hidden * jax.random.bernoulli(jax.random.key(3), 0.8, hidden.shape) / 0.8
    hidden = hidden + jax.random.normal(jax.random.key(4), hidden.shape) / 10
    return -jax.nn.log_softmax(hidden @ p["V"])[jnp.arange(10), jnp.arange(10) % 3].mean()


def recurrent(p, function=jnp.tanh):
    """Loops and branches."""

    def step(hidden, x):
        hidden = function(x @ p["W"] + hidden + p["b"])
        return hidden, hidden.sum()

    hidden, sums = jax.lax.scan(jax.checkpoint(step), jnp.zeros(8), X)
    hidden = jax.lax.fori_loop(0, 3, lambda _, h: 0.9 * h + jnp.sin(h), hidden)
    hidden = jax.lax.cond(sums.sum() < 1e9, lambda h: 2 * h, lambda h: h, hidden)
    return (hidden @ p["V"]).sum() + sums.mean()


@pytest.mark.parametrize("loss", [network, recurrent])
def test_what_is_written_for_single_precision(loss):
    report = gradproof.jax.check(jax.jit(loss), parameters(), precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert report.warnings[-1].endswith("as good as float32 can be.")
    # A rule that is a hundredth too large; W lies behind it, and V does not.
    report = gradproof.jax.check(lambda p: loss(p, scaled), parameters(), precision="float64", only=["b", "V"])
    assert {one.name.partition("[")[0] for one in report.findings} == {"b"}
    if loss is network:
        for one in report.findings:
            assert one.claimed / one.slope == pytest.approx(1.01, abs=1e-5)


def several(p, function=jnp.tanh):
    """A pytree of outputs, one of which has no derivative."""
    hidden = function(X[0] @ p["W"] + p["b"])
    return {"hidden": hidden, "sums": [(hidden @ p["V"]).sum(), hidden.sum() ** 2], "places": jnp.argsort(hidden)}


@pytest.mark.parametrize(("modes", "order"), [(("rev",), 1), (("fwd", "lin"), 1), (("rev",), 2)])
def test_functions_with_many_outputs(modes, order):
    report = gradproof.jax.check(several, parameters(), modes=modes, order=order, only=["b"], precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert "The gradient in float32 agrees with the same gradient in float64" in report.warnings[-1]
    if order > 1 or "rev" not in modes:
        return
    # Twins: a rule that is one in ten thousand too large, which float32 as it is does not show; and one output alone.
    point = parameters()
    report = gradproof.jax.check(lambda p: several(p, ten_thousandth), point, only=["b"], precision="float64")
    assert report.verdict == "wrong"
    assert str(report.explanations[0]).startswith("all of b: claimed = 1.0001 × slope")
    report = gradproof.jax.check(
        lambda p: {**several(p), "extra": 2 * p["b"] + jax.lax.stop_gradient(p["b"][3])},
        point,
        only=["b"],
        precision="float64",
    )
    assert {one.name.partition(" / ")[2] for one in report.findings} == {"b[3]"}
    assert {one.name.partition("[")[0] for one in report.findings} == {"extra"}


def test_functions_with_many_outputs_in_less_than_single_precision():
    report = gradproof.jax.check(several, parameters("bfloat16"), only=["b"])
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert "in bfloat16 agrees with the same gradient in float64" in report.warnings[-1]


def test_gradients_by_hand():
    def loss(p):
        return jnp.sum(p["b"] ** 3) + jnp.sum(p["w"])

    point = {"b": jnp.linspace(0.5, 1.5, 8), "w": jnp.ones(2)}

    def gradient(p, factor=1.0):
        return {"b": 3 * p["b"] ** 2 * jnp.where(jnp.arange(8) == 2, factor, 1), "w": jnp.ones(2)}

    assert gradproof.jax.check(loss, point, gradient, precision="float64").verdict == "right"
    report = gradproof.jax.check(loss, point, lambda p: gradient(p, 1.0001), precision="float64")
    assert [one.name for one in report.findings] == ["b[2]"]
    with pytest.raises(TypeError, match="the gradient must be a function"):
        gradproof.jax.check(loss, point, gradient(point), precision="float64")


@pytest.mark.parametrize("rule", [None, scaled])
def test_solutions_of_linear_equations(rule):
    def loss(p):
        matrix = 3 * jnp.eye(6) + (rule or jnp.tanh)(p["W"][:, :6])
        return jnp.linalg.slogdet(matrix)[1] + jnp.linalg.solve(matrix, p["V"]).sum()

    report = gradproof.jax.check(loss, {"W": parameters()["W"], "V": jnp.ones((6, 3))}, precision="float64")
    assert (report.verdict, report.arithmetic) == ("wrong" if rule else "right", "float64")
    assert {one.name.partition("[")[0] for one in report.findings} == ({"W"} if rule else set())


@pytest.mark.parametrize("rule", [None, scaled])
def test_what_is_spread_over_devices(rule):
    spec = jax.sharding.PartitionSpec
    mesh = jax.sharding.Mesh(jax.devices()[:1], ("rows",))

    def mean(weights, x):
        return jax.lax.pmean((rule or jnp.tanh)(x @ weights).mean(), "rows")

    spread = jax.shard_map(mean, mesh=mesh, in_specs=(spec(), spec("rows")), out_specs=spec())
    loss = jax.jit(lambda p: spread(p["W"], X) + (p["V"] ** 2).sum())
    report = gradproof.jax.check(loss, parameters(), precision="float64", mode="lines")
    assert (report.verdict, report.arithmetic) == ("wrong" if rule else "right", "float64")
    assert {one.name.partition("[")[0] for one in report.findings} == ({"W"} if rule else set())


@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
def test_less_than_single_precision(kind):
    def loss(p):
        return network(p, lambda x: jnp.tanh(x.astype(kind)))

    report = gradproof.jax.check(loss, parameters(kind))
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert f"The gradient in {kind} agrees with the same gradient in float64" in report.warnings[-1]
    report = gradproof.jax.check(lambda p: loss(p) + jax.lax.stop_gradient(p["b"][3]), parameters(kind))
    assert [one.name for one in report.findings] == ["b[3]"]


def test_what_cannot_be_evaluated_in_float64_is_checked_as_it_is():
    def loss(p):
        return float(sum(one**2 for one in p["b"]))

    report = gradproof.jax.check(loss, {"b": jnp.ones(3)}, lambda p: {"b": 2 * p["b"]}, precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float32")
    assert report.warnings[-1].startswith("f could not be evaluated in float64, but only as it is: ")
    report = gradproof.jax.check(lambda x: jnp.sin(x) + 1j, jnp.ones(2), precision="float64")
    assert "complex numbers are checked as they are" in report.warnings[-1]
    with pytest.raises(
        TypeError, match=r"b must be float32 or float64, but is bfloat16.*f could not be evaluated in float64"
    ):
        gradproof.jax.check(loss, {"b": jnp.ones(3, "bfloat16")}, lambda p: {"b": 2 * p["b"]})
    with pytest.raises(ValueError, match='precision must be "float64"'):
        gradproof.jax.check(jnp.sum, jnp.ones(2), precision="float32")


@jax.tree_util.register_pytree_with_keys_class
class Layer:
    """A module as those of Equinox are: its activation function is a leaf beside its arrays."""

    def __init__(self, weight, activation):
        self.weight = weight
        self.activation = activation

    def tree_flatten_with_keys(self):
        keys = (jax.tree_util.GetAttrKey("weight"), jax.tree_util.GetAttrKey("activation"))
        return tuple(zip(keys, (self.weight, self.activation), strict=True)), None

    @classmethod
    def tree_unflatten(cls, _, leaves):
        return cls(*leaves)

    def __call__(self, x):
        return self.activation(x @ self.weight)


@pytest.mark.parametrize("precision", [None, "float64"])
def test_leaves_that_are_no_arrays_are_left_alone(precision):
    module = [Layer(jax.random.normal(KEY, (6, 4)), jnp.tanh), Layer(jnp.ones((4, 2)), jax.nn.gelu)]

    def loss(module):
        return jnp.mean(module[1](module[0](X)) ** 2)

    report = gradproof.jax.check(loss, module, precision=precision)
    assert (report.verdict, report.n) == ("right", 32)
    report = gradproof.jax.check(
        lambda m: loss(m) + jax.lax.stop_gradient(m[0].weight[2, 1]), module, precision=precision
    )
    assert [one.name for one in report.findings] == ["x.0.weight[2, 1]"]


@pytest.mark.parametrize("precision", [None, "float64"])
def test_a_module_of_equinox(precision):
    equinox = pytest.importorskip("equinox")
    module = equinox.nn.MLP(6, 3, 8, 2, activation=jax.nn.gelu, key=KEY)

    def loss(module):
        return jnp.mean(jax.vmap(module)(X) ** 2)

    for gradient in (None, equinox.filter_grad(loss)):
        assert gradproof.jax.check(loss, module, gradient, precision=precision).verdict == "right"
    report = gradproof.jax.check(
        lambda m: loss(m) + jax.lax.stop_gradient(m.layers[1].bias[2]), module, precision=precision
    )
    assert [one.name for one in report.findings] == ["layers.1.bias[2]"]


def test_a_rate_of_dropout_in_a_module_of_equinox_is_no_parameter():
    equinox = pytest.importorskip("equinox")
    dropout = equinox.nn.Dropout(0.3)
    module = equinox.nn.Sequential([equinox.nn.Linear(6, 4, key=KEY), dropout, equinox.nn.Linear(4, 3, key=KEY)])

    def loss(module, beside=0.0):
        outputs = jax.vmap(lambda x, key: module(x, key=key))(X, jax.random.split(KEY, len(X)))
        return jnp.mean(outputs**2) + beside * jax.lax.stop_gradient(module.layers[2].bias[1])

    for gradient in (None, equinox.filter_grad(loss)):
        report = gradproof.jax.check(loss, module, gradient, precision="float64")
        assert (report.verdict, report.n) == ("right", 6 * 4 + 4 + 4 * 3 + 3)
    report = gradproof.jax.check(lambda m: loss(m, 1.0), module, precision="float64")
    assert [one.name for one in report.findings] == ["layers.2.bias[1]"]
    # A number in another pytree has a gradient.
    assert gradproof.jax.check(lambda p: p["w"] @ p["w"] * p["rate"], {"w": jnp.ones(2), "rate": 0.5}).n == 3


@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_digits_that_probabilities_next_to_1_lose_are_no_error(factor):
    weights = jax.random.normal(KEY, (6, 3))
    classes = (X @ weights).argmax(1)
    best, second = jax.lax.top_k(X @ weights, 2)[0].T
    p = {"W": weights * 14 / (best - second).min(), "b": jnp.zeros(3)}

    def loss(p):
        return -jax.nn.log_softmax(X @ p["W"] + p["b"])[jnp.arange(10), classes].mean()

    def gradient(p):
        found = jax.grad(loss)(p)
        return {**found, "W": factor * found["W"]}

    report = gradproof.jax.check(loss, p, gradient, mode="lines", precision="float64")
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float64")
    assert {one.name.partition("[")[0] for one in report.findings} == (set() if factor == 1 else {"W"})
    assert any("rounding in float32 explains that" in note for note in report.warnings)
