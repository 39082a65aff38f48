"""A loss in float64 at the same point, whatever it is written for; runs where PyTorch is installed."""

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest
from torch_by_hand import Linear

import gradproof.torch
from gradproof.problem.rounding import without_rounding
from gradproof.torch.lifted import precise

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")
nn = torch.nn


class ByHand(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 12)
        self.weight = nn.Parameter(torch.randn(12, 12) / 4)
        self.last = nn.Linear(12, 1)

    def forward(self, x):
        return self.last(torch.relu(Linear.apply(torch.tanh(self.first(x)), self.weight)))


def transformer():
    layer = nn.TransformerEncoderLayer(16, 2, 32, 0.1, batch_first=True)
    return nn.Sequential(nn.TransformerEncoder(layer, 2), nn.Linear(16, 5)), torch.randn(4, 6, 16)


def convolutions():
    module = nn.Sequential(
        *(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(32, 5)),
    )
    return module, torch.randn(8, 3, 10, 10)


class Last(nn.Module):
    def __init__(self):
        super().__init__()
        self.recurrent = nn.LSTM(6, 10, 2, dropout=0.2)
        self.out = nn.Linear(10, 5)

    def forward(self, x):
        return self.out(self.recurrent(x)[0])


MODELS = {"transformer": transformer, "convolutions": convolutions, "LSTM": lambda: (Last(), torch.randn(7, 4, 6))}


def classified(module, x):
    def loss():
        out = module(x).flatten(0, -2) if x.ndim == 3 else module(x)
        return nn.functional.cross_entropy(out, torch.arange(len(out)) % 5)

    return loss


def bits(module):
    return {name: (id(one), one.dtype, one.detach().numpy().tobytes()) for name, one in module.state_dict().items()}


def said(report, words):
    return any(words in note for note in report.warnings)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", [0])
def test_real_layers_in_train_mode_are_right(name, seed):
    torch.manual_seed(seed)
    module, x = MODELS[name]()
    before, generator = {key: one[1:] for key, one in bits(module).items()}, torch.random.get_rng_state()
    report = gradproof.torch.check(module, classified(module, x), mode="lines", precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert said(report, "as good as float32 can be")
    assert {key: one[1:] for key, one in bits(module).items()} == before
    assert torch.equal(torch.random.get_rng_state(), generator)
    assert all(one.grad is None for one in module.parameters())
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize("name", MODELS)
def test_a_hundredth_in_a_layer_is_seen(name):
    module, x = MODELS[name]()
    loss = classified(module, x)
    named = dict(module.named_parameters())
    key = list(named)[len(named) // 2 - 1]  # in the middle, and no bias before a normalisation
    named[key].register_hook(lambda gradient: gradient * 1.01)
    report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings} == {key}
    for one in report.findings:
        assert one.claimed / one.slope == pytest.approx(1.01, abs=1e-4)


def test_a_backward_pass_by_hand(monkeypatch):
    module, x = ByHand(), torch.randn(9, 6)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float64")
    assert report.verdict == "right"
    monkeypatch.setattr(Linear, "fault", 1.01)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float64")
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings} == {"weight"}
    assert report.findings[0].claimed / report.findings[0].slope == pytest.approx(1.01, abs=1e-6)


def test_an_error_that_only_float32_has():
    module, x = ByHand(), torch.randn(9, 6)
    module.weight.register_hook(lambda gradient: gradient * 1.01 if gradient.dtype == torch.float32 else gradient)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float64")
    assert {one.name.partition("[")[0] for one in report.findings} == {"weight"}
    assert said(report, "differ from the same gradient in float64 by more than rounding explains, in weight.")


def small(*between):
    return nn.Sequential(nn.Linear(6, 12), *between, nn.Tanh(), nn.Linear(12, 1))


def in_pieces(module, x):
    """Views of a parameter, a buffer filled in place, and conversions."""
    filled = torch.zeros(8, 12, dtype=torch.float32)
    hidden = (x @ module[0].weight.data.T.detach() * 0 + x @ module[0].weight.T).float() + module[0].bias.view(1, 12)
    filled[:, :6] = hidden[:, :6]
    filled[:, 6:].add_(hidden[:, 6:])
    assert filled.dtype == hidden.dtype == x.dtype == module[0].weight.dtype == torch.float32
    return module[2](torch.tanh(filled)).square().mean()


def with_penalty(module, x):
    inside = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(module(inside).sum(), inside, create_graph=True)
    return (slope.norm(dim=1) - 1).square().mean() + module(inside).mean()


