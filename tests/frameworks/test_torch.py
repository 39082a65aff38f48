"""The adapter for PyTorch: modules in place, by the names of their parameters; runs where PyTorch is installed."""

from contextlib import nullcontext

import numpy as np
import pytest
from torch_by_hand import Linear

import gradproof
import gradproof.torch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")


class Block(torch.nn.Module):
    """A block of a transformer, with the map out of its wide layer by hand."""

    def __init__(self, width=24):
        super().__init__()
        self.attention = torch.nn.MultiheadAttention(width, 4, batch_first=True)
        self.norms = torch.nn.ModuleList([torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)])
        self.wide = torch.nn.Linear(width, 4 * width)
        self.narrow = torch.nn.Parameter(torch.randn(width, 4 * width) / 10)

    def forward(self, x):
        y = self.norms[0](x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + Linear.apply(torch.nn.functional.gelu(self.wide(self.norms[1](x))), self.narrow)


def state(module):
    return {name: value.detach().numpy().tobytes() for name, value in module.state_dict().items()}


def grads(module):
    return [None if one.grad is None else (one.grad, one.grad.clone()) for one in module.parameters()]


def same_grads(one, other):
    return all(
        (a is None and b is None) or (a[0] is b[0] and torch.equal(a[1], b[1])) for a, b in zip(one, other, strict=True)
    )


def transformer(dtype):
    module = Block().to(dtype)
    x, target = torch.randn(2, 4, 6, 24, dtype=dtype).unbind()

    def loss():
        return ((module(x) - target) ** 2).mean()

    return module, loss


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_block_of_a_transformer(dtype, monkeypatch):
    module, loss = transformer(dtype)
    assert sum(one.numel() for one in module.parameters()) > 5000
    module.wide.bias.grad = torch.ones_like(module.wide.bias)
    before, had = state(module), grads(module)
    report = gradproof.torch.check(module, loss)
    assert (report.verdict, report.mode, report.gradient_evaluations) == ("right", "lines", 1)
    assert report.arithmetic == str(dtype).removeprefix("torch.")
    assert report.power.relative < (1e-2 if dtype == torch.float32 else 1e-6)
    monkeypatch.setattr(Linear, "fault", 1.05)
    report = gradproof.torch.check(module, loss)
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings} == {"narrow"}
    assert "narrow: " in str(report)
    assert state(module) == before
    assert same_grads(grads(module), had)


def test_a_small_network_every_coordinate():
    class Square(torch.autograd.Function):
        fault = 0.0

        @staticmethod
        def forward(ctx, x, scale):
            ctx.save_for_backward(x, scale)
            return x * scale**2

        @staticmethod
        def backward(ctx, gradient):
            x, scale = ctx.saved_tensors
            sums = (gradient * x).sum(0) * 2 * scale
            sums[2] += Square.fault
            return gradient * scale**2, sums

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 5), torch.nn.Linear(5, 1)])
            self.scale = torch.nn.Parameter(torch.rand(5) + 1)

        def forward(self, x):
            return self.layers[1](torch.relu(Square.apply(self.layers[0](x), self.scale)))

    module, x = Network().double(), torch.randn(20, 3, dtype=torch.float64)
    for given in (module, module.named_parameters(), dict(module.named_parameters())):
        assert gradproof.torch.check(given, lambda: module(x).square().mean()).verdict == "right"
    gradproof.torch.assert_gradient(module, lambda: module(x).square().mean())
    Square.fault = 0.1
    report = gradproof.torch.check(module, lambda: module(x).square().mean())
    assert [one.name for one in report.findings] == ["scale[2]"]
    assert report.name(10) == "layers.0.weight[1, 2]"
    with pytest.raises(gradproof.GradientError, match=r"scale\[2\]"):
        gradproof.torch.assert_gradient(module, lambda: module(x).square().mean())
    report = gradproof.torch.check(list(module.parameters()), lambda: module(x).square().mean())
    assert [one.name for one in report.findings] == [
        f"parameters.{[name for name, _ in module.named_parameters()].index('scale')}[2]"
    ]


