"""What rounding of a float32 backward pass takes away is no error of the gradient; runs where PyTorch is installed."""

import math
from dataclasses import replace

import numpy as np
import pytest

import gradproof.torch
from gradproof.frameworks import float32
from gradproof.torch import modules
from gradproof.torch.backward import Loss
from gradproof.torch.lifted.roundings import rounded
from gradproof.torch.moved import is_moved_by

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")
nn = torch.nn


def fitted():
    """A network that is as good as sure of all its classes: in float32, 1 - p has few digits there."""
    module = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 3))
    x, classes = torch.randn(5, 6), torch.arange(5) % 3
    optimizer = torch.optim.Adam(module.parameters(), 0.02)

    def loss():
        return nn.functional.cross_entropy(module(x), classes)

    for _ in range(1500):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    optimizer.zero_grad()
    assert loss() < 1e-4
    return module, loss


def named(report):
    return {one.name.partition("[")[0] for one in report.findings}


def test_digits_that_probabilities_next_to_1_lose_are_no_error():
    module, loss = fitted()
    before = [one.detach().clone() for one in module.parameters()]
    report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    (note,) = [one for one in report.warnings if "agrees with the same gradient in float64" in one]
    assert note.endswith("rounding in float32 explains that.")
    assert all(torch.equal(one, other) for one, other in zip(module.parameters(), before, strict=True))


@pytest.mark.parametrize("name", ["0.weight", "2.weight"])
def test_a_hundredth_is_seen_all_the_same(name):
    module, loss = fitted()
    dict(module.named_parameters())[name].register_hook(lambda gradient: 1.01 * gradient)
    report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
    assert (report.verdict, named(report)) == ("wrong", {name})
    assert report.findings[0].claimed / report.findings[0].slope == pytest.approx(1.01, abs=1e-4)


def test_what_is_twice_as_large_in_float32_alone_is_seen_all_the_same():
    module, loss = fitted()
    module[0].weight.register_hook(lambda gradient: gradient * (2 if gradient.dtype == torch.float32 else 1))
    report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
    assert (report.verdict, named(report)) == ("wrong", {"0.weight"})
    assert any("differ from the same gradient in float64 by more than rounding" in one for one in report.warnings)


def moved(function, *given):
    """How far the results of a function move, relative to what they are, where each operation has the same error."""
    error = 1e-6
    with rounded(torch, "float32", lambda shape: np.full(shape, 1 + error)):
        found = function(*given)
    return (found / function(*given) - 1) / error


def test_each_operation_adds_its_error():
    x = torch.rand(4, dtype=torch.float64) + 0.1
    assert torch.allclose(moved(torch.sin, x), torch.ones_like(x), rtol=1e-3)
    # What is written to in place has another one, a view has none.
    assert torch.allclose(moved(lambda x: x.sin().mul_(x).view(2, 2).T, x), 2 + torch.zeros_like(x[:2]), rtol=1e-3)
    # The terms of what holds several operations cancel.
    sure = torch.tensor([0.0, 12.0], dtype=torch.float64)
    assert float(moved(lambda x: x.log_softmax(0)[1], sure).abs()) > 1e4


def test_what_the_lower_precision_holds_stays():
    counts = torch.arange(5, dtype=torch.float64)
    with rounded(torch, "float32", lambda shape: np.full(shape, 1.1)):
        assert torch.equal(counts * 2 + 1 == 7, counts == 3)
        assert torch.equal((counts / 3 * 3).round()[:1], counts[:1])
        assert torch.allclose(torch.ones(1, dtype=torch.float64) / 3, torch.tensor(1.1 / 3, dtype=torch.float64))


@pytest.fixture
def tilted(monkeypatch):
    """A network whose loss in float32 is coarse, and tilted along all coordinates alike: only lines see it."""
    torch.manual_seed(0)
    module, x = nn.Sequential(nn.Linear(40, 60), nn.Tanh(), nn.Linear(60, 1)), torch.randn(8, 40)

    class Tilted(Loss):
        def __call__(self):
            tilt = sum(float(one.detach().double().sum()) for one in module.parameters())
            return round(1024 * (super().__call__() + 3e-3 * tilt)) / 1024

    monkeypatch.setattr(modules, "Loss", Tilted)
    return module, lambda: module(x).square().mean()


@pytest.mark.parametrize("factor", [1.0, 1.05])
def test_where_lines_in_float32_disagree_without_a_coordinate_float64_decides(tilted, factor):
    module, loss = tilted
    module[0].weight.register_hook(lambda gradient: factor * gradient)
    report = gradproof.torch.check(module, loss, mode="lines")
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float64")
    assert named(report) == (set() if factor == 1 else {"0.weight"})
    assert any(one.startswith("In float32 lines disagreed with the gradient") for one in report.warnings)


@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_what_float32_cannot_decide_float64_does(factor):
    torch.manual_seed(0)
    module, x = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1)), torch.randn(8, 6)
    module[0].weight.register_hook(lambda gradient: factor * gradient)

    def loss():
        return module(x).square().mean() + 1e5

    report = gradproof.torch.check(module, loss, mode="lines")
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float64")
    assert named(report) == (set() if factor == 1 else {"0.weight"})
    assert any(one.startswith("In float32 the check could not decide") for one in report.warnings)
    assert gradproof.torch.check(module, loss, mode="lines", time_limit=60.0).verdict == "inconclusive"


