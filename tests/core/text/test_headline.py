"""The verdict in words: as Python has it, and in sentences that are given here."""

import numpy as np
import pytest
from texts import Made, options_for, written

from gradproof.core.records import codes

AGREES, WRONG, OPEN = codes.AGREES, codes.WRONG, codes.STEP_LIMITED


def headline(witness, one):
    """The first paragraph, on one line; it is also Python's."""
    text, expected = one.both(witness)
    assert text == expected
    return " ".join(text.split("\n\n")[0].split())


def of_causes(causes, **fields):
    told = [{"start": k, "cause": cause} for k, cause in enumerate(causes) if cause > AGREES]
    return Made(np.ones(len(causes)), causes, told, **fields)


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        ([AGREES], "right: the gradient agrees with the objective in the one coordinate"),
        ([AGREES] * 1234, "right: the gradient agrees with the objective in all 1,234 coordinates"),
        (
            [AGREES, codes.KINK_AT_POINT, codes.KINK_CROSSED],
            "right: the gradient agrees with the objective in all 3 coordinates, 2 of them at or near a kink",
        ),
        ([WRONG], "wrong: the gradient is wrong in 1 of 1 coordinate"),
        (
            [WRONG, WRONG, OPEN, 0],
            "wrong: the gradient is wrong in 2 of 4 coordinates; 1 could not be decided; 1 was not tested",
        ),
        ([OPEN, AGREES], "inconclusive: nothing is wrong, but 1 of 2 coordinates could not be decided"),
        ([0, 0, AGREES], "inconclusive: nothing is wrong, but 2 of 3 coordinates were not tested"),
        (
            [0, 0, OPEN],
            "inconclusive: nothing is wrong, but 1 of 3 coordinates could not be decided and 2 were not tested",
        ),
    ],
)
def test_every_coordinate(causes, expected, witness):
    assert headline(witness, of_causes(causes)) == expected
    # The twin: another count is another headline.
    other = of_causes([*causes, AGREES])
    assert headline(witness, other) != expected


def test_random(witness):
    one = of_causes([codes.NONDETERMINISTIC], nondeterministic=1, spread=1e-3)
    assert headline(witness, one).endswith("could not be decided; f is random: fix its seed, or switch dropout off")


def along_lines(verdict, findings=(), causes=(), looked_at=(), n=10_000, **fields):
    x = {f"layer{k}": np.ones(n // 5) for k in range(5)}
    return Made(x, causes, findings, looked_at, verdict=verdict, **fields)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (codes.STEP_LIMITED, "kinks or curvature dominate: use fewer data points, or a smooth stand-in for f"),
        (codes.UNTESTED, "the check ended before its lines were measured: allow more evaluations or time"),
        (codes.NONDETERMINISTIC, "f is random: fix its seed, or switch dropout off"),
        (codes.DOMAIN, "move x into its domain, or test every coordinate (mode full)"),
        (
            codes.NOISE_LIMITED,
            "the rounding noise of f hides the slope: sum fewer or smaller terms, or terms that cancel less",
        ),
    ],
)
def test_why_lines_are_inconclusive(cause, expected, witness):
    line = headline(witness, along_lines(codes.VERDICT_INCONCLUSIVE, cause=cause))
    assert line.startswith("inconclusive: nothing is wrong, but ")
    assert line.endswith(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            codes.NOISE_FROM_CONSTANT,
            "but f is 2.0e3 times larger than what it changes by, and its rounding hides the slope",
        ),
        (codes.NOISE_FROM_ARITHMETIC, "but the rounding noise of f hides the slope: compute f in float64"),
        (codes.NOISE_FROM_ROUNDING, "but the rounding noise of f hides the slope: sum fewer"),
        (codes.NOISE_FROM_ELSEWHERE, "but f's noise (1.0e-3) hides the slope, and is far above its rounding"),
    ],
)
def test_noise(source, expected, witness):
    fields = {"noise_source": source, "value": -1e4, "change": 5.0, "noise_floor": 1e-3}
    one = along_lines(codes.VERDICT_INCONCLUSIVE, cause=codes.NOISE_LIMITED, **fields)
    assert expected in headline(witness, one)
    # Of coordinates the same advice stands below the table, as a sentence of its own.
    text = written(witness, *_parts(of_causes([codes.NOISE_LIMITED], **fields)))
    sentence = " ".join(text.split("noise_limited: ")[-1].split())
    assert sentence[0].isupper() or sentence.startswith("f")
    assert sentence.endswith(".")
    assert expected.removeprefix("but ")[1:] in sentence


def _parts(one):
    return one.record, one.records, options_for(one.layout)


def test_what_lines_found(witness):
    assert headline(witness, along_lines(codes.VERDICT_RIGHT)) == (
        "right: the gradient agrees with the objective along random lines through all 10,000 coordinates"
    )
    blocks = [{"start": 2000 * k, "stop": 2000 * (k + 1), "claimed": 1.0, "slope": 3.5} for k in range(5)]
    line = headline(witness, along_lines(codes.VERDICT_WRONG, blocks))
    assert line.endswith(
        "; a slope along a line is off by 2.5, of which no single coordinate was confirmed, errors in layer0, "
        "layer1, layer2, layer3 and 1 more"
    )
    line = headline(witness, along_lines(codes.VERDICT_WRONG, blocks[:1], [WRONG, AGREES], [7, 8]))
    assert line.endswith("; 1 wrong coordinate confirmed, errors in layer0")
    line = headline(witness, along_lines(codes.VERDICT_WRONG, [], [WRONG, WRONG], [7, 8]))
    assert line.endswith("; 2 wrong coordinates confirmed")
