"""Coordinates that lines found: their list, and how closely they are looked at."""

import numpy as np
from lineladders import memory
from witnesses import records

from gradproof.core.records.border import Probe
from gradproof.core.records.codes import AGREES, WRONG
from gradproof.core.records.engine import ROUND, coordinate_of
from gradproof.core.records.lines import CANDIDATES
from gradproof.core.search import candidates


def test_candidates_are_kept_in_order_and_once():
    lines = memory()
    random = np.random.default_rng(1)
    kept = set()
    for index in random.integers(0, 2**40, 50).tolist() * 2:
        assert candidates.add_candidate(lines, index)
        kept.add(index)
        assert list(lines.candidates.indices[: lines.candidates.count]) == sorted(kept)


def test_candidates_have_room_for_so_many():
    lines = memory()
    for index in range(CANDIDATES):
        assert candidates.add_candidate(lines, 10 * index)
    before = bytes(lines)
    assert not candidates.add_candidate(lines, 5)
    assert candidates.add_candidate(lines, 630)
    assert bytes(lines) == before


def confirmed(claims, rtol=1e-5):
    """Check candidates of the sum of squares; return their causes, and which coordinates were moved."""
    lines = memory(1e-13, value=0.0)
    x = np.linspace(1.0, 2.0, 100)
    gradient = 2 * x
    for index, claim in claims.items():
        assert candidates.add_candidate(lines, index)
        gradient[index] = claim
    lines.engine.n, lines.engine.value, lines.engine.typical = 100, float(x @ x), 1.5
    lines.engine.unit, lines.engine.rtol = 2.0**-53, rtol
    lines.engine.beyond_float32 = 1
    candidates.begin_confirming(lines, x, gradient)
    probes, moved = records(Probe, ROUND), set()
    while candidates.candidates_asked(lines) > 0:
        count = candidates.write_candidates(lines, (Probe * ROUND).from_buffer(probes))
        assert count == candidates.candidates_asked(lines)
        assert (probes["stop"][:count] - probes["start"][:count] == 1).all()
        steps = probes["step"][:count]
        moved |= set(probes["start"][:count].tolist())
        old = x[probes["start"][:count]]
        candidates.take_candidates(lines, float(x @ x) + (old + steps) ** 2 - old**2)
    causes = [coordinate_of(lines.engine, number).cause for number in range(lines.candidates.count)]
    return causes, moved


def test_candidates_are_looked_at_alone():
    x = np.linspace(1.0, 2.0, 100)
    claims = {7: 2 * x[7], 50: 2 * x[50] * 1.01, 99: -2 * x[99]}
    causes, moved = confirmed(claims)
    assert causes == [AGREES, WRONG, WRONG]
    assert moved == set(claims)


def test_candidates_are_held_to_the_rtol_of_the_check():
    x = np.linspace(1.0, 2.0, 100)
    claims = {50: 2 * x[50] * (1 + 1e-6)}
    assert confirmed(claims)[0] == [AGREES]
    assert confirmed(claims, rtol=1e-7)[0] == [WRONG]