@pytest.mark.parametrize("factor", [1.0, 1.01])
@pytest.mark.parametrize("refusal", ["", "for some reason"])
def test_what_takes_long_in_float32_is_done_in_float64(monkeypatch, factor, refusal):
    torch.manual_seed(0)
    module, x = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1)), torch.randn(8, 6)
    module[0].weight.register_hook(lambda gradient: factor * gradient)
    monkeypatch.setattr(float32, "LATE", -90)
    monkeypatch.setattr(modules, "_refusal", lambda *_: refusal)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), mode="lines")
    is_late = any(one.startswith("In float32 the check had not come to an end") for one in report.warnings)
    assert (report.arithmetic, is_late) == (("float32", False) if refusal else ("float64", True))
    if not refusal:
        assert report.verdict == ("right" if factor == 1 else "wrong")
        assert named(report) == (set() if factor == 1 else {"0.weight"})
    assert not report.stopped_by
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), mode="lines", time_limit=60.0)
    assert report.arithmetic == "float32"


@pytest.mark.parametrize("weight", [0.0, 1e-6])
@pytest.mark.parametrize("refusal", ["", "for some reason"])
def test_a_claim_of_0_that_lines_in_float32_do_not_see(monkeypatch, weight, refusal):
    torch.manual_seed(0)
    module, x = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1)), torch.randn(8, 6)
    module.register_parameter("frozen", nn.Parameter(torch.randn(4)))
    monkeypatch.setattr(modules, "_refusal", lambda *_: refusal)

    calls = []

    def loss():
        calls.append(1)
        return module(x).square().mean() + weight * module.frozen.detach().sum()

    report = gradproof.torch.check(module, loss, mode="lines")
    # It is looked for before the lines, not after them.
    assert len(calls) <= report.evaluations + 20
    is_alive = any("f changes with arrays all of whose claims are 0 (frozen)" in one for one in report.warnings)
    assert is_alive == (weight != 0)
    is_seen = weight != 0 and not refusal
    assert (report.verdict, report.arithmetic) == (("wrong", "float64") if is_seen else ("right", "float32"))
    assert named(report) == ({"frozen"} if is_seen else set())
    # Where the user limits a check, no other one is made.
    report = gradproof.torch.check(module, loss, mode="lines", time_limit=60.0)
    assert not any("f changes with arrays" in one for one in report.warnings)


def test_arrays_that_lines_leave_out_do_not_claim_0():
    torch.manual_seed(0)
    module = nn.ParameterDict({"w": torch.randn(90), "b": torch.zeros(3000)})

    def loss():
        leaky = torch.where(module.b > 0, module.b, 0.3 * module.b)
        return module.w.pow(4).sum() + leaky.sum()

    report = gradproof.torch.check(module, loss, mode="lines")
    assert report.verdict == "right"
    assert [one.norm for one in report.power.blocks if one.name == "b"] == [0.0]
    assert not any("claims are 0" in one for one in report.warnings)


@pytest.mark.parametrize(("values", "expected"), [([1, 1, 1, 1], False), ([1, 1, 2, 1], True), ([1, 2, 1, 3], False)])
def test_what_is_another_value(values, expected):
    assert float32.is_another(values) == expected
    assert not float32.is_another([*values[:3], math.nan])
    assert float32.is_another([1, math.nan, 1, 1])
    assert not float32.is_another([np.zeros(2)] * 4)  # as of a function that does not return one number


@pytest.mark.parametrize("choice", [{"held": ["frozen"]}, {"only": ["0.bias"]}])
def test_claims_of_0_among_what_is_held_are_not_looked_at(choice):
    module, x = nn.Sequential(nn.Linear(8, 700)), torch.randn(4, 8)
    module.register_parameter("frozen", nn.Parameter(torch.randn(4)))
    report = gradproof.torch.check(module, lambda: module(x).square().mean() + module.frozen.detach().sum(), **choice)
    assert report.verdict == "right"
    assert not any("claims are 0" in one for one in report.warnings)


def test_a_loss_that_differs_from_call_to_call_does_not_change_with_claims_of_0():
    values = iter([1.0, 2.0, 3.0, 4.0])
    module = nn.Linear(2, 1)
    assert not is_moved_by(dict(module.named_parameters()))(lambda: next(values), ["bias"], 0)
    assert is_moved_by(dict(module.named_parameters()))(lambda: float(module.bias.detach()), ["bias"], 0)


def test_whatever_is_coarse_is_in_doubt():
    torch.manual_seed(0)
    module, x = nn.Linear(6, 1), torch.randn(8, 6)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), mode="lines")
    told = float32.Float32Check(lambda: 0.0, {}, {}, lambda *_: False).reason_for_float64
    for arithmetic in ("float64", "float32", "coarser than float32"):
        one = replace(report, arithmetic=arithmetic)
        assert told(one) == ""
        assert (told(replace(one, verdict="inconclusive")) != "") == (arithmetic != "float64")


def test_within_a_budget_it_stays_as_it_is_where_float32_is_in_doubt(tilted):
    report = gradproof.torch.check(*tilted, mode="lines", budget=2000)
    assert (report.verdict, report.arithmetic) == ("wrong", "float32")


@pytest.mark.parametrize("between", [torch.Tensor.float, torch.Tensor.double])
def test_what_computes_in_float32_between_parameters_in_float64_is_told(between):
    torch.manual_seed(0)
    module, x = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 1)).double(), torch.randn(8, 6).double()
    report = gradproof.torch.check(module, lambda: between(module(x)).square().mean())
    is_coarser = between is torch.Tensor.float
    assert (report.verdict, report.arithmetic) == ("right", "float32" if is_coarser else "float64")
    assert any('precision="float64" shows smaller errors' in one for one in report.warnings) == is_coarser
