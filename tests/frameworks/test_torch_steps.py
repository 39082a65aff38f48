"""Losses that are constant between steps, through which a backward pass lets a gradient on purpose."""

import pytest

import gradproof.torch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")

NOTE = "f calls {} with what depends on the parameters, where f is constant between steps."


def rounded(weight):
    """The weight to 1/8, with the gradient of what it was rounded from."""
    return weight + (torch.round(8 * weight) / 8 - weight).detach()


class Sign(torch.autograd.Function):
    """Signs, with a slope of 1."""

    @staticmethod
    def forward(ctx, x):
        return x.sign()

    @staticmethod
    def backward(ctx, incoming):
        return incoming


def nearest(weight):
    """The nearer one of two rows, with the gradient of each row."""
    book = torch.stack([0.1 * torch.ones(8), -0.1 * torch.ones(8)])
    return weight + (book[torch.cdist(weight, book).argmin(1)] - weight).detach()


ESTIMATORS = {
    "round": rounded,
    "sign": Sign.apply,
    "argmin": nearest,
    "gumbel_softmax": lambda weight: torch.nn.functional.gumbel_softmax(weight, hard=True),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_straight_through_estimator_is_told_from_what_is_wrong_without_one(name):
    module = torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3))
    x = torch.randn(16, 8)

    def checked(weight_of, factor=1):
        def loss():
            return (
                module[1:](torch.nn.functional.linear(x, weight_of(module[0].weight), module[0].bias)).square().mean()
            )

        hook = module[2].weight.register_hook(lambda gradient: factor * gradient)
        report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
        hook.remove()
        named = {one.name.partition("[")[0] for one in report.findings if one.cause.name == "WRONG"}
        return report.verdict, named, [one for one in report.warnings if one.startswith(NOTE.format(name))]

    verdict, named, notes = checked(ESTIMATORS[name])
    assert (verdict, len(notes)) == ("wrong", 1)
    assert named == {"0.weight"}
    assert checked(lambda weight: weight) == ("right", set(), [])
    assert checked(lambda weight: weight, factor=2) == ("wrong", {"2.weight"}, [])