def test_what_is_detached_is_found_and_what_is_unused_is_said():
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    module.unused = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
    x = torch.randn(20, 3, dtype=torch.float64)
    report = gradproof.torch.check(module, lambda: module(x).square().mean())
    assert report.verdict == "right"
    assert any(
        "backward() computed no gradient for unused (unused or detached?), which was taken as 0." in one
        for one in report.warnings
    )
    report = gradproof.torch.check(module, lambda: module[2](module[1](module[0](x)).detach()).square().mean())
    assert {one.name.partition("[")[0] for one in report.findings} == {"0.weight", "0.bias"}
    assert all(one.claimed == 0 for one in report.findings)
    assert any("computed no gradient for unused, 0.weight, 0.bias" in one for one in report.warnings)
    report = gradproof.torch.check(module, lambda: module(x).square().mean().detach())
    assert (report.verdict, len(report.wrong)) == ("wrong", 21)


def test_frozen_parameters_are_left_out():
    module = torch.nn.Linear(3, 2)
    module.bias.requires_grad_(False)
    report = gradproof.torch.check(module, lambda: module(torch.ones(1, 3)).square().sum())
    assert (report.verdict, report.n) == ("right", 6)
    assert module.bias.grad is None
    report = gradproof.torch.check(
        module, lambda: module(torch.ones(1, 3)).square().sum() * module.weight.detach().sum()
    )
    assert (report.verdict, report.n) == ("wrong", 6)


@pytest.mark.parametrize("channels_last", [False, True])
def test_convolutions_and_batch_normalisation(channels_last):
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 1)
    ).double()
    if channels_last:
        module = module.to(memory_format=torch.channels_last)
        assert not module[0].weight.is_contiguous()
    x = torch.randn(5, 3, 6, 6, dtype=torch.float64)
    before = state(module)
    assert gradproof.torch.check(module, lambda: module(x).square().mean()).verdict == "right"
    report = gradproof.torch.check(module, lambda: module(x).square().mean() + module[0].weight[1, 2, 0, 1].detach())
    assert [one.name for one in report.findings] == ["0.weight[1, 2, 0, 1]"]
    assert state(module) == before  # the running means, too
    assert module[0].weight.is_contiguous() is not channels_last


def test_sparse_gradients_of_an_embedding():
    module = torch.nn.Embedding(50, 4, sparse=True).double()
    words = torch.tensor([3, 7, 7, 1])
    assert gradproof.torch.check(module, lambda: module(words).pow(3).sum()).verdict == "right"
    report = gradproof.torch.check(module, lambda: module(words).pow(3).sum() + module.weight[9, 1].detach())
    assert [one.name for one in report.findings] == ["weight[9, 1]"]


def test_tied_weights_are_one_parameter():
    module = torch.nn.ModuleDict({"a": torch.nn.Linear(3, 3), "b": torch.nn.Linear(3, 3)}).double()
    module["b"].weight = module["a"].weight
    x = torch.randn(4, 3, dtype=torch.float64)
    report = gradproof.torch.check(module, lambda: module["b"](module["a"](x)).square().sum())
    assert (report.verdict, report.n) == ("right", 15)
    module["b"].weight = torch.nn.Parameter(module["a"].weight.detach())
    with pytest.raises(ValueError, match=r"a\.weight and b\.weight share memory"):
        gradproof.torch.check(module, lambda: module["b"](module["a"](x)).square().sum())


def test_a_loss_that_takes_a_derivative_itself():
    module = torch.nn.Sequential(torch.nn.Linear(1, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1)).double()
    x = torch.linspace(-1, 1, 9, dtype=torch.float64).reshape(-1, 1).requires_grad_()

    def residual(detached=False):
        (slope,) = torch.autograd.grad(module(x).sum(), x, create_graph=not detached)
        return (slope - x).square().mean() + module(x).square().mean()

    assert gradproof.torch.check(module, residual).verdict == "right"
    assert x.grad is None
    assert gradproof.torch.check(module, lambda: residual(True)).verdict == "wrong"


