"""Where along the training to check: a bug that the initial point hides, and a later one reveals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof import check_along

from . import mask, network
from .network import Parameters

INTRODUCTION = """\
The network of the other demos, with one difference that is common practice: the last layer starts
at 0, so that no class is preferred at first. And with a bug on the way back: the derivative of ReLU
was forgotten. Its source: {file}

1. The right backward pass, along {steps} steps of gradient descent
"""
MEANING = """\
What this means

While W2 is 0, nothing of the loss reaches W1 and b1: their slopes are 0, or the regulariser's, with
the bug and without it. That is why step 0 passes, and what its notes say. After some steps W2 is
no longer 0, the error passes through the ReLU, and all that lies before it is wrong. Check a
gradient where the network works, not only where it starts."""
STEPS, AT = 100, (0, 10, 100)


def start() -> Parameters:
    """Return random parameters with a last layer of zeros."""
    x = network.start()
    return {**x, "W2": np.zeros_like(x["W2"]), "b2": np.zeros_like(x["b2"])}


def run(show: Callable[[Any], str] = str) -> bool:
    """Check along the training, without and with the bug; say whether the initial point alone hides it."""
    print(INTRODUCTION.format(file=mask.__file__, steps=STEPS))
    right = check_along(network.objective, network.gradient, start(), optimizer="batch", steps=STEPS, at=AT)
    print(f"{_head(right)}\n\n2. With the bug\n")
    wrong = check_along(network.objective, mask.gradient, start(), optimizer="batch", steps=STEPS, at=AT)
    print(f"{_head(wrong)}\n\n{wrong.notes()}\n\n   Step {AT[-1]}:\n\n{show(wrong.reports[-1])}\n\n{MEANING}")
    return right.verdict == "right" and [one.verdict for one in wrong.reports] == ["right", "wrong", "wrong"]


def _head(trajectory: Any) -> str:
    return f"{trajectory.headline()}\n\n{trajectory.table()}"
