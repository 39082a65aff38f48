"""Parameters that are moved on a device: on the CPU the same code gives the bits of the core."""

import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import gradproof
from gradproof.evaluators.arrays.holding import HOLDS
from gradproof.problem.probes import PROBE
from gradproof.shards.question import Part, Question

torch = pytest.importorskip("torch")

import gradproof.torch  # noqa: E402
from gradproof.torch import modules  # noqa: E402
from gradproof.torch.device import shard as tensors  # noqa: E402

N = 9000
CUTS = ((0, N), (1000, 1010), (1, 3073), (2048, 4096), (700, 8999))
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"))]


@pytest.fixture(autouse=True)
def one_thread():
    """On a busy machine, threads that share tensors of a few numbers wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def vectors(dtype):
    random = np.random.default_rng(3)
    x, claimed = random.normal(size=(2, N)).astype(dtype)
    x[2000:4500] = 0.0  # with windows of nothing else
    x[5000:6000] *= dtype(1e-30)  # float32: squares underflow in their own type
    claimed[4000:4010] = 0.0
    return x, claimed


def both(dtype, start, stop, device):
    """The same coordinates as a shard of the core and as one on a device, and the tensor that is moved."""
    x, claimed = vectors(dtype)
    tensor = torch.tensor(x[start:stop], device=device)
    claims = torch.tensor(claimed[start:stop], device=device)
    own, there = (
        gradproof.Shard(x[start:stop], claimed[start:stop], start),
        tensors.TensorShard(torch, tensor, claims, start),
    )
    sizes = np.abs(np.random.default_rng(4).normal(size=-(-N // 1024)))
    for one in (own, there):
        one.answer(Question("sizes_are", (sizes,)))
    return own, there, tensor


def probe(**words):
    made = np.zeros(1, PROBE)
    for name, value in {"start": 3, "stop": N - 2, "step": 2.0**-7, "floor": 0.1, "seed": -123456789, **words}.items():
        made[name] = value
    return made[0]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("ends", CUTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_points_have_the_bits_of_the_core(dtype, ends, device, monkeypatch):
    monkeypatch.setattr(tensors, "PIECE", 1 << 12)
    own, there, tensor = both(dtype, *ends, device)
    for aligned in range(8):  # with and against the claim, on all four scales
        for words in ({"seed": 7 + aligned}, {"step": -(2.0**-20)}, {"start": 2000, "stop": 2900}):
            one = probe(aligned=aligned, **words)
            point, change = own.at(one)
            assert there.at(one) == pytest.approx(change, rel=1e-11, abs=1e-13)
            np.testing.assert_array_equal(tensor.cpu().numpy(), point, strict=True)
    for words in ({"stop": 4}, {"start": ends[0] + 2, "stop": ends[0] + 7, "ratio": 2.0}, {"stop": 3}):
        one = probe(**{"start": 3, "floor": 0.0, "seed": 0, "step": 0.5, **words})
        assert there.at(one) == own.at(one)[1] == 0.0
        np.testing.assert_array_equal(tensor.cpu().numpy(), own.at(one)[0], strict=True)
    there.restore()
    np.testing.assert_array_equal(tensor.cpu().numpy(), vectors(dtype)[0][slice(*ends)])


@pytest.mark.parametrize("start", [2**31 - 700, 2**32 + 1])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_points_have_the_bits_of_the_core_where_indices_are_large(dtype, start):
    x, claimed = np.random.default_rng(0).normal(size=(2, 2000)).astype(dtype)
    tensor = torch.tensor(x)
    own = gradproof.Shard(x, claimed, start)
    there = tensors.TensorShard(torch, tensor, torch.tensor(claimed), start)
    for one in (own, there):
        one.answer(Question("sizes_are", (np.full(start // 1024 + 3, 0.7),)))
    for seed in (7, 8):
        one = probe(stop=start + 1900, seed=seed, aligned=seed % 2)
        point, change = own.at(one)
        assert there.at(one) == pytest.approx(change, rel=1e-11)
        np.testing.assert_array_equal(tensor.numpy(), point, strict=True)
    own.at(probe(stop=start + 1900, seed=9))
    assert not np.array_equal(tensor.numpy(), point)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("ends", CUTS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_answers_are_those_of_the_core(dtype, ends, device):
    own, there, _ = both(dtype, *ends, device)
    first, second = (one.answer(Question("opening")) for one in (own, there))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert own.answer(Question("overview")) == there.answer(Question("overview"))
    for scales in range(4):
        parts = (Part(0, N, scales, 0.1), Part(2000, 2500, scales, 0.1))
        for question in (Question("slopes", (parts,)), Question("scales", parts[:1])):
            np.testing.assert_allclose(own.answer(question), there.answer(question), rtol=1e-12)
        sample = Question("sample", (N, scales, 0.1))
        np.testing.assert_array_equal(own.answer(sample), there.answer(sample))
    for question in (
        Question("small", (0.1, 1.5)),
        Question("zeros", ((0, 3, 99, 2499), {ends[0]: 1})),
        Question("values", (1005,)),
    ):
        assert own.answer(question) == there.answer(question)


def a_model():
    torch.manual_seed(0)
    layers = [torch.nn.Conv2d(1, 4, 3), torch.nn.Tanh(), torch.nn.BatchNorm2d(4), torch.nn.Flatten()]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(144, 10)).double()
    inputs, targets = torch.randn(6, 1, 8, 8).double(), torch.randint(0, 10, (6,))
    return model, lambda: torch.nn.functional.cross_entropy(model(inputs), targets)


@pytest.fixture
def on_a_device(monkeypatch):
    """Parameters are taken for those of a device."""
    monkeypatch.setattr(modules, "is_on_device", lambda parameters: True)


@pytest.mark.parametrize("wrong", [None, "scalar", "turned", "part"])
def test_parameters_of_any_layout(on_a_device, wrong):
    torch.manual_seed(0)
    made = {
        "scalar": torch.tensor(1.3).double(),
        "empty": torch.zeros(0, 3).double(),
        "turned": torch.randn(9, 5, 4).double().permute(2, 0, 1),
        "part": torch.randn(50, 20).double()[::2, 3:11],
    }
    parameters = {name: torch.nn.Parameter(one) for name, one in made.items()}
    before = {name: one.detach().clone() for name, one in parameters.items()}
    if wrong:
        parameters[wrong].register_hook(lambda gradient: 1.5 * gradient)
    report = gradproof.torch.check(parameters, lambda: sum((one.sin() + one**2).sum() for one in parameters.values()))
    named = {one.name.partition("[")[0] for one in report.findings}
    assert (report.verdict, named) == (("wrong", {wrong}) if wrong else ("right", set()))
    assert all(torch.equal(one, before[name]) for name, one in parameters.items())


@pytest.mark.parametrize("kinds", [(torch.bfloat16,), (torch.float16, torch.float32), (torch.float64, torch.float32)])
def test_types_that_cannot_be_moved_there_are_refused(on_a_device, kinds):
    parameters = [torch.nn.Parameter(torch.ones(9, dtype=kind)) for kind in kinds]
    names = " and ".join(map(str, kinds))
    with pytest.raises(TypeError, match=f"the parameters are {names}: on a device"):
        gradproof.torch.check(parameters, lambda: sum(one.double().square().sum() for one in parameters))


@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
def test_a_model_is_checked_where_it_is(on_a_device, order):
    model, loss = a_model()
    model.to(memory_format=order)
    loss().backward()
    kept = {name: (one.clone(), one.grad.clone()) for name, one in model.named_parameters()}
    buffers = [one.clone() for one in model.buffers()]
    report = gradproof.torch.check(model, loss, rtol=1e-6)
    assert report.verdict == "right"
    assert [one.name for one in report.arrays] == [name for name, _ in model.named_parameters()]
    for name, one in model.named_parameters():
        assert torch.equal(one, kept[name][0])
        assert torch.equal(one.grad, kept[name][1])
    assert all(map(torch.equal, model.buffers(), buffers))
    if order is torch.channels_last:
        return
    # Twin: one layer that is twice what it should be.
    model[4].weight.register_hook(lambda gradient: 2 * gradient)
    report = gradproof.torch.check(model, loss)
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings} == {"4.weight"}
    assert {one.cause for one in report.findings} == {gradproof.Cause.WRONG}
    assert "all of 4.weight: claimed = 2 × slope" in str(report.explanations[0])


def test_where_the_loss_has_no_value(on_a_device):
    weight = torch.ones(8, dtype=torch.float64, requires_grad=True)

    def loss():
        if (weight.detach() < 1.0).any():
            raise ValueError("outside")
        return (weight**3).sum()

    assert gradproof.torch.check({"w": weight}, loss).verdict == "inconclusive"
    assert gradproof.torch.check({"w": weight}, lambda: torch.sum(weight**3)).verdict == "right"
    with torch.no_grad():
        weight /= 2
    with pytest.raises(ValueError, match="outside"):
        gradproof.torch.check({"w": weight}, loss)


def test_a_parameter_without_a_gradient_counts_as_having_none(on_a_device):
    used, unused = (torch.ones(8, dtype=torch.float64, requires_grad=True) for _ in range(2))
    report = gradproof.torch.check({"used": used, "unused": unused}, lambda: torch.sum(used**3))
    assert report.verdict == "right"
    assert report.warnings[0].startswith("unused is dead here")
    assert "computed no gradient for unused" in report.warnings[1]
    # Twin: it is used, but detached.
    report = gradproof.torch.check({"used": used, "unused": unused}, lambda: torch.sum(used**3 * unused.detach()))
    assert {one.name.partition("[")[0] for one in report.findings} == {"unused"}
    constant = gradproof.torch.check({"unused": unused}, lambda: torch.sum(unused.detach()))
    assert constant.verdict == "wrong"


def test_the_time_limit(on_a_device):
    model, loss = a_model()
    report = gradproof.torch.check(model, loss, time_limit=1e-9)
    assert (report.verdict, report.stopped_by) == ("inconclusive", "time_limit")


@pytest.mark.parametrize("settings", [{"mode": "full"}, {"only": "0.*"}, {"bounds": (0, 1)}])
def test_what_cannot_be_had_there_is_refused(on_a_device, settings):
    with pytest.raises(ValueError, match=r"cannot be used on a device: move the module to the CPU with \.cpu\(\)"):
        gradproof.torch.check(*a_model(), **settings)


def test_an_executor_is_refused_in_one_sentence():
    model, loss = a_model()
    with ThreadPoolExecutor(1) as pool, pytest.raises(TypeError, match="the parameters that move are those of this"):
        gradproof.torch.check(model, loss, executor=pool)


def test_another_thread_and_signals_while_parameters_are_moved(on_a_device):
    model, loss = a_model()
    kept = {name: one.detach().clone() for name, one in model.named_parameters()}
    said, calls, before = [], [], signal.getsignal(signal.SIGINT)

    def another():
        calls.append(1)
        if len(calls) == 9:
            with ThreadPoolExecutor(1) as pool:
                said.append(pool.submit(gradproof.torch.check, model, loss).exception())
        if len(calls) == 12 and said == []:
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)
        return loss()

    assert gradproof.torch.check(model, another).verdict == "right"
    assert "a check in another thread is moving" in str(said[0])
    calls[:], said[:] = [1] * 9, []
    with pytest.raises(KeyboardInterrupt):
        gradproof.torch.check(model, another)
    assert signal.getsignal(signal.SIGINT) is before
    assert all(torch.equal(one, kept[name]) for name, one in model.named_parameters())
    assert not HOLDS
