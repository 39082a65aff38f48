"""Functions of tensors in float32, checked with their values in float64 at the same point."""

import pytest

import gradproof
import gradproof.torch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")


class Cube(torch.autograd.Function):
    """A cube by hand, with `factor` too much in its backward pass and in its forward mode."""

    @staticmethod
    def forward(x, factor):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.factor = inputs
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)

    @staticmethod
    def backward(ctx, incoming):
        return ctx.factor * 3 * ctx.saved_tensors[0] ** 2 * incoming, None

    @staticmethod
    def jvp(ctx, tangent, _):
        return ctx.factor * 3 * ctx.saved_tensors[0] ** 2 * tangent


def check(function, inputs, **settings):
    return gradproof.torch.check(function, inputs, precision="float64", **settings)


def is_as_good(report):
    return any(one.endswith("as good as float32 can be.") for one in report.warnings)


@pytest.mark.parametrize("forward", [False, True])
def test_a_rule_by_hand(forward):
    x = torch.tensor([0.5, -1.0, 2.0])
    report = check(Cube.apply, (x, 1.0), forward=forward)
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert is_as_good(report)
    report = check(Cube.apply, (x, 1.01), forward=forward)
    assert report.verdict == "wrong"
    assert {one.name for one in report.findings} == {f"output[{index}] / x[{index}]" for index in range(3)}
    for one in report.findings:
        assert one.claimed / one.slope == pytest.approx(1.01, abs=1e-5)
        assert one.slope == pytest.approx(3 * x[one.index].item() ** 2, rel=1e-9)


def test_what_steps_in_single_precision_cannot_see():
    # The slopes are lost in the rounding of the values in float32.
    def function(x, fault=0.0):
        return 1000 + 1e-3 * ((1 - fault) * x + fault * x.detach()) ** 2

    x = torch.tensor([0.5, 1.5])
    assert check(function, x).verdict == "right"
    report = check(lambda x: function(x, 0.1), x)
    assert {one.name for one in report.findings} == {"output[0] / x[0]", "output[1] / x[1]"}
    assert gradproof.torch.check(lambda x: function(x, 0.1), x).verdict != "wrong"


def test_modules_in_train_mode():
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Dropout(), torch.nn.Tanh())
    x = torch.randn(5, 3)
    before, generator = {name: one.clone() for name, one in module.state_dict().items()}, torch.random.get_rng_state()
    report = check(module, x)
    assert (report.verdict, report.arithmetic, report.n) == ("right", "float64", 15 + 16 + 8)
    report = check(lambda x: module(x) + 0.01 * x[0, 1].detach(), x)
    assert {one.name.partition(" / ")[2] for one in report.findings} == {"x[0, 1]"}
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), generator)


def test_structures_casts_and_what_is_held():
    def function(pair, factor, *, power):
        first, second = pair
        moved = (first.float() ** power * factor).to(torch.float32)
        assert moved.dtype == torch.float32
        return {"moved": moved, "sum": second.sum() + 1, "order": moved.argsort(), "fixed": moved.detach()}

    pair = [torch.rand(3) + 1, torch.rand(2)]
    report = check(function, (pair, torch.tensor(2.0)), kwargs={"power": 2}, held="pair.0")
    assert (report.verdict, report.n, report.held) == ("right", 3, 3)
    assert "Left out, because PyTorch computes no gradient for it: fixed." in report.warnings

    def detached(pair, factor, *, power):
        return function([pair[0], pair[1] * 0.99 + 0.01 * pair[1].detach()], factor, power=power)

    report = check(detached, (pair, torch.tensor(2.0)), kwargs={"power": 2})
    assert {one.name for one in report.findings} == {"sum / pair.1[0]", "sum / pair.1[1]"}


def test_what_cannot_be_evaluated_in_float64_is_checked_as_it_is():
    class ByNumPy(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.from_numpy((x.detach().numpy().astype("float32") * 1000).round() / 1000)

        @staticmethod
        def backward(ctx, incoming):
            return incoming

    x = torch.tensor([0.5, 1.0])
    for function, given in ((lambda x: x.conj() * 2, x.cfloat()), (torch.fft.rfft, x)):
        report = check(function, given)
        assert (report.verdict, report.arithmetic) == ("right", "float32")
        assert report.warnings[-1].endswith("but only as it is: complex numbers are checked as they are.")
    assert any("could not be evaluated in float64" in one for one in check(ByNumPy.apply, x).warnings)
    assert check(torch.sin, x.double()).warnings == ()
    with pytest.raises(ValueError, match='precision must be "float64"'):
        gradproof.torch.check(torch.sin, x, precision="float32")


@pytest.mark.skipif(not hasattr(torch, "_grouped_mm"), reason="this PyTorch has no products of groups")
@pytest.mark.parametrize("factor", [1, 1.01])
def test_products_of_groups_of_which_pytorch_has_none_in_float64(factor):
    experts = torch.nn.ParameterDict({"up": torch.randn(3, 8, 16), "down": torch.randn(3, 16, 4)})
    x, ends = torch.randn(12, 8), torch.tensor([5, 5, 12], dtype=torch.int32)

    def loss():
        hidden = torch.tanh(torch._grouped_mm(x, experts["up"], offs=ends))
        return torch._grouped_mm(hidden, experts["down"], offs=ends).square().mean()

    experts["up"].register_hook(lambda gradient: factor * gradient)
    report = gradproof.torch.check(experts, loss, mode="lines", precision="float64")
    named = {one.name.partition("[")[0] for one in report.findings}
    assert (report.verdict, named) == (("right", set()) if factor == 1 else ("wrong", {"up"}))
    assert (report.arithmetic, is_as_good(report)) == ("float64", True)


def test_other_forms_of_these_are_named_as_what_has_no_float64():
    from gradproof.torch.lifted.replacements import grouped_mm

    rows, ends = torch.randn(5, 4), torch.tensor([2, 5])
    with pytest.raises(NotImplementedError):
        grouped_mm(rows, torch.randn(4, 3), offs=ends)
    matrices = torch.randn(2, 4, 3)
    expected = torch.cat([rows[:2] @ matrices[0], rows[2:] @ matrices[1]])
    assert torch.equal(grouped_mm(rows, matrices, offs=ends), expected)


@pytest.mark.parametrize("factor", [1, 1.01])
def test_complex_numbers_of_single_precision_become_those_of_double_precision(factor):
    weight, x = torch.nn.Parameter(torch.randn(12, 2)), torch.randn(6, 12, dtype=torch.complex64)
    weight.register_hook(lambda gradient: factor * gradient)
    kinds = []

    def loss():
        product = torch.tanh(x @ torch.view_as_complex(weight)).to(torch.complex64)
        kinds.append(product.dtype)
        return product.abs().square().mean() + torch.fft.rfft(weight[:, 0]).abs().mean()

    report = gradproof.torch.check({"weight": weight}, loss, mode="lines", precision="float64")
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float64")
    assert set(kinds) == {torch.complex64}
    assert is_as_good(report)
