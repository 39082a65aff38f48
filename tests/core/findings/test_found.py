"""The findings of a check by their numbers: coordinates by those that they have in x first, then long lines."""

import pytest
from block import block
from lineladders import memory
from properties import refuted

from gradproof.core.coordinates import outcome
from gradproof.core.findings import found as core
from gradproof.core.records.border import Finding, begin_finding
from gradproof.core.records.codes import AGREES, WRONG
from gradproof.core.records.engine import coordinate_of, finding_of

PLACES = (17, 321, 4321)


def along_lines(confirming=1):
    """A check along lines: findings about two of three candidates, each the other's partner, and about a long line."""
    lines = memory()
    engine = lines.engine
    engine.n, engine.sweep.count = 6000, 3
    lines.confirming, lines.candidates.count = confirming, 3
    for number, place in enumerate(PLACES):
        lines.candidates.indices[number] = place
        coordinate_of(engine, number).finding = -1
    for number, candidate in enumerate((2, 0)):
        assert outcome.new_finding(engine, candidate) == number
        finding_of(engine, number).partner = 2 - candidate
        finding_of(engine, number).claimed = number
    lines.finding_count = 1
    lines.long_findings[0].start, lines.long_findings[0].stop, lines.long_findings[0].partner = 1000, 3000, -1
    lines.long_findings[0].claimed = 2.0
    return lines


def copies(engine):
    found = []
    for number in range(core.found_count(engine)):
        copy = Finding()
        core.copy_found(engine, number, copy)
        assert copy.start == core.start_in_x(engine, number)
        found.append((copy.start, copy.stop, copy.partner, float(copy.claimed)))
    return found


def have_their_places(engine):
    assert copies(engine) == [(4321, 4322, 17, 0.0), (17, 18, 4321, 1.0), (1000, 3000, -1, 2.0)]


def test_along_lines():
    have_their_places(along_lines().engine)
    shifted = along_lines()
    shifted.candidates.indices[0] = 18
    refuted(have_their_places, shifted.engine)


def test_before_candidates_are_looked_at():
    """What a sweep has left in memory is of no meaning yet."""
    assert copies(along_lines(confirming=0).engine) == [(1000, 3000, -1, 2.0)]


@pytest.mark.parametrize("order", [(0, 2), (2, 0)])
def test_every_coordinate(order):
    engine = block(4)
    for index in order:
        outcome.new_finding(engine, index)
    assert [row[:3] for row in copies(engine)] == [(index, index + 1, -1) for index in order]
    assert core.tested_alone(engine) == 4
    assert core.place_in_x(engine, 3) == 3


def counts_samples(count, confirming=1):
    """Of the coordinates that were tested alone, those inside of a longer line, and those of them that are wrong."""
    lines = memory()
    lines.confirming, lines.candidates.count = confirming, 4
    for number, (index, cause) in enumerate(((10, WRONG), (19, AGREES), (20, WRONG), (5, WRONG))):
        lines.candidates.indices[number] = index
        coordinate_of(lines.engine, number).cause = cause
    finding = Finding()
    for (start, stop), expected in {(10, 20): (2, 1), (0, 100): (4, 3), (10, 11): (0, 0), (30, 40): (0, 0)}.items():
        begin_finding(finding, start, stop, WRONG, 0, 1.0)
        count(lines, finding)
        assert (finding.sampled, finding.sampled_wrong) == (expected if confirming else (0, 0))


def test_samples():
    counts_samples(core.count_samples)
    counts_samples(core.count_samples, confirming=0)

    def one_more(lines, finding):
        finding.stop += 1
        core.count_samples(lines, finding)

    refuted(counts_samples, one_more)
