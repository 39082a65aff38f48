"""Models of PyTorch from their configurations, in float32 as people train them: right passes, bugs have their layer."""

import functools
import itertools
import math

import pytest
from planted import BUGS, factors_of, layers_of

import gradproof.torch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("one_seed_and_one_thread")
nn = torch.nn
functional = nn.functional


class Attention(nn.Module):
    """Masked attention, as language models have it."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.inwards, self.outwards = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        queries, keys, values = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.inwards(x).chunk(3, dim=2)
        )
        mixed = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        return self.outwards(mixed.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.wide = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), nn.Dropout(0.1))

    def forward(self, x):
        x = x + self.attention(self.before(x))
        return x + self.wide(self.between(x))


class GPT(nn.Module):
    """The weights of its first layer are those of its last one, too."""

    def __init__(self, words, length, width, heads, depth):
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words, bias=False)
        self.head.weight = self.words.weight
        for one in self.parameters():
            if one.ndim > 1:
                nn.init.normal_(one, std=0.1)

    def forward(self, text):
        return self.head(self.norm(self.blocks(self.words(text) + self.places.weight[: text.shape[1]])))


class VisionTransformer(nn.Module):
    def __init__(self, size, patch, width, heads, depth):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.first = nn.Parameter(torch.randn(1, 1, width) / 10)
        self.places = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width) / 10)
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.1, "gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
        self.head = nn.Linear(width, 10)

    def forward(self, images):
        seen = self.patches(images).flatten(2).transpose(1, 2)
        seen = torch.cat([self.first.expand(len(seen), -1, -1), seen], dim=1)
        return self.head(self.layers(seen + self.places)[:, 0])


class Residual(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.first, self.norm1 = nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after)
        self.second, self.norm2 = nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after)
        self.beside = nn.Conv2d(before, after, 1, 2, bias=False)

    def forward(self, x):
        inside = self.norm2(self.second(torch.relu(self.norm1(self.first(x)))))
        return torch.relu(inside + self.beside(x))


def convolutions(widths):
    blocks = (Residual(*pair) for pair in itertools.pairwise((3, *widths)))
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 10))


class Recurrent(nn.Module):
    def __init__(self, letters, width, depth):
        super().__init__()
        self.letters = nn.Embedding(letters, width)
        self.lstm = nn.LSTM(width, width, depth, dropout=0.1, batch_first=True)
        self.head = nn.Linear(width, letters)

    def forward(self, text):
        return self.head(self.lstm(self.letters(text))[0])


def text(words, rows, length):
    return torch.randint(0, words, (rows, length))


# A model of a size, its input, and the layers that the bugs are planted in.
MODELS = {
    "GPT": (
        lambda size: (GPT(40 * size, 12 * size, 16 * size, 2 * size, 2 * size), text(40 * size, 4, 12 * size)),
        "blocks.0.attention.inwards.weight blocks.1.attention.outwards.weight blocks.1.wide.2.weight "
        "blocks.0.wide.0.weight places.weight words.weight",
    ),
    "vision transformer": (
        lambda size: (VisionTransformer(8 * size, 4, 16 * size, 2, 2 * size), torch.randn(4, 3, 8 * size, 8 * size)),
        "patches.weight layers.layers.0.self_attn.in_proj_weight layers.layers.1.linear1.weight "
        "layers.layers.1.linear2.weight places head.weight",
    ),
    "convolutional network": (
        lambda size: (convolutions([8 * size, 16 * size]), torch.randn(6, 3, 12 * size, 12 * size)),
        "0.first.weight 0.norm2.weight 0.second.weight 1.beside.weight 1.second.weight 4.weight",
    ),
    "LSTM": (
        lambda size: (Recurrent(20 * size, 16 * size, 2), text(20 * size, 4, 8 * size)),
        "lstm.weight_ih_l0 lstm.weight_hh_l0 lstm.bias_hh_l1 lstm.weight_hh_l1 letters.weight head.weight",
    ),
}


def made(name, size=1):
    """A model in train mode, and its loss."""
    torch.manual_seed(0)
    module, x = MODELS[name][0](size)

    def loss():
        out = module(x).flatten(0, -2)
        return functional.cross_entropy(out, 3 * torch.arange(len(out)) % out.shape[1])

    return module, loss


@functools.cache
def passed(name):
    return gradproof.torch.check(*made(name), mode="lines", precision="float64")


@pytest.mark.parametrize("name", MODELS)
def test_the_right_gradient_passes_and_every_array_has_its_factor(name):
    report = passed(name)
    module, _ = made(name)
    count = len(list(module.named_parameters()))
    assert (report.verdict, report.arithmetic) == ("right", "float64")
    assert report.evaluations <= 60 + 2 * count
    assert all(array.is_right and array.factor_bar < 1e-5 for array in report.arrays if math.isfinite(array.factor))


@pytest.mark.parametrize("number", range(len(BUGS)))
@pytest.mark.parametrize("name", MODELS)
def test_a_bug_is_named_by_its_layer(name, number):
    module, loss = made(name)
    bug, layer = list(BUGS)[number], MODELS[name][1].split()[number]
    dict(module.named_parameters())[layer].register_hook(lambda gradient: BUGS[bug](torch, gradient))
    report = gradproof.torch.check(module, loss, mode="lines", precision="float64")
    assert report.verdict == "wrong"
    assert layers_of(report.findings) == {layer}
    if bug == "a hundredth too large":
        assert all(abs(one - 1.01) < 1e-5 for one in factors_of(report.findings))
        assert report.evaluations <= passed(name).evaluations + 150
    if bug == "with a wrong number":
        assert report.wrong.size == 1


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("name", MODELS)
def test_larger_ones(name):
    """Each bug in the same layers of models with up to millions of parameters."""
    module, loss = made(name, 4)
    assert gradproof.torch.check(module, loss, precision="float64").verdict == "right"
    for bug, layer in zip(BUGS.values(), MODELS[name][1].split(), strict=True):
        hook = dict(module.named_parameters())[layer].register_hook(functools.partial(bug, torch))
        report = gradproof.torch.check(module, loss, precision="float64")
        hook.remove()
        assert layers_of(report.findings) == {layer}
