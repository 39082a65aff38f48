"""What functions of tensors change beside their results: put back before every call, and at the end."""

import random

import numpy as np
import pytest

import gradproof
import gradproof.torch
from gradproof.torch.state.generators import _has_second_number

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")


def test_what_is_random_is_put_back_before_every_call():
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Dropout()).double()
    x = torch.randn(2, 3).double()
    before = torch.random.get_rng_state()
    assert gradproof.torch.check(module, x, forward=True).verdict == "right"
    assert torch.equal(torch.random.get_rng_state(), before)
    report = gradproof.torch.check(lambda x: module(x) + 0 * x[0, 0].detach() + x[0, 1].detach(), x)
    assert {one.name.partition(" / ")[2] for one in report.findings} == {"x[0, 1]"}
    hidden = [torch.Generator()]
    report = gradproof.torch.check(lambda x: x * torch.rand((), generator=hidden[0]), x)
    assert report.verdict == "inconclusive"
    assert any("such as a generator in an object of your own" in note for note in report.warnings)


def drawn_by_torch(own):
    return torch.rand(3, generator=own)


def drawn_by_numpy(own):
    return torch.from_numpy(own.random(3))


GENERATORS = {
    "torch": (torch.Generator, drawn_by_torch, lambda own: own.get_state().tolist()),
    "numpy": (np.random.default_rng, drawn_by_numpy, lambda own: own.bit_generator.state),
    "older numpy": (np.random.RandomState, drawn_by_numpy, lambda own: repr(own.get_state())),
    "python": (random.Random, lambda own: own.gauss(0.0, 1.0), lambda own: own.getstate()),
}


@pytest.mark.parametrize("is_kept_by_module", [True, False])
@pytest.mark.parametrize("name", GENERATORS)
def test_generators_of_the_users_own_are_put_back(name, is_kept_by_module):
    make, draw, state = GENERATORS[name]
    generator, module = make(), torch.nn.Linear(3, 1).double()
    before = state(generator)
    if is_kept_by_module:
        module.generator = generator

    def loss():
        own = module.generator if is_kept_by_module else generator
        return (module.weight * draw(own)).square().sum() + module.bias.sum()

    assert gradproof.torch.check(module, loss).verdict == "right"
    assert state(generator) == before
    module.weight.register_hook(lambda gradient: 1.01 * gradient)
    report = gradproof.torch.check(module, loss)
    assert (report.verdict, {one.name.partition("[")[0] for one in report.findings}) == ("wrong", {"weight"})


@pytest.mark.parametrize("drawn_before", [0, 1])
@pytest.mark.parametrize(
    ("draw", "state"),
    [
        (lambda: torch.rand(()).item(), lambda: torch.random.get_rng_state().tolist()),
        (np.random.random, lambda: repr(np.random.get_state(legacy=False)["state"])),
        # They come in pairs: the second leaves the rest of the state as it is.
        (np.random.standard_normal, lambda: repr(np.random.get_state(legacy=False))),
        (random.random, random.getstate),
        (lambda: random.gauss(0.0, 1.0), random.getstate),
    ],
)
def test_generators_are_put_back_where_a_function_draws_only_sometimes(draw, state, drawn_before):
    for _ in range(drawn_before):
        draw()
    before, calls, drawn = state(), [], set()

    def function(x):
        calls.append(x)
        if len(calls) % 3 == 0:
            drawn.update([draw(), draw()])
        return x**2

    assert gradproof.torch.check(function, torch.tensor([0.5, 1.0]).double()).verdict == "right"
    assert len(calls) > 6
    assert len(drawn) == 2
    assert state() == before


@pytest.mark.parametrize("by_loss", [True, False])
def test_a_row_for_padding_that_the_function_depends_on_is_said_to_be_left_out_on_purpose(by_loss):
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Embedding(7, 3, padding_idx=2), torch.nn.Flatten(), torch.nn.Linear(12, 2))
    with torch.no_grad():
        module.double()[0].weight[2] = torch.rand(3)

    def report_at(ids):
        what = (lambda: module(ids).square().sum()) if by_loss else (ids,)
        return gradproof.torch.check(module, what)

    def told(report):
        return [note for note in report.warnings if note.startswith("0.weight[2] is the row for padding")]

    report = report_at(torch.tensor([[1, 2, 3, 0], [2, 2, 5, 6]]))
    assert report.wrong.tolist() == [6, 7, 8]
    assert len(told(report)) == 1
    assert report_at(torch.tensor([[1, 4, 3, 0], [4, 4, 5, 6]])).verdict == "right"
    # A wrong gradient elsewhere has nothing to do with it.
    module[2].weight.register_hook(lambda gradient: 2 * gradient)
    report = report_at(torch.tensor([[1, 4, 3, 0], [4, 4, 5, 6]]))
    assert report.verdict == ("wrong" if by_loss else "right")
    assert told(report) == []


@pytest.mark.parametrize("draw", [random.random, np.random.standard_normal, np.random.random])
def test_generators_are_put_back_where_their_memory_is_unknown(draw, monkeypatch):
    monkeypatch.setattr("gradproof.torch.state.generators._is_memory_known", lambda: False)
    monkeypatch.setattr("gradproof.torch.state.generators._place_of_second_number", lambda: None)
    before = random.getstate(), repr(np.random.get_state(legacy=False))
    assert gradproof.torch.check(lambda x: x**2 + draw(), torch.tensor([0.5, 1.0]).double()).verdict == "right"
    assert (random.getstate(), repr(np.random.get_state(legacy=False))) == before