def at_random(module, x):
    noise = torch.from_numpy(np.random.standard_normal((8, 6))).float()
    return module(x + noise + torch.randn_like(x)).square().mean()


def checkpointed(module, x):
    from torch.utils.checkpoint import checkpoint

    inside = x.clone().requires_grad_()
    both = (checkpoint(module, inside, use_reentrant=one).square().mean() for one in (True, False))
    return sum(both)


LOSSES = {
    "views": (small, in_pieces),
    "a derivative inside": (small, with_penalty),
    "random numbers": (lambda: small(nn.Dropout(0.3)), at_random),
    "checkpoints": (lambda: small(nn.Dropout(0.3)), checkpointed),
    "a spectral norm": (lambda: settled(small()), lambda module, x: module(x).square().mean()),
    "the old spectral norm": (lambda: settled(small(), old=True), lambda module, x: module(x).square().mean()),
    "batch normalisation": (lambda: small(nn.BatchNorm1d(12)), lambda module, x: module(x).square().mean()),
    "on several devices": (lambda: nn.DataParallel(small()), lambda module, x: module(x).square().mean()),
}


def settled(module, *, old=False):
    norm = nn.utils.spectral_norm if old else nn.utils.parametrizations.spectral_norm
    module[0] = norm(module[0])
    for _ in range(200):
        module(torch.ones(1, 6))
    return module


@pytest.mark.parametrize("precision", [None, "float64"])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_as_people_write_them(name, precision):
    make, loss = LOSSES[name]
    module, x = make(), torch.randn(8, 6)
    report = gradproof.torch.check(module, lambda: loss(module, x), precision=precision)
    assert (report.verdict, report.arithmetic) == ("right", precision or "float32")
    # The twin: what the first layer's bias does beside is not in its gradient.
    bias = next(one for key, one in module.named_parameters() if key.endswith("0.bias"))
    report = gradproof.torch.check(module, lambda: loss(module, x) + bias[3].detach(), precision=precision)
    assert [one.name.endswith("0.bias[3]") for one in report.findings] == [True]


