"""The middle one of many resolutions, found without sorting: against NumPy's median; and how fast."""

import functools
import math

import numpy as np
import pytest
from block import block
from hypothesis import example, given
from hypothesis import strategies as st
from properties import refuted, sized
from witnesses import new_report

from gradproof.core.findings import usual
from gradproof.core.records import codes
from gradproof.core.records.engine import coordinate_of

SIZES = st.one_of(sized(-300, 300).map(abs), st.sampled_from([0.0, 1.0, 1e-9, 1e-9, 5e-324, math.inf]))
CLAIMS = st.one_of(sized(-300, 300), st.sampled_from([0.0, 1.0, -1.0, math.nan, math.inf]))
CAUSES = st.sampled_from([codes.AGREES, codes.AGREES, codes.WRONG, codes.KINK_AT_POINT, codes.UNTESTED, -1, 6])
DECIDED = (codes.AGREES, codes.WRONG, codes.KINK_AT_POINT)


def check_of(known):
    engine = block(len(known))
    for index, (cause, resolution, claimed) in enumerate(known):
        one = coordinate_of(engine, index)
        one.x, one.cause, one.resolution, one.claimed = 1.0, cause, resolution, claimed
    return engine


def medians(known):
    """What is known, in the words of the report."""
    decided = [(r, abs(c)) for cause, r, c in known if cause in DECIDED and r < math.inf]
    compared = [r / c for r, c in decided if 0 < c < math.inf]
    absolute = np.median([r for r, _ in decided]) if decided else math.nan
    return absolute, np.median(compared) if compared else math.nan, len(compared)


@given(known=st.lists(st.tuples(CAUSES, SIZES, CLAIMS), min_size=1, max_size=30))
@example([(codes.AGREES, 1e-9, 1.0)] * 4)
@example([(codes.AGREES, 1e-300, 1e300), (codes.AGREES, 1e300, 1e-300)])
@example([(codes.UNTESTED, 1.0, 1.0)])
def are_the_medians(note, known):
    report = new_report()
    note(check_of(known), report)
    absolute, relative, count = medians(known)
    assert report.compared == count
    assert float(report.usual_resolution) == pytest.approx(absolute, rel=1e-3, abs=5e-324, nan_ok=True)
    assert float(report.usual_relative) == pytest.approx(relative, rel=1e-3, abs=5e-324, nan_ok=True)


def test_medians():
    are_the_medians(usual.note_usual_resolutions)


def with_the_mean(engine, report):
    """Wrong on purpose."""
    usual.note_usual_resolutions(engine, report)
    known = [coordinate_of(engine, index) for index in range(engine.n)]
    sizes = [float(one.resolution) for one in known if one.cause in DECIDED and one.resolution < math.inf]
    report.usual_resolution = np.mean(sizes) if sizes else math.nan


def with_the_lower_one(engine, report):
    """Wrong on purpose: of an even number of them the lower one."""
    usual.note_usual_resolutions(engine, report)
    known = [coordinate_of(engine, index) for index in range(engine.n)]
    sizes = sorted(float(one.resolution) for one in known if one.cause in DECIDED and one.resolution < math.inf)
    report.usual_resolution = sizes[(len(sizes) - 1) // 2] if sizes else math.nan


@pytest.mark.parametrize("wrong", [with_the_mean, with_the_lower_one])
def test_medians_twin(wrong):
    refuted(are_the_medians, wrong)


@pytest.mark.parametrize(
    "draw",
    [
        lambda random, n: 10.0 ** random.uniform(-12, -6, n),
        lambda random, n: 1 + 1e-9 * random.normal(size=n),
        lambda random, n: np.where(random.random(n) < 0.5, 1e-300, 1e300),
        lambda random, n: np.full(n, 1e-9),
    ],
)
def test_few_passes(draw, monkeypatch):
    """A pass over all coordinates takes time: there are four of them, whatever the numbers are."""
    passes = []
    for name in ("tally_digits", "count_up_to"):
        counted = functools.partial(noted, getattr(usual, name), passes)
        monkeypatch.setattr(usual, name, counted)
    sizes = draw(np.random.default_rng(4), 3000)
    report = new_report()
    usual.note_usual_resolutions(check_of([(codes.AGREES, size, 1.0) for size in sizes]), report)
    assert float(report.usual_resolution) == pytest.approx(np.median(sizes), rel=1e-3)
    assert len(passes) == 4


def noted(function, passes, *arguments):
    passes.append(arguments)
    return function(*arguments)


def test_change():
    """How much f changes, as the claims say: each coordinate by its size, at 0 by that of the others."""
    engine = check_of([(codes.AGREES, 1.0, claimed) for claimed in (2.0, -3.0, math.nan, math.inf, 5.0)])
    for index, x in enumerate((4.0, -0.5, 1.0, 1.0, 0.0)):
        coordinate_of(engine, index).x = x
    engine.typical = 10.0
    assert usual.change_of_claims(engine) == 2.0 * 4.0 + 3.0 * 0.5 + 5.0 * 10.0
