"""Models as people have them, in float32, in train mode: right ones pass, an array of the wrong sign is named."""

import pytest

import gradproof.torch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")
nn = torch.nn
functional = nn.functional


def with_parameters_of_a_call():
    """Parameters in a dict, with which a module is called that has others."""
    module, x = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)), torch.randn(8, 4)
    parameters = {name: one.detach().clone().requires_grad_() for name, one in module.named_parameters()}
    return parameters, lambda: torch.func.functional_call(module, parameters, (x,)), "2.weight"


def with_sparse_gradients():
    module, ids = nn.EmbeddingBag(30, 5, mode="mean", sparse=True), torch.randint(0, 30, (20,))
    return module, lambda: torch.sin(module(ids, torch.tensor([0, 5, 9]))), "weight"


def pruned():
    module, x = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2)), torch.randn(8, 6)
    nn.utils.parametrizations.weight_norm(module[0])
    __import__("torch.nn.utils.prune")
    nn.utils.prune.l1_unstructured(module[2], "weight", 0.4)
    return module, lambda: module(x), "2.weight_orig"


def of_orthogonal_weights():
    module, x = nn.utils.parametrizations.orthogonal(nn.Linear(5, 5)), torch.randn(8, 5)
    return module, lambda: torch.sin(module(x)), "parametrizations.weight.original"


def saving_elsewhere():
    """What the backward pass needs is kept by hooks, and comes back from there."""
    module, x = nn.Sequential(nn.LazyLinear(9), nn.Tanh(), nn.LazyLinear(5)), torch.randn(8, 6)
    module(x)

    def out():
        with torch.autograd.graph.save_on_cpu():
            return module(x)

    return module, out, "0.weight"


def of_labels_without_places():
    module, x, labels = nn.Linear(4, 6), torch.randn(10, 2, 4), torch.randint(1, 6, (2, 3))
    lengths = torch.tensor([10, 9]), torch.tensor([3, 2])
    return module, lambda: functional.ctc_loss(module(x).log_softmax(2), labels, *lengths) ** 0.5, "weight"


def of_random_slopes():
    module = nn.Sequential(nn.Linear(6, 9), nn.RReLU(), nn.AlphaDropout(0.2), nn.Linear(9, 4))
    x = torch.randn(8, 6)
    return module, lambda: module(x), "0.weight"


def of_random_regions():
    module = nn.Sequential(nn.Conv2d(2, 4, 3), nn.FractionalMaxPool2d(2, output_ratio=0.6), nn.Conv2d(4, 2, 2))
    x = torch.randn(2, 2, 10, 10)
    return module, lambda: module(x), "0.weight"


def with_statistics():
    """Means over all calls so far, and of single images."""
    norms = nn.InstanceNorm2d(4, affine=True, track_running_stats=True), nn.BatchNorm2d(4, momentum=None)
    module = nn.Sequential(nn.Conv2d(2, 4, 3), norms[0], nn.GELU(), norms[1], nn.Conv2d(4, 2, 3))
    x = torch.randn(2, 2, 8, 8)
    return module, lambda: module(x), "0.weight"


def of_texts_of_several_lengths():
    module, x = nn.GRU(4, 5, bidirectional=True, batch_first=True), torch.randn(3, 6, 4)
    packed = nn.utils.rnn.pack_padded_sequence(x, [6, 4, 2], batch_first=True)
    return module, lambda: module(packed)[0].data, "weight_hh_l0_reverse"


MODELS = [
    with_parameters_of_a_call,
    with_sparse_gradients,
    pruned,
    of_orthogonal_weights,
    saving_elsewhere,
    of_labels_without_places,
    of_random_slopes,
    of_random_regions,
    with_statistics,
    of_texts_of_several_lengths,
]


@pytest.mark.parametrize("make", MODELS)
def test_a_right_model_passes_and_the_array_of_a_wrong_sign_is_named(make):
    module, out, name = make()

    def checked():
        return gradproof.torch.check(module, lambda: out().square().mean(), mode="lines")

    assert checked().verdict == "right"
    parameters = module if isinstance(module, dict) else dict(module.named_parameters())
    parameters[name].register_hook(lambda gradient: -gradient)
    report = checked()
    assert report.verdict == "wrong"
    assert {one.name.partition("[")[0] for one in report.findings if one.cause.name == "WRONG"} == {name}
