"""Where along a training run to check: the initial point hides a bug that a later one reveals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof import check_along

from . import network
from .bugs import mask
from .network import Parameters

INTRODUCTION = """\
The network of the other demos, but as is common practice the last layer starts at 0, so that no
class is preferred at first. The bug: the derivative of ReLU is missing from the backward pass.
Source code: {file}

1. The correct backward pass, along {steps} steps of gradient descent
"""
MEANING = """\
What this means

While W2 is 0, the loss does not depend on W1 and b1: their slopes are 0, or the regulariser's, with
the bug or without it. This is why step 0 passes, and what its notes say. After some steps W2 is no
longer 0, the error passes through the ReLU, and everything before it is wrong. Check a gradient
where the network works, not only where it starts."""
STEPS, AT = 100, (0, 10, 100)


def start() -> Parameters:
    """Return random parameters, with zeros in the last layer."""
    x = network.start()
    return {**x, "W2": np.zeros_like(x["W2"]), "b2": np.zeros_like(x["b2"])}


def run(show: Callable[[Any], str] = str) -> bool:
    """Check along a training run, without and with the bug; return whether only the initial point hides it."""
    print(INTRODUCTION.format(file=mask.__file__, steps=STEPS))
    right = check_along(network.objective, network.gradient, start(), optimizer="batch", steps=STEPS, at=AT)
    print(f"{_head(right)}\n\n2. With the bug\n")
    wrong = check_along(network.objective, mask.gradient, start(), optimizer="batch", steps=STEPS, at=AT)
    print(f"{_head(wrong)}\n\n{wrong.notes()}\n\n   Step {AT[-1]}:\n\n{show(wrong.reports[-1])}\n\n{MEANING}")
    return right.verdict == "right" and [one.verdict for one in wrong.reports] == ["right", "wrong", "wrong"]


def _head(trajectory: Any) -> str:
    return f"{trajectory.headline()}\n\n{trajectory.table()}"
