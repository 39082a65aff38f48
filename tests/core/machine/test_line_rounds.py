"""The rounds of a check along lines: what each phase asks for, and where it leads."""

import math

import drivenlines
import numpy as np
import pytest
from lineladders import LENGTH, begun, in_bars, measure
from properties import refuted
from rounds import options_of
from witnesses import records

from gradproof.core.coordinates.phases import DONE as SWEEP_IS_DONE
from gradproof.core.lines import decision, phases
from gradproof.core.machine import line_rounds, line_weighing
from gradproof.core.noise.noise_line import begin_noise
from gradproof.core.records import codes
from gradproof.core.records.border import Probe
from gradproof.core.records.codes import DONE, MODE_LINES
from gradproof.core.records.engine import ROUND, coordinate_of
from gradproof.core.records.lines import Lines
from gradproof.core.search.descent import begin_descent

UNTOUCHED = -9
PHASES = {name: value for name, value in vars(phases).items() if name.isupper()}


def rounds_of(library, problem):
    """The memory of a check along lines before each of its rounds; between two of them the library goes on with it."""
    x, claimed, n = problem.x, problem.claimed, problem.x.size
    sizes = np.zeros(-(-n // 1024))
    assert library("gradproof_windows", x, n, sizes) == DONE
    options = options_of(library, mode=MODE_LINES, budget=problem.budget)
    if problem.borders is not None:
        options.blocks, options.borders = len(problem.borders) - 1, problem.borders
    memory = np.zeros(library("gradproof_engine_size", n, options), np.int64)
    given = (x, claimed, sizes, n, options)
    assert library("gradproof_engine_start", memory, *given) == DONE
    probes = records(Probe, ROUND)
    while True:
        yield Lines.from_buffer(memory)
        count = library("gradproof_ask", memory, probes, ROUND)
        if count == 0:
            return
        values, changes = drivenlines._evaluated(library, "", problem, sizes, probes, count)
        assert library("gradproof_tell", memory, x, claimed, values, changes, count) == DONE


def writes_what_it_asks(write, lines):
    """As many probes as the round has, all of them on lines of x, and none behind them."""
    probes = records(Probe, ROUND)
    probes.view(np.int64)[:] = UNTOUCHED
    count = write(lines, (Probe * ROUND).from_buffer(probes))
    assert count == line_rounds.lines_asked(lines)
    assert np.all(probes[count:].view(np.int64) == UNTOUCHED)
    written = probes[:count]
    assert np.all((written["start"] >= 0) & (written["start"] <= written["stop"]))
    assert np.all(written["stop"] <= lines.engine.n)
    at_x = lines.phase in (phases.AT_X, phases.REPEAT)
    assert np.all((written["start"] == written["stop"]) == at_x)
    # All but candidates stand on long lines, at least 0.1 of what is typical wide; both sides of x in one round.
    confirming = lines.phase == phases.CONFIRM
    assert np.all(written["floor"] == (0.0 if confirming else 0.1))
    if not confirming and not at_x and lines.phase != phases.NOISE:
        assert sorted(written["step"]) == sorted(-written["step"])


def test_every_phase_writes_what_it_asks(library):
    seen = set()
    for name in (
        "right",
        "some_wrong",
        "dense",
        "dense_unnamed",
        "kinked",
        "inside_single",
        "parts",
        "random",
        "blurred",
    ):
        for lines in rounds_of(library, drivenlines.PROBLEMS[name]()):
            seen.add(lines.phase)
            writes_what_it_asks(line_rounds.write_lines_round, lines)
    rare = {"ALIGNED_AGAIN", "RANDOM_AGAIN"}
    silent = {name for name, phase in PHASES.items() if phases.SCALE_UP <= phase < phases.DONE}
    assert {name for name, phase in PHASES.items() if phase not in seen} <= rare | silent


def test_every_phase_writes_what_it_asks_twin(library):
    def one_more(lines, probes):
        count = line_rounds.write_lines_round(lines, probes)
        probes[count].start = 0
        return count

    refuted(writes_what_it_asks, one_more, begun(phases.AT_X))
    refuted(writes_what_it_asks, lambda lines, probes: 0, begun(phases.AT_X))


@pytest.mark.parametrize(("value", "phase"), [(1.5, phases.NOISE), (0.0, phases.NOISE)])
def test_the_first_value(value, phase):
    lines = begun(phases.AT_X)
    line_rounds.take_first_value(lines, value)
    assert (lines.phase, lines.engine.value) == (phase, value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_first_value_that_is_not_finite_ends_the_check(value):
    lines = begun(phases.AT_X)
    line_rounds.take_first_value(lines, value)
    assert lines.phase == phases.DONE
    assert (lines.verdict, lines.cause) == (codes.VERDICT_INCONCLUSIVE, codes.DOMAIN)
    assert line_rounds.lines_asked(lines) == 0


@pytest.mark.parametrize(("float32", "expected"), [(0, 1.5), (1, 1.25)])
def test_noise_is_less_the_claimed_change_where_x_is_float32(float32, expected):
    """The rounding of x would look like noise of f; a change that is not known is none."""
    lines = begun(phases.NOISE)
    lines.engine.float32 = float32
    begin_noise(lines.engine, lines.engine.n)
    line_rounds.take_noise(lines, np.array([1.5, 1.0]), np.array([0.25, math.nan]))
    values = lines.engine.noise_line.values
    assert sorted(value for value in values if value != 0.0) == [1.0, expected]


@pytest.mark.parametrize(("budget", "phase"), [(47, phases.DONE), (48, phases.RANDOM), (0, phases.RANDOM)])
def test_a_round_that_the_budget_has_no_room_for_ends_the_check(budget, phase):
    """40 evaluations are done, and the next round has 8 probes: four lines, both sides."""
    lines = begun(budget=budget)
    measure(lines, [0.0] * 4)
    lines.pool.wanted = -20
    line_rounds.settle_lines(lines, None, None)
    assert lines.phase == phase
    assert lines.early == (phase == phases.DONE)


def not_located(aligned):
    """A check whose line disagreed, but whose only candidate turned out to be right."""
    lines = in_bars(6.0)
    lines.pool.aligned = aligned
    decision.note_failure(lines, lines.pool, 2, lines.pool.bar, 0)
    lines.phase, lines.disagreed, lines.confirming, lines.stuck_count = phases.CONFIRM, 1, 1, 1
    lines.stuck_beyond, lines.sum = 1, 0.0
    lines.candidates.count = lines.engine.sweep.count = 1
    lines.engine.sweep.phase = SWEEP_IS_DONE
    coordinate_of(lines.engine, 0).cause = codes.AGREES
    return lines


@pytest.mark.parametrize(("aligned", "phase"), [(0, phases.RANDOM_AGAIN), (1, phases.ALIGNED_AGAIN)])
def test_what_was_not_located_is_looked_at_again_along_new_lines(aligned, phase):
    lines = not_located(aligned)
    seeds = list(lines.pool.seeds)
    line_rounds.settle_lines(lines, None, None)
    assert lines.phase == phase
    assert (lines.candidates.count, lines.confirming) == (0, 0)
    assert (lines.pool.line_count, lines.pool.start, lines.pool.stop) == (4, 0, LENGTH)
    assert not set(seeds) & set(lines.pool.seeds)


def test_what_was_located_is_not_looked_at_again():
    """The twin: all of the line ended in a coordinate that is right."""
    lines = not_located(0)
    lines.stuck_count = lines.stuck_beyond = 0
    line_rounds.settle_lines(lines, None, None)
    assert (lines.phase, lines.disagreed) == (phases.DONE, 0)


def test_what_stood_in_the_ladders_before_is_not_asked_for():
    """Two lines at a kink at x, or the left half of a node: both sides of x, and nothing that memory held."""
    for begin, probes in ((line_weighing.begin_gap_lines, 4), (begin_descent, 2)):
        lines = in_bars(6.0)
        decision.note_failure(lines, lines.pool, 2, lines.pool.bar, 0)
        for halving in lines.halvings:
            halving.stage, halving.ladder.wanted, halving.ladder.line_count = 3, -9, 4
        begin(lines)
        line_rounds.settle_lines(lines, np.ones(LENGTH), np.ones(LENGTH))
        assert line_rounds.lines_asked(lines) == probes


def test_which_lines_have_a_ladder_each():
    """At a kink at x, and on the way down to coordinates; all others share the ladder of the pool, or have none."""
    found = {name for name, phase in PHASES.items() if line_rounds.has_ladders(begun(phase))}
    assert found == {"GAP", "HALVING", "SAMPLING", "FACTORS"}
