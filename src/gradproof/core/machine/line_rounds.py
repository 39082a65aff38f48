"""From one round of a check by lines to the next: noise, random lines, lines along the claim, halving, confirmation."""

from __future__ import annotations

import math

from ..evidence.noise_line import advance_noise, begin_noise, noise_probes, note_value, write_noise_probes
from ..lines.decision import begins_with_gaps
from ..lines.plan import begin_lines, begin_pool
from ..lines.pooled_bars import choose_best, has_coarse_noise, walk_pool
from ..lines.rungs import FLOOR, rung_probes, take_rung, write_rung
from ..points.probes import write_probe
from ..points.seeds import NOISE_LINE, UNLOCATED_LINES, line_seed
from ..records.abi import ConstReals, ConstVector
from ..records.border import Probes
from ..records.lines import (
    FINISHED,
    LINES_ALIGNED_AGAIN,
    LINES_AT_X,
    LINES_CONFIRM,
    LINES_DONE,
    LINES_FACTORS,
    LINES_GAP,
    LINES_HALVING,
    LINES_NOISE,
    LINES_PARTS,
    LINES_RANDOM_AGAIN,
    LINES_REPEAT,
    LINES_SAMPLING,
    MOST_HALVINGS,
    MOST_LINES,
    Lines,
    line_room,
)
from ..search.candidates import begin_confirming, candidates_asked, take_candidates, write_candidates
from ..search.dense_errors import advance_factors, advance_samples, begin_factors, finish_factors, samples_under_way
from ..search.descent import advance_level, prepare_level
from ..search.halving import HALVING_FREE
from .line_verdict import conclude, end_lines_early, settle_domain
from .line_weighing import GAP_LINES, advance_gap_lines, take_repeated_value, weigh_pool


def lines_asked(lines: Lines) -> int:
    """Return the number of probes of the next round; 0 where the check is done."""
    phase = lines.phase
    if phase == LINES_AT_X or phase == LINES_REPEAT:
        return 1
    if phase == LINES_NOISE:
        return noise_probes(lines.engine.noise_line)
    if phase == LINES_CONFIRM:
        return candidates_asked(lines)
    if phase == LINES_DONE:
        return 0
    if phase == LINES_GAP or phase >= LINES_HALVING:
        return climbing_probes(lines)
    return rung_probes(lines.pool)


def climbers_of_phase(lines: Lines) -> int:
    """Return how many of the halvings may have a climber under way."""
    if lines.phase == LINES_GAP:
        return GAP_LINES
    return lines.factor_count if lines.phase == LINES_FACTORS else MOST_HALVINGS


def climbs(lines: Lines, number: int) -> bool:
    """Return whether a climber wants a rung."""
    halving = lines.halvings[number]
    descends = lines.phase == LINES_HALVING or lines.phase == LINES_SAMPLING
    if descends and halving.stage == HALVING_FREE:
        return False
    return halving.ladder.wanted != FINISHED


def climbing_probes(lines: Lines) -> int:
    """Return how many probes the climbers ask for."""
    total = 0
    for number in range(climbers_of_phase(lines)):
        if climbs(lines, number):
            total += rung_probes(lines.halvings[number].ladder)
    return total


def write_lines_round(lines: Lines, probes: Probes) -> int:
    """Write the probes of the next round; return their number."""
    phase = lines.phase
    count = lines_asked(lines)
    if count == 0:
        return 0
    if phase == LINES_AT_X or phase == LINES_REPEAT:
        write_probe(probes[0], 0, 0, 0, 0.0)
        probes[0].floor = FLOOR
    elif phase == LINES_NOISE:
        seed = line_seed(lines.engine.seed, NOISE_LINE)
        write_noise_probes(lines.engine.noise_line, probes, lines.engine.n, seed, FLOOR)
    elif phase == LINES_CONFIRM:
        write_candidates(lines, probes)
    elif phase == LINES_GAP or phase >= LINES_HALVING:
        written = 0
        for number in range(climbers_of_phase(lines)):
            if climbs(lines, number):
                written = write_rung(lines.halvings[number].ladder, probes, written)
    else:
        write_rung(lines.pool, probes, 0)
    return count


