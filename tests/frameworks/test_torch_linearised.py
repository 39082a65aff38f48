"""Where kinks meet at x, as those of relu after a block that starts at 0, PyTorch's own slopes are what is checked."""

import pytest

torch = pytest.importorskip("torch")

import gradproof.torch  # noqa: E402
from gradproof.report.cause import Cause  # noqa: E402

functional = torch.nn.functional
ACTIVATIONS = {
    "relu": torch.relu,
    "in_place": lambda x: functional.relu(x, inplace=True),
    "leaky_relu": lambda x: functional.leaky_relu(x, 0.1),
    "clamp": lambda x: x.clamp(min=0),
}


class Residual(torch.nn.Module):
    """A layer of numbers of which many are 0, a block that starts at 0, and what follows their sum."""

    def __init__(self, activation):
        super().__init__()
        self.first, self.block, self.last = torch.nn.Linear(3, 8), torch.nn.Linear(8, 8), torch.nn.Linear(8, 2)
        self.scale, self.shift = torch.nn.Parameter(torch.zeros(8)), torch.nn.Parameter(torch.zeros(8))
        self.activation = activation

    def forward(self, x):
        x = torch.relu(self.first(x))
        x = self.activation(x + self.scale * torch.tanh(self.block(x)) + self.shift)
        return self.last(x)


def residual(dtype, activation=torch.relu):
    torch.manual_seed(0)
    module, x, y = Residual(activation).to(dtype), torch.randn(24, 3, dtype=dtype), torch.randn(24, 2, dtype=dtype)
    return module, lambda: functional.mse_loss(module(x), y)


def is_told(report):
    return any(one.startswith("Kinks meet at x") for one in report.warnings)


@pytest.mark.parametrize(
    ("activation", "dtype", "precision", "mode"),
    [
        *((name, torch.float64, None, "lines") for name in ACTIVATIONS),
        ("relu", torch.float64, None, "full"),
        ("in_place", torch.float32, "float64", "lines"),
    ],
)
def test_a_block_that_starts_at_0(activation, dtype, precision, mode):
    module, loss = residual(dtype, ACTIVATIONS[activation])
    before = [one.clone() for one in module.parameters()]
    report = gradproof.torch.check(module, loss, mode=mode, precision=precision)
    assert (report.verdict, is_told(report)) == ("right", True)
    # Along lines these slopes are taken from the first.
    assert report.evaluations <= 100 + 2 * len(before) or mode == "full"
    assert all(map(torch.equal, before, module.parameters()))
    for name in ("scale", "last.weight"):
        hook = dict(module.named_parameters())[name].register_hook(lambda grad: 1.01 * grad)
        report = gradproof.torch.check(module, loss, mode=mode, precision=precision)
        hook.remove()
        assert report.verdict == "wrong"
        assert {one.name.partition("[")[0] for one in report.findings if one.cause is Cause.WRONG} == {name}


class Absolute(torch.autograd.Function):
    """The absolute value, whose derivative is 7 at 0."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.abs()

    @staticmethod
    def backward(ctx, incoming):
        (x,) = ctx.saved_tensors
        return incoming * torch.where(x == 0, 7.0, x.sign())


@pytest.mark.parametrize("factor", [1, 2])
def test_an_error_that_kinks_would_hide(factor):
    module, loss = residual(torch.float64)
    module.shift.register_hook(lambda grad: factor * grad)
    report = gradproof.torch.check(module, loss, mode="lines")
    assert report.verdict == ("right" if factor == 1 else "wrong")
    assert {one.name.partition("[")[0] for one in report.findings} == ({"shift"} if factor != 1 else set())


@pytest.mark.parametrize("factor", [1, 2])
def test_a_compiled_module_is_in_one_piece(factor):
    module, _ = residual(torch.float32)
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    x, y = torch.randn(24, 3), torch.randn(24, 2)
    module.scale.register_hook(lambda grad: factor * grad)
    report = gradproof.torch.check(module, lambda: functional.mse_loss(compiled(x), y), mode="lines")
    assert report.verdict == ("right" if factor == 1 else "wrong")
    assert {one.name.partition("[")[0] for one in report.findings} == ({"scale"} if factor != 1 else set())


class Rectified(torch.autograd.Function):
    """relu with the slope 1 at 0."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.relu(x)

    @staticmethod
    def backward(ctx, incoming):
        return incoming * (ctx.saved_tensors[0] >= 0)


@pytest.mark.parametrize("factor", [1, 1.5])
def test_a_backward_pass_by_hand_takes_the_slope_that_it_likes(factor):
    x = torch.linspace(0, 1, 40, dtype=torch.float64, requires_grad=True)
    x.register_hook(lambda grad: factor * grad)
    report = gradproof.torch.check(x, lambda: Rectified.apply(x).sum(), mode="lines")
    assert (report.verdict, is_told(report)) == ("right" if factor == 1 else "wrong", True)
    assert any(one.endswith("in x: it takes others, or is wrong.") for one in report.warnings) == (factor == 1)


@pytest.mark.parametrize("factor", [1, 1.01])
def test_numbers_that_cannot_be_read(factor):
    torch.manual_seed(0)
    weight, rows = torch.randn(3, 3, dtype=torch.float64, requires_grad=True), torch.randn(8, 3, dtype=torch.float64)
    weight.register_hook(lambda grad: factor * grad)
    each = torch.vmap(lambda row: torch.relu(weight @ row).sum())
    report = gradproof.torch.check(weight, lambda: each(rows).sum(), mode="lines")
    assert report.verdict == ("right" if factor == 1 else "wrong")


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_a_backward_pass_that_is_wrong_at_a_kink_alone(mode):
    torch.manual_seed(0)
    x = torch.where(torch.arange(40) % 3 == 0, 0.0, torch.randn(40)).double().requires_grad_()
    assert gradproof.torch.check(x, lambda: x.abs().sum(), mode=mode).verdict == "right"
    report = gradproof.torch.check(x, lambda: Absolute.apply(x).sum(), mode=mode)
    assert report.verdict == "wrong"
    assert set(report.wrong.tolist() or [one.index for one in report.findings]) <= set(range(0, 40, 3))


def test_a_check_that_is_ended_is_not_done_again():
    module, loss = residual(torch.float64)
    calls = []

    def ended():
        calls.append(1)
        if len(calls) == 400:
            raise KeyboardInterrupt
        return loss()

    report = gradproof.torch.check(module, ended, mode="full")
    assert (report.stopped_by, is_told(report)) == ("interrupted", False)
    assert len(calls) == 400
    assert not is_told(gradproof.torch.check(module, loss, mode="full", budget=10_000))
