"""What a claim predicts, against exact sums, and in the order that all processors share."""

import itertools
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from witnesses import as_probes, twin_of

from gradproof.core.records.codes import DONE

WINDOW = 1024
# A whole window; less than one, less than eight coordinates, none; and parts of two.
SPANS = ((0, WINDOW), (0, 700), (3, 29), (1030, 1031), (5, 5), (300, 1500))


class Probe(NamedTuple):
    """A probe on a long line."""

    start: int
    stop: int
    step: float = 2.0**-9
    seed: int = 7
    floor: float = 0.1
    aligned: int = 0


def in_lanes(terms):
    """Eight sums side by side; what is left over comes to the first one."""
    whole = len(terms) // 8 * 8
    lanes = [sum(terms[lane:whole:8].tolist(), 0.0) for lane in range(8)]
    for term in terms[whole:].tolist():
        lanes[0] += term
    a, b, c, d, e, f, g, h = lanes
    return ((a + e) + (c + g)) + ((b + f) + (d + h))


def predicted(witness, dtype, span):
    """The change of some coordinates, and what each of all would predict."""
    x, claimed = np.random.default_rng(3).normal(size=(2, 2 * WINDOW)).astype(dtype)
    point, change = x.copy(), np.full(1, np.nan)
    given = (x, claimed, np.ones(2), as_probes(Probe(*span)), 0, 1, point, change)
    assert witness(f"gradproof_move_segments{twin_of(x)}", *given) == DONE
    return float(change[0]), (x, claimed, point)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("span", SPANS)
def test_the_change_is_that_of_the_step_really_taken(span, dtype, witness):
    change, vectors = predicted(witness, dtype, span)
    exact = [[Fraction(float(one)) for one in vector] for vector in vectors]
    parts = [claim * (there - here) for here, claim, there in zip(*exact, strict=True)]
    assert change == pytest.approx(float(sum(parts)), abs=1e-14 * float(sum(map(abs, parts))))
    x, claimed, point = (vector.astype(float) for vector in vectors)
    start, stop = span
    ends = sorted({start, stop, *[WINDOW] * (start < WINDOW < stop)})
    terms = claimed * (point - x)
    assert change == sum((in_lanes(terms[a:b]) for a, b in itertools.pairwise(ends)), 0.0)
    assert stop - start < 2 or change != in_lanes(terms[start : stop - 1])