# Calls of the loss until its value at x is known: one to see its precision, two by the gradient, one at x.
FIRST = 4


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_all_is_as_it_was_when_the_kth_call_ends_it(error):
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1)).double()
    module[0].bias.grad = torch.ones(3, dtype=torch.float64)
    x = torch.randn(8, 2, dtype=torch.float64)
    before, had = state(module), grads(module)
    calls = last = 0

    def loss():
        nonlocal calls
        calls += 1
        if calls == last:
            raise error("mine")
        return module(x).square().mean()

    gradproof.torch.check(module, loss)
    total = calls
    for last in [*range(1, 8), *range(8, total + 1, 5)]:
        calls = 0
        # Before the first round is over it goes through, from the gradient or from the loss at x.
        with pytest.raises(error, match="mine") if last <= FIRST else nullcontext():
            gradproof.torch.check(module, loss)
        assert state(module) == before
        assert same_grads(grads(module), had)


@pytest.mark.parametrize(
    ("given", "loss", "error", "sentence"),
    [
        (3, lambda: 1, TypeError, "pass a torch.nn.Module or its parameters, not an object of type int"),
        ({"w": np.ones(3)}, lambda: 1, TypeError, "w is of type ndarray, not a tensor"),
        ({"w": torch.ones(3)}, lambda: 1, ValueError, "no parameter has requires_grad=True"),
        (
            {"w": torch.ones(3, requires_grad=True) * 2},
            lambda: 1,
            ValueError,
            "w is not a leaf: pass the tensors from which it is computed",
        ),
        (
            {"w": torch.ones(2, dtype=torch.complex64, requires_grad=True)},
            lambda: 1,
            TypeError,
            "w is torch.complex64: make it of its real and imaginary parts",
        ),
        (torch.nn.Linear(2, 2, device="meta"), lambda: 1, ValueError, "weight is on the meta device, and has no value"),
        (torch.nn.Linear(2, 2), lambda: 1.0, TypeError, "loss must return a tensor with one element"),
        (
            torch.nn.Linear(2, 2),
            lambda: torch.ones(2),
            ValueError,
            "an array of shape (2,): to check the derivative of a function of several outputs",
        ),
        (torch.nn.Linear(2, 2), lambda: torch.ones(2), ValueError, "call gradproof.torch.check(function, inputs)"),
        (torch.nn.Linear(2, 2), lambda: (torch.ones(()), torch.ones(2)), TypeError, "a tuple of length 2: to check"),
        (torch.nn.Linear(2, 2), lambda: None, TypeError, "None: is a `return` missing?"),
        (torch.nn.Linear(2, 2), lambda x: x, TypeError, "argument"),
    ],
)
def test_what_cannot_be_checked_is_refused(given, loss, error, sentence):
    with pytest.raises(error) as caught:
        gradproof.torch.check(given, loss)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("precision", [None, "float64"])
def test_within_inference_mode(precision):
    """In which PyTorch computes no gradients: it is left for the check."""
    module, inputs = torch.nn.Linear(3, 2, dtype=torch.float64), torch.randn(5, 3, dtype=torch.float64)
    settings = {} if precision is None else {"precision": precision}
    with torch.inference_mode():
        assert gradproof.torch.check(module, lambda: torch.sum(module(inputs) ** 2), **settings).verdict == "right"
        function = lambda x: Linear.apply(x, torch.ones(2, 3, dtype=torch.float64)) ** 2  # noqa: E731
        assert gradproof.torch.check(function, inputs, **settings).verdict == "right"
        assert torch.is_inference_mode_enabled()
    module.weight.register_hook(lambda slope: slope * 2)
    with torch.inference_mode():
        report = gradproof.torch.check(module, lambda: torch.sum(module(inputs) ** 2), **settings)
    assert [one.name for one in report.arrays if one.wrong] == ["weight"]


def test_losses_that_are_awaited():
    async def loss():
        return 1.0

    with pytest.raises(TypeError, match="not a coroutine, as of `async def`"):
        gradproof.torch.check(torch.nn.Linear(2, 2), loss)
