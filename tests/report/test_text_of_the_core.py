"""What the core writes of a check is what Python prints of it, to the letter: over checks of every kind."""

import itertools

import kinds
import numpy as np
import pytest
from properties import refuted
from texts import ended_by, options_for, printed, written
from witnesses import Native

import gradproof
from gradproof.library import native
from gradproof.run import rounds, slices

KINDS = [
    *(kinds.ordinary, kinds.with_a_constant, kinds.of_tiny_arguments, kinds.of_rounded_arguments, kinds.steep),
    *(kinds.on_a_short_scale, kinds.with_jumps, kinds.on_stairs, kinds.nearly_constant, kinds.with_kinks),
    *(kinds.on_bounds, kinds.with_noise, kinds.in_float32),
]
LONG_KINDS = [kinds.long_and_smooth, kinds.long_with_kinks, kinds.long_with_noise]
SEEDS, LONG_SEEDS = range(6), range(2)
# What is done to a right gradient.
CHANGES = {
    "right": lambda gradient, random: gradient,
    "one sign": lambda gradient, random: np.where(np.arange(gradient.size) == 0, -gradient, gradient),
    "all doubled": lambda gradient, random: 2 * gradient,
    "a little": lambda gradient, random: gradient * (1 + 1e-4 * random.normal(size=gradient.size)),
    "no number": lambda gradient, random: np.where(np.arange(gradient.size) == gradient.size - 1, np.nan, gradient),
    "infinite": lambda gradient, random: np.where(np.arange(gradient.size) == 1, np.inf, gradient),
}


@pytest.fixture
def kept(monkeypatch):
    """The records of the core behind the last report."""
    records = []
    make = rounds.make_report

    def keeping(outcome, evidence, course):
        records[:] = [outcome, evidence, course]
        return make(outcome, evidence, course)

    monkeypatch.setattr(rounds, "make_report", keeping)
    # Python alone looks closer at what it explains.
    monkeypatch.setattr(slices, "searched", lambda report, *_: report)
    monkeypatch.setattr(slices, "looked_closer", lambda _, told, __: told)
    return records


def of_the_core(kept, shorten=0):
    """The text that the core writes of the last report; for a twin with fewer findings."""
    outcome, evidence, course = kept
    report = ended_by(outcome.report, course.stopped_by)
    findings = outcome.findings[: len(outcome.findings) - shorten]
    return written(Native("library", native()), report, findings, options_for(evidence.layout))


def says_the_same(report, kept, shorten=0):
    assert of_the_core(kept, shorten) == printed(report)


def named(drawn):
    """The objective and x with two blocks, one of a long name."""
    names, half = ("weights of the first layer, before they are normalised", "b"), drawn.x.size // 2 or 1

    def objective(parts):
        return drawn.objective(np.concatenate([np.ravel(part) for part in parts.values()]))

    return objective, lambda flat: dict(zip(names, np.split(np.asarray(flat), [half]), strict=True))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_coordinate(kind, seed, kept):
    drawn = kind(seed)
    for change in CHANGES.values():
        claimed = change(np.array(drawn.gradient, float), np.random.default_rng(seed))
        says_the_same(drawn.check(claimed), kept)
    if drawn.x.size > 1 and not drawn.settings:
        objective, shaped = named(drawn)
        says_the_same(gradproof.check(objective, shaped(2 * drawn.gradient), shaped(drawn.x)), kept)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", LONG_SEEDS)
@pytest.mark.parametrize("kind", LONG_KINDS, ids=lambda kind: kind.__name__)
def test_along_lines(kind, seed, kept):
    drawn = kind(seed)
    for change in CHANGES.values():
        claimed = change(np.array(drawn.gradient, float), np.random.default_rng(seed))
        says_the_same(drawn.check(claimed), kept)
    objective, shaped = named(drawn)
    for factor in (1.0, 2.0):
        report = gradproof.check(objective, shaped(factor * drawn.gradient), shaped(drawn.x), mode="lines")
        says_the_same(report, kept)


@pytest.mark.parametrize("mode", ["full", "lines"])
def test_ended_early(mode, kept):
    """By its budget, and by its time limit, before anything and in the middle."""
    x = np.linspace(0.5, 1.5, 300)
    for budget, error in itertools.product((1, 7, 40, 300), (0.0, 1.0)):
        claimed = np.cos(x)
        claimed[5] += error
        report = gradproof.check(lambda x: np.sum(np.sin(x)), claimed, x, mode=mode, budget=budget)
        assert report.stopped_by == "budget" or mode == "lines"
        says_the_same(report, kept)
    report = gradproof.check(lambda x: np.sum(np.sin(x)), np.cos(x), x, mode=mode, time_limit=1e-9)
    assert report.stopped_by == "time_limit"
    says_the_same(report, kept)


@pytest.mark.parametrize("block", [1, 3000])
def test_unseen(block, kept):
    """Names of what could be off by a factor of 2 unseen: coordinates, and blocks."""
    x = {"W": np.ones(block * 3, np.float32), "b": np.full(9, 1e-6, np.float32), "c": np.full(4, 1e-7, np.float32)}

    def objective(parts):
        return sum(np.sum(part**2) for part in parts.values())

    report = gradproof.check(objective, {name: 2 * part for name, part in x.items()}, x)
    assert report.verdict == "right"
    assert report.unseen > 0
    says_the_same(report, kept)
    assert "b" in of_the_core(kept).split("(worst first)")[0]


def test_bounds_and_atol(kept):
    x = np.array([0.0, 1.0, 2.0])
    report = gradproof.check(
        lambda x: np.sum(x**1.5), lambda x: 1.5 * np.sqrt(x), x, bounds=(0, None), atol=1e-7, rtol=1e-4
    )
    assert report.outside > 0
    says_the_same(report, kept)


def test_random_objective(kept):
    random = np.random.default_rng(3)
    x = np.linspace(0.5, 1.5, 20)
    report = gradproof.check(lambda x: np.sum(x**2) * (1 + 1e-3 * random.normal()), 2 * x, x)
    assert report.nondeterministic
    says_the_same(report, kept)


def test_shared_kinks_and_equal_values(kept):
    x = np.array([0.7, 0.7, 1.3])
    for objective, claimed in (
        (lambda x: max(x[0], x[1]) + x[2], [1.0, 1.0, 1.0]),
        (np.median, [0.5, 0.5, 0.0]),
    ):
        says_the_same(gradproof.check(objective, np.array(claimed), x), kept)


def test_the_text_that_is_compared(kept):
    """The twin: one finding less is another text."""
    x = np.array([0.5, 1.0, 2.0])
    report = gradproof.check(lambda x: np.sum(np.sin(x)), np.cos(x) * [1, 1.1, -1], x)
    text = of_the_core(kept)
    assert text.startswith("wrong: the gradient is wrong in 2 of 3 coordinates\n")
    assert text.index("x[2]") < text.index("x[1]")
    says_the_same(report, kept)
    refuted(says_the_same, report, kept, 1)
