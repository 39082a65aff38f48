"""A transformer in float32, checked in float64 as it is: a layer whose gradient is 1 % too large (needs PyTorch)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradproof import zoo

INTRODUCTION = """\
A transformer that reads handwritten digits row by row, in train mode, with dropout: {n:,} parameters in
{arrays} arrays of float32. With precision="float64" its loss is evaluated in float64 at the same point,
and every array gets a factor along its own gradient, for two evaluations each.

1. The gradient of backward()
"""
WRONG = """
2. The same, with the gradient of {layer} 1 % too large
"""
MEANING = """
What this means

In float32 the noise of the loss hides an error of 1 %: most of what `backward()` gives is smaller than
that. In float64 it does not, and the model, its parameters and the loss stay as they are."""
IMAGES, WIDTH, LAYERS, CLASSES = 64, 32, 4, 10
LAYER = "layers.layers.2.linear1.weight"
FACTOR = 1.01


def run(show: Callable[[Any], str] = str) -> bool:
    """Check the gradient of a transformer, right and wrong; return whether verdicts and layer are as they should be."""
    from gradproof.torch.tensors import imported

    torch = imported()
    threads = torch.get_num_threads()
    # The tensors are so small that threads would spend their time waiting for each other.
    torch.set_num_threads(1)
    try:
        return _checked(torch, show)
    finally:
        torch.set_num_threads(threads)


def _checked(torch: Any, show: Callable[[Any], str]) -> bool:
    from gradproof.torch import check

    model, loss = transformer(torch)
    parameters = dict(model.named_parameters())
    n = sum(one.numel() for one in parameters.values())
    print(INTRODUCTION.format(n=n, arrays=len(parameters)))
    right = check(model, loss, precision="float64")
    print(show(right))
    print(WRONG.format(layer=LAYER))
    parameters[LAYER].register_hook(lambda gradient: FACTOR * gradient)
    wrong = check(model, loss, precision="float64")
    print(show(wrong))
    print(MEANING)
    named = all(finding.name.startswith(LAYER) for finding in wrong.findings)
    return right.verdict == "right" and wrong.verdict == "wrong" and named


def transformer(torch: Any) -> tuple[Any, Callable[[], Any]]:
    """Return a transformer for the rows of images of digits, and its loss on some of them."""
    nn = torch.nn
    torch.manual_seed(0)
    images, labels = zoo.digits()
    rows = torch.tensor(images[:IMAGES].reshape(IMAGES, 8, 8), dtype=torch.float32)
    wanted = torch.tensor(labels[:IMAGES])
    layer = nn.TransformerEncoderLayer(WIDTH, 4, 4 * WIDTH, dropout=0.1, batch_first=True)
    model = nn.Module()
    model.embedding = nn.Linear(8, WIDTH)
    model.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
    model.head = nn.Linear(WIDTH, CLASSES)

    def loss() -> Any:
        read = model.layers(model.embedding(rows)).mean(dim=1)
        return nn.functional.cross_entropy(model.head(read), wanted)

    return model, loss
