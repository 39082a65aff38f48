"""A million parameters in about a hundred evaluations: the power of lines, and the one entry that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradproof import check, zoo

INTRODUCTION = """\
A network with two hidden layers of 1,000 tanh units for handwritten digits: {n:,} parameters. A
check of every coordinate would take {full:,} evaluations of the objective. Here the gradient is
checked along random lines through all of them at once.

1. The right gradient
"""
ONE = """
2. The same with the wrong sign in one entry: W2[{row}, {column}]
"""
MEANING = """\
What this means

Every line moves every coordinate, by amounts that are never near 0, so that no single error can
hide. Lines that disagree are halved until the coordinates are found, and each of these is tested by
itself before it is called wrong. If errors are spread all over a block, the block is named, with
the factor by which it is off."""
HIDDEN = (1000, 1000)
ROWS = np.arange(0, 1797, 60)
ROW, COLUMN = 123, 456


def run(show: Callable[[Any], str] = str) -> bool:
    """Check the right gradient and one with a wrong entry; return whether verdicts and entry are as they should."""
    loss, slopes, x, _ = zoo.network("tanh", "softmax", zoo.digits(), 0.01, hidden=HIDDEN)
    gradient = slopes(x, ROWS)
    n = sum(part.size for part in x.values())
    one = {**gradient, "W2": gradient["W2"].copy()}
    one["W2"][ROW, COLUMN] *= -1.0

    def objective(point: Any) -> float:
        return float(loss(point, ROWS))

    print(INTRODUCTION.format(n=n, full=2 * n))
    right = check(objective, gradient, x)
    print(show(right))
    print(ONE.format(row=ROW, column=COLUMN))
    wrong = check(objective, one, x)
    print(show(wrong))
    print(f"\n{MEANING}")
    named = [finding.name for finding in wrong.findings] == [f"W2[{ROW}, {COLUMN}]"]
    return right.verdict == "right" and wrong.verdict == "wrong" and named
