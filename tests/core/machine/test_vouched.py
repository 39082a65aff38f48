"""What a verdict vouches for, on memory made for it: against the definitions in words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from block import block, sealed
from hypothesis import example, given
from hypothesis import strategies as st
from lineladders import memory
from properties import refuted
from witnesses import new_report

from gradproof.core.machine import vouched
from gradproof.core.records import codes
from gradproof.core.records.border import MOST_UNSEEN
from gradproof.core.records.codes import BAD_CAPACITY, DONE, NO_ENGINE, NULL_ENGINE, VERDICT_RIGHT, VERDICT_WRONG
from gradproof.core.records.engine import coordinate_of
from gradproof.core.records.lines import block_of

ACCEPTABLE = (codes.AGREES, codes.KINK_AT_POINT, codes.KINK_CROSSED)
RTOL = 1e-5


def check_of(known, atol=0.0):
    """A check of coordinates at 1 with these causes, claims and resolutions."""
    engine = block(len(known))
    engine.unit, engine.typical, engine.sweep.rtol, engine.atol = 2.0**-53, 1.0, RTOL, atol
    for index, (cause, claimed, resolution) in enumerate(known):
        one = coordinate_of(engine, index)
        one.x, one.cause, one.claimed, one.resolution = 1.0, cause, claimed, resolution
    largest = max(abs(claimed) for _, claimed, _ in known)
    engine.sweep.largest_claim = engine.sweep.largest_change = largest
    return sealed(engine)


def counted(known, atol):
    """The share seen to rtol, and the number that could be off by a factor of 2 unseen, by the definitions."""
    largest, seen, unseen = max(abs(claimed) for _, claimed, _ in known), 0, 0
    for cause, claimed, resolution in known:
        if cause in ACCEPTABLE:
            twice = 0 < abs(claimed) < resolution
            reference = abs(claimed) or largest
            allowed = RTOL * reference + 64 * 2.0**-53 * largest + atol
            unseen += twice
            seen += not twice and (resolution <= 10 * allowed or largest == 0)
    return seen / len(known), unseen


coordinates = st.tuples(
    st.sampled_from([*codes.CAUSES, -1]),
    st.sampled_from([0.0, 1e-9, -1e-3, 2.0]),
    st.sampled_from([1e-12, 3e-8, 1.9e-5, 2.1e-4, 1e-2, math.inf]),
)


@given(known=st.lists(coordinates, min_size=1, max_size=8), atol=st.sampled_from([0.0, 1e-4]))
@example([(codes.AGREES, 2.0, 1.99e-4)], 0.0)
@example([(codes.AGREES, 2.0, 2.01e-4)], 0.0)
@example([(codes.AGREES, 0.0, 1.99e-4), (codes.AGREES, 2.0, 1e-12)], 0.0)
@example([(codes.AGREES, 0.0, 2.01e-4), (codes.AGREES, 2.0, 1e-12)], 0.0)
@example([(codes.AGREES, -1e-3, 1e-2)], 0.0)
@example([(codes.WRONG, -1e-3, 1e-2), (codes.AGREES, 2.0, 1e-5)], 0.0)
@example([(codes.AGREES, 0.0, 1e-2)], 0.0)
def counts_coordinates(function, known, atol):
    report = new_report()
    function(check_of(known, atol), report)
    assert (float(report.vouched), report.unseen) == counted(known, atol)


def test_coordinates():
    counts_coordinates(vouched.vouch_for_coordinates)


@pytest.mark.parametrize(("field", "value"), [("vouched", 1.0), ("unseen", 0)])
def test_coordinates_twin(field, value):
    def wrong(engine, report):
        vouched.vouch_for_coordinates(engine, report)
        setattr(report, field, value)

    refuted(counts_coordinates, wrong)


def test_the_report_has_it(witness):
    engine = check_of([(codes.AGREES, 2.0, 1e-6), (codes.AGREES, 1e-3, 1e-2), (codes.WRONG, 2.0, 1e-6)], 1e-9)
    engine.rounds, report = 1, new_report()
    assert witness("gradproof_result", sealed(engine), report, None, 0) == DONE
    assert (report.atol, float(report.vouched), report.unseen) == (1e-9, 1 / 3, 1)


BORDERS = (0, 1000, 1001, 6000)


def along_lines(norms=(3.0, 0.5, 4.0), sums=(90.0, 0.5, 250.0), bars=(0.0, 0.0, 0.0), *, blocks=BORDERS):
    """A check whose lines agreed: the norms and sums of its blocks, and the bars of their own lines."""
    lines = memory(1e-13, blocks=blocks)
    lines.engine.n, lines.engine.rtol, lines.engine.rounds = BORDERS[-1], RTOL, 1
    lines.norm, lines.sum = float(np.linalg.norm(norms)), sum(sums)
    each = zip(norms, sums, bars, strict=True) if blocks else [(lines.norm, lines.sum, 0.0)]
    for number, (norm, total, bar) in enumerate(each):
        block = block_of(lines, number)
        block.norm, block.sum, block.bar = norm, total, bar
    block_of(lines, lines.block_count).start = lines.engine.n
    lines.random_lines, lines.random_bar = 4, 1e-6
    sealed(lines.engine)
    return lines


def factors_of(lines):
    return [vouched.factor_seen(lines, number) for number in range(lines.block_count)]


def vouches(lines, verdict=VERDICT_RIGHT):
    report = new_report()
    report.verdict = verdict
    vouched.vouch_along_lines(lines, report)
    return float(report.vouched), report.unseen


def test_random_lines_see_ten_bars_of_a_block_and_four_of_a_coordinate():
    assert factors_of(along_lines()) == pytest.approx([10e-6 / 3, 4e-6 / 0.5, 10e-6 / 4])
    # A bar of its own serves where it is the sharper one.
    assert factors_of(along_lines(bars=(1e-7, 0.0, 1e-3)))[::2] == pytest.approx([1e-6 / 3, 10e-6 / 4])
    # Without lines nothing is seen; of nothing there is no factor.
    lines = along_lines(norms=(3.0, 0.0, 4.0))
    lines.random_lines = 0
    assert factors_of(lines) == [math.inf, 0.0, math.inf]


@pytest.mark.parametrize("random_bar", [math.inf, 1.0])
def test_lines_along_the_claim_see_the_sum_of_a_block(random_bar):
    lines = along_lines()
    lines.random_bar, lines.aligned_lines, lines.aligned_bar = random_bar, 2, 0.1
    seen = factors_of(lines)
    for factor, norm, total in zip(seen, (3.0, 0.5, 4.0), (90.0, 0.5, 250.0), strict=True):
        assert factor == pytest.approx(0.2 / max(total / 2, total - 4 * 0.2887 * norm))
    # Twins: without these lines; and where sums in float32 may drift as far as what is seen.
    lines.aligned_lines = 0
    assert min(factors_of(lines)) > max(seen)
    lines.aligned_lines, lines.engine.noise = 2, 1e-7
    drift = 3 * math.sqrt(6000) * 2.0**-24 * lines.sum
    assert vouched.aligned_threshold(lines) == pytest.approx(0.1 + max(0.1, drift))
    lines.aligned_bar = 0.0
    assert vouched.aligned_threshold(lines) == pytest.approx(drift)


def is_the_least(deviations):
    """What an aligned line shows of any slopes, whose magnitudes are uniform between 1/2 and 3/2."""
    random = np.random.default_rng(0)
    for slopes in (np.ones(1), np.ones(3), np.ones(100), np.array([100.0, *np.ones(300)]), random.random(1000)):
        shown = random.uniform(0.5, 1.5, (4000, slopes.size)) @ slopes
        least = max(slopes.sum() / 2, slopes.sum() - deviations * np.linalg.norm(slopes))
        assert np.mean(shown < least) < 1e-3


def test_magnitudes_of_an_aligned_line_add_up_to_what_is_stated():
    is_the_least(vouched.SCATTER)
    refuted(is_the_least, vouched.SCATTER / 2)


def test_unseen_blocks_are_counted():
    lines = along_lines()
    assert vouches(lines) == (1.0, 0)
    lines.random_bar = 0.2
    assert vouches(lines) == (0.0, 1)
    lines.random_bar = 0.5
    assert vouches(lines) == (0.0, 3)
    # Nothing is vouched for, and nothing is missing, where the verdict is not right.
    assert vouches(lines, VERDICT_WRONG) == (0.0, 0)


def test_blocks_seen_to_rtol():
    """A bar of at most twice rtol of the norm of the block; in a block of zeros, of the norm of all of x."""
    lines = along_lines()
    for bar, seen in ((0.99e-5, 6000), (1.01e-5, 5999), (5.9e-5, 5999), (6.1e-5, 5000 - 1), (8.1e-5, 0)):
        lines.random_bar = bar
        assert vouches(lines)[0] == seen / 6000
    zeros = along_lines(norms=(3.0, 0.0, 4.0), sums=(90.0, 0.0, 250.0))
    for bar, seen in ((7.9e-5, 5000 - 1 + 1), (8.1e-5, 1), (10.1e-5, 0)):
        zeros.random_bar = bar
        assert vouches(zeros)[0] == seen / 6000
    # Where all is 0 the verdict has compared the bar with what slopes are like.
    nothing = along_lines(norms=(0.0, 0.0, 0.0), sums=(0.0, 0.0, 0.0))
    assert vouches(nothing) == (1.0, 0)
    nothing.random_lines = 0
    assert vouches(nothing) == (0.0, 0)


def test_without_names_all_of_x_is_one_block():
    lines = along_lines(blocks=())
    assert vouched.block_range(lines, 0) == (0, 6000)
    assert vouches(lines) == (1.0, 0)
    lines.random_bar = 1.0
    assert vouches(lines) == (0.0, 1)


@pytest.mark.parametrize("capacity", [0, 1, 3, 5])
def test_factors_of_blocks(witness, capacity):
    lines, factors = along_lines(), np.full(5, -9.0)
    assert witness("gradproof_block_factors", lines.engine, factors, capacity) == 3
    written = min(capacity, 3)
    assert factors.tolist() == [*factors_of(lines)[:written], *[-9.0] * (5 - written)]
    assert witness("gradproof_block_factors", lines.engine, None, capacity) == 3
    assert witness("gradproof_block_factors", along_lines(blocks=()).engine, factors, 5) == 0
    assert witness("gradproof_block_factors", check_of([(codes.AGREES, 1.0, 1e-9)]), factors, 5) == 0


def test_bad_arguments(witness):
    lines = along_lines()
    assert witness("gradproof_block_factors", None, None, 0) == NULL_ENGINE
    assert witness("gradproof_block_factors", lines.engine, None, -1) == BAD_CAPACITY
    lines.engine.mark = 0
    assert witness("gradproof_block_factors", lines.engine, None, 0) == NO_ENGINE


@given(known=st.lists(coordinates, min_size=1, max_size=20))
def are_named_worst_first(vouch, known):
    """The first ones that could be off by a factor of 2 unseen, as they stand in a report."""
    report = new_report()
    for place in range(MOST_UNSEEN):
        report.most_unseen[place] = -1
    vouch(check_of(known), report)
    hidden = [
        (-resolution / abs(claimed), index)
        for index, (cause, claimed, resolution) in enumerate(known)
        if cause in ACCEPTABLE and 0 < abs(claimed) < resolution
    ]
    expected = [index for _, index in sorted(hidden)][:MOST_UNSEEN]
    assert list(report.most_unseen) == [*expected, *[-1] * (MOST_UNSEEN - len(expected))]


def test_names_of_the_unseen():
    are_named_worst_first(vouched.vouch_for_coordinates)

    def as_they_come(engine, report):
        vouched.vouch_for_coordinates(engine, report)
        report.most_unseen[:] = sorted(report.most_unseen, key=lambda index: (index < 0, index))

    refuted(are_named_worst_first, as_they_come)