def test_the_second_number_of_numpys_generator_is_where_it_is_looked_for():
    for _ in range(2):
        np.random.standard_normal()
        assert _has_second_number() == bool(np.random.get_state(legacy=False)["has_gauss"])


def normalised():
    """A spectral normalisation, whose vectors every read of the weight changes."""
    module = torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.Linear(6, 3))
    torch.nn.utils.parametrizations.spectral_norm(module[0])
    inputs = torch.randn(16, 8)
    return module, module[1].weight, lambda: module(inputs).square().mean()


def of_largest_norm():
    """An embedding that shortens its rows where they are looked up."""
    module = torch.nn.Sequential(torch.nn.Embedding(9, 8, max_norm=1.0), torch.nn.Linear(8, 3))
    ids = torch.randint(0, 9, (16,))
    return module, module[1].weight, lambda: module(ids).square().mean()


@pytest.mark.parametrize("largest", [None, 1.0, 99.0])
def test_rows_that_embeddings_shorten_are_told(largest):
    torch.manual_seed(4)
    module, ids = torch.nn.Sequential(torch.nn.Embedding(9, 8), torch.nn.Linear(8, 3)), torch.randint(0, 9, (16,))
    module[0].max_norm = largest

    def checked():
        report = gradproof.torch.check(module, lambda: module(ids).square().mean(), mode="lines", precision="float64")
        return report.verdict, any("shorten the rows" in note for note in report.warnings)

    assert checked() == (("inconclusive", True) if largest == 1.0 else ("right", False))
    module[1].weight.register_hook(lambda gradient: 2 * gradient)
    assert checked() == ("wrong", largest == 1.0)


def of_many_rows():
    """An embedding of which some rows are shortened again at the second call: they come out too long by rounding."""
    module = torch.nn.Sequential(torch.nn.Embedding(3000, 5, max_norm=1.0), torch.nn.Linear(5, 3))
    ids = torch.arange(3000)
    return module, module[1].weight, lambda: module(ids).square().mean()


def test_rows_that_rounding_leaves_too_long_keep_no_gradient_from_being_checked():
    torch.manual_seed(0)
    module, _, loss = of_many_rows()
    # Twin: one call changes what the call before has left.
    loss()
    shortened = module[0].weight.clone()
    loss()
    assert not torch.equal(module[0].weight, shortened)
    torch.nn.init.normal_(module[0].weight)
    before = module[0].weight.clone()
    report = gradproof.torch.check(module, loss)
    assert all(one.is_right for one in report.arrays if one.name.startswith("1."))
    assert report.verdict != "wrong"
    assert torch.equal(module[0].weight, before)


@pytest.mark.parametrize("make", [normalised, of_largest_norm, of_many_rows])
def test_what_modules_write_to_is_restored_where_the_gradient_is_wrong(make):
    torch.manual_seed(0)
    module, weight, loss = make()
    weight.register_hook(lambda gradient: 2 * gradient)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    report = gradproof.torch.check(module, loss, mode="lines")
    named = {one.name.partition("[")[0] for one in report.findings if one.cause.name == "WRONG"}
    assert (report.verdict, named) == ("wrong", {"1.weight"})
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())


def set_data(target, source):
    target.data = target.data * 0.9 + source.data * 0.1


def write_to_data(target, source):
    target.data.mul_(0.9).add_(source.data, alpha=0.1)


def write_to_a_view(target, source):
    target[:].lerp_(source, 0.1)


def write_to_several(target, source):
    torch._foreach_lerp_([target], [source], 0.1)


def with_momentum(write, *, is_update_outside=False):
    """A network, one that follows it in every call of the loss, and the loss."""
    torch.manual_seed(0)
    own, other = (torch.nn.Sequential(torch.nn.Linear(8, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3)) for _ in range(2))
    module, inputs = torch.nn.ModuleList([own, other.requires_grad_(False)]), torch.randn(16, 8)

    def update(source):
        with torch.no_grad():
            for target, one in zip(other.parameters(), source, strict=True):
                write(target, one)

    kept = [one.detach().clone() for one in own.parameters()]

    def loss():
        update(kept if is_update_outside else own.parameters())
        return (own(inputs) - other(inputs + 0.1)).square().mean()

    return module, loss


@pytest.mark.parametrize("precision", [None, "float64"])
@pytest.mark.parametrize("write", [set_data, write_to_data, write_to_a_view, write_to_several])
def test_parameters_without_a_gradient_that_the_loss_writes_to_are_put_back(write, precision):
    module, loss = with_momentum(write)
    before = {name: one.clone() for name, one in module.state_dict().items()}
    report = gradproof.torch.check(module, loss, mode="lines", precision=precision)
    # f depends on what is written, too.
    assert report.verdict == "wrong"
    assert [note for note in report.warnings if note.startswith("The loss writes to 4 parameters")]
    assert all(torch.equal(one, before[name]) for name, one in module.state_dict().items())


@pytest.mark.parametrize("factor", [1, 1.5])
def test_parameters_that_are_written_to_alike_in_every_call(factor):
    module, loss = with_momentum(write_to_data, is_update_outside=True)
    module[0][2].weight.register_hook(lambda gradient: factor * gradient)
    report = gradproof.torch.check(module, loss, mode="lines")
    named = {one.name.partition("[")[0] for one in report.findings if one.cause.name == "WRONG"}
    assert (report.verdict, named) == (("right", set()) if factor == 1 else ("wrong", {"0.2.weight"}))
