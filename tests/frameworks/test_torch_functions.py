"""Functions of tensors: the backward pass and the forward mode of PyTorch, by the names of arguments and outputs."""

import collections
from types import SimpleNamespace

import pytest

import gradproof
import gradproof.torch
from gradproof.torch.backward import run_backward

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")
DTYPES = [torch.float32, torch.float64]


class Linear(torch.autograd.Function):
    """A linear map by hand; `fault` changes its backward pass, `forward_fault` its forward mode."""

    fault = forward_fault = staticmethod(lambda *tensors: tensors)

    @staticmethod
    def forward(ctx, rows, weight, scale):
        ctx.save_for_backward(rows, weight)
        ctx.save_for_forward(rows, weight)
        ctx.scale = scale
        return scale * rows @ weight.T

    @staticmethod
    def backward(ctx, incoming):
        rows, weight = ctx.saved_tensors
        by_rows, by_weight = incoming @ weight * ctx.scale, incoming.T @ rows * ctx.scale
        return (*Linear.fault(incoming, by_rows, by_weight)[1:], None)

    @staticmethod
    def jvp(ctx, of_rows, of_weight, _):
        rows, weight = ctx.saved_tensors
        moved = ctx.scale * (of_rows @ weight.T + rows @ of_weight.T)
        return Linear.forward_fault(moved)[0]


def forgets(incoming, by_rows, by_weight):
    return incoming, Linear.weight.sum(0).expand(by_rows.shape) * 2, by_weight


def one_entry(incoming, by_rows, by_weight):
    wrong = by_weight.clone()
    wrong[1, 2] *= 1 + 1e-3
    return incoming, by_rows, wrong


def one_sign(incoming, by_rows, by_weight):
    wrong = by_rows.clone()
    wrong[2] *= -1
    return incoming, wrong, by_weight


def transposed(incoming, by_rows, by_weight):
    return incoming, by_rows, by_weight.T.reshape(by_weight.shape)


FAULTS = [
    (forgets, lambda names: all(name.partition(" / ")[2].startswith("rows[") for name in names)),
    (one_entry, lambda names: {name.partition(" / ")[2] for name in names} == {"weight[1, 2]"}),
    (one_sign, lambda names: {name.partition(" / ")[2][:6] for name in names} == {"rows[2"}),
    (transposed, lambda names: all(name.partition(" / ")[2].startswith("weight[") for name in names)),
]


@pytest.fixture
def linear(monkeypatch):
    rows, weight = (torch.randn(shape, dtype=torch.float64) for shape in ((4, 3), (2, 3)))
    Linear.weight = weight
    return rows, weight, 2


@pytest.mark.parametrize(("fault", "are_expected"), FAULTS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_backward_pass_by_hand(linear, fault, are_expected, monkeypatch):
    assert gradproof.torch.check(Linear.apply, linear).verdict == "right"
    monkeypatch.setattr(Linear, "fault", staticmethod(fault))
    report = gradproof.torch.check(Linear.apply, linear)
    assert report.verdict == "wrong"
    assert are_expected([one.name for one in report.findings]), [one.name for one in report.findings]
    with pytest.raises(gradproof.GradientError):
        gradproof.torch.assert_gradient(Linear.apply, linear)


def test_the_forward_mode_is_checked_where_it_is_asked_for(linear, monkeypatch):
    report = gradproof.torch.check(Linear.apply, linear, forward=True)
    assert (report.verdict, report.subject) == ("right", "vjp and jvp")
    assert str(report).startswith("right: the vjp and jvp agree with the function in all 18 coordinates")

    def doubled(moved):
        wrong = moved.clone()
        wrong[3, 1] *= 2
        return (wrong,)

    monkeypatch.setattr(Linear, "forward_fault", staticmethod(doubled))
    assert gradproof.torch.check(Linear.apply, linear).verdict == "right"
    report = gradproof.torch.check(Linear.apply, linear, forward=True)
    assert (report.verdict, report.subject) == ("wrong", "jvp")
    assert {one.name.partition(" / ")[0] for one in report.findings} == {"output[3, 1]"}
    monkeypatch.setattr(Linear, "fault", staticmethod(one_entry))
    report = gradproof.torch.check(Linear.apply, linear, forward=True)
    assert (report.verdict, report.subject) == ("wrong", "vjp")
    assert report.warnings[0].startswith("The jvp is wrong, too: output[3, 1] / ")


def test_nothing_of_the_users_is_changed(linear):
    rows, weight, _ = linear
    weight.requires_grad_()
    weight.grad = kept = torch.ones_like(weight)
    before = [one.detach().clone() for one in (rows, weight)]
    report = gradproof.torch.check(Linear.apply, linear)
    # Rows do not require a gradient, and are held.
    assert (report.verdict, report.n) == ("right", 6)
    assert weight.grad is kept
    assert torch.equal(kept, torch.ones_like(weight))
    assert (weight.requires_grad, rows.requires_grad) == (True, False)
    assert all(torch.equal(a, b) for a, b in zip(before, (rows, weight), strict=True))

    def writes(rows, means):
        means.mul_(0.9).add_(rows.detach().mean(0))
        return rows - rows.mean(0)

    means = torch.zeros(3, dtype=torch.float64)
    assert gradproof.torch.check(writes, (rows.requires_grad_(), means)).verdict == "right"
    assert means.tolist() == [0, 0, 0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_module_with_its_parameters(dtype):
    class Scaled(torch.nn.Module):
        fault = 1.0

        def __init__(self):
            super().__init__()
            self.inner = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh())
            self.rows = torch.nn.Parameter(torch.rand(4) + 0.5)
            self.tied = self.rows

        def forward(self, rows):
            kept = self.rows * Scaled.fault - (self.rows * (Scaled.fault - 1)).detach()
            return {"out": self.inner(rows) * kept, "bias": self.inner[0].bias}

    module, rows = Scaled().to(dtype), torch.randn(5, 3, dtype=dtype)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    report = gradproof.torch.check(module, rows)
    # 15 inputs; 12 weights, 4 biases; 8 of the normalisation; 4 of its own, named apart from the input.
    assert (report.verdict, report.n) == ("right", 15 + 12 + 4 + 8 + 4)
    assert report.name(0) == "rows[0, 0]"
    assert "parameters.rows[0]" in {report.name(index) for index in range(report.n)}
    Scaled.fault = 1.25
    report = gradproof.torch.check(module, rows)
    assert report.verdict == "wrong"
    assert {one.name.partition(" / ")[2].partition("[")[0] for one in report.findings} == {"parameters.rows"}
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())


