"""True or false: centered differences are preferred because they avoid kinks. Answered by numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from gradproof import centered_difference, check, relative_error, study
from gradproof.report.text.figures import short

from . import network, patterns
from .network import Array, Parameters

QUESTION = "True or false: centered differences are preferred because they avoid kinks."
ORDERS = """\
1. Why they are preferred: the order of the error

Errors against the right gradient, along the {count} coordinates behind the ReLUs, where there are no
kinks.
"""
KINKS = """
2. What they do not do: avoid kinks

Probes at {points} points along a training run, along the {count} coordinates before the ReLUs. The
activation pattern of the network tells whether a ReLU switches within a probe. Percentages are of
the probes with a kink nearby, within 4 h.
"""
INSTEAD = """
3. What to do instead

The only remedy is a step within the smooth piece around x: a smaller step, or fewer rows of data,
which have fewer kinks. Comparing the slopes to the left and to the right over several steps reveals
that a kink was crossed: the gap between them does not shrink with the step. This is what
gradproof.check does. With h = {step}, centered differences are off by more than 1e-5 (relative) in
{off} of the {count} coordinates before the ReLUs, and {crossing} of these {off} cross a kink. gradproof.check,
which needs no step, says:
"""
STEPS = (1e-2, 1e-3, 1e-4, 1e-5)
NEAR = 4.0
TRAINING = 100
RATE = 0.1
TOLERANCE = 0.05
OFF_STEP, OFF = 1e-3, 1e-5


class Orders(NamedTuple):
    """The results of studies of many coordinates for one formula, one element per coordinate."""

    formula: str
    expected: float
    orders: Array
    steps: Array
    errors: Array

    @property
    def hold(self) -> bool:
        """Whether every order is the one of Taylor's theorem."""
        return bool(np.all(np.abs(self.orders - self.expected) <= TOLERANCE))


class Crossings(NamedTuple):
    """For one step: how many probes there are, how many have a kink nearby, and how many cross one, by formula."""

    step: float
    probes: int
    near: int
    forward: int
    centered: int


def run(_show: Callable[[Any], str] = str) -> bool:
    """Print the question, the numbers and the answer; return whether the numbers support the answer."""
    print(f"{QUESTION}\n\nThe network: {network.__file__}\n")
    start = network.start()
    orders = measured_orders(start)
    print(ORDERS.format(count=len(orders[0].orders)))
    print("\n".join(_order_rows(orders)))
    points = list(training(start, TRAINING))
    rows = [count_crossings(points, step) for step in STEPS]
    print(KINKS.format(points=len(points), count=patterns.BEFORE))
    print("\n".join(_crossing_rows(rows)))
    own = [count_crossings(points, float(np.median(one.steps))) for one in orders]
    print("\n" + _own_steps(own))
    off, crossing = centered_off(start)
    print(INSTEAD.format(count=patterns.BEFORE, off=off, crossing=crossing, step=f"{OFF_STEP:g}"))
    report = check(network.objective, network.gradient, start)
    print(f"   {str(report).splitlines()[0]}\n")
    held = all(one.hold for one in orders) and all(one.centered >= one.forward for one in rows)
    print(_answer(orders, rows) if held else "No answer: the numbers above do not support it.")
    return held and report.verdict == "right"


def measured_orders(parameters: Parameters) -> tuple[Orders, Orders]:
    """Return the orders of both formulas along every coordinate of W2 and b2."""
    gradient = network.gradient(parameters)
    n = sum(part.size for part in parameters.values())
    found = [study(network.objective, parameters, gradient=gradient, index=i) for i in range(patterns.BEFORE, n)]
    slopes = np.abs([one.slope for one in found])
    forward, centered = (
        Orders(
            formula,
            expected,
            np.array([getattr(one, formula).order for one in found]),
            np.array([getattr(one, formula).best_step for one in found]),
            np.array([getattr(one, formula).best_error for one in found]) / slopes,
        )
        for formula, expected in (("forward", 1.0), ("centered", 2.0))
    )
    return forward, centered


def training(parameters: Parameters, steps: int) -> Iterator[Parameters]:
    """Yield the points of gradient descent, including the first one."""
    for _ in range(steps):
        yield parameters
        gradient = network.gradient(parameters)
        parameters = {name: part - RATE * gradient[name] for name, part in parameters.items()}


def count_crossings(points: list[Parameters], step: float) -> Crossings:
    """Count the probes with one step within which a ReLU switches, and those with a kink within four steps."""
    near = forward = centered = 0
    for parameters in points:
        near += int(np.count_nonzero(patterns.nearest(parameters) < NEAR * step))
        forward += int(np.count_nonzero(patterns.crossed(parameters, 0.0, step)))
        centered += int(np.count_nonzero(patterns.crossed(parameters, -step, step)))
    return Crossings(step, patterns.BEFORE * len(points), near, forward, centered)


def centered_off(parameters: Parameters) -> tuple[int, int]:
    """Return how many centered differences before the ReLUs miss the slope, and how many of them cross a kink."""
    slopes, right = centered_difference(network.objective, parameters, step=OFF_STEP), network.gradient(parameters)
    off = np.concatenate([relative_error(slopes[name], right[name]).reshape(-1) > OFF for name in ("W1", "b1")])
    crossing = patterns.crossed(parameters, -OFF_STEP, OFF_STEP)
    return int(np.count_nonzero(off)), int(np.count_nonzero(off & crossing))


def _order_rows(orders: tuple[Orders, Orders]) -> Iterator[str]:
    yield f"   {'':10}{'order, median':>14}{'smallest':>10}{'largest':>10}{'best step':>12}{'relative error there':>23}"
    for one in orders:
        middle, low, high = np.median(one.orders), np.min(one.orders), np.max(one.orders)
        step, error = short(float(np.median(one.steps))), short(float(np.median(one.errors)))
        yield f"   {one.formula:10}{middle:14.3f}{low:10.3f}{high:10.3f}{step:>12}{error:>23}"


def _crossing_rows(rows: list[Crossings]) -> Iterator[str]:
    yield f"   {'step h':>7}{'probes':>9}{'kink near':>12}{'forward crosses':>18}{'centered crosses':>19}"
    for one in rows:
        shares = (f"{count:,} ({count / max(one.near, 1):.0%})" for count in (one.forward, one.centered))
        forward, centered = shares
        yield f"   {one.step:>7g}{one.probes:9,}{one.near:12,}{forward:>18}{centered:>19}"


def _own_steps(own: list[Crossings]) -> str:
    forward, centered = own
    return (
        f"Each at its own best step: forward ({short(forward.step)}) crosses a kink in {forward.forward:,} of "
        f"{forward.probes:,} probes, centered ({short(centered.step)})\nin {centered.centered:,}."
    )


def _answer(orders: tuple[Orders, Orders], rows: list[Crossings]) -> str:
    first, second = (f"{np.median(one.orders):.2f}" for one in orders)
    forward, centered = sum(one.forward for one in rows), sum(one.centered for one in rows)
    return (
        f"Answer: False. Centered differences are preferred because their error is of order {second} in the\n"
        f"step instead of {first}. They look to both sides: in the probes above they cross kinks {centered:,} times,\n"
        f"forward differences {forward:,} times."
    )
