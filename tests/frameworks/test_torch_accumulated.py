"""Gradients that a backward pass adds to `main_grad` by itself, as Megatron's fused layers do."""

import pytest

import gradproof.torch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")


class Fused(torch.autograd.Function):
    """A linear layer whose backward pass adds the gradient of its weights where they accumulate."""

    @staticmethod
    def forward(ctx, x, weight, factor):
        ctx.save_for_backward(x, weight)
        ctx.factor = factor
        return x @ weight.t()

    @staticmethod
    def backward(ctx, incoming):
        x, weight = ctx.saved_tensors
        weight.main_grad.add_(ctx.factor * (incoming.t() @ x))
        if not hasattr(weight, "grad_added_to_main_grad"):
            return incoming @ weight, None, None
        weight.grad_added_to_main_grad = True
        return incoming @ weight, torch.full_like(weight, 7.0), None  # a dummy


def network(dtype, factor, *, has_dummy=False):
    """Parameters, and a loss; the second layer is off by a factor."""
    first, second, bias = (torch.nn.Parameter(torch.randn(*size, dtype=dtype) / 2) for size in ((6, 5), (3, 6), (3,)))
    kind = torch.float64 if dtype is torch.float64 else torch.float32
    first.main_grad, second.main_grad = torch.full((6, 5), 3.0, dtype=kind), torch.zeros(3, 6, dtype=kind)
    if has_dummy:
        first.grad_added_to_main_grad = second.grad_added_to_main_grad = False
    x = torch.randn(7, 5, dtype=dtype)

    def loss():
        inside = torch.tanh(Fused.apply(x, first, 1.0))
        return (Fused.apply(inside, second, factor) + bias).pow(2).mean()

    return {"first": first, "second": second, "bias": bias}, loss


@pytest.mark.parametrize("has_dummy", [False, True])
@pytest.mark.parametrize(
    ("dtype", "precision"),
    [(torch.float64, None), (torch.float32, None), (torch.float32, "float64"), (torch.bfloat16, None)],
)
def test_what_is_added_to_main_grad_is_the_claim(dtype, precision, has_dummy):
    parameters, loss = network(dtype, 1.0, has_dummy=has_dummy)
    report = gradproof.torch.check(parameters, loss, precision=precision)
    assert report.verdict == "right"
    assert not any("no gradient for" in note for note in report.warnings)
    # Twin: half of it is added in one layer.
    parameters, loss = network(dtype, 0.5, has_dummy=has_dummy)
    report = gradproof.torch.check(parameters, loss, precision=precision)
    assert report.verdict == "wrong"
    assert report.wrong.tolist() == list(range(30, 48))
    assert {finding.cause for finding in report.findings} == {gradproof.Cause.WRONG}
    # All is as it was: what had been accumulated, and what was said of it.
    first, second, _ = parameters.values()
    assert bool((first.main_grad == 3).all())
    assert bool((second.main_grad == 0).all())
    assert first.grad is second.grad is None
    assert getattr(first, "grad_added_to_main_grad", False) is False


@pytest.mark.parametrize("precision", [None, "float64"])
def test_hooks_that_move_every_gradient_to_main_grad(precision):
    module, x = torch.nn.Linear(4, 3), torch.randn(5, 4)
    factors = {1: 1.0, 2: 1.0}  # by the number of axes

    def moved(parameter):
        parameter.main_grad.add_(parameter.grad * factors[parameter.ndim])
        parameter.grad = None

    for parameter in module.parameters():
        parameter.main_grad = torch.ones(parameter.shape)
        parameter.register_post_accumulate_grad_hook(moved)
    for factor, wrong in ((1.0, []), (2.0, [12, 13, 14])):  # right, and its twin
        factors[1] = factor
        report = gradproof.torch.check(module, lambda: module(x).pow(2).mean(), precision=precision)
        assert (report.wrong.tolist(), report.arithmetic) == (wrong, precision or "float32")
        assert all(bool((one.main_grad == 1).all()) and one.grad is None for one in module.parameters())


def test_what_nothing_is_added_to_has_no_gradient():
    used, unused = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    unused.main_grad = torch.zeros(2)
    report = gradproof.torch.check({"used": used, "unused": unused}, lambda: used.pow(3).sum())
    assert report.verdict == "right"
    assert "no gradient for unused" in report.warnings[-1]


def test_main_grad_that_the_backward_pass_makes_is_taken_away_again():
    weight = torch.nn.Parameter(torch.ones(2))

    def made(parameter):
        parameter.main_grad, parameter.grad = parameter.grad.double(), None

    weight.register_post_accumulate_grad_hook(made)
    assert gradproof.torch.check({"weight": weight}, lambda: weight.pow(3).sum()).verdict == "right"
    assert not hasattr(weight, "main_grad")