@pytest.mark.parametrize(
    "module", [torch.nn.LSTM(2, 3), torch.nn.MultiheadAttention(4, 2), torch.nn.Embedding(5, 3, sparse=True)]
)
def test_modules_of_pytorch(module):
    module = module.double()
    given = {
        "LSTM": (torch.randn(3, 1, 2).double(),),
        "MultiheadAttention": (torch.randn(3, 1, 4).double(),) * 3,
        "Embedding": torch.tensor([0, 3, 3]),
    }[type(module).__name__]
    assert gradproof.torch.check(module, given).verdict == "right"


def test_complex_tensors_have_pytorchs_convention():
    z = torch.randn(3, dtype=torch.complex128)

    def function(z):
        return z * z.conj().roll(1), z.abs()

    report = gradproof.torch.check(function, z, forward=True)
    assert (report.verdict, report.n, report.outputs) == ("right", 6, 9)

    class Conjugated(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z**2

        @staticmethod
        def backward(ctx, incoming):
            return incoming * 2 * ctx.saved_tensors[0]  # the conjugate is missing

    report = gradproof.torch.check(Conjugated.apply, z)
    assert report.verdict == "wrong"
    assert "output[1].real / z[1].imag" in {one.name for one in report.findings}
    assert gradproof.torch.check(torch.square, torch.randn(2, dtype=torch.complex64)).verdict == "right"


def test_structures_names_and_what_is_held():
    Pair = collections.namedtuple("Pair", "first second")
    x = {"pair": Pair(torch.randn(2).double(), [torch.randn(()).double(), 3]), "which": torch.tensor([1, 0])}

    def function(x, power, *, scale, mode=None, factor=1.0):
        first, (second, count) = x["pair"].first, x["pair"].second
        moved = first[x["which"]] ** power * scale * second * factor
        return Pair(moved, {"count": count, "mode": mode, "order": moved.argsort(), "sum": moved.sum()})

    kwargs = {"scale": torch.tensor(2.0).double(), "mode": "fast"}
    report = gradproof.torch.check(function, (x, 2), kwargs=kwargs)
    assert report.verdict == "right"
    assert [report.name(index) for index in range(report.n)] == [
        "x.pair.first[0]",
        "x.pair.first[1]",
        "x.pair.second.0",
        "scale",
    ]
    assert gradproof.torch.check(function, {"x": x, "power": 2, **kwargs}).verdict == "right"
    report = gradproof.torch.check(function, (x, 2), kwargs=kwargs, only="x.pair.second")
    assert (report.verdict, report.n, report.held) == ("right", 1, 3)

    def detached(x, power, **rest):
        pair = function(x, power, **rest)
        return pair._replace(second={"sum": pair.second["sum"] + x["pair"].second[0].detach()})

    report = gradproof.torch.check(detached, (x, 2), kwargs=kwargs)
    assert [one.name for one in report.findings] == ["second.sum / x.pair.second.0"]


def test_strides_and_shapes():
    wide = torch.randn(6, 4).double()
    seen = set()

    def function(rows):
        seen.add(rows.stride())
        return rows**2

    for given in (wide[::2], wide.T, wide[0, :1].expand(3), wide[0, 0], wide[:, 1:2]):
        assert gradproof.torch.check(function, given).verdict == "right"
    assert seen == {wide[::2].stride(), wide.T.stride(), (1,), (), wide[:, 1:2].stride()}
    report = gradproof.torch.check(lambda a, b: (a.sum() * b, a), (torch.ones(0).double(), torch.ones(2).double()))
    assert (report.verdict, report.n) == ("right", 2)


def test_outputs_without_a_gradient():
    x = torch.tensor([0.5, 2.0, 1.0]).double()
    report = gradproof.torch.check(lambda x: (x**2, x.detach().floor(), x.argmax()), x)
    assert (report.verdict, report.outputs) == ("right", 3)
    assert "Left out, because PyTorch computes no gradient for it: output.1." in report.warnings
    report = gradproof.torch.check(lambda x: x.detach() ** 2, x)
    assert (report.verdict, report.wrong.tolist()) == ("wrong", [0, 1, 2])
    assert any("No output requires a gradient" in note for note in report.warnings)
    assert gradproof.torch.check(lambda x: x.detach().floor(), x + 0.25).verdict == "right"
    report = gradproof.torch.check(lambda x, y: x**2, (x, torch.ones(2).double()))
    assert report.verdict == "right"
    assert any("The gradient is None for y, taken as 0." in note for note in report.warnings)


class Forgotten(torch.autograd.Function):
    """Its `apply` is the function, not the class."""


@pytest.mark.parametrize(
    ("function", "inputs", "error", "sentence"),
    [
        (3, torch.ones(2), TypeError, "function must be callable, not an object of type int"),
        (torch.sin, torch.ones(2).half(), TypeError, "x is torch.float16: a check needs float32, float64"),
        (torch.sin, torch.ones(2).bfloat16(), TypeError, "x is torch.bfloat16"),
        (torch.sin, torch.ones(2, device="meta"), ValueError, "x is on meta"),
        (torch.sin, torch.ones(2).to_sparse(), TypeError, "x is torch.sparse_coo: pass its values"),
        (torch.sin, torch.arange(3), ValueError, "there is no floating-point tensor among the inputs"),
        (torch.add, (torch.ones(2), torch.ones(2).double()), TypeError, "inputs.0 is float32 but inputs.1 is float64"),
        (
            lambda x: 3,
            torch.ones(2),
            TypeError,
            "must return a floating-point tensor, or a structure that holds one, not",
        ),
        (lambda x: x > 0, torch.ones(2), TypeError, "not a tensor of torch.bool"),
        (Forgotten, torch.ones(2), TypeError, "not an object of the class Forgotten: pass Forgotten.apply"),
        (lambda x: None, torch.ones(2), TypeError, "is a `return` missing?"),
        (lambda x: x.half(), torch.ones(2), TypeError, "output is torch.float16"),
        (torch.sin, torch.ones(0), ValueError, "x is empty"),
    ],
)
def test_what_cannot_be_checked_is_refused(function, inputs, error, sentence):
    with pytest.raises(error) as caught:
        gradproof.torch.check(function, inputs)
    assert sentence in str(caught.value)


def test_both_forms_at_once_are_refused():
    for given in ({"kwargs": {}}, {"forward": True}):
        with pytest.raises(TypeError, match="with a loss"):
            gradproof.torch.check(torch.nn.Linear(2, 2), lambda: 1, **given)
    with pytest.raises(TypeError, match="inputs are missing"):
        gradproof.torch.check(torch.sin)
    module = torch.nn.Linear(2, 1).double()
    assert gradproof.torch.check(module, loss=lambda: module(torch.ones(2).double()).sum()).verdict == "right"


def test_tensors_have_names_of_their_own():
    given = {"a.b": torch.tensor([1.0, 2.0]).double(), "a": {"b": torch.tensor([3.0, 4.0]).double()}}

    def function(p):
        return (p["a.b"] ** 2).sum() + 3 * (p["a"]["b"] ** 2).sum()

    report = gradproof.torch.check(function, (given,))
    assert report.verdict == "right"
    assert [report.name(index) for index in range(4)] == ["p['a.b'][0]", "p['a.b'][1]", "p.a.b[0]", "p.a.b[1]"]
    # The one output has a random weight.
    claims = [report.claimed(report.name(index)) / report.claimed("p['a.b'][0]") for index in range(4)]
    assert claims == pytest.approx([1, 2, 9, 12])


def test_backward_passes_are_the_same_without_the_engine_that_is_not_public():
    x = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
    unused = torch.ones(3, dtype=torch.float64, requires_grad=True)
    public = SimpleNamespace(autograd=SimpleNamespace(Variable=object, grad=torch.autograd.grad))
    outputs, incoming = [x.sin(), x**2], [torch.tensor([1.0, -2.0]).double(), torch.tensor([0.25, 3.0]).double()]
    for pytorch in (torch, public):
        found, nothing = run_backward(pytorch, outputs, [x, unused], incoming, retain_graph=True)
        assert torch.equal(found, incoming[0] * x.cos() + incoming[1] * 2 * x)
        assert nothing is None
        (again, _) = run_backward(pytorch, [x.sin()], [x, unused], [incoming[0]], create_graph=True)
        assert torch.equal(run_backward(pytorch, [again], [x], incoming[1:])[0], -incoming[0] * x.sin() * incoming[1])