def take_lines_round(lines: Lines, values: ConstReals, changes: ConstReals) -> None:
    """Take the values of a round, and the changes that the claim foretold."""
    phase = lines.phase
    if phase == LINES_AT_X:
        take_first_value(lines, values[0])
    elif phase == LINES_REPEAT:
        take_repeated_value(lines, values[0])
    elif phase == LINES_NOISE:
        take_noise(lines, values, changes)
    elif phase == LINES_CONFIRM:
        take_candidates(lines, values)
    elif phase == LINES_GAP or phase >= LINES_HALVING:
        taken = 0
        for number in range(climbers_of_phase(lines)):
            if climbs(lines, number):
                climber = lines.halvings[number].ladder
                taken = take_rung(lines, climber, values, changes, taken)
        advance_climbers(lines)
    else:
        take_rung(lines, lines.pool, values, changes, 0)
        walk_pool(lines, lines.pool)
        if lines.pool.wanted != FINISHED and phase != LINES_PARTS and begins_with_gaps(lines):
            lines.pool.wanted = FINISHED
            choose_best(lines, lines.pool)
        if lines.pool.wanted == FINISHED:
            weigh_pool(lines)


def advance_climbers(lines: Lines) -> None:
    """Move the climbers of the phase on."""
    phase = lines.phase
    if phase == LINES_GAP:
        advance_gap_lines(lines)
    elif phase == LINES_HALVING:
        advance_level(lines)
    elif phase == LINES_SAMPLING:
        advance_samples(lines)
    else:
        advance_factors(lines)


def take_first_value(lines: Lines, value: float) -> None:
    """Note f(x); where it is not finite nothing can be tested."""
    lines.engine.value = value
    if not math.isfinite(value):
        settle_domain(lines)
        return
    lines.phase = LINES_NOISE
    begin_noise(lines.engine)


def take_noise(lines: Lines, values: ConstReals, changes: ConstReals) -> None:
    """Take values of the noise line; where x is float32, less the change that the claim foretells."""
    changed = False
    for number in range(noise_probes(lines.engine.noise_line)):
        change = changes[number] if lines.engine.float32 != 0 and math.isfinite(changes[number]) else 0.0
        changed = note_value(lines.engine, number, values[number], change) or changed
    if advance_noise(lines.engine, changed):
        if has_coarse_noise(lines):
            # Float32 inside of f, or values that differ from call to call: f(x) once more tells which.
            lines.phase = LINES_REPEAT
        else:
            begin_lines(lines)


def settle_lines(lines: Lines, x: ConstVector, claimed: ConstVector) -> None:
    """Move on until the next round has something to ask, or the check is done."""
    while lines.phase != LINES_DONE:
        if ready_lines(lines, x, claimed) and lines.phase != LINES_DONE:
            if lines_asked(lines) > line_room(lines):
                end_lines_early(lines)
            return


def ready_lines(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Return whether the phase has something to ask; else move on to the next phase."""
    phase = lines.phase
    if phase == LINES_HALVING:
        return prepare_level(lines)
    if phase == LINES_SAMPLING and not samples_under_way(lines):
        begin_factors(lines)
        return False
    if phase == LINES_FACTORS and climbing_probes(lines) == 0:
        finish_factors(lines)
        return False
    if phase == LINES_CONFIRM:
        return prepare_confirmation(lines, x, claimed)
    return True


def prepare_confirmation(lines: Lines, x: ConstVector, claimed: ConstVector) -> bool:
    """Begin the check of the candidates, or conclude once it is done; what was not located is looked at again."""
    if lines.confirming == 0 and lines.candidates.count > 0:
        begin_confirming(lines, x, claimed)
        return False
    if lines.candidates.count > 0 and candidates_asked(lines) > 0:
        return True
    if conclude(lines):
        return False
    # Not located: once more along new lines, before anything is called wrong.
    lines.confirming = 0
    lines.candidates.count = 0
    lines.dense = 0
    aligned = lines.pool.aligned != 0
    phase = LINES_ALIGNED_AGAIN if aligned else LINES_RANDOM_AGAIN
    seeds = UNLOCATED_LINES + (MOST_LINES if aligned else 0)
    begin_pool(lines, phase, seeds, MOST_LINES, lines.pool.best)
    return False
