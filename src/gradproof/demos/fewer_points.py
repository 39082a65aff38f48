"""Fewer data points, fewer kinks: a few rows at a time settle what all rows leave undecided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradproof import Report, check, zoo
from gradproof.zoo.networks import Array, Parameters

INTRODUCTION = """\
A ReLU network with hinge loss, in float32, on {count:,} handwritten digits of 4 by 4 pixels, after
{steps} steps of training. Its gradient is right, and is checked on random rows of the data. float32
requires steps of about {step:g}, and steps that long cross kinks: how many, the activation pattern of
the network tells.
"""
MEANING = """
Every row adds its own kinks. If there are so many that each step crosses some, slopes are slightly
off everywhere, and some claimed values can be neither confirmed nor refuted.

Still, the question is about the gradient on all rows. Where these leave something undecided,
check(..., rows={count}) continues on fewer rows until every row has been used: claimed values that are
right on every part of the rows, and add up to those on all rows, are right on all rows.
"""
SIZES = (2, 20, 200)
HIDDEN, STRENGTH = 4, 1e-2
STEPS, RATE, MOMENTUM = 500, 0.02, 0.9
STEP = 1e-2


class Row(NamedTuple):
    """One line of the table: for a number of rows, how many kinks a step crosses, and what a check finds."""

    rows: int
    kinks: float
    crossing: int
    undecided: int
    verdict: str


def run(_show: Callable[[Any], str] = str) -> bool:
    """Print kinks and undecided coordinates against the number of rows; return whether fewer rows have fewer."""
    network, x = trained()
    count, n = len(network.inputs), sum(part.size for part in x.values())
    print(INTRODUCTION.format(count=count, steps=STEPS, step=STEP))
    whole = check(network.objective, network.gradient, x, rows=count)
    table = [on_some_rows(network, x, size) for size in SIZES]
    table.append(Row(count, *crossings(network, x, np.arange(count)), *_before(whole)))
    print(f"   {'rows':>6}{'kinks crossed per step':>26}{'coordinates that cross':>25}{'undecided':>12}  verdict")
    for one in table:
        crossing = f"{one.crossing} of {n}"
        print(f"   {one.rows:6,}{one.kinks:26.2f}{crossing:>25}{one.undecided:12}  {one.verdict}")
    print(MEANING.format(count=count))
    settled = [one for one in whole.findings if one.rows is not None]
    print(f"   {len(settled)} of {table[-1].undecided} undecided coordinates settled on fewer rows")
    print(f"\n{str(whole).splitlines()[0]}")
    kinks = [one.kinks for one in table]
    return kinks == sorted(kinks) and table[0].undecided <= table[-1].undecided and len(settled) > 0


def data() -> tuple[Array, Array]:
    """Return the digits, reduced from 8 by 8 to 4 by 4 pixels, in float32."""
    inputs, classes = zoo.digits()
    return inputs.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16).astype(np.float32), classes


def trained() -> tuple[zoo.Network, Parameters]:
    """Return the network, and its parameters after some steps of gradient descent with momentum."""
    network = zoo.Network("relu", "svm", data(), STRENGTH, hidden=HIDDEN)
    x = network.start()
    velocity = {name: np.zeros_like(part) for name, part in x.items()}
    for _ in range(STEPS):
        gradient = network.gradient(x)
        velocity = {name: MOMENTUM * velocity[name] - RATE * gradient[name] for name in x}
        x = {name: part + velocity[name] for name, part in x.items()}
    return network, x


def on_some_rows(network: zoo.Network, x: Parameters, size: int) -> Row:
    """Check the gradient on random rows."""
    rows = np.sort(np.random.default_rng(0).permutation(len(network.inputs))[:size])
    report = check(lambda x: network.objective(x, rows), lambda x: network.gradient(x, rows), x)
    return Row(size, *crossings(network, x, rows), report.undecided, report.verdict)


def crossings(network: zoo.Network, x: Parameters, rows: Array) -> tuple[float, int]:
    """Return the mean number of kinks that a step along a coordinate crosses, and how many coordinates cross any."""
    counts = []
    for name, part in x.items():
        for place in np.ndindex(part.shape):
            patterns = []
            for step in (-STEP, STEP):
                moved = {**x, name: part.copy()}
                moved[name][place] += step
                patterns.append(network.pattern(moved, rows))
            counts.append(np.count_nonzero(patterns[0] != patterns[1]))
    return float(np.mean(counts)), int(np.count_nonzero(counts))


def _before(report: Report) -> tuple[int, str]:
    """Return how many coordinates all rows together left undecided, and the verdict at that stage."""
    told = [one for one in report.findings if one.rows is not None]
    undecided = report.undecided + len(told)
    at_once = [one for one in report.findings if one.rows is None and one.cause.value == "wrong"]
    return undecided, "wrong" if at_once else "inconclusive" if undecided else "right"