def test_what_has_no_float64_is_named_and_checked_as_it_is():
    def single(x):
        if x.dtype != torch.float32:
            raise RuntimeError("\"single\" not implemented for 'Double'")
        return torch.sin(x)

    library = torch.library.Library("gradproof_test", "FRAGMENT")
    library.define("single(Tensor x) -> Tensor")
    library.impl("single", single, "CompositeImplicitAutograd")
    module, x = small(), torch.randn(8, 6)

    def loss(more=0.0):
        return torch.ops.gradproof_test.single(module(x)).square().mean() + more * module[0].bias[2].detach()

    report = gradproof.torch.check(module, loss, precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float32")
    assert said(report, "not be evaluated in float64, but only as it is: PyTorch has no float64 for ")
    assert said(report, "single")
    report = gradproof.torch.check(module, lambda: loss(1.0), precision="float64")
    assert [one.name for one in report.findings] == ["0.bias[2]"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_cannot_be_lifted_is_checked_as_it_is():
    module, x = torch.jit.script(small()), torch.randn(8, 6)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float32")
    assert said(report, "f could not be evaluated in float64, but only as it is: 0.weight is read by what is not")
    hidden = [np.random.default_rng(0)]
    report = gradproof.torch.check(small(), lambda: module(x).square().mean() * hidden[0].random(), precision="float64")
    assert report.verdict == "inconclusive"
    half = torch.jit.script(small().bfloat16())
    with pytest.raises(TypeError, match=r"computes in bfloat16, as its parameters are.*but that it cannot be"):
        gradproof.torch.check(half, lambda: half(x.bfloat16()).float().square().mean())
    with pytest.raises(ValueError, match='precision must be "float64", or None'):
        gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float32")


def autocast(module, x):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = module(x)
    return out.float().square().mean()


LOW = {
    "bfloat16": (lambda: small().bfloat16(), lambda module, x: module(x.bfloat16()).float().square().mean()),
    "float16": (lambda: small().half(), lambda module, x: module(x.half()).float().square().mean()),
    "autocast": (small, autocast),
}


@pytest.mark.parametrize("name", LOW)
def test_less_than_single_precision(name):
    make, loss = LOW[name]
    module, x = make(), torch.randn(8, 6)
    before = {key: one.clone() for key, one in module.state_dict().items()}
    report = gradproof.torch.check(module, lambda: loss(module, x))
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    kind = name.replace("autocast", "bfloat16")
    assert said(report, f"f computes in {kind}, {'under autocast' if name == 'autocast' else 'as its'}")
    assert said(report, f"as good as {kind} can be")
    assert all(
        one.dtype == before[key].dtype and torch.equal(one, before[key]) for key, one in module.state_dict().items()
    )
    module[0].weight.register_hook(lambda gradient: -gradient)
    report = gradproof.torch.check(module, lambda: loss(module, x))
    assert {one.name.partition("[")[0] for one in report.findings} == {"0.weight"}
    assert len(report.wrong) == 72


@pytest.mark.parametrize("other", [torch.bfloat16, torch.float64])
def test_mixed_precisions(other):
    module, x = small(), torch.randn(8, 6)
    module[0].to(other)

    def loss():
        return module[2](module[1](module[0](x.to(other))).float()).square().mean()

    assert gradproof.torch.check(module, loss).verdict == "right"
    report = gradproof.torch.check(module, lambda: loss() + module[2].weight[0, 7].detach())
    assert [one.name for one in report.findings] == ["2.weight[0, 7]"]


def test_hooks_run_once_a_call_and_every_grad_is_restored():
    module, x = small(), torch.randn(8, 6, requires_grad=True)
    frozen = torch.ones(8, 1, requires_grad=True)
    frozen.grad = kept = torch.full((8, 1), 3.0)
    runs, calls = [], []
    module[0].weight.register_hook(lambda gradient: runs.append(1))

    def loss():
        calls.append(torch.is_grad_enabled())
        return (module(x) * frozen).square().mean()

    assert gradproof.torch.check(module, loss).verdict == "right"
    assert len(runs) == sum(calls)
    assert x.grad is None
    assert frozen.grad is kept
    assert torch.equal(kept, torch.full((8, 1), 3.0))


def test_a_compiled_module_is_compared_with_what_it_is_written_as():
    module, x = small(), torch.randn(8, 6)
    compiled = torch.compile(module, backend="eager")
    report = gradproof.torch.check(compiled, lambda: compiled(x).square().mean(), precision="float64")
    assert (report.verdict, report.arithmetic) == ("right", "float64")


def test_the_float64_tensors_of_a_large_model_are_freed_at_once(monkeypatch):
    made, found = precise._stand_in, []

    def noted(*given):
        tensor = made(*given)
        found.append(weakref.ref(tensor))
        return tensor

    monkeypatch.setattr(precise, "_stand_in", noted)
    module, x = small(), torch.randn(8, 6)
    for _ in range(2):  # the first time PyTorch loads some of its parts, and what that leaves behind is freed later
        gc.collect()
        gc.disable()
        found.clear()
        try:
            report = gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float64")
            alive = [one() for one in found if one() is not None]
        finally:
            gc.enable()
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert found
    assert not alive


def test_what_counts_as_rounding():
    exact = {"w": np.array([1.0, 2.0, -3.0, 1e-9]), "b": np.array([1e-18])}
    claimed = {name: one.astype(np.float32) for name, one in exact.items()}
    claimed["b"] += np.float32(1e-8)  # all that is left where terms cancel
    clean, agreement = without_rounding(claimed, exact, "float32", lambda: exact)
    assert all(clean[name] is exact[name] for name in exact)  # no copies, which large models have no room for
    assert (agreement.beyond, agreement.arrays) == (0, ())
    assert agreement.relative < 1e-7
    claimed["w"][1] *= np.float32(1.01)
    clean, agreement = without_rounding(claimed, exact, "float32", lambda: exact)
    assert clean["w"].tolist() == [1.0, float(claimed["w"][1]), -3.0, 1e-9]
    assert (agreement.beyond, agreement.arrays) == (1, ("w",))
    # Not where the gradient jumps as far within the rounding of x.
    jumped = {"w": exact["w"] + np.array([0, 0.02, 0, 0]), "b": exact["b"]}
    clean, agreement = without_rounding(claimed, exact, "float32", lambda: jumped)
    assert agreement.beyond == 0
    assert np.array_equal(clean["w"], exact["w"])


def test_to_what_the_least_known_array_agrees_is_told():
    exact = {"w": np.ones(1000), "b": np.full(3, 1e-4)}
    agreement = without_rounding({"w": exact["w"], "b": 1.01 * exact["b"]}, exact, "float32", lambda: exact)[1]
    assert (agreement.beyond, agreement.where, agreement.most) == (0, "b", pytest.approx(0.01))
    assert "to 5e-08; b by itself to 0.01: " in agreement.sentence()
    agreement = without_rounding({"w": exact["w"], "b": (1 + 1e-7) * exact["b"]}, exact, "float32", lambda: exact)[1]
    assert "by itself" not in agreement.sentence()
    doubled = {"w": exact["w"], "b": 2 * exact["b"]}
    agreement = without_rounding(doubled, exact, "float32", lambda: {**exact, "b": 0.5 * exact["b"]})[1]
    assert (agreement.beyond, agreement.most) == (0, pytest.approx(1.0))
    assert agreement.sentence().endswith("A factor of 2 that float32 alone brings into b would pass, too.")
    assert without_rounding(doubled, exact, "float32", lambda: exact)[1].arrays == ("b",)


def test_kinks_that_each_neighbour_crosses_elsewhere_count_as_rounding():
    """In deep networks of relu a claim in float32 crosses some, and points within the rounding of x cross others."""
    random = np.random.default_rng(0)
    exact = {"w": random.normal(size=1000), "v": np.ones(1000)}

    def crossed(size=0.01):
        return {"w": exact["w"] + size * np.where(random.random(1000) < 0.2, exact["w"], 0.0), "v": exact["v"]}

    clean, agreement = without_rounding(crossed(), exact, "float32", crossed)
    assert agreement.beyond == 0
    assert 1e-3 < agreement.relative < 1e-2
    assert np.array_equal(clean["w"], exact["w"])
    # An error that is larger, one in an array without kinks, and what is not finite.
    clean, agreement = without_rounding(crossed(0.2), exact, "float32", crossed)
    assert agreement.arrays == ("w",)
    clean, agreement = without_rounding({**crossed(), "v": 1.01 * exact["v"]}, exact, "float32", crossed)
    assert (agreement.beyond, agreement.arrays) == (1000, ("v",))
    claimed = crossed()
    claimed["w"][7] = np.nan
    clean, agreement = without_rounding(claimed, exact, "float32", crossed)
    assert (agreement.beyond, agreement.arrays) == (1, ("w",))
    assert np.flatnonzero(np.isnan(clean["w"])).tolist() == [7]


def test_no_parameter_is_touched_where_a_claim_is_looked_at_again():
    module, x = ByHand(), torch.randn(9, 6)
    before = {name: one.detach().clone() for name, one in module.named_parameters()}
    points = []

    def at_this_point(gradient):
        points.append(module.weight.detach().clone())
        return gradient * 1.01 if gradient.dtype == torch.float32 else gradient

    module.weight.register_hook(at_this_point)
    report = gradproof.torch.check(module, lambda: module(x).square().mean(), precision="float64")
    assert report.verdict == "wrong"
    assert all(torch.equal(one, before["weight"]) for one in points)
    assert all(torch.equal(one, before[name]) for name, one in module.named_parameters())


@pytest.mark.parametrize("order", ["C", "F"])
def test_rounding_is_told_in_arrays_of_any_layout(order):
    exact = {"w": np.random.default_rng(0).normal(size=(400, 300)), "b": np.broadcast_to(0.0, (3,))}  # several blocks
    claimed = {"w": np.array(exact["w"], np.float32, order=order), "b": np.broadcast_to(np.float32(0), (3,))}
    claimed["w"][[0, 399], [299, 7]] *= np.float32(1.1)
    clean, agreement = without_rounding(claimed, exact, "float32", lambda: exact)
    assert (agreement.beyond, agreement.arrays) == (2, ("w",))
    assert np.argwhere(clean["w"] != exact["w"]).tolist() == [[0, 299], [399, 7]]
    assert 0 < agreement.relative < 1e-7


@pytest.mark.parametrize("factor", [1.0, 1.3])
def test_derivatives_by_torch_func_are_checked_as_they_are(factor):
    torch.manual_seed(0)
    module, inputs = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)), torch.randn(8, 4)
    module[2].weight.register_hook(lambda gradient: factor * gradient)

    def loss():
        slopes = torch.func.vmap(torch.func.grad(lambda row: module(row).logsumexp(0)))(inputs)
        return slopes.square().mean() + module(inputs).square().mean()

    report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
    assert (report.verdict, report.arithmetic) == ("right" if factor == 1 else "wrong", "float32")
    named = {one.name.partition("[")[0] for one in report.findings if one.cause.name == "WRONG"}
    assert named == (set() if factor == 1 else {"2.weight"})
    assert any("PyTorch has no float64 for torch.func.grad" in note for note in report.warnings)


def test_an_evaluation_in_float64_imports_no_compiler():
    """In a process of its own; to import the compiler of PyTorch takes a second."""
    program = """
import sys, torch, gradproof.torch
module, x = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout(0.5)), torch.ones(5, 4)
report = gradproof.torch.check(module, lambda: module(x).square().mean(), mode="lines", precision="float64")
print(report.verdict, report.arithmetic, "torch._dynamo" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["right", "float64", "False"], done.stderr
